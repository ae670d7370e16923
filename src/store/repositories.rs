//! Repositories and the installations through which they are reached.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};
use crate::forge::RepositoryRef;

// Most calls say nothing new. To write nothing then keeps those of one repository from waiting for each other.
const INSTALLATION_KNOWN: &str =
    "SELECT id FROM installations WHERE forge = $1 AND external_id = $2";
const KNOWN: &str =
    "SELECT id FROM repositories WHERE forge = $1 AND external_id = $2 AND full_name = $3
    AND (CAST($4 AS BIGINT) IS NULL OR installation_id = $4)";

// The update that changes nothing makes RETURNING give the row that is there.
const INSTALLATION: &str =
    "INSERT INTO installations (forge, external_id, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (forge, external_id) DO UPDATE SET forge = excluded.forge RETURNING id";

const REPOSITORY: &str = "INSERT INTO repositories
        (forge, external_id, installation_id, full_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (forge, external_id) DO UPDATE SET full_name = excluded.full_name, updated_at = excluded.updated_at,
        installation_id = COALESCE(excluded.installation_id, repositories.installation_id)
    RETURNING id";

/// The row of a repository, made when it is new. A new name replaces the old one.
pub async fn remember(
    tx: &mut Transaction,
    repository: &RepositoryRef,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let forge = repository.forge.as_str();
    let installation: Option<i64> = match repository.installation_id {
        None => None,
        Some(id) => Some(remember_installation(tx, forge, id, now).await?),
    };
    let known: Option<i64> = both!(tx, |c| sqlx::query_scalar(KNOWN)
        .bind(forge)
        .bind(repository.external_id)
        .bind(&repository.full_name)
        .bind(installation)
        .fetch_optional(c)
        .await)?;
    if let Some(id) = known {
        return Ok(id);
    }
    Ok(both!(tx, |c| sqlx::query_scalar(REPOSITORY)
        .bind(forge)
        .bind(repository.external_id)
        .bind(installation)
        .bind(&repository.full_name)
        .bind(now)
        .fetch_one(c)
        .await)?)
}

async fn remember_installation(
    tx: &mut Transaction,
    forge: &str,
    id: i64,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let known: Option<i64> = both!(tx, |c| sqlx::query_scalar(INSTALLATION_KNOWN)
        .bind(forge)
        .bind(id)
        .fetch_optional(c)
        .await)?;
    if let Some(known) = known {
        return Ok(known);
    }
    Ok(both!(tx, |c| sqlx::query_scalar(INSTALLATION)
        .bind(forge)
        .bind(id)
        .bind(now)
        .fetch_one(c)
        .await)?)
}
