//! How a call is made on any platform: what is tried again, after which wait, and when everything is held back.
//!
//! A client says how to send and whether twice is harmless; [`Lane::call`] does the rest. A short wait is slept
//! through; a longer one is [`ForgeError::RateLimited`](super::ForgeError::RateLimited), so that the job goes back to
//! the queue.

mod answer;
mod budget;
mod lane;
mod measure;

use std::time::Duration;

pub use answer::{Answer, NoAnswer};
pub use budget::Budget;
pub use lane::{Lane, Terms, Write};

/// Waits and counts, as data, so that tests pass short ones.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// How often a repeatable call is sent at most, the first time included.
    pub tries: u32,
    /// Wait before the second try; doubles with each further one. Half of it is left to chance.
    pub first: Duration,
    /// Longest wait that is slept through.
    pub longest: Duration,
    /// Least time between two calls that create content.
    pub between_writes: Duration,
    /// How long the turn to write is held at most by a process that died.
    pub turn: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            tries: 4,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(4),
            between_writes: Duration::from_secs(1),
            turn: Duration::from_secs(15),
        }
    }
}

impl Waits {
    /// No waiting to speak of, for tests.
    pub const NONE: Waits = Waits {
        tries: 4,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        between_writes: Duration::ZERO,
        turn: Duration::from_secs(15),
    };

    /// The wait before try `next` (2, 3, …), with jitter.
    fn before(&self, next: u32) -> Duration {
        let full = self.first.saturating_mul(1_u32 << next.saturating_sub(2).min(16));
        full.min(self.longest).mul_f64(rand::random_range(0.5..=1.0))
    }
}

/// Whether sending a call twice does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeatable {
    /// It reads, or it sets a value.
    Yes,
    /// It creates something: after an ambiguous failure the caller looks first.
    No,
}
