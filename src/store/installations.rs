//! Installations of the service on a platform: through them repositories are reached.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::types::Json;

use super::audit::{self, Action, Actor};
use super::{StoreError, Transaction};
use crate::forge::{ChangeRequest, ForgeKind};

/// An installation's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The row.
    pub id: i64,
    /// Whether it was uninstalled: what comes through it now is late.
    pub removed: bool,
}

// Most calls say nothing new, and then nothing is written.
const KNOWN: &str =
    "SELECT id, removed_at IS NOT NULL FROM installations WHERE forge = $1 AND external_id = $2";
// The update that changes nothing makes RETURNING give the row that is there.
const REMEMBER: &str = "INSERT INTO installations (forge, external_id, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (forge, external_id) DO UPDATE SET created_at = installations.created_at RETURNING id, removed_at IS NOT NULL";

/// The row of an installation, made when it is new.
pub async fn remember(
    tx: &mut Transaction,
    forge: ForgeKind,
    external_id: i64,
    now: DateTime<Utc>,
) -> Result<Known, StoreError> {
    let known: Option<(i64, bool)> = both!(tx, |c| sqlx::query_as(KNOWN)
        .bind(forge.as_str())
        .bind(external_id)
        .fetch_optional(c)
        .await)?;
    let (id, removed) = match known {
        Some(known) => known,
        None => both!(tx, |c| sqlx::query_as(REMEMBER)
            .bind(forge.as_str())
            .bind(external_id)
            .bind(now)
            .fetch_one(c)
            .await)?,
    };
    Ok(Known { id, removed })
}

/// What the platform says has become of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is there and works.
    Present,
    /// Its owner suspended it.
    Suspended,
    /// It was uninstalled.
    Removed,
}

const SUSPENDED: &str =
    "SELECT suspended_at IS NOT NULL FROM installations WHERE forge = $1 AND external_id = $2";
const BECAME: &str = "INSERT INTO installations
        (forge, external_id, account, suspended_at, removed_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (forge, external_id) DO UPDATE SET account = COALESCE(excluded.account, installations.account),
        suspended_at = excluded.suspended_at, updated_at = excluded.updated_at,
        removed_at = COALESCE(installations.removed_at, excluded.removed_at)
    RETURNING id, removed_at IS NOT NULL";

/// Notes what has become of an installation. One that was removed stays so, whatever comes late: who installs the service
/// again gets another installation.
pub async fn became(
    tx: &mut Transaction,
    forge: ForgeKind,
    external_id: i64,
    account: Option<&str>,
    became: Became,
    now: DateTime<Utc>,
) -> Result<Known, StoreError> {
    let was_suspended: Option<bool> = both!(tx, |c| sqlx::query_scalar(SUSPENDED)
        .bind(forge.as_str())
        .bind(external_id)
        .fetch_optional(c)
        .await)?;
    let (id, removed) = both!(tx, |c| sqlx::query_as(BECAME)
        .bind(forge.as_str())
        .bind(external_id)
        .bind(account)
        .bind((became == Became::Suspended).then_some(now))
        .bind((became == Became::Removed).then_some(now))
        .bind(now)
        .fetch_one(c)
        .await)?;
    let known = Known { id, removed };
    let action = match became {
        Became::Removed => Action::InstallationRemoved,
        Became::Suspended => Action::InstallationSuspended,
        Became::Present if was_suspended == Some(true) => Action::InstallationResumed,
        Became::Present => return Ok(known),
    };
    let subject = audit::installation(forge, external_id);
    audit::note(tx, Actor::Platform, action, &subject, json!({ "account": account }), now).await?;
    Ok(known)
}

const RENAMED: &str =
    "UPDATE installations SET account = COALESCE($2, account), updated_at = $3 WHERE id = $1";

/// Notes that the account of an installation (its row) has another name.
pub async fn renamed(
    tx: &mut Transaction,
    id: i64,
    account: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(RENAMED)
        .bind(id)
        .bind(account)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const ACCOUNT: &str = "SELECT account FROM installations WHERE forge = $1 AND external_id = $2";

/// Login of the account that an installation is on, as we heard last.
pub async fn account(
    tx: &mut Transaction,
    forge: ForgeKind,
    external_id: i64,
) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> = both!(tx, |c| sqlx::query_scalar(ACCOUNT)
        .bind(forge.as_str())
        .bind(external_id)
        .fetch_optional(c)
        .await)?;
    Ok(found.flatten())
}

// Each engine has its own way to unfold a JSON list of numbers.
const TAKE_IN_POSTGRES: &str = "UPDATE repositories SET installation_id = $1, removed_at = NULL
    WHERE forge = $2 AND external_id IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text($3) AS it (value))
        AND (removed_at IS NOT NULL OR installation_id IS DISTINCT FROM $1)
    RETURNING id";
