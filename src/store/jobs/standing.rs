//! How the queue stands, for who looks after it: what waits longest, what is at hand, what failed.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction, change_requests};
use crate::forge::ChangeRequest;

const OLDEST: &str = "SELECT min(created_at) FROM jobs WHERE state = 'queued'";

/// Since when the job waits that has waited longest; `None` when none waits.
pub async fn oldest_waiting(tx: &mut Transaction) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar::<_, Option<DateTime<Utc>>>(OLDEST).fetch_one(c).await)?)
}

/// A job that a worker has.
#[derive(Debug, Clone)]
pub struct AtHand {
    /// What it looks at.
    pub change: ChangeRequest,
    /// Whose turn it takes.
    pub lane: String,
    /// When it was taken, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// Until when the worker has it, unless it says more.
    pub until: Option<DateTime<Utc>>,
    /// How often it was taken, this time included.
    pub attempts: i64,
}

#[derive(sqlx::FromRow)]
struct AtHandRow {
    change_request_id: i64,
    lane: String,
    claimed_at: Option<DateTime<Utc>>,
    leased_until: Option<DateTime<Utc>>,
    attempts: i64,
}

const AT_HAND: &str = "SELECT change_request_id, lane, claimed_at, leased_until, attempts FROM jobs
    WHERE state = 'running' ORDER BY claimed_at, id LIMIT $1";

/// The jobs at hand, those that were taken first before the others.
pub async fn at_hand(tx: &mut Transaction, limit: i64) -> Result<Vec<AtHand>, StoreError> {
    let rows: Vec<AtHandRow> =
        both!(tx, |c| sqlx::query_as(AT_HAND).bind(limit).fetch_all(c).await)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(AtHand {
            change: change_requests::by_id(tx, row.change_request_id).await?,
            lane: row.lane,
            since: row.claimed_at,
            until: row.leased_until,
            attempts: row.attempts,
        });
    }
    Ok(found)
}

/// Jobs that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Failure {
    /// What went wrong, in the words of the last failure.
    pub error: String,
    /// Jobs that wait for another attempt.
    pub waiting: i64,
    /// Jobs that were given up.
    pub given_up: i64,
}

const FAILURES: &str = "SELECT last_error AS error, count(CASE WHEN state <> 'dead' THEN 1 END) AS waiting,
        count(CASE WHEN state = 'dead' THEN 1 END) AS given_up
    FROM jobs WHERE state <> 'done' AND last_error IS NOT NULL AND (state <> 'dead' OR ended_at >= $1)
    GROUP BY last_error ORDER BY count(*) DESC, last_error LIMIT $2";

/// What jobs failed of that wait still or were given up since a time, what is most frequent first. What went well in the end
/// is not kept.
pub async fn failures(
    tx: &mut Transaction,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Failure>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Failure>(FAILURES)
        .bind(since)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
