//! The queue: change requests to look at, at most one row each that is queued or running.
//!
//! A job says that somebody asked, never what the change request looks like. Who asks while it runs raises `asked`; the
//! worker then gets another round instead of an end.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction, change_requests};
use crate::forge::ChangeRequest;

/// The channel on which PostgreSQL tells all processes of new jobs.
pub(crate) const CHANNEL: &str = "asyncwarden_jobs";

/// Why somebody asks for a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Something about the change request changed: a revision that was reviewed already is left alone.
    Changed,
    /// A person wants it again: a revision that was reviewed already gets a new review.
    Again,
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its row.
    pub id: i64,
    /// The change request's row.
    pub change_request_id: i64,
    /// The change request.
    pub change: ChangeRequest,
    /// Whose turn it takes.
    pub lane: String,
    /// How often somebody had asked when it was taken.
    pub asked: i64,
    /// Whether a revision that was reviewed already gets a new review.
    pub again: bool,
    /// How often it was taken, this time included.
    pub attempts: i64,
    /// What proves that the lease is still ours.
    pub fence: i64,
}

/// What became of a job that its worker gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As wanted.
    Yes,
    /// Somebody asked meanwhile: it waits for another round.
    AnotherRound,
    /// The lease was lost: another worker has it, nothing was changed.
    LostLease,
}

const ENQUEUE: &str = "INSERT INTO jobs (change_request_id, state, lane, again, run_at, created_at)
    VALUES ($1, 'queued', $2, $3, $4, $4)
    ON CONFLICT (change_request_id) WHERE state IN ('queued', 'running') DO UPDATE SET
        asked = jobs.asked + 1,
        again = jobs.again OR excluded.again,
        attempts = CASE WHEN jobs.state = 'queued' THEN 0 ELSE jobs.attempts END";

/// Asks for a review. Part of the transaction that stores the delivery. A job that waits keeps its time, since the
/// platform may have asked for the wait.
pub async fn enqueue(
    tx: &mut Transaction,
    change: &ChangeRequest,
    asked: Asked,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = change_requests::remember(tx, change, now).await?;
    let again = asked == Asked::Again;
    both!(tx, |c| sqlx::query(ENQUEUE)
        .bind(id)
        .bind(lane(change))
        .bind(again)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    announce(tx).await
}

/// Tells the workers, of this process and of others, once the transaction is committed.
async fn announce(tx: &mut Transaction) -> Result<(), StoreError> {
    if let super::transaction::Inner::Postgres(c) = &mut tx.inner {
        sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&mut **c).await?;
    }
    tx.ring_after_commit();
    Ok(())
}

/// Jobs of one installation share their turns and their platform's limits; without installations, those of a
/// repository do.
fn lane(change: &ChangeRequest) -> String {
    let repository = &change.repository;
    let forge = repository.forge.as_str();
    match repository.installation_id {
        Some(id) => format!("{forge}/{id}"),
        None => format!("{forge}/repository/{}", repository.external_id),
    }
}

// The lane with the fewest running jobs comes first, so that one with five hundred delays another by one review.
const CLAIM_SQLITE: &str = "UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1,
        leased_until = $2
    WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $1
        ORDER BY priority DESC, (SELECT count(*) FROM jobs r WHERE r.state = 'running' AND r.lane = jobs.lane),
            run_at, id LIMIT 1)
    RETURNING id, change_request_id, lane, asked, again, attempts, fence";
const CLAIM_POSTGRES: &str = "UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1,
        leased_until = $2
    WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $1
        ORDER BY priority DESC, (SELECT count(*) FROM jobs r WHERE r.state = 'running' AND r.lane = jobs.lane),
            run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, change_request_id, lane, asked, again, attempts, fence";

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    change_request_id: i64,
    lane: String,
    asked: i64,
    again: bool,
    attempts: i64,
    fence: i64,
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
        attempts: row.attempts,
        fence: row.fence,
    }))
}

const HEARTBEAT: &str =
    "UPDATE jobs SET leased_until = $3 WHERE id = $1 AND fence = $2 AND state = 'running'";

