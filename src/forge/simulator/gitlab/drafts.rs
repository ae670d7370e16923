//! Draft notes: comments that only their author sees until they are published.
//!
//! Where one hangs is looked at when it is published, and what is published before one that can't be stays so, while all
//! drafts stay, too.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::super::model::{Level, State};
use super::At;
use super::call::Call;
use super::discussions;
use super::position;
use super::reply::{Answer, Refusal, created, no_content, ok};
use super::texts;

/// The version that drafts came with, all of what is here.
const SINCE: (u32, u32) = (15, 10);

/// A comment that is staged.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Number of it.
    pub id: i64,
    /// Project and number of the merge request.
    pub change: (i64, i64),
    /// Login of the author.
    pub author: String,
    /// Markdown.
    pub note: String,
    /// Where it hangs, as it was sent; null for none.
    pub position: Value,
    /// Id of the discussion that it answers.
    pub answers: Option<String>,
    /// Whether that is resolved by it.
    pub resolves: bool,
}

/// Everything below `draft_notes`.
pub(super) fn route(state: &mut State, call: &Call<'_>, at: &At, path: &[&str]) -> Answer {
    if !state.gitlab.is(SINCE) {
        return Err(Refusal::not_found(""));
    }
    match (call.method, path) {
        ("GET", []) => Ok(list(state, at)),
        ("POST", []) => create(state, call, at),
        ("POST", ["bulk_publish"]) => publish_all(state, at),
        ("GET", [id]) => Ok(ok(json(state, &own(state, at, super::number(id)?)?))),
        ("PUT", [id]) => change(state, call, at, super::number(id)?),
        ("DELETE", [id]) => {
            let draft = own(state, at, super::number(id)?)?;
            state.gitlab.drafts.retain(|other| other.id != draft.id);
            Ok(no_content())
        }
        ("PUT", [id, "publish"]) => publish_one(state, at, super::number(id)?),
        _ => super::unknown(state, call),
    }
}

/// All of the caller's, on one page whatever is asked for.
fn list(state: &State, at: &At) -> axum::response::Response {
    let drafts = state.gitlab.drafts.iter().filter(|draft| draft.is_of(at));
    Json(drafts.map(|draft| json(state, draft)).collect::<Vec<_>>()).into_response()
}

impl Draft {
    fn is_of(&self, at: &At) -> bool {
        self.change == at.key() && self.author == at.caller.login
    }
}

/// A draft of the caller's; others are not to be found.
fn own(state: &State, at: &At, id: i64) -> Result<Draft, Refusal> {
    let found = state.gitlab.drafts.iter().find(|draft| draft.id == id && draft.is_of(at));
    found.cloned().ok_or_else(|| Refusal::not_found(""))
}

fn json(state: &State, draft: &Draft) -> Value {
    let change = &state.changes[&draft.change];
    let placed = position::read(state, change, &draft.position).ok();
    let nowhere = json!({
        "base_sha": null, "start_sha": null, "head_sha": null, "old_path": null, "new_path": null,
        "position_type": "text", "old_line": null, "new_line": null, "line_range": null,
    });
    json!({
        "id": draft.id,
        "author_id": state.people.get(&draft.author).map(|person| person.id),
        "merge_request_id": change.id,
        "resolve_discussion": draft.resolves,
        "discussion_id": draft.answers,
        "note": draft.note,
        "commit_id": null,
        "line_code": placed.and_then(|position| position.line_code),
        "position": if draft.position.is_null() { nowhere } else { draft.position.clone() },
    })
}

fn may_write(state: &State, at: &At) -> Result<(), Refusal> {
    let locked = state.changes[&at.key()].locked;
    let level = at.caller.level(state, at.project.id);
    if locked && level < Some(Level::Write) { Err(Refusal::forbidden()) } else { Ok(()) }
}

fn create(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    let note = call.required("note")?;
    let position = call.value("position").cloned().unwrap_or_default();
    if !position.is_null() {
        position::require_fields(state, &position)?;
    }
    may_write(state, at)?;
    let answers = call.text("in_reply_to_discussion_id");
    if let Some(id) = &answers {
        discussions::one(state, call, at, id).map_err(|_| {
            let errors = json!({ "base": ["Thread to reply to cannot be found"] });
            Refusal::message(StatusCode::BAD_REQUEST, errors)
        })?;
    }
    let draft = Draft {
        id: state.next_id(),
        change: at.key(),
        author: at.caller.login.clone(),
        note,
        position,
        answers,
        resolves: call.boolean("resolve_discussion")? == Some(true),
    };
    let shown = json(state, &draft);
    state.gitlab.drafts.push(draft);
    Ok(created(shown))
}

fn change(state: &mut State, call: &Call<'_>, at: &At, id: i64) -> Answer {
    let note = call.text("note").filter(|note| !note.trim().is_empty()).ok_or_else(|| {
        let missing = "400 Bad request - Missing params to modify";
        Refusal::message(StatusCode::BAD_REQUEST, missing)
    })?;
    own(state, at, id)?;
    let position = call.value("position").cloned().unwrap_or_default();
    let drafts = &mut state.gitlab.drafts;
    if let Some(draft) = drafts.iter_mut().find(|draft| draft.id == id) {
        (draft.note, draft.position) = (note, position);
    }
    Ok(ok(json(state, &own(state, at, id)?)))
}

/// Makes a note of a draft, which stays.
fn publish(state: &mut State, at: &At, draft: &Draft) -> Result<(), Refusal> {
    texts::check(&draft.note)?;
    let placed = (!draft.position.is_null()).then_some(&draft.position);
    match &draft.answers {
        Some(id) => discussions::answer(state, at, id, &draft.note, draft.resolves),
        None => discussions::open(state, at, &draft.note, placed).map(drop),
    }
}

/// What GitLab says when a draft can't be published: nothing.
fn failed() -> Answer {
    Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn publish_one(state: &mut State, at: &At, id: i64) -> Answer {
    may_write(state, at)?;
    let draft = own(state, at, id)?;
    if publish(state, at, &draft).is_err() {
        return failed();
    }
    state.gitlab.notifications.push(1);
    state.gitlab.drafts.retain(|other| other.id != draft.id);
    Ok(no_content())
}

fn publish_all(state: &mut State, at: &At) -> Answer {
    may_write(state, at)?;
    let drafts = state.gitlab.drafts.iter().filter(|draft| draft.is_of(at));
    let drafts: Vec<Draft> = drafts.cloned().collect();
    for draft in &drafts {
        if publish(state, at, draft).is_err() {
            return failed();
        }
    }
    if !drafts.is_empty() {
        state.gitlab.notifications.push(drafts.len());
    }
    state.gitlab.drafts.retain(|draft| !draft.is_of(at));
    Ok(no_content())
}
