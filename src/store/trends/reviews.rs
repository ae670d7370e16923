//! Reviews as lists and their pages show them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::types::Json;

use super::{Counts, forge};
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// A review as lists and its page show it.
#[derive(Debug, Clone)]
pub struct Review {
    /// Its row.
    pub id: i64,
    /// Its name in addresses.
    pub key: String,
    /// The platform.
    pub forge: ForgeKind,
    /// The repository's row.
    pub repository_id: i64,
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
    repository_id: i64,
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
            repository_id: self.repository_id,
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
            "SELECT v.id, v.key, r.forge, v.repository_id, r.full_name, v.change_request_id, c.number, c.title, c.web_url,
                v.head_sha, v.conclusion, v.title AS line, v.state, v.critical, v.high, v.medium, v.low,
                v.suppressed, v.files_analysed, v.lines_analysed, v.omissions, v.verdicts, v.started_at,
                v.completed_at
            FROM reviews v JOIN change_requests c ON c.id = v.change_request_id
            JOIN repositories r ON r.id = c.repository_id ",
            $which
        )
    };
}

// A range of one: an equation would leave the choice of reading all reviews from the latest on, which takes long for a
// repository that has rested.
const LATEST: &str = reviews!(
    "WHERE v.repository_id BETWEEN $1 AND $1 ORDER BY v.repository_id, v.started_at DESC, v.id DESC LIMIT $2"
);
const BEHIND: &str = reviews!(
    "WHERE v.repository_id BETWEEN $1 AND $1 AND (CAST($2 AS BIGINT) IS NULL
        OR (v.started_at, v.id) < (SELECT b.started_at, b.id FROM reviews b WHERE b.id = $2))
    ORDER BY v.repository_id, v.started_at DESC, v.id DESC LIMIT $3"
);
const BY_KEY: &str = reviews!(concat!("WHERE v.key = $1 AND ", visible!("r.id", "$2")));

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

/// The reviews of a repository behind one of them, told by its row, newest first.
pub async fn reviews_behind(
    tx: &mut Transaction,
    repository_id: i64,
    behind: Option<i64>,
    limit: i64,
) -> Result<Vec<Review>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ReviewRow>(BEHIND)
        .bind(repository_id)
        .bind(behind)
        .bind(limit)
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(ReviewRow::review)
    .collect()
}

/// The review of that name.
pub async fn review(
    tx: &mut Transaction,
    sees: Sees,
    key: &str,
) -> Result<Option<Review>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, ReviewRow>(BY_KEY)
        .bind(key)
        .bind(sees.person())
        .fetch_optional(c)
        .await)?
    .map(ReviewRow::review)
    .transpose()
}
