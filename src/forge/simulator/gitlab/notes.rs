//! Plain notes of a merge request, and single notes wherever they stand.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::model::{Level, Note, State};
use super::At;
use super::call::Call;
use super::render::{note_json, thread_note_json, time, user_json};
use super::reply::{Answer, Refusal, created, no_content, ok, page};
use super::texts;

/// All notes, those of threads too; newest first unless `sort=asc`.
pub(super) fn list(state: &State, call: &Call<'_>, at: &At) -> Response {
    let change = &state.changes[&at.key()];
    let mut all: Vec<(i64, Value)> = change
        .comments
        .iter()
        .map(|note| (note.id, note_json(state, &call.host, at, note)))
        .collect();
    for thread in &change.threads {
        all.extend(
            thread.notes.iter().map(|note| {
                (note.id, thread_note_json(state, &call.host, at, change, thread, note))
            }),
        );
    }
    all.sort_by_key(|(id, _)| *id);
    if call.text("sort").as_deref() != Some("asc") {
        all.reverse();
    }
    let all: Vec<Value> = all.into_iter().map(|(_, json)| json).collect();
    page(call, &all)
}

fn every_note<'s>(state: &'s mut State, at: &At) -> Vec<&'s mut Note> {
    let Some(change) = state.changes.get_mut(&at.key()) else { return Vec::new() };
    let threads = change.threads.iter_mut().flat_map(|thread| &mut thread.notes);
    change.comments.iter_mut().chain(threads).collect()
}

fn find<'s>(state: &'s mut State, at: &At, id: i64) -> Result<&'s mut Note, Refusal> {
    let found = every_note(state, at).into_iter().find(|note| note.id == id);
    found.ok_or_else(|| Refusal::not_found("Note"))
}

fn require_own(state: &mut State, at: &At, id: i64) -> Result<(), Refusal> {
    let own = find(state, at, id)?.author.as_ref() == Some(&at.caller.login);
    let admin = at.caller.level(state, at.project.id) >= Some(Level::Admin);
    if own || admin { Ok(()) } else { Err(Refusal::forbidden()) }
}

pub(super) fn one(state: &mut State, call: &Call<'_>, at: &At, id: i64) -> Answer {
    let note = find(state, at, id)?.clone();
    Ok(ok(note_json(state, &call.host, at, &note)))
}

pub(super) fn create(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    let body = call.required("body")?;
    texts::check(&body)?;
    texts::violations(&body, None).into_iter().for_each(|text| state.violation(text));
    if state.changes[&at.key()].locked && at.caller.level(state, at.project.id) < Some(Level::Write)
    {
        return Err(Refusal::forbidden());
    }
    let note = state.note(&at.caller.login, &body);
    state.gitlab.notifications.push(1);
    let json = note_json(state, &call.host, at, &note);
    if let Some(change) = state.changes.get_mut(&at.key()) {
        change.comments.push(note);
    }
    Ok(created(json))
}

pub(super) fn change(state: &mut State, call: &Call<'_>, at: &At, id: i64) -> Answer {
    set_body(state, call, at, id)?;
    one(state, call, at, id)
}

/// Changes the text of an own note.
pub(super) fn set_body(
    state: &mut State,
    call: &Call<'_>,
    at: &At,
    id: i64,
) -> Result<(), Refusal> {
    let body = call.required("body")?;
    require_own(state, at, id)?;
    texts::check(&body)?;
    let now = state.now();
    let note = find(state, at, id)?;
    note.body = body;
    note.updated_at = now;
    Ok(())
}

pub(super) fn delete(state: &mut State, at: &At, id: i64) -> Answer {
    require_own(state, at, id)?;
    if let Some(change) = state.changes.get_mut(&at.key()) {
        change.comments.retain(|note| note.id != id);
        for thread in &mut change.threads {
            thread.notes.retain(|note| note.id != id);
        }
    }
    Ok(no_content())
}

/// `POST …/notes/:id/award_emoji`: a second same one is not found.
pub(super) fn award(state: &mut State, call: &Call<'_>, at: &At, id: i64) -> Answer {
    let name = call.required("name")?;
    find(state, at, id)?;
    if !state.gitlab.awards.insert((id, name.clone())) {
        return Err(Refusal::not_found("Award Emoji Name has already been taken"));
    }
    let award = state.next_id();
    Ok(created(json!({
        "id": award,
        "name": name,
        "user": user_json(state, &call.host, Some(&at.caller.login)),
        "created_at": time(state.now()),
        "awardable_id": id,
        "awardable_type": "Note",
    })))
}
