//! What the dashboard shows: reads over all tables, no writes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::types::Json;

use super::{StoreError, Transaction};
use crate::analysis::Severity;
use crate::forge::ForgeKind;

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
#[allow(missing_docs, reason = "the fields are the severities")]
pub struct Counts {
    pub critical: i64,
    pub high: i64,
    pub medium: i64,
    pub low: i64,
}

impl Counts {
    /// The number for one severity.
    pub fn of(&self, severity: Severity) -> i64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }

    /// All of them.
    pub fn total(&self) -> i64 {
        self.critical + self.high + self.medium + self.low
    }

    fn add(&mut self, severity: Severity, change: i64) {
        let count = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
        };
        *count += change;
    }
}

/// A repository as the overview shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its row.
    pub id: i64,
    /// The platform that it is on.
    pub forge: ForgeKind,
    /// Its full name as last heard.
    pub full_name: String,
    /// Open findings of open change requests.
    pub open: Counts,
    /// Reviews that came to a verdict.
    pub reviews: i64,
    /// Those of them whose gate failed.
    pub failed: i64,
    /// When its last review began.
    pub last_review_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct RepositoryRow {
    id: i64,
    forge: String,
    full_name: String,
    #[sqlx(flatten)]
    open: Counts,
    reviews: i64,
    failed: i64,
    last_review_at: Option<DateTime<Utc>>,
}

impl RepositoryRow {
    fn repository(self) -> Result<Repository, StoreError> {
        Ok(Repository {
            id: self.id,
            forge: forge(self.forge)?,
            full_name: self.full_name,
            open: self.open,
            reviews: self.reviews,
            failed: self.failed,
            last_review_at: self.last_review_at,
        })
    }
}

const REPOSITORIES: &str = "SELECT r.id, r.forge, r.full_name,
        COALESCE(o.critical, 0) AS critical, COALESCE(o.high, 0) AS high, COALESCE(o.medium, 0) AS medium,
        COALESCE(o.low, 0) AS low,
        COALESCE(v.reviews, 0) AS reviews, COALESCE(v.failed, 0) AS failed, v.last_review_at
    FROM repositories r
    LEFT JOIN (SELECT c.repository_id,
            count(*) FILTER (WHERE f.severity = 'critical') AS critical,
            count(*) FILTER (WHERE f.severity = 'high') AS high,
            count(*) FILTER (WHERE f.severity = 'medium') AS medium,
            count(*) FILTER (WHERE f.severity = 'low') AS low
        FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        WHERE f.state = 'open' AND c.state = 'open' GROUP BY c.repository_id) o ON o.repository_id = r.id
    LEFT JOIN (SELECT c.repository_id,
            count(*) FILTER (WHERE v.conclusion IN ('passed', 'failed')) AS reviews,
            count(*) FILTER (WHERE v.conclusion = 'failed') AS failed,
            max(v.started_at) AS last_review_at
        FROM reviews v JOIN change_requests c ON c.id = v.change_request_id
        GROUP BY c.repository_id) v ON v.repository_id = r.id
    WHERE (CAST($1 AS TEXT) IS NULL OR r.forge = $1) AND (CAST($2 AS TEXT) IS NULL OR lower(r.full_name) = lower($2))
    ORDER BY v.last_review_at DESC NULLS LAST, r.full_name LIMIT 500";

/// The repositories, the one with the latest review first.
pub async fn repositories(tx: &mut Transaction) -> Result<Vec<Repository>, StoreError> {
    named(tx, None, None).await
}

/// The repository of that name; the platforms don't mind letters' case. Names that were re-used find the one that is
/// active.
pub async fn repository(
    tx: &mut Transaction,
    forge: ForgeKind,
    full_name: &str,
) -> Result<Option<Repository>, StoreError> {
    Ok(named(tx, Some(forge.as_str()), Some(full_name)).await?.into_iter().next())
}

async fn named(
    tx: &mut Transaction,
    forge: Option<&str>,
    full_name: Option<&str>,
) -> Result<Vec<Repository>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, RepositoryRow>(REPOSITORIES)
        .bind(forge)
        .bind(full_name)
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(RepositoryRow::repository)
    .collect()
}

