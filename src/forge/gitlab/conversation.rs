//! What we have said on a merge request so far.

use chrono::{DateTime, TimeDelta, Utc};

use super::resolve::is_marked;
use super::wire::{DiscussionWire, NoteWire, PositionWire};
use super::{GitLab, merge_request};
use crate::forge::{ForgeError, Revision};
use crate::review::{CommentPlace, Conversation, PostedSummary, Thread, ThreadState};

/// More pages of discussions than these are not read.
const PAGES: usize = 100;
/// How GitLab starts its own note when a push changed a thread's line.
const LINE_CHANGED: &str = "changed this line in";
/// A thread that GitLab resolves because of a push is resolved this soon before or after its note.
const AT_ONCE: TimeDelta = TimeDelta::seconds(10);

impl GitLab {
    pub(super) async fn read_conversation(
        &self,
        revision: &Revision,
    ) -> Result<Conversation, ForgeError> {
        let me = self.me().await?;
        let path = format!("{}/discussions?per_page=100", merge_request(&revision.change));
        let (discussions, whole) =
            self.list::<DiscussionWire>("list discussions", &path, PAGES).await?;
        if !whole {
            tracing::warn!("only a part of the discussions was listed");
        }
        let mut conversation = Conversation::default();
        for discussion in discussions {
            let Some(first) = discussion.notes.iter().find(|note| !note.system) else { continue };
            if !first.is_by(me) {
                continue;
            }
            if first.position.is_some() {
                conversation.threads.push(thread(me, &revision.head_sha, &discussion, first));
            } else {
                let body = first.body.clone().unwrap_or_default();
                conversation.comments.push(PostedSummary { id: first.id.to_string(), body });
            }
        }
        conversation.comments.sort_by_key(|comment| comment.id.parse::<i64>().unwrap_or(i64::MAX));
        Ok(conversation)
    }
}

impl NoteWire {
    fn is_by(&self, user: i64) -> bool {
        self.author.as_ref().is_some_and(|author| author.id == user)
    }
}

fn thread(me: i64, head: &str, discussion: &DiscussionWire, first: &NoteWire) -> Thread {
    let others = |note: &&NoteWire| !note.system && !note.is_by(me);
    let state = state(me, discussion, first);
    let resolver = || first.resolved_by.as_ref()?.username.clone();
    Thread {
        id: discussion.id.clone(),
        comment_id: first.id.to_string(),
        body: first.body.clone().unwrap_or_default(),
        state,
        resolved_by: if state == ThreadState::ResolvedByPerson { resolver() } else { None },
        answered: discussion.notes.iter().any(|note| others(&note)),
        place: first.position.as_ref().and_then(|position| place(head, position)),
    }
}

fn state(me: i64, discussion: &DiscussionWire, first: &NoteWire) -> ThreadState {
    if !first.resolved {
        let marked = first.body.as_deref().is_some_and(is_marked);
        return if marked { ThreadState::ResolvedByUs } else { ThreadState::Open };
    }
    let by_us = first.resolved_by.as_ref().is_some_and(|user| user.id == me);
    if by_us || resolved_by_push(discussion, first) {
        ThreadState::ResolvedByUs
    } else {
        ThreadState::ResolvedByPerson
    }
}

/// Whether nobody looked at it: a project can have threads resolved when a push changes their line. GitLab names the
/// pusher then.
fn resolved_by_push(discussion: &DiscussionWire, first: &NoteWire) -> bool {
    let Some(resolved_at) = first.resolved_at else { return false };
    discussion.notes.iter().any(|note| {
        let changed = note.body.as_deref().is_some_and(|body| body.starts_with(LINE_CHANGED));
        let near = |at: DateTime<Utc>| (resolved_at - at).abs() <= AT_ONCE;
        note.system && changed && note.created_at.is_some_and(near)
    })
}

