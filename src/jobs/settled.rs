//! What people settle by resolving a thread, kept so that it stays settled when the thread is gone. A gate that failed stays
//! as it is: to let somebody merge takes a command, and thereby the right to write.

use chrono::Utc;
use serde_json::json;

use super::error::JobError;
use super::{Platform, Worker};
use crate::analysis::Fingerprint;
use crate::forge::Revision;
use crate::review::{Conversation, Marked, Thread, ThreadState};
use crate::store::audit::{self, Action, Actor};
use crate::store::findings::{self, How, Settlement};
use crate::store::jobs::Job;
use crate::store::{StoreError, Transaction};

impl Worker {
    /// Looks whether people settled something in a change request whose head was reviewed already, or opened it again.
    pub(super) async fn look_at_threads(
        &self,
        platform: &Platform,
        job: &Job,
        revision: &Revision,
    ) -> Result<(), JobError> {
        let conversation = platform.forge.conversation(revision).await?;
        self.note_settled(platform, job, &conversation).await?;
        let open = with_state(&conversation, ThreadState::Open);
        let mut tx = self.store.begin().await?;
        for (_, name) in findings_of(platform, open) {
            let reopened =
                findings::reopen(&mut tx, job.change_request_id, &name, Utc::now()).await?;
            if let Some(rule) = reopened {
                note(&mut tx, job, Action::FindingReopened, None, &name, &rule).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Keeps what people settled on the platform.
    pub(super) async fn note_settled(
        &self,
        platform: &Platform,
        job: &Job,
        conversation: &Conversation,
    ) -> Result<(), StoreError> {
        let settled = with_state(conversation, ThreadState::ResolvedByPerson);
        let mut tx = self.store.begin().await?;
        for (thread, name) in findings_of(platform, settled) {
            let by = thread.resolved_by.as_deref();
            let settlement = Settlement { by, how: How::Thread, note: None };
            let id = job.change_request_id;
            let settled = findings::settle(&mut tx, id, &name, settlement, Utc::now()).await?;
            if let Some(rule) = settled {
                note(&mut tx, job, Action::FindingSettled, by, &name, &rule).await?;
            }
        }
        tx.commit().await
    }
}

fn with_state(conversation: &Conversation, state: ThreadState) -> impl Iterator<Item = &Thread> {
    conversation.threads.iter().filter(move |thread| thread.state == state)
}

/// The findings that threads of ours speak of.
fn findings_of<'a>(
    platform: &'a Platform,
    threads: impl Iterator<Item = &'a Thread>,
) -> Vec<(&'a Thread, Fingerprint)> {
    let mut found = Vec::new();
    for thread in threads {
        let kind = platform.marker.read(&thread.body).map(|mark| mark.kind);
        if let Some(Marked::Findings(names)) = kind {
            found.extend(names.into_iter().map(|name| (thread, name)));
        }
    }
    found
}

async fn note(
    tx: &mut Transaction,
    job: &Job,
    action: Action,
    by: Option<&str>,
    name: &Fingerprint,
    rule: &str,
) -> Result<(), StoreError> {
    let subject = audit::change_request(&job.change);
    let details = json!({ "fingerprint": name.0, "rule": rule });
    audit::note(tx, Actor::Person(by), action, &subject, details, Utc::now()).await
}
