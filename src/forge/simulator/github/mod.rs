//! GitHub's REST and GraphQL interfaces, as far as the service uses them, with their refusals.
//!
//! A call that GitHub does not know is answered as GitHub does and noted as a violation.

mod anchor;
mod app;
mod archive;
mod auth;
mod call;
mod checks;
mod comments;
mod contents;
mod deliveries;
mod events;
mod graphql;
mod installation;
mod issues;
mod jwt;
mod links;
mod manifest;
mod person;
mod pulls;
mod render;
mod reply;
mod reviews;
mod tags;
mod texts;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::{Request, State as AxumState};
use axum::http::HeaderName;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use chrono::TimeDelta;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::limits::dated;
use super::model::{Repository, State, Thread};
use super::{APP_SLUG, Simulator};
use crate::forge::github::app::Extent;
pub use auth::Token;
use call::Call;
pub use deliveries::Delivery;
pub(super) use deliveries::keep as keep_delivery;
pub use events::payload;
pub use installation::payload as installation_payload;
pub use manifest::Confirmed;
use render::Render;
use reply::{Answer, Query, Refusal, ok};

/// What only this interface knows.
#[derive(Debug)]
pub struct Extra {
    /// Access tokens that were given out.
    pub tokens: BTreeMap<String, Token>,
    /// How long the next tokens live.
    pub token_life: TimeDelta,
    /// Comments of pending reviews, by review.
    pub pending: BTreeMap<i64, Vec<Thread>>,
    /// Reactions: comment and content.
    pub reactions: BTreeSet<(i64, String)>,
    /// Most entries of a listed tree.
    pub tree_limit: usize,
    /// Trees that were listed, by their SHA: a commit and the folder in it.
    pub trees: BTreeMap<String, (String, String)>,
    /// What lets the other host give an archive: repository and commit. Each works once.
    pub archives: BTreeMap<String, (i64, String)>,
    /// The App's name in addresses; its login is that with `[bot]` behind it.
    pub slug: String,
    /// What the App may do, by GitHub's names.
    pub permissions: BTreeMap<String, String>,
    /// What the App is told of.
    pub events: Vec<String>,
    /// Where the App's webhook is, with what else is said of it; `None` where GitHub doesn't show it.
    pub hook: Option<Value>,
    /// Apps that people confirmed, by the code for their credentials.
    pub confirmed: BTreeMap<String, Confirmed>,
    /// What was sent to the App's webhook, oldest first.
    pub deliveries: Vec<Delivery>,
    /// How often a delivery was asked for again.
    pub asked: usize,
    /// Numbers of deliveries that are to be sent again.
    asked_for: Vec<i64>,
    /// The installation of each token that was ever given out.
    issued: BTreeMap<String, i64>,
}

impl Extra {
    /// The installation that a token acts for, or acted for.
    pub(super) fn known_token(&self, token: &str) -> Option<i64> {
        self.issued.get(token).copied()
    }
}

impl Default for Extra {
    fn default() -> Self {
        let extent = Extent::default();
        Self {
            tokens: BTreeMap::new(),
            token_life: TimeDelta::hours(1),
            pending: BTreeMap::new(),
            reactions: BTreeSet::new(),
            tree_limit: 100_000,
            trees: BTreeMap::new(),
            archives: BTreeMap::new(),
            slug: APP_SLUG.to_owned(),
            permissions: extent
                .permissions()
                .iter()
                .map(|it| (it.name.into(), it.level.into()))
                .collect(),
            events: extent.events().iter().map(|it| it.event.to_owned()).collect(),
            hook: None,
            confirmed: BTreeMap::new(),
            deliveries: Vec::new(),
            asked: 0,
            asked_for: Vec::new(),
            issued: BTreeMap::new(),
        }
    }
}

/// All routes, at their full paths (`/repos/{owner}/{name}/...` and the same below `/api/v3`).
pub fn router() -> Router<Simulator> {
    [
        "/api/v3/{*rest}",
        "/api/graphql",
        "/graphql",
        "/app",
        "/app/{*rest}",
        "/installation/{*rest}",
        "/repos/{*rest}",
        "/codeload/{*rest}",
        "/rate_limit",
        "/repositories/{*rest}",
        "/user",
        "/user/{*rest}",
        "/app-manifests/{*rest}",
    ]
    .into_iter()
    .fold(Router::new(), |router, path| router.route(path, any(serve)))
    .route("/settings/apps/new", post(manifest::confirm_own))
    .route("/organizations/{organization}/settings/apps/new", post(manifest::confirm_of))
}

async fn serve(AxumState(simulator): AxumState<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Refusal::not_found().into_response();
    };
    let response = respond(&simulator, &parts, &body);
    tags::tagged(&parts.method, &parts.headers, response).await
}

