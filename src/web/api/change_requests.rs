//! Change requests: pull requests and merge requests.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Reader;
use super::extract::{Path, Query};
use super::names::{ChangeName, Counts, RepositoryName, ReviewName};
use super::page::{Listing, Page, rows};
use super::repositories::{OfRepository, find};
use super::values::{Cursor, Id, Limit};
use super::words::{ChangeRequestState, Conclusion, FindingState as Became, Severity};
use crate::store::trends::{self, Change, Fate, FindingState, Push};
use crate::web::dashboard::change::fixed_in;
use crate::web::{Web, WebError};

/// A change request (pull request, merge request).
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequest {
    #[serde(flatten)]
    names: ChangeName,
    repository: RepositoryName,
    state: ChangeRequestState,
    /// Login of its author, if the platform says it.
    author: Option<String>,
    /// Not ready by its author's word.
    draft: bool,
    /// Login of who wants no reviews for now.
    paused_by: Option<String>,
    /// Commit at its head as last looked up.
    head_sha: Option<String>,
    /// Findings that are neither fixed nor settled.
    open_findings: i64,
    /// When the service heard of it first.
    created_at: DateTime<Utc>,
    /// When anything about it changed last.
    updated_at: DateTime<Utc>,
}

impl ChangeRequest {
    fn new(web: &Web, change: Change) -> Result<Self, WebError> {
        let named = (change.forge, change.repository.as_str(), change.number);
        Ok(Self {
            names: ChangeName::new(web, change.id, named, change.title, change.web_url),
            repository: RepositoryName::new(
                web,
                change.repository_id,
                change.forge,
                &change.repository,
            ),
            state: ChangeRequestState::of(&change.state)?,
            author: change.author,
            draft: change.draft,
            paused_by: change.paused_by,
            head_sha: change.head_sha,
            open_findings: change.open_findings,
            created_at: change.created_at,
            updated_at: change.updated_at,
        })
    }
}

/// Which change requests, and which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Whether they are still wanted.
    #[param(inline, value_type = ChangeRequestState, required = false)]
    state: Option<ChangeRequestState>,
    /// How many items the answer has at most.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// The `next_cursor` of the part before.
    #[param(inline, value_type = Cursor<1>, required = false)]
    cursor: Option<Cursor<1>>,
}

