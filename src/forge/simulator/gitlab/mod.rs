//! GitLab's REST interface, as far as the service uses it, with its refusals.
//!
//! A call that GitLab does not know is answered as GitLab does and noted as a violation.

mod approvals;
mod auth;
mod call;
mod check_answers;
mod deliveries;
mod discussions;
mod drafts;
mod events;
mod groups;
mod hooks;
mod merge_requests;
mod notes;
mod people;
mod pipelines;
mod position;
mod render;
mod reply;
mod repository;
mod status_checks;
mod statuses;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::{Request, State as AxumState};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::limits::dated;
use super::model::{Level, Repository, State};
use super::{BOT_LOGIN, BOT_TOKEN, Simulator};
pub use approvals::{Approved, MergeRules};
use auth::Caller;
pub use auth::Token;
use call::Call;
pub use check_answers::CheckAnswer;
pub use deliveries::Delivered;
pub use drafts::Draft;
pub use events::payload;
pub use hooks::{HookOwner, InstalledHook};
pub use pipelines::{Pipeline, Run, counting_status, pipeline_payload, run};
use reply::{Answer, Refusal};
pub use status_checks::ExternalCheck;

/// What only this interface knows.
#[derive(Debug)]
pub struct Extra {
    /// Access tokens by their secret.
    pub tokens: BTreeMap<String, Token>,
    /// What the bot user may do in projects where it was granted nothing else.
    pub bot_level: Option<Level>,
    /// Pipelines, oldest first.
    pub pipelines: Vec<Pipeline>,
    /// How often a merge request is still read without `diff_refs`, by project and number.
    pub unprepared: BTreeMap<(i64, i64), u32>,
    /// Whether a status may be set to what it is already, as newer versions allow.
    pub lenient_statuses: bool,
    /// Emoji on notes: note and name.
    pub awards: BTreeSet<(i64, String)>,
    /// Plain notes that answer another one, which is named behind them.
    pub replies: BTreeMap<i64, i64>,
    /// Comments that are staged, oldest first.
    pub drafts: Vec<Draft>,
    /// Of how many notes people were told at a time, oldest first.
    pub notifications: Vec<usize>,
    /// What external status checks were told, oldest first.
    pub check_answers: Vec<CheckAnswer>,
    /// Paths whose diffs are too large to be shown or unfolded.
    pub too_large: BTreeSet<String>,
    /// Approvals that stand.
    pub approvals: Vec<Approved>,
    /// What projects ask for before something is merged.
    pub merge_rules: BTreeMap<i64, MergeRules>,
    /// What `/version` says.
    pub version: String,
    /// How many archives the bot may still read in this minute.
    pub archives_left: u32,
    /// Webhooks, oldest first.
    pub hooks: Vec<InstalledHook>,
    /// External status checks, oldest first.
    pub external_checks: Vec<ExternalCheck>,
    /// Numbers of groups by path, of those that somebody asked for.
    pub groups: BTreeMap<String, i64>,
    /// Whether groups have webhooks.
    pub premium: bool,
    /// Whether projects have external status checks.
    pub ultimate: bool,
    /// Whether the projects of a group can be paged by their numbers.
    pub keyset_projects: bool,
}

impl Default for Extra {
    fn default() -> Self {
        let bot = Token {
            id: 1,
            login: BOT_LOGIN.to_owned(),
            scopes: vec!["api".to_owned()],
            expires_at: None,
            revoked: false,
            oauth: false,
        };
        Self {
            tokens: BTreeMap::from([(BOT_TOKEN.to_owned(), bot)]),
            bot_level: Some(Level::Write),
            pipelines: Vec::new(),
            unprepared: BTreeMap::new(),
            lenient_statuses: false,
            awards: BTreeSet::new(),
            replies: BTreeMap::new(),
            drafts: Vec::new(),
            notifications: Vec::new(),
            check_answers: Vec::new(),
            too_large: BTreeSet::new(),
            approvals: Vec::new(),
            merge_rules: BTreeMap::new(),
            version: "19.5.0".to_owned(),
            archives_left: 5,
            hooks: Vec::new(),
            external_checks: Vec::new(),
            groups: BTreeMap::new(),
            premium: true,
            ultimate: true,
            keyset_projects: true,
        }
    }
}

