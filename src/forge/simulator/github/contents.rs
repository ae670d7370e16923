//! What is in a repository: files, trees, blobs, commits, comparisons.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::git::{Commit, Mode, blob_sha};
use super::super::model::{Repository, State};
use super::call::Call;
use super::pulls::file_json;
use super::render::Render;
use super::reply::{Answer, Media, Page, Refusal, ok};

/// Largest file that comes as base64 in JSON, in bytes.
const MOST_JSON: usize = 1 << 20;
/// Most entries of a listed directory.
const MOST_ENTRIES: usize = 1_000;
/// Most files of a comparison.
const MOST_FILES: usize = 300;

/// The commit that a branch, a pull request's ref or a SHA names. Forks share their commits with the origin.
pub(super) fn commit_of<'s>(
    state: &'s State,
    repository: &Repository,
    name: &str,
) -> Option<&'s Commit> {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    if let Some(sha) = repository.branches.get(name) {
        return state.commits.get(sha);
    }
    let pull = name.strip_prefix("refs/pull/").and_then(|rest| rest.strip_suffix("/head"));
    if let Some(change) = pull.and_then(|number| state.change(repository.id, number.parse().ok()?))
    {
        return state.commits.get(change.head());
    }
    (name.len() >= 7).then(|| state.commits.get(name)).flatten()
}

/// `GET /repos/{owner}/{name}/contents/{path}?ref=`
pub(super) fn contents(
    state: &State,
    call: &Call<'_>,
    repository: &Repository,
    path: &str,
) -> Answer {
    let name = call.query.get("ref").unwrap_or(&repository.default_branch);
    let Some(commit) = commit_of(state, repository, name) else {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            format!("No commit found for the ref {name}"),
        ));
    };
    let path = path.trim_matches('/');
    let Some(bytes) = commit.files.get(path) else { return directory(commit, path, call) };
    // A link is followed where it leads to a file, another repository has no content here.
    let bytes = match state.modes.get(path) {
        Some(Mode::Link) => linked(commit, path, bytes).unwrap_or(bytes),
        Some(Mode::Submodule) => {
            let mut entry = entry(path, "submodule", bytes);
            entry["submodule_git_url"] = json!("git://example.com/other.git");
            return Ok(ok(entry));
        }
        _ => bytes,
    };
    if call.media() == Media::Raw {
        let kind = [(header::CONTENT_TYPE, "application/vnd.github.raw+json; charset=utf-8")];
        return Ok((kind, bytes.to_vec()).into_response());
    }
    let mut file = entry(path, "file", bytes);
    let big = bytes.len() > MOST_JSON;
    file["encoding"] = json!(if big { "none" } else { "base64" });
    file["content"] = json!(if big { String::new() } else { wrapped(bytes) });
    Ok(ok(file))
}

/// The file that a link beside other files leads to.
fn linked<'c>(commit: &'c Commit, path: &str, target: &[u8]) -> Option<&'c Arc<[u8]>> {
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    commit.files.get(&format!("{folder}{}", std::str::from_utf8(target).ok()?))
}

fn directory(commit: &Commit, path: &str, call: &Call<'_>) -> Answer {
    let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut entries = BTreeMap::new();
    for (file, bytes) in &commit.files {
        let Some(rest) = file.strip_prefix(&inside) else { continue };
        let (name, kind) = match rest.split_once('/') {
            Some((name, _)) => (name, "dir"),
            None => (rest, "file"),
        };
        let full = format!("{inside}{name}");
        entries.entry(full.clone()).or_insert_with(|| entry(&full, kind, bytes));
    }
    if entries.is_empty() {
        return Err(Refusal::not_found());
    }
    if call.media() == Media::Raw {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Must accept 'application/vnd.github+json' for directories",
        ));
    }
    Ok(ok(entries.into_values().take(MOST_ENTRIES).collect()))
}

fn entry(path: &str, kind: &str, bytes: &[u8]) -> Value {
    json!({
        "type": kind,
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": blob_sha(bytes),
        "size": if kind == "file" { bytes.len() } else { 0 },
    })
}

