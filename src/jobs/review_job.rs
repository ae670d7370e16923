//! The review job: from a change request's number to comments and a gate.
//!
//! ```text
//! look up ─ closed, draft: end what is open ─ reviewed already: done
//! gate: queued, unless there is a place among the analyses ─ gate: running ─ (fetch ─ analyse) until nothing is missing ─ store
//! look up ─ moved: nothing is posted ─ conversation ─ plan ─ publish ─ gate: ended ─ done
//! ```
//!
//! Every step may be repeated, so a job that was cut off anywhere starts over. Between the steps it is seen whether somebody
//! asked again; if the head moved, the rest of the work is for nothing and is left.

use std::sync::Arc;

use chrono::Utc;
use tokio::sync::OwnedSemaphorePermit;

use super::context::{Scope, shelf};
use super::error::JobError;
use super::gates::{Why, conclusion};
use super::material::{self, Material};
use super::measure::{StepTimes, count, timed};
use super::retention::without_code;
use super::saying::{Said, Saying};
use super::wanted::{Wanted, is_same, not_now, wants_drafts};
use super::{Platform, Worker};
use crate::analysis::Analysis;
use crate::forge::{Approval, ForgeError, Retry, Revision};
use crate::review::{Gate, History};
use crate::store::jobs::Job;
use crate::store::pauses::{self, Pause};
use crate::store::reviews::{self, End, Review};
use crate::store::{change_requests, findings, settings_snapshots, threads};
use crate::telemetry::metrics::REVIEWS;

/// What is to become of a job that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing is left to do.
    Done,
    /// The change request is another one by now: look again.
    LookAgain,
}

impl Worker {
    /// Reviews the change request as it is now, and tells the verdict where else it is waited for.
    pub(super) async fn review(&self, platform: &Platform, job: &Job) -> Result<Outcome, JobError> {
        let outcome = self.review_head(platform, job).await?;
        if outcome == Outcome::Done {
            self.tell_merge_groups(platform, job).await?;
        }
        Ok(outcome)
    }

    async fn review_head(&self, platform: &Platform, job: &Job) -> Result<Outcome, JobError> {
        let id = job.change_request_id;
        let revision = match platform.forge.look_up(&job.change).await {
            // What was made a moment ago may not be known everywhere there yet.
            Err(error) if error.retry() == Retry::Never && self.is_patient(job) => {
                return Err(JobError::Refused(error));
            }
            // Nobody asked for it, so there is nobody to tell.
            Err(error) if job.reconcile && error.retry() == Retry::Never => {
                tracing::warn!(%error, "an open change request can't be looked up; it counts as closed");
                let mut tx = self.store.begin().await?;
                change_requests::gone(&mut tx, id, Utc::now()).await?;
                tx.commit().await?;
                return Ok(Outcome::Done);
            }
            revision => revision?,
        };
        let mut tx = self.store.begin().await?;
        change_requests::seen(&mut tx, id, &revision, Utc::now()).await?;
        tx.commit().await?;
        let orders = self.obey(platform, job, &revision).await?;
        let insists = orders.insists || wants_drafts(platform, &revision).await?;
        if let Some(reason) = not_now(&revision, insists) {
            self.close_gates(platform, id, 0, Why::Cancelled(reason)).await?;
            tracing::info!(reason, "not reviewed");
            return Ok(Outcome::Done);
        }
        if let Some(pause) = self.repository_pause(job).await? {
            let gate = |url| Gate::held(pause.reason.as_deref(), url);
            return self.leave_paused(platform, job, &revision, gate).await;
        }
        if let Some(by) = orders.paused_by.filter(|_| !orders.insists) {
            return self.leave_paused(platform, job, &revision, |url| Gate::paused(&by, url)).await;
        }
        let again = job.again || orders.again;
        let mut tx = self.store.begin().await?;
        if !again && reviews::is_posted(&mut tx, id, &revision).await? {
            drop(tx);
            self.close_gates(platform, id, 0, Why::Cancelled(REPLACED)).await?;
            self.move_gate(platform, job, &revision).await?;
            self.look_at_threads(platform, job, &revision).await?;
            tracing::info!(revision.head = revision.head_sha, "reviewed already");
            return Ok(Outcome::Done);
        }
        let key = uuid::Uuid::now_v7().to_string();
        let mut review = reviews::begin(&mut tx, id, &revision, &key, Utc::now()).await?;
        tx.commit().await?;
        // Bounds how many repositories' files are held at a time, too.
        let place = self.analyses.clone().try_acquire_owned().ok();
        let is_new = review.gate.is_none();
        if is_new {
            let url = self.details_url(&review);
            let gate = if place.is_some() { Gate::running(url) } else { Gate::queued(url) };
            self.show(platform, &revision, &mut review, &gate).await?;
        }
        self.close_gates(platform, id, review.id, Why::Cancelled(REPLACED)).await?;
        // What an attempt before this one may have ended is not opened again; otherwise it is shown as running already.
        let is_shown = review.analysed || (is_new && place.is_some());
        let place = match place {
            Some(place) => place,
            None => self.analyses.clone().acquire_owned().await.map_err(|_| JobError::Crashed)?,
        };
        let begun = Begun { revision: &revision, review, insists, is_shown };
        self.review_revision(platform, job, begun, place).await
    }

