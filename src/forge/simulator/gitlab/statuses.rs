//! Commit statuses with their state machine, and the pipelines that they hang on.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::model::{CommitStatus, Repository, State};
use super::auth::Caller;
use super::call::Call;
use super::pipelines::Pipeline;
use super::render::{time, user_json};
use super::reply::{Answer, Refusal, created, page};
use super::repository::require_commit;

/// Longest description and address, in characters.
const LONGEST: usize = 255;

/// What a client wants to set.
struct Wanted {
    state: String,
    name: String,
    branch: String,
    description: Option<String>,
    target_url: Option<String>,
    pipeline: Option<i64>,
}

impl Wanted {
    fn read(
        state: &State,
        call: &Call<'_>,
        project: &Repository,
        sha: &str,
    ) -> Result<Self, Refusal> {
        let wanted = call.required("state")?;
        let known = ["pending", "running", "success", "failed", "canceled", "skipped"];
        if !known.contains(&wanted.as_str()) {
            return Err(Refusal::parameter("state does not have a valid value"));
        }
        require_commit(state, sha)?;
        let (description, target_url) = (call.text("description"), call.text("target_url"));
        check_lengths(description.as_deref(), target_url.as_deref())?;
        let own = call.text("pipeline_id").and_then(|id| {
            let pipelines = &state.gitlab.pipelines;
            pipelines.iter().find(|it| it.id.to_string() == id).map(|it| it.branch.clone())
        });
        let branch = match call.text("ref").or(own) {
            Some(name) => Some(name),
            None => {
                let mut branches = project.branches.iter();
                branches.find(|(_, tip)| state.is_ancestor(sha, tip)).map(|(name, _)| name.clone())
            }
        };
        let branch = branch.ok_or_else(|| Refusal::not_found("References for commit"))?;
        let pipeline = match call.text("pipeline_id") {
            None => None,
            Some(id) => {
                let named = call.text("ref");
                let fits = state.gitlab.pipelines.iter().find(|it| {
                    let branch = named.as_ref().is_none_or(|name| *name == it.branch);
                    it.id.to_string() == id && it.sha == sha && branch
                });
                Some(
                    fits.ok_or_else(|| {
                        Refusal::not_found("Pipeline for pipeline_id, sha and ref")
                    })?
                    .id,
                )
            }
        };
        let name = call.text("name").or_else(|| call.text("context"));
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned());
        Ok(Self { state: wanted, name, branch, description, target_url, pipeline })
    }
}

fn check_lengths(description: Option<&str>, target_url: Option<&str>) -> Result<(), Refusal> {
    let refuse = |field: &str, text: &str| {
        Err(Refusal::message(StatusCode::BAD_REQUEST, json!({ field: [text] })))
    };
    for (field, text) in [("description", description), ("target_url", target_url)] {
        if text.is_some_and(|text| text.chars().count() > LONGEST) {
            return refuse(field, "is too long (maximum is 255 characters)");
        }
    }
    let web = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    match target_url {
        Some(url) if !web(url) => {
            refuse("target_url", "is blocked: Only allowed schemes are http, https")
        }
        _ => Ok(()),
    }
}

/// `POST /projects/:id/statuses/:sha`
pub(super) fn set(
    state: &mut State,
    call: &Call<'_>,
    caller: &Caller,
    project: &Repository,
    sha: &str,
) -> Answer {
    let wanted = Wanted::read(state, call, project, sha)?;
    if !project.branches.contains_key(&wanted.branch) && !wanted.branch.starts_with("refs/") {
        state.violation(format!("a status is set on the unknown branch {}", wanted.branch));
    }
    let pipeline = match wanted.pipeline {
        Some(id) => id,
        None => pipeline_of(state, project, sha, &wanted.branch),
    };
    let open = state.statuses.iter().position(|own| {
        own.name == wanted.name
            && own.pipeline == Some(pipeline)
            && own.author == caller.login
            && matches!(own.state.as_str(), "pending" | "running")
    });
    if let Some(own) = open {
        check_transition(state, &state.statuses[own].state, &wanted.state)?;
    }
    let (id, updated_at) = (state.next_id(), state.now());
    let at = open.unwrap_or_else(|| {
        state.statuses.push(CommitStatus {
            id,
            repository: project.id,
            sha: sha.to_owned(),
            name: wanted.name.clone(),
            state: String::new(),
            description: None,
            target_url: None,
            branch: Some(wanted.branch.clone()),
            pipeline: Some(pipeline),
            author: caller.login.clone(),
            updated_at,
        });
        state.statuses.len() - 1
    });
    let own = &mut state.statuses[at];
    own.state = wanted.state;
    own.updated_at = updated_at;
    own.description = wanted.description.or(own.description.take());
    own.target_url = wanted.target_url.or(own.target_url.take());
    let own = own.clone();
    Ok(created(status_json(state, &call.host, &own)))
}

