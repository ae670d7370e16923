//! What GitHub sends to the App's webhook about its installations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::APP_ID;
use super::super::model::{Installation, Repository, State};
use super::super::webhooks::{InstallationEvent, Payload};
use super::app::installation_json;
use super::render::{Render, node_id};

/// The delivery for what happened to an installation; `url` is where the platform is served.
pub fn payload(state: &State, url: &str, installation: i64, event: &InstallationEvent) -> Payload {
    let render = Render { state, host: url, api: url };
    let known = state.installations.get(&installation);
    let reached = |repository: &&Repository| {
        known.is_none_or(|installation| installation.reaches(repository.id))
    };
    let reached: Vec<Value> = state.repositories.values().filter(reached).map(named).collect();
    let some = |ids: &[i64]| -> Vec<Value> {
        ids.iter().filter_map(|id| state.repositories.get(id)).map(named).collect()
    };
    let (name, action) = match event {
        InstallationEvent::Created => ("installation", "created"),
        InstallationEvent::Deleted => ("installation", "deleted"),
        InstallationEvent::Suspended => ("installation", "suspend"),
        InstallationEvent::Unsuspended => ("installation", "unsuspend"),
        InstallationEvent::PermissionsAccepted => ("installation", "new_permissions_accepted"),
        InstallationEvent::Added(_) => ("installation_repositories", "added"),
        InstallationEvent::Removed(_) => ("installation_repositories", "removed"),
    };
    let owner = state.repositories.values().next().and_then(|one| one.full_name.split('/').next());
    let owner = render.user(owner.unwrap_or("nobody"));
    // One that is gone is told of as it was.
    let gone = Installation {
        id: installation,
        app_id: APP_ID,
        repositories: None,
        permissions: BTreeMap::from([("metadata".to_owned(), "read".to_owned())]),
        suspended: false,
    };
    let mut told = known.cloned().unwrap_or(gone);
    told.suspended |= *event == InstallationEvent::Suspended;
    let told = installation_json(render, &told);
    let selection = told["repository_selection"].clone();
    let mut body = json!({ "action": action, "installation": told, "sender": owner });
    if name == "installation_repositories" {
        body["repository_selection"] = selection;
        body["requester"] = Value::Null;
    }
    match event {
        InstallationEvent::Added(ids) => {
            body["repositories_added"] = json!(some(ids));
            body["repositories_removed"] = json!([]);
        }
        InstallationEvent::Removed(ids) => {
            body["repositories_added"] = json!([]);
            body["repositories_removed"] = json!(some(ids));
        }
        _ => body["repositories"] = json!(reached),
    }
    Payload { event: name.to_owned(), body }
}

/// A repository as these events have it: no more than its names.
fn named(repository: &Repository) -> Value {
    let full_name = &repository.full_name;
    json!({
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": full_name.rsplit('/').next(),
        "full_name": full_name,
        "private": repository.private,
    })
}
