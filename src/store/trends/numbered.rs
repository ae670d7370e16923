//! Repositories by their rows, whose order nothing changes.

use chrono::NaiveDate;

use super::Repository;
use super::repositories::{RepositoryRow, select_repositories};
use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction};

/// Which repositories are sought: those that meet all that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Their platform.
    pub forge: Option<ForgeKind>,
    /// A part of their full name, in letters of either case.
    pub name: Option<String>,
}

macro_rules! behind {
    ($place_of:literal) => {
        select_repositories!(concat!(
            "WHERE r.id > $2 AND (CAST($3 AS TEXT) IS NULL OR r.forge = $3)
                AND (CAST($4 AS TEXT) IS NULL OR ",
            $place_of,
            "(lower(r.full_name), lower($4)) > 0) AND ",
            visible!("r.id", "$5"),
            " ORDER BY r.id LIMIT $6"
        ))
    };
}

const BEHIND_POSTGRES: &str = behind!("strpos");
const BEHIND_SQLITE: &str = behind!("instr");
const BY_ID: &str = select_repositories!(concat!("WHERE r.id = $2 AND ", visible!("r.id", "$3")));

/// At most `limit` repositories whose row comes after the given one, in the order of their rows. Verdicts are those since a
/// day.
pub async fn repositories_behind(
    tx: &mut Transaction,
    sees: Sees,
    since: NaiveDate,
    sought: &Sought,
    behind: i64,
    limit: i64,
) -> Result<Vec<Repository>, StoreError> {
    let sql = tx.pick(BEHIND_POSTGRES, BEHIND_SQLITE);
    let mut rows = both!(tx, |c| sqlx::query_as::<_, RepositoryRow>(sql)
        .bind(since)
        .bind(behind)
        .bind(sought.forge.map(ForgeKind::as_str))
        .bind(sought.name.as_deref())
        .bind(sees.person())
        .bind(limit)
        .fetch_all(c)
        .await)?
    .into_iter()
    .map(RepositoryRow::repository)
    .collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|repository| repository.id);
    Ok(rows)
}

/// The repository of that row. Verdicts are those since a day.
pub async fn repository_by_id(
    tx: &mut Transaction,
    sees: Sees,
    since: NaiveDate,
    id: i64,
) -> Result<Option<Repository>, StoreError> {
    both!(tx, |c| sqlx::query_as::<_, RepositoryRow>(BY_ID)
        .bind(since)
        .bind(id)
        .bind(sees.person())
        .fetch_optional(c)
        .await)?
    .map(RepositoryRow::repository)
    .transpose()
}
