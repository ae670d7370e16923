//! What GitHub sends to the App's webhook.

use serde_json::{Value, json};

use super::super::model::{Change, State};
use super::super::webhooks::{Event, Payload};
use super::checks::check_at;
use super::comments::comment_json;
use super::links;
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
    // Answers don't have these.
    for place in ["/repository", "/pull_request/head/repo", "/pull_request/base/repo"] {
        if let Some(Value::Object(repository)) = body.pointer_mut(place) {
            repository.insert("custom_properties".to_owned(), json!({}));
        }
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
        "issue": issue(render, change, &pull),
        "comment": note.map(|note| render.issue_comment(change, note)),
        "sender": note.map(|note| render.author(note)),
    })
}

/// The issue that a pull request is, too.
fn issue(render: Render<'_>, change: &Change, pull: &Value) -> Value {
    let url = pull["issue_url"].as_str().unwrap_or_default();
    let mut issue = json!({ "pull_request": {}, "comments": change.comments.len() });
    for same in [
        "id",
        "node_id",
        "number",
        "title",
        "body",
        "state",
        "user",
        "labels",
        "locked",
        "draft",
        "assignee",
        "assignees",
        "milestone",
        "author_association",
        "active_lock_reason",
        "html_url",
        "created_at",
        "updated_at",
        "closed_at",
    ] {
        issue[same] = pull[same].clone();
    }
    for part in ["url", "html_url", "diff_url", "patch_url", "merged_at"] {
        issue["pull_request"][part] = pull[part].clone();
    }
    issue["url"] = json!(url);
    issue["repository_url"] = pull["base"]["repo"]["url"].clone();
    issue["reactions"] = render.reactions(change.id, url);
    issue["performed_via_github_app"] = Value::Null;
    issue["state_reason"] = Value::Null;
    links::write(&mut issue, url, links::OF_ISSUE);
    issue
}

fn reply(render: Render<'_>, change: &Change, note: i64) -> Value {
    let found = change.threads.iter().find_map(|thread| {
        let at = thread.notes.iter().position(|own| own.id == note)?;
        Some(comment_json(render, change, thread, at))
    });
    json!({
        "action": "created",
        "pull_request": render.pull(change),
        "sender": found.as_ref().map(|comment| &comment["user"]),
        "comment": found,
    })
}

fn rerequested(render: Render<'_>, change: &Change, id: i64) -> Value {
    let check = render.state.checks.iter().find(|check| check.id == id);
    let mut check = check.map_or(Value::Null, |check| check_at(render, check));
    if check.is_object() {
        // Empty for pull requests from forks.
        if !change.from_fork() {
            check["pull_requests"] = json!([pull_of_check(render, change)]);
        }
        check["check_suite"] = suite(&check, change);
    }
    json!({ "action": "rerequested", "check_run": check })
}

/// A pull request as checks name it.
fn pull_of_check(render: Render<'_>, change: &Change) -> Value {
    let pull = render.pull(change);
    let end = |name: &str| {
        let end = &pull[name];
        let repository = &end["repo"];
        let (id, url, name) = (&repository["id"], &repository["url"], &repository["name"]);
        json!({
            "ref": end["ref"], "sha": end["sha"], "repo": { "id": id, "url": url, "name": name },
        })
    };
    json!({
        "id": pull["id"],
        "number": pull["number"],
        "url": pull["url"],
        "head": end("head"),
        "base": end("base"),
    })
}

/// The suite of a check.
fn suite(check: &Value, change: &Change) -> Value {
    let mut suite =
        json!({ "before": null, "after": change.head(), "head_branch": change.head_branch });
    suite["id"] = check["check_suite"]["id"].clone();
    for same in ["node_id", "head_sha", "status", "conclusion", "url", "pull_requests", "app"] {
        suite[same] = check[same].clone();
    }
    suite["created_at"] = check["started_at"].clone();
    suite["updated_at"] = check["started_at"].clone();
    suite
}
