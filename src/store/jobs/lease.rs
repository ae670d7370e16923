//! What a worker does with the job that it holds. A worker that lost its lease changes nothing: its fence is old.

use chrono::{DateTime, Utc};

use super::{Ended, Job, StoreError, Transaction, announce};

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

const ASKED: &str = "SELECT asked FROM jobs WHERE id = $1 AND fence = $2 AND state = 'running'";

/// How often somebody asked for the job by now; `None` when the lease was lost.
pub async fn asked(tx: &mut Transaction, job: &Job) -> Result<Option<i64>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(ASKED)
        .bind(job.id)
        .bind(job.fence)
        .fetch_optional(c)
        .await)?)
}

const END: &str = "UPDATE jobs SET leased_until = NULL, last_error = $5, fence = fence + 1,
        state = CASE WHEN asked = $3 THEN $4 ELSE 'queued' END,
        ended_at = CASE WHEN asked = $3 THEN $6 ELSE ended_at END,
        run_at = CASE WHEN asked = $3 THEN run_at ELSE $6 END,
        attempts = CASE WHEN asked = $3 THEN attempts ELSE 0 END
    WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING state";
// A dead letter is one that nobody asked for again: a job that ended later speaks for its change request.
const OUTLIVED: &str =
    "UPDATE jobs SET state = 'done' WHERE change_request_id = $1 AND id <> $2 AND state = 'dead'";

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
    match became.as_deref() {
        None => Ok(Ended::LostLease),
        Some("queued") => {
            announce(tx).await?;
            Ok(Ended::AnotherRound)
        }
        Some(_) => {
            let (change, id) = (job.change_request_id, job.id);
            both!(tx, |c| sqlx::query(OUTLIVED)
                .bind(change)
                .bind(id)
                .execute(c)
                .await
                .map(|_| ()))?;
            Ok(Ended::Yes)
        }
    }
}

const BACK: &str =
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

/// Puts a job back that the platform wants to wait. That is no failed attempt.
pub async fn postpone(
    tx: &mut Transaction,
    job: &Job,
    run_at: DateTime<Utc>,
    why: &str,
) -> Result<Ended, StoreError> {
    back(tx, job, run_at, Some(why), 1).await
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
    let rows = both!(tx, |c| sqlx::query(BACK)
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
