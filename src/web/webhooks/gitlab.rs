//! `POST /webhooks/gitlab`.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Answer, At, Call, Wish, body, header, id_header, parse, pushed_default, shaped};
use crate::forge::{ChangeRequest, CommentRef, ForgeKind, Person, RepositoryRef};
use crate::review::command::is_addressed;
use crate::settings::GitLabSettings;
use crate::store::commands::Given;
use crate::web::{Web, WebError};

/// A signature may be this many seconds old, or ahead of our clock.
const TOLERANCE: i64 = 300;

/// Verify, store, answer. GitLab switches hooks off that answer with errors, so all that is authentic is accepted.
pub(super) async fn receive(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, WebError> {
    let Some(settings) = &web.settings.gitlab else {
        return Err(WebError::NotFound("GitLab is not configured"));
    };
    let body = body::read(&headers, body).await?;
    authenticate(settings, &headers, &body, Utc::now())?;
    let payload = parse(&body)?;
    let event = payload.get("object_kind").and_then(Value::as_str).unwrap_or("unknown");
    let action = payload.pointer("/object_attributes/action").and_then(Value::as_str);
    let id = id(settings, &headers, &body);
    let call = Call { forge: ForgeKind::GitLab, id: &id, event, action, payload: &body };
    call.accept(&web, wish(event, action, &payload)).await
}

/// Refuses whoever does not know the hook's secret. With a signing token only a signature counts.
fn authenticate(
    settings: &GitLabSettings,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), WebError> {
    let refuse = |why| Err(WebError::Unauthenticated(why));
    match (&settings.signing_token, &settings.webhook_token) {
        (Some(token), _) if signed(token, headers, body, now) => Ok(()),
        (Some(_), _) => refuse("no valid webhook-signature"),
        (None, Some(token)) => {
            let sent = headers.get("x-gitlab-token").map(http::HeaderValue::as_bytes);
            let expected = token.expose_secret().as_bytes();
            let fits = sent.is_some_and(|sent| bool::from(sent.ct_eq(expected)));
            if fits { Ok(()) } else { refuse("X-Gitlab-Token is missing or wrong") }
        }
        (None, None) => refuse("no secret is configured"),
    }
}

/// Whether the token signed id, time and body, and did so just now.
///
/// Source: Standard Webhooks, which GitLab's signing tokens follow.
fn signed(token: &SecretString, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> bool {
    let (Some(id), Some(timestamp), Some(signatures), Some(key)) = (
        id_header(headers, "webhook-id"),
        header(headers, "webhook-timestamp"),
        header(headers, "webhook-signature"),
        key(token),
    ) else {
        return false;
    };
    let fresh = timestamp.parse::<i64>().is_ok_and(|sent| {
        now.timestamp().checked_sub(sent).is_some_and(|age| age.abs() <= TOLERANCE)
    });
    let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&key) else { return false };
    let mac = mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
    let fits = |value: &str| {
        let signature = value.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
        signature.is_some_and(|signature| mac.clone().verify_slice(&signature).is_ok())
    };
    fresh && signatures.split(' ').any(fits)
}

/// The key in a token of the form `whsec_` and base64.
fn key(token: &SecretString) -> Option<Vec<u8>> {
    STANDARD.decode(token.expose_secret().strip_prefix("whsec_")?).ok()
}

/// The key of the call. A signed call is known by what is signed; calls without any key, by their content.
fn id(settings: &GitLabSettings, headers: &HeaderMap, body: &[u8]) -> String {
    let names: &[&str] = match settings.signing_token {
        Some(_) => &["webhook-id"],
        None => &["idempotency-key", "webhook-id"],
    };
    let given = names.iter().find_map(|name| id_header(headers, name));
    given.map_or_else(|| format!("sha256:{}", hex::encode(Sha256::digest(body))), str::to_owned)
}

#[derive(Deserialize)]
struct MergeRequestEvent {
    project: Project,
    object_attributes: Attributes,
    changes: Option<Value>,
}

#[derive(Deserialize)]
struct Project {
    id: i64,
    path_with_namespace: String,
    default_branch: Option<String>,
}

impl Project {
    fn repository(self) -> RepositoryRef {
        RepositoryRef {
            forge: ForgeKind::GitLab,
            external_id: self.id,
            full_name: self.path_with_namespace,
            installation_id: None,
        }
    }
}

#[derive(Deserialize)]
struct Attributes {
    iid: i64,
    oldrev: Option<String>,
}

/// What an event asks for. The event is a hint: what the merge request looks like is read when the job runs.
fn wish(event: &str, action: Option<&str>, payload: &Value) -> Wish {
    if event == "note" {
        return note(payload);
    }
    if event == "push" {
        return push(payload);
    }
    if event != "merge_request" {
        return Wish::Nothing("nothing to do for this event");
    }
    let Some(event) = shaped::<MergeRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a merge_request event");
    };
    let worth_a_look = match action {
        Some("open" | "reopen" | "close" | "merge") => true,
        Some("update") => {
            event.object_attributes.oldrev.is_some() || event.changes.is_some_and(|c| matters(&c))
        }
        _ => false,
    };
    if !worth_a_look {
        return Wish::Nothing("nothing to do for this action");
    }
    let repository = event.project.repository();
    Wish::Look(ChangeRequest { repository, number: event.object_attributes.iid })
}

