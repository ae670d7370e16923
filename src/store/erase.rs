//! Deletes what the store keeps of repositories, for good, in steps that are small enough to stand in nobody's way.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::audit::{self, Action, Actor};
use super::{StoreError, Transaction, baselines, deliveries, outlines};
use crate::forge::ForgeKind;

/// Most rows of a kind that one step deletes.
pub const ROWS: i64 = 500;
/// Most change requests that one step deletes, each with all that hangs on it.
pub const CHANGE_REQUESTS: i64 = 50;

/// Runs a statement that deletes what is older than a time (`$1`), at most so many rows (`$2`). Returns how many went.
pub(super) async fn older(
    tx: &mut Transaction,
    sql: &'static str,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(sql)
        .bind(before)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

/// Runs a statement that deletes what is kept of a repository (`$1`, its row), at most so many rows (`$2`). Returns how
/// many went.
pub(super) async fn of(
    tx: &mut Transaction,
    sql: &'static str,
    repository_id: i64,
    limit: i64,
) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(sql)
        .bind(repository_id)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

/// A repository whose data is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// Its row.
    id: i64,
    forge: String,
    external_id: i64,
    full_name: String,
    /// It is spared when it was not removed before this time; `None`: it goes in any case.
    removed_before: Option<DateTime<Utc>>,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is more to delete.
    More,
    /// Everything is deleted.
    Gone,
    /// It is in use again, or gone already.
    Spared,
}

type DoomedRow = (i64, String, i64, String);

const REMOVED: &str =
    "SELECT id, forge, external_id, full_name FROM repositories WHERE removed_at < $1
    UNION SELECT r.id, r.forge, r.external_id, r.full_name
        FROM installations i JOIN repositories r ON r.installation_id = i.id WHERE i.removed_at < $1
    ORDER BY 1 LIMIT 1";

/// A repository that was taken out of its installation, or whose installation was removed, before the given time.
pub async fn removed(
    tx: &mut Transaction,
    before: DateTime<Utc>,
) -> Result<Option<Doomed>, StoreError> {
    let row: Option<DoomedRow> =
        both!(tx, |c| sqlx::query_as(REMOVED).bind(before).fetch_optional(c).await)?;
    let doomed = |(id, forge, external_id, full_name)| Doomed {
        id,
        forge,
        external_id,
        full_name,
        removed_before: Some(before),
    };
    Ok(row.map(doomed))
}

const NAMED: &str = "SELECT id, forge, external_id, full_name FROM repositories
    WHERE forge = $1 AND lower(full_name) = lower($2) ORDER BY id";

/// Repositories of a name: more than one where a name was used again.
pub async fn named(
    tx: &mut Transaction,
    forge: ForgeKind,
    full_name: &str,
) -> Result<Vec<Doomed>, StoreError> {
    let rows: Vec<DoomedRow> = both!(tx, |c| sqlx::query_as(NAMED)
        .bind(forge.as_str())
        .bind(full_name)
        .fetch_all(c)
        .await)?;
    let doomed = |(id, forge, external_id, full_name)| Doomed {
        id,
        forge,
        external_id,
        full_name,
        removed_before: None,
    };
    Ok(rows.into_iter().map(doomed).collect())
}

macro_rules! still_doomed {
    ($lock:literal) => {
        concat!(
            "SELECT r.id FROM repositories r LEFT JOIN installations i ON i.id = r.installation_id
            WHERE r.id = $1 AND ($2 IS NULL OR r.removed_at < $2 OR i.removed_at < $2)",
            $lock
        )
    };
}

// Whoever wants to take it in again waits until the step is over, and finds what is left of it. Rows that refer to it can
// be written meanwhile: whoever writes them may hold what the deletion needs next.
const STILL_DOOMED_POSTGRES: &str = still_doomed!(" FOR NO KEY UPDATE OF r");
const STILL_DOOMED_SQLITE: &str = still_doomed!("");

const DELETE_CHANGE_REQUESTS: &str = "DELETE FROM change_requests WHERE id IN
    (SELECT id FROM change_requests WHERE repository_id = $1 ORDER BY id LIMIT $2)";
const DELETE_REPOSITORY: &str = "DELETE FROM repositories WHERE id = $1";

/// Deletes a part of what is kept of a repository. The last step is an entry of the audit log.
pub async fn step(
    tx: &mut Transaction,
    doomed: &Doomed,
    actor: Actor<'_>,
    now: DateTime<Utc>,
) -> Result<Step, StoreError> {
    let sql = tx.pick(STILL_DOOMED_POSTGRES, STILL_DOOMED_SQLITE);
    let id: Option<i64> = both!(tx, |c| sqlx::query_scalar(sql)
        .bind(doomed.id)
        .bind(doomed.removed_before)
        .fetch_optional(c)
        .await)?;
    let Some(id) = id else { return Ok(Step::Spared) };
    let gone = both!(tx, |c| sqlx::query(DELETE_CHANGE_REQUESTS)
        .bind(id)
        .bind(CHANGE_REQUESTS)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if gone > 0
        || deliveries::forget_of(tx, id, ROWS).await? > 0
        || outlines::forget_of(tx, id, ROWS).await? > 0
        || baselines::forget_of(tx, id, ROWS).await? > 0
    {
        return Ok(Step::More);
    }
    both!(tx, |c| sqlx::query(DELETE_REPOSITORY).bind(id).execute(c).await.map(|_| ()))?;
    let subject = format!("{}/{}", doomed.forge, doomed.full_name);
    let details = json!({ "repository": doomed.external_id });
    audit::note(tx, actor, Action::DataDeleted, &subject, details, now).await?;
    Ok(Step::Gone)
}

const EMPTY_INSTALLATIONS: &str = "SELECT id, forge, external_id, account FROM installations i
    WHERE removed_at < $1 AND NOT EXISTS (SELECT 1 FROM repositories WHERE installation_id = i.id)
    ORDER BY id LIMIT $2";
const DELETE_INSTALLATION: &str = "DELETE FROM installations WHERE id = $1 AND removed_at < $2
    AND NOT EXISTS (SELECT 1 FROM repositories WHERE installation_id = installations.id)";

/// Deletes installations that were removed before the given time and have no repositories left, each with an entry of
/// the audit log. Returns how many.
pub async fn installations(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let empty: Vec<(i64, String, i64, Option<String>)> =
        both!(tx, |c| sqlx::query_as(EMPTY_INSTALLATIONS)
            .bind(before)
            .bind(ROWS)
            .fetch_all(c)
            .await)?;
    let mut deleted = 0;
    for (id, forge, external_id, account) in empty {
        let gone = both!(tx, |c| sqlx::query(DELETE_INSTALLATION)
            .bind(id)
            .bind(before)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if gone == 1 {
            let subject = format!("{forge}/installation/{external_id}");
            let details = json!({ "account": account });
            audit::note(tx, Actor::Uninstall, Action::DataDeleted, &subject, details, now).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

const ENDED: &str = "DELETE FROM change_requests WHERE id IN
    (SELECT id FROM change_requests c WHERE state <> 'open' AND updated_at < $1
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE change_request_id = c.id AND jobs.state IN ('queued', 'running'))
        ORDER BY updated_at LIMIT $2)";

/// Deletes change requests that ended before the given time, each with its reviews, findings and threads. Returns how
/// many.
pub async fn ended_change_requests(
    tx: &mut Transaction,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    older(tx, ENDED, before, CHANGE_REQUESTS).await
}
