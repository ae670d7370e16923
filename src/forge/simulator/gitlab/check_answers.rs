//! External status checks as a merge request has them, and what they are told.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::json;

use super::super::model::{Level, State};
use super::At;
use super::call::Call;
use super::merge_requests;
use super::reply::{Answer, Refusal, created, page};
use super::status_checks::ExternalCheck;

/// The version since which a check can be set to pending.
const PENDING: (u32, u32) = (16, 5);
/// For how long a check may be left waiting.
const PATIENCE: TimeDelta = TimeDelta::minutes(2);

/// What a check was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckAnswer {
    /// Number of the check.
    pub check: i64,
    /// Project and number of the merge request.
    pub change: (i64, i64),
    /// The head that it is about.
    pub sha: String,
    /// `passed`, `failed` or `pending`.
    pub status: String,
}

/// Refuses where the licence has no checks, as GitLab does.
fn require_licence(state: &State) -> Result<(), Refusal> {
    if state.gitlab.ultimate { Ok(()) } else { Err(Refusal::unauthorized()) }
}

/// How a check stands at the newest head.
pub(super) fn status(state: &State, key: (i64, i64), check: i64) -> String {
    let version = state.changes[&key].version();
    let told = state.gitlab.check_answers.iter().rev();
    let mut told =
        told.filter(|it| it.check == check && it.change == key && it.sha == version.head);
    match told.next() {
        Some(answer) => answer.status.clone(),
        None if state.now() - version.created_at > PATIENCE => "failed".to_owned(),
        None => "pending".to_owned(),
    }
}

/// The checks of a project.
pub(super) fn checks_of(state: &State, project: i64) -> impl Iterator<Item = &ExternalCheck> {
    state.gitlab.external_checks.iter().filter(move |check| check.repository == project)
}

/// `GET …/status_checks`; addresses are shown without their queries.
pub(super) fn list(state: &State, call: &Call<'_>, at: &At) -> Result<Response, Refusal> {
    require_licence(state)?;
    at.caller.require(state, at.project.id, Level::Write)?;
    let shown = checks_of(state, at.project.id).map(|check| {
        json!({
            "id": check.id,
            "name": check.name,
            "external_url": check.external_url.split('?').next(),
            "status": status(state, at.key(), check.id),
        })
    });
    Ok(page(call, &shown.collect::<Vec<_>>()))
}

/// `POST …/status_check_responses`
pub(super) fn answer(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    require_licence(state)?;
    let missing: Vec<String> = ["external_status_check_id", "sha", "status"]
        .iter()
        .filter(|name| call.text(name).is_none())
        .map(|name| format!("{name} is missing"))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::parameter(missing.join(", ")));
    }
    let (sha, status) = (call.required("sha")?, call.required("status")?);
    let known = ["passed", "failed"].contains(&status.as_str())
        || (status == "pending" && state.gitlab.is(PENDING));
    if !known {
        return Err(Refusal::parameter("status does not have a valid value"));
    }
    at.caller.require(state, at.project.id, Level::Write)?;
    let id = super::number(&call.required("external_status_check_id")?)?;
    let check = checks_of(state, at.project.id).find(|check| check.id == id).cloned();
    let check = check.ok_or_else(|| Refusal::not_found(""))?;
    require_head(state, at, &sha)?;
    state.gitlab.check_answers.push(CheckAnswer { check: id, change: at.key(), sha, status });
    let change = &state.changes[&at.key()];
    let merge_request = merge_requests::json(state, &call.host, &at.project, change);
    let id = state.next_id();
    Ok(created(json!({
        "id": id, "merge_request": merge_request, "external_status_check": check.json(),
    })))
}

/// Refuses what is about another head.
pub(super) fn require_head(state: &State, at: &At, sha: &str) -> Result<(), Refusal> {
    let head = state.changes[&at.key()].head();
    if sha == head {
        return Ok(());
    }
    let text = format!("SHA does not match HEAD of source branch: {head}");
    Err(Refusal::message(StatusCode::CONFLICT, text))
}
