//! Approvals, and what a project asks for before something is merged.

use serde_json::{Value, json};

use super::super::model::{Change, ChangeState, Level, State};
use super::At;
use super::call::Call;
use super::check_answers;
use super::render::{time, user_json};
use super::reply::{Answer, Refusal, created, ok};

/// An approval of a merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Project and number of the merge request.
    pub change: (i64, i64),
    /// Login of who gave it.
    pub by: String,
}

/// What a project asks for before something is merged.
#[derive(Debug, Clone, Copy, Default)]
pub struct MergeRules {
    /// "Pipelines must succeed".
    pub pipelines: bool,
    /// "Status checks must succeed".
    pub status_checks: bool,
    /// "All threads must be resolved".
    pub threads: bool,
    /// How many approvals are needed.
    pub approvals: usize,
    /// "Prevent approval by merge request creator".
    pub others_approve: bool,
}

fn rules(state: &State, project: i64) -> MergeRules {
    state.gitlab.merge_rules.get(&project).copied().unwrap_or_default()
}

fn is_approved_by(state: &State, key: (i64, i64), login: &str) -> bool {
    state.gitlab.approvals.iter().any(|it| it.change == key && it.by == login)
}

fn may_approve(state: &State, at: &At) -> bool {
    let author = state.changes[&at.key()].author == at.caller.login;
    !(author && rules(state, at.project.id).others_approve)
}

fn json(state: &State, call: &Call<'_>, at: &At) -> Value {
    let ours = state.gitlab.approvals.iter().filter(|it| it.change == at.key());
    let by: Vec<Value> = ours
        .map(|it| json!({ "user": user_json(state, &call.host, Some(&it.by)), "approved_at": time(state.now()) }))
        .collect();
    let has = is_approved_by(state, at.key(), &at.caller.login);
    let developer = at.caller.level(state, at.project.id) >= Some(Level::Write);
    json!({
        "user_has_approved": has,
        "user_can_approve": developer && !has && may_approve(state, at),
        "approved": !by.is_empty(),
        "approved_by": by,
    })
}

/// `GET …/approvals`
pub(super) fn read(state: &State, call: &Call<'_>, at: &At) -> Answer {
    Ok(ok(json(state, call, at)))
}

/// `POST …/approve`: once, and of the head that was looked at if that is said.
pub(super) fn approve(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    at.caller.require(state, at.project.id, Level::Write)?;
    match call.text("sha") {
        Some(sha) => check_answers::require_head(state, at, &sha)?,
        None => state.violation("an approval says of which head it is nothing"),
    }
    if is_approved_by(state, at.key(), &at.caller.login) || !may_approve(state, at) {
        return Err(Refusal::unauthorized());
    }
    state.gitlab.approvals.push(Approved { change: at.key(), by: at.caller.login.clone() });
    note(state, at, "approved this merge request");
    Ok(created(json(state, call, at)))
}

/// `POST …/unapprove`
pub(super) fn unapprove(state: &mut State, call: &Call<'_>, at: &At) -> Answer {
    at.caller.require(state, at.project.id, Level::Write)?;
    if !is_approved_by(state, at.key(), &at.caller.login) {
        return Err(Refusal::not_found(""));
    }
    state.gitlab.approvals.retain(|it| it.change != at.key() || it.by != at.caller.login);
    note(state, at, "unapproved this merge request");
    Ok(created(json(state, call, at)))
}

/// GitLab's own note of what was done; people are told.
fn note(state: &mut State, at: &At, text: &str) {
    let mut note = state.note(&at.caller.login, text);
    note.system = true;
    state.gitlab.notifications.push(1);
    if let Some(change) = state.changes.get_mut(&at.key()) {
        change.comments.push(note);
    }
}

/// The first thing that keeps it from being merged, in GitLab's word.
pub(super) fn merge_status(state: &State, change: &Change) -> &'static str {
    let key = (change.repository, change.number);
    let rules = rules(state, change.repository);
    let open = |thread: &super::super::model::Thread| {
        thread.resolved_by.is_none() && !thread.notes.is_empty()
    };
    let approvals = state.gitlab.approvals.iter().filter(|it| it.change == key).count();
    let checks = check_answers::checks_of(state, change.repository);
    let mut unmet = checks.filter(|check| check_answers::status(state, key, check.id) != "passed");
    let newest = state.statuses.iter().rev().find(|status| status.sha == change.head());
    match (change.state, newest.map(|status| status.state.as_str())) {
        (ChangeState::Merged | ChangeState::Closed, _) => "not_open",
        _ if change.draft => "draft_status",
        _ if rules.threads && change.threads.iter().any(open) => "discussions_not_resolved",
        _ if approvals < rules.approvals => "not_approved",
        _ if rules.status_checks && unmet.next().is_some() => "status_checks_must_pass",
        (_, Some("pending" | "running")) if rules.pipelines => "ci_still_running",
        (_, Some("success")) => "mergeable",
        _ if rules.pipelines => "ci_must_pass",
        _ => "mergeable",
    }
}
