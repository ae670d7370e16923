//! People who write to us: whether they may, and what they are answered.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::{DiscussionWire, MemberWire, UserWire};
use super::{GitLab, identity_of, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ChangeRequest, CommentRef, ForgeError, Person, Reaction, RepositoryRef};

/// Developer: may push.
const WRITES: i64 = 30;
/// Reporter: may read the code.
const READS: i64 = 20;
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
        let level = self.access_level(&change.repository, person.id).await?;
        Ok(level.is_some_and(|level| level >= WRITES))
    }

    /// Whether the user of that name is at least a Reporter of the project, who reads the code of a private one.
    ///
    /// Source: GitLab REST API, "List all users" by `username`, which is compared without regard to case.
    pub(super) async fn reads(
        &self,
        repository: &RepositoryRef,
        login: &str,
    ) -> Result<bool, ForgeError> {
        let mut url = self.transport.url("/users");
        url.query_pairs_mut().append_pair("username", login);
        let answer = self.call("find user", Repeatable::Yes, &Call::get(url)).await?;
        let users: Vec<UserWire> = parse("find user", &answer)?;
        let Some(user) = users.into_iter().find(|user| {
            user.username.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(login))
        }) else {
            return Ok(false);
        };
        let level = self.access_level(repository, user.id).await?;
        Ok(level.is_some_and(|level| level >= READS))
    }

    /// The access level of a user in a project; `None` for somebody who is no member.
    async fn access_level(
        &self,
        repository: &RepositoryRef,
        user: i64,
    ) -> Result<Option<i64>, ForgeError> {
        let path = format!("/projects/{}/members/all/{user}", repository.external_id);
        let call = Call::get(self.transport.url(&path));
        match self.call("read member", Repeatable::Yes, &call).await {
            Ok(answer) => Ok(parse::<MemberWire>("read member", &answer)?.access_level),
            Err(ForgeError::Status { status: 404, .. }) => Ok(None),
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
