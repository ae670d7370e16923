//! Gates: whatever happens to a review, its gate is not left hanging.

use chrono::Utc;

use super::error::JobError;
use super::{Platform, Worker};
use crate::forge::{Approval, ForgeError, GateHandle, Retry, Revision};
use crate::review::{Conclusion, Gate, GateState};
use crate::store::StoreError;
use crate::store::jobs::Job;
use crate::store::reviews::{self, End, OpenGate, Review, Verdict};

/// Why a review ends without a verdict.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why<'a> {
    /// The change request isn't to be reviewed any more, or not at this head.
    Cancelled(&'a str),
    /// We could not do our work.
    Failed(&'a str),
    /// The job ran for longer than a job may.
    Overdue,
}

impl Why<'_> {
    fn gate(self, details_url: Option<String>) -> Gate {
        match self {
            Why::Cancelled(reason) => Gate::cancelled(reason, details_url),
            Why::Failed(reason) => Gate::neutral(reason, details_url),
            Why::Overdue => Gate::timed_out(details_url),
        }
    }

    fn end(self) -> End {
        match self {
            Why::Cancelled(_) => End::Stale,
            Why::Failed(_) | Why::Overdue => End::Ended,
        }
    }
}

impl Worker {
    /// Whether a job that fails is left to its next attempt, without a word on the platform.
    pub(super) fn is_patient(&self, job: &Job) -> bool {
        job.attempts < i64::from(self.timings.patience)
    }

    /// Shows a gate that is not at its end. It is an extra: where the platform refuses it, the review goes on.
    pub(super) async fn show(
        &self,
        platform: &Platform,
        revision: &Revision,
        review: &mut Review,
        gate: &Gate,
    ) -> Result<(), JobError> {
        let set = platform.forge.set_gate(revision, &review.key, review.gate.as_ref(), gate).await;
        let handle = match set {
            Err(error) if error.retry() == Retry::Never => {
                tracing::warn!(%error, "the gate can't be shown");
                return Ok(());
            }
            handle => handle?,
        };
        self.note_gate(review, handle.clone()).await?;
        review.gate = Some(handle);
        Ok(())
    }

    /// Shows the gate's end. `false` when the platform refuses it: the sweep tries it again.
    pub(super) async fn show_end(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
        review: &Review,
        gate: &Gate,
    ) -> Result<bool, JobError> {
        let handle = review.gate.as_ref();
        match platform.forge.set_gate(revision, &review.key, handle, gate).await {
            Ok(handle) => {
                self.note_gate(review, handle).await?;
                Ok(true)
            }
            Err(error) if error.retry() != Retry::Never => Err(error.into()),
            // What is shown as running holds people up until it ends.
            Err(error) if handle.is_some() && self.is_patient(job) => Err(JobError::Refused(error)),
            Err(error) => {
                tracing::warn!(%error, "the gate's end can't be shown");
                Ok(false)
            }
        }
    }

    /// Shows the verdict of a head that was reviewed again, where the platform looks for it elsewhere by now.
    pub(super) async fn move_gate(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
    ) -> Result<(), JobError> {
        let mut tx = self.store.read().await?;
        let verdict = reviews::verdict_at_head(&mut tx, job.change_request_id).await?;
        drop(tx);
        let Some(Verdict { review, conclusion, title }) = verdict else { return Ok(()) };
        let Some(handle) = &review.gate else { return Ok(()) };
        let gate = Gate::ended(conclusion, &title, self.details_url(&review));
        if platform.forge.is_gate_current(revision, handle, &gate).await? {
            return Ok(());
        }
        let set = platform.forge.set_gate(revision, &review.key, Some(handle), &gate).await;
        let moved = match set {
            // It may be refused only for now, and nothing holds the change up until then.
            Err(error) if error.retry() == Retry::Never && self.is_patient(job) => {
                return Err(JobError::Refused(error));
            }
            Err(error) if error.retry() == Retry::Never => {
                tracing::warn!(%error, "the gate can't be shown where it counts by now");
                return Ok(());
            }
            moved => moved?,
        };
        tracing::info!(review.key, gate.title, "shown where it counts by now");
        self.note_gate(&review, moved).await.map_err(JobError::from)
    }

    /// Keeps where a gate is.
    async fn note_gate(&self, review: &Review, handle: GateHandle) -> Result<(), StoreError> {
        if review.gate.as_ref() == Some(&handle) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        reviews::gate_set(&mut tx, review.id, &handle).await?;
        tx.commit().await
    }

    /// Gives our approval, or takes it back. The gate says the same in any case, so a job isn't given up for it.
    pub(super) async fn approve(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
        approval: Approval,
    ) -> Result<(), JobError> {
        match platform.forge.approve(revision, approval).await {
            Err(error) if matches!(error.retry(), Retry::After(_)) => Err(error.into()),
            Err(error) if error.retry() == Retry::Later && self.is_patient(job) => {
                Err(error.into())
            }
            Err(error) => {
                tracing::warn!(%error, "our approval could not be changed");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Ends the gates of a change request's reviews, except that of the review `keep` (0: of all).
    pub(super) async fn close_gates(
        &self,
        platform: &Platform,
        change_request_id: i64,
        keep: i64,
        why: Why<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.read().await?;
        let left = reviews::left_behind(&mut tx, change_request_id, keep).await?;
        drop(tx);
        for open in left {
            self.close_gate(platform, &open, why).await?;
        }
        Ok(())
    }

    /// Ends the gate of one review. What the platform can't take now, the sweep brings again.
    pub(super) async fn close_gate(
        &self,
        platform: &Platform,
        open: &OpenGate,
        why: Why<'_>,
    ) -> Result<(), StoreError> {
        let mut gate = why.gate(self.details_url(&open.review));
        if let Some((conclusion, title)) = &open.ended {
            gate.state = GateState::Completed(*conclusion);
            gate.title.clone_from(title);
        }
        let set = platform
            .forge
            .set_gate(&open.revision, &open.review.key, open.review.gate.as_ref(), &gate)
            .await;
        let closed = match &set {
            Ok(_) => true,
            // It may be refused only for now, and is shown as running until then.
            Err(ForgeError::Status { status: 403, .. }) if open.is_fresh(Utc::now()) => false,
            // A commit that a force push took away has no gate that could block anything.
            Err(error) => error.retry() == Retry::Never,
        };
        if let Err(error) = set {
            tracing::warn!(review.key = open.review.key, gate.closed = closed, %error, "a gate was not ended");
        }
        let mut tx = self.store.begin().await?;
        if open.ended.is_none() {
            let conclusion = conclusion(&gate);
            let (id, now) = (open.review.id, Utc::now());
            reviews::complete(&mut tx, id, why.end(), conclusion, &gate.title, &[], closed, now)
                .await?;
        } else if closed {
            reviews::gate_closed(&mut tx, open.review.id).await?;
        }
        tx.commit().await
    }
}

/// What a gate's end does to our approval.
pub(super) fn approval(gate: &Gate) -> Approval {
    match gate.state {
        GateState::Completed(Conclusion::Passed) => Approval::Given,
        GateState::Completed(Conclusion::Failed) => Approval::Refused,
        _ => Approval::Withdrawn,
    }
}

/// How a gate ends.
pub(super) fn conclusion(gate: &Gate) -> Conclusion {
    match gate.state {
        GateState::Completed(conclusion) => conclusion,
        GateState::Queued | GateState::Running => Conclusion::Neutral,
    }
}