/// Where a discussion hangs now. GitLab moves positions to each new head as long as it can; one that stayed behind is
/// outdated.
fn place(head: &str, position: &PositionWire) -> Option<CommentPlace> {
    let path = position.new_path.clone()?;
    if position.position_type.as_deref() == Some("file") {
        return Some(CommentPlace::File { path });
    }
    if position.head_sha.as_deref() != Some(head) {
        return None;
    }
    let line = position.new_line?;
    let start = position.line_range.as_ref().and_then(|range| range.start.as_ref()?.new_line);
    let start_line = start.filter(|start| *start < line).unwrap_or(line);
    Some(CommentPlace::Lines { path, start_line, line })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(notes: &Value) -> Thread {
        let discussion = json!({ "id": "d", "notes": notes });
        let discussion: DiscussionWire = serde_json::from_value(discussion).expect("a discussion");
        thread(7, "head", &discussion, &discussion.notes[0])
    }

    fn ours(more: &Value) -> Value {
        let mut note = json!({ "id": 1, "body": "b", "author": { "id": 7 }, "position": {} });
        if let (Some(note), Some(more)) = (note.as_object_mut(), more.as_object()) {
            note.extend(more.clone());
        }
        note
    }

    #[test]
    fn who_resolved_a_thread_is_told_apart() {
        let resolved = |by: Value| {
            ours(
                &json!({ "resolved": true, "resolved_by": by, "resolved_at": "2026-01-01T00:00:05Z" }),
            )
        };
        let push = json!({
            "id": 2, "system": true, "author": { "id": 9 }, "created_at": "2026-01-01T00:00:04Z",
            "body": "changed this line in [version 2 of the diff](/x)",
        });
        let named = read(&json!([resolved(json!({ "id": 9, "username": "ann" }))]));
        assert_eq!(named.resolved_by.as_deref(), Some("ann"));
        let by_push = json!([resolved(json!({ "id": 9, "username": "ann" })), push]);
        assert_eq!(read(&by_push).resolved_by, None, "who pushed settled nothing");
        for (notes, state, answered) in [
            (json!([ours(&json!({}))]), ThreadState::Open, false),
            (json!([resolved(json!({ "id": 7 }))]), ThreadState::ResolvedByUs, false),
            (json!([resolved(json!({ "id": 9 }))]), ThreadState::ResolvedByPerson, false),
            (json!([resolved(json!(null))]), ThreadState::ResolvedByPerson, false),
            (json!([resolved(json!({ "id": 9 })), push]), ThreadState::ResolvedByUs, false),
            (
                json!([ours(&json!({})), { "id": 2, "author": { "id": 9 } }]),
                ThreadState::Open,
                true,
            ),
            (json!([ours(&json!({})), { "id": 2, "author": null }]), ThreadState::Open, true),
        ] {
            let thread = read(&notes);
            assert_eq!((thread.state, thread.answered), (state, answered), "{notes}");
        }
    }

    #[test]
    fn a_thread_whose_position_stayed_behind_is_outdated() {
        let at = |position: Value| read(&json!([ours(&json!({ "position": position }))])).place;
        let lines = |start_line, line| {
            Some(CommentPlace::Lines { path: "a.py".to_owned(), start_line, line })
        };
        for (position, place) in [
            (
                json!({ "position_type": "text", "head_sha": "head", "new_path": "a.py", "new_line": 5 }),
                lines(5, 5),
            ),
            (
                json!({ "head_sha": "head", "new_path": "a.py", "new_line": 5, "line_range": { "start": { "new_line": 3 } } }),
                lines(3, 5),
            ),
            (json!({ "head_sha": "old", "new_path": "a.py", "new_line": 5 }), None),
            (
                json!({ "head_sha": "head", "new_path": "a.py", "new_line": null, "old_line": 4 }),
                None,
            ),
            (
                json!({ "position_type": "file", "head_sha": "old", "new_path": "a.py" }),
                Some(CommentPlace::File { path: "a.py".to_owned() }),
            ),
        ] {
            assert_eq!(at(position.clone()), place, "{position}");
        }
    }
}
