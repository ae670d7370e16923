//! What people told us to do about a change request, done before it is reviewed.

use chrono::Utc;
use serde_json::json;

use super::error::JobError;
use super::{Platform, Worker};
use crate::analysis::Fingerprint;
use crate::forge::{ForgeError, Reaction, Retry, Revision};
use crate::review::Marked;
use crate::review::command::{Command, answer, commands};
use crate::store::audit::{self, Action, Actor};
use crate::store::commands::{self as given, End, Waiting};
use crate::store::findings::{self, How, Settlement};
use crate::store::jobs::Job;
use crate::store::{StoreError, Transaction};

/// What holds for the review after the commands.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Somebody wants a revision that was reviewed already reviewed again.
    pub(super) again: bool,
    /// Somebody wants a review also of a draft, and while reviews are paused.
    pub(super) insists: bool,
    /// Who wants no reviews for now.
    pub(super) paused_by: Option<String>,
}

impl Worker {
    /// Looks at the commands that wait. Each is done, then answered, then noted as looked at, so that one that was cut off
    /// anywhere is begun again and nothing of it happens twice.
    pub(super) async fn obey(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
    ) -> Result<Orders, JobError> {
        let mut tx = self.store.read().await?;
        let waiting = given::waiting(&mut tx, job.change_request_id).await?;
        let paused_by = given::paused_by(&mut tx, job.change_request_id).await?;
        drop(tx);
        let mut orders = Orders { paused_by, ..Orders::default() };
        for command in &waiting {
            let one = One { worker: self, platform, job, revision, command };
            one.obey(&mut orders).await?;
        }
        Ok(orders)
    }
}

/// One comment with commands.
struct One<'a> {
    worker: &'a Worker,
    platform: &'a Platform,
    job: &'a Job,
    revision: &'a Revision,
    command: &'a Waiting,
}