fn respond(simulator: &Simulator, parts: &Parts, body: &[u8]) -> Response {
    let host = simulator.url().to_owned();
    let mut state = simulator.state();
    let call = read(parts, body, host);
    let mut response = answer(&mut state, &call).unwrap_or_else(IntoResponse::into_response);
    deliveries::send_again(simulator, &mut state);
    dated(&mut response, state.now());
    let reset = (state.now() + TimeDelta::hours(1)).timestamp();
    for (name, value) in [("limit", 5000), ("remaining", 4999), ("used", 1), ("reset", reset)] {
        if let Ok(name) = HeaderName::try_from(format!("x-ratelimit-{name}")) {
            response.headers_mut().insert(name, value.into());
        }
    }
    response
}

fn read<'a>(parts: &'a Parts, body: &'a [u8], host: String) -> Call<'a> {
    let path = parts.uri.path();
    let (base, path) = match path.strip_prefix("/api/v3") {
        Some(path) => ("/api/v3", path),
        // GraphQL is beside the REST interface there, not below it.
        None => ("", path.strip_prefix("/api").unwrap_or(path)),
    };
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    Call {
        method: parts.method.as_str(),
        path: path.trim_start_matches('/').split('/').map(decoded).collect(),
        query: Query::of(parts.uri.query()),
        headers: &parts.headers,
        body,
        host,
        base,
    }
}

fn answer(state: &mut State, call: &Call<'_>) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if let ("GET", ["codeload", token]) = (call.method, path.as_slice()) {
        return archive::give(state, call, token);
    }
    auth::check_headers(call.headers)?;
    match (call.method, path.as_slice()) {
        (_, ["app", rest @ ..]) => {
            auth::app(state, call.headers)?;
            app_route(state, call, rest)
        }
        ("GET", ["rate_limit"]) => Ok(rate_limit(state)),
        ("GET", ["repositories", id]) => person::repository(state, call, number(id)?),
        (_, ["user", rest @ ..]) => person::answer(state, call, rest),
        ("POST", ["app-manifests", code, "conversions"]) => manifest::convert(state, call, code),
        ("GET", ["repos", owner, name, "installation"]) => {
            auth::app(state, call.headers)?;
            let id = state.repository(&format!("{owner}/{name}")).map(|found| found.id);
            app::installation_of(state, call, id.ok_or_else(Refusal::not_found)?)
        }
        ("GET", ["installation", "repositories"]) => {
            let token = auth::installation(state, call.headers)?;
            app::repositories(state, call, &token)
        }
        ("DELETE", ["installation", "token"]) => {
            auth::installation(state, call.headers)?;
            state.github.tokens.remove(auth::credential(call.headers).unwrap_or_default());
            Ok(reply::no_content())
        }
        ("POST", ["graphql"]) => {
            let token = auth::installation(state, call.headers)?;
            graphql::answer(state, call, &token)
        }
        (_, ["repos", owner, name, rest @ ..]) => {
            let token = auth::installation(state, call.headers)?;
            let repository = state.repository(&format!("{owner}/{name}")).cloned();
            let repository = repository.ok_or_else(Refusal::not_found)?;
            let (permissions, level) = needed(call.method, rest);
            token.require(state, &repository, permissions, level)?;
            repository_route(state, call, &repository, rest)
        }
        _ => unknown(state, call),
    }
}

/// Any of these permissions at this level is needed.
fn needed(method: &str, path: &[&str]) -> (&'static [&'static str], &'static str) {
    let permissions: &[&str] = match path {
        ["pulls", ..] => &["pull_requests"],
        ["issues", ..] => &["issues", "pull_requests"],
        ["check-runs", ..] | ["commits", _, "check-runs"] => &["checks"],
        ["statuses", ..] | ["commits", _, "statuses"] => &["statuses"],
        [] | ["collaborators", ..] => &["metadata"],
        _ => &["contents"],
    };
    (permissions, if method == "GET" { "read" } else { "write" })
}

fn app_route(state: &mut State, call: &Call<'_>, path: &[&str]) -> Answer {
    match (call.method, path) {
        ("GET", []) => app::app(state, call),
        ("GET", ["installations"]) => app::installations(state, call),
        ("GET", ["installations", id]) => app::installation(state, call, number(id)?),
        ("POST", ["installations", id, "access_tokens"]) => {
            app::access_token(state, call, number(id)?)
        }
        ("GET", ["hook", "config"]) => {
            Ok(ok(state.github.hook.as_ref().ok_or_else(Refusal::not_found)?.clone()))
        }
        ("GET", ["hook", "deliveries"]) => deliveries::list(state, call),
        ("POST", ["hook", "deliveries", id, "attempts"]) => deliveries::attempt(state, number(id)?),
        _ => unknown(state, call),
    }
}

