//! Why a job did not end well, and what becomes of it.

use std::time::Duration;

use crate::forge::{ForgeError, Retry};
use crate::settings::Timings;
use crate::store::StoreError;

/// Why a job did not end well.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The platform failed.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// The platform refused what it may only have refused this time: it is asked a few times.
    #[error(transparent)]
    Refused(ForgeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("an internal error ended the review")]
    Crashed,
    /// The job ran for longer than a job may.
    #[error("the review took longer than {} s", .0.as_secs())]
    Deadline(Duration),
    /// The platform is not set up (any more).
    #[error("{0} is not set up")]
    NotSetUp(&'static str),
    /// Another worker has the job.
    #[error("the lease was lost")]
    LeaseLost,
    /// Earlier attempts were cut off, perhaps since this job ends the process.
    #[error("the review was cut off {0} times")]
    CutOff(i64),
}

impl JobError {
    /// A word for it, to count by.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            JobError::Forge(_) => "platform",
            JobError::Refused(_) => "refused",
            JobError::Store(_) => "store",
            JobError::Crashed => "crashed",
            JobError::Deadline(_) => "deadline",
            JobError::NotSetUp(_) => "not_set_up",
            JobError::LeaseLost => "lease_lost",
            JobError::CutOff(_) => "cut_off",
        }
    }

    /// When the job may run again; `None` when that would end the same way, or it was tried often enough.
    pub(super) fn wait(&self, attempts: i64, timings: &Timings) -> Option<Duration> {
        let retry = match self {
            JobError::Forge(error) => error.retry(),
            JobError::Store(_) | JobError::Refused(_) => Retry::Later,
            JobError::Crashed
            | JobError::LeaseLost
            | JobError::Deadline(_)
            | JobError::NotSetUp(_)
            | JobError::CutOff(_) => Retry::Never,
        };
        match retry {
            // The platform wants it of everybody: that is no failure of this job.
            Retry::After(wait) => Some(wait),
            Retry::Later if attempts < i64::from(timings.attempts) => {
                Some(backoff(attempts, timings))
            }
            Retry::Later | Retry::Never => None,
        }
    }
}

/// Doubles with each attempt; up to a quarter less, so that jobs that failed together don't come back together.
fn backoff(attempts: i64, timings: &Timings) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let full = timings.backoff.saturating_mul(1 << doublings).min(timings.longest_backoff);
    full.mul_f64(rand::random_range(0.75..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> JobError {
        StoreError::from(sqlx::Error::PoolTimedOut).into()
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_ends_with_the_attempts() {
        let timings = Timings {
            backoff: Duration::from_secs(4),
            longest_backoff: Duration::from_secs(60),
            attempts: 10,
            ..Timings::default()
        };
        for (attempts, most) in [(1, 4), (2, 8), (4, 32), (5, 60), (9, 60)] {
            let wait = store().wait(attempts, &timings).unwrap();
            let most = Duration::from_secs(most);
            assert!(wait <= most && wait >= most * 3 / 4, "{wait:?} after {attempts}");
        }
        assert_eq!(store().wait(10, &timings), None);
    }

    #[test]
    fn what_would_end_the_same_way_is_not_tried_again() {
        for error in [JobError::Crashed, JobError::Deadline(Duration::ZERO), JobError::CutOff(3)] {
            assert_eq!(error.wait(1, &Timings::default()), None);
        }
    }
}
