//! What a person sees of the simulated platform in a browser: change requests at the paths that the platforms use.

mod checks;
pub mod markdown;
mod view;

use std::cmp::Reverse;

use askama::Template;
use axum::Router;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::{Simulator, State};
use crate::forge::ForgeKind;

/// The list of change requests at `/`, and each at its platform's path.
pub(super) fn router() -> Router<Simulator> {
    Router::new().fallback(page)
}

/// Path of a change request's page.
pub fn path(forge: ForgeKind, full_name: &str, number: i64) -> String {
    match forge {
        ForgeKind::GitHub => format!("/{full_name}/pull/{number}"),
        ForgeKind::GitLab => format!("/{full_name}/-/merge_requests/{number}"),
    }
}

#[derive(Template)]
#[template(path = "simulator/index.html")]
struct IndexPage {
    changes: Vec<Entry>,
}

struct Entry {
    repository: String,
    title: String,
    number: i64,
    pull: String,
    merge: String,
}

async fn page(
    AxumState(simulator): AxumState<Simulator>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let state = simulator.state();
    let html = match uri.path() {
        "/" => index(&state).render(),
        path => match (change_page(&state, path), file(&state, path)) {
            (Some(page), _) => page.render(),
            (None, Some(text)) => return text.into_response(),
            (None, None) => return not_found(&headers),
        },
    };
    match html {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn index(state: &State) -> IndexPage {
    let entry = |change: &super::Change| {
        let repository = state.repositories.get(&change.repository)?.full_name.clone();
        Some(Entry {
            pull: path(ForgeKind::GitHub, &repository, change.number),
            merge: path(ForgeKind::GitLab, &repository, change.number),
            title: change.title.clone(),
            number: change.number,
            repository,
        })
    };
    let mut changes: Vec<_> = state.changes.values().collect();
    changes.sort_by_key(|change| Reverse(change.created_at));
    IndexPage { changes: changes.into_iter().filter_map(entry).collect() }
}

fn change_page(state: &State, path: &str) -> Option<view::ChangePage> {
    let (rest, number) = path.strip_prefix('/')?.rsplit_once('/')?;
    let (forge, name) = match rest.strip_suffix("/-/merge_requests") {
        Some(name) => (ForgeKind::GitLab, name),
        None => (ForgeKind::GitHub, rest.strip_suffix("/pull")?),
    };
    let change = state.change(state.repository(name)?.id, number.parse().ok()?)?;
    Some(view::ChangePage::new(state, forge, change))
}

/// The text of a file at a commit.
fn file(state: &State, path: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let (repository, place) = path.strip_prefix('/')?.split_once("/blob/")?;
    state.repository(repository.strip_suffix("/-").unwrap_or(repository))?;
    let (commit, file) = place.split_once('/')?;
    let bytes = state.commits.get(commit)?.files.get(file)?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// A browser gets text, a client the platforms' answer to a route that they don't have.
fn not_found(headers: &HeaderMap) -> Response {
    let browser = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    if browser {
        return (StatusCode::NOT_FOUND, "There is no such page here.").into_response();
    }
    let body = serde_json::json!({ "message": "Not Found", "status": "404" });
    (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
}
