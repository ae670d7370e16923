//! Findings as pages show them.

use super::thread::{Thread, ThreadRow, with_threads};
use super::{Review, severity};
use crate::analysis::Severity;
use crate::store::{StoreError, Transaction};

/// A finding as a review's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The rule's code.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// The checklist item that it serves.
    pub item: Option<String>,
    /// How bad.
    pub severity: Severity,
    /// How sure, as serde writes it.
    pub confidence: String,
    /// What is wrong, in Markdown.
    pub message: String,
    /// Path of the file.
    pub path: String,
    /// 1-based first line.
    pub line: i64,
    /// `open`, `fixed` or `settled`: what became of it.
    pub state: String,
    /// Whether this review saw it first.
    pub new: bool,
    /// Who settled it.
    pub closed_by: Option<String>,
    /// `thread` or `command`: how they said it.
    pub closed_reason: Option<String>,
    /// Its comment, if it got one.
    pub thread: Option<Thread>,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    rule: String,
    name: String,
    item: Option<String>,
    severity: String,
    confidence: String,
    message: String,
    path: String,
    line: i64,
    state: String,
    first_review_id: i64,
    closed_by: Option<String>,
    closed_reason: Option<String>,
    #[sqlx(flatten)]
    thread: ThreadRow,
}

const FOUND: &str = concat!(
    with_threads!(
        "f.rule, f.name, f.item, f.severity, f.confidence, f.message, f.path, f.line, f.state, f.first_review_id,
        f.closed_by, f.closed_reason"
    ),
    "WHERE f.change_request_id = $1 AND f.first_review_id <= $2 AND f.last_review_id >= $2
    ORDER BY f.path, f.line, f.rule LIMIT 2000"
);

/// What a review found, by place.
pub async fn found(tx: &mut Transaction, review: &Review) -> Result<Vec<Found>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, FoundRow>(FOUND)
        .bind(review.change_request_id)
        .bind(review.id)
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|row| {
            Ok(Found {
                severity: severity(row.severity)?,
                rule: row.rule,
                name: row.name,
                item: row.item,
                confidence: row.confidence,
                message: row.message,
                path: row.path,
                line: row.line,
                state: row.state,
                new: row.first_review_id == review.id,
                closed_by: row.closed_by,
                closed_reason: row.closed_reason,
                thread: row.thread.thread(),
            })
        })
        .collect()
}

/// How often a rule fired in a repository, and what became of its findings.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleCount {
    /// The rule's code.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// Findings since the beginning.
    pub total: i64,
    /// Those that are open.
    pub open: i64,
    /// Those that were fixed.
    pub fixed: i64,
    /// Those that a person settled.
    pub settled: i64,
}

// A rule whose findings were all deleted goes by its code alone. In the order of the index, since any row would do, and a
// search for any may go through the whole table.
const RULES: &str = "SELECT rule, introduced AS total, open, fixed, settled,
        COALESCE((SELECT f.name FROM findings f WHERE f.rule = t.rule ORDER BY f.state LIMIT 1), '') AS name
    FROM rule_totals t WHERE repository_id = $1 ORDER BY introduced DESC, rule LIMIT $2";

/// The rules that fire most in a repository.
pub async fn rules(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<Vec<RuleCount>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, RuleCount>(RULES)
        .bind(repository_id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
