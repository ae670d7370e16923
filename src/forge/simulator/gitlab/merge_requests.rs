//! Reading merge requests: what they are, their versions, their diffs.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::diff::FileDiff;
use super::super::model::{Change, Repository, State};
use super::At;
use super::approvals;
use super::call::Call;
use super::pipelines;
use super::render::{diff_json, git_diff, state_name, time, user_json, version_json};
use super::reply::{Answer, Refusal, ok, page};

pub(super) fn list(state: &State, call: &Call<'_>, project: &Repository) -> Response {
    let wanted = call.text("state").filter(|wanted| wanted != "all");
    let after = call.text("updated_after");
    let found: Vec<Value> = state
        .changes
        .values()
        .rev()
        .filter(|change| change.repository == project.id)
        .filter(|change| wanted.as_deref().is_none_or(|wanted| wanted == state_name(change.state)))
        .filter(|change| after.as_deref().is_none_or(|after| *updated_at(change) > *after))
        .map(|change| json(state, &call.host, project, change))
        .collect();
    page(call, &found)
}

fn updated_at(change: &Change) -> String {
    time(change.version().created_at)
}

/// `GET …/merge_requests/:iid`. For a moment after a push there are no `diff_refs` yet.
pub(super) fn one(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    let unprepared = match state.gitlab.unprepared.get_mut(&at.key()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    let change = &state.changes[&at.key()];
    let mut body = json(state, &call.host, &at.project, change);
    if unprepared {
        body["diff_refs"] = Value::Null;
        body["changes_count"] = Value::Null;
    }
    Ok(ok(body))
}

pub(super) fn json(state: &State, host: &str, project: &Repository, change: &Change) -> Value {
    let version = change.version();
    let head_pipeline = pipelines::json(state, host, project.id, change);
    json!({
        "id": change.id,
        "iid": change.number,
        "project_id": project.id,
        "title": if change.draft { format!("Draft: {}", change.title) } else { change.title.clone() },
        "description": change.body,
        "state": state_name(change.state),
        "created_at": time(change.created_at),
        "updated_at": updated_at(change),
        "source_branch": change.head_branch,
        "target_branch": change.base_branch,
        "source_project_id": change.head_repository,
        "target_project_id": project.id,
        "author": user_json(state, host, Some(&change.author)),
        "draft": change.draft,
        "work_in_progress": change.draft,
        "sha": version.head,
        "diff_refs": {
            "base_sha": version.merge_base,
            "head_sha": version.head,
            "start_sha": version.target,
        },
        "changes_count": state.diff(&version.merge_base, &version.head).len().to_string(),
        "detailed_merge_status": approvals::merge_status(state, change),
        "merge_status": "can_be_merged",
        "has_conflicts": false,
        "blocking_discussions_resolved": true,
        "discussion_locked": change.locked,
        "head_pipeline": head_pipeline,
        "labels": [],
        "references": { "full": format!("{}!{}", project.full_name, change.number) },
        "web_url": format!("{host}/{}/-/merge_requests/{}", project.full_name, change.number),
    })
}

/// Newest first.
pub(super) fn versions(state: &State, call: &Call<'_>, at: &At) -> Response {
    let change = &state.changes[&at.key()];
    let all: Vec<Value> =
        change.versions.iter().rev().map(|version| version_json(state, change, version)).collect();
    page(call, &all)
}

/// One version with exactly its diffs.
pub(super) fn version(state: &State, call: &Call<'_>, at: &At, id: i64) -> Answer {
    let change = &state.changes[&at.key()];
    let found = change.versions.iter().find(|version| version.id == id);
    let version = found.ok_or_else(|| Refusal::not_found(""))?;
    let unidiff = call.boolean("unidiff")? == Some(true);
    let mut files = state.diff(&version.merge_base, &version.head).to_vec();
    fold(&mut files, change);
    let mut body = version_json(state, change, version);
    body["commits"] = commits_json(state, &version.merge_base, &version.head);
    body["diffs"] = files.iter().map(|file| file_json(state, file, unidiff)).collect();
    Ok(ok(body))
}

/// A file of the diff; of one that is too large nothing but its name.
fn file_json(state: &State, file: &FileDiff, unidiff: bool) -> Value {
    let mut json = diff_json(file, unidiff);
    if state.gitlab.too_large.contains(&file.path) {
        json["diff"] = json!("");
        (json["too_large"], json["collapsed"]) = (json!(true), json!(false));
    }
    json
}

fn fold(files: &mut [FileDiff], change: &Change) {
    for file in files.iter_mut().filter(|file| change.cut.contains(&file.path)) {
        file.cut = true;
        file.hunks.clear();
    }
}

pub(super) fn diffs(state: &State, call: &Call<'_>, at: &At) -> Response {
    let unidiff = call.text("unidiff").as_deref() == Some("true");
    let files = state.change_diff(&state.changes[&at.key()]);
    let files: Vec<Value> = files.iter().map(|file| file_json(state, file, unidiff)).collect();
    page(call, &files)
}

/// Whole, also where `diffs` folds.
pub(super) fn raw_diffs(state: &State, at: &At) -> Response {
    let version = state.changes[&at.key()].version();
    let text: String =
        state.diff(&version.merge_base, &version.head).iter().map(git_diff).collect();
    ([(header::CONTENT_TYPE, "text/plain")], text).into_response()
}

/// The old form of `diffs`.
pub(super) fn changes(state: &State, call: &Call<'_>, at: &At) -> Response {
    let change = &state.changes[&at.key()];
    let files = state.change_diff(change);
    let mut body = json(state, &call.host, &at.project, change);
    body["changes"] = files.iter().map(|file| file_json(state, file, false)).collect();
    body["overflow"] = json!(files.iter().any(|file| file.cut));
    ok(body)
}

pub(super) fn commits(state: &State, call: &Call<'_>, at: &At) -> Response {
    let version = state.changes[&at.key()].version();
    let all = commits_json(state, &version.merge_base, &version.head);
    page(call, all.as_array().map_or(&[], Vec::as_slice))
}

/// Commits that `head` has and `base` has not, newest first.
pub(super) fn commits_json(state: &State, base: &str, head: &str) -> Value {
    let own = state.history(head).into_iter().filter(|sha| !state.is_ancestor(sha, base));
    own.filter_map(|sha| state.commits.get(sha)).map(super::repository::commit_json).collect()
}