const TAKE_IN_SQLITE: &str = "UPDATE repositories SET installation_id = $1, removed_at = NULL
    WHERE forge = $2 AND external_id IN (SELECT value FROM json_each($3))
        AND (removed_at IS NOT NULL OR installation_id IS NOT $1)
    RETURNING id";

/// Notes that repositories are reached through an installation (its row). Those that we never heard of are left for
/// their first call. Returns the rows of those that were not reached through it before.
pub async fn take_in(
    tx: &mut Transaction,
    forge: ForgeKind,
    installation: i64,
    repositories: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = tx.pick(TAKE_IN_POSTGRES, TAKE_IN_SQLITE);
    Ok(both!(tx, |c| sqlx::query_scalar(sql)
        .bind(installation)
        .bind(forge.as_str())
        .bind(Json(repositories))
        .fetch_all(c)
        .await)?)
}

const TAKE_OUT_POSTGRES: &str = "UPDATE repositories SET removed_at = $1
    WHERE forge = $2 AND external_id IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text($3) AS it (value))
        AND removed_at IS NULL";
const TAKE_OUT_SQLITE: &str = "UPDATE repositories SET removed_at = $1
    WHERE forge = $2 AND external_id IN (SELECT value FROM json_each($3)) AND removed_at IS NULL";

/// Notes that repositories were taken out of their installation. Returns how many of them we knew.
pub async fn take_out(
    tx: &mut Transaction,
    forge: ForgeKind,
    repositories: &[i64],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let sql = tx.pick(TAKE_OUT_POSTGRES, TAKE_OUT_SQLITE);
    Ok(both!(tx, |c| sqlx::query(sql)
        .bind(now)
        .bind(forge.as_str())
        .bind(Json(repositories))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

const REPOSITORIES: &str =
    "SELECT id FROM repositories WHERE installation_id = $1 AND removed_at IS NULL ORDER BY id";

/// The rows of the repositories that are reached through an installation.
pub async fn repositories(tx: &mut Transaction, installation: i64) -> Result<Vec<i64>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(REPOSITORIES).bind(installation).fetch_all(c).await)?)
}

/// What is out of reach, of a change request's repository `r` with its installation `i`.
macro_rules! out_of_reach {
    ($change_request:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM change_requests c JOIN repositories r ON r.id = c.repository_id
                LEFT JOIN installations i ON i.id = r.installation_id
                WHERE c.id = ",
            $change_request,
            " AND (r.removed_at IS NOT NULL OR i.removed_at IS NOT NULL OR i.suspended_at IS NOT NULL))"
        )
    };
}

const OUT_OF_REACH: &str = concat!("SELECT ", out_of_reach!("$1"));

/// Whether the platform lets us do nothing for a change request, since the service was uninstalled or suspended there.
pub async fn is_out_of_reach(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<bool, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(OUT_OF_REACH).bind(change_request_id).fetch_one(c).await)?)
}

const END_JOBS: &str = concat!(
    "UPDATE jobs SET state = 'done', ended_at = $2, last_error = 'the repository is out of reach'
    WHERE state = 'queued' AND change_request_id IN (SELECT c.id FROM change_requests c
            JOIN repositories r ON r.id = c.repository_id WHERE r.installation_id = $1)
        AND ",
    out_of_reach!("jobs.change_request_id")
);

/// Ends waiting jobs of an installation (its row) for which the platform lets us do nothing. Returns how many.
pub async fn end_jobs(
    tx: &mut Transaction,
    installation: i64,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(END_JOBS)
        .bind(installation)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

const RETURNED_REPOSITORY: &str = "UPDATE repositories SET removed_at = NULL
    WHERE id = (SELECT repository_id FROM change_requests WHERE id = $1)";
const RETURNED_INSTALLATION: &str = "UPDATE installations SET removed_at = NULL, suspended_at = NULL
    WHERE id = (SELECT r.installation_id FROM change_requests c JOIN repositories r ON r.id = c.repository_id
        WHERE c.id = $1)";

/// Notes that the platform has just shown us a change request: it is in reach, whatever we were told.
pub async fn reached(
    tx: &mut Transaction,
    change_request_id: i64,
    change: &ChangeRequest,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !is_out_of_reach(tx, change_request_id).await? {
        return Ok(());
    }
    for sql in [RETURNED_INSTALLATION, RETURNED_REPOSITORY] {
        both!(tx, |c| sqlx::query(sql).bind(change_request_id).execute(c).await.map(|_| ()))?;
    }
    let subject = audit::repository(&change.repository);
    audit::note(tx, Actor::Platform, Action::RepositoriesReturned, &subject, json!({}), now).await
}
