//! Review comments: single ones, replies, edits, and how they look after pushes.

use chrono::DateTime;
use serde_json::{Value, json};

use super::super::model::{Change, Note, State, Thread};
use super::super::{Anchor, FileDiff, Side};
use super::anchor::{complaints, lines, side_name};
use super::call::{Call, Fields};
use super::links;
use super::render::{Render, node_id, time};
use super::reply::{Answer, Page, Refusal, created, ok};
use super::reviews::{Key, add_threads, check_length, diff_at, new_thread};

/// Which resource a refusal is about.
const RESOURCE: &str = "PullRequestReviewComment";

/// `POST /repos/{owner}/{name}/pulls/{number}/comments`
pub(super) fn create(state: &mut State, call: &Call<'_>, key: Key) -> Answer {
    let fields = call.object()?;
    let body = fields.required("body")?;
    if body.trim().is_empty() {
        return Err(Refusal::invalid(RESOURCE, "body", "missing_field"));
    }
    check_length(body)?;
    if state.changes[&key].locked {
        return Err(Refusal::custom(RESOURCE, "lock", "lock prevents review"));
    }
    if let Some(top) = fields.number("in_reply_to")? {
        return reply_to(state, call, key, top, body);
    }
    let commit = fields.required("commit_id")?;
    let path = fields.required("path")?;
    let diff = diff_at(state, key, commit).ok_or_else(|| {
        Refusal::custom(RESOURCE, "commit_id", "commit_id is not part of the pull request")
    })?;
    let anchor = anchor(&diff, &fields, path)?;
    let thread = new_thread(state, anchor, commit, None, body);
    let id = thread.notes[0].id;
    add_threads(state, key, vec![thread]);
    Ok(created(find(state, call, key.0, id)?))
}

fn anchor(diff: &[FileDiff], fields: &Fields, path: &str) -> Result<Anchor, Refusal> {
    let file = diff.iter().find(|file| file.path == path).ok_or_else(|| {
        Refusal::custom(
            RESOURCE,
            "pull_request_review_thread.path",
            "pull_request_review_thread.path is invalid",
        )
    })?;
    let subject = fields.one_of("subject_type", &["line", "file"])?;
    if subject == Some("file") {
        if fields.has("line") || fields.has("side") {
            return Err(Refusal::schema("\"line\" is not a permitted key for a file comment."));
        }
        return Ok(Anchor::File { path: path.to_owned() });
    }
    let Some(anchor) = lines(fields, path)? else {
        return Err(Refusal::invalid(RESOURCE, "pull_request_review_thread.line", "missing_field"));
    };
    match complaints(file, &anchor).first() {
        None => Ok(anchor),
        Some(text) => Err(Refusal::custom(RESOURCE, "pull_request_review_thread.line", text)),
    }
}

/// `POST /repos/{owner}/{name}/pulls/{number}/comments/{id}/replies`
pub(super) fn reply(state: &mut State, call: &Call<'_>, key: Key, top: i64) -> Answer {
    let fields = call.object()?;
    let body = fields.required("body")?;
    check_length(body)?;
    reply_to(state, call, key, top, body)
}

fn reply_to(state: &mut State, call: &Call<'_>, key: Key, top: i64, body: &str) -> Answer {
    let author = state.app_login();
    let note = state.note(&author, body);
    let id = note.id;
    let change = state.changes.get_mut(&key).ok_or_else(Refusal::not_found)?;
    let thread = change.thread_of(top).ok_or_else(Refusal::not_found)?;
    if thread.notes[0].id != top {
        return Err(Refusal::custom(
            RESOURCE,
            "in_reply_to",
            "in_reply_to is not a top-level comment",
        ));
    }
    thread.notes.push(note);
    Ok(created(find(state, call, key.0, id)?))
}

/// `GET /repos/{owner}/{name}/pulls/{number}/comments`
pub(super) fn list(state: &State, call: &Call<'_>, key: Key) -> Answer {
    let change = &state.changes[&key];
    let since = call.query.get("since").and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let notes = |thread: &'_ Thread| thread.notes.len();
    let mut all: Vec<(&Thread, usize)> = change
        .threads
        .iter()
        .flat_map(|thread| (0..notes(thread)).map(move |at| (thread, at)))
        .filter(|(thread, at)| since.is_none_or(|since| thread.notes[*at].updated_at >= since))
        .collect();
    all.sort_by_key(|(thread, at)| thread.notes[*at].id);
    if call.query.get("direction") == Some("desc") {
        all.reverse();
    }
    let page = Page::of(&call.query, &call.url(), all.len());
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let shown: Vec<Value> = all[page.range.clone()]
        .iter()
        .map(|(thread, at)| comment_json(render, change, thread, *at))
        .collect();
    Ok(page.answer(json!(shown)))
}

