//! Repositories.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Reader;
use super::extract::{Path, Query};
use super::names::{Counts, page};
use super::page::{Listing, Page, rows};
use super::trends::days_before;
use super::values::{Cursor, Id, Limit, Text};
use super::words::Forge;
use crate::store::trends::{self, Sought};
use crate::store::{Sees, Transaction};
use crate::web::dashboard::{GATE_DAYS, pass_rate, repository_href};
use crate::web::{Web, WebError};

/// A repository with what was found in its open change requests.
#[derive(Serialize, ToSchema)]
pub(super) struct Repository {
    /// Its number in this API, which renames don't change.
    id: i64,
    forge: Forge,
    /// Its full name on the platform.
    #[schema(example = "octo/app")]
    full_name: String,
    /// Open findings of open change requests.
    open_findings: Counts,
    gate: Gate,
    /// When its last review began.
    last_review_at: Option<DateTime<Utc>>,
    /// This resource.
    url: String,
    /// Its page.
    html_url: String,
}

/// How reviews of the last four weeks came out.
#[derive(Serialize, ToSchema)]
struct Gate {
    /// Those that came to a verdict.
    reviews: i64,
    /// Those of them that failed.
    failed: i64,
    /// How many percent passed; null without reviews.
    pass_rate: Option<i64>,
}

impl Repository {
    fn new(web: &Web, repository: trends::Repository) -> Self {
        Self {
            id: repository.id,
            forge: Forge(repository.forge),
            url: format!("/api/v1/repositories/{}", repository.id),
            html_url: page(web, &repository_href(repository.forge, &repository.full_name)),
            full_name: repository.full_name,
            open_findings: repository.open.into(),
            gate: Gate {
                reviews: repository.reviews,
                failed: repository.failed,
                pass_rate: pass_rate(repository.reviews, repository.failed),
            },
            last_review_at: repository.last_review_at,
        }
    }
}

/// Which repositories, and which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// A part of the full name, in letters of either case.
    #[param(inline, value_type = Text, required = false)]
    q: Option<Text>,
    /// The platform that they are on.
    #[param(inline, value_type = Forge, required = false)]
    forge: Option<Forge>,
    /// How many items the answer has at most.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// The `next_cursor` of the part before.
    #[param(inline, value_type = Cursor<1>, required = false)]
    cursor: Option<Cursor<1>>,
}

/// Lists repositories
///
/// In the order in which the service heard of them first, which nothing changes: what is added while you go through the list
/// comes at its end.
#[utoipa::path(
    get,
    path = "/api/v1/repositories",
    tag = "repositories",
    operation_id = "list_repositories",
    params(Wanted),
    responses((status = 200, description = "A part of the list", body = Page<Repository>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn list(
    Reader(caller): Reader,
    State(web): State<Web>,
    uri: Uri,
    Query(wanted): Query<Wanted>,
) -> Result<Listing<Repository>, WebError> {
    let sought =
        Sought { forge: wanted.forge.map(|forge| forge.0), name: wanted.q.map(|text| text.0) };
    let behind = wanted.cursor.map_or(0, |cursor| cursor.0[0]);
    let found = {
        let mut tx = web.store.read().await?;
        let (since, limit) = (gates_since(Utc::now()), rows(wanted.limit));
        trends::repositories_behind(&mut tx, caller.sees, since, &sought, behind, limit).await?
    };
    let item = |repository| Ok(Repository::new(&web, repository));
    Listing::cut(&uri, found, wanted.limit, |repository| [repository.id], item)
}

/// Shows a repository
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}",
    tag = "repositories",
    operation_id = "show_repository",
    params(OfRepository),
    responses((status = 200, description = "The repository", body = Repository)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn show(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<Json<Repository>, WebError> {
    let mut tx = web.store.read().await?;
    let repository = find(&mut tx, caller.sees, id).await?;
    Ok(Json(Repository::new(&web, repository)))
}

/// The repository that a resource belongs to.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfRepository {
    /// The repository's number in this API.
    #[param(inline)]
    id: Id,
}

/// The repository of that number, if the caller may see it.
pub(super) async fn find(
    tx: &mut Transaction,
    sees: Sees,
    id: i64,
) -> Result<trends::Repository, WebError> {
    let found = trends::repository_by_id(tx, sees, gates_since(Utc::now()), id).await?;
    found.ok_or(WebError::NotFound("there is no repository of that number"))
}

fn gates_since(now: DateTime<Utc>) -> NaiveDate {
    days_before(now.date_naive(), GATE_DAYS)
}