#[derive(Deserialize)]
struct PushEvent {
    #[serde(rename = "ref")]
    name: String,
    after: String,
    project: Project,
}

/// Somebody pushed: only the default branch is of interest.
fn push(payload: &Value) -> Wish {
    let Some(event) = shaped::<PushEvent>(payload) else {
        return Wish::Nothing("the body is none of a push event");
    };
    let default_branch = event.project.default_branch.clone();
    let Some(branch) = pushed_default(&event.name, default_branch.as_deref(), &event.after) else {
        return Wish::Nothing("not the default branch was pushed to");
    };
    let (branch, commit_sha) = (branch.to_owned(), event.after);
    Wish::Baseline { repository: event.project.repository(), branch, commit_sha }
}

#[derive(Deserialize)]
struct NoteEvent {
    user: User,
    project: Project,
    object_attributes: Note,
    merge_request: Option<MergeRequest>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    username: String,
}

#[derive(Deserialize)]
struct MergeRequest {
    iid: i64,
}

#[derive(Deserialize)]
struct Note {
    id: i64,
    note: Option<String>,
    /// Absent before GitLab 16.
    action: Option<String>,
    discussion_id: Option<String>,
    #[serde(default)]
    system: bool,
}

/// A comment on a merge request, beside the code or at it. Our own are never addressed to us.
fn note(payload: &Value) -> Wish {
    let Some(event) = shaped::<NoteEvent>(payload) else {
        return Wish::Nothing("the body is none of a note event");
    };
    let Some(merge_request) = event.merge_request else {
        return Wish::Nothing("the note is on no merge request");
    };
    let note = event.object_attributes;
    let text = note.note.unwrap_or_default();
    if note.system || note.action.is_some_and(|action| action != "create") || !is_addressed(&text) {
        return Wish::Nothing("the note is not addressed to us");
    }
    let by = Person { id: event.user.id, login: event.user.username };
    let comment = CommentRef { id: note.id.to_string(), thread: note.discussion_id };
    let change =
        ChangeRequest { repository: event.project.repository(), number: merge_request.iid };
    let given = Given { by, comment, is_comment: true, text };
    Wish::Command { at: At::Change(change), given }
}

