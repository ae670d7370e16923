//! Posting comments so that each stands once, whatever answers get lost.

use http::Method;
use serde_json::json;

use super::conversation::OwnThread;
use super::http::Call;
use super::review::refusal;
use super::{At, GitHub, marker_of};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Posted, Published, Refused, Revision};
use crate::review::{Comment, CommentPlace, ThreadState};

/// How often a comment is posted whose answer is lost each time.
const TRIES: u32 = 3;

impl GitHub {
    pub(super) async fn post_comments(
        &self,
        revision: &Revision,
        comments: &[Comment],
    ) -> Result<Published, ForgeError> {
        if comments.is_empty() {
            return Ok(Published::default());
        }
        let at = self.at(&revision.change.repository).await?;
        let missing = self.missing(&at, revision, comments.to_vec()).await?;
        let mut refused = Vec::new();
        let (lines, whole): (Vec<_>, Vec<_>) = missing
            .into_iter()
            .partition(|comment| matches!(comment.place, CommentPlace::Lines { .. }));
        if !lines.is_empty() {
            self.drop_pending_reviews(&at, revision).await?;
            self.post_review(&at, revision, lines, &mut refused).await?;
        }
        for comment in &whole {
            self.post_on_file(&at, revision, comment, &mut refused).await?;
        }
        self.read_back(&at, revision, comments, refused).await
    }

    /// The comments that don't stand yet.
    pub(super) async fn missing(
        &self,
        at: &At<'_>,
        revision: &Revision,
        mut comments: Vec<Comment>,
    ) -> Result<Vec<Comment>, ForgeError> {
        let standing = self.own_threads(at, revision).await?;
        comments.retain(|comment| standing_as(comment, &standing, &revision.head_sha).is_none());
        Ok(comments)
    }

    /// Posts a comment on a file as a whole; a review can't have such.
    async fn post_on_file(
        &self,
        at: &At<'_>,
        revision: &Revision,
        comment: &Comment,
        refused: &mut Vec<Refused>,
    ) -> Result<(), ForgeError> {
        let path = format!("/pulls/{}/comments", revision.change.number);
        let call =
            Call::new(Method::POST, self.repository_url(at.repository, &path)?).body(json!({
                "body": comment.body,
                "commit_id": revision.head_sha,
                "path": comment.place.path(),
                "subject_type": "file",
            }));
        for tried in 1.. {
            let posting = self.call(at, "comment on file", Repeatable::No, &call);
            match at.installation.lane.in_turn("comment on file", Write::Creates, posting).await {
                Ok(_) => break,
                Err(ForgeError::Status { status: 422, message, .. }) => {
                    self.require_head(at, revision).await?;
                    refused.push(refusal(comment, message));
                    break;
                }
                Err(error) if error.is_ambiguous() && tried < TRIES => {
                    at.installation.lane.settle().await;
                    if self.missing(at, revision, vec![comment.clone()]).await?.is_empty() {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What stands in the end: GitHub can lose a comment that it took.
    async fn read_back(
        &self,
        at: &At<'_>,
        revision: &Revision,
        comments: &[Comment],
        mut refused: Vec<Refused>,
    ) -> Result<Published, ForgeError> {
        let mut standing = self.own_threads(at, revision).await?;
        let is_missing = |standing: &[OwnThread]| {
            comments.iter().any(|comment| {
                let told = refused.iter().any(|it| it.fingerprint == comment.fingerprint);
                !told && standing_as(comment, standing, &revision.head_sha).is_none()
            })
        };
        if is_missing(&standing) {
            // It may not be listed at once.
            at.installation.lane.settle().await;
            standing = self.own_threads(at, revision).await?;
        }
        let mut posted = Vec::new();
        for comment in comments {
            if let Some(own) = standing_as(comment, &standing, &revision.head_sha) {
                posted.push(Posted::of(comment, &own.thread));
            } else if !refused.iter().any(|it| it.fingerprint == comment.fingerprint) {
                tracing::warn!(finding = %comment.fingerprint, "a posted comment does not stand");
                refused.push(refusal(comment, "it was taken, but does not stand"));
            }
        }
        Ok(Published { posted, refused })
    }
}

/// The thread as which a comment stands. One that we resolved for an earlier head doesn't count: the finding is back.
fn standing_as<'a>(
    comment: &Comment,
    standing: &'a [OwnThread],
    head_sha: &str,
) -> Option<&'a OwnThread> {
    let marker = marker_of(&comment.body);
    standing.iter().find(|own| {
        marker_of(&own.thread.body) == marker
            && (own.thread.state != ThreadState::ResolvedByUs
                || own.posted_at.as_deref() == Some(head_sha))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Fingerprint;
    use crate::review::Thread;

    fn own(body: &str, state: ThreadState, posted_at: &str) -> OwnThread {
        let thread = Thread {
            id: "T".to_owned(),
            comment_id: "1".to_owned(),
            body: body.to_owned(),
            state,
            resolved_by: None,
            answered: false,
            place: None,
        };
        OwnThread { thread, posted_at: Some(posted_at.to_owned()) }
    }

    #[test]
    fn a_comment_stands_by_its_marker() {
        let comment = Comment {
            fingerprint: Fingerprint("f".to_owned()),
            also: Vec::new(),
            place: CommentPlace::File { path: "a.py".to_owned() },
            body: "new text <!-- quoted -->\n\n<!-- m1 -->".to_owned(),
        };
        for (body, state, posted_at, stands) in [
            ("old text\r\n<!-- m1 -->", ThreadState::Open, "old", true),
            ("old text\n<!-- m1 -->\n", ThreadState::ResolvedByPerson, "old", true),
            ("old text\n<!-- m1 -->", ThreadState::ResolvedByUs, "old", false),
            ("old text\n<!-- m1 -->", ThreadState::ResolvedByUs, "head", true),
            ("> <!-- m1 -->\n<!-- m2 -->", ThreadState::Open, "head", false),
        ] {
            let standing = [own(body, state, posted_at)];
            assert_eq!(
                standing_as(&comment, &standing, "head").is_some(),
                stands,
                "{body:?} {state:?}"
            );
        }
    }
}
