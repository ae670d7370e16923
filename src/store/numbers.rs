//! What the service tells of its store as metrics.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

/// The queue and the gates, of all processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Numbers {
    /// Jobs that wait for a worker.
    pub due: i64,
    /// Jobs that wait for their time, or for the platform.
    pub delayed: i64,
    /// Jobs at hand.
    pub running: i64,
    /// Jobs that were given up, and nobody asked again.
    pub dead: i64,
    /// Since when the job is due that waits longest for a worker.
    pub due_since: Option<DateTime<Utc>>,
    /// When the oldest wish came that has not ended.
    pub asked_since: Option<DateTime<Utc>>,
    /// How many lanes the platform holds back.
    pub held: i64,
    /// Gates that are shown as queued or running.
    pub open_gates: i64,
    /// Those of them that have been for too long.
    pub overdue_gates: i64,
}

// `$1` is now, `$2` is when a gate that is still open must have begun to be overdue.
const NUMBERS: &str = "SELECT
        count(CASE WHEN j.state = 'queued' AND j.run_at <= $1 AND h.lane IS NULL THEN 1 END) AS due,
        count(CASE WHEN j.state = 'queued' AND (j.run_at > $1 OR h.lane IS NOT NULL) THEN 1 END) AS delayed,
        count(CASE WHEN j.state = 'running' THEN 1 END) AS running,
        count(CASE WHEN j.state = 'dead' THEN 1 END) AS dead,
        min(CASE WHEN j.state = 'queued' AND j.run_at <= $1 AND h.lane IS NULL THEN j.run_at END) AS due_since,
        min(CASE WHEN j.state IN ('queued', 'running') THEN j.created_at END) AS asked_since,
        (SELECT count(*) FROM lane_holds WHERE held_until > $1) AS held,
        (SELECT count(*) FROM reviews WHERE NOT gate_closed) AS open_gates,
        (SELECT count(*) FROM reviews WHERE NOT gate_closed AND started_at < $2) AS overdue_gates
    FROM jobs j LEFT JOIN lane_holds h ON h.lane = j.lane AND h.held_until > $1 WHERE j.state <> 'done'";

/// Reads them. A gate that was begun before `late` and is still open is overdue.
pub async fn numbers(
    tx: &mut Transaction,
    now: DateTime<Utc>,
    late: DateTime<Utc>,
) -> Result<Numbers, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Numbers>(NUMBERS)
        .bind(now)
        .bind(late)
        .fetch_one(c)
        .await)?)
}
