//! Pages for people: repositories, their trends, their reviews.

mod asked;
pub(super) mod change;
mod changes;
mod chart;
pub(super) mod findings;
mod operations;
mod overview;
pub(super) mod repository;
mod review;
mod thread;
pub(super) mod time;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tower::limit::GlobalConcurrencyLimitLayer;

use super::{Web, WebError};
use crate::forge::ForgeKind;

/// How many pages are made at a time: deliveries must find a free connection to the store, however many people look.
const AT_A_TIME: usize = 6;
/// Most bytes of a form.
const FORM: usize = 4096;

/// The pages' routes.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(overview::show))
        .route("/repositories/{forge}/{*name}", get(repository::show))
        .route(changes::PAGE, get(changes::show))
        .route("/changes/{forge}/{*path}", get(change::show))
        .route("/reviews/{key}", get(review::show))
        .merge(findings::routes())
        .route("/operations", get(operations::show))
        .route(
            "/operations/dead-letters/{id}/redrive",
            post(operations::redrive).layer(DefaultBodyLimit::max(FORM)),
        )
        .route(
            "/operations/deliveries/{id}/replay",
            post(operations::replay).layer(DefaultBodyLimit::max(FORM)),
        )
        .route(
            "/operations/repositories/{id}/pause",
            post(operations::pause).layer(DefaultBodyLimit::max(FORM)),
        )
        .route(
            "/operations/repositories/{id}/resume",
            post(operations::resume).layer(DefaultBodyLimit::max(FORM)),
        )
        .layer(GlobalConcurrencyLimitLayer::new(AT_A_TIME))
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    what: &'a str,
}

/// A page that says that something is not there.
pub(super) fn missing(what: &str) -> Result<Response, WebError> {
    Ok((StatusCode::NOT_FOUND, Html(Missing { what }.render()?)).into_response())
}

/// The answer to addresses that have nothing.
pub(super) async fn no_such_page() -> WebError {
    WebError::NotFound("there is no such page")
}

/// What stays as it is in a path: a name's slashes separate its parts.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// Address of a repository's page.
pub(super) fn repository_href(forge: ForgeKind, full_name: &str) -> String {
    format!("/repositories/{}/{}", forge.as_str(), utf8_percent_encode(full_name, PATH))
}

/// Address of a change request's page.
pub(super) fn change_href(forge: ForgeKind, repository: &str, number: i64) -> String {
    format!("/changes/{}/{}/{number}", forge.as_str(), utf8_percent_encode(repository, PATH))
}

/// Whether an address is one that a page may link to.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// What has become of a change request, as people read it.
fn change_state(state: &str, draft: bool) -> &'static str {
    match state {
        "open" if draft => "Draft",
        "open" => "Open",
        "merged" => "Merged",
        _ => "Closed",
    }
}

/// How many days before today the rate of passed gates looks at: four weeks with it.
pub(super) const GATE_DAYS: u64 = 27;

/// How many of the reviews passed, in percent.
pub(super) fn pass_rate(reviews: i64, failed: i64) -> Option<i64> {
    (reviews > 0).then(|| (reviews - failed) * 100 / reviews)
}

/// How a review ended, in a word and a class for its colour.
struct VerdictBadge {
    text: &'static str,
    class: &'static str,
}

fn verdict(conclusion: Option<&str>, stale: bool) -> VerdictBadge {
    let (text, class) = match conclusion {
        _ if stale => ("Superseded", "none"),
        Some("passed") => ("Passed", "passed"),
        Some("failed") => ("Failed", "failed"),
        Some("skipped") => ("Nothing to review", "none"),
        Some("cancelled") => ("Cancelled", "none"),
        Some("timed-out") => ("Timed out", "none"),
        Some(_) => ("No verdict", "none"),
        None => ("Running", "none"),
    };
    VerdictBadge { text, class }
}

/// The commit's name as people write it.
fn short(sha: &str) -> String {
    sha.chars().take(7).collect()
}
