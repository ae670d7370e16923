//! Marking a thread as settled.
//!
//! Resolving needs the right to write the code, which many installations rightly don't give; folding the comment away
//! or striking it out does then. What worked is remembered, so that the same refusal is met once.

use std::sync::atomic::Ordering;

use http::Method;
use serde_json::json;

use super::http::Call;
use super::installations::Scope;
use super::wire::CommentWire;
use super::{At, GitHub, marker_of, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Revision};
use crate::review::Thread;

const RESOLVE: &str = "mutation($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } }
}";
const MINIMISE: &str = "mutation($id: ID!) {
  minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) { minimizedComment { isMinimized } }
}";

/// First line of a comment that was struck out.
const STRUCK_OUT: &str = "**Fixed.**";

/// The means, best first; a number, as it is kept in an atomic.
const BY_RESOLVING: u8 = 0;
const BY_MINIMISING: u8 = 1;
const BY_STRIKING_OUT: u8 = 2;

impl GitHub {
    /// Settles a thread by the best means that works. Sets values only, so it is repeatable.
    pub(super) async fn settle(
        &self,
        revision: &Revision,
        thread: &Thread,
    ) -> Result<(), ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        let means = &at.installation.means;
        if means.load(Ordering::Relaxed) == BY_RESOLVING {
            match self.resolve_thread(&at, revision, thread).await {
                Err(error) if is_refusal(&error) => Self::remember(means, BY_MINIMISING, &error),
                other => return other,
            }
        }
        if means.load(Ordering::Relaxed) <= BY_MINIMISING {
            match self.minimise(&at, thread).await {
                Err(error) if is_refusal(&error) => Self::remember(means, BY_STRIKING_OUT, &error),
                other => return other,
            }
        }
        self.strike_out(&at, revision, thread).await
    }

    fn remember(means: &std::sync::atomic::AtomicU8, next: u8, error: &ForgeError) {
        // Another failure may be this thread's alone.
        if !matches!(error, ForgeError::Status { status: 403 | 422, .. }) {
            return;
        }
        means.store(next, Ordering::Relaxed);
        tracing::info!("threads are settled by other means from now on: {error}");
    }

    async fn resolve_thread(
        &self,
        at: &At<'_>,
        revision: &Revision,
        thread: &Thread,
    ) -> Result<(), ForgeError> {
        let id = if thread.id.starts_with("comment:") {
            let threads = self.threads(at, revision).await?;
            let found =
                thread.comment_id.parse().ok().and_then(|id: i64| threads.get(&id).cloned());
            match found {
                Some(found) => found.id,
                None => return Ok(()),
            }
        } else {
            thread.id.clone()
        };
        let variables = json!({ "id": id });
        let resolving = self.graphql(at, Scope::Resolve, "resolve thread", RESOLVE, variables);
        at.installation.lane.in_turn("resolve thread", Write::Changes, resolving).await.map(drop)
    }

    /// Folds the thread's first comment away.
    async fn minimise(&self, at: &At<'_>, thread: &Thread) -> Result<(), ForgeError> {
        let Some(comment) = self.first_comment(at, thread).await? else { return Ok(()) };
        let variables = json!({ "id": comment.node_id });
        let folding = self.graphql(at, Scope::Review, "minimise comment", MINIMISE, variables);
        at.installation.lane.in_turn("minimise comment", Write::Changes, folding).await.map(drop)
    }

    /// Says in the comment itself that it is settled.
    async fn strike_out(
        &self,
        at: &At<'_>,
        revision: &Revision,
        thread: &Thread,
    ) -> Result<(), ForgeError> {
        let Some(comment) = self.first_comment(at, thread).await? else { return Ok(()) };
        let body = comment.body.unwrap_or_default();
        if is_struck_out(&body) {
            return Ok(());
        }
        match self.change_comment(at, thread, &struck_out(&body, &revision.head_sha)).await {
            // It was there a moment ago.
            Err(ForgeError::Status { forge, status: 404, .. }) => {
                Err(ForgeError::NotReady { forge, what: "the comment that it gave" })
            }
            other => other,
        }
    }

    /// Sets the text of a thread's first comment. One that was deleted is left alone.
    pub(super) async fn rewrite_comment(
        &self,
        revision: &Revision,
        thread: &Thread,
        body: &str,
    ) -> Result<(), ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        match self.change_comment(&at, thread, body).await {
            Err(ForgeError::Status { status: 404 | 410, .. }) => Ok(()),
            other => other,
        }
    }

    async fn change_comment(
        &self,
        at: &At<'_>,
        thread: &Thread,
        body: &str,
    ) -> Result<(), ForgeError> {
        let url = self.comment_url(at, thread)?;
        let call = Call::new(Method::PATCH, url).body(json!({ "body": body }));
        let changing = self.call(at, "change comment", Repeatable::Yes, &call);
        at.installation.lane.in_turn("change comment", Write::Changes, changing).await.map(drop)
    }

    /// The thread's first comment; `None` when somebody deleted it, which settles it too.
    async fn first_comment(
        &self,
        at: &At<'_>,
        thread: &Thread,
    ) -> Result<Option<CommentWire>, ForgeError> {
        let call = Call::get(self.comment_url(at, thread)?);
        match self.call(at, "read comment", Repeatable::Yes, &call).await {
            Ok(answer) => parse("read comment", &answer).map(Some),
            Err(ForgeError::Status { status: 404 | 410, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn comment_url(&self, at: &At<'_>, thread: &Thread) -> Result<url::Url, ForgeError> {
        let id = crate::forge::connection::segment(&thread.comment_id);
        self.repository_url(at.repository, &format!("/pulls/comments/{id}"))
    }
}

/// Whether other means may still work.
fn is_refusal(error: &ForgeError) -> bool {
    matches!(
        error,
        ForgeError::Status { status: 401 | 403 | 404 | 422, .. } | ForgeError::Shape { .. }
    )
}

/// A comment's text when it is settled: folded, its marker kept at the end.
pub(super) fn struck_out(body: &str, head_sha: &str) -> String {
    let marker = marker_of(body);
    let text = body.strip_suffix(marker).unwrap_or(body).trim_end();
    let marker = if marker.starts_with("<!--") { marker } else { "" };
    let short = head_sha.get(..10).unwrap_or(head_sha);
    format!(
        "{STRUCK_OUT} No longer found at {short}.\n\n<details><summary>What it was</summary>\n\n{text}\n\n</details>\n\n{marker}"
    )
}

/// Whether a comment of ours was settled that way.
pub(super) fn is_struck_out(body: &str) -> bool {
    body.starts_with(STRUCK_OUT)
}
