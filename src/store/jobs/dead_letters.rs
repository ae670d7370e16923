//! What was given up, and how it is asked for again.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Asked, StoreError, Transaction, change_requests, enqueue};
use crate::forge::ChangeRequest;
use crate::store::audit::{self, Action, Actor};

/// A job that was given up, and that nobody asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its row.
    pub id: i64,
    /// The change request that has no review.
    pub change: ChangeRequest,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it was given up.
    pub error: String,
    /// When.
    pub ended_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct DeadRow {
    id: i64,
    change_request_id: i64,
    attempts: i64,
    last_error: Option<String>,
    ended_at: DateTime<Utc>,
}

const DEAD: &str = "SELECT id, change_request_id, attempts, last_error, ended_at FROM jobs
    WHERE state = 'dead' ORDER BY ended_at DESC, id DESC LIMIT $1";
const BEHIND: &str = "SELECT id, change_request_id, attempts, last_error, ended_at FROM jobs
    WHERE state = 'dead' AND id < $1 ORDER BY id DESC LIMIT $2";
const ONE: &str = "SELECT id, change_request_id, attempts, last_error, ended_at FROM jobs
    WHERE state = 'dead' AND id = $1";

/// The dead letters, the latest first.
pub async fn dead_letters(tx: &mut Transaction, limit: i64) -> Result<Vec<DeadLetter>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, DeadRow>(DEAD).bind(limit).fetch_all(c).await)?;
    letters(tx, rows).await
}

/// The dead letters whose row comes before the given one, from the last row on.
pub async fn dead_letters_behind(
    tx: &mut Transaction,
    behind: i64,
    limit: i64,
) -> Result<Vec<DeadLetter>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, DeadRow>(BEHIND)
        .bind(behind)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    letters(tx, rows).await
}

async fn letters(tx: &mut Transaction, rows: Vec<DeadRow>) -> Result<Vec<DeadLetter>, StoreError> {
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        letters.push(letter(tx, row).await?);
    }
    Ok(letters)
}

/// The dead letter of a row, if it is one.
pub async fn dead_letter(tx: &mut Transaction, id: i64) -> Result<Option<DeadLetter>, StoreError> {
    let row = both!(tx, |c| sqlx::query_as::<_, DeadRow>(ONE).bind(id).fetch_optional(c).await)?;
    match row {
        Some(row) => Ok(Some(letter(tx, row).await?)),
        None => Ok(None),
    }
}

async fn letter(tx: &mut Transaction, row: DeadRow) -> Result<DeadLetter, StoreError> {
    Ok(DeadLetter {
        id: row.id,
        change: change_requests::by_id(tx, row.change_request_id).await?,
        attempts: row.attempts,
        error: row.last_error.unwrap_or_default(),
        ended_at: row.ended_at,
    })
}

const TAKE: &str =
    "UPDATE jobs SET state = 'done' WHERE id = $1 AND state = 'dead' RETURNING again";

/// Asks again, by an operator's wish, for the review that a dead letter failed to give; `by` is their login, where it is
/// known. `false` when there is no such dead letter (any more).
pub async fn redrive(
    tx: &mut Transaction,
    letter: &DeadLetter,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let again: Option<bool> =
        both!(tx, |c| sqlx::query_scalar(TAKE).bind(letter.id).fetch_optional(c).await)?;
    let Some(again) = again else { return Ok(false) };
    let subject = audit::change_request(&letter.change);
    let details = json!({ "error": letter.error, "attempts": letter.attempts, "by": by });
    audit::note(tx, Actor::Operator, Action::JobRedriven, &subject, details, now).await?;
    let asked = if again { Asked::Again } else { Asked::Changed };
    enqueue(tx, &letter.change, asked, now).await?;
    Ok(true)
}
