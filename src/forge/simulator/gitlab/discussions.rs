//! Threads: at a place of the diff, or without one.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::anchors::Anchor;
use super::super::model::{Level, Note, State, Thread};
use super::At;
use super::call::Call;
use super::render::{discussion_id, discussion_json, note_json, thread_note_json};
use super::reply::{Answer, Refusal, created, ok, page};
use super::{position, texts};

/// Threads and plain notes, oldest first.
pub(super) fn list(state: &State, call: &Call<'_>, at: &At) -> Response {
    let change = &state.changes[&at.key()];
    let first = change.comments.iter().filter(|note| !state.gitlab.replies.contains_key(&note.id));
    let plain = first.map(|note| (note.id, plain_json(state, call, at, note)));
    let threads = change.threads.iter().filter(|thread| !thread.notes.is_empty());
    let threads = threads
        .map(|thread| (thread.notes[0].id, discussion_json(state, &call.host, at, change, thread)));
    let mut all: Vec<(i64, Value)> = plain.chain(threads).collect();
    all.sort_by_key(|(id, _)| *id);
    let all: Vec<Value> = all.into_iter().map(|(_, json)| json).collect();
    page(call, &all)
}

/// A plain note with what was answered to it, which makes it a discussion.
fn plain_json(state: &State, call: &Call<'_>, at: &At, first: &Note) -> Value {
    let change = &state.changes[&at.key()];
    let answers_it = |note: &&Note| state.gitlab.replies.get(&note.id) == Some(&first.id);
    let answers: Vec<&Note> = change.comments.iter().filter(answers_it).collect();
    let notes = std::iter::once(first).chain(answers.iter().copied());
    let notes: Vec<Value> = notes.map(|note| note_json(state, &call.host, at, note)).collect();
    json!({
        "id": discussion_id("note", first.id),
        "individual_note": answers.is_empty(),
        "notes": notes,
    })
}

/// A plain note by its discussion's id.
fn find_plain<'s>(state: &'s State, at: &At, id: &str) -> Option<&'s Note> {
    let mut notes = state.changes[&at.key()].comments.iter();
    notes.find(|note| discussion_id("note", note.id) == id)
}

/// A thread by its hexadecimal id.
fn find<'s>(state: &'s State, at: &At, id: &str) -> Result<&'s Thread, Refusal> {
    let mut threads = state.changes[&at.key()].threads.iter();
    threads
        .find(|thread| discussion_id("thread", thread.id) == id && !thread.notes.is_empty())
        .ok_or_else(|| Refusal::not_found("Discussion"))
}

fn find_mut<'s>(state: &'s mut State, at: &At, thread: i64) -> Option<&'s mut Thread> {
    let change = state.changes.get_mut(&at.key())?;
    change.threads.iter_mut().find(|own| own.id == thread)
}

fn shown(state: &State, call: &Call<'_>, at: &At, thread: i64) -> Value {
    let change = &state.changes[&at.key()];
    let found = change.threads.iter().find(|own| own.id == thread);
    found.map_or(Value::Null, |own| discussion_json(state, &call.host, at, change, own))
}

pub(super) fn one(state: &State, call: &Call<'_>, at: &At, id: &str) -> Answer {
    if let Some(note) = find_plain(state, at, id) {
        return Ok(ok(plain_json(state, call, at, note)));
    }
    let thread = find(state, at, id)?.id;
    Ok(ok(shown(state, call, at, thread)))
}

/// `POST …/discussions`
pub(super) fn create(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    let body = call.required("body")?;
    if state.changes[&at.key()].locked && at.caller.level(state, at.project.id) < Some(Level::Write)
    {
        return Err(Refusal::forbidden());
    }
    let id = open(state, at, &body, call.value("position"))?;
    state.gitlab.notifications.push(1);
    Ok(created(shown(state, call, at, id)))
}

/// Opens a thread at a position, or on the merge request as a whole. Returns its number.
pub(super) fn open(
    state: &mut State,
    at: &At,
    body: &str,
    sent: Option<&Value>,
) -> Result<i64, Refusal> {
    let change = &state.changes[&at.key()];
    let placed = match sent {
        Some(sent) => Some((position::read(state, change, sent)?, sent.clone())),
        None => None,
    };
    texts::check(body)?;
    let head = change.head().to_owned();
    let (anchor, head, sent) = match placed {
        Some((position, sent)) => {
            position.violations.into_iter().for_each(|text| state.violation(text));
            (position.anchor, position.head, sent)
        }
        // Without a place it hangs on the merge request as a whole.
        None => (Anchor::File { path: String::new() }, head, Value::Null),
    };
    let line = anchor.last_line().map(|(_, line)| line);
    texts::violations(body, line).into_iter().for_each(|text| state.violation(text));
    let note = state.note(&at.caller.login, body);
    let thread = Thread {
        id: state.next_id(),
        original: anchor.clone(),
        original_head: head,
        current: Some(anchor),
        review: None,
        notes: vec![note],
        resolved_by: None,
        sent,
    };
    let id = thread.id;
    if let Some(change) = state.changes.get_mut(&at.key()) {
        change.threads.push(thread);
    }
    state.hang_anew(at.key());
    Ok(id)
}

