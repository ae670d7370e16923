//! Whose turn it is.
//!
//! Lanes take turns, so that one with five hundred jobs delays another by one review: first the lane with the fewest jobs
//! at hand, among those the one that was served longest ago. Within a lane a person's wish comes first. What nobody asked
//! for waits until no lane has anything else, at most for [`AGED`].

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Job, StoreError, Transaction, change_requests};

/// How long a look that nobody asked for stands back.
const AGED: TimeDelta = TimeDelta::minutes(10);

// Lanes are found by jumping along the index from one to the next: a lane with many jobs costs no more than one with
// few. `$1` is now, `$3` is when what is older counts as asked for.
macro_rules! claim {
    ($next:expr) => {
        concat!(
            "WITH RECURSIVE lanes (lane) AS (
                SELECT min(lane) FROM jobs WHERE state = 'queued'
                UNION ALL
                SELECT (SELECT min(j.lane) FROM jobs j WHERE j.state = 'queued' AND j.lane > lanes.lane)
                FROM lanes WHERE lanes.lane IS NOT NULL),
            turns AS (
                SELECT lane,
                    CASE WHEN EXISTS (SELECT 1 FROM jobs a WHERE a.lane = lanes.lane AND a.state = 'queued'
                        AND a.run_at <= $1 AND (a.priority >= 0 OR a.run_at <= $3)) THEN 0 ELSE 1 END AS unasked,
                    (SELECT count(*) FROM jobs r WHERE r.lane = lanes.lane AND r.state = 'running') AS running,
                    (SELECT max(s.claimed_at) FROM jobs s WHERE s.lane = lanes.lane) AS served
                FROM lanes
                WHERE lane IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM lane_holds h WHERE h.lane = lanes.lane AND h.held_until > $1))
            UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1, leased_until = $2,
                claimed_at = $1
            WHERE id = (",
            $next,
            ") RETURNING id, change_request_id, lane, asked, again, priority, attempts, fence, trace, run_at"
        )
    };
}

// The lanes are gone through in their order until one has a job that no rival is taking.
const CLAIM_POSTGRES: &str = claim!(
    "SELECT next.id FROM (SELECT lane FROM turns ORDER BY unasked, running, served NULLS FIRST, lane) turn
        CROSS JOIN LATERAL (SELECT q.id FROM jobs q
            WHERE q.lane = turn.lane AND q.state = 'queued' AND q.run_at <= $1
            ORDER BY q.priority DESC, q.run_at, q.id LIMIT 1 FOR UPDATE SKIP LOCKED) next
        LIMIT 1"
);
const CLAIM_SQLITE: &str = claim!(
    "SELECT id FROM (SELECT unasked, running, served, lane,
            (SELECT q.id FROM jobs q WHERE q.lane = turns.lane AND q.state = 'queued' AND q.run_at <= $1
                ORDER BY q.priority DESC, q.run_at, q.id LIMIT 1) AS id FROM turns)
        WHERE id IS NOT NULL ORDER BY unasked, running, served NULLS FIRST, lane LIMIT 1"
);

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    change_request_id: i64,
    lane: String,
    asked: i64,
    again: bool,
    priority: i64,
    attempts: i64,
    fence: i64,
    trace: Option<String>,
    run_at: DateTime<Utc>,
}

/// Takes the next job that is due; rivals take others.
pub async fn claim(
    tx: &mut Transaction,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Option<Job>, StoreError> {
    let sql = tx.pick(CLAIM_POSTGRES, CLAIM_SQLITE);
    let row = both!(tx, |c| sqlx::query_as::<_, JobRow>(sql)
        .bind(now)
        .bind(now + lease)
        .bind(now - AGED)
        .fetch_optional(c)
        .await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Job {
        id: row.id,
        change_request_id: row.change_request_id,
        change: change_requests::by_id(tx, row.change_request_id).await?,
        lane: row.lane,
        asked: row.asked,
        again: row.again,
        reconcile: row.priority < 0,
        attempts: row.attempts,
        fence: row.fence,
        trace: row.trace,
        waited: now - row.run_at,
    }))
}

const HOLD: &str = "INSERT INTO lane_holds (lane, held_until) VALUES ($1, $2)
    ON CONFLICT (lane) DO UPDATE SET held_until = excluded.held_until
    WHERE excluded.held_until > lane_holds.held_until";

/// Lets all jobs of a lane wait until then, also those that are still to come, as the platform asked for.
pub async fn hold(
    tx: &mut Transaction,
    lane: &str,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(HOLD).bind(lane).bind(until).execute(c).await.map(|_| ()))?;
    Ok(())
}

const HELD: &str = "SELECT held_until FROM lane_holds WHERE lane = $1";

/// Until when a lane's jobs wait, or waited, as the platform asked for.
pub async fn held_until(
    tx: &mut Transaction,
    lane: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(HELD).bind(lane).fetch_optional(c).await)?)
}
