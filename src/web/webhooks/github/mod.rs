//! `POST /webhooks/github`.

mod wire;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use self::wire::{
    Comment, CommentEvent, Id, InstallationEvent, InstallationWire, MergeGroupEvent, OwnerEvent,
    PullRequestEvent, PushEvent, Repository, RepositoryEvent, RerunEvent, SenderEvent,
};
use super::installation::{Installation, Told};
use super::{Answer, At, Call, Wish, body, header, id_header, parse, pushed_default, shaped};
use crate::forge::{ChangeRequest, CommentRef, ForgeKind, RepositoryRef};
use crate::review::command::is_addressed;
use crate::store::commands::Given;
use crate::web::{Web, WebError};

/// Verify, store, answer. GitHub waits 10 s and never sends a call again by itself.
pub(super) async fn receive(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, WebError> {
    let Some(settings) = &web.settings.github else {
        return Err(WebError::NotFound("GitHub is not configured"));
    };
    let signature = header(&headers, "x-hub-signature-256").and_then(signature);
    let body = body::read(&headers, body).await?;
    let signature = signature.ok_or(WebError::Unauthenticated("no X-Hub-Signature-256"))?;
    if !verified(&settings.webhook_secrets, &signature, &body) {
        return Err(WebError::Unauthenticated("the signature does not fit"));
    }
    let needs = |name: &str| WebError::Malformed(format!("the header {name} is missing"));
    let id = id_header(&headers, "x-github-delivery").ok_or_else(|| needs("X-GitHub-Delivery"))?;
    let event = header(&headers, "x-github-event").ok_or_else(|| needs("X-GitHub-Event"))?;
    let payload = payload(&headers, &body)?;
    if event == "ping" {
        tracing::info!(forge = "github", delivery.id = id, "hook tried out");
        return Ok((StatusCode::OK, "pong\n"));
    }
    let action = payload.get("action").and_then(Value::as_str);
    let call = Call { forge: ForgeKind::GitHub, id, event, action, payload: &body };
    call.accept(&web, wish(event, action, &payload, settings.app_id)).await
}

/// The header's signature: `sha256=` and 64 hexadecimal digits.
fn signature(header: &str) -> Option<[u8; 32]> {
    let mut signature = [0; 32];
    hex::decode_to_slice(header.strip_prefix("sha256=")?, &mut signature).ok()?;
    Some(signature)
}

/// Whether any of the secrets signed the body. Takes the same time for all signatures.
fn verified(secrets: &[SecretString], signature: &[u8; 32], body: &[u8]) -> bool {
    secrets.iter().any(|secret| {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes());
        mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
    })
}

/// The payload, which a hook may be set to send in a form's field.
fn payload(headers: &HeaderMap, body: &[u8]) -> Result<Value, WebError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return parse(body);
    }
    let mut fields = url::form_urlencoded::parse(body);
    let field = fields.find(|(name, _)| name == "payload");
    let (_, payload) =
        field.ok_or_else(|| WebError::Malformed("the form has no field payload".to_owned()))?;
    parse(payload.as_bytes())
}

