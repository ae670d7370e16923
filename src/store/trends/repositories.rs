//! Repositories with what the overview says of them.

use chrono::{DateTime, NaiveDate, Utc};

use super::statement::Statement;
use super::{Counts, forge};
use crate::analysis::Severity;
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

/// Which repositories are asked for: those that meet all that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Like {
    /// A part of their full name, in whatever case.
    pub name: Option<String>,
    /// The platform that they are on.
    pub forge: Option<ForgeKind>,
    /// They have open findings that are so bad, or worse.
    pub worst: Option<Severity>,
}

/// What repositories are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// When their last review began, the latest first.
    #[default]
    LastReview,
    /// How many findings are open, most first.
    Open,
    /// Their full name.
    Name,
    /// How many of their reviews passed the gate, fewest first.
    Gate,
}

/// In which order repositories come. Those that have nothing to be sorted by come last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: Sort,
    /// The other way round.
    pub reversed: bool,
}

impl Order {
    /// Whether what is most, latest, or last in the alphabet comes first.
    pub fn is_descending(self) -> bool {
        matches!(self.by, Sort::LastReview | Sort::Open) != self.reversed
    }

    fn direction(self) -> &'static str {
        if self.is_descending() { "DESC" } else { "ASC" }
    }
}

impl Statement {
    /// Writes what is asked of a repository `r` with its totals `t`.
    fn like(&mut self, like: &Like, within: &str, sees: Sees) {
        self.visible("r.id", sees);
        if let Some(forge) = like.forge {
            self.text(" AND r.forge = ", forge.as_str());
        }
        if let Some(name) = &like.name {
            self.text(&format!(" AND {within}(lower(r.full_name), lower("), name);
            self.push(")) > 0");
        }
        let worst = like.worst.map_or("", |severity| match severity {
            Severity::Critical => " AND t.critical > 0",
            Severity::High => " AND t.critical + t.high > 0",
            Severity::Medium => " AND t.critical + t.high + t.medium > 0",
            Severity::Low => " AND t.critical + t.high + t.medium + t.low > 0",
        });
        self.push(worst);
    }
}

/// What a repository is sorted by.
fn sort_key(statement: &mut Statement, by: Sort, since: NaiveDate) {
    match by {
        Sort::LastReview => statement.push("t.last_review_at"),
        Sort::Open => statement.push("t.critical + t.high + t.medium + t.low"),
        Sort::Name => statement.push("lower(r.full_name)"),
        Sort::Gate => {
            statement.day(
                "(SELECT sum(d.reviews - d.failed) * 10000 / NULLIF(sum(d.reviews), 0) FROM review_days d
                    WHERE d.repository_id = r.id AND d.day >= ",
                since,
            );
            statement.push(")");
        }
    }
}

const COLUMNS: &str = "WITH found AS (SELECT r.id, r.forge, r.full_name, t.critical, t.high, t.medium, t.low, t.last_review_at, ";
const WITH_TOTALS: &str =
    " FROM repositories r JOIN repository_totals t ON t.repository_id = r.id WHERE TRUE";

/// Repositories in an order: at most `limit`, after the first `offset`. Verdicts are those since a day.
pub async fn repositories(
    tx: &mut Transaction,
    sees: Sees,
    like: &Like,
    order: Order,
    since: NaiveDate,
    (limit, offset): (i64, i64),
) -> Result<Vec<Repository>, StoreError> {
    let sorted = format!(" ORDER BY sort_key {} NULLS LAST, full_name, id", order.direction());
    let mut statement = Statement::default();
    statement.push(COLUMNS);
    sort_key(&mut statement, order.by, since);
    statement.push(" AS sort_key");
    statement.push(WITH_TOTALS);
    statement.like(like, tx.pick("strpos", "instr"), sees);
    statement.push(&sorted);
    statement.number(" LIMIT ", limit);
    statement.number(" OFFSET ", offset);
    statement.push(") SELECT found.*");
    // Looked up for those alone that are left after sorting.
    for column in ["reviews", "failed"] {
        let verdicts = format!(
            ", CAST(COALESCE((SELECT sum(d.{column}) FROM review_days d
                WHERE d.repository_id = found.id AND d.day >= "
        );
        statement.day(&verdicts, since);
        statement.push(&format!("), 0) AS BIGINT) AS {column}"));
    }
    statement.push(" FROM found");
    statement.push(&sorted);
    let rows: Vec<RepositoryRow> = statement.rows(tx).await?;
    rows.into_iter().map(RepositoryRow::repository).collect()
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

const NAMED: &str = repositories!(concat!(
    "WHERE r.forge = $2 AND lower(r.full_name) = lower($3) AND ",
    visible!("r.id", "$4")
));

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

/// All repositories that are asked for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Whole {
    /// How many there are.
    pub repositories: i64,
    /// Their open findings.
    pub open: i64,
}

const WHOLE: &str = "SELECT count(*) AS repositories,
    CAST(COALESCE(sum(t.critical + t.high + t.medium + t.low), 0) AS BIGINT) AS open";

/// How many repositories there are, and how many findings are open in them.
pub async fn whole(tx: &mut Transaction, sees: Sees, like: &Like) -> Result<Whole, StoreError> {
    let mut statement = Statement::default();
    statement.push(WHOLE);
    statement.push(WITH_TOTALS);
    statement.like(like, tx.pick("strpos", "instr"), sees);
    let rows: Vec<Whole> = statement.rows(tx).await?;
    Ok(rows.into_iter().next().unwrap_or(Whole { repositories: 0, open: 0 }))
}
