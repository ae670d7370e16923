//! Where findings are: rules by week, files, and findings that people keep.

use chrono::{DateTime, NaiveDate, Utc};

use crate::store::{StoreError, Transaction};

/// How often a rule fired for the first time in a week.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleWeek {
    /// The rule's code.
    pub rule: String,
    /// The week's Monday, in UTC.
    pub week: NaiveDate,
    /// Findings that were seen for the first time.
    pub introduced: i64,
}

const RULE_WEEKS: &str =
    "SELECT rule, week, introduced FROM rule_weeks WHERE repository_id = $1 AND week >= $2";

/// How often rules fired in a repository since a week, told by its Monday; in no order.
pub async fn rule_weeks(
    tx: &mut Transaction,
    repository_id: i64,
    from: NaiveDate,
) -> Result<Vec<RuleWeek>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, RuleWeek>(RULE_WEEKS)
        .bind(repository_id)
        .bind(from)
        .fetch_all(c)
        .await)?)
}

/// Findings of a file. Of a path that is very long it has the beginning.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileCount {
    /// The path.
    pub path: String,
    /// How many findings.
    pub findings: i64,
}

const FOUND_IN: &str = "SELECT path, CAST(sum(introduced) AS BIGINT) AS findings FROM file_weeks
    WHERE repository_id = $1 AND week >= $2 GROUP BY path ORDER BY 2 DESC, path LIMIT $3";

/// The files of a repository in which most was found since a week, told by its Monday.
pub async fn found_in(
    tx: &mut Transaction,
    repository_id: i64,
    from: NaiveDate,
    limit: i64,
) -> Result<Vec<FileCount>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, FileCount>(FOUND_IN)
        .bind(repository_id)
        .bind(from)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

// From its open change requests to what was found in each. PostgreSQL would go through all findings where it takes many to be
// open; it does not look into a query with an offset, and goes through what is crossed with it for each of its rows.
const OPEN_IN_POSTGRES: &str = "SELECT found.path, count(*) AS findings
    FROM (SELECT id FROM change_requests WHERE repository_id = $1 AND state = 'open' OFFSET 0) AS c
    CROSS JOIN LATERAL (SELECT substr(path, 1, 600) AS path FROM findings
        WHERE change_request_id = c.id AND state = 'open' OFFSET 0) AS found
    GROUP BY 1 ORDER BY 2 DESC, 1";
const OPEN_IN_SQLITE: &str = "SELECT substr(f.path, 1, 600) AS path, count(*) AS findings
    FROM change_requests c CROSS JOIN findings f ON f.change_request_id = c.id
    WHERE c.repository_id = $1 AND c.state = 'open' AND f.state = 'open' GROUP BY 1 ORDER BY 2 DESC, 1";

/// The files of a repository with open findings in open change requests, those with most first.
pub async fn open_in(
    tx: &mut Transaction,
    repository_id: i64,
) -> Result<Vec<FileCount>, StoreError> {
    let sql = tx.pick(OPEN_IN_POSTGRES, OPEN_IN_SQLITE);
    Ok(both!(tx, |c| sqlx::query_as::<_, FileCount>(sql).bind(repository_id).fetch_all(c).await)?)
}

/// A finding that a person settled.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// The rule's code.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// Path of the file.
    pub path: String,
    /// 1-based first line when it was last seen.
    pub line: i64,
    /// Login of the person, if the platform says it.
    #[sqlx(rename = "closed_by")]
    pub by: Option<String>,
    /// `thread` or `command`: how they said it, if that is known.
    #[sqlx(rename = "closed_reason")]
    pub how: Option<String>,
    /// Why, if they said so.
    #[sqlx(rename = "closed_note")]
    pub note: Option<String>,
    /// When.
    #[sqlx(rename = "closed_at")]
    pub at: DateTime<Utc>,
    /// The change request's number.
    pub number: i64,
}

// A range of one, as with the latest reviews: it must go along the index.
const KEPT: &str =
    "SELECT f.rule, f.name, f.path, f.line, f.closed_by, f.closed_reason, f.closed_note, k.closed_at,
        c.number
    FROM kept_findings k JOIN findings f ON f.id = k.finding_id
    JOIN change_requests c ON c.id = f.change_request_id
    WHERE k.repository_id BETWEEN $1 AND $1
    ORDER BY k.repository_id, k.closed_at DESC, k.finding_id DESC LIMIT $2";

/// Findings of a repository that people settled, the latest first.
pub async fn kept(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Kept>(KEPT)
        .bind(repository_id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