impl One<'_> {
    async fn obey(&self, orders: &mut Orders) -> Result<(), JobError> {
        let given = &self.command.given;
        let may = self.platform.forge.may_command(&self.revision.change, &given.by).await;
        if !self.tolerated(may)?.unwrap_or(false) {
            tracing::info!(author = given.by.login, "a command by somebody who may not write");
            self.react(Reaction::NotAllowed).await?;
            return self.end(End::Refused).await;
        }
        let thread = self.findings_of_thread().await?;
        let commands = commands(&given.text, !thread.is_empty());
        for command in &commands {
            self.carry_out(command, &thread, orders).await?;
        }
        let misunderstood = commands.iter().any(|it| matches!(it, Command::Unknown(_)));
        self.answer(&commands).await?;
        self.react(if misunderstood { Reaction::NotUnderstood } else { Reaction::Done }).await?;
        self.end(if misunderstood { End::Misunderstood } else { End::Obeyed }).await
    }

    /// The findings that the comment's thread speaks of; none when it is in no thread of ours.
    async fn findings_of_thread(&self) -> Result<Vec<Fingerprint>, JobError> {
        let Some(thread) = &self.command.given.comment.thread else { return Ok(Vec::new()) };
        let conversation = self.platform.forge.conversation(self.revision).await?;
        let ours = conversation
            .threads
            .iter()
            .find(|own| own.comment_id == *thread || own.id == *thread)
            .and_then(|own| self.platform.marker.read(&own.body));
        Ok(match ours.map(|mark| mark.kind) {
            Some(Marked::Findings(names)) => names,
            _ => Vec::new(),
        })
    }

    async fn carry_out(
        &self,
        command: &Command<'_>,
        thread: &[Fingerprint],
        orders: &mut Orders,
    ) -> Result<(), StoreError> {
        let (id, now) = (self.job.change_request_id, Utc::now());
        let by = self.command.given.by.login.as_str();
        let mut tx = self.worker.store.begin().await?;
        match command {
            Command::Review => (orders.again, orders.insists) = (true, true),
            Command::Recheck => orders.again = true,
            Command::Accept => {
                let all: Vec<Fingerprint> = if thread.is_empty() {
                    findings::open(&mut tx, id).await?.into_iter().collect()
                } else {
                    thread.to_vec()
                };
                self.settle(&mut tx, &all, None).await?;
                orders.again = true;
            }
            Command::Ignore { reason, .. } if !thread.is_empty() => {
                self.settle(&mut tx, thread, *reason).await?;
                orders.again = true;
            }
            Command::Ignore { rule, reason } => {
                if let Some(rule) = rule {
                    given::ignore(&mut tx, id, rule.code, by, *reason, now).await?;
                    let details = json!({ "rule": rule.code, "reason": reason });
                    self.note(&mut tx, Action::RuleIgnored, details).await?;
                }
                orders.again = true;
            }
            Command::Pause => {
                given::pause(&mut tx, id, Some(by), now).await?;
                orders.paused_by = Some(by.to_owned());
                self.note(&mut tx, Action::ReviewsPaused, json!({})).await?;
            }
            Command::Resume => {
                given::pause(&mut tx, id, None, now).await?;
                orders.paused_by = None;
                self.note(&mut tx, Action::ReviewsResumed, json!({})).await?;
            }
            Command::Explain(_) | Command::Help | Command::Unknown(_) => {}
        }
        tx.commit().await
    }

    async fn settle(
        &self,
        tx: &mut Transaction,
        names: &[Fingerprint],
        note: Option<&str>,
    ) -> Result<(), StoreError> {
        let by = Some(self.command.given.by.login.as_str());
        let settlement = Settlement { by, how: How::Command, note };
        for name in names {
            let now = Utc::now();
            let settled =
                findings::settle(tx, self.job.change_request_id, name, settlement, now).await?;
            if let Some(rule) = settled {
                let details = json!({ "fingerprint": name.0, "rule": rule, "reason": note });
                self.note(tx, Action::FindingSettled, details).await?;
            }
        }
        Ok(())
    }

    async fn note(
        &self,
        tx: &mut Transaction,
        action: Action,
        details: serde_json::Value,
    ) -> Result<(), StoreError> {
        let actor = Actor::Person(Some(&self.command.given.by.login));
        let subject = audit::change_request(&self.revision.change);
        audit::note(tx, actor, action, &subject, details, Utc::now()).await
    }

    /// Says what a reaction can't. What isn't understood is helped with once.
    async fn answer(&self, commands: &[Command<'_>]) -> Result<(), JobError> {
        let given = &self.command.given;
        if !given.is_comment {
            return Ok(());
        }
        let mut tx = self.worker.store.read().await?;
        let id = self.job.change_request_id;
        let helped = given::was_helped(&mut tx, id, self.command.id).await?;
        drop(tx);
        let wanted = commands.iter().filter(|it| !helped || !matches!(it, Command::Unknown(_)));
        let public_url = self.worker.public_url.as_deref();
        let texts: Vec<String> = wanted.filter_map(|it| answer(it, public_url)).collect();
        if texts.is_empty() {
            return Ok(());
        }
        let mark = Marked::Answer(given.comment.id.clone());
        let mark = self.platform.marker.sign(&mark, &self.revision.head_sha);
        let body = format!("{}\n\n{mark}", texts.join("\n\n---\n\n"));
        let (change, comment) = (&self.revision.change, &given.comment);
        self.tolerated(self.platform.forge.answer(change, comment, &body).await)?;
        Ok(())
    }

    async fn react(&self, reaction: Reaction) -> Result<(), JobError> {
        let given = &self.command.given;
        if given.is_comment {
            let (change, comment) = (&self.revision.change, &given.comment);
            self.tolerated(self.platform.forge.react(change, comment, reaction).await)?;
        }
        Ok(())
    }

    /// An answer to a command is an extra: what the platform refuses for good, or fails at again and again, stops no
    /// review.
    fn tolerated<T>(&self, done: Result<T, ForgeError>) -> Result<Option<T>, ForgeError> {
        let patience = i64::from(self.worker.timings.patience);
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error @ ForgeError::RateLimited { .. }) => Err(error),
            Err(error) if error.retry() == Retry::Never || self.job.attempts >= patience => {
                tracing::warn!(%error, "a command can't be answered");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn end(&self, end: End) -> Result<(), JobError> {
        let mut tx = self.worker.store.begin().await?;
        given::end(&mut tx, self.command.id, end, Utc::now()).await?;
        Ok(tx.commit().await?)
    }
}
