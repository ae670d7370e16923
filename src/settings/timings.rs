//! Waits and limits that an operator may set.

use super::wrong::Wrong;
use super::{Arguments, SettingsError, Timings, values};
use crate::forge::call::Waits;

const ATTEMPTS: &str = "ASYNCWARDEN_ATTEMPTS";

impl Arguments {
    /// The waits and limits that are set; all others are the usual ones.
    pub(super) fn timings(&self, wrong: &mut Wrong) -> Timings {
        let usual = Timings::default();
        let mut seconds = |name, text: &Option<String>, usual| {
            wrong.or(values::seconds(name, text.as_deref()), usual)
        };
        let lease = seconds("ASYNCWARDEN_LEASE_SECS", &self.lease_secs, usual.lease);
        let sweep = seconds("ASYNCWARDEN_SWEEP_SECS", &self.sweep_secs, usual.sweep);
        let poll = seconds("ASYNCWARDEN_POLL_SECS", &self.poll_secs, usual.poll);
        let backoff = seconds("ASYNCWARDEN_RETRY_SECS", &self.retry_secs, usual.backoff);
        let longest = &self.longest_retry_secs;
        let longest_backoff =
            seconds("ASYNCWARDEN_LONGEST_RETRY_SECS", longest, usual.longest_backoff);
        let analysis = seconds("ASYNCWARDEN_ANALYSIS_SECS", &self.analysis_secs, usual.analysis);
        let between_writes =
            seconds("ASYNCWARDEN_WRITE_SECS", &self.write_secs, usual.calls.between_writes);
        let attempts = wrong.or(self.attempts(), usual.attempts);
        // A worker that died is missed after its lease; what it had in hand for a moment, sooner.
        let calls = Waits { between_writes, turn: lease / 4, ..usual.calls };
        Timings { lease, sweep, poll, backoff, longest_backoff, attempts, analysis, calls, ..usual }
    }

    fn attempts(&self) -> Result<Option<i32>, SettingsError> {
        let attempts = values::number(ATTEMPTS, self.attempts.as_deref())?.map(i32::try_from);
        let many = |_| SettingsError::value(ATTEMPTS, "more attempts than can be counted");
        attempts.transpose().map_err(many)
    }
}
