//! Which files there are.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::git::blob_sha;
use super::super::model::{Repository, State};
use super::call::Call;
use super::contents::commit_of;
use super::reply::{Answer, Refusal, ok};

/// `GET /repos/{owner}/{name}/git/trees/{sha}?recursive=1`
///
/// The SHA is a commit's or that of a tree that was listed before.
pub(super) fn tree(
    state: &mut State,
    call: &Call<'_>,
    repository: &Repository,
    sha: &str,
) -> Answer {
    let (commit, folder) = match (commit_of(state, repository, sha), state.github.trees.get(sha)) {
        (Some(commit), _) => (commit.sha.clone(), String::new()),
        (None, Some(known)) => known.clone(),
        (None, None) => return Err(Refusal::not_found()),
    };
    let mut entries: BTreeMap<String, Value> = BTreeMap::new();
    let mut trees = Vec::new();
    for (full, bytes) in &state.commits[&commit].files {
        let Some(path) = full.strip_prefix(&folder) else { continue };
        for (at, _) in path.match_indices('/') {
            let below = format!("{folder}{}/", &path[..at]);
            let sha = blob_sha(format!("{commit} {below}").as_bytes());
            let entry = json!({ "path": path[..at], "mode": "040000", "type": "tree", "sha": sha });
            entries.entry(path[..at].to_owned()).or_insert(entry);
            trees.push((sha, (commit.clone(), below)));
        }
        entries.insert(path.to_owned(), file(state, path, full, bytes));
    }
    // Any value of the parameter makes the listing recursive, also 0 and false.
    let recursive = call.query.get("recursive").is_some();
    entries.retain(|path, _| recursive || !path.contains('/'));
    state.github.trees.extend(trees);
    let most = state.github.tree_limit;
    let truncated = entries.len() > most;
    let shown: Vec<Value> = entries.into_values().take(most).collect();
    Ok(ok(json!({ "sha": sha, "url": call.url(), "tree": shown, "truncated": truncated })))
}

fn file(state: &State, path: &str, full: &str, bytes: &[u8]) -> Value {
    let mode = state.modes.get(full).map_or("100644", |mode| mode.octal());
    let mut entry = json!({ "path": path, "mode": mode, "type": "blob", "sha": blob_sha(bytes) });
    if mode == "160000" {
        entry["type"] = json!("commit");
    } else {
        entry["size"] = json!(bytes.len());
    }
    entry
}
