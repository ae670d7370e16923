//! Projects, files, trees, commits.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::git::{Commit, blob_sha};
use super::super::model::{Repository, State};
use super::auth::Caller;
use super::call::Call;
use super::people::access_level;
use super::render::diff_json;
use super::reply::{Answer, Refusal, keyset, ok, page};

pub(super) fn projects(state: &State, call: &Call<'_>, caller: &Caller) -> Answer {
    let member = call.text("membership").as_deref() == Some("true");
    let least = call.text("min_access_level").and_then(|level| level.parse::<u32>().ok());
    let seen = state.repositories.values().filter(|it| {
        let own = state.people.get(&caller.login).and_then(|who| who.access.get(&it.id)).copied();
        let level = if member { own } else { caller.level(state, it.id) };
        level.is_some_and(|level| access_level(level) >= least.unwrap_or(0))
    });
    let all: Vec<Value> = seen.map(|it| project_json(call, it)).collect();
    Ok(page(call, &all))
}

pub(super) fn project(_state: &State, call: &Call<'_>, project: &Repository) -> Response {
    ok(project_json(call, project))
}

pub(super) fn project_json(call: &Call<'_>, project: &Repository) -> Value {
    let name = project.full_name.rsplit('/').next().unwrap_or_default();
    json!({
        "id": project.id,
        "name": name,
        "path": name,
        "path_with_namespace": project.full_name,
        "default_branch": project.default_branch,
        "visibility": if project.private { "private" } else { "public" },
        "web_url": format!("{}/{}", call.host, project.full_name),
        "archived": false,
        "forked_from_project": project.fork_of.map(|id| json!({ "id": id })),
    })
}

/// The commit that a ref names: a SHA, a branch, or a merge request's head.
fn resolve<'s>(state: &'s State, project: &Repository, name: &str) -> Option<&'s Commit> {
    let head = name.strip_prefix("refs/merge-requests/").and_then(|rest| {
        let iid = rest.strip_suffix("/head")?.parse().ok()?;
        Some(state.change(project.id, iid)?.head().to_owned())
    });
    let branch = name.strip_prefix("refs/heads/").unwrap_or(name);
    let sha = head.or_else(|| project.branches.get(branch).cloned());
    state.commits.get(sha.as_deref().unwrap_or(name))
}

/// `GET …/repository/files/:path[/raw]`
pub(super) fn file(
    state: &State,
    call: &Call<'_>,
    project: &Repository,
    path: &str,
    raw: bool,
) -> Answer {
    let name = match call.text("ref") {
        Some(name) => name,
        None if raw => "HEAD".to_owned(),
        None => return Err(Refusal::parameter("ref is missing, ref is empty")),
    };
    let name = if name == "HEAD" { &project.default_branch } else { &name };
    let commit = resolve(state, project, name).ok_or_else(|| Refusal::not_found("Commit"))?;
    let bytes = commit.files.get(path).ok_or_else(|| Refusal::not_found("File"))?;
    if raw {
        return Ok(bytes_answer(bytes));
    }
    Ok(ok(json!({
        "file_name": path.rsplit('/').next(),
        "file_path": path,
        "size": bytes.len(),
        "encoding": "base64",
        "content": STANDARD.encode(bytes),
        "ref": name,
        "blob_id": blob_sha(bytes),
        "commit_id": commit.sha,
        "last_commit_id": commit.sha,
    })))
}

fn bytes_answer(bytes: &[u8]) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes.to_vec()).into_response()
}

pub(super) fn blob(state: &State, sha: &str) -> Answer {
    let bytes = state.blobs.get(sha);
    bytes.map(|bytes| bytes_answer(bytes)).ok_or_else(|| Refusal::not_found("Blob"))
}

