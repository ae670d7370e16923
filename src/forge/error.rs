//! Why a call to a platform failed, and what to do next.

use std::time::Duration;

use super::ForgeKind;
use super::ledger::LedgerError;

/// A call that failed, after the client's own retries.
#[allow(missing_docs, reason = "the fields are named by the variants' texts")]
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// Refused before it was acted on, so the same call may be sent again after the wait.
    #[error("{} wants {operation} to wait {} s", forge.as_str(), retry_after.as_secs())]
    RateLimited { forge: ForgeKind, operation: &'static str, retry_after: Duration },
    /// The platform answered with a status that says no.
    #[error("{} answered {operation} with {status}: {message}", forge.as_str())]
    Status { forge: ForgeKind, operation: &'static str, status: u16, message: String },
    /// No answer, or one that was cut off: it is not known whether the call was acted on.
    #[error("{} gave no whole answer to {operation}: {message}", forge.as_str())]
    Transport { forge: ForgeKind, operation: &'static str, message: String },
    /// An answer that does not have the documented shape.
    #[error("{} answered {operation} in an unknown shape: {message}", forge.as_str())]
    Shape { forge: ForgeKind, operation: &'static str, message: String },
    /// Nothing was sent, since it is not known whether anything may be.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The change request has another head by now.
    #[error("the change request's head moved from {expected} to {found}")]
    HeadMoved { expected: String, found: String },
    /// The platform has not computed something yet; it will shortly.
    #[error("{} has not prepared {what} yet", forge.as_str())]
    NotReady { forge: ForgeKind, what: &'static str },
    /// The service's settings for this platform do not work.
    #[error("{} is not set up: {message}", forge.as_str())]
    Setup { forge: ForgeKind, message: String },
}

/// What to do after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The whole job may run again after this long.
    After(Duration),
    /// The whole job may run again, after a back-off.
    Later,
    /// Running it again would end the same way.
    Never,
}

impl ForgeError {
    /// What to do next.
    pub fn retry(&self) -> Retry {
        match self {
            ForgeError::RateLimited { retry_after, .. } => Retry::After(*retry_after),
            ForgeError::Status { status: 408 | 409 | 425 | 429 | 500..=599, .. }
            // A token that was given out a moment ago: it may not be known everywhere there yet.
            | ForgeError::Status { forge: ForgeKind::GitHub, status: 401, .. }
            | ForgeError::Transport { .. }
            | ForgeError::Shape { .. }
            | ForgeError::Ledger(_)
            | ForgeError::HeadMoved { .. }
            | ForgeError::NotReady { .. } => Retry::Later,
            ForgeError::Status { .. } | ForgeError::Setup { .. } => Retry::Never,
        }
    }

    /// Whether it is unknown if the call was acted on: what it was to create is looked up before it is repeated.
    pub fn is_ambiguous(&self) -> bool {
        matches!(
            self,
            ForgeError::Transport { .. }
                | ForgeError::Shape { .. }
                | ForgeError::Status { status: 500.., .. }
        )
    }
}
