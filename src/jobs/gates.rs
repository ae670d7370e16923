//! Gates that end without a verdict: whatever happens to a review, its gate is not left hanging.

use chrono::Utc;

use super::{Platform, Worker};
use crate::forge::Retry;
use crate::review::{Conclusion, Gate, GateState};
use crate::store::StoreError;
use crate::store::reviews::{self, End, OpenGate};

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

/// How a gate ends.
pub(super) fn conclusion(gate: &Gate) -> Conclusion {
    match gate.state {
        GateState::Completed(conclusion) => conclusion,
        GateState::Queued | GateState::Running => Conclusion::Neutral,
    }
}
