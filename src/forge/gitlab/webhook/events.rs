//! What an event asks for.

use serde::Deserialize;
use serde_json::Value;

use crate::forge::webhook::{At, Given, Wish, pushed_default, shaped};
use crate::forge::{ChangeRequest, CommentRef, ForgeKind, Person, RepositoryRef};
use crate::review::command::is_addressed;

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
pub(super) fn wish(event: &str, action: Option<&str>, payload: &Value) -> Wish {
    if event == "note" {
        return note(payload);
    }
    if event == "push" {
        return push(payload);
    }
    if event == "pipeline" {
        return pipeline(payload);
    }
    if event != "merge_request" {
        return Wish::Nothing("nothing to do for this event");
    }
    let Some(event) = shaped::<MergeRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a merge_request event");
    };
    let worth_a_look = match action {
        // A status check waits for an answer, whatever it was that happened.
        _ if payload.get("external_approval_rule").is_some() => true,
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
    Wish::Look(ChangeRequest { repository, number: event.object_attributes.iid }.into())
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
struct PipelineEvent {
    project: Project,
    object_attributes: Pipeline,
    merge_request: Option<MergeRequest>,
}

#[derive(Deserialize)]
struct Pipeline {
    sha: String,
    source: Option<String>,
}

/// A pipeline came to be, or went on. GitLab merges by the newest one, so the gate may have to be shown there, too.
fn pipeline(payload: &Value) -> Wish {
    let Some(event) = shaped::<PipelineEvent>(payload) else {
        return Wish::Nothing("the body is none of a pipeline event");
    };
    let Pipeline { sha, source } = event.object_attributes;
    // Also our own statuses make such pipelines.
    if source.as_deref() == Some("external") {
        return Wish::Nothing("the pipeline holds nothing but statuses");
    }
    let repository = event.project.repository();
    let Some(merge_request) = event.merge_request else {
        let number = repository.external_id;
        return Wish::Look(At::Head { repository: number, head_sha: sha, named: Vec::new() });
    };
    let target = merge_request.target_project_id;
    if target.is_some_and(|target| target != repository.external_id) {
        return Wish::Nothing("the merge request is another project's");
    }
    Wish::Look(ChangeRequest { repository, number: merge_request.iid }.into())
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
    target_project_id: Option<i64>,
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
            payload["external_approval_rule"] = json!({ "id": 1 });
            let wish = super::wish("merge_request", action, &payload);
            assert!(matches!(wish, Wish::Look(_)), "a status check waits: {payload}");
        }
        assert!(matches!(wish("merge_request", Some("open"), &json!({})), Wish::Nothing(_)));
        assert!(matches!(wish("note", None, &json!({})), Wish::Nothing(_)));
    }
}