/// Lists change requests of a repository
///
/// Those that the service heard of, the highest number first.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/change-requests",
    tag = "change requests",
    operation_id = "list_change_requests",
    params(OfRepository, Wanted),
    responses((status = 200, description = "A part of the list", body = Page<ChangeRequest>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn list(
    Reader(caller): Reader,
    State(web): State<Web>,
    uri: Uri,
    Path(Id(id)): Path<Id>,
    Query(wanted): Query<Wanted>,
) -> Result<Listing<ChangeRequest>, WebError> {
    let below = wanted.cursor.map_or(i64::MAX, |cursor| cursor.0[0]);
    let state = wanted.state.map(ChangeRequestState::word);
    let found = {
        let mut tx = web.store.read().await?;
        find(&mut tx, caller.sees, id).await?;
        trends::changes_of(&mut tx, id, state, below, rows(wanted.limit)).await?
    };
    let item = |change| ChangeRequest::new(&web, change);
    Listing::cut(&uri, found, wanted.limit, |change| [change.number], item)
}

/// A change request with its pushes and findings.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequestInFull {
    #[serde(flatten)]
    change: ChangeRequest,
    /// The reviews of its pushes, the latest first; at most 500.
    pushes: Vec<PushOutcome>,
    /// What became of its findings: open ones first, then settled and fixed ones, each by severity; at most 500.
    findings: Vec<FindingFate>,
}

/// The review of a push.
#[derive(Serialize, ToSchema)]
struct PushOutcome {
    review: ReviewName,
    /// How it ended; null while it runs.
    conclusion: Option<Conclusion>,
    /// Whether the head moved while it ran.
    stale: bool,
    /// What it found.
    findings: Counts,
    /// Findings that it was the first to have.
    introduced: usize,
    /// Findings that it was the first not to have any more.
    fixed: usize,
    started_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    /// How many milliseconds each step took.
    steps: BTreeMap<String, i64>,
}

/// What became of a finding of a change request.
#[derive(Serialize, ToSchema)]
struct FindingFate {
    /// The rule's code.
    #[schema(example = "AW501")]
    rule: String,
    /// The rule's name.
    #[schema(example = "blocking-sleep")]
    name: String,
    severity: Severity,
    /// What is wrong, in Markdown.
    message: String,
    /// Path of the file.
    path: String,
    /// First line, from 1 on, when it was last seen.
    line: i64,
    state: Became,
    /// When it was fixed or settled.
    closed_at: Option<DateTime<Utc>>,
    /// The commit at which it was gone.
    fixed_in: Option<String>,
    /// Login of who settled it, if the platform says it.
    settled_by: Option<String>,
    /// Why, if they said so.
    settled_note: Option<String>,
}

impl FindingFate {
    fn new(fate: &Fate, fixed_in: Option<&Push>, open: bool) -> Self {
        Self {
            rule: fate.rule.clone(),
            name: fate.name.clone(),
            severity: Severity(fate.severity),
            message: fate.message.clone(),
            path: fate.path.clone(),
            line: fate.line,
            state: became(&fate.state, open),
            closed_at: fate.closed_at,
            fixed_in: fixed_in.map(|push| push.head_sha.clone()),
            settled_by: fate.closed_by.clone(),
            settled_note: fate.closed_note.clone(),
        }
    }
}

/// What became of a finding by its word in the store, in a change request that is open, or not.
pub(super) fn became(word: &str, open: bool) -> Became {
    Became(match word {
        "fixed" => FindingState::Fixed,
        "settled" => FindingState::Settled,
        _ if open => FindingState::Open,
        _ => FindingState::Left,
    })
}

/// Shows a change request
///
/// With the reviews of its pushes, and what became of its findings.
#[utoipa::path(
    get,
    path = "/api/v1/change-requests/{id}",
    tag = "change requests",
    operation_id = "show_change_request",
    params(OfChange),
    responses((status = 200, description = "The change request", body = ChangeRequestInFull)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn show(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<Json<ChangeRequestInFull>, WebError> {
    let (change, pushes, fates) = {
        let mut tx = web.store.read().await?;
        let change = trends::change_by_id(&mut tx, caller.sees, id).await?;
        let change =
            change.ok_or(WebError::NotFound("there is no change request of that number"))?;
        (change, trends::pushes(&mut tx, id).await?, trends::fates(&mut tx, id).await?)
    };
    let fixed: Vec<_> = fates.iter().map(|fate| fixed_in(fate, &pushes)).collect();
    let open = change.state == "open";
    let findings =
        fates.iter().zip(&fixed).map(|(fate, fixed)| FindingFate::new(fate, *fixed, open));
    Ok(Json(ChangeRequestInFull {
        findings: findings.collect(),
        pushes: pushes
            .iter()
            .map(|push| outcome(&web, push, &fates, &fixed))
            .collect::<Result<_, _>>()?,
        change: ChangeRequest::new(&web, change)?,
    }))
}

fn outcome(
    web: &Web,
    push: &Push,
    fates: &[Fate],
    fixed: &[Option<&Push>],
) -> Result<PushOutcome, WebError> {
    let is_this = |other: &&&Push| other.review_id == push.review_id;
    Ok(PushOutcome {
        review: ReviewName::new(web, push.key.clone(), push.head_sha.clone()),
        conclusion: push.conclusion.as_deref().map(Conclusion::of).transpose()?,
        stale: push.stale,
        findings: push.found.into(),
        introduced: fates.iter().filter(|fate| fate.first_review_id == push.review_id).count(),
        fixed: fixed.iter().flatten().filter(is_this).count(),
        started_at: push.started_at,
        completed_at: push.completed_at,
        steps: push.steps.iter().cloned().collect(),
    })
}

/// The change request that is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfChange {
    /// The change request's number in this API.
    #[param(inline)]
    id: Id,
}