/// What an event asks for. The event is a hint: what the pull request looks like is read when the job runs.
fn wish(event: &str, action: Option<&str>, payload: &Value, app_id: u64) -> Wish {
    match (event, action) {
        (
            "pull_request",
            Some(
                action @ ("opened" | "reopened" | "synchronize" | "ready_for_review"
                | "converted_to_draft" | "edited" | "closed"),
            ),
        ) => pull_request(action, payload),
        ("check_run" | "check_suite", Some("rerequested")) => rerun(payload, app_id),
        ("check_run", Some("requested_action")) => button(payload, app_id),
        ("merge_group", Some(action @ ("checks_requested" | "destroyed"))) => {
            merge_group(action, payload)
        }
        (
            "repository",
            Some(
                action @ ("renamed" | "transferred" | "deleted" | "archived" | "unarchived"
                | "privatized" | "publicized"),
            ),
        ) => renamed(action, payload),
        ("pull_request_review_thread", Some("resolved" | "unresolved")) => settled(payload),
        ("installation_target", Some("renamed")) => owner_renamed(payload),
        // Nothing is kept of who authorized the App.
        ("push", _) => push(payload),
        ("issue_comment", Some("created")) => comment(payload),
        ("pull_request_review_comment", Some("created")) => reply(payload),
        (
            "installation" | "installation_repositories",
            Some(
                action @ ("created"
                | "deleted"
                | "suspend"
                | "unsuspend"
                | "new_permissions_accepted"
                | "added"
                | "removed"),
            ),
        ) => installation(action, payload),
        (
            "pull_request"
            | "check_run"
            | "check_suite"
            | "issue_comment"
            | "merge_group"
            | "repository"
            | "pull_request_review_comment"
            | "pull_request_review_thread"
            | "installation_target"
            | "github_app_authorization"
            | "installation"
            | "installation_repositories",
            _,
        ) => Wish::Nothing("nothing to do for this action"),
        _ => Wish::Nothing("nothing to do for this event"),
    }
}

fn pull_request(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<PullRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a pull_request event");
    };
    let base_changed = event.changes.is_some_and(|changes| changes.base.is_some());
    if action == "edited" && !base_changed {
        return Wish::Nothing("only its texts were edited");
    }
    let repository = repository(event.repository, event.installation);
    let number = event.number.unwrap_or(event.pull_request.number);
    Wish::Look(ChangeRequest { repository, number })
}

/// Somebody settled a thread, or opened it again: which, is read when the job runs. What bots settle is no person's word;
/// and we are one ourselves, under whatever name the App has.
fn settled(payload: &Value) -> Wish {
    let Some(event) = shaped::<PullRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a pull_request_review_thread event");
    };
    if payload.pointer("/sender/type").and_then(Value::as_str) == Some("Bot") {
        return Wish::Nothing("no person settled the thread");
    }
    let repository = repository(event.repository, event.installation);
    Wish::Look(ChangeRequest { repository, number: event.pull_request.number })
}

fn rerun(payload: &Value, app_id: u64) -> Wish {
    match check(payload, app_id) {
        Ok((at, _)) => Wish::Again(at),
        Err(reason) => Wish::Nothing(reason),
    }
}

/// A button below a check: what it means is a command of who pressed it.
fn button(payload: &Value, app_id: u64) -> Wish {
    let (at, id) = match check(payload, app_id) {
        Ok(check) => check,
        Err(reason) => return Wish::Nothing(reason),
    };
    let pressed = payload.pointer("/requested_action/identifier").and_then(Value::as_str);
    let (button, text) = match pressed {
        Some("accept") => ("accept", "@asyncwarden accept"),
        Some("recheck") => ("recheck", "@asyncwarden recheck"),
        _ => return Wish::Nothing("there is no such button"),
    };
    let Some(sender) = shaped::<SenderEvent>(payload) else {
        return Wish::Nothing("nobody pressed the button");
    };
    let by = sender.sender.person();
    // Once for each person: who may not say so doesn't use it up for others.
    let comment = CommentRef { id: format!("check:{id}:{button}:{}", by.id), thread: None };
    let given = Given { by, comment, is_comment: false, text: text.to_owned() };
    Wish::Command { at, given }
}

/// A comment beside the code. Plain issues have comments of the same kind.
fn comment(payload: &Value) -> Wish {
    let Some(event) = shaped::<CommentEvent>(payload) else {
        return Wish::Nothing("the body is none of a comment event");
    };
    let Some(issue) = event.issue.filter(|issue| issue.pull_request.is_some()) else {
        return Wish::Nothing("the comment is on no pull request");
    };
    said(event.comment, event.repository, event.installation, issue.number, false)
}

/// A comment at the code.
fn reply(payload: &Value) -> Wish {
    let Some(event) = shaped::<CommentEvent>(payload) else {
        return Wish::Nothing("the body is none of a comment event");
    };
    let Some(pull_request) = event.pull_request else {
        return Wish::Nothing("the comment is on no pull request");
    };
    said(event.comment, event.repository, event.installation, pull_request.number, true)
}

