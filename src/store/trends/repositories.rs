//! Repositories with what the overview says of them.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Counts, forge};
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

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
    /// Reviews that came to a verdict since the day asked for.
    pub reviews: i64,
    /// Those of them whose gate failed.
    pub failed: i64,
    /// When its last review began.
    pub last_review_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
pub(super) struct RepositoryRow {
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
    pub(super) fn repository(self) -> Result<Repository, StoreError> {
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

// The verdicts are looked up for those alone that are left after sorting.
macro_rules! repositories {
    ($which:expr) => {
        concat!(
            "WITH found AS (SELECT r.id, r.forge, r.full_name, t.critical, t.high, t.medium, t.low, t.last_review_at
                FROM repositories r JOIN repository_totals t ON t.repository_id = r.id ",
            $which,
            ")
            SELECT found.*,
                CAST(COALESCE((SELECT sum(d.reviews) FROM review_days d
                    WHERE d.repository_id = found.id AND d.day >= $1), 0) AS BIGINT) AS reviews,
                CAST(COALESCE((SELECT sum(d.failed) FROM review_days d
                    WHERE d.repository_id = found.id AND d.day >= $1), 0) AS BIGINT) AS failed
            FROM found ORDER BY last_review_at DESC NULLS LAST, full_name, id"
        )
    };
}

pub(super) use repositories as select_repositories;

const LATEST: &str = repositories!(concat!(
    "WHERE ",
    visible!("r.id", "$4"),
    " ORDER BY t.last_review_at DESC NULLS LAST, r.full_name, r.id LIMIT $2 OFFSET $3"
));
const NAMED: &str = repositories!(concat!(
    "WHERE r.forge = $2 AND lower(r.full_name) = lower($3) AND ",
    visible!("r.id", "$4")
));

/// Repositories from the one with the latest review on: at most `limit`, after the first `offset`. Verdicts are those
/// since a day.
pub async fn repositories(
    tx: &mut Transaction,
    sees: Sees,
    since: NaiveDate,
    limit: i64,
    offset: i64,
) -> Result<Vec<Repository>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, RepositoryRow>(LATEST)
        .bind(since)
        .bind(limit)
        .bind(offset)
        .bind(sees.person())
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(RepositoryRow::repository)
    .collect()
}

/// The repository of that name; the platforms don't mind letters' case. Names that were re-used find the one that is
/// active. Verdicts are those since a day.
pub async fn repository(
    tx: &mut Transaction,
    sees: Sees,
    since: NaiveDate,
    forge: ForgeKind,
    full_name: &str,
) -> Result<Option<Repository>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, RepositoryRow>(NAMED)
        .bind(since)
        .bind(forge.as_str())
        .bind(full_name)
        .bind(sees.person())
        .fetch_all(c)
        .await)?
    .into_iter()
    .next()
    .map(RepositoryRow::repository)
    .transpose()
}

/// All repositories together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Whole {
    /// How many there are.
    pub repositories: i64,
    /// Their open findings.
    pub open: i64,
}

const WHOLE: &str = concat!(
    "SELECT count(*) AS repositories, CAST(COALESCE(sum(critical + high + medium + low), 0) AS BIGINT) AS open
    FROM repository_totals t WHERE ",
    visible!("t.repository_id", "$1")
);

/// How many repositories there are, and how many findings are open in them.
pub async fn whole(tx: &mut Transaction, sees: Sees) -> Result<Whole, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Whole>(WHOLE).bind(sees.person()).fetch_one(c).await)?)
}