/// base64 in lines of 60 characters.
fn wrapped(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines =
        text.as_bytes().chunks(60).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    lines.collect()
}

/// `GET /repos/{owner}/{name}/git/blobs/{sha}`
pub(super) fn blob(state: &State, call: &Call<'_>, sha: &str) -> Answer {
    let bytes = state.blobs.get(sha).ok_or_else(Refusal::not_found)?;
    if call.media() == Media::Raw {
        return Ok(
            ([(header::CONTENT_TYPE, "application/octet-stream")], bytes.to_vec()).into_response()
        );
    }
    Ok(ok(json!({
        "sha": sha,
        "size": bytes.len(),
        "encoding": "base64",
        "content": wrapped(bytes),
        "url": call.url(),
    })))
}

/// `GET /repos/{owner}/{name}/commits/{ref}`
pub(super) fn commit(render: Render<'_>, repository: &Repository, name: &str) -> Answer {
    match commit_of(render.state, repository, name) {
        Some(commit) => Ok(ok(commit_json(render, repository, commit))),
        None => Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("No commit found for SHA: {name}"),
        )),
    }
}

pub(super) fn commit_json(render: Render<'_>, repository: &Repository, commit: &Commit) -> Value {
    let (sha, name) = (&commit.sha, &repository.full_name);
    let api = format!("{}/repos/{name}", render.api);
    let page = format!("{}/{name}/commit/{sha}", render.host);
    let parent = |sha: &String| json!({ "sha": sha, "url": format!("{api}/commits/{sha}") });
    json!({
        "sha": sha,
        "node_id": format!("C_kwDO{sha}"),
        "url": format!("{api}/commits/{sha}"),
        "html_url": page,
        "comments_url": format!("{api}/commits/{sha}/comments"),
        "commit": {
            "message": commit.message,
            "tree": { "sha": sha, "url": format!("{api}/git/trees/{sha}") },
            "url": format!("{api}/git/commits/{sha}"),
            "comment_count": 0,
            "author": null,
            "committer": null,
        },
        "author": null,
        "committer": null,
        "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
    })
}

/// `GET /repos/{owner}/{name}/compare/{base}...{head}`
pub(super) fn compare(
    render: Render<'_>,
    call: &Call<'_>,
    repository: &Repository,
    spec: &str,
) -> Answer {
    let state = render.state;
    let (base, head) = spec.split_once("...").ok_or_else(Refusal::not_found)?;
    let find = |name: &str| match name.split_once(':') {
        None => commit_of(state, repository, name),
        Some((owner, name)) => {
            let mut all = state.repositories.values();
            let fork = all.find(|other| other.full_name.split('/').next() == Some(owner))?;
            commit_of(state, fork, name)
        }
    };
    let (base, head) =
        (find(base).ok_or_else(Refusal::not_found)?, find(head).ok_or_else(Refusal::not_found)?);
    let merge_base = state.merge_base(&base.sha, &head.sha).ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "No common ancestor between these commits.")
    })?;
    let behind = state.history(&base.sha);
    let mut ahead = state.history(&head.sha);
    ahead.retain(|sha| !behind.contains(sha));
    ahead.reverse();
    let behind = behind.len() - state.history(&merge_base).len().min(behind.len());
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let json = |commit: &Commit| commit_json(render, repository, commit);
    let commits: Vec<Value> = ahead.iter().map(|sha| json(&state.commits[*sha])).collect();
    let listed = Page::of(&call.query, &call.url(), commits.len());
    // Files are on the first page only.
    let most = if listed.range.start == 0 { MOST_FILES } else { 0 };
    let diff = state.diff(&merge_base, &head.sha);
    let file = |file| file_json(render, repository, &head.sha, file);
    let files: Vec<Value> = diff.iter().take(most).map(file).collect();
    let page = format!("{}/{}/compare/{spec}", render.host, repository.full_name);
    let body = json!({
        "url": call.url(),
        "html_url": page,
        "permalink_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "base_commit": json(base),
        "merge_base_commit": json(&state.commits[&merge_base]),
        "commits": commits[listed.range.clone()],
        "files": files,
    });
    Ok(listed.answer(body))
}