/// Whether an update without a push changes what is to be reviewed: it left draft, or has another target.
fn matters(changes: &Value) -> bool {
    let ready = |field: &str| {
        changes.get(field).is_some_and(|change| {
            change.get("previous") == Some(&Value::Bool(true))
                && change.get("current") == Some(&Value::Bool(false))
        })
    };
    ready("draft") || ready("work_in_progress") || changes.get("target_branch").is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const ID: &str = "0b5c9c2a-6f0e-4f0c-9d1c-0f3f8f4d2a11";
    const SENT: i64 = 1_767_225_600;
    const BODY: &[u8] = br#"{"object_kind":"merge_request"}"#;
    const SIGNATURE: &str = "v1,kDUhPkLzhsDDNweEg3V83msULsb1pV+yNYjUos+B5FA=";

    fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
            .into_iter()
            .map(|(name, value)| {
                let name = http::HeaderName::from_static(name);
                (name, http::HeaderValue::from_str(value).expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn only_a_fresh_signature_of_this_call_verifies() {
        let at = |seconds: i64| DateTime::from_timestamp(SENT + seconds, 0).expect("a time");
        let sent = SENT.to_string();
        let two = format!("v1,AAAA v2,xyz {SIGNATURE}");
        for (id, timestamp, signature, body, age, good) in [
            (ID, sent.as_str(), SIGNATURE, BODY, 0, true),
            (ID, &sent, &two, BODY, 300, true),
            (ID, &sent, SIGNATURE, BODY, -300, true),
            (ID, &sent, SIGNATURE, BODY, 301, false),
            (ID, &sent, SIGNATURE, BODY, -301, false),
            (ID, &sent, SIGNATURE, b"{}", 0, false),
            ("other", &sent, SIGNATURE, BODY, 0, false),
            (ID, "1767225601", SIGNATURE, BODY, 0, false),
            (ID, "soon", SIGNATURE, BODY, 0, false),
            (ID, &sent, "v2,kDUhPkLzhsDDNweEg3V83msULsb1pV+yNYjUos+B5FA=", BODY, 0, false),
            (ID, &sent, "v1,", BODY, 0, false),
        ] {
            let headers = headers(id, timestamp, signature);
            let verified = signed(&SecretString::from(TOKEN), &headers, body, at(age));
            assert_eq!(verified, good, "{id} {timestamp} {signature} {age}");
        }
        assert!(!signed(&SecretString::from(TOKEN), &HeaderMap::new(), BODY, at(0)));
        assert!(!signed(&SecretString::from("plain"), &headers(ID, &sent, SIGNATURE), BODY, at(0)));
    }

    #[test]
    fn what_an_event_asks_for() {
        for (action, attributes, changes, looks) in [
            (Some("open"), json!({}), json!({}), true),
            (Some("reopen"), json!({}), json!({}), true),
            (Some("close"), json!({}), json!({}), true),
            (Some("merge"), json!({}), json!({}), true),
            (Some("update"), json!({ "oldrev": "abc" }), json!({}), true),
            (Some("update"), json!({}), json!({ "title": {} }), false),
            (
                Some("update"),
                json!({}),
                json!({ "draft": { "previous": true, "current": false } }),
                true,
            ),
            (
                Some("update"),
                json!({}),
                json!({ "draft": { "previous": false, "current": true } }),
                false,
            ),
            (
                Some("update"),
                json!({}),
                json!({ "target_branch": { "previous": "a", "current": "b" } }),
                true,
            ),
            (Some("approved"), json!({}), json!({}), false),
            (None, json!({}), json!({}), false),
        ] {
            let mut payload = json!({
                "project": { "id": 1, "path_with_namespace": "g/s/p" },
                "object_attributes": { "iid": 4 },
                "changes": changes,
            });
            for (name, value) in attributes.as_object().expect("an object") {
                payload["object_attributes"][name] = value.clone();
            }
            let wish = wish("merge_request", action, &payload);
            assert_eq!(matches!(wish, Wish::Look(_)), looks, "{action:?} {payload}");
        }
        assert!(matches!(wish("merge_request", Some("open"), &json!({})), Wish::Nothing(_)));
        assert!(matches!(wish("note", None, &json!({})), Wish::Nothing(_)));
    }
}