fn said(
    comment: Comment,
    in_repository: Repository,
    installation: Option<Id>,
    number: i64,
    in_thread: bool,
) -> Wish {
    let text = comment.body.unwrap_or_default();
    if !is_addressed(&text) {
        return Wish::Nothing("the comment is not addressed to us");
    }
    let Some(author) = comment.user.filter(|user| user.kind.as_deref() != Some("Bot")) else {
        return Wish::Nothing("no person wrote the comment");
    };
    let thread = in_thread.then(|| comment.in_reply_to_id.unwrap_or(comment.id).to_string());
    let comment = CommentRef { id: comment.id.to_string(), thread };
    let given = Given { by: author.person(), comment, is_comment: true, text };
    let repository = repository(in_repository, installation);
    Wish::Command { at: At::Change(ChangeRequest { repository, number }), given }
}

/// The change requests that a check of ours is about, and the check's number.
fn check(payload: &Value, app_id: u64) -> Result<(At, i64), &'static str> {
    let Some(event) = shaped::<RerunEvent>(payload) else {
        return Err("the body is none of a check event");
    };
    let check = event.check_run;
    if check.app.and_then(|app| u64::try_from(app.id).ok()) != Some(app_id) {
        return Err("the check is of another App");
    }
    let number = event.repository.id;
    let repository = repository(event.repository, event.installation);
    let named = check.pull_requests.iter().map(|pull_request| ChangeRequest {
        repository: repository.clone(),
        number: pull_request.number,
    });
    let named = named.collect();
    Ok((At::Head { repository: number, head_sha: check.head_sha, named }, check.id))
}

/// The commit of a merge queue names what it merges in its branch: `gh-readonly-queue/main/pr-7-0a1b…`.
fn merge_group(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<MergeGroupEvent>(payload) else {
        return Wish::Nothing("the body is none of a merge_group event");
    };
    let Some(number) = merged_number(&event.merge_group.head_ref) else {
        return Wish::Nothing("the merge group names no pull request");
    };
    let repository = repository(event.repository, event.installation);
    let change = ChangeRequest { repository, number };
    let wanted = action == "checks_requested";
    Wish::MergeGroup { change, head_sha: event.merge_group.head_sha, wanted }
}

fn merged_number(head_ref: &str) -> Option<i64> {
    let (_, name) = head_ref.rsplit_once("/pr-")?;
    name.split('-').next()?.parse().ok()
}

fn renamed(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<RepositoryEvent>(payload) else {
        return Wish::Nothing("the body is none of a repository event");
    };
    let repository = repository(event.repository, event.installation);
    Wish::Repository { repository, there: action != "deleted" }
}

/// Somebody pushed, or was late to tell: only the default branch is of interest.
fn push(payload: &Value) -> Wish {
    let Some(event) = shaped::<PushEvent>(payload) else {
        return Wish::Nothing("the body is none of a push event");
    };
    let default_branch = event.repository.default_branch.clone();
    let Some(branch) = pushed_default(&event.name, default_branch.as_deref(), &event.after) else {
        return Wish::Nothing("not the default branch was pushed to");
    };
    let (branch, commit_sha) = (branch.to_owned(), event.after);
    let repository = repository(event.repository, event.installation);
    Wish::Baseline { repository, branch, commit_sha }
}

/// The account of an installation has another name.
fn owner_renamed(payload: &Value) -> Wish {
    let Some(event) = shaped::<OwnerEvent>(payload) else {
        return Wish::Nothing("the body is none of an installation_target event");
    };
    let (id, account) = (event.installation.id, event.account.login);
    Wish::Installation(Installation { id, account, told: Told::Renamed })
}

fn installation(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<InstallationEvent>(payload) else {
        return Wish::Nothing("the body is none of an installation event");
    };
    let ids = |repositories: Vec<Id>| repositories.into_iter().map(|it| it.id).collect();
    let told = match action {
        "deleted" => Told::Removed,
        "suspend" => Told::Suspended,
        "added" => Told::Added(ids(event.repositories_added)),
        "removed" => Told::TakenOut(ids(event.repositories_removed)),
        _ => Told::Present(ids(event.repositories)),
    };
    let InstallationWire { id, account } = event.installation;
    Wish::Installation(Installation { id, account: account.and_then(|it| it.login), told })
}

