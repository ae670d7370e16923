//! From an analysis to comments on the platform. Every step may be repeated: what stands is compared first.

use chrono::Utc;
use serde_json::json;

use super::error::JobError;
use super::material::Material;
use super::{Platform, Worker};
use crate::analysis::{Analysis, Fingerprint};
use crate::forge::{ForgeError, Published, Revision};
use crate::review::{
    Comment, Conversation, Gate, History, Input, Marked, Plan, Refusals, ThreadState, plan,
};
use crate::store::audit::{self, Action, Actor};
use crate::store::findings::{How, Settlement};
use crate::store::jobs::Job;
use crate::store::reviews::Review;
use crate::store::{StoreError, Transaction, change_requests, findings, threads};

/// How often comments that were refused are planned anew: at their file, then in the summary.
const ROUNDS: usize = 3;

/// What there is to say.
pub(super) struct Saying<'a> {
    pub(super) worker: &'a Worker,
    pub(super) platform: &'a Platform,
    pub(super) job: &'a Job,
    pub(super) revision: &'a Revision,
    pub(super) review: &'a Review,
    pub(super) material: &'a Material,
    pub(super) analysis: &'a Analysis,
    pub(super) history: History,
}

/// What came of saying it: the gate's verdict stands in any case.
pub(super) struct Said {
    pub(super) gate: Gate,
    /// What kept a comment from being written, if anything did.
    pub(super) trouble: Option<ForgeError>,
}

impl Saying<'_> {
    /// Posts what is to be posted, resolves what is fixed. The gate is left to the caller.
    pub(super) async fn say(&mut self) -> Result<Said, JobError> {
        let mut conversation = Conversation::default();
        let mut refusals = Refusals::default();
        let trouble = match self.converse(&mut conversation, &mut refusals).await {
            Ok(()) => None,
            Err(JobError::Forge(error)) => Some(error),
            Err(error) => return Err(error),
        };
        Ok(Said { gate: self.plan(&conversation, &refusals).gate, trouble })
    }

    async fn converse(
        &mut self,
        conversation: &mut Conversation,
        refusals: &mut Refusals,
    ) -> Result<(), JobError> {
        *conversation = self.platform.forge.conversation(self.revision).await?;
        self.note_settled(conversation).await?;
        let mut plan = self.plan(conversation, refusals);
        for _ in 0..ROUNDS {
            if plan.post.is_empty() {
                break;
            }
            let published = self.platform.forge.publish(self.revision, &plan.post).await?;
            self.note_posted(&plan.post, &published).await?;
            if published.refused.is_empty() {
                break;
            }
            for refusal in published.refused {
                tracing::warn!(finding = %refusal.fingerprint, reason = refusal.reason, "the platform refused a comment");
                let comment = plan.post.iter().find(|it| it.fingerprint == refusal.fingerprint);
                comment.into_iter().for_each(|comment| refusals.note(comment));
            }
            plan = self.plan(conversation, refusals);
        }
        self.summarise(&plan, conversation).await?;
        self.rewrite(&plan).await?;
        self.resolve(&plan).await
    }

    fn plan(&self, conversation: &Conversation, refusals: &Refusals) -> Plan {
        plan(&Input {
            head_sha: &self.revision.head_sha,
            analysis: self.analysis,
            change: &self.material.change,
            head: &self.material.head,
            policy: &self.material.policy,
            dialect: self.platform.forge.dialect(),
            conversation,
            history: &self.history,
            omissions: &self.material.omissions,
            context_lost: self.material.context_lost,
            complaints: &self.material.complaints,
            refusals,
            marker: &self.platform.marker,
            public_url: self.worker.public_url.as_deref(),
            review_path: &self.review.path(),
        })
    }

    /// Keeps what people settled on the platform, so that it stays settled when the thread is gone.
    async fn note_settled(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let settled = conversation
            .threads
            .iter()
            .filter(|thread| thread.state == ThreadState::ResolvedByPerson)
            .filter_map(|thread| Some((thread, self.platform.marker.read(&thread.body)?)));
        let mut tx = self.worker.store.begin().await?;
        for (thread, mark) in settled {
            let Marked::Findings(names) = mark.kind else { continue };
            for name in &names {
                self.settle(&mut tx, name, thread.resolved_by.as_deref()).await?;
            }
        }
        tx.commit().await
    }

    async fn settle(
        &self,
        tx: &mut Transaction,
        name: &Fingerprint,
        by: Option<&str>,
    ) -> Result<(), StoreError> {
        let now = Utc::now();
        let settlement = Settlement { by, how: How::Thread, note: None };
        let settled =
            findings::settle(tx, self.job.change_request_id, name, settlement, now).await?;
        let Some(rule) = settled else { return Ok(()) };
        let subject = audit::change_request(&self.revision.change);
        let details = json!({ "fingerprint": name.0, "rule": rule });
        audit::note(tx, Actor::Person(by), Action::FindingSettled, &subject, details, now).await
    }

    /// Keeps which findings have a comment now.
    async fn note_posted(
        &mut self,
        comments: &[Comment],
        published: &Published,
    ) -> Result<(), StoreError> {
        let mut tx = self.worker.store.begin().await?;
        for (first, thread) in &published.posted {
            let comment = comments.iter().find(|comment| comment.fingerprint == *first);
            for name in comment.iter().flat_map(|comment| comment.fingerprints()) {
                threads::posted(&mut tx, self.job.change_request_id, name, thread, Utc::now())
                    .await?;
                self.history.posted.insert(name.clone());
            }
        }
        tx.commit().await
    }

    async fn summarise(&self, plan: &Plan, conversation: &Conversation) -> Result<(), JobError> {
        let Some(body) = &plan.summary else { return Ok(()) };
        let standing = self.platform.marker.summary(conversation);
        let id = match standing {
            Some(standing) if standing.body == *body => standing.id.clone(),
            _ => {
                let id = standing.map(|standing| standing.id.as_str());
                self.platform.forge.write_summary(self.revision, id, body).await?
            }
        };
        let mut tx = self.worker.store.begin().await?;
        change_requests::summarised(&mut tx, self.job.change_request_id, &id).await?;
        Ok(tx.commit().await?)
    }

    /// Says anew what is left of comments.
    async fn rewrite(&self, plan: &Plan) -> Result<(), JobError> {
        for update in &plan.update {
            // First what is gone: until the comment is rewritten, its marker names them.
            let mut tx = self.worker.store.begin().await?;
            for name in &update.gone {
                threads::fixed(&mut tx, self.job.change_request_id, name, Utc::now()).await?;
            }
            tx.commit().await?;
            self.platform.forge.rewrite(self.revision, &update.thread, &update.body).await?;
        }
        Ok(())
    }

    async fn resolve(&self, plan: &Plan) -> Result<(), JobError> {
        for thread in &plan.resolve {
            self.platform.forge.resolve(self.revision, thread).await?;
            let mut tx = self.worker.store.begin().await?;
            threads::resolved(&mut tx, self.job.change_request_id, &thread.id, Utc::now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
