//! What all processes that speak for one account keep in common: until when the platform wants it to wait, and whose
//! turn it is to write.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

pub use super::call::Budget;

/// The ledger, or whoever keeps it, could not be reached.
#[derive(Debug, thiserror::Error)]
#[error("it is not known whether anything may be sent: {0}")]
pub struct LedgerError(pub String);

/// A turn that somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct TurnWanted<'a> {
    /// The account, by a name that is the same in all processes.
    pub account: &'a str,
    /// Who gives it back.
    pub holder: Uuid,
    /// How long it is held at most: a process that died holds nobody up for longer.
    pub lasts: Duration,
    /// How much content the account may create in an hour; `None` when this creates nothing, or anything goes.
    pub most_per_hour: Option<u32>,
}

/// Keeps what all processes know of accounts.
#[async_trait]
pub trait Ledger: std::fmt::Debug + Send + Sync {
    /// How long the account is held back still; zero when it isn't.
    async fn held(&self, account: &str) -> Result<Duration, LedgerError>;

    /// Notes that the platform wants the account to wait. A longer wait that is noted already stays.
    async fn hold(&self, account: &str, wait: Duration) -> Result<(), LedgerError>;

    /// Notes how many requests the platform leaves the account. Nothing hangs on it.
    async fn note_budget(&self, _account: &str, _budget: Budget) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Takes the turn to write, and gives `None`; or gives after how long to ask again.
    async fn take_turn(&self, wanted: TurnWanted<'_>) -> Result<Option<Duration>, LedgerError>;

    /// Gives the turn back; the next one begins after `rest`.
    async fn end_turn(
        &self,
        account: &str,
        holder: Uuid,
        rest: Duration,
    ) -> Result<(), LedgerError>;
}
