//! What we have said on a pull request so far.

use std::collections::{BTreeSet, HashMap};

use super::resolve::is_struck_out;
use super::wire::{CommentWire, ThreadWire};
use super::{At, GitHub};
use crate::forge::{ForgeError, Retry, Revision};
use crate::review::{CommentPlace, Conversation, PostedSummary, Thread, ThreadState};

/// More comments than these are not read; a pull request with so many has left review behind.
const MOST_COMMENTS: usize = 10_000;

/// A thread of ours with what only this client asks about it.
pub(super) struct OwnThread {
    pub(super) thread: Thread,
    /// The commit that it was posted for.
    pub(super) posted_at: Option<String>,
}

impl GitHub {
    pub(super) async fn read_conversation(
        &self,
        revision: &Revision,
    ) -> Result<Conversation, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        let threads = self.own_threads(&at, revision).await?;
        let comments = self.own_comments(&at, revision).await?;
        Ok(Conversation { threads: threads.into_iter().map(|own| own.thread).collect(), comments })
    }

    /// Our comments beside the code, oldest first.
    pub(super) async fn own_comments(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<Vec<PostedSummary>, ForgeError> {
        let me = self.identity().await?;
        let path = format!("/issues/{}/comments?per_page=100", revision.change.number);
        let url = self.repository_url(at.repository, &path)?;
        let comments: Vec<CommentWire> = self.list(at, "list comments", url, MOST_COMMENTS).await?;
        let own = comments.into_iter().filter(|comment| me.wrote(comment)).map(|comment| {
            PostedSummary { id: comment.id.to_string(), body: comment.body.unwrap_or_default() }
        });
        Ok(own.collect())
    }

    /// Threads whose first comment is ours.
    pub(super) async fn own_threads(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<Vec<OwnThread>, ForgeError> {
        let me = self.identity().await?;
        let path = format!(
            "/pulls/{}/comments?per_page=100&sort=created&direction=asc",
            revision.change.number
        );
        let url = self.repository_url(at.repository, &path)?;
        let comments: Vec<CommentWire> =
            self.list(at, "list review comments", url, MOST_COMMENTS).await?;
        let answered: BTreeSet<i64> = comments
            .iter()
            .filter(|comment| !me.wrote(comment))
            .filter_map(|comment| comment.in_reply_to_id)
            .collect();
        let mut own: Vec<CommentWire> = comments;
        own.retain(|comment| comment.in_reply_to_id.is_none() && me.wrote(comment));
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let states = match self.threads(at, revision).await {
            Ok(states) => states,
            // What stands is known without it; only who resolved what is not, and that would be forgotten.
            Err(error)
                if error.retry() == Retry::Never || matches!(error, ForgeError::Shape { .. }) =>
            {
                tracing::warn!("threads' states are not known: {error}");
                HashMap::new()
            }
            Err(error) => return Err(error),
        };
        let threads = own.into_iter().map(|comment| {
            let answered = answered.contains(&comment.id);
            own_thread(comment, &states, answered)
        });
        Ok(threads.collect())
    }
}

fn own_thread(
    comment: CommentWire,
    states: &HashMap<i64, ThreadWire>,
    answered: bool,
) -> OwnThread {
    let known = states.get(&comment.id);
    let place = place_of(&comment);
    let writer = comment.user.and_then(|user| user.login).unwrap_or_default();
    let body = comment.body.unwrap_or_default();
    let state = state_of(&writer, known, &body);
    let thread = Thread {
        id: known.map_or_else(|| format!("comment:{}", comment.id), |thread| thread.id.clone()),
        comment_id: comment.id.to_string(),
        resolved_by: known.filter(|_| state == ThreadState::ResolvedByPerson).and_then(resolver),
        state,
        body,
        answered,
        place,
    };
    OwnThread { thread, posted_at: comment.original_commit_id }
}

/// Login of who resolved a thread.
fn resolver(thread: &ThreadWire) -> Option<String> {
    thread.resolved_by.as_ref()?.login.clone()
}

/// Whether the thread that `writer` began, which is us, is settled.
fn state_of(writer: &str, thread: Option<&ThreadWire>, body: &str) -> ThreadState {
    // GraphQL leaves `[bot]` out.
    let bare = |login: &str| login.strip_suffix("[bot]").unwrap_or(login).to_lowercase();
    match thread {
        Some(thread) if thread.is_resolved == Some(true) => {
            let by = thread.resolved_by.as_ref().and_then(|user| user.login.as_deref());
            if by.is_some_and(|by| bare(by) == bare(writer)) {
                ThreadState::ResolvedByUs
            } else {
                ThreadState::ResolvedByPerson
            }
        }
        Some(thread) if thread.is_minimized() => ThreadState::ResolvedByUs,
        _ if is_struck_out(body) => ThreadState::ResolvedByUs,
        _ => ThreadState::Open,
    }
}

/// Where a comment hangs now; nowhere when it is outdated or on removed lines.
fn place_of(comment: &CommentWire) -> Option<CommentPlace> {
    let path = comment.path.clone()?;
    if comment.subject_type.as_deref() == Some("file") {
        return Some(CommentPlace::File { path });
    }
    let line = comment.line.filter(|_| comment.side.as_deref() != Some("LEFT"))?;
    let start_line = comment.start_line.filter(|start| *start < line).unwrap_or(line);
    Some(CommentPlace::Lines { path, start_line, line })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn comment(fields: serde_json::Value) -> CommentWire {
        serde_json::from_value(fields).expect("a comment")
    }

    #[test]
    fn a_comment_hangs_where_its_lines_are_now() {
        let lines = |start_line, line| {
            Some(CommentPlace::Lines { path: "a.py".to_owned(), start_line, line })
        };
        for (fields, place) in [
            (json!({"id": 1, "path": "a.py", "line": 5, "side": "RIGHT"}), lines(5, 5)),
            (json!({"id": 1, "path": "a.py", "line": 5, "start_line": 3}), lines(3, 5)),
            (json!({"id": 1, "path": "a.py", "line": null, "original_line": 5}), None),
            (json!({"id": 1, "path": "a.py", "line": 5, "side": "LEFT"}), None),
            (
                json!({"id": 1, "path": "a.py", "line": null, "subject_type": "file"}),
                Some(CommentPlace::File { path: "a.py".to_owned() }),
            ),
        ] {
            assert_eq!(place_of(&comment(fields.clone())), place, "{fields}");
        }
    }

    #[test]
    fn who_resolved_a_thread_is_told_apart() {
        for (fields, body, state) in [
            (json!({"id": "T", "isResolved": false}), "x", ThreadState::Open),
            (
                json!({"id": "T", "isResolved": true, "resolvedBy": {"login": "asyncwarden"}}),
                "x",
                ThreadState::ResolvedByUs,
            ),
            (
                json!({"id": "T", "isResolved": true, "resolvedBy": {"login": "ann"}}),
                "x",
                ThreadState::ResolvedByPerson,
            ),
            (
                json!({"id": "T", "isResolved": true, "resolvedBy": null}),
                "x",
                ThreadState::ResolvedByPerson,
            ),
            (
                json!({"id": "T", "comments": {"nodes": [{"databaseId": 1, "isMinimized": true}]}}),
                "x",
                ThreadState::ResolvedByUs,
            ),
            (json!({"id": "T"}), "~~old~~\n\nFixed.", ThreadState::Open),
        ] {
            let thread: ThreadWire = serde_json::from_value(fields.clone()).expect("a thread");
            assert_eq!(state_of("asyncwarden[bot]", Some(&thread), body), state, "{fields}");
        }
        let struck = super::super::resolve::struck_out("Old **text**\n\n<!-- m -->", "abc");
        assert_eq!(state_of("asyncwarden[bot]", None, &struck), ThreadState::ResolvedByUs);
    }
}
