//! Whether a revision is to be reviewed, and still is.

use super::error::JobError;
use super::{Platform, Worker, material};
use crate::forge::{Revision, RevisionState};
use crate::store::jobs::{self, Job};

/// Whether a review's revision is still the one to review.
pub(super) struct Wanted<'a> {
    pub(super) worker: &'a Worker,
    pub(super) platform: &'a Platform,
    pub(super) job: &'a Job,
    pub(super) revision: &'a Revision,
    /// Whether somebody wants a draft reviewed.
    pub(super) insists: bool,
    /// How often somebody had asked when the platform was asked last.
    pub(super) asked: i64,
}

impl Wanted<'_> {
    /// Looks the change request up if somebody asked again since it was looked up.
    pub(super) async fn still(&mut self) -> Result<bool, JobError> {
        let asked = self.held().await?;
        if asked == self.asked {
            return Ok(true);
        }
        self.asked = asked;
        let now = self.platform.forge.look_up(&self.job.change).await?;
        Ok(not_now(&now, self.insists).is_none() && is_same(&now, self.revision))
    }

    /// How often somebody asked; an error when the job is another worker's by now.
    pub(super) async fn held(&self) -> Result<i64, JobError> {
        let mut tx = self.worker.store.read().await?;
        jobs::asked(&mut tx, self.job).await?.ok_or(JobError::LeaseLost)
    }
}

/// Whether both are of one head and one base.
pub(super) fn is_same(one: &Revision, other: &Revision) -> bool {
    (&one.head_sha, &one.base_sha) == (&other.head_sha, &other.base_sha)
}

/// Why a change request is not to be reviewed as it is.
///
/// A draft waits: its author says that it isn't ready, no platform merges it, and the event that it became ready comes. Who
/// `insists` gets it reviewed.
pub(super) fn not_now(revision: &Revision, insists: bool) -> Option<&'static str> {
    match revision.state {
        RevisionState::Open if revision.draft && !insists => Some("Draft"),
        RevisionState::Open => None,
        RevisionState::Merged => Some("Merged"),
        RevisionState::Closed => Some("Closed"),
    }
}

/// Whether it is a draft of a repository whose settings want drafts reviewed.
pub(super) async fn wants_drafts(
    platform: &Platform,
    revision: &Revision,
) -> Result<bool, JobError> {
    if !revision.draft || revision.state != RevisionState::Open {
        return Ok(false);
    }
    Ok(material::settings(&*platform.forge, revision).await?.drafts)
}