fn forge(name: String) -> Result<ForgeKind, StoreError> {
    ForgeKind::from_name(&name).ok_or(StoreError::Unknown { what: "platform", value: name })
}

fn severity(name: String) -> Result<Severity, StoreError> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
    found.ok_or(StoreError::Unknown { what: "severity", value: name })
}

/// By how much the number of open findings changed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayChange {
    /// The repository's row.
    pub repository_id: i64,
    /// The findings' severity.
    pub severity: Severity,
    /// The day in UTC; what happened before the time asked for counts for its first day.
    pub day: NaiveDate,
    /// How many more are open at its end.
    pub change: i64,
}

// A finding is open from when it was seen first until it was fixed or settled, or its change request ended.
macro_rules! changes {
    ($opened:expr, $closed:expr) => {
        concat!(
            "WITH spans AS (SELECT c.repository_id, f.severity, ",
            $opened,
            " AS opened, ",
            $closed,
            " AS closed
                FROM findings f JOIN change_requests c ON c.id = f.change_request_id
                WHERE CAST($2 AS BIGINT) IS NULL OR c.repository_id = $2),
            days AS (SELECT repository_id, severity, opened AS day, 1 AS change FROM spans
                UNION ALL SELECT repository_id, severity, closed, -1 FROM spans WHERE closed IS NOT NULL)
            SELECT repository_id, severity, CASE WHEN day < CAST($1 AS TEXT) THEN $1 ELSE day END AS day,
                sum(change) AS change
            FROM days GROUP BY repository_id, severity, CASE WHEN day < CAST($1 AS TEXT) THEN $1 ELSE day END"
        )
    };
}

const CHANGES_SQLITE: &str = changes!(
    "substr(f.first_seen_at, 1, 10)",
    "substr(COALESCE(f.closed_at, CASE WHEN c.state <> 'open' THEN c.updated_at END), 1, 10)"
);
const CHANGES_POSTGRES: &str = changes!(
    "to_char(f.first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "to_char(COALESCE(f.closed_at, CASE WHEN c.state <> 'open' THEN c.updated_at END) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
);

/// How the open findings of one repository, or of all, changed since a day.
pub async fn changes(
    tx: &mut Transaction,
    repository_id: Option<i64>,
    from: NaiveDate,
) -> Result<Vec<DayChange>, StoreError> {
    let sql = tx.pick(CHANGES_POSTGRES, CHANGES_SQLITE);
    let rows = both!(tx, |c| sqlx::query_as::<_, (i64, String, String, i64)>(sql)
        .bind(from.to_string())
        .bind(repository_id)
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|(repository_id, name, day, change)| {
            let day = day.parse().map_err(|_| StoreError::Unknown { what: "day", value: day })?;
            Ok(DayChange { repository_id, severity: severity(name)?, day, change })
        })
        .collect()
}

/// Open findings at the end of each day from the first to the last one.
pub fn open_by_day<'a>(
    changes: impl IntoIterator<Item = &'a DayChange>,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(NaiveDate, Counts)> {
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by_key(|change| change.day);
    let mut changes = changes.into_iter().peekable();
    let mut open = Counts::default();
    let days = from.iter_days().take_while(|day| *day <= to);
    days.map(|day| {
        while let Some(change) = changes.next_if(|change| change.day <= day) {
            open.add(change.severity, change.change);
        }
        (day, open)
    })
    .collect()
}

/// A review as lists and its page show it.
#[derive(Debug, Clone)]
pub struct Review {
    /// Its row.
    pub id: i64,
    /// Its name in addresses.
    pub key: String,
    /// The platform.
    pub forge: ForgeKind,
    /// The repository's full name.
    pub repository: String,
    /// The change request's row.
    pub change_request_id: i64,
    /// The change request's number.
    pub number: i64,
    /// The change request's title.
    pub title: String,
    /// Where a person reads the change request.
    pub web_url: Option<String>,
    /// Commit at the head.
    pub head_sha: String,
    /// How it ended, as the column has it; `None` while it runs.
    pub conclusion: Option<String>,
    /// The gate's line.
    pub line: Option<String>,
    /// Whether the head moved while it ran.
    pub stale: bool,
    /// What it found.
    pub found: Counts,
    /// Findings that comments in the code suppress.
    pub suppressed: i64,
    /// Python files that were analysed.
    pub files_analysed: i64,
    /// Changed lines that were analysed.
    pub lines_analysed: i64,
    /// What was not read, each a sentence.
    pub omissions: Vec<String>,
    /// The outcome of each item of the checklist that has a rule.
    pub verdicts: Vec<ItemOutcome>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}