    /// Whether an operator has reviews of the change request's repository wait.
    async fn repository_pause(&self, job: &Job) -> Result<Option<Pause>, JobError> {
        let mut tx = self.store.read().await?;
        Ok(pauses::of_change(&mut tx, job.change_request_id).await?)
    }

    /// Ends the gate of a revision that isn't reviewed since somebody paused: without a verdict, so that it holds nothing up.
    async fn leave_paused(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
        gate: impl FnOnce(Option<String>) -> Gate,
    ) -> Result<Outcome, JobError> {
        let id = job.change_request_id;
        self.close_gates(platform, id, 0, Why::Cancelled("Paused")).await?;
        let mut tx = self.store.begin().await?;
        if reviews::has_gate(&mut tx, id, revision).await? {
            return Ok(Outcome::Done);
        }
        let key = uuid::Uuid::now_v7().to_string();
        let review = reviews::begin(&mut tx, id, revision, &key, Utc::now()).await?;
        tx.commit().await?;
        // Nobody looked at this head.
        if material::settings(&*platform.forge, revision).await?.approval {
            self.approve(platform, job, revision, Approval::Withdrawn).await?;
        }
        let gate = gate(self.details_url(&review));
        platform.forge.set_gate(revision, &review.key, review.gate.as_ref(), &gate).await?;
        let (verdict, now) = (conclusion(&gate), Utc::now());
        let mut tx = self.store.begin().await?;
        reviews::complete(&mut tx, review.id, End::Ended, verdict, &gate.title, &[], true, now)
            .await?;
        tx.commit().await?;
        tracing::info!(gate.title, "not reviewed, since reviews are paused");
        Ok(Outcome::Done)
    }

    async fn review_revision(
        &self,
        platform: &Platform,
        job: &Job,
        begun: Begun<'_>,
        place: OwnedSemaphorePermit,
    ) -> Result<Outcome, JobError> {
        let Begun { revision, mut review, insists, is_shown } = begun;
        let mut wanted =
            Wanted { worker: self, platform, job, revision, insists, asked: job.asked };
        if !wanted.still().await? {
            return self.superseded(platform, job, REPLACED).await;
        }
        if !is_shown {
            let gate = Gate::running(self.details_url(&review));
            self.show(platform, revision, &mut review, &gate).await?;
        }
        let mut timings = StepTimes::default();
        let fetching = material::fetch(&self.contexts, &*platform.forge, revision);
        let material = Arc::new(timed(&mut timings, "fetch", fetching).await?);
        if material.policy.approval {
            self.approve(platform, job, revision, Approval::Withdrawn).await?;
        }
        let scope = Scope::of(&revision.change.repository);
        let mut tx = self.store.read().await?;
        let shelf = shelf(change_requests::repository_of(&mut tx, job.change_request_id).await?);
        drop(tx);
        let (ids, now) = (material.head.content_ids(), Utc::now());
        let known = self.contexts.known(&self.store, scope, shelf, &ids, now).await?;
        let analysed = self.analyse(&mut wanted, material, place, &known, &mut timings).await?;
        let Some((material, analysis)) = analysed else {
            return self.superseded(platform, job, REPLACED).await;
        };
        self.contexts.keep(&self.store, scope, shelf, known, Utc::now()).await?;
        let history = self.keep(job, &review, &analysis, &material).await?;
        let now = platform.forge.look_up(&job.change).await?;
        let reason = not_now(&now, insists);
        if reason.is_some() || !is_same(&now, revision) {
            return self.superseded(platform, job, reason.unwrap_or(REPLACED)).await;
        }
        wanted.held().await?;
        // An operator may not want it said any more.
        if self.repository_pause(job).await?.is_some() {
            return self.superseded(platform, job, "Paused").await;
        }
        let (material, analysis, review) = (&*material, &analysis, &review);
        let worker = self;
        let mut saying =
            Saying { worker, platform, job, revision, review, material, analysis, history };
        let said = timed(&mut timings, "post", saying.say()).await?;
        self.end(platform, job, revision, review, said, &timings).await
    }

