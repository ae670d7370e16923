//! How many requests the platforms leave our accounts, as they said last to any process.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};
use crate::forge::ledger::Budget;

const NOTE: &str = "INSERT INTO request_budgets (lane, remaining, quota, resets_at, seen_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (lane) DO UPDATE SET remaining = excluded.remaining, quota = excluded.quota,
        resets_at = excluded.resets_at, seen_at = excluded.seen_at
    WHERE request_budgets.seen_at < excluded.seen_at";

/// Keeps what a platform said. What was said later stays.
pub async fn note(
    tx: &mut Transaction,
    lane: &str,
    budget: Budget,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(NOTE)
        .bind(lane)
        .bind(budget.remaining)
        .bind(budget.quota)
        .bind(budget.resets_at)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const FORGET: &str = "DELETE FROM request_budgets WHERE seen_at < $1";

/// Drops what was said before the given time.
pub async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}
