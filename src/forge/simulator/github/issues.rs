//! The conversation of a pull request: plain comments and reactions, and who may command.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::model::{Change, Level, Note, State};
use super::call::Call;
use super::comments::edit_note;
use super::render::{REACTIONS, Render, node_id, time};
use super::reply::{Answer, Page, Refusal, created, no_content, ok};
use super::reviews::{Key, check_length};

/// `GET /repos/{owner}/{name}/issues/{number}/comments`
pub(super) fn list(render: Render<'_>, call: &Call<'_>, change: &Change) -> Answer {
    let page = Page::of(&call.query, &call.url(), change.comments.len());
    let shown: Vec<Value> = change.comments[page.range.clone()]
        .iter()
        .map(|note| render.issue_comment(change, note))
        .collect();
    Ok(page.answer(json!(shown)))
}

/// `POST /repos/{owner}/{name}/issues/{number}/comments`
pub(super) fn create(state: &mut State, call: &Call<'_>, key: Key) -> Answer {
    let fields = call.object()?;
    let body = fields.required("body")?;
    if body.trim().is_empty() {
        return Err(Refusal::invalid("IssueComment", "body", "missing_field"));
    }
    check_length(body)?;
    if state.changes[&key].locked {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Unable to create comment because issue is locked.",
        ));
    }
    let author = state.app_login();
    let note = state.note(&author, body);
    let id = note.id;
    if let Some(change) = state.changes.get_mut(&key) {
        change.comments.push(note);
    }
    Ok(created(find(state, call, key.0, id)?))
}

/// Everything at `/repos/{owner}/{name}/issues/comments/{id}`.
pub(super) fn one(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    let (now, app) = (state.now(), state.app_login());
    let note = plain_note(state, repository, id)?;
    match call.method {
        "PATCH" => {
            let fields = call.object()?;
            let body = fields.required("body")?;
            check_length(body)?;
            edit_note(note, &app, body, now)?;
        }
        "DELETE" => {
            if note.author.as_deref() != Some(app.as_str()) {
                return Err(Refusal::forbidden());
            }
            for change in state.changes.values_mut() {
                change.comments.retain(|note| note.id != id);
            }
            return Ok(no_content());
        }
        _ => {}
    }
    Ok(ok(find(state, call, repository, id)?))
}

/// `POST /repos/{owner}/{name}/issues/comments/{id}/reactions`
pub(super) fn react(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    plain_note(state, repository, id)?;
    add_reaction(state, call, id)
}

/// `POST /repos/{owner}/{name}/pulls/comments/{id}/reactions`
pub(super) fn react_inline(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    let mut changes = state.changes.values_mut().filter(|change| change.repository == repository);
    changes.find_map(|change| change.thread_of(id)).ok_or_else(Refusal::not_found)?;
    add_reaction(state, call, id)
}

fn add_reaction(state: &mut State, call: &Call<'_>, id: i64) -> Answer {
    let fields = call.object()?;
    fields.required("content")?;
    let content = fields.one_of("content", &REACTIONS)?.unwrap_or_default().to_owned();
    let new = state.github.reactions.insert((id, content.clone()));
    let render = Render { state, host: &call.host, api: &format!("{}{}", call.host, call.base) };
    let body = json!({
        "id": id,
        "node_id": node_id("REA", id),
        "content": content,
        "user": render.user(&state.app_login()),
        "created_at": time(state.now()),
    });
    Ok(if new { created(body) } else { ok(body) })
}

/// `GET /repos/{owner}/{name}/collaborators/{login}/permission`
pub(super) fn permission(render: Render<'_>, repository: i64, login: &str) -> Answer {
    let person = render.state.people.get(login).ok_or_else(Refusal::not_found)?;
    let public = !render.state.repositories[&repository].private;
    let permission = match person.access.get(&repository) {
        Some(Level::Admin) => "admin",
        Some(Level::Write) => "write",
        Some(Level::Read) => "read",
        None if public => "read",
        None => "none",
    };
    let mut user = render.user(login);
    user["role_name"] = json!(permission);
    Ok(ok(json!({ "permission": permission, "role_name": permission, "user": user })))
}

/// A plain comment, to change it.
fn plain_note(state: &mut State, repository: i64, id: i64) -> Result<&mut Note, Refusal> {
    let mut changes = state.changes.values_mut().filter(|change| change.repository == repository);
    changes
        .find_map(|change| change.comments.iter_mut().find(|note| note.id == id))
        .ok_or_else(Refusal::not_found)
}

fn find(state: &State, call: &Call<'_>, repository: i64, id: i64) -> Result<Value, Refusal> {
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let mut changes = state.changes.values().filter(|change| change.repository == repository);
    changes
        .find_map(|change| {
            let note = change.comments.iter().find(|note| note.id == id)?;
            Some(render.issue_comment(change, note))
        })
        .ok_or_else(Refusal::not_found)
}
