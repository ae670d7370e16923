//! The summary: one comment of the conversation, changed in place.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::CommentWire;
use super::{At, GitHub, marker_of, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, Revision};

/// How often a creation is tried whose answer is lost each time.
const CREATIONS: u32 = 3;

impl GitHub {
    /// Changes the comment, or creates it when there is none (any more). Returns its id.
    pub(super) async fn post_summary(
        &self,
        revision: &Revision,
        id: Option<&str>,
        body: &str,
    ) -> Result<String, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        if let Some(id) = id {
            if self.change_summary(&at, id, body).await? {
                return Ok(id.to_owned());
            }
            // One that is listed still was only not found this time: a second one would stand beside it.
            if self.own_comments(&at, revision).await?.iter().any(|own| own.id == id) {
                let (forge, what) = (ForgeKind::GitHub, "the summary that it lists");
                return Err(ForgeError::NotReady { forge, what });
            }
        }
        let mut tried = 0;
        loop {
            tried += 1;
            match self.create_summary(&at, revision, body).await {
                Err(error) if error.is_ambiguous() => {
                    at.installation.lane.settle().await;
                    let standing = self.own_comments(&at, revision).await?;
                    let marker = marker_of(body);
                    let found = standing.into_iter().find(|it| marker_of(&it.body) == marker);
                    match found {
                        Some(found) => return Ok(found.id),
                        None if tried >= CREATIONS => return Err(error),
                        None => {}
                    }
                }
                other => return other,
            }
        }
    }

    /// Sets the comment's text. `false` when somebody deleted it.
    async fn change_summary(&self, at: &At<'_>, id: &str, body: &str) -> Result<bool, ForgeError> {
        let url =
            self.repository_url(at.repository, &format!("/issues/comments/{}", segment(id)))?;
        let call = Call::new(Method::PATCH, url).body(json!({ "body": body }));
        let changing = self.call(at, "change summary", Repeatable::Yes, &call);
        match at.installation.lane.in_turn("change summary", Write::Changes, changing).await {
            Ok(_) => Ok(true),
            Err(ForgeError::Status { status: 404 | 410, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn create_summary(
        &self,
        at: &At<'_>,
        revision: &Revision,
        body: &str,
    ) -> Result<String, ForgeError> {
        let path = format!("/issues/{}/comments", revision.change.number);
        let call = Call::new(Method::POST, self.repository_url(at.repository, &path)?)
            .body(json!({ "body": body }));
        let creating = self.call(at, "create summary", Repeatable::No, &call);
        let answer =
            at.installation.lane.in_turn("create summary", Write::Creates, creating).await?;
        let comment: CommentWire = parse("create summary", &answer)?;
        Ok(comment.id.to_string())
    }
}