impl Extra {
    /// Whether the version is this one or a later one.
    fn is(&self, (major, minor): (u32, u32)) -> bool {
        let mut numbers = self.version.split('.').map_while(|part| part.parse::<u32>().ok());
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
    }
}

/// All routes, at their full paths (`/api/v4/projects/{id}/...`).
pub fn router() -> Router<Simulator> {
    Router::new().route("/api/v4/{*rest}", any(serve))
}

async fn serve(AxumState(simulator): AxumState<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Refusal::not_found("").into_response();
    };
    let host = simulator.url().to_owned();
    let call = match Call::read(&parts, &body, host) {
        Ok(call) => call,
        Err(refusal) => return refusal.into_response(),
    };
    let answer = match simulator.test_hook(&call).await {
        Some(answer) => answer,
        None => answer(&mut simulator.state(), &call),
    };
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    dated(&mut response, simulator.state().now());
    response
}

fn answer(state: &mut State, call: &Call<'_>) -> Answer {
    let caller = Caller::of(state, call.headers)?;
    caller.require_scope(call.method)?;
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        ("GET", ["version" | "metadata"]) => Ok(people::version(state)),
        ("GET", ["user"]) => people::user(state, call, &caller),
        ("GET", ["personal_access_tokens", "self"]) => people::token(state, &caller),
        ("GET", ["users"]) => people::users(state, call),
        ("GET", ["users", id]) => people::user_by_id(state, call, id),
        ("GET", ["projects"]) => repository::projects(state, call, &caller),
        (_, ["groups", id, rest @ ..]) => {
            let group = groups::group(state, &caller, id)?;
            match (call.method, rest) {
                ("GET", []) => Ok(groups::one(&group)),
                ("GET", ["projects"]) => groups::projects(state, call, &caller, &group),
                (_, ["hooks", ..]) if !state.gitlab.premium => Err(Refusal::not_found("")),
                (_, ["hooks", rest @ ..]) => {
                    groups::require_owner(state, &caller, &group)?;
                    hooks::answer(state, call, HookOwner::Group(group.full_path), rest)
                }
                _ => unknown(state, call),
            }
        }
        (_, ["projects", id, rest @ ..]) => {
            let project = project(state, &caller, id)?;
            match rest {
                ["merge_requests", iid, rest @ ..] => {
                    let iid = number(iid)?;
                    state.change(project.id, iid).ok_or_else(|| Refusal::not_found(""))?;
                    let at = At { caller, project, iid };
                    merge_request_route(state, call, &at, rest)
                }
                _ => project_route(state, call, &caller, &project, rest),
            }
        }
        _ => unknown(state, call),
    }
}

/// A merge request that is asked for, and by whom.
struct At {
    caller: Caller,
    project: Repository,
    iid: i64,
}

impl At {
    fn key(&self) -> (i64, i64) {
        (self.project.id, self.iid)
    }
}

/// The project of that number or full path, if the caller may see it.
fn project(state: &State, caller: &Caller, id: &str) -> Result<Repository, Refusal> {
    let found = match id.parse::<i64>() {
        Ok(id) => state.repositories.get(&id),
        Err(_) => state.repository(id),
    };
    found
        .filter(|found| caller.level(state, found.id).is_some())
        .cloned()
        .ok_or_else(|| Refusal::not_found("Project"))
}

