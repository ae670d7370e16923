//! Findings of all repositories, and those that people keep.

use axum::extract::State;
use axum::http::Uri;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Reader;
use super::extract::{Path, Query};
use super::names::{ChangeName, RepositoryName, ReviewName, rule_page};
use super::page::{Listing, Page, rows};
use super::repositories::{OfRepository, find};
use super::values::{Cursor, Id, Limit, Name, Text};
use super::words::{Confidence, FindingState as Became, SettledHow, Severity};
use crate::analysis::{rule_by_code, rule_by_name};
use crate::store::findings::How;
use crate::store::trends::{self, Filter, FindingState, Listed};
use crate::web::dashboard::is_web;
use crate::web::{Web, WebError};

/// A finding of a change request, by its name across pushes.
#[derive(Serialize, ToSchema)]
pub(super) struct Finding {
    /// Its number in this API.
    id: i64,
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
    #[schema(example = "src/poll.py")]
    path: String,
    /// First line, from 1 on, when it was last seen.
    line: i64,
    /// Last line.
    end_line: i64,
    state: Became,
    /// When it was seen first.
    first_seen_at: DateTime<Utc>,
    /// When it was fixed or settled.
    closed_at: Option<DateTime<Utc>>,
    settled: Option<Settled>,
    repository: RepositoryName,
    change_request: ChangeName,
    /// The last review that saw it.
    review: ReviewName,
    /// The line on the platform, at that review's commit.
    code_url: Option<String>,
    thread: Option<Thread>,
    /// The rule's page; null for a rule that there is no longer.
    rule_html_url: Option<String>,
}

/// A person's word that a finding stays.
#[derive(Serialize, ToSchema)]
struct Settled {
    /// Login of the person, if the platform says it.
    by: Option<String>,
    /// How they said it, if that is known.
    how: Option<SettledHow>,
    /// Why, if they said so.
    note: Option<String>,
}

/// The comment about a finding.
#[derive(Serialize, ToSchema)]
struct Thread {
    /// The platform's name of it.
    id: String,
    /// Whether it is resolved, as far as the service knows.
    resolved: bool,
}

impl Finding {
    fn new(web: &Web, listed: Listed) -> Result<Self, WebError> {
        let forge_url = listed.web_url.clone().filter(|url| is_web(url));
        let code =
            |url: String| listed.forge.line_url(&url, &listed.head_sha, &listed.path, listed.line);
        let is_settled = listed.state == FindingState::Settled;
        let named = (listed.forge, listed.repository.as_str(), listed.number);
        Ok(Self {
            id: listed.cursor.id(),
            rule_html_url: rule_page(web, &listed.rule),
            rule: listed.rule,
            name: listed.name,
            item: listed.item,
            severity: Severity(listed.severity),
            confidence: Confidence::of(&listed.confidence)?,
            message: listed.message,
            code_url: forge_url.and_then(code),
            path: listed.path,
            line: listed.line,
            end_line: listed.end_line,
            state: Became(listed.state),
            first_seen_at: listed.first_seen_at,
            closed_at: listed.closed_at,
            settled: is_settled.then(|| Settled {
                by: listed.settled.by,
                how: listed.settled.how.map(means),
                note: listed.settled.note,
            }),
            change_request: ChangeName::new(
                web,
                listed.change_request_id,
                named,
                listed.title,
                listed.web_url,
            ),
            repository: RepositoryName::new(
                web,
                listed.repository_id,
                listed.forge,
                &listed.repository,
            ),
            review: ReviewName::new(web, listed.review_key, listed.head_sha),
            thread: listed.thread_id.map(|id| Thread { id, resolved: listed.thread_resolved }),
        })
    }
}

fn means(how: How) -> SettledHow {
    SettledHow(match how {
        How::Thread => "thread",
        How::Command => "command",
    })
}

/// Which findings, and which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Number of their repository in this API.
    #[param(inline, value_type = Id, required = false)]
    repository: Option<Id>,
    /// Code or name of their rule.
    #[param(inline, value_type = Name, required = false)]
    rule: Option<Name>,
    /// How bad they are.
    #[param(inline, value_type = Severity, required = false)]
    severity: Option<Severity>,
    /// A part of their file's path, letters' case included.
    #[param(inline, value_type = Text, required = false)]
    path: Option<Text>,
    /// What became of them.
    #[param(inline, value_type = Became, required = false)]
    state: Option<Became>,
    /// How many items the answer has at most.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// The `next_cursor` of the part before.
    #[param(inline, value_type = Cursor<2>, required = false)]
    cursor: Option<Cursor<2>>,
}

/// Lists findings
///
/// The findings of all repositories that meet all filters, those that were seen first by the latest review first. What reviews
/// find while you go through the list comes before its beginning, so no part repeats or leaves out anything.
#[utoipa::path(
    get,
    path = "/api/v1/findings",
    tag = "findings",
    operation_id = "list_findings",
    params(Wanted),
    responses((status = 200, description = "A part of the list", body = Page<Finding>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn list(
    Reader(caller): Reader,
    State(web): State<Web>,
    uri: Uri,
    Query(wanted): Query<Wanted>,
) -> Result<Listing<Finding>, WebError> {
    let code = |Name(name)| match rule_by_code(&name).or_else(|| rule_by_name(&name)) {
        Some(rule) => rule.code.to_owned(),
        // Perhaps one that earlier versions had.
        None => name,
    };
    let filter = Filter {
        repository_id: wanted.repository.map(|repository| repository.0),
        rule: wanted.rule.map(code),
        severity: wanted.severity.map(|severity| severity.0),
        path: wanted.path.map(|path| path.0),
        state: wanted.state.map(|state| state.0),
    };
    let behind = wanted.cursor.map(|cursor| trends::Cursor::from(cursor.0));
    let found = {
        let mut tx = web.store.read().await?;
        trends::listed(&mut tx, caller.sees, &filter, behind, rows(wanted.limit)).await?
    };
    Listing::cut(&uri, found, wanted.limit, |row| row.cursor.into(), |row| Finding::new(&web, row))
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
    #[param(inline, value_type = Cursor<2>, required = false)]
    cursor: Option<Cursor<2>>,
}

/// Lists the findings that people keep
///
/// Those that somebody settled, with who and why, those that were seen first by the latest review first.
#[utoipa::path(
    get,
    path = "/api/v1/repositories/{id}/kept-findings",
    tag = "repositories",
    operation_id = "list_kept_findings",
    params(OfRepository, Part),
    responses((status = 200, description = "A part of the list", body = Page<Finding>)),
    security(("access_token" = ["read"]))
)]
pub(super) async fn kept(
    Reader(caller): Reader,
    State(web): State<Web>,
    uri: Uri,
    Path(Id(id)): Path<Id>,
    Query(part): Query<Part>,
) -> Result<Listing<Finding>, WebError> {
    let state = Some(FindingState::Settled);
    let filter = Filter { repository_id: Some(id), state, ..Filter::default() };
    let behind = part.cursor.map(|cursor| trends::Cursor::from(cursor.0));
    let found = {
        let mut tx = web.store.read().await?;
        find(&mut tx, caller.sees, id).await?;
        trends::listed(&mut tx, caller.sees, &filter, behind, rows(part.limit)).await?
    };
    Listing::cut(&uri, found, part.limit, |row| row.cursor.into(), |row| Finding::new(&web, row))
}