fn repository(repository: Repository, installation: Option<Id>) -> RepositoryRef {
    RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: repository.id,
        full_name: repository.full_name,
        installation_id: installation.map(|installation| installation.id),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forge::github::heeds;

    fn secrets(all: &[&str]) -> Vec<SecretString> {
        all.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn the_documented_signature_verifies() {
        let digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let good = signature(&format!("sha256={digest}")).expect("well-formed");
        let secret = "It's a Secret to Everybody";
        assert!(verified(&secrets(&[secret]), &good, b"Hello, World!"));
        assert!(verified(&secrets(&["new", secret]), &good, b"Hello, World!"), "rotation");
        assert!(!verified(&secrets(&[secret]), &good, b"Hello, World"));
        assert!(!verified(&secrets(&["other"]), &good, b"Hello, World!"));
        assert!(!verified(&[], &good, b"Hello, World!"));
        for bad in [
            digest,
            &format!("sha1={digest}"),
            &format!("sha256={digest}00"),
            "sha256=xyz",
            "sha256=",
        ] {
            assert_eq!(signature(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_merge_group_names_what_it_merges() {
        for (head_ref, number) in [
            ("refs/heads/gh-readonly-queue/main/pr-7-0a1b2c", Some(7)),
            ("refs/heads/gh-readonly-queue/release/pr-3/pr-12-0a1b2c", Some(12)),
            ("gh-readonly-queue/main/pr-x-0a1b2c", None),
            ("refs/heads/main", None),
        ] {
            assert_eq!(merged_number(head_ref), number, "{head_ref}");
        }
    }

    fn pull_request_event(extra: &Value) -> Value {
        let mut event = json!({
            "number": 7, "pull_request": { "number": 7, "head": { "repo": null } },
            "repository": { "id": 1, "full_name": "o/r" }, "installation": { "id": 3 },
            "sender": { "login": "dependabot[bot]", "type": "Bot" },
        });
        for (name, value) in extra.as_object().expect("an object") {
            event[name] = value.clone();
        }
        event
    }

    #[test]
    fn what_an_event_asks_for() {
        let base = json!({ "changes": { "base": { "ref": { "from": "main" } } } });
        let title = json!({ "changes": { "title": { "from": "a" } } });
        for (action, extra, looks) in [
            ("opened", json!({}), true),
            ("reopened", json!({}), true),
            ("synchronize", json!({}), true),
            ("ready_for_review", json!({}), true),
            ("closed", json!({}), true),
            ("converted_to_draft", json!({}), true),
            ("edited", base, true),
            ("edited", title, false),
            ("labeled", json!({}), false),
            ("opened", json!({ "pull_request": null }), false),
            ("opened", json!({ "repository": null }), false),
            ("opened", json!({ "installation": null }), true),
        ] {
            let wish = wish("pull_request", Some(action), &pull_request_event(&extra), 5);
            assert_eq!(matches!(wish, Wish::Look(_)), looks, "{action} {extra}");
        }
        let event = "pull_request_review_thread";
        let person = json!({ "sender": { "login": "ann", "type": "User" } });
        for (action, extra, looks) in [
            ("resolved", &person, true),
            ("unresolved", &person, true),
            ("outdated", &person, false),
            // Also we ourselves, whatever the App is called.
            ("resolved", &json!({}), false),
        ] {
            let wish = wish(event, Some(action), &pull_request_event(extra), 5);
            assert_eq!(matches!(wish, Wish::Look(_)), looks, "{action} {extra}");
        }
        assert!(matches!(wish("star", Some("created"), &json!({}), 5), Wish::Nothing(_)));
    }

    #[test]
    fn what_has_become_of_an_installation_is_understood() {
        for (event, action, told) in [
            ("installation", "created", Some(Told::Present(vec![1, 2]))),
            ("installation", "unsuspend", Some(Told::Present(vec![1, 2]))),
            ("installation", "new_permissions_accepted", Some(Told::Present(vec![1, 2]))),
            ("installation", "suspend", Some(Told::Suspended)),
            ("installation", "deleted", Some(Told::Removed)),
            ("installation", "unheard_of", None),
            ("installation_target", "renamed", Some(Told::Renamed)),
            ("installation_repositories", "added", Some(Told::Added(vec![3]))),
            ("installation_repositories", "removed", Some(Told::TakenOut(vec![4]))),
        ] {
            let payload = json!({
                "action": action,
                "installation": { "id": 9, "account": { "login": "acme" } },
                "account": { "login": "acme" },
                "repositories": [{ "id": 1, "full_name": "acme/a" }, { "id": 2 }],
                "repositories_added": [{ "id": 3 }], "repositories_removed": [{ "id": 4 }],
            });
            let account = Some("acme".to_owned());
            let expected = told.map(|told| Installation { id: 9, account, told });
            match (wish(event, Some(action), &payload, 5), expected) {
                (Wish::Installation(read), Some(expected)) => {
                    assert_eq!(read, expected, "{action}");
                }
                (Wish::Nothing(_), None) => {}
                (other, _) => panic!("{event} {action}: {other:?}"),
            }
        }
        let bare = json!({ "installation": { "id": 9 } });
        let told = Told::Present(Vec::new());
        let expected = Installation { id: 9, account: None, told };
        assert_eq!(wish("installation", Some("created"), &bare, 5), Wish::Installation(expected));
        assert!(matches!(wish("installation", Some("deleted"), &json!({}), 5), Wish::Nothing(_)));
    }

    #[test]
    fn what_is_heeded_is_asked_for_when_it_was_lost() {
        let events = [
            "pull_request",
            "check_run",
            "check_suite",
            "merge_group",
            "repository",
            "issue_comment",
            "pull_request_review_comment",
            "pull_request_review_thread",
            "installation_target",
            "github_app_authorization",
            "push",
            "star",
        ];
        let actions = [
            "opened",
            "reopened",
            "synchronize",
            "ready_for_review",
            "converted_to_draft",
            "edited",
            "closed",
            "labeled",
            "created",
            "deleted",
            "completed",
            "rerequested",
            "requested_action",
            "checks_requested",
            "destroyed",
            "renamed",
            "transferred",
            "archived",
            "unarchived",
            "privatized",
            "publicized",
            "resolved",
            "unresolved",
        ];
        let installation = [
            ("installation", "created"),
            ("installation", "deleted"),
            ("installation", "suspend"),
            ("installation", "unsuspend"),
            ("installation", "new_permissions_accepted"),
            ("installation_repositories", "added"),
            ("installation_repositories", "removed"),
        ];
        let crossed = events.iter().flat_map(|event| actions.map(|action| (*event, action)));
        for (event, action) in crossed.chain(installation) {
            let wish = wish(event, Some(action), &json!({}), 5);
            let ignored = matches!(
                wish,
                Wish::Nothing("nothing to do for this action" | "nothing to do for this event")
            );
            // What the default branch holds is told by the next push as well.
            let minor = event == "push";
            assert!(ignored || minor || heeds(event, Some(action)), "{event} {action}");
        }
    }

    #[test]
    fn a_check_is_run_again_when_it_is_ours() {
        for (event, field) in [("check_run", "check_run"), ("check_suite", "check_suite")] {
            for (app, again) in
                [(json!({ "id": 5 }), true), (json!({ "id": 6 }), false), (json!(null), false)]
            {
                let payload = json!({
                    field: { "head_sha": "abc", "app": app, "pull_requests": [] },
                    "repository": { "id": 1, "full_name": "o/r" },
                });
                let wish = wish(event, Some("rerequested"), &payload, 5);
                assert_eq!(matches!(wish, Wish::Again(_)), again, "{event} {payload}");
            }
        }
    }
}
