//! Takes jobs from the queue, one at a time.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::context::Contexts;
use super::error::JobError;
use super::gates::Why;
use super::platforms::{Platform, Platforms};
use super::review_job::Outcome;
use crate::analysis::{Analysis, Request};
use crate::forge::{ForgeError, Retry};
use crate::settings::{Retention, Timings};
use crate::store::jobs::{self, Asked, Ended, Job};
use crate::store::reviews::Review;
use crate::store::{Store, StoreError, installations};
use crate::telemetry::metrics::{ERRORS, JOB_SECONDS, JOBS, LEASES_LOST, NO_LABELS, WAIT_SECONDS};
use crate::telemetry::{Parent, trace_id};

/// Takes jobs from the queue, one at a time. Clones work side by side.
#[derive(Clone)]
pub struct Worker {
    /// Where the queue is.
    pub store: Store,
    /// Whom it speaks with.
    pub platforms: Platforms,
    /// Where people reach the service's pages.
    pub public_url: Option<String>,
    /// Waits and limits.
    pub timings: Timings,
    /// What is kept, and for how long.
    pub retention: Retention,
    /// One permit for each analysis that may run at a time, shared by all workers.
    pub analyses: Arc<Semaphore>,
    /// What reviews know of repositories, shared by all workers.
    pub contexts: Arc<Contexts>,
    /// What analyses; [`crate::analysis::analyse`], unless a test wants it to crash.
    pub analyser: Analyser,
}

