//! Things in the shapes that GitLab shows them in.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::super::diff::{FileDiff, FileStatus};
use super::super::model::{Change, ChangeState, Note, State, Thread, Version};
use super::At;
use super::position;

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A user; null when the account was deleted.
pub(super) fn user_json(state: &State, host: &str, login: Option<&str>) -> Value {
    let Some(person) = login.and_then(|login| state.people.get(login)) else { return Value::Null };
    json!({
        "id": person.id,
        "username": person.login,
        "name": person.login,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{host}/{}", person.login),
    })
}

/// The hexadecimal id of a discussion.
pub(super) fn discussion_id(kind: &str, id: i64) -> String {
    hex::encode(Sha1::digest(format!("{kind}:{id}")))
}

/// A thread with its notes.
pub(super) fn discussion_json(
    state: &State,
    host: &str,
    at: &At,
    change: &Change,
    thread: &Thread,
) -> Value {
    let notes: Vec<Value> = thread
        .notes
        .iter()
        .map(|note| thread_note_json(state, host, at, change, thread, note))
        .collect();
    json!({
        "id": discussion_id("thread", thread.id),
        "individual_note": false,
        "notes": notes,
    })
}

/// A note of a thread at a place.
pub(super) fn thread_note_json(
    state: &State,
    host: &str,
    at: &At,
    change: &Change,
    thread: &Thread,
    note: &Note,
) -> Value {
    let mut json = note_json(state, host, at, note);
    json["type"] = json!(if thread.sent.is_null() { "DiscussionNote" } else { "DiffNote" });
    if !thread.sent.is_null() {
        json["position"] = position::shown(state, change, &thread.sent, thread.current.as_ref());
        json["original_position"] = thread.sent.clone();
        json["commit_id"] = Value::Null;
        json["suggestions"] = json!([]);
    }
    json["resolvable"] = json!(!note.system);
    json["resolved"] = json!(thread.resolved_by.is_some());
    json["resolved_by"] = user_json(state, host, thread.resolved_by.as_deref());
    json
}

/// A plain note.
pub(super) fn note_json(state: &State, host: &str, at: &At, note: &Note) -> Value {
    json!({
        "id": note.id,
        "type": null,
        "body": note.body,
        "author": user_json(state, host, note.author.as_deref()),
        "created_at": time(note.created_at),
        "updated_at": time(note.updated_at),
        "system": note.system,
        "internal": false,
        "noteable_type": "MergeRequest",
        "noteable_id": state.change(at.project.id, at.iid).map(|change| change.id),
        "noteable_iid": at.iid,
        "project_id": at.project.id,
        "resolvable": false,
    })
}

pub(super) fn state_name(state: ChangeState) -> &'static str {
    match state {
        ChangeState::Open => "opened",
        ChangeState::Merged => "merged",
        ChangeState::Closed => "closed",
    }
}

pub(super) fn version_json(state: &State, change: &Change, version: &Version) -> Value {
    let files = state.diff(&version.merge_base, &version.head).len();
    json!({
        "id": version.id,
        "head_commit_sha": version.head,
        "base_commit_sha": version.merge_base,
        "start_commit_sha": version.target,
        "created_at": time(version.created_at),
        "merge_request_id": change.id,
        "state": if files == 0 { "empty" } else { "collected" },
        "real_size": files.to_string(),
        "patch_id_sha": version.head,
    })
}

/// A file of a diff; with `---` and `+++` if `unidiff` was asked for.
pub(super) fn diff_json(file: &FileDiff, unidiff: bool) -> Value {
    let missing = |gone: bool| if gone { "0" } else { "100644" };
    json!({
        "diff": diff_text(file, unidiff),
        "new_path": file.path,
        "old_path": file.old_path,
        "a_mode": missing(file.status == FileStatus::Added),
        "b_mode": missing(file.status == FileStatus::Removed),
        "new_file": file.status == FileStatus::Added,
        "renamed_file": file.status == FileStatus::Renamed,
        "deleted_file": file.status == FileStatus::Removed,
        "generated_file": false,
        "collapsed": file.cut,
        "too_large": false,
    })
}

fn diff_text(file: &FileDiff, unidiff: bool) -> String {
    if file.binary {
        return format!("Binary files a/{} and b/{} differ\n", file.old_path, file.path);
    }
    let Some(patch) = file.patch() else { return String::new() };
    if unidiff { format!("{}{patch}", headers(file)) } else { patch }
}

fn headers(file: &FileDiff) -> String {
    let side = |letter: char, path: &str, gone: bool| match gone {
        true => "/dev/null".to_owned(),
        false => format!("{letter}/{path}"),
    };
    format!(
        "--- {}\n+++ {}\n",
        side('a', &file.old_path, file.status == FileStatus::Added),
        side('b', &file.path, file.status == FileStatus::Removed)
    )
}

/// A file as `git diff` prints it.
pub(super) fn git_diff(file: &FileDiff) -> String {
    let mut text = format!("diff --git a/{} b/{}\n", file.old_path, file.path);
    match file.status {
        FileStatus::Added => text.push_str("new file mode 100644\n"),
        FileStatus::Removed => text.push_str("deleted file mode 100644\n"),
        FileStatus::Renamed => {
            text.push_str(&format!("rename from {}\nrename to {}\n", file.old_path, file.path));
        }
        FileStatus::Modified => {}
    }
    text.push_str(&diff_text(file, true));
    text
}
