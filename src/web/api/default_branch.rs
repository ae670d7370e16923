//! What a repository's default branch holds.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Reader;
use super::extract::{Path, Query};
use super::names::Counts;
use super::repositories::{OfRepository, find};
use super::trends::WantedDays;
use super::values::Id;
use crate::store::baselines;
use crate::web::{Web, WebError};

/// What the default branch holds, as far as it was looked at.
#[derive(Serialize, ToSchema)]
pub(super) struct DefaultBranch {
    /// The commits that were looked at, the newest last; the first one may be from before the days that were asked for.
    commits: Vec<Commit>,
    /// How often each rule fired in the newest one, the most frequent first.
    rules: Vec<Fired>,
    /// Why the last look came to nothing; null when it did not.
    problem: Option<String>,
}

/// A commit of the default branch.
#[derive(Serialize, ToSchema)]
struct Commit {
    commit_sha: String,
    branch: String,
    /// When it was looked at.
    at: DateTime<Utc>,
    findings: Counts,
    /// Python files that were analysed.
    files: i64,
    /// Their lines.
    lines: i64,
}

/// How often a rule fired.
#[derive(Serialize, ToSchema)]
struct Fired {
    /// The rule's code.
    #[schema(example = "AW501")]
    rule: String,
    findings: i64,
}

/// Shows the default branch
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/default-branch",
    tag = "repositories",
    operation_id = "show_default_branch",
    params(OfRepository, WantedDays),
    responses((status = 200, description = "The default branch", body = DefaultBranch)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn show(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
    Query(wanted): Query<WantedDays>,
) -> Result<Json<DefaultBranch>, WebError> {
    let from = wanted.first(Utc::now().date_naive());
    let mut tx = web.store.read().await?;
    find(&mut tx, caller.sees, id).await?;
    let from = from.and_time(NaiveTime::MIN).and_utc();
    let commits = baselines::since(&mut tx, id, from).await?.into_iter().map(|baseline| Commit {
        commit_sha: baseline.commit_sha,
        branch: baseline.branch,
        at: baseline.at,
        findings: baseline.found.into(),
        files: baseline.files,
        lines: baseline.lines,
    });
    let rules = baselines::rules(&mut tx, id).await?.into_iter();
    Ok(Json(DefaultBranch {
        commits: commits.collect(),
        rules: rules.map(|(rule, findings)| Fired { rule, findings }).collect(),
        problem: baselines::problem(&mut tx, id).await?,
    }))
}