/// From two trees and a change to findings.
pub type Analyser = fn(&Request<'_>) -> Analysis;

impl Worker {
    /// Works until the queue has nothing that is due. Returns how many jobs it took.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        let mut taken = 0;
        while let Some(job) = self.claim().await? {
            self.work(&job, &CancellationToken::new()).await;
            taken += 1;
        }
        Ok(taken)
    }

    /// Works until `stop`; then ends the job at hand, or hands it back when `drop_work` comes first.
    pub async fn run(&self, stop: CancellationToken, drop_work: CancellationToken) {
        let bell = self.store.bell();
        while !stop.is_cancelled() {
            let rung = bell.notified();
            tokio::pin!(rung);
            // Listens before it looks, so that no job falls between.
            rung.as_mut().enable();
            match self.claim().await {
                Ok(Some(job)) => {
                    // One ring wakes one worker: where a job was, another may be.
                    bell.notify_one();
                    self.work(&job, &drop_work).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    ERRORS.count(["store"]);
                    tracing::warn!(%error, "the queue could not be read");
                }
            }
            let wait = self.pause().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = rung => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn claim(&self) -> Result<Option<Job>, StoreError> {
        let mut tx = self.store.begin().await?;
        let job = jobs::claim(&mut tx, Utc::now(), self.timings.lease).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// How long to wait when nothing is due: until something is, at most a poll's time.
    async fn pause(&self) -> Duration {
        let next = async {
            let mut tx = self.store.read().await?;
            jobs::next_due(&mut tx).await
        };
        let next = next.await.ok().flatten().map(|due| (due - Utc::now()).to_std());
        let poll = if self.store.is_deaf() { self.timings.poll / 10 } else { self.timings.poll };
        match next {
            // Due, but a rival has it in hand.
            Some(Err(_)) => Duration::from_millis(20).min(poll),
            Some(Ok(wait)) => wait.min(poll),
            None => poll,
        }
    }

    /// Does a job and gives it back, whatever happens.
    async fn work(&self, job: &Job, drop_work: &CancellationToken) {
        let change = &job.change;
        let span = tracing::info_span!(
            "job",
            otel.kind = "consumer",
            trace.id = tracing::field::Empty,
            job.id = job.id,
            job.attempt = job.attempts,
            change = %format_args!("{}#{}", change.repository.full_name, change.number)
        );
        if let Some(parent) = job.trace.as_deref().and_then(Parent::read) {
            parent.adopt(&span);
        }
        if let Some(trace) = trace_id(&span) {
            span.record("trace.id", trace);
        }
        let begun = Instant::now();
        WAIT_SECONDS.observe(job.waited.to_std().unwrap_or_default(), NO_LABELS);
        let given_back = async {
            let worked = tokio::select! {
                worked = self.attempt(job) => Some(worked),
                () = self.hold_lease(job) => Some(Err(JobError::LeaseLost)),
                () = drop_work.cancelled() => None,
            };
            match worked {
                Some(Ok(outcome)) => self.finish(job, outcome).await,
                Some(Err(JobError::LeaseLost)) => {
                    tracing::warn!("the lease was lost; another worker has the job");
                    LEASES_LOST.count(NO_LABELS);
                    Ok("lease_lost")
                }
                Some(Err(error)) => {
                    ERRORS.count([error.kind()]);
                    self.fail(job, error).await
                }
                None => self.hand_back(job).await,
            }
        };
        match given_back.instrument(span).await {
            Ok(outcome) => JOBS.count([outcome]),
            Err(error) => {
                ERRORS.count(["store"]);
                // The lease runs out, and the sweep puts the job back.
                tracing::error!(%error, job.id = job.id, "a job could not be given back");
            }
        }
        JOB_SECONDS.observe(begun.elapsed(), NO_LABELS);
    }

    /// One attempt, bounded in time; a panic in it is an error.
    async fn attempt(&self, job: &Job) -> Result<Outcome, JobError> {
        let forge = job.change.repository.forge;
        let platform = self.platforms.get(forge).ok_or(JobError::NotSetUp(forge.as_str()))?;
        if job.attempts > i64::from(self.timings.attempts) {
            return Err(JobError::CutOff(job.attempts - 1));
        }
        // On the heap: it is big, and the stack below it may be small.
        let review = AssertUnwindSafe(Box::pin(self.review(platform, job))).catch_unwind();
        match tokio::time::timeout(self.timings.deadline, review).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(JobError::Crashed),
            Err(_) => Err(JobError::Deadline(self.timings.deadline)),
        }
    }

    /// Extends the lease until it is lost: taken over, or run out while the store could not be reached. Who goes on then
    /// works beside the worker that took over.
    async fn hold_lease(&self, job: &Job) {
        let lease = self.timings.lease;
        let mut end = Instant::now() + lease;
        let mut wait = lease / 3;
        while Instant::now() < end {
            tokio::time::sleep(wait).await;
            let begun = Instant::now();
            let beat = async {
                let mut tx = self.store.begin().await?;
                let held = jobs::heartbeat(&mut tx, job, Utc::now() + lease).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(held)
            };
            match tokio::time::timeout_at(end, beat).await {
                Ok(Ok(true)) => (end, wait) = (begun + lease, lease / 3),
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the lease could not be extended");
                    wait = lease / 20;
                }
            }
        }
    }

    /// Gives it back. Returns the word that this is counted under, as all that give back do.
    async fn finish(&self, job: &Job, outcome: Outcome) -> Result<&'static str, StoreError> {
        let mut tx = self.store.begin().await?;
        if outcome == Outcome::LookAgain {
            jobs::enqueue(&mut tx, &job.change, Asked::Changed, Utc::now()).await?;
        }
        let ended = jobs::finish(&mut tx, job, Utc::now()).await?;
        tx.commit().await?;
        let word = if ended == Ended::AnotherRound { "again" } else { "done" };
        Ok(lost(ended).unwrap_or(word))
    }

    async fn hand_back(&self, job: &Job) -> Result<&'static str, StoreError> {
        let mut tx = self.store.begin().await?;
        let ended = jobs::release(&mut tx, job, Utc::now()).await?;
        tx.commit().await?;
        tracing::info!("handed back, as the service stops");
        Ok(lost(ended).unwrap_or("handed_back"))
    }

    /// Puts a failed job back for later, or to the dead letters; its gate doesn't wait for ever.
    async fn fail(&self, job: &Job, error: JobError) -> Result<&'static str, StoreError> {
        let text = error.to_string();
        let wait = error.wait(job.attempts, &self.timings);
        let refused = matches!(error, JobError::Refused(_));
        if (wait.is_none() || refused) && self.is_out_of_reach(job).await? {
            tracing::info!(error = text, "left, as the repository is out of reach");
            return self.finish(job, Outcome::Done).await.map(|_| "out_of_reach");
        }
        let limited = is_limit(&error);
        let patient = limited || job.attempts < i64::from(self.timings.patience);
        if (wait.is_none() || !patient)
            && let Some(platform) = self.platforms.get(job.change.repository.forge)
        {
            self.give_up(platform, job, &error, &text).await?;
        }
        let now = Utc::now();
        let mut tx = self.store.begin().await?;
        let (ended, word) = match wait {
            Some(wait) => {
                let until = later(now, wait);
                tracing::warn!(
                    error = text,
                    retry.in_ms = wait.as_millis() as u64,
                    "to be retried"
                );
                if limited {
                    let ended = jobs::postpone(&mut tx, job, until, &text).await?;
                    jobs::hold(&mut tx, &job.lane, until).await?;
                    (ended, "held")
                } else {
                    (jobs::retry(&mut tx, job, until, &text).await?, "retried")
                }
            }
            None => {
                tracing::error!(error = text, "given up");
                (jobs::bury(&mut tx, job, &text, now).await?, "dead")
            }
        };
        tx.commit().await?;
        Ok(lost(ended).unwrap_or(word))
    }

    async fn is_out_of_reach(&self, job: &Job) -> Result<bool, StoreError> {
        let mut tx = self.store.read().await?;
        installations::is_out_of_reach(&mut tx, job.change_request_id).await
    }

    async fn give_up(
        &self,
        platform: &Platform,
        job: &Job,
        error: &JobError,
        text: &str,
    ) -> Result<(), StoreError> {
        let why = match error {
            JobError::Deadline(_) => Why::Overdue,
            _ => Why::Failed(text),
        };
        self.close_gates(platform, job.change_request_id, 0, why).await
    }

    /// Where a review can be read, when the service knows its own address.
    pub(super) fn details_url(&self, review: &Review) -> Option<String> {
        Some(format!("{}{}", self.public_url.as_ref()?, review.path()))
    }
}

/// Whether the platform asked for a wait that concerns everything sent through this installation.
fn is_limit(error: &JobError) -> bool {
    matches!(error, JobError::Forge(error @ ForgeError::RateLimited { .. })
        if matches!(error.retry(), Retry::After(_)))
}

fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(now)
}

/// The word for a job that was another worker's by the time that it was given back.
fn lost(ended: Ended) -> Option<&'static str> {
    if ended != Ended::LostLease {
        return None;
    }
    tracing::warn!("the lease was lost; nothing was changed");
    LEASES_LOST.count(NO_LABELS);
    Some("lease_lost")
}