/// Answers in a discussion, and resolves it if that is asked for and allowed.
pub(super) fn answer(
    state: &mut State,
    at: &At,
    id: &str,
    body: &str,
    resolves: bool,
) -> Result<(), Refusal> {
    add(state, at, id, body)?;
    if let Ok(thread) = find(state, at, id).map(|thread| thread.id) {
        // Who may not resolve it leaves it as it is.
        let _ = set_resolved(state, at, thread, resolves);
    }
    Ok(())
}

/// `PUT …/discussions/:id`: its own writer, the merge request's author, and whoever may write the code.
pub(super) fn resolve(state: &mut State, call: &Call<'_>, at: &At, id: &str) -> Answer {
    let resolved =
        call.boolean("resolved")?.ok_or_else(|| Refusal::parameter("resolved is missing"))?;
    let thread = find(state, at, id)?.id;
    set_resolved(state, at, thread, resolved)?;
    Ok(ok(shown(state, call, at, thread)))
}

fn set_resolved(state: &mut State, at: &At, thread: i64, resolved: bool) -> Result<(), Refusal> {
    let login = &at.caller.login;
    let author = state.changes[&at.key()].author == *login;
    let developer = at.caller.level(state, at.project.id) >= Some(Level::Write);
    let Some(own) = find_mut(state, at, thread) else {
        return Err(Refusal::not_found("Discussion"));
    };
    let writer = own.notes.first().and_then(|note| note.author.as_ref()) == Some(login);
    if !(author || developer || writer) {
        return Err(Refusal::forbidden());
    }
    if own.resolved_by.is_some() != resolved {
        own.resolved_by = resolved.then(|| login.clone());
    }
    Ok(())
}

/// `POST …/discussions/:id/notes`
pub(super) fn reply(state: &mut State, call: &Call<'_>, at: &At, id: &str) -> Answer {
    let body = call.required("body")?;
    let note = add(state, at, id, &body)?;
    state.gitlab.notifications.push(1);
    Ok(created(note_json(state, &call.host, at, &note)))
}

/// Adds a note to a discussion; an answer to a plain note makes a discussion of it.
fn add(state: &mut State, at: &At, id: &str, body: &str) -> Result<Note, Refusal> {
    let plain = find_plain(state, at, id).map(|note| note.id);
    let thread = if plain.is_some() { 0 } else { find(state, at, id)?.id };
    texts::check(body)?;
    let note = state.note(&at.caller.login, body);
    if let Some(first) = plain {
        state.gitlab.replies.insert(note.id, first);
        if let Some(change) = state.changes.get_mut(&at.key()) {
            change.comments.push(note.clone());
        }
    } else if let Some(thread) = find_mut(state, at, thread) {
        thread.notes.push(note.clone());
    }
    Ok(note)
}

/// `PUT …/discussions/:id/notes/:note`: exactly one of `body` and `resolved`.
pub(super) fn change(state: &mut State, call: &Call<'_>, at: &At, id: &str, note: i64) -> Answer {
    let thread = find(state, at, id)?.id;
    match (call.has("body"), call.has("resolved")) {
        (true, true) => return Err(Refusal::parameter("body, resolved are mutually exclusive")),
        (false, false) => {
            return Err(Refusal::parameter(
                "body, resolved are missing, exactly one parameter must be provided",
            ));
        }
        (true, false) => super::notes::set_body(state, call, at, note)?,
        (false, true) => {
            let resolved = call.boolean("resolved")?;
            let resolved = resolved.ok_or_else(|| Refusal::parameter("resolved is invalid"))?;
            set_resolved(state, at, thread, resolved)?;
        }
    }
    let change = &state.changes[&at.key()];
    let own = change.threads.iter().find(|own| own.id == thread);
    let own = own.and_then(|own| Some((own, own.notes.iter().find(|own| own.id == note)?)));
    let (own, note) = own.ok_or_else(|| Refusal::not_found("Note"))?;
    Ok(ok(thread_note_json(state, &call.host, at, change, own, note)))
}
