//! Waits and limits that an operator may set.

use super::{Arguments, SettingsError, Timings, values};
use crate::forge::call::Waits;

impl Arguments {
    /// The waits and limits that are set; all others are the usual ones.
    pub(super) fn timings(&self) -> Result<Timings, SettingsError> {
        let usual = Timings::default();
        let seconds = |name, text: &Option<String>, usual| {
            Ok::<_, SettingsError>(values::seconds(name, text.as_deref())?.unwrap_or(usual))
        };
        let lease = seconds("ASYNCWARDEN_LEASE_SECS", &self.lease_secs, usual.lease)?;
        let sweep = seconds("ASYNCWARDEN_SWEEP_SECS", &self.sweep_secs, usual.sweep)?;
        let poll = seconds("ASYNCWARDEN_POLL_SECS", &self.poll_secs, usual.poll)?;
        let backoff = seconds("ASYNCWARDEN_RETRY_SECS", &self.retry_secs, usual.backoff)?;
        let longest_backoff = seconds(
            "ASYNCWARDEN_LONGEST_RETRY_SECS",
            &self.longest_retry_secs,
            usual.longest_backoff,
        )?;
        let analysis = seconds("ASYNCWARDEN_ANALYSIS_SECS", &self.analysis_secs, usual.analysis)?;
        let between_writes =
            seconds("ASYNCWARDEN_WRITE_SECS", &self.write_secs, usual.calls.between_writes)?;
        let attempts = match values::number(ATTEMPTS, self.attempts.as_deref())? {
            None => usual.attempts,
            Some(number) => i32::try_from(number)
                .map_err(|_| SettingsError::value(ATTEMPTS, "more attempts than can be counted"))?,
        };
        // A worker that died is missed after its lease; what it had in hand for a moment, sooner.
        let calls = Waits { between_writes, turn: lease / 4, ..usual.calls };
        Ok(Timings {
            lease,
            sweep,
            poll,
            backoff,
            longest_backoff,
            attempts,
            analysis,
            calls,
            ..usual
        })
    }
}

const ATTEMPTS: &str = "ASYNCWARDEN_ATTEMPTS";
