//! What is done now and then by whichever process comes first: no process leads, and none does it twice.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

const TAKE: &str = "INSERT INTO chores (name, next_at) VALUES ($1, $3)
    ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at WHERE chores.next_at <= $2";

/// Takes a chore that is due, so that nobody does it before `next`. `false` when it is not due, or a rival took it.
pub async fn take(
    tx: &mut Transaction,
    name: &str,
    now: DateTime<Utc>,
    next: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(TAKE)
        .bind(name)
        .bind(now)
        .bind(next)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const GO_ON: &str = "UPDATE chores SET next_at = $2 WHERE name = $1";

/// Lets a chore that is not done be taken again at `next`.
pub async fn go_on(
    tx: &mut Transaction,
    name: &str,
    next: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GO_ON).bind(name).bind(next).execute(c).await.map(|_| ()))?;
    Ok(())
}

const DONE_TO: &str = "SELECT done_to FROM chores WHERE name = $1";

/// How far a chore that goes through a table by id has got.
pub async fn done_to(tx: &mut Transaction, name: &str) -> Result<i64, StoreError> {
    let found: Option<i64> =
        both!(tx, |c| sqlx::query_scalar(DONE_TO).bind(name).fetch_optional(c).await)?;
    Ok(found.unwrap_or(0))
}

const ADVANCE: &str = "INSERT INTO chores (name, next_at, done_to) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at, done_to = excluded.done_to";

/// Notes how far a chore has got.
pub async fn advance(
    tx: &mut Transaction,
    name: &str,
    done_to: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(ADVANCE)
        .bind(name)
        .bind(now)
        .bind(done_to)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const START_OVER: &str = "DELETE FROM chores WHERE name = $1";

/// Lets a chore begin at the beginning the next time.
pub async fn start_over(tx: &mut Transaction, name: &str) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(START_OVER).bind(name).execute(c).await.map(|_| ()))?;
    Ok(())
}
