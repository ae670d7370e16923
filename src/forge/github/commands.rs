//! People who write to us: whether they may, and what they are answered.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::{CommentWire, PermissionWire};
use super::{At, GitHub, marker_of, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ChangeRequest, CommentRef, ForgeError, Person, Reaction, RepositoryRef};

/// More comments than these are not read.
const MOST_COMMENTS: usize = 10_000;
/// How often an answer is posted whose answer is lost each time.
const TRIES: u32 = 3;

impl GitHub {
    /// Whether somebody may write to the repository. Being its author, or a member of its owner, is not enough.
    pub(super) async fn may_write(
        &self,
        change: &ChangeRequest,
        person: &Person,
    ) -> Result<bool, ForgeError> {
        let may = self.permission(&change.repository, &person.login).await?;
        Ok(matches!(may.as_deref(), Some("admin" | "maintain" | "write")))
    }

    /// What somebody may do in a repository, as GitHub calls it; `None` for somebody that GitHub doesn't know.
    pub(super) async fn permission(
        &self,
        repository: &RepositoryRef,
        login: &str,
    ) -> Result<Option<String>, ForgeError> {
        let at = self.at(repository).await?;
        let path = format!("/collaborators/{}/permission", segment(login));
        let call = Call::get(self.repository_url(at.repository, &path)?);
        match self.call(&at, "read permission", Repeatable::Yes, &call).await {
            Ok(answer) => Ok(parse::<PermissionWire>("read permission", &answer)?.permission),
            Err(ForgeError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds the reaction; one that is there already is left as it is.
    pub(super) async fn add_reaction(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        reaction: Reaction,
    ) -> Result<(), ForgeError> {
        let at = self.at(&change.repository).await?;
        let kind = if comment.thread.is_some() { "pulls" } else { "issues" };
        let path = format!("/{kind}/comments/{}/reactions", segment(&comment.id));
        let content = match reaction {
            Reaction::Done => "+1",
            Reaction::NotUnderstood => "confused",
            Reaction::NotAllowed => "-1",
        };
        let call = Call::new(Method::POST, self.repository_url(at.repository, &path)?)
            .body(json!({ "content": content }));
        let reacting = self.call(&at, "react", Repeatable::Yes, &call);
        match at.installation.lane.in_turn("react", Write::Creates, reacting).await {
            Ok(_) | Err(ForgeError::Status { status: 404 | 410, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Posts an answer, in the thread of the comment if it has one. What stands already is not posted again.
    pub(super) async fn post_answer(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<(), ForgeError> {
        let at = self.at(&change.repository).await?;
        for tried in 1.. {
            if self.is_answered(&at, change, comment, body).await? {
                break;
            }
            match self.create_answer(&at, change, comment, body).await {
                Err(error) if error.is_ambiguous() && tried < TRIES => {
                    at.installation.lane.settle().await;
                }
                // The comment, or the conversation, is gone.
                Ok(()) | Err(ForgeError::Status { status: 404 | 410, .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn is_answered(
        &self,
        at: &At<'_>,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<bool, ForgeError> {
        let me = self.identity().await?;
        let kind = if comment.thread.is_some() { "pulls" } else { "issues" };
        let path = format!("/{kind}/{}/comments?per_page=100", change.number);
        let url = self.repository_url(at.repository, &path)?;
        let comments: Vec<CommentWire> = self.list(at, "list comments", url, MOST_COMMENTS).await?;
        let marker = marker_of(body);
        let ours = |it: &CommentWire| {
            me.wrote(it) && it.body.as_deref().is_some_and(|body| marker_of(body) == marker)
        };
        Ok(comments.iter().any(ours))
    }

    async fn create_answer(
        &self,
        at: &At<'_>,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<(), ForgeError> {
        let path = match &comment.thread {
            Some(first) => format!("/pulls/{}/comments/{}/replies", change.number, segment(first)),
            None => format!("/issues/{}/comments", change.number),
        };
        let call = Call::new(Method::POST, self.repository_url(at.repository, &path)?)
            .body(json!({ "body": body }));
        let answering = self.call(at, "answer", Repeatable::No, &call);
        at.installation.lane.in_turn("answer", Write::Creates, answering).await.map(|_| ())
    }
}
