//! What GitLab tells a webhook.

use serde_json::{Value, json};

use super::super::model::{Change, ChangeState, Repository, State};
use super::super::webhooks::{Event, Payload};
use super::render::{state_name, time};

/// The delivery for what happened to a merge request; `url` is where the platform is served.
pub fn payload(state: &State, url: &str, repository: i64, number: i64, event: &Event) -> Payload {
    let (Some(change), Some(project)) =
        (state.change(repository, number), state.repositories.get(&repository))
    else {
        return Payload { event: "Push Hook".to_owned(), body: json!({}) };
    };
    let hook = Hook { state, url, project, change };
    match event {
        Event::Commented { note } | Event::Replied { note } => {
            Payload { event: "Note Hook".to_owned(), body: hook.note(*note) }
        }
        other => {
            Payload { event: "Merge Request Hook".to_owned(), body: hook.merge_request(other) }
        }
    }
}

struct Hook<'a> {
    state: &'a State,
    url: &'a str,
    project: &'a Repository,
    change: &'a Change,
}

impl Hook<'_> {
    fn merge_request(&self, event: &Event) -> Value {
        let mut attributes = self.attributes();
        let mut changes = json!({});
        let action = match event {
            Event::Opened => "open",
            Event::Reopened => "reopen",
            Event::Closed if self.change.state == ChangeState::Merged => "merge",
            Event::Closed => "close",
            Event::Pushed { before } => {
                attributes["oldrev"] = json!(before);
                "update"
            }
            Event::Ready => {
                changes["draft"] = json!({ "previous": true, "current": false });
                "update"
            }
            Event::Drafted => {
                changes["draft"] = json!({ "previous": false, "current": true });
                "update"
            }
            Event::Retargeted { from } => {
                changes["target_branch"] =
                    json!({ "previous": from, "current": self.change.base_branch });
                "update"
            }
            Event::Renamed { from } => {
                changes["title"] = json!({ "previous": from, "current": self.change.title });
                "update"
            }
            Event::Commented { .. }
            | Event::Replied { .. }
            | Event::ButtonPressed { .. }
            | Event::CheckRerequested { .. } => "update",
        };
        attributes["action"] = json!(action);
        json!({
            "object_kind": "merge_request",
            "event_type": "merge_request",
            "user": self.user(&self.change.author),
            "project": self.project(),
            "object_attributes": attributes,
            "labels": [],
            "changes": changes,
            "repository": { "name": self.project.full_name, "homepage": self.web_url() },
        })
    }

    fn note(&self, id: i64) -> Value {
        let threads = self.change.threads.iter().map(|thread| (Some(thread.id), &thread.notes));
        let mut all = threads
            .chain([(None, &self.change.comments)])
            .flat_map(|(thread, notes)| notes.iter().map(move |note| (thread, note)));
        let found = all.find(|(_, note)| note.id == id);
        let author = found.and_then(|(_, note)| note.author.clone()).unwrap_or_default();
        let discussion = match found.and_then(|(thread, _)| thread) {
            Some(thread) => super::render::discussion_id("thread", thread),
            None => super::render::discussion_id("note", id),
        };
        json!({
            "object_kind": "note",
            "event_type": "note",
            "user": self.user(&author),
            "project_id": self.project.id,
            "project": self.project(),
            "object_attributes": {
                "id": id,
                "note": found.map(|(_, note)| note.body.clone()),
                "noteable_type": "MergeRequest",
                "noteable_id": self.change.id,
                "author_id": self.state.people.get(&author).map(|person| person.id),
                "action": "create",
                "discussion_id": discussion,
                "type": null,
                "system": found.is_some_and(|(_, note)| note.system),
                "internal": false,
                "url": format!("{}#note_{id}", self.change_url()),
            },
            "merge_request": self.attributes(),
        })
    }

    fn attributes(&self) -> Value {
        let change = self.change;
        let version = change.version();
        json!({
            "id": change.id,
            "iid": change.number,
            "state": state_name(change.state),
            "title": if change.draft { format!("Draft: {}", change.title) } else { change.title.clone() },
            "description": change.body,
            "draft": change.draft,
            "work_in_progress": change.draft,
            "source_branch": change.head_branch,
            "target_branch": change.base_branch,
            "source_project_id": change.head_repository,
            "target_project_id": self.project.id,
            "author_id": self.state.people.get(&change.author).map(|person| person.id),
            "last_commit": {
                "id": version.head,
                "message": self.state.commits.get(&version.head).map(|commit| &commit.message),
                "timestamp": time(version.created_at),
            },
            "merge_status": "can_be_merged",
            "detailed_merge_status": "mergeable",
            "system": false,
            "created_at": time(change.created_at),
            "updated_at": time(version.created_at),
            "url": self.change_url(),
        })
    }

    fn project(&self) -> Value {
        let project = self.project;
        json!({
            "id": project.id,
            "name": project.full_name.rsplit('/').next(),
            "path_with_namespace": project.full_name,
            "default_branch": project.default_branch,
            "web_url": self.web_url(),
            "visibility_level": if project.private { 0 } else { 20 },
        })
    }

    fn user(&self, login: &str) -> Value {
        json!({
            "id": self.state.people.get(login).map(|person| person.id),
            "name": login,
            "username": login,
            "email": "[REDACTED]",
        })
    }

    fn web_url(&self) -> String {
        format!("{}/{}", self.url, self.project.full_name)
    }

    fn change_url(&self) -> String {
        format!("{}/-/merge_requests/{}", self.web_url(), self.change.number)
    }
}
