//! The summary: one plain note, changed in place.

use http::Method;
use serde_json::json;

use super::http::Call;
use super::wire::NoteWire;
use super::{GitLab, identity_of, merge_request, parse};
use crate::forge::call::{Repeatable, Write};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, Revision};

/// How often a creation is tried whose answer is lost each time.
const TRIES: u32 = 3;

impl GitLab {
    /// Changes the note, or creates it when there is none (any more). Returns its id.
    pub(super) async fn post_summary(
        &self,
        revision: &Revision,
        id: Option<&str>,
        body: &str,
    ) -> Result<String, ForgeError> {
        if let Some(id) = id {
            if self.change_note(revision, id, body).await? {
                return Ok(id.to_owned());
            }
            // One that is listed still was only not found this time: a second one would stand beside it.
            if self.read_conversation(revision).await?.comments.iter().any(|own| own.id == id) {
                let (forge, what) = (ForgeKind::GitLab, "the summary that it lists");
                return Err(ForgeError::NotReady { forge, what });
            }
        }
        let mut tried = 0;
        loop {
            tried += 1;
            match self.create_note(revision, body).await {
                Err(error) if error.is_ambiguous() => {
                    let standing = self.read_conversation(revision).await?.comments;
                    let identity = identity_of(body);
                    let found = standing.into_iter().find(|own| identity_of(&own.body) == identity);
                    match found {
                        Some(found) => return Ok(found.id),
                        None if tried >= TRIES => return Err(error),
                        None => tokio::time::sleep(self.waits.first * tried).await,
                    }
                }
                other => return other,
            }
        }
    }

    /// Sets a note's text. `false` when somebody deleted it.
    pub(super) async fn change_note(
        &self,
        revision: &Revision,
        id: &str,
        body: &str,
    ) -> Result<bool, ForgeError> {
        let url = format!("{}/notes/{}", merge_request(&revision.change), segment(id));
        let call = Call::new(Method::PUT, self.transport.url(&url)).body(json!({ "body": body }));
        let changing = self.call("change note", Repeatable::Yes, &call);
        match self.lane.in_turn("change note", Write::Changes, changing).await {
            Ok(_) => Ok(true),
            Err(ForgeError::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn create_note(&self, revision: &Revision, body: &str) -> Result<String, ForgeError> {
        let url = format!("{}/notes", merge_request(&revision.change));
        let call = Call::new(Method::POST, self.transport.url(&url)).body(json!({ "body": body }));
        let creating = self.call("create note", Repeatable::No, &call);
        let answer = self.lane.in_turn("create note", Write::Creates, creating).await?;
        let note: NoteWire = parse("create note", &answer)?;
        Ok(note.id.to_string())
    }
}
