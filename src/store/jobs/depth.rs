//! How much there is, and when the next is due.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

const NEXT: &str =
    "SELECT min(CASE WHEN h.held_until > j.run_at THEN h.held_until ELSE j.run_at END)
    FROM jobs j LEFT JOIN lane_holds h ON h.lane = j.lane WHERE j.state = 'queued'";

/// When the next waiting job is due; `None` when none waits.
pub async fn next_due(tx: &mut Transaction) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar::<_, Option<DateTime<Utc>>>(NEXT).fetch_one(c).await)?)
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Depth {
    /// Waiting, for a worker or for their time.
    pub queued: i64,
    /// At hand.
    pub running: i64,
    /// Given up, and nobody asked again.
    pub dead: i64,
}

const DEPTH: &str = "SELECT count(CASE WHEN state = 'queued' THEN 1 END) AS queued,
        count(CASE WHEN state = 'running' THEN 1 END) AS running,
        count(CASE WHEN state = 'dead' THEN 1 END) AS dead
    FROM jobs WHERE state <> 'done'";

/// How many jobs there are in each state.
pub async fn depth(tx: &mut Transaction) -> Result<Depth, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Depth>(DEPTH).fetch_one(c).await)?)
}