/// `GET /repos/{owner}/{name}/pulls/comments/{id}`
pub(super) fn one(state: &State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    Ok(ok(find(state, call, repository, id)?))
}

/// `PATCH /repos/{owner}/{name}/pulls/comments/{id}`
pub(super) fn edit(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    let fields = call.object()?;
    let body = fields.required("body")?;
    check_length(body)?;
    let (now, app) = (state.now(), state.app_login());
    let mut changes = state.changes.values_mut().filter(|change| change.repository == repository);
    let thread = changes.find_map(|change| change.thread_of(id)).ok_or_else(Refusal::not_found)?;
    for note in thread.notes.iter_mut().filter(|note| note.id == id) {
        edit_note(note, &app, body, now)?;
    }
    Ok(ok(find(state, call, repository, id)?))
}

/// Changes a comment of the App's own.
pub(super) fn edit_note(
    note: &mut Note,
    app: &str,
    body: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Refusal> {
    if note.author.as_deref() != Some(app) {
        return Err(Refusal::forbidden());
    }
    body.clone_into(&mut note.body);
    note.updated_at = now;
    Ok(())
}

fn find(state: &State, call: &Call<'_>, repository: i64, id: i64) -> Result<Value, Refusal> {
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let mut changes = state.changes.values().filter(|change| change.repository == repository);
    changes
        .find_map(|change| {
            change.threads.iter().find_map(|thread| {
                let at = thread.notes.iter().position(|note| note.id == id)?;
                Some(comment_json(render, change, thread, at))
            })
        })
        .ok_or_else(Refusal::not_found)
}

/// The comment at this place of a thread.
pub(super) fn comment_json(
    render: Render<'_>,
    change: &Change,
    thread: &Thread,
    at: usize,
) -> Value {
    let note = &thread.notes[at];
    let name = &render.state.repositories[&change.repository].full_name;
    let number = change.number;
    let api = format!("{}/repos/{name}", render.api);
    let url = format!("{api}/pulls/comments/{}", note.id);
    let page = format!("{}/{name}/pull/{number}#discussion_r{}", render.host, note.id);
    let pull = format!("{api}/pulls/{number}");
    let moved = thread.current.is_some();
    let mut answer = json!({
        "id": note.id,
        "node_id": node_id("PRRC", note.id),
        "pull_request_review_id": thread.review,
        "path": thread.original.path(),
        "diff_hunk": "",
        "commit_id": if moved { change.head() } else { &thread.original_head },
        "original_commit_id": thread.original_head,
        "user": render.author(note),
        "body": note.body,
        "author_association": render.association(note.author.as_deref(), change.repository),
        "created_at": time(note.created_at),
        "updated_at": time(note.updated_at),
        "url": url,
        "html_url": page,
        "pull_request_url": pull,
        "reactions": render.reactions(note.id, &url),
    });
    links::write_own(
        &mut answer,
        [("self", &json!(url)), ("html", &json!(page)), ("pull_request", &json!(pull))],
    );
    if at > 0 {
        answer["in_reply_to_id"] = json!(thread.notes[0].id);
    }
    let (side, line, start) = lines_json(thread.current.as_ref());
    let (original_side, original_line, original_start) = lines_json(Some(&thread.original));
    let whole_file = matches!(thread.original, Anchor::File { .. });
    answer["subject_type"] = json!(if whole_file { "file" } else { "line" });
    answer["line"] = line.clone();
    answer["position"] = line;
    answer["start_line"] = start;
    answer["side"] = if side.is_null() { original_side } else { side };
    answer["original_line"] = original_line.clone();
    answer["original_position"] = original_line;
    answer["original_start_line"] = original_start;
    answer["start_side"] = match &thread.original {
        Anchor::Lines { start: Some((side, _)), .. } => json!(side_name(*side)),
        _ => Value::Null,
    };
    answer
}

/// Side, last line and first line; null where there are none.
pub(super) fn lines_json(anchor: Option<&Anchor>) -> (Value, Value, Value) {
    match anchor {
        Some(Anchor::Lines { start, side, line, .. }) => {
            (json!(side_name(*side)), json!(line), json!(start.map(|(_, line): (Side, u32)| line)))
        }
        _ => (Value::Null, Value::Null, Value::Null),
    }
}
