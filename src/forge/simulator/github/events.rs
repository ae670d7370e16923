//! What GitHub sends to the App's webhook.

use serde_json::{Value, json};

use super::super::APP_ID;
use super::super::model::{Change, State};
use super::super::webhooks::{Event, Payload};
use super::checks::check_at;
use super::render::Render;

/// The delivery for what happened to a pull request; `url` is where the platform is served.
pub fn payload(state: &State, url: &str, repository: i64, number: i64, event: &Event) -> Payload {
    let render = Render { state, host: url, api: url };
    let Some(change) = state.change(repository, number) else {
        return Payload { event: "ping".to_owned(), body: json!({ "zen": "Design for failure." }) };
    };
    let (name, mut body) = match event {
        Event::Commented { note } => ("issue_comment", comment(render, change, *note)),
        Event::Replied { note } => ("pull_request_review_comment", reply(render, change, *note)),
        Event::ButtonPressed { check, identifier, by } => {
            let mut body = rerequested(render, change, *check);
            body["action"] = json!("requested_action");
            body["requested_action"] = json!({ "identifier": identifier });
            body["sender"] = render.user(by);
            ("check_run", body)
        }
        Event::CheckRerequested { check } => ("check_run", rerequested(render, change, *check)),
        other => ("pull_request", pull_request(render, change, other)),
    };
    let repository = &state.repositories[&repository];
    body["repository"] = render.repository(repository);
    let installation = state.installations.values().find(|one| one.reaches(repository.id));
    if let Some(installation) = installation {
        body["installation"] =
            json!({ "id": installation.id, "node_id": "MDIzOkluc3RhbGxhdGlvbg==" });
    }
    if body["sender"].is_null() {
        body["sender"] = render.user(&change.author);
    }
    Payload { event: name.to_owned(), body }
}

fn pull_request(render: Render<'_>, change: &Change, event: &Event) -> Value {
    let mut body = json!({ "number": change.number, "pull_request": render.whole_pull(change) });
    let action = match event {
        Event::Opened => "opened",
        Event::Reopened => "reopened",
        Event::Pushed { before } => {
            body["before"] = json!(before);
            body["after"] = json!(change.head());
            "synchronize"
        }
        Event::Ready => "ready_for_review",
        Event::Drafted => "converted_to_draft",
        Event::Retargeted { from } => {
            let before = change.versions.iter().rev().nth(1).unwrap_or(change.version());
            body["changes"] =
                json!({ "base": { "ref": { "from": from }, "sha": { "from": before.target } } });
            "edited"
        }
        Event::Renamed { from } => {
            body["changes"] = json!({ "title": { "from": from } });
            "edited"
        }
        Event::Closed => "closed",
        // Deliveries of their own.
        Event::Commented { .. }
        | Event::Replied { .. }
        | Event::ButtonPressed { .. }
        | Event::CheckRerequested { .. } => "unknown",
    };
    body["action"] = json!(action);
    body
}

fn comment(render: Render<'_>, change: &Change, note: i64) -> Value {
    let note = change.comments.iter().find(|own| own.id == note);
    let pull = render.pull(change);
    json!({
        "action": "created",
        "issue": {
            "number": change.number,
            "title": change.title,
            "state": pull["state"],
            "user": pull["user"],
            "pull_request": { "url": pull["url"], "html_url": pull["html_url"] },
        },
        "comment": note.map(|note| render.issue_comment(change, note)),
        "sender": note.map(|note| render.author(note)),
    })
}

fn reply(render: Render<'_>, change: &Change, note: i64) -> Value {
    let thread = change.threads.iter().find(|own| own.notes.iter().any(|it| it.id == note));
    let found = thread.and_then(|thread| thread.notes.iter().find(|own| own.id == note));
    let first = thread.and_then(|thread| thread.notes.first()).map(|first| first.id);
    json!({
        "action": "created",
        "pull_request": render.pull(change),
        "comment": found.map(|found| json!({
            "id": found.id,
            "body": found.body,
            "user": render.author(found),
            "path": thread.map(|thread| thread.original.path()),
            "in_reply_to_id": first.filter(|first| *first != found.id),
        })),
        "sender": found.map(|found| render.author(found)),
    })
}

fn rerequested(render: Render<'_>, change: &Change, id: i64) -> Value {
    let check = render.state.checks.iter().find(|check| check.id == id);
    let mut check = check.map_or(Value::Null, |check| {
        check_at(check, render.host, render.api, &render.state.github.slug)
    });
    if check.is_object() {
        // Empty for pull requests from forks.
        if !change.from_fork() {
            check["pull_requests"] = json!([{
                "number": change.number,
                "head": { "ref": change.head_branch, "sha": change.head() },
                "base": { "ref": change.base_branch, "sha": change.version().target },
            }]);
        }
        check["check_suite"]["app"] = json!({ "id": APP_ID });
    }
    json!({ "action": "rerequested", "check_run": check })
}
