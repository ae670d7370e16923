//! One review with all its comments; what to do when GitHub refuses it as a whole.

use std::collections::VecDeque;

use http::Method;
use serde_json::{Value, json};

use super::http::Call;
use super::wire::ReviewWire;
use super::{At, GitHub};
use crate::change::ChangeSet;
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Refused, Revision};
use crate::review::{Comment, CommentPlace};

/// How often the same thing is tried whose answer is lost, or that a pending review blocks, each time.
const TRIES: u32 = 3;

impl GitHub {
    /// Posts comments on lines as one review. A review is created with all its comments or not at all, and a refusal
    /// doesn't say which one is wrong: they are filtered with fresh files, then halved until the wrong ones are alone.
    pub(super) async fn post_review(
        &self,
        at: &At<'_>,
        revision: &Revision,
        comments: Vec<Comment>,
        refused: &mut Vec<Refused>,
    ) -> Result<(), ForgeError> {
        let (mut lost, mut blocked, mut filtered) = (0, 0, false);
        let mut batches = VecDeque::from([comments]);
        while let Some(mut batch) = batches.pop_front() {
            if batch.is_empty() {
                continue;
            }
            match self.create_review(at, revision, &batch).await {
                Ok(()) => {}
                Err(error) if error.is_ambiguous() => {
                    lost += 1;
                    if lost >= TRIES {
                        return Err(error);
                    }
                    at.installation.lane.settle().await;
                    batches.push_front(self.missing(at, revision, batch).await?);
                }
                Err(ForgeError::Status { status: 422, message, .. })
                    if message.to_lowercase().contains("pending review") && blocked < TRIES =>
                {
                    blocked += 1;
                    self.drop_pending_reviews(at, revision).await?;
                    batches.push_front(batch);
                }
                Err(ForgeError::Status { status: 422, message, .. }) => {
                    tracing::warn!(comments = batch.len(), "GitHub refuses a review: {message}");
                    self.require_head(at, revision).await?;
                    let before = batch.len();
                    if !std::mem::replace(&mut filtered, true) {
                        let files = self.shown_files(at, revision).await?;
                        batch = keep_shown(batch, &files, refused);
                    }
                    if batch.len() < before {
                        batches.push_front(batch);
                    } else if let [only] = &batch[..] {
                        refused.push(refusal(only, message));
                    } else {
                        let second = batch.split_off(batch.len() / 2);
                        batches.push_front(second);
                        batches.push_front(batch);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Creates a review. Never to be repeated blindly.
    async fn create_review(
        &self,
        at: &At<'_>,
        revision: &Revision,
        comments: &[Comment],
    ) -> Result<(), ForgeError> {
        let path = format!("/pulls/{}/reviews", revision.change.number);
        let body = json!({
            "commit_id": revision.head_sha,
            "event": "COMMENT",
            "body": introduction(comments.len()),
            "comments": comments.iter().map(line_comment).collect::<Vec<_>>(),
        });
        let call = Call::new(Method::POST, self.repository_url(at.repository, &path)?).body(body);
        let posting = self.call(at, "post review", Repeatable::No, &call);
        at.installation.lane.in_turn("post review", Write::Creates, posting).await.map(drop)
    }

    /// Deletes our reviews that were never submitted: nobody sees them, and they block the next one.
    pub(super) async fn drop_pending_reviews(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<(), ForgeError> {
        let me = self.identity().await?;
        let number = revision.change.number;
        let path = format!("/pulls/{number}/reviews?per_page=100");
        let url = self.repository_url(at.repository, &path)?;
        let listed: Vec<ReviewWire> = self.list(at, "list reviews", url, 10_000).await?;
        let pending = listed.into_iter().filter(|review| {
            review.state.as_deref() == Some("PENDING")
                && review.user.as_ref().is_some_and(|user| me.is(user))
        });
        for review in pending {
            let path = format!("/pulls/{number}/reviews/{}", review.id);
            let url = self.repository_url(at.repository, &path)?;
            let call = Call::new(Method::DELETE, url);
            let deleting = self.call(at, "delete pending review", Repeatable::Yes, &call);
            let lane = &at.installation.lane;
            match lane.in_turn("delete pending review", Write::Changes, deleting).await {
                // Gone, or submitted meanwhile.
                Ok(_) | Err(ForgeError::Status { status: 404 | 422, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// What stands above a review's comments. GitHub's documentation wants a text there.
fn introduction(comments: usize) -> String {
    match comments {
        1 => "One finding in the changed asyncio code.".to_owned(),
        many => format!("{many} findings in the changed asyncio code."),
    }
}

/// A comment on lines of the new version. `start_line` must be smaller than `line`, or be left out.
fn line_comment(comment: &Comment) -> Value {
    let mut wire = json!({ "path": comment.place.path(), "body": comment.body });
    if let CommentPlace::Lines { start_line, line, .. } = &comment.place {
        wire["line"] = json!(line);
        wire["side"] = json!("RIGHT");
        if start_line < line {
            wire["start_line"] = json!(start_line);
            wire["start_side"] = json!("RIGHT");
        }
    }
    wire
}

/// Keeps the comments whose lines GitHub shows, in one hunk; the others are refused.
fn keep_shown(batch: Vec<Comment>, files: &ChangeSet, refused: &mut Vec<Refused>) -> Vec<Comment> {
    let (kept, left): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|comment| is_shown(&comment.place, files));
    refused.extend(left.iter().map(|comment| refusal(comment, "its lines are not in the diff")));
    kept
}

fn is_shown(place: &CommentPlace, files: &ChangeSet) -> bool {
    let Some(file) = files.file(place.path()).filter(|file| file.shown) else { return false };
    match place {
        CommentPlace::File { .. } => true,
        CommentPlace::Lines { start_line, line, .. } => {
            let hunk = file.hunk_showing(*line);
            let start = file.hunk_showing(*start_line);
            hunk.zip(start).is_some_and(|(hunk, start)| std::ptr::eq(hunk, start))
        }
    }
}

pub(super) fn refusal(comment: &Comment, reason: impl Into<String>) -> Refused {
    Refused { fingerprint: comment.fingerprint.clone(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Fingerprint;
    use crate::change::{FileChange, FileChangeKind, parse_patch};

    fn comment(start_line: u32, line: u32) -> Comment {
        let place = CommentPlace::Lines { path: "a.py".to_owned(), start_line, line };
        Comment {
            fingerprint: Fingerprint(format!("{start_line}-{line}")),
            also: Vec::new(),
            place,
            body: "b".to_owned(),
        }
    }

    #[test]
    fn a_range_is_named_only_when_it_is_one() {
        assert_eq!(
            line_comment(&comment(3, 3)),
            json!({"path": "a.py", "body": "b", "line": 3, "side": "RIGHT"})
        );
        assert_eq!(
            line_comment(&comment(2, 3)),
            json!({"path": "a.py", "body": "b", "line": 3, "side": "RIGHT", "start_line": 2, "start_side": "RIGHT"})
        );
    }

    #[test]
    fn comments_outside_of_a_hunk_are_sorted_out() {
        let patch = "@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -10,2 +11,2 @@\n-x\n+y\n z";
        let files = ChangeSet {
            files: vec![FileChange {
                path: "a.py".to_owned(),
                old_path: Some("a.py".to_owned()),
                kind: FileChangeKind::Modified,
                hunks: parse_patch(patch).expect("a patch"),
                shown: true,
            }],
        };
        let all = [(1, 1), (2, 3), (4, 4), (3, 11), (11, 12), (0, 1)].map(|(a, b)| comment(a, b));
        let mut refused = Vec::new();
        let kept = keep_shown(all.to_vec(), &files, &mut refused);
        let kept: Vec<_> = kept.into_iter().map(|comment| comment.fingerprint.0).collect();
        assert_eq!(kept, ["1-1", "2-3", "11-12"]);
        assert_eq!(refused.len(), 3);
    }
}
