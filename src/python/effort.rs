//! How much is worked out for one file.
//!
//! Counted in steps, not timed, so that a file always has the same findings. A step is about a tenth of a microsecond of
//! optimised code, so [`MOST_STEPS`] of them are about a twentieth of a second.

use std::cell::Cell;

/// Most steps of one session.
const MOST_STEPS: u32 = 600_000;

/// Steps of a question that is worked out.
pub(super) const QUESTION: u32 = 24;

/// Expressions that are gone through in one step.
const EXPRESSIONS: u32 = 8;

/// Bytes of another file that are taken in in one step.
const BYTES: usize = 32;

/// What is left of a session's steps.
#[derive(Debug)]
pub struct Effort {
    left: Cell<u32>,
}

impl Default for Effort {
    fn default() -> Self {
        Self { left: Cell::new(MOST_STEPS) }
    }
}

impl Effort {
    pub(super) fn spend(&self, steps: u32) {
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// Expressions are gone through.
    pub(super) fn go_through(&self, expressions: (u32, u32)) {
        self.spend(expressions.1.saturating_sub(expressions.0) / EXPRESSIONS);
    }

    /// Another file is taken in.
    pub(super) fn read(&self, text: &str) {
        self.spend(u32::try_from(text.len() / BYTES).unwrap_or(u32::MAX));
    }

    /// Whether nothing is left: what is asked from now on is not known.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
