//! Repositories: known by the platform's number, which survives renames.

use chrono::{DateTime, Utc};

use super::{Sees, StoreError, Transaction, installations};
use crate::forge::{ForgeKind, RepositoryRef};

// Most calls say nothing new. To write nothing then keeps those of one repository from waiting for each other.
const KNOWN: &str =
    "SELECT id FROM repositories WHERE forge = $1 AND external_id = $2 AND full_name = $3
    AND (CAST($4 AS BIGINT) IS NULL OR installation_id = $4)";

// A call through an installation that is gone is late: the repository stays with the one that it moved to.
const REMEMBER: &str = "INSERT INTO repositories
        (forge, external_id, installation_id, full_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (forge, external_id) DO UPDATE SET full_name = excluded.full_name, updated_at = excluded.updated_at,
        installation_id = CASE WHEN $6 AND repositories.installation_id IS NOT NULL THEN repositories.installation_id
            ELSE COALESCE(excluded.installation_id, repositories.installation_id) END
    RETURNING id";

/// The row of a repository, made when it is new. A new name replaces the old one, which is kept beside it.
pub async fn remember(
    tx: &mut Transaction,
    repository: &RepositoryRef,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let forge = repository.forge.as_str();
    let installation = match repository.installation_id {
        Some(id) => Some(installations::remember(tx, repository.forge, id, now).await?),
        None => None,
    };
    let known: Option<i64> = both!(tx, |c| sqlx::query_scalar(KNOWN)
        .bind(forge)
        .bind(repository.external_id)
        .bind(&repository.full_name)
        .bind(installation.map(|installation| installation.id))
        .fetch_optional(c)
        .await)?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = both!(tx, |c| sqlx::query_scalar(REMEMBER)
        .bind(forge)
        .bind(repository.external_id)
        .bind(installation.map(|installation| installation.id))
        .bind(&repository.full_name)
        .bind(now)
        .bind(installation.is_some_and(|installation| installation.removed))
        .fetch_one(c)
        .await)?;
    both!(tx, |c| sqlx::query(TAKE_NAME)
        .bind(id)
        .bind(&repository.full_name)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

const TAKE_NAME: &str =
    "INSERT INTO repository_names (repository_id, full_name, first_taken_at, last_taken_at)
    VALUES ($1, $2, $3, $3)
    ON CONFLICT (repository_id, full_name) DO UPDATE SET last_taken_at = excluded.last_taken_at
        WHERE repository_names.last_taken_at < excluded.last_taken_at";

const NAME: &str = "SELECT full_name FROM repositories WHERE forge = $1 AND external_id = $2";

/// What the repository of the platform's number is called, as far as is known.
pub async fn name(
    tx: &mut Transaction,
    forge: ForgeKind,
    external_id: i64,
) -> Result<Option<String>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(NAME)
        .bind(forge.as_str())
        .bind(external_id)
        .fetch_optional(c)
        .await)?)
}

const ALL: &str = "SELECT r.forge, r.external_id, r.full_name, i.external_id AS installation
    FROM repositories r LEFT JOIN installations i ON i.id = r.installation_id WHERE r.removed_at IS NULL ORDER BY r.id";

/// All repositories that were not taken out.
pub async fn all(tx: &mut Transaction) -> Result<Vec<RepositoryRef>, StoreError> {
    let rows: Vec<RepositoryRow> = both!(tx, |c| sqlx::query_as(ALL).fetch_all(c).await)?;
    rows.into_iter().map(RepositoryRow::repository).collect()
}

const BY_ROW: &str = "SELECT r.forge, r.external_id, r.full_name, i.external_id AS installation
    FROM repositories r LEFT JOIN installations i ON i.id = r.installation_id WHERE r.id = $1 AND r.removed_at IS NULL";

/// The repository of that row, unless it was taken out.
pub async fn by_row(tx: &mut Transaction, id: i64) -> Result<Option<RepositoryRef>, StoreError> {
    let row: Option<RepositoryRow> =
        both!(tx, |c| sqlx::query_as(BY_ROW).bind(id).fetch_optional(c).await)?;
    row.map(RepositoryRow::repository).transpose()
}

const RENAMED: &str = concat!(
    "SELECT r.full_name FROM repository_names n JOIN repositories r ON r.id = n.repository_id
    WHERE r.forge = $1 AND lower(n.full_name) = lower($2) AND ",
    visible!("r.id", "$3"),
    " ORDER BY n.last_taken_at DESC, n.id DESC LIMIT 1"
);

/// The name now of the repository that had this one last; the platforms don't mind letters' case.
pub async fn renamed(
    tx: &mut Transaction,
    sees: Sees,
    forge: ForgeKind,
    old_name: &str,
) -> Result<Option<String>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(RENAMED)
        .bind(forge.as_str())
        .bind(old_name)
        .bind(sees.person())
        .fetch_optional(c)
        .await)?)
}

/// The columns that name a repository; `installation` is the platform's number of it.
#[derive(sqlx::FromRow)]
pub(super) struct RepositoryRow {
    forge: String,
    external_id: i64,
    full_name: String,
    installation: Option<i64>,
}

impl RepositoryRow {
    pub(super) fn repository(self) -> Result<RepositoryRef, StoreError> {
        let forge = ForgeKind::from_name(&self.forge)
            .ok_or(StoreError::Unknown { what: "platform", value: self.forge })?;
        Ok(RepositoryRef {
            forge,
            external_id: self.external_id,
            full_name: self.full_name,
            installation_id: self.installation,
        })
    }
}

/// A repository that can be reached, as far as is known.
#[derive(Debug, Clone)]
pub struct Reachable {
    /// Its row.
    pub id: i64,
    /// The repository.
    pub repository: RepositoryRef,
    /// When it was heard of first.
    pub known_since: DateTime<Utc>,
}

const REACHABLE: &str =
    "SELECT r.id, r.forge, r.external_id, r.full_name, i.external_id AS installation, r.created_at
    FROM repositories r LEFT JOIN installations i ON i.id = r.installation_id
    WHERE r.id > $1 AND r.removed_at IS NULL AND i.removed_at IS NULL AND i.suspended_at IS NULL
    ORDER BY r.id LIMIT $2";

#[derive(sqlx::FromRow)]
struct ReachableRow {
    id: i64,
    #[sqlx(flatten)]
    repository: RepositoryRow,
    created_at: DateTime<Utc>,
}

/// At most `limit` repositories whose row comes after `after`, in the order of their rows; not those that were taken out,
/// or whose installation is gone or suspended.
pub async fn reachable(
    tx: &mut Transaction,
    after: i64,
    limit: i64,
) -> Result<Vec<Reachable>, StoreError> {
    let rows: Vec<ReachableRow> =
        both!(tx, |c| sqlx::query_as(REACHABLE).bind(after).bind(limit).fetch_all(c).await)?;
    let reachable = |row: ReachableRow| {
        let repository = row.repository.repository()?;
        Ok(Reachable { id: row.id, repository, known_since: row.created_at })
    };
    rows.into_iter().map(reachable).collect()
}