    /// Leaves a review whose revision is none any more.
    async fn superseded(
        &self,
        platform: &Platform,
        job: &Job,
        reason: &str,
    ) -> Result<Outcome, JobError> {
        self.close_gates(platform, job.change_request_id, 0, Why::Cancelled(reason)).await?;
        tracing::info!(reason, "left, as there is a newer revision");
        Ok(Outcome::LookAgain)
    }

    /// Stores the review and its findings. Returns what was known before.
    async fn keep(
        &self,
        job: &Job,
        review: &Review,
        analysis: &Analysis,
        material: &Material,
    ) -> Result<History, JobError> {
        let id = job.change_request_id;
        let now = Utc::now();
        let mut tx = self.store.begin().await?;
        let previous = findings::open(&mut tx, id).await?;
        let unread = [&material.omissions[..], &material.complaints[..]].concat();
        reviews::analysed(&mut tx, review.id, analysis, &unread, now).await?;
        if self.retention.code {
            findings::replace(&mut tx, id, review.id, &analysis.findings, now).await?;
        } else {
            let bare = without_code(&analysis.findings);
            findings::replace(&mut tx, id, review.id, &bare, now).await?;
        }
        findings::settle_ignored(&mut tx, id, now).await?;
        let history = History {
            previous,
            settled: findings::settled(&mut tx, id).await?,
            accepted: findings::settled_by_command(&mut tx, id).await?,
            posted: threads::standing(&mut tx, id).await?,
        };
        if let Some(stated) = &material.settings {
            let row = change_requests::repository_of(&mut tx, id).await?;
            let repository = &job.change.repository;
            let content_too = self.retention.code;
            let settings =
                settings_snapshots::keep(&mut tx, row, repository, stated, content_too, now)
                    .await?;
            reviews::used_settings(&mut tx, review.id, settings).await?;
        }
        tx.commit().await?;
        count(analysis, &history);
        Ok(history)
    }

    /// Ends the gate with its verdict, whatever became of the comments, and the review.
    async fn end(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
        review: &Review,
        said: Said,
        timings: &StepTimes,
    ) -> Result<Outcome, JobError> {
        let Said { gate, approval, trouble } = said;
        let lasting = trouble.as_ref().is_none_or(|error| error.retry() == Retry::Never);
        if let Some(error) = trouble.as_ref().filter(|_| lasting) {
            tracing::warn!(%error, "not all comments could be written");
        }
        let limited = matches!(trouble, Some(ForgeError::RateLimited { .. }));
        if limited || (!lasting && self.is_patient(job)) {
            return Err(trouble.map_or(JobError::Crashed, JobError::Forge));
        }
        // Refused once may be refused by mistake.
        if job.attempts == 1
            && let Some(error) = trouble
        {
            return Err(JobError::Refused(error));
        }
        let closed = self.show_end(platform, job, revision, review, &gate).await?;
        if let Some(approval) = approval {
            self.approve(platform, job, revision, approval).await?;
        }
        let ended = if lasting { End::Posted } else { End::Ended };
        let (verdict, now) = (conclusion(&gate), Utc::now());
        let mut tx = self.store.begin().await?;
        reviews::complete(&mut tx, review.id, ended, verdict, &gate.title, timings, closed, now)
            .await?;
        tx.commit().await?;
        REVIEWS.count([verdict.as_str()]);
        match trouble.filter(|_| !lasting) {
            Some(error) => Err(error.into()),
            None => {
                tracing::info!(review.key, gate.title, "reviewed");
                Ok(Outcome::Done)
            }
        }
    }
}

/// A review that is begun.
struct Begun<'a> {
    revision: &'a Revision,
    review: Review,
    /// Whether somebody wants a draft reviewed.
    insists: bool,
    /// Whether its gate is shown as running, or as ended.
    is_shown: bool,
}

const REPLACED: &str = "Replaced by a newer revision";