fn project_route(
    state: &mut State,
    call: &Call<'_>,
    caller: &Caller,
    project: &Repository,
    path: &[&str],
) -> Answer {
    match (call.method, path) {
        ("GET", []) => Ok(repository::project(state, call, project)),
        ("GET", ["merge_requests"]) => Ok(merge_requests::list(state, call, project)),
        ("GET", ["members", "all", user]) => people::member(state, call, project, number(user)?),
        ("GET", ["repository", "files", file, "raw"]) => {
            repository::file(state, call, project, file, true)
        }
        ("GET", ["repository", "files", file]) => {
            repository::file(state, call, project, file, false)
        }
        ("GET", ["repository", "blobs", sha, "raw"]) => repository::blob(state, sha),
        ("GET", ["repository", "archive.tar.gz"]) => repository::archive(state, call, project),
        ("GET", ["repository", "tree"]) => repository::tree(state, call, project),
        ("GET", ["repository", "compare"]) => repository::compare(state, call, project),
        ("GET", ["repository", "commits", sha]) => repository::commit(state, project, sha),
        ("GET", ["repository", "commits", sha, "statuses"]) => {
            statuses::list(state, call, project, sha)
        }
        (_, ["hooks", rest @ ..]) => {
            caller.require(state, project.id, Level::Admin)?;
            hooks::answer(state, call, HookOwner::Project(project.id), rest)
        }
        (_, ["external_status_checks", rest @ ..]) => {
            caller.require(state, project.id, Level::Admin)?;
            status_checks::answer(state, call, project, rest)
        }
        ("POST", ["statuses", sha]) => {
            caller.require(state, project.id, Level::Write)?;
            statuses::set(state, call, caller, project, sha)
        }
        _ => unknown(state, call),
    }
}

fn merge_request_route(state: &mut State, call: &Call<'_>, at: &At, path: &[&str]) -> Answer {
    match (call.method, path) {
        ("GET", []) => merge_requests::one(state, call, at),
        ("GET", ["versions"]) => Ok(merge_requests::versions(state, call, at)),
        ("GET", ["versions", id]) => merge_requests::version(state, call, at, number(id)?),
        ("GET", ["diffs"]) => Ok(merge_requests::diffs(state, call, at)),
        ("GET", ["raw_diffs"]) => Ok(merge_requests::raw_diffs(state, at)),
        ("GET", ["changes"]) => Ok(merge_requests::changes(state, call, at)),
        ("GET", ["commits"]) => Ok(merge_requests::commits(state, call, at)),
        ("GET", ["pipelines"]) => Ok(pipelines::list(state, call, at)),
        (_, ["draft_notes", rest @ ..]) => drafts::route(state, call, at, rest),
        ("GET", ["discussions"]) => Ok(discussions::list(state, call, at)),
        ("POST", ["discussions"]) => discussions::create(state, call, at),
        ("GET", ["discussions", id]) => discussions::one(state, call, at, id),
        ("PUT", ["discussions", id]) => discussions::resolve(state, call, at, id),
        ("POST", ["discussions", id, "notes"]) => discussions::reply(state, call, at, id),
        ("PUT", ["discussions", id, "notes", note]) => {
            discussions::change(state, call, at, id, number(note)?)
        }
        ("DELETE", ["discussions", _, "notes", note]) | ("DELETE", ["notes", note]) => {
            notes::delete(state, at, number(note)?)
        }
        ("GET", ["approvals"]) => approvals::read(state, call, at),
        ("POST", ["approve"]) => approvals::approve(state, call, at),
        ("POST", ["unapprove"]) => approvals::unapprove(state, call, at),
        ("GET", ["status_checks"]) => check_answers::list(state, call, at),
        ("POST", ["status_check_responses"]) => check_answers::answer(state, call, at),
        ("GET", ["notes"]) => Ok(notes::list(state, call, at)),
        ("POST", ["notes"]) => notes::create(state, call, at),
        ("GET", ["notes", note]) => notes::one(state, call, at, number(note)?),
        ("PUT", ["notes", note]) => notes::change(state, call, at, number(note)?),
        ("POST", ["notes", note, "award_emoji"]) => notes::award(state, call, at, number(note)?),
        _ => unknown(state, call),
    }
}

/// A call that GitLab does not know: most likely a mistake of the client.
fn unknown(state: &mut State, call: &Call<'_>) -> Answer {
    state.violation(format!("GitLab knows no {} {}", call.method, call.url()));
    Err(Refusal::not_found(""))
}

fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::parameter("id is invalid"))
}
