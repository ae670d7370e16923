//! Gates on the temporary commits of a merge queue: there a change request's verdict is shown again. Nothing is reviewed anew,
//! since the change is the one that was reviewed.

use chrono::Utc;

use super::error::JobError;
use super::{Platform, Worker};
use crate::forge::{Retry, Revision, RevisionState};
use crate::review::Gate;
use crate::store::jobs::Job;
use crate::store::{merge_groups, reviews};

impl Worker {
    /// Shows the change request's verdict on the commits that wait for it.
    pub(super) async fn tell_merge_groups(
        &self,
        platform: &Platform,
        job: &Job,
    ) -> Result<(), JobError> {
        let id = job.change_request_id;
        let mut tx = self.store.read().await?;
        let waiting = merge_groups::waiting(&mut tx, id).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let verdict = reviews::verdict_at_head(&mut tx, id).await?;
        drop(tx);
        let number = format!("{}{}", platform.forge.kind().number_sign(), job.change.number);
        let gate = match &verdict {
            Some(verdict) => {
                let url = self.details_url(&verdict.review);
                Gate::repeated(&number, verdict.conclusion, &verdict.title, url)
            }
            None => Gate::neutral(&format!("{number} has no review at its head"), None),
        };
        for group in waiting {
            let key = format!("merge-group-{}", group.id);
            let revision = temporary(job, &group.head_sha);
            match platform.forge.set_gate(&revision, &key, None, &gate).await {
                Ok(_) => tracing::info!(group.head_sha, gate.title, "told a merge group"),
                // It may have been refused only this time, and the queue waits for it.
                Err(error)
                    if error.retry() == Retry::Never
                        && job.attempts < i64::from(self.timings.patience) =>
                {
                    return Err(JobError::Refused(error));
                }
                // The queue threw the commit away meanwhile.
                Err(error) if error.retry() == Retry::Never => {
                    tracing::warn!(%error, group.head_sha, "a merge group can't be told");
                }
                Err(error) => return Err(error.into()),
            }
            let mut tx = self.store.begin().await?;
            merge_groups::end(&mut tx, group.id, Utc::now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// What is needed to set a gate on a commit that is the head of no change request.
fn temporary(job: &Job, head_sha: &str) -> Revision {
    Revision {
        change: job.change.clone(),
        head_sha: head_sha.to_owned(),
        base_sha: String::new(),
        target_sha: String::new(),
        target_branch: String::new(),
        title: String::new(),
        author: None,
        state: RevisionState::Open,
        draft: false,
        web_url: String::new(),
        token: serde_json::Value::Null,
    }
}
