//! Reviews.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Reader;
use super::change_requests::became;
use super::extract::{Path, Query};
use super::names::{ChangeName, Counts, RepositoryName, ReviewName};
use super::page::{Listing, Page, rows};
use super::repositories::{OfRepository, find};
use super::values::{Cursor, Id, Limit, Name};
use super::words::{Conclusion, Confidence, FindingState as Became, Outcome, Severity};
use crate::store::trends::{self, Found};
use crate::web::{Web, WebError};

/// A review of a change request at one head.
#[derive(Serialize, ToSchema)]
pub(super) struct Review {
    #[serde(flatten)]
    names: ReviewName,
    repository: RepositoryName,
    change_request: ChangeName,
    /// How it ended; null while it runs.
    conclusion: Option<Conclusion>,
    /// What the gate says.
    #[schema(example = "2 critical findings")]
    summary: Option<String>,
    /// Whether the head moved while it ran.
    stale: bool,
    /// How many findings it has.
    finding_counts: Counts,
    /// Findings that comments in the code suppress.
    suppressed: i64,
    /// Python files that were analysed.
    files_analysed: i64,
    /// Changed lines that were analysed.
    lines_analysed: i64,
    started_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl Review {
    fn new(web: &Web, review: trends::Review) -> Result<Self, WebError> {
        let named = (review.forge, review.repository.as_str(), review.number);
        Ok(Self {
            names: ReviewName::new(web, review.key, review.head_sha),
            change_request: ChangeName::new(
                web,
                review.change_request_id,
                named,
                review.title,
                review.web_url,
            ),
            repository: RepositoryName::new(
                web,
                review.repository_id,
                review.forge,
                &review.repository,
            ),
            conclusion: review.conclusion.as_deref().map(Conclusion::of).transpose()?,
            summary: review.line,
            stale: review.stale,
            finding_counts: review.found.into(),
            suppressed: review.suppressed,
            files_analysed: review.files_analysed,
            lines_analysed: review.lines_analysed,
            started_at: review.started_at,
            completed_at: review.completed_at,
        })
    }
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// How many items the answer has at most.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// The `next_cursor` of the part before.
    #[param(inline, value_type = Cursor<1>, required = false)]
    cursor: Option<Cursor<1>>,
}

/// Lists reviews of a repository
///
/// The latest first.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/reviews",
    tag = "reviews",
    operation_id = "list_reviews",
    params(OfRepository, Part),
    responses((status = 200, description = "A part of the list", body = Page<Review>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn list(
    Reader(caller): Reader,
    State(web): State<Web>,
    uri: Uri,
    Path(Id(id)): Path<Id>,
    Query(part): Query<Part>,
) -> Result<Listing<Review>, WebError> {
    let behind = part.cursor.map(|cursor| cursor.0[0]);
    let found = {
        let mut tx = web.store.read().await?;
        find(&mut tx, caller.sees, id).await?;
        trends::reviews_behind(&mut tx, id, behind, rows(part.limit)).await?
    };
    Listing::cut(&uri, found, part.limit, |review| [review.id], |review| Review::new(&web, review))
}

/// A review with what it found.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewInFull {
    #[serde(flatten)]
    review: Review,
    /// What was not read, each a sentence.
    omissions: Vec<String>,
    /// How each item of the checklist that has a rule came out.
    verdicts: Vec<Verdict>,
    /// What it found, by place; at most 2000.
    findings: Vec<ReviewFinding>,
}

/// How an item of the checklist came out.
#[derive(Serialize, ToSchema)]
struct Verdict {
    /// The item's number.
    #[schema(example = "C41")]
    item: String,
    outcome: Outcome,
}

/// A finding as a review saw it.
#[derive(Serialize, ToSchema)]
struct ReviewFinding {
    /// The rule's code.
    #[schema(example = "AW501")]
    rule: String,
    /// The rule's name.
    #[schema(example = "blocking-sleep")]
    name: String,
    /// The item of the checklist that the rule answers.
    #[schema(example = "C41")]
    item: Option<String>,
    severity: Severity,
    confidence: Confidence,
    /// What is wrong, in Markdown.
    message: String,
    /// Path of the file.
    path: String,
    /// First line, from 1 on, when it was last seen.
    line: i64,
    /// What became of it since.
    state: Became,
    /// Whether this review saw it first.
    new: bool,
}

impl ReviewFinding {
    fn new(found: Found, open: bool) -> Result<Self, WebError> {
        Ok(Self {
            rule: found.rule,
            name: found.name,
            item: found.item,
            severity: Severity(found.severity),
            confidence: Confidence::of(&found.confidence)?,
            message: found.message,
            path: found.path,
            line: found.line,
            state: became(&found.state, open),
            new: found.new,
        })
    }
}

/// Shows a review
///
/// With what it found, and how the items of the checklist came out.
#[utoipa::path(
    get,
    path = "/api/v1/reviews/{key}",
    tag = "reviews",
    operation_id = "show_review",
    params(OfReview),
    responses((status = 200, description = "The review", body = ReviewInFull)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn show(
    Reader(caller): Reader,
    State(web): State<Web>,
    Path(Name(key)): Path<Name>,
) -> Result<Json<ReviewInFull>, WebError> {
    let mut tx = web.store.read().await?;
    const NONE: WebError = WebError::NotFound("there is no review of that name");
    let mut review = trends::review(&mut tx, caller.sees, &key).await?.ok_or(NONE)?;
    let change = trends::change_by_id(&mut tx, caller.sees, review.change_request_id).await?;
    let open = change.ok_or(NONE)?.state == "open";
    let found = trends::found(&mut tx, &review).await?;
    let verdicts = std::mem::take(&mut review.verdicts).into_iter().map(|verdict| {
        let outcome = Outcome::of(&verdict.outcome)?;
        Ok(Verdict { item: verdict.item, outcome })
    });
    Ok(Json(ReviewInFull {
        omissions: std::mem::take(&mut review.omissions),
        verdicts: verdicts.collect::<Result<_, WebError>>()?,
        findings: found
            .into_iter()
            .map(|found| ReviewFinding::new(found, open))
            .collect::<Result<_, _>>()?,
        review: Review::new(&web, review)?,
    }))
}

/// The review that is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfReview {
    /// The review's name.
    #[param(inline)]
    key: Name,
}
