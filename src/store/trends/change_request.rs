//! A change request with its pushes and what became of its findings, as its page shows them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::thread::{Thread, ThreadRow, with_threads};
use super::{Counts, severity};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// Most reviews and findings that a page shows.
const MOST: i64 = 500;

/// A change request.
#[derive(Debug, Clone)]
pub struct ChangeRequest {
    /// Its row.
    pub id: i64,
    /// Its repository's row.
    pub repository_id: i64,
    /// Title.
    pub title: String,
    /// Login of its author.
    pub author: Option<String>,
    /// Where a person reads it.
    pub web_url: Option<String>,
    /// `open`, `merged` or `closed`.
    pub state: String,
    /// Not ready by its author's word.
    pub draft: bool,
    /// Who wants no reviews for now.
    pub paused_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    id: i64,
    repository_id: i64,
    title: String,
    author: Option<String>,
    web_url: Option<String>,
    state: String,
    draft: bool,
    paused_by: Option<String>,
}

const BY_NUMBER: &str = concat!(
    "SELECT c.id, c.repository_id, c.title, c.author, c.web_url, c.state, c.draft, c.paused_by
    FROM change_requests c JOIN repositories r ON r.id = c.repository_id
    WHERE r.forge = $1 AND lower(r.full_name) = lower($2) AND c.number = $3 AND r.removed_at IS NULL AND ",
    visible!("r.id", "$4")
);

/// The change request of that number.
pub async fn change_request(
    tx: &mut Transaction,
    sees: Sees,
    forge: ForgeKind,
    repository: &str,
    number: i64,
) -> Result<Option<ChangeRequest>, StoreError> {
    let row: Option<ChangeRow> = both!(tx, |c| sqlx::query_as(BY_NUMBER)
        .bind(forge.as_str())
        .bind(repository)
        .bind(number)
        .bind(sees.person())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|row| ChangeRequest {
        id: row.id,
        repository_id: row.repository_id,
        title: row.title,
        author: row.author,
        web_url: row.web_url,
        state: row.state,
        draft: row.draft,
        paused_by: row.paused_by,
    }))
}

/// A review of one of its heads.
#[derive(Debug, Clone)]
pub struct Push {
    /// The review's row.
    pub review_id: i64,
    /// The review's name in addresses.
    pub key: String,
    /// Commit at the head.
    pub head_sha: String,
    /// How the review ended, as the column has it; `None` while it runs.
    pub conclusion: Option<String>,
    /// Whether the head moved while it ran.
    pub stale: bool,
    /// What it found.
    pub found: Counts,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// How many milliseconds its steps took.
    pub steps: Vec<(String, i64)>,
}

#[derive(sqlx::FromRow)]
struct PushRow {
    id: i64,
    key: String,
    head_sha: String,
    conclusion: Option<String>,
    state: String,
    #[sqlx(flatten)]
    found: Counts,
    started_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    timings: Option<Json<Value>>,
}

const PUSHES: &str = "SELECT id, key, head_sha, conclusion, state, critical, high, medium, low, started_at, completed_at,
        timings
    FROM reviews WHERE change_request_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";

/// The reviews of a change request, newest first.
pub async fn pushes(tx: &mut Transaction, change_request_id: i64) -> Result<Vec<Push>, StoreError> {
    let rows: Vec<PushRow> = both!(tx, |c| sqlx::query_as(PUSHES)
        .bind(change_request_id)
        .bind(MOST)
        .fetch_all(c)
        .await)?;
    let steps = |timings: Option<Json<Value>>| {
        let steps = timings.and_then(|it| it.0.as_object().cloned()).unwrap_or_default();
        steps.into_iter().filter_map(|(name, took)| Some((name, took.as_i64()?))).collect()
    };
    let push = |row: PushRow| Push {
        review_id: row.id,
        key: row.key,
        head_sha: row.head_sha,
        conclusion: row.conclusion,
        stale: row.state == "stale",
        found: row.found,
        started_at: row.started_at,
        completed_at: row.completed_at,
        steps: steps(row.timings),
    };
    Ok(rows.into_iter().map(push).collect())
}

/// A finding, and what became of it.
#[derive(Debug, Clone)]
pub struct Fate {
    /// The rule's code.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, in Markdown.
    pub message: String,
    /// Where it is, or was last.
    pub path: String,
    /// The line there.
    pub line: i64,
    /// `open`, `fixed` or `settled`.
    pub state: String,
    /// The review that found it first.
    pub first_review_id: i64,
    /// The last review that found it.
    pub last_review_id: i64,
    /// When it left the state open.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who settled it.
    pub closed_by: Option<String>,
    /// Why, in their words.
    pub closed_note: Option<String>,
    /// `thread` or `command`: how they said it.
    pub closed_reason: Option<String>,
    /// Its comment, if it got one.
    pub thread: Option<Thread>,
}

#[derive(sqlx::FromRow)]
struct FateRow {
    rule: String,
    name: String,
    severity: String,
    message: String,
    path: String,
    line: i64,
    state: String,
    first_review_id: i64,
    last_review_id: i64,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<String>,
    closed_note: Option<String>,
    closed_reason: Option<String>,
    #[sqlx(flatten)]
    thread: ThreadRow,
}

const FATES: &str = concat!(
    with_threads!(
        "f.rule, f.name, f.severity, f.message, f.path, f.line, f.state, f.first_review_id, f.last_review_id, f.closed_at,
        f.closed_by, f.closed_note, f.closed_reason"
    ),
    "WHERE f.change_request_id = $1
    ORDER BY CASE f.state WHEN 'open' THEN 0 WHEN 'settled' THEN 1 ELSE 2 END,
        CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, f.path, f.line, f.id
    LIMIT $2"
);

/// All findings of a change request: open ones first, then settled and fixed ones, each by severity.
pub async fn fates(tx: &mut Transaction, change_request_id: i64) -> Result<Vec<Fate>, StoreError> {
    let rows: Vec<FateRow> =
        both!(tx, |c| sqlx::query_as(FATES).bind(change_request_id).bind(MOST).fetch_all(c).await)?;
    let fate = |row: FateRow| {
        Ok(Fate {
            severity: severity(row.severity)?,
            rule: row.rule,
            name: row.name,
            message: row.message,
            path: row.path,
            line: row.line,
            state: row.state,
            first_review_id: row.first_review_id,
            last_review_id: row.last_review_id,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            closed_note: row.closed_note,
            closed_reason: row.closed_reason,
            thread: row.thread.thread(),
        })
    };
    rows.into_iter().map(fate).collect()
}
