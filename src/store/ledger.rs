//! The store as the ledger of the platforms' clients.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use super::{Store, StoreError, jobs, request_budgets, write_turns};
use crate::forge::ledger::{Budget, Ledger, LedgerError, TurnWanted};

#[async_trait]
impl Ledger for Store {
    async fn held(&self, account: &str) -> Result<Duration, LedgerError> {
        let mut tx = self.read().await?;
        let until = jobs::held_until(&mut tx, account).await?;
        Ok(until.and_then(|until| (until - Utc::now()).to_std().ok()).unwrap_or_default())
    }

    async fn hold(&self, account: &str, wait: Duration) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        jobs::hold(&mut tx, account, Utc::now() + time_delta(wait)).await?;
        Ok(tx.commit().await?)
    }

    async fn note_budget(&self, account: &str, budget: Budget) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        request_budgets::note(&mut tx, account, budget, Utc::now()).await?;
        Ok(tx.commit().await?)
    }

    async fn take_turn(&self, wanted: TurnWanted<'_>) -> Result<Option<Duration>, LedgerError> {
        let holder = wanted.holder.to_string();
        let mut tx = self.begin().await?;
        let row = write_turns::Wanted {
            lane: wanted.account,
            holder: &holder,
            lasts: time_delta(wanted.lasts),
            most_per_hour: wanted.most_per_hour,
        };
        let wait = write_turns::take(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(wait.map(|wait| wait.to_std().unwrap_or_default()))
    }

    async fn end_turn(
        &self,
        account: &str,
        holder: Uuid,
        rest: Duration,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        write_turns::give_back(&mut tx, account, &holder.to_string(), time_delta(rest)).await?;
        Ok(tx.commit().await?)
    }
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// The longest wait that a platform asks for is hours; what can't be told is a day.
fn time_delta(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(1)).min(TimeDelta::days(1))
}
