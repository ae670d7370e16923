//! Posting comments so that each stands once, whatever answers get lost, and none is stopped by another.

use std::borrow::Cow;

use http::Method;
use serde_json::{Value, json};

use super::http::Call;
use super::look_up::Names;
use super::position::{on_file, position};
use super::wire::DiscussionWire;
use super::{GitLab, identity_of, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::{ForgeError, Posted, Published, Refused, Revision};
use crate::review::{Comment, CommentPlace, Thread};

/// How often a comment is posted whose answer is lost each time.
const TRIES: u32 = 3;

/// What became of one comment.
enum Outcome {
    /// It stands.
    Stands(Posted),
    /// GitLab will not have it, and says why.
    Refused(String),
}

/// A comment and where it goes.
pub(super) struct Placed<'a> {
    pub(super) comment: &'a Comment,
    /// Its lines, if GitLab can be told of them.
    exact: Option<Value>,
    /// Its file.
    whole: Value,
}

impl Placed<'_> {
    /// Text and position that are tried first.
    pub(super) fn first(&self) -> (Cow<'_, str>, &Value) {
        match &self.exact {
            Some(exact) => (Cow::Borrowed(&self.comment.body), exact),
            None => (Cow::Owned(without_suggestion(&self.comment.body)), &self.whole),
        }
    }
}

impl GitLab {
    /// One discussion per comment, all of them as one review if that goes. Each is posted at its lines, else at its file;
    /// what is refused there too is reported.
    pub(super) async fn post_comments(
        &self,
        revision: &Revision,
        comments: &[Comment],
    ) -> Result<Published, ForgeError> {
        if comments.is_empty() {
            return Ok(Published::default());
        }
        let mut published = Published::default();
        let standing = self.read_conversation(revision).await?.threads;
        let (stand, missing): (Vec<_>, Vec<_>) =
            comments.iter().partition(|comment| standing_as(comment, &standing).is_some());
        for comment in stand {
            let thread = standing_as(comment, &standing);
            published.posted.extend(thread.map(|thread| Posted::of(comment, thread)));
        }
        if missing.is_empty() {
            return Ok(published);
        }
        let names = Names::of(revision)?;
        let change = self.read_changed_files(revision).await?.change;
        let mut placed = Vec::new();
        for comment in missing {
            let Some(file) = change.file(comment.place.path()) else {
                published.refused.push(refused(comment, "its file is not changed"));
                continue;
            };
            let exact = position(&names, file, &comment.place);
            placed.push(Placed { comment, exact, whole: on_file(&names, file) });
        }
        let standing = self.post_together(revision, &placed).await?;
        placed.retain(|it| match standing_as(it.comment, &standing) {
            Some(thread) => {
                published.posted.push(Posted::of(it.comment, thread));
                false
            }
            None => true,
        });
        self.post_one_by_one(revision, placed, published).await
    }

    async fn post_one_by_one(
        &self,
        revision: &Revision,
        comments: Vec<Placed<'_>>,
        mut published: Published,
    ) -> Result<Published, ForgeError> {
        let mut failed: Option<ForgeError> = None;
        for placed in comments {
            let comment = placed.comment;
            match self.post_somewhere(revision, placed).await {
                Ok(Outcome::Stands(posted)) => published.posted.push(posted),
                Ok(Outcome::Refused(reason)) => published.refused.push(refused(comment, reason)),
                // One that GitLab fails on again and again must not stop the others; two in a row are GitLab's trouble.
                Err(error @ ForgeError::Status { status: 500.., .. }) if failed.is_none() => {
                    published.refused.push(refused(comment, error.to_string()));
                    failed = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            }
            failed = None;
        }
        // Nothing went well after it, so it may be GitLab that is in trouble.
        failed.map_or(Ok(published), Err)
    }

    async fn post_somewhere(
        &self,
        revision: &Revision,
        placed: Placed<'_>,
    ) -> Result<Outcome, ForgeError> {
        let Placed { comment, exact, whole } = placed;
        let mut reason = "its line can't be addressed".to_owned();
        if let Some(exact) = exact {
            match self.post(revision, comment, &exact).await? {
                Outcome::Refused(why) => reason = why,
                stands => return Ok(stands),
            }
        }
        if matches!(comment.place, CommentPlace::File { .. }) {
            return Ok(Outcome::Refused(reason));
        }
        tracing::info!(finding = %comment.fingerprint, "refused at its line: {reason}");
        let comment = &Comment { body: without_suggestion(&comment.body), ..comment.clone() };
        match self.post(revision, comment, &whole).await? {
            Outcome::Refused(why) => Ok(Outcome::Refused(format!("{reason}; at its file: {why}"))),
            stands => Ok(stands),
        }
    }

    /// Posts a comment at a position. After a lost answer it is looked for first.
    async fn post(
        &self,
        revision: &Revision,
        comment: &Comment,
        position: &Value,
    ) -> Result<Outcome, ForgeError> {
        let url = format!("{}/discussions", merge_request(&revision.change));
        let call = Call::new(Method::POST, self.transport.url(&url))
            .body(json!({ "body": comment.body, "position": position }));
        let mut tried = 0;
        loop {
            tried += 1;
            let opening = self.call("open discussion", Repeatable::No, &call);
            let answer = self.lane.in_turn("open discussion", Write::Creates, opening).await;
            let discussion =
                answer.and_then(|answer| parse::<DiscussionWire>("open discussion", &answer));
            match discussion {
                Ok(discussion) => {
                    // Its first note is the comment.
                    let first = discussion.notes.first().map(|note| note.id.to_string());
                    return Ok(Outcome::Stands(Posted {
                        fingerprint: comment.fingerprint.clone(),
                        thread_id: discussion.id,
                        comment_id: first.unwrap_or_default(),
                    }));
                }
                Err(ForgeError::Status { status: 400 | 413 | 422, message, .. }) => {
                    return Ok(Outcome::Refused(message));
                }
                Err(error) if error.is_ambiguous() => {
                    let standing = self.read_conversation(revision).await?.threads;
                    match standing_as(comment, &standing) {
                        Some(thread) => return Ok(Outcome::Stands(Posted::of(comment, thread))),
                        None if tried >= TRIES => return Err(error),
                        None => tokio::time::sleep(self.waits.first * tried).await,
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The text where there are no lines that a click could replace: what is suggested is shown as code.
fn without_suggestion(body: &str) -> String {
    let line = |line: &str| {
        let fence = line.len() - line.trim_start_matches('`').len();
        match line[fence..].starts_with("suggestion:") && fence >= 3 {
            true => format!("{}python\n", &line[..fence]),
            false => line.to_owned(),
        }
    };
    body.split_inclusive('\n').map(line).collect()
}

/// The thread as which a comment stands. Its marker names the head, so one of an earlier head is another comment.
pub(super) fn standing_as<'a>(comment: &Comment, standing: &'a [Thread]) -> Option<&'a Thread> {
    let identity = identity_of(&comment.body);
    standing.iter().find(|thread| identity_of(&thread.body) == identity)
}

fn refused(comment: &Comment, reason: impl Into<String>) -> Refused {
    Refused { fingerprint: comment.fingerprint.clone(), reason: reason.into() }
}