/// How an item of the checklist came out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ItemOutcome {
    /// `C41`.
    pub item: String,
    /// `violated`, `satisfied` or `not-applicable`.
    pub outcome: String,
}

#[derive(sqlx::FromRow)]
struct ReviewRow {
    id: i64,
    key: String,
    forge: String,
    full_name: String,
    change_request_id: i64,
    number: i64,
    title: String,
    web_url: Option<String>,
    head_sha: String,
    conclusion: Option<String>,
    line: Option<String>,
    state: String,
    #[sqlx(flatten)]
    found: Counts,
    suppressed: i64,
    files_analysed: i64,
    lines_analysed: i64,
    omissions: Json<Vec<String>>,
    verdicts: Json<Vec<ItemOutcome>>,
    started_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl ReviewRow {
    fn review(self) -> Result<Review, StoreError> {
        Ok(Review {
            id: self.id,
            key: self.key,
            forge: forge(self.forge)?,
            repository: self.full_name,
            change_request_id: self.change_request_id,
            number: self.number,
            title: self.title,
            web_url: self.web_url,
            head_sha: self.head_sha,
            conclusion: self.conclusion,
            line: self.line,
            stale: self.state == "stale",
            found: self.found,
            suppressed: self.suppressed,
            files_analysed: self.files_analysed,
            lines_analysed: self.lines_analysed,
            omissions: self.omissions.0,
            verdicts: self.verdicts.0,
            started_at: self.started_at,
            completed_at: self.completed_at,
        })
    }
}

macro_rules! reviews {
    ($which:expr) => {
        concat!(
            "SELECT v.id, v.key, r.forge, r.full_name, v.change_request_id, c.number, c.title, c.web_url,
                v.head_sha, v.conclusion, v.title AS line, v.state, v.critical, v.high, v.medium, v.low,
                v.suppressed, v.files_analysed, v.lines_analysed, v.omissions, v.verdicts, v.started_at,
                v.completed_at
            FROM reviews v JOIN change_requests c ON c.id = v.change_request_id
            JOIN repositories r ON r.id = c.repository_id ",
            $which
        )
    };
}

const LATEST: &str =
    reviews!("WHERE c.repository_id = $1 ORDER BY v.started_at DESC, v.id DESC LIMIT $2");
const BY_KEY: &str = reviews!("WHERE v.key = $1");

/// The latest reviews of a repository, newest first.
pub async fn latest_reviews(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<Vec<Review>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ReviewRow>(LATEST)
        .bind(repository_id)
        .bind(limit)
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(ReviewRow::review)
    .collect()
}

/// The review of that name.
pub async fn review(tx: &mut Transaction, key: &str) -> Result<Option<Review>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ReviewRow>(BY_KEY).bind(key).fetch_optional(c).await)?
        .map(ReviewRow::review)
        .transpose()
}

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
}

const FOUND: &str =
    "SELECT rule, name, item, severity, confidence, message, path, line, state, first_review_id
    FROM findings WHERE change_request_id = $1 AND first_review_id <= $2 AND last_review_id >= $2
    ORDER BY path, line, rule LIMIT 2000";

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

const RULES: &str = "SELECT f.rule, f.name, count(*) AS total,
        count(*) FILTER (WHERE f.state = 'open') AS open,
        count(*) FILTER (WHERE f.state = 'fixed') AS fixed,
        count(*) FILTER (WHERE f.state = 'settled') AS settled
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id
    WHERE c.repository_id = $1 GROUP BY f.rule, f.name ORDER BY count(*) DESC, f.rule LIMIT $2";

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