/// `GET …/repository/archive.tar.gz?sha=`
pub(super) fn archive(state: &mut State, call: &Call<'_>, project: &Repository) -> Answer {
    if call.boolean("include_lfs_blobs")? != Some(false) {
        state.violation("an archive was asked for with the large files of its repository");
    }
    let name = call.text("sha").unwrap_or_else(|| project.default_branch.clone());
    if resolve(state, project, &name).is_none() {
        return Err(Refusal::not_found("File"));
    }
    let Some(left) = state.gitlab.archives_left.checked_sub(1) else {
        let message =
            json!({ "error": "This endpoint has been requested too many times. Try again later." });
        return Err(Refusal::message(StatusCode::TOO_MANY_REQUESTS, message));
    };
    state.gitlab.archives_left = left;
    let commit = resolve(state, project, &name).ok_or_else(|| Refusal::not_found("File"))?;
    let folder = format!("{}-{}", project.full_name.replace('/', "-"), commit.sha);
    let packed = state.packed(commit, &folder);
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], packed).into_response())
}

/// Folders are listed too. Keyset paging takes the id of the last entry as `page_token`.
pub(super) fn tree(state: &State, call: &Call<'_>, project: &Repository) -> Answer {
    let name = call.text("ref").unwrap_or_else(|| project.default_branch.clone());
    let commit = resolve(state, project, &name).ok_or_else(|| Refusal::not_found("Tree"))?;
    let below = call.text("path").map(|path| format!("{}/", path.trim_end_matches('/')));
    let below = below.unwrap_or_default();
    let recursive = call.boolean("recursive")? == Some(true);
    let mut entries: Vec<Value> = Vec::new();
    let mut folders = std::collections::BTreeSet::new();
    for (path, bytes) in commit.files.iter().filter(|(path, _)| path.starts_with(&below)) {
        let rest = &path[below.len()..];
        for (at, _) in rest.match_indices('/') {
            let folder = &path[..below.len() + at];
            if folders.insert(folder.to_owned()) && (recursive || !rest[..at].contains('/')) {
                entries.push(entry(folder, &blob_sha(folder.as_bytes()), "040000"));
            }
        }
        if recursive || !rest.contains('/') {
            let mode = state.modes.get(path).map_or("100644", |mode| mode.octal());
            entries.push(entry(path, &blob_sha(bytes), mode));
        }
    }
    if call.text("pagination").as_deref() == Some("keyset") {
        let path = |entry: &Value| entry["path"].as_str().unwrap_or_default().to_owned();
        return Ok(keyset(call, &entries, "page_token", path));
    }
    Ok(page(call, &entries))
}

fn entry(path: &str, id: &str, mode: &str) -> Value {
    json!({
        "id": id,
        "name": path.rsplit('/').next(),
        "type": match mode { "040000" => "tree", "160000" => "commit", _ => "blob" },
        "path": path,
        "mode": mode,
    })
}

pub(super) fn compare(state: &State, call: &Call<'_>, project: &Repository) -> Answer {
    let (from, to) = (call.required("from")?, call.required("to")?);
    let missing = || Refusal::not_found("Ref");
    let from = &resolve(state, project, &from).ok_or_else(missing)?.sha;
    let to = &resolve(state, project, &to).ok_or_else(missing)?.sha;
    let base = match call.boolean("straight")? {
        Some(true) => from.clone(),
        _ => state.merge_base(from, to).ok_or_else(missing)?,
    };
    let files = state.diff(&base, to);
    Ok(ok(json!({
        "commit": state.commits.get(to).map(commit_json),
        "commits": super::merge_requests::commits_json(state, &base, to),
        "diffs": files.iter().map(|file| diff_json(file, false)).collect::<Vec<_>>(),
        "compare_timeout": false,
        "compare_same_ref": from == to,
    })))
}

pub(super) fn commit(state: &State, project: &Repository, sha: &str) -> Answer {
    let found = resolve(state, project, sha).ok_or_else(|| Refusal::not_found("Commit"))?;
    Ok(ok(commit_json(found)))
}

pub(super) fn commit_json(commit: &Commit) -> Value {
    json!({
        "id": commit.sha,
        "short_id": &commit.sha[..8.min(commit.sha.len())],
        "title": commit.message,
        "message": commit.message,
        "parent_ids": commit.parents,
    })
}

/// What is found under no name is refused like a commit that was force-pushed away.
pub(super) fn require_commit(state: &State, sha: &str) -> Result<(), Refusal> {
    match state.commits.contains_key(sha) {
        true => Ok(()),
        false => Err(Refusal::message(StatusCode::NOT_FOUND, "404 Commit Not Found")),
    }
}
