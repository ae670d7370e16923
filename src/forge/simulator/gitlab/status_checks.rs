//! External status checks: services that GitLab asks about each merge request (Ultimate).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::model::{Repository, State};
use super::call::Call;
use super::reply::{Answer, Refusal, created, no_content, ok, page};

/// An external status check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalCheck {
    /// Number of it.
    pub id: i64,
    /// The project.
    pub repository: i64,
    /// What people read.
    pub name: String,
    /// What it calls.
    pub external_url: String,
    /// Signs its calls.
    pub shared_secret: Option<String>,
}

impl ExternalCheck {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "project_id": self.repository,
            "external_url": self.external_url,
            "hmac": self.shared_secret.is_some(),
            "protected_branches": [],
        })
    }
}

/// What is below `/projects/:id/external_status_checks`.
pub(super) fn answer(
    state: &mut State,
    call: &Call<'_>,
    project: &Repository,
    path: &[&str],
) -> Answer {
    if !state.gitlab.ultimate {
        return Err(Refusal::not_found(""));
    }
    match (call.method, path) {
        ("GET", []) => Ok(list(state, call, project)),
        ("POST", []) => create(state, call, project),
        ("PUT", [id]) => change(state, call, project, super::number(id)?),
        ("DELETE", [id]) => {
            let id = find(state, project, super::number(id)?)?.id;
            state.gitlab.external_checks.retain(|check| check.id != id);
            Ok(no_content())
        }
        _ => super::unknown(state, call),
    }
}

fn list(state: &State, call: &Call<'_>, project: &Repository) -> Response {
    let own = state.gitlab.external_checks.iter().filter(|it| it.repository == project.id);
    page(call, &own.map(ExternalCheck::json).collect::<Vec<_>>())
}

fn find(state: &State, project: &Repository, id: i64) -> Result<ExternalCheck, Refusal> {
    let mut checks = state.gitlab.external_checks.iter();
    let found = checks.find(|check| check.id == id && check.repository == project.id);
    found.cloned().ok_or_else(|| Refusal::not_found(""))
}

fn create(state: &mut State, call: &Call<'_>, project: &Repository) -> Answer {
    let check = ExternalCheck {
        id: state.next_id(),
        repository: project.id,
        name: call.required("name")?,
        external_url: call.required("external_url")?,
        shared_secret: None,
    };
    let check = set(state, call, check)?;
    let shown = check.json();
    state.gitlab.external_checks.push(check);
    Ok(created(shown))
}

fn change(state: &mut State, call: &Call<'_>, project: &Repository, id: i64) -> Answer {
    let check = find(state, project, id)?;
    let check = set(state, call, check)?;
    let shown = check.json();
    if let Some(own) = state.gitlab.external_checks.iter_mut().find(|own| own.id == id) {
        *own = check;
    }
    Ok(ok(shown))
}

/// Names and addresses are unique in a project.
fn set(
    state: &mut State,
    call: &Call<'_>,
    mut check: ExternalCheck,
) -> Result<ExternalCheck, Refusal> {
    check.name = call.text("name").unwrap_or(check.name);
    check.external_url = call.text("external_url").unwrap_or(check.external_url);
    // The first versions with external status checks don't sign.
    if call.has("shared_secret") && super::hooks::since(state, 17, 4) {
        check.shared_secret = call.text("shared_secret").filter(|secret| !secret.is_empty());
    }
    let known = ["name", "external_url", "shared_secret", "protected_branch_ids"];
    for name in call.names() {
        if !known.contains(&name.as_str()) {
            state.violation(format!("an external status check has no {name}"));
        }
    }
    let others = state.gitlab.external_checks.iter();
    let mut others = others.filter(|it| it.repository == check.repository && it.id != check.id);
    let taken = |other: &ExternalCheck| {
        other.name == check.name || other.external_url == check.external_url
    };
    if others.any(taken) {
        let text = json!({ "name": ["has already been taken"] });
        return Err(Refusal::message(StatusCode::BAD_REQUEST, text));
    }
    Ok(check)
}