/// Extends the lease. `false` when it was lost: the worker must stop.
pub async fn heartbeat(
    tx: &mut Transaction,
    job: &Job,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(HEARTBEAT)
        .bind(job.id)
        .bind(job.fence)
        .bind(until)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const END: &str = "UPDATE jobs SET leased_until = NULL, last_error = $5, fence = fence + 1,
        state = CASE WHEN asked = $3 THEN $4 ELSE 'queued' END,
        ended_at = CASE WHEN asked = $3 THEN $6 ELSE ended_at END,
        run_at = CASE WHEN asked = $3 THEN run_at ELSE $6 END,
        attempts = CASE WHEN asked = $3 THEN attempts ELSE 0 END
    WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING state";

/// Ends a job whose work is done, unless somebody asked since it was taken.
pub async fn finish(
    tx: &mut Transaction,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<Ended, StoreError> {
    end(tx, job, "done", None, now).await
}

/// Puts a job that can't be done to the dead letters, unless somebody asked since it was taken.
pub async fn bury(
    tx: &mut Transaction,
    job: &Job,
    error: &str,
    now: DateTime<Utc>,
) -> Result<Ended, StoreError> {
    end(tx, job, "dead", Some(error), now).await
}

async fn end(
    tx: &mut Transaction,
    job: &Job,
    state: &str,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Ended, StoreError> {
    let became: Option<String> = both!(tx, |c| sqlx::query_scalar(END)
        .bind(job.id)
        .bind(job.fence)
        .bind(job.asked)
        .bind(state)
        .bind(error)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    Ok(match became.as_deref() {
        None => Ended::LostLease,
        Some("queued") => {
            announce(tx).await?;
            Ended::AnotherRound
        }
        Some(_) => Ended::Yes,
    })
}

const RETRY: &str =
    "UPDATE jobs SET state = 'queued', leased_until = NULL, fence = fence + 1, run_at = $3,
        last_error = $4, attempts = attempts - CAST($5 AS BIGINT)
    WHERE id = $1 AND fence = $2 AND state = 'running'";

/// Puts a job back for a later attempt.
pub async fn retry(
    tx: &mut Transaction,
    job: &Job,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<Ended, StoreError> {
    back(tx, job, run_at, Some(error), 0).await
}

/// Hands a job back as if it had not been taken, as on shutdown.
pub async fn release(
    tx: &mut Transaction,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<Ended, StoreError> {
    let ended = back(tx, job, now, None, 1).await?;
    announce(tx).await?;
    Ok(ended)
}

async fn back(
    tx: &mut Transaction,
    job: &Job,
    run_at: DateTime<Utc>,
    error: Option<&str>,
    uncounted: i64,
) -> Result<Ended, StoreError> {
    let rows = both!(tx, |c| sqlx::query(RETRY)
        .bind(job.id)
        .bind(job.fence)
        .bind(run_at)
        .bind(error)
        .bind(uncounted)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(if rows == 1 { Ended::Yes } else { Ended::LostLease })
}

const HOLD: &str =
    "UPDATE jobs SET run_at = $2 WHERE lane = $1 AND state = 'queued' AND run_at < $2";

/// Lets all waiting jobs of a lane wait until then, as the platform asked for.
pub async fn hold(
    tx: &mut Transaction,
    lane: &str,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(HOLD).bind(lane).bind(until).execute(c).await.map(|_| ()))?;
    Ok(())
}

const REVIVE: &str =
    "UPDATE jobs SET state = 'queued', leased_until = NULL, fence = fence + 1, run_at = $1,
        last_error = 'the worker that had it is gone'
    WHERE state = 'running' AND leased_until < $2";

/// Puts jobs back whose lease ended before `expired`. Returns how many.
pub async fn revive(
    tx: &mut Transaction,
    now: DateTime<Utc>,
    expired: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let rows = both!(tx, |c| sqlx::query(REVIVE)
        .bind(now)
        .bind(expired)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows > 0 {
        announce(tx).await?;
    }
    Ok(rows)
}

const NEXT: &str = "SELECT min(run_at) FROM jobs WHERE state = 'queued'";

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

const FORGET: &str = "DELETE FROM jobs WHERE state = 'done' AND ended_at < $1";

/// Drops jobs that were done before the given time. Returns how many.
pub async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(FORGET)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
