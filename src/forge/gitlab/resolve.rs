//! Settling a thread whose finding is gone.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::{GitLab, merge_request};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, Revision};
use crate::review::{Thread, ThreadState};

/// Starts the text of a thread that we may not resolve.
const MARK: &str = "*No longer found at ";

/// Whether a text was marked for want of the permission to resolve its thread.
pub(super) fn is_marked(body: &str) -> bool {
    body.starts_with(MARK)
}

impl GitLab {
    /// Sets the text of a thread's first note. One that was deleted is left alone.
    pub(super) async fn rewrite_comment(
        &self,
        revision: &Revision,
        thread: &Thread,
        body: &str,
    ) -> Result<(), ForgeError> {
        self.change_note(revision, &thread.comment_id, body).await.map(drop)
    }

    /// Resolves the thread. A bot below Developer may not do that, so its text is marked instead. A thread that was
    /// deleted is settled.
    pub(super) async fn settle(
        &self,
        revision: &Revision,
        thread: &Thread,
    ) -> Result<(), ForgeError> {
        let url =
            format!("{}/discussions/{}", merge_request(&revision.change), segment(&thread.id));
        let call =
            Call::new(Method::PUT, self.transport.url(&url)).body(json!({ "resolved": true }));
        let resolving = self.call("resolve", Repeatable::Yes, &call);
        match self.lane.in_turn("resolve", Write::Changes, resolving).await {
            Ok(_) => Ok(()),
            Err(ForgeError::Status { status: 404, .. }) => {
                let standing = self.read_conversation(revision).await?.threads;
                let open = |own: &Thread| own.id == thread.id && own.state == ThreadState::Open;
                // One that is listed still was only not found this time.
                match standing.iter().any(open) {
                    true => Err(ForgeError::NotReady {
                        forge: ForgeKind::GitLab,
                        what: "the thread that it lists",
                    }),
                    false => Ok(()),
                }
            }
            Err(ForgeError::Status { status: 403, message, .. }) => {
                tracing::info!("a thread can't be resolved, so its text is marked: {message}");
                if is_marked(&thread.body) {
                    return Ok(());
                }
                let head: String = revision.head_sha.chars().take(12).collect();
                let body = format!("{MARK}{head}.*\n\n{}", thread.body);
                self.change_note(revision, &thread.comment_id, &body).await?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
