//! People who write to us: whether they may, and what they are answered.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::{DiscussionWire, MemberWire};
use super::{GitLab, identity_of, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ChangeRequest, CommentRef, ForgeError, Person, Reaction};

/// Developer: may push.
const WRITES: i64 = 30;
/// How often an answer is posted whose answer is lost each time.
const TRIES: u32 = 3;

impl GitLab {
    /// Whether somebody is at least a Developer of the project, directly or by a group.
    ///
    /// Source: GitLab REST API, "Get a member of a group or project, including inherited and invited members".
    pub(super) async fn may_write(
        &self,
        change: &ChangeRequest,
        person: &Person,
    ) -> Result<bool, ForgeError> {
        let path = format!("/projects/{}/members/all/{}", change.repository.external_id, person.id);
        let call = Call::get(self.transport.url(&path));
        match self.call("read member", Repeatable::Yes, &call).await {
            Ok(answer) => {
                let member: MemberWire = parse("read member", &answer)?;
                Ok(member.access_level.is_some_and(|level| level >= WRITES))
            }
            Err(ForgeError::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Awards the emoji. One that is there already is refused with 404, as is one for a note that is gone.
    pub(super) async fn award(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        reaction: Reaction,
    ) -> Result<(), ForgeError> {
        let path = format!("{}/notes/{}/award_emoji", merge_request(change), segment(&comment.id));
        let name = match reaction {
            Reaction::Done => "thumbsup",
            Reaction::NotUnderstood => "confused",
            Reaction::NotAllowed => "thumbsdown",
        };
        let call = Call::new(Method::POST, self.transport.url(&path)).body(json!({ "name": name }));
        let reacting = self.call("react", Repeatable::Yes, &call);
        match self.lane.in_turn("react", Write::Creates, reacting).await {
            Ok(_) | Err(ForgeError::Status { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Answers in the comment's discussion. What stands already is not posted again.
    pub(super) async fn post_answer(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<(), ForgeError> {
        let Some(discussion) = &comment.thread else { return Ok(()) };
        let path = format!("{}/discussions/{}", merge_request(change), segment(discussion));
        for tried in 1.. {
            if self.is_answered(&path, body).await? {
                break;
            }
            let call = Call::new(Method::POST, self.transport.url(&format!("{path}/notes")))
                .body(json!({ "body": body }));
            let answering = self.call("answer", Repeatable::No, &call);
            match self.lane.in_turn("answer", Write::Creates, answering).await {
                Err(error) if error.is_ambiguous() && tried < TRIES => {
                    tokio::time::sleep(self.waits.first * tried).await;
                }
                // The discussion is gone.
                Ok(_) | Err(ForgeError::Status { status: 404, .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn is_answered(&self, path: &str, body: &str) -> Result<bool, ForgeError> {
        let call = Call::get(self.transport.url(path));
        let answer = match self.call("read discussion", Repeatable::Yes, &call).await {
            // Nowhere to answer.
            Err(ForgeError::Status { status: 404, .. }) => return Ok(true),
            answer => answer?,
        };
        let discussion: DiscussionWire = parse("read discussion", &answer)?;
        let identity = identity_of(body);
        let same = |text: &str| identity_of(text) == identity;
        Ok(discussion.notes.iter().any(|note| note.body.as_deref().is_some_and(same)))
    }
}