fn repository_route(
    state: &mut State,
    call: &Call<'_>,
    repository: &Repository,
    path: &[&str],
) -> Answer {
    let id = repository.id;
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    match (call.method, path) {
        ("GET", []) => Ok(ok(render.repository(repository))),
        ("GET", ["pulls"]) => pulls::pulls(render, call, repository),
        (_, ["pulls", "comments", comment]) => inline_comment(state, call, id, number(comment)?),
        ("POST", ["pulls", "comments", comment, "reactions"]) => {
            issues::react_inline(state, call, id, number(comment)?)
        }
        (_, ["pulls", pull, rest @ ..]) => {
            let pull = number(pull)?;
            state.change(id, pull).ok_or_else(Refusal::not_found)?;
            pull_route(state, call, (id, pull), rest)
        }
        ("GET" | "PATCH" | "DELETE", ["issues", "comments", comment]) => {
            issues::one(state, call, id, number(comment)?)
        }
        ("POST", ["issues", "comments", comment, "reactions"]) => {
            issues::react(state, call, id, number(comment)?)
        }
        ("GET", ["issues", pull, "comments"]) => {
            let change = state.change(id, number(pull)?).ok_or_else(Refusal::not_found)?;
            issues::list(render, call, change)
        }
        ("POST", ["issues", pull, "comments"]) => {
            let pull = number(pull)?;
            state.change(id, pull).ok_or_else(Refusal::not_found)?;
            issues::create(state, call, (id, pull))
        }
        ("GET", ["collaborators", login, "permission"]) => issues::permission(render, id, login),
        ("POST", ["check-runs"]) => checks::create(state, call, id),
        ("PATCH", ["check-runs", check]) => checks::update(state, call, id, number(check)?),
        ("GET", ["check-runs", check]) => checks::one(state, call, id, number(check)?, false),
        ("GET", ["check-runs", check, "annotations"]) => {
            checks::one(state, call, id, number(check)?, true)
        }
        ("GET", ["commits", sha, "check-runs"]) => checks::list(state, call, repository, sha),
        ("POST", ["statuses", sha]) => checks::create_status(state, call, id, sha),
        ("GET", ["commits", sha, "statuses"]) => checks::statuses(state, call, id, sha),
        ("GET", ["commits", name]) => contents::commit(render, repository, name),
        ("GET", ["compare", spec @ ..]) => {
            contents::compare(render, call, repository, &spec.join("/"))
        }
        ("GET", ["contents", file @ ..]) => {
            contents::contents(state, call, repository, &file.join("/"))
        }
        ("GET", ["git", "trees", sha]) => tree::tree(state, call, repository, sha),
        ("GET", ["tarball", name]) => archive::lead_to(state, call, repository, name),
        ("GET", ["git", "blobs", sha]) => contents::blob(state, call, sha),
        _ => unknown(state, call),
    }
}

fn pull_route(state: &mut State, call: &Call<'_>, key: reviews::Key, path: &[&str]) -> Answer {
    let api = format!("{}{}", call.host, call.base);
    let render = Render { state, host: &call.host, api: &api };
    let change = &state.changes[&key];
    match (call.method, path) {
        ("GET", []) => pulls::pull(render, call, change),
        ("GET", ["files"]) => pulls::files(render, call, change),
        ("GET", ["commits"]) => pulls::commits(render, call, change),
        ("GET", ["reviews"]) => reviews::list(state, call, key),
        ("POST", ["reviews"]) => reviews::create(state, call, key),
        (_, ["reviews", id]) => reviews::one(state, call, key, number(id)?, None),
        (_, ["reviews", id, action]) => reviews::one(state, call, key, number(id)?, Some(action)),
        ("GET", ["comments"]) => comments::list(state, call, key),
        ("POST", ["comments"]) => comments::create(state, call, key),
        ("POST", ["comments", id, "replies"]) => comments::reply(state, call, key, number(id)?),
        _ => unknown(state, call),
    }
}

fn inline_comment(state: &mut State, call: &Call<'_>, repository: i64, id: i64) -> Answer {
    match call.method {
        "GET" => comments::one(state, call, repository, id),
        "PATCH" => comments::edit(state, call, repository, id),
        "DELETE" => reviews::delete_comment(state, repository, id),
        _ => unknown(state, call),
    }
}

fn rate_limit(state: &State) -> Response {
    let reset = (state.now() + TimeDelta::hours(1)).timestamp();
    let core = json!({ "limit": 5000, "used": 0, "remaining": 5000, "reset": reset });
    ok(json!({ "resources": { "core": core, "graphql": core }, "rate": core }))
}

/// A call that GitHub does not know: most likely a mistake of the client.
fn unknown(state: &mut State, call: &Call<'_>) -> Answer {
    state.violation(format!("GitHub knows no {} {}", call.method, call.url()));
    Err(Refusal::not_found())
}

fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}
