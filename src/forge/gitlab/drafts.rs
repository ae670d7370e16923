//! Several comments as one review with one notification: staged as drafts, which nobody else sees, and published
//! together.
//!
//! Publishing takes all drafts of the token's user on the merge request, looks only then at their positions, and gives up
//! in the middle, leaving all drafts behind: so what it would publish is looked at before, it is never sent twice, and after
//! a failure everything that is missing is posted by itself.
//!
//! Source: GitLab Draft Notes API; for what goes wrong there, `DraftNotes::PublishService` and reports of its users.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::http::Call;
use super::publish::{Placed, standing_as};
use super::wire::DraftWire;
use super::{GitLab, identity_of, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Revision};
use crate::review::{Thread, raw_marker};

/// How often a comment is staged whose answer is lost each time.
const TRIES: u32 = 3;
/// More pages of drafts than these are not read.
const PAGES: usize = 20;

/// How far a review came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batch {
    Published,
    /// Nothing was to be published, or not by us.
    Left,
}

impl DraftWire {
    /// Whether it is a comment of ours: people and other programs may use the same token.
    fn is_ours(&self) -> bool {
        self.note.as_deref().is_some_and(|note| raw_marker(note).is_some())
    }

    fn identity(&self) -> &str {
        identity_of(self.note.as_deref().unwrap_or_default())
    }
}

impl GitLab {
    /// Posts comments as one review, where GitLab has that. Returns the threads that stand then; what is not among them
    /// is left to be posted by itself.
    pub(super) async fn post_together(
        &self,
        revision: &Revision,
        comments: &[Placed<'_>],
    ) -> Result<Vec<Thread>, ForgeError> {
        let project = revision.change.repository.external_id;
        if comments.len() < 2 || self.draftless.is_known(project) || !self.clear(revision).await? {
            return Ok(Vec::new());
        }
        let batch = match self.stage_and_publish(revision, comments).await {
            Err(error) => self.do_without(project, error).map(|()| Batch::Left)?,
            Ok(batch) => batch,
        };
        if batch == Batch::Left {
            self.withdraw(revision).await?;
            // What was published before the drafts were gone is read below.
            self.lane.settle().await;
        }
        let threads = self.read_conversation(revision).await?.threads;
        let all_stand = || comments.iter().all(|it| standing_as(it.comment, &threads).is_some());
        if batch == Batch::Published && !all_stand() {
            // It may not show at once, and a comment that is only late must not be posted again.
            self.lane.settle().await;
            return Ok(self.read_conversation(revision).await?.threads);
        }
        Ok(threads)
    }

    /// Takes away what an attempt before this one has left. `false` when nothing can be published together: GitLab has no
    /// drafts, or there are some that are not ours.
    async fn clear(&self, revision: &Revision) -> Result<bool, ForgeError> {
        let clearing = async {
            let left = self.list_drafts(revision).await?;
            if left.iter().any(|draft| !draft.is_ours()) {
                tracing::info!(
                    "the token's user has drafts of its own, so comments are posted one by one"
                );
                return Ok(false);
            }
            for draft in &left {
                self.delete_draft(revision, draft).await?;
            }
            Ok(true)
        };
        match clearing.await {
            Err(error) => {
                self.do_without(revision.change.repository.external_id, error).map(|()| false)
            }
            clear => clear,
        }
    }

    async fn stage_and_publish(
        &self,
        revision: &Revision,
        comments: &[Placed<'_>],
    ) -> Result<Batch, ForgeError> {
        for comment in comments {
            self.stage(revision, comment).await?;
        }
        let mut staged = BTreeSet::new();
        let drafts = self.list_drafts(revision).await?;
        for draft in &drafts {
            if !draft.is_ours() {
                return Ok(Batch::Left);
            }
            // Staged by a call that came late, after it was taken for lost.
            if !staged.insert(draft.identity()) {
                self.delete_draft(revision, draft).await?;
            }
        }
        if staged.is_empty() {
            return Ok(Batch::Left);
        }
        let url = format!("{}/bulk_publish", drafts_of(revision));
        let call = Call::new(Method::POST, self.transport.url(&url));
        let publishing = self.call("publish drafts", Repeatable::No, &call);
        self.lane.in_turn("publish drafts", Write::Creates, publishing).await?;
        Ok(Batch::Published)
    }

    /// Stages a comment, unless GitLab refuses it. Nobody is told, so it needs no distance from other writes. After a lost
    /// answer it is looked for first.
    async fn stage(&self, revision: &Revision, comment: &Placed<'_>) -> Result<(), ForgeError> {
        let (body, position) = comment.first();
        let call = Call::new(Method::POST, self.transport.url(&drafts_of(revision)))
            .body(json!({ "note": body, "position": position }));
        for tried in 1.. {
            let answer = self.call("stage comment", Repeatable::No, &call).await;
            let error = match answer.and_then(|it| parse::<DraftWire>("stage comment", &it)) {
                Ok(_) => break,
                Err(error) => error,
            };
            match error {
                ForgeError::Status { status: 400 | 413 | 422, message, .. } => {
                    tracing::info!(finding = %comment.comment.fingerprint, "not staged: {message}");
                    break;
                }
                error if error.is_ambiguous() && tried < TRIES => {
                    tokio::time::sleep(self.waits.first * tried).await;
                    let staged = self.list_drafts(revision).await?;
                    if staged.iter().any(|draft| draft.identity() == identity_of(&body)) {
                        break;
                    }
                }
                error => return Err(error),
            }
        }
        Ok(())
    }

    /// Deletes our drafts, as far as that goes: what is left of them is deleted before anything is published again.
    async fn withdraw(&self, revision: &Revision) -> Result<(), ForgeError> {
        let project = revision.change.repository.external_id;
        let mut tried = 1;
        let drafts = loop {
            match self.list_drafts(revision).await {
                Ok(drafts) => break drafts,
                Err(error) if error.is_ambiguous() && tried < TRIES => self.lane.settle().await,
                Err(error) => return self.do_without(project, error),
            }
            tried += 1;
        };
        for draft in drafts.iter().filter(|draft| draft.is_ours()) {
            if let Err(error) = self.delete_draft(revision, draft).await {
                self.do_without(project, error)?;
            }
        }
        Ok(())
    }

    /// Drafts are an extra: an error is one only when nothing else could be sent either.
    fn do_without(&self, project: i64, error: ForgeError) -> Result<(), ForgeError> {
        match error {
            ForgeError::Status { .. }
            | ForgeError::Transport { .. }
            | ForgeError::Shape { .. }
            | ForgeError::Setup { .. } => {
                tracing::info!(%error, "comments can't be published together");
                self.draftless.note(project, &error);
                Ok(())
            }
            error => Err(error),
        }
    }

    /// The drafts of the token's user; GitLab shows nobody's else.
    async fn list_drafts(&self, revision: &Revision) -> Result<Vec<DraftWire>, ForgeError> {
        let path = format!("{}?per_page=100", drafts_of(revision));
        Ok(self.list::<DraftWire>("list drafts", &path, PAGES).await?.0)
    }

    async fn delete_draft(&self, revision: &Revision, draft: &DraftWire) -> Result<(), ForgeError> {
        let url = self.transport.url(&format!("{}/{}", drafts_of(revision), draft.id));
        let call = Call::new(Method::DELETE, url);
        match self.call("delete draft", Repeatable::Yes, &call).await {
            Ok(_) | Err(ForgeError::Status { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn drafts_of(revision: &Revision) -> String {
    format!("{}/draft_notes", merge_request(&revision.change))
}
