//! Groups: whatever stands before the name of a project.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::model::{Level, State};
use super::auth::Caller;
use super::call::Call;
use super::reply::{Answer, Refusal, keyset, ok, page};
use super::repository::project_json;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub id: i64,
    pub full_path: String,
}

/// The group of that number or full path, if the caller may see a project of it.
pub(super) fn group(state: &mut State, caller: &Caller, name: &str) -> Result<Group, Refusal> {
    let found = all(state).into_iter().find(|path| {
        let id = state.gitlab.groups.get(path);
        path.eq_ignore_ascii_case(name) || id.is_some_and(|id| id.to_string() == name)
    });
    let full_path = found.ok_or_else(|| Refusal::not_found("Group"))?;
    if below(state, &full_path).all(|id| caller.level(state, id).is_none()) {
        return Err(Refusal::not_found("Group"));
    }
    let id = match state.gitlab.groups.get(&full_path) {
        Some(id) => *id,
        None => state.next_id(),
    };
    state.gitlab.groups.insert(full_path.clone(), id);
    Ok(Group { id, full_path })
}

fn all(state: &State) -> Vec<String> {
    let paths = state.repositories.values().map(|it| it.full_name.as_str());
    let groups =
        paths.flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    let mut groups: Vec<String> = groups.collect();
    groups.sort();
    groups.dedup();
    groups
}

/// Numbers of the projects below a group.
pub(super) fn below<'s>(state: &'s State, group: &str) -> impl Iterator<Item = i64> + use<'s> {
    let start = format!("{}/", group.to_ascii_lowercase());
    state
        .repositories
        .values()
        .filter(move |it| it.full_name.to_ascii_lowercase().starts_with(&start))
        .map(|it| it.id)
}

/// Refuses who is not Owner: who administers all projects of the group stands for that.
pub(super) fn require_owner(state: &State, caller: &Caller, group: &Group) -> Result<(), Refusal> {
    let owns = |id| caller.level(state, id) >= Some(Level::Admin);
    if below(state, &group.full_path).all(owns) { Ok(()) } else { Err(Refusal::forbidden()) }
}

pub(super) fn one(group: &Group) -> Response {
    ok(json!({
        "id": group.id,
        "name": group.full_path.rsplit('/').next(),
        "path": group.full_path.rsplit('/').next(),
        "full_path": group.full_path,
        "full_name": group.full_path.replace('/', " / "),
        "visibility": "private",
    }))
}

/// `GET /groups/:id/projects`
pub(super) fn projects(state: &State, call: &Call<'_>, caller: &Caller, group: &Group) -> Answer {
    let deep = call.boolean("include_subgroups")? == Some(true);
    let direct = |path: &str| !path[group.full_path.len() + 1..].contains('/');
    let ids = below(state, &group.full_path).filter(|id| caller.level(state, *id).is_some());
    let found = ids.filter_map(|id| state.repositories.get(&id));
    let found = found.filter(|it| deep || direct(&it.full_name));
    let shown: Vec<Value> = found.map(|it| project_json(call, it)).collect();
    if call.text("pagination").as_deref() != Some("keyset") {
        return Ok(page(call, &shown));
    }
    if !state.gitlab.keyset_projects || call.text("order_by").as_deref() != Some("id") {
        let error = "Keyset pagination is not yet available for this type of request";
        return Err(Refusal::error(405, error));
    }
    Ok(keyset(call, &shown, "id_after", |item| item["id"].to_string()))
}
