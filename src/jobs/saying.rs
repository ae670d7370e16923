//! From an analysis to comments on the platform. Every step may be repeated: what stands is compared first.

use chrono::Utc;

use super::error::JobError;
use super::gates::approval;
use super::material::Material;
use super::{Platform, Worker};
use crate::analysis::Analysis;
use crate::forge::{Approval, ForgeError, Published, Retry, Revision};
use crate::review::{
    Comment, Conversation, Gate, History, Input, Marked, Plan, Refusals, Thread, ThreadState,
    Update, plan,
};
use crate::store::jobs::Job;
use crate::store::reviews::Review;
use crate::store::{StoreError, change_requests, threads};
use crate::telemetry::metrics::COMMENTS;

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
    /// What it does to our approval, where that is wanted.
    pub(super) approval: Option<Approval>,
    /// What kept a comment from being written, if anything did.
    pub(super) trouble: Option<ForgeError>,
}

impl Saying<'_> {
    /// Posts what is to be posted, resolves what is fixed. The gate is left to the caller.
    pub(super) async fn say(&mut self) -> Result<Said, JobError> {
        let mut conversation = Conversation::default();
        let mut refusals = Refusals::default();
        let trouble = match self.converse(&mut conversation, &mut refusals).await {
            Ok(trouble) => trouble,
            Err(JobError::Forge(error)) => Some(error),
            Err(error) => return Err(error),
        };
        let gate = self.plan(&conversation, &refusals).gate;
        let approval = self.material.policy.approval.then(|| approval(&gate));
        Ok(Said { gate, approval, trouble })
    }

    /// Returns what the platform refuses for good: one thing of it keeps no other from being said.
    async fn converse(
        &mut self,
        conversation: &mut Conversation,
        refusals: &mut Refusals,
    ) -> Result<Option<ForgeError>, JobError> {
        *conversation = self.conversation().await?;
        self.worker.note_settled(self.platform, self.job, conversation).await?;
        self.note_standing(conversation).await?;
        let mut trouble = None;
        let mut plan = self.plan(conversation, refusals);
        for _ in 0..ROUNDS {
            if plan.post.is_empty() {
                break;
            }
            let published = match self.platform.forge.publish(self.revision, &plan.post).await {
                Err(error) if error.retry() == Retry::Never => {
                    trouble = Some(error);
                    // Some of it may stand; the rest is told in the summary.
                    *conversation = self.conversation().await?;
                    plan.post.iter().for_each(|comment| refusals.give_up(comment));
                    plan = self.plan(conversation, refusals);
                    break;
                }
                published => published?,
            };
            COMMENTS.add(published.posted.len() as u64, ["posted"]);
            self.note_posted(&plan.post, &published).await?;
            if published.refused.is_empty() {
                break;
            }
            for refusal in published.refused {
                COMMENTS.count(["refused"]);
                tracing::warn!(finding = %refusal.fingerprint, reason = refusal.reason, "the platform refused a comment");
                let comment = plan.post.iter().find(|it| it.fingerprint == refusal.fingerprint);
                comment.into_iter().for_each(|comment| refusals.note(comment));
            }
            plan = self.plan(conversation, refusals);
        }
        let written = self.summarise(&plan, conversation).await;
        trouble = lasting(written)?.or(trouble);
        for update in &plan.update {
            let rewritten = self.rewrite(update).await;
            trouble = lasting(rewritten)?.or(trouble);
        }
        for thread in &plan.resolve {
            let resolved = self.resolve(thread).await;
            trouble = lasting(resolved)?.or(trouble);
        }
        Ok(trouble)
    }

    /// What we have said so far. It was there a moment ago, so a refusal is doubted: who doesn't know what stands can't say
    /// anything.
    async fn conversation(&self) -> Result<Conversation, ForgeError> {
        let read = self.platform.forge.conversation(self.revision).await;
        read.map_err(|error| match (error.retry(), self.platform.forge.kind()) {
            (Retry::Never, forge) => {
                tracing::warn!(%error, "what stands can't be read");
                ForgeError::NotReady { forge, what: "the conversation" }
            }
            _ => error,
        })
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

    /// Keeps which findings have an open comment that the store doesn't know of, since it was lost: so that they get no other
    /// one when somebody deletes it.
    async fn note_standing(&mut self, conversation: &Conversation) -> Result<(), StoreError> {
        let open = conversation.threads.iter().filter(|it| it.state == ThreadState::Open);
        let mut new = Vec::new();
        let mut tx = self.worker.store.begin().await?;
        for thread in open {
            let mark = self.platform.marker.read(&thread.body);
            let Some(Marked::Findings(names)) = mark.map(|mark| mark.kind) else { continue };
            for name in names.into_iter().filter(|name| !self.history.posted.contains(name)) {
                let (id, now) = (self.job.change_request_id, Utc::now());
                if threads::remember(&mut tx, id, &name, &thread.id, now).await? {
                    threads::commented(&mut tx, id, &thread.id, &thread.comment_id).await?;
                    new.push(name);
                }
            }
        }
        tx.commit().await?;
        self.history.posted.extend(new);
        Ok(())
    }

    /// Keeps which findings have a comment now.
    async fn note_posted(
        &mut self,
        comments: &[Comment],
        published: &Published,
    ) -> Result<(), StoreError> {
        let mut tx = self.worker.store.begin().await?;
        let id = self.job.change_request_id;
        for posted in &published.posted {
            let comment = comments.iter().find(|it| it.fingerprint == posted.fingerprint);
            for name in comment.iter().flat_map(|comment| comment.fingerprints()) {
                threads::posted(&mut tx, id, name, &posted.thread_id, Utc::now()).await?;
                self.history.posted.insert(name.clone());
            }
            threads::commented(&mut tx, id, &posted.thread_id, &posted.comment_id).await?;
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

    /// Says anew what is left of a comment.
    async fn rewrite(&self, update: &Update) -> Result<(), JobError> {
        // First what is gone: until the comment is rewritten, its marker names it.
        let mut tx = self.worker.store.begin().await?;
        for name in &update.gone {
            threads::fixed(&mut tx, self.job.change_request_id, name, Utc::now()).await?;
        }
        tx.commit().await?;
        self.platform.forge.rewrite(self.revision, &update.thread, &update.body).await?;
        COMMENTS.count(["rewritten"]);
        Ok(())
    }

    async fn resolve(&self, thread: &Thread) -> Result<(), JobError> {
        self.platform.forge.resolve(self.revision, thread).await?;
        COMMENTS.count(["resolved"]);
        let mut tx = self.worker.store.begin().await?;
        threads::resolved(&mut tx, self.job.change_request_id, &thread.id, Utc::now()).await?;
        Ok(tx.commit().await?)
    }
}

/// What the platform refuses for good; an error is what another time may go well.
fn lasting(done: Result<(), JobError>) -> Result<Option<ForgeError>, JobError> {
    match done {
        Err(JobError::Forge(error)) if error.retry() == Retry::Never => Ok(Some(error)),
        other => other.map(|()| None),
    }
}
