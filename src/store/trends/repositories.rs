//! Repositories with their open findings.

use chrono::{DateTime, Utc};

use super::{Counts, forge};
use crate::forge::ForgeKind;
use crate::store::{StoreError, Transaction};

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
