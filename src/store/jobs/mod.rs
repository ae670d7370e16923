//! The queue: change requests to look at, at most one row each that is queued or running.
//!
//! A job says that somebody asked, never what the change request looks like. Who asks while it runs raises `asked`; the
//! worker then gets another round instead of an end.
//!
//! ```text
//! claim         whose turn it is
//! lease         what a worker does with the job that it holds
//! dead_letters  what was given up, and how it is asked for again
//! depth         how much there is, and when the next is due
//! standing      what waits longest, what is at hand, what failed
//! ```

mod claim;
mod dead_letters;
mod depth;
mod lease;
mod standing;

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreError, Transaction, change_requests, erase, request_budgets};
use crate::forge::{ChangeRequest, account};

pub use claim::{claim, held_until, hold};
pub use dead_letters::{DeadLetter, dead_letter, dead_letters, dead_letters_behind, redrive};
pub use depth::{Depth, depth, next_due};
pub use lease::{asked, bury, finish, heartbeat, postpone, release, retry, revive};
pub use standing::{AtHand, Failure, at_hand, failures, oldest_waiting};

/// The channel on which PostgreSQL tells all processes of new jobs.
pub(crate) const CHANNEL: &str = "asyncwarden_jobs";

/// What is heard on the channel by who listens.
pub(crate) const SHOUT: &str = "SELECT pg_notify('asyncwarden_jobs', '')";

/// Why somebody asks for a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Something about the change request changed: a revision that was reviewed already is left alone.
    Changed,
    /// A person wants it again: a revision that was reviewed already gets a new review. It comes before the rest of its
    /// lane, and waits for no back-off.
    Again,
    /// A person gave a command, which says what to do. It comes as early as a wish for a review.
    Command,
    /// Nobody spoke of the change request for long: what was missed is made up for when there is nothing else to do.
    Reconcile,
}

impl Asked {
    fn priority(self) -> i64 {
        match self {
            Asked::Again | Asked::Command => 1,
            Asked::Changed => 0,
            Asked::Reconcile => -1,
        }
    }
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
    /// Whether nobody asked: the service looks for what it missed.
    pub reconcile: bool,
    /// How often it was taken, this time included.
    pub attempts: i64,
    /// What proves that the lease is still ours.
    pub fence: i64,
    /// The span in which somebody asked last, as `traceparent` has it.
    pub trace: Option<String>,
    /// How long it had been due.
    pub waited: TimeDelta,
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

// A job that waits keeps its time, unless a person asks: only a failure of ours or of the platform made it wait. What
// the platform asked for holds the lane. A look that nobody asked for changes nothing about a job that is there.
const ENQUEUE: &str =
    "INSERT INTO jobs (change_request_id, state, lane, again, priority, run_at, created_at, trace)
    VALUES ($1, 'queued', $2, $3, $4, $5, $5, $6)
    ON CONFLICT (change_request_id) WHERE state IN ('queued', 'running') DO UPDATE SET
        asked = jobs.asked + 1,
        again = jobs.again OR excluded.again,
        lane = excluded.lane,
        priority = CASE WHEN excluded.priority > jobs.priority THEN excluded.priority ELSE jobs.priority END,
        run_at = CASE WHEN excluded.priority > 0 AND jobs.state = 'queued' AND excluded.run_at < jobs.run_at
            THEN excluded.run_at ELSE jobs.run_at END,
        attempts = CASE WHEN jobs.state = 'queued' THEN 0 ELSE jobs.attempts END,
        trace = COALESCE(excluded.trace, jobs.trace)
    WHERE excluded.priority >= 0";

/// Asks for a review.
pub async fn enqueue(
    tx: &mut Transaction,
    change: &ChangeRequest,
    asked: Asked,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    enqueue_in(tx, change, asked, None, now).await
}

/// Asks for a review, in the span that `trace` names as `traceparent` does. Part of the transaction that stores the delivery.
pub async fn enqueue_in(
    tx: &mut Transaction,
    change: &ChangeRequest,
    asked: Asked,
    trace: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = change_requests::remember(tx, change, now).await?;
    both!(tx, |c| sqlx::query(ENQUEUE)
        .bind(id)
        .bind(lane(change))
        .bind(asked == Asked::Again)
        .bind(asked.priority())
        .bind(now)
        .bind(trace)
        .execute(c)
        .await
        .map(|_| ()))?;
    announce(tx).await
}

/// Tells the workers, of this process and of others, once the transaction is committed.
async fn announce(tx: &mut Transaction) -> Result<(), StoreError> {
    if let super::transaction::Inner::Postgres(tx) = &mut tx.inner {
        sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(tx.session()).await?;
    }
    tx.ring_after_commit();
    Ok(())
}

/// Jobs of one installation share their turns and their platform's limits; without installations, those of a
/// repository do.
fn lane(change: &ChangeRequest) -> String {
    let repository = &change.repository;
    match repository.installation_id {
        Some(id) => account(repository.forge, id),
        None => format!("{}/repository/{}", repository.forge.as_str(), repository.external_id),
    }
}

const FORGET: &str = "DELETE FROM jobs WHERE id IN
    (SELECT id FROM jobs WHERE state = 'done' AND ended_at < $1 ORDER BY ended_at LIMIT $2)";
const FORGET_HOLDS: &str = "DELETE FROM lane_holds WHERE held_until < $1";

/// Drops at most `limit` jobs that were done, and what lanes were told and was over, before the given time. Returns how many
/// jobs went.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    both!(tx, |c| sqlx::query(FORGET_HOLDS).bind(before).execute(c).await.map(|_| ()))?;
    request_budgets::forget(tx, before).await?;
    erase::older(tx, FORGET, before, limit).await
}