/// The newest pipeline of the commit and branch, made if there is none.
fn pipeline_of(state: &mut State, project: &Repository, sha: &str, branch: &str) -> i64 {
    let fits = |it: &&Pipeline| it.repository == project.id && it.sha == sha && it.branch == branch;
    if let Some(found) = state.gitlab.pipelines.iter().rev().find(fits) {
        return found.id;
    }
    let id = state.next_id();
    state.gitlab.pipelines.push(Pipeline {
        id,
        repository: project.id,
        sha: sha.to_owned(),
        source_sha: None,
        branch: branch.to_owned(),
        source: "external".to_owned(),
    });
    id
}

/// Refuses to go backwards, and to where it is already.
fn check_transition(state: &State, from: &str, to: &str) -> Result<(), Refusal> {
    let event = match to {
        "pending" => "enqueue",
        "running" => "run",
        "success" => "success",
        "failed" => "drop",
        "canceled" => "cancel",
        _ => "skip",
    };
    let allowed = match (from, to) {
        _ if from == to => state.gitlab.lenient_statuses,
        ("running", "pending" | "skipped") => false,
        _ => true,
    };
    if allowed {
        return Ok(());
    }
    Err(Refusal::message(
        StatusCode::BAD_REQUEST,
        format!(
            "Cannot transition status via :{event} from :{from} (Reason(s): Status cannot transition via \"{event}\")"
        ),
    ))
}

fn status_json(state: &State, host: &str, status: &CommitStatus) -> Value {
    let ended = !matches!(status.state.as_str(), "pending" | "running");
    json!({
        "id": status.id,
        "sha": status.sha,
        "ref": status.branch,
        "status": status.state,
        "name": status.name,
        "target_url": status.target_url,
        "description": status.description,
        "created_at": time(status.updated_at),
        "started_at": (status.state != "pending").then(|| time(status.updated_at)),
        "finished_at": ended.then(|| time(status.updated_at)),
        "allow_failure": false,
        "coverage": null,
        "pipeline_id": status.pipeline,
        "author": user_json(state, host, Some(&status.author)),
    })
}

/// `GET …/repository/commits/:sha/statuses`: the newest of each name, or all.
pub(super) fn list(state: &State, call: &Call<'_>, project: &Repository, sha: &str) -> Answer {
    require_commit(state, sha)?;
    let (name, branch) = (call.text("name"), call.text("ref"));
    let all = call.boolean("all")? == Some(true);
    let own: Vec<&CommitStatus> = state
        .statuses
        .iter()
        .filter(|it| it.repository == project.id && it.sha == sha && it.pipeline.is_some())
        .filter(|it| name.as_ref().is_none_or(|name| it.name == *name))
        .filter(|it| branch.is_none() || it.branch == branch)
        .collect();
    let retried = |at: usize| {
        own[at + 1..]
            .iter()
            .any(|later| (&later.name, later.pipeline) == (&own[at].name, own[at].pipeline))
    };
    let shown: Vec<Value> = (0..own.len())
        .filter(|at| all || !retried(*at))
        .map(|at| status_json(state, &call.host, own[at]))
        .collect();
    Ok(page(call, &shown))
}
