//! Repositories whose reviews an operator has wait. Deliveries are taken meanwhile, and gates end without a verdict.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::audit::{self, Action, Actor};
use super::jobs::{self, Asked};
use super::repositories::RepositoryRow;
use super::{StoreError, Transaction, change_requests};
use crate::forge::{ForgeKind, RepositoryRef};

/// Most change requests that are looked at once reviews go on.
const MOST: i64 = 1000;
/// By how much the machines' clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

/// That reviews of a repository wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Login of who wants it; `None` where nobody signs in.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A repository as an operator has it before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its row.
    pub id: i64,
    /// The repository.
    pub repository: RepositoryRef,
    /// Whether its reviews wait.
    pub pause: Option<Pause>,
}

#[derive(sqlx::FromRow)]
struct PauseRow {
    paused_at: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    pause_reason: Option<String>,
}

impl PauseRow {
    fn pause(self) -> Option<Pause> {
        let (by, reason) = (self.paused_by, self.pause_reason);
        self.paused_at.map(|at| Pause { at, by, reason })
    }
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    id: i64,
    #[sqlx(flatten)]
    repository: RepositoryRow,
    #[sqlx(flatten)]
    pause: PauseRow,
}

impl KnownRow {
    fn known(self) -> Result<Known, StoreError> {
        let repository = self.repository.repository()?;
        Ok(Known { id: self.id, repository, pause: self.pause.pause() })
    }
}

macro_rules! known {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.forge, r.external_id, r.full_name, i.external_id AS installation, r.paused_at, r.paused_by,
                r.pause_reason
            FROM repositories r LEFT JOIN installations i ON i.id = r.installation_id
            WHERE r.removed_at IS NULL AND ",
            $which
        )
    };
}

const BY_ROW: &str = known!("r.id = $1");
const BY_NAME: &str = known!(
    "r.forge = $1 AND lower(r.full_name) = lower($2) ORDER BY r.updated_at DESC, r.id DESC LIMIT 1"
);
const ALL: &str = known!("r.id > $1 ORDER BY r.id LIMIT $2");
const PAUSED: &str = known!("r.paused_at IS NOT NULL ORDER BY r.paused_at DESC, r.id LIMIT $1");

/// The repository of that row, unless it was taken out.
pub async fn by_row(tx: &mut Transaction, id: i64) -> Result<Option<Known>, StoreError> {
    let row: Option<KnownRow> =
        both!(tx, |c| sqlx::query_as(BY_ROW).bind(id).fetch_optional(c).await)?;
    row.map(KnownRow::known).transpose()
}

/// The repository that has this name now, in whatever case.
pub async fn by_name(
    tx: &mut Transaction,
    forge: ForgeKind,
    name: &str,
) -> Result<Option<Known>, StoreError> {
    let row: Option<KnownRow> = both!(tx, |c| sqlx::query_as(BY_NAME)
        .bind(forge.as_str())
        .bind(name)
        .fetch_optional(c)
        .await)?;
    row.map(KnownRow::known).transpose()
}

/// At most `limit` repositories behind the row `after`, in the order of their rows.
pub async fn all(tx: &mut Transaction, after: i64, limit: i64) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<KnownRow> =
        both!(tx, |c| sqlx::query_as(ALL).bind(after).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(KnownRow::known).collect()
}

/// The repositories whose reviews wait, the latest first.
pub async fn paused(tx: &mut Transaction, limit: i64) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<KnownRow> = both!(tx, |c| sqlx::query_as(PAUSED).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(KnownRow::known).collect()
}

const OF_CHANGE: &str = "SELECT r.paused_at, r.paused_by, r.pause_reason
    FROM change_requests c JOIN repositories r ON r.id = c.repository_id WHERE c.id = $1";

/// Whether reviews of a change request's repository wait.
pub async fn of_change(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<Option<Pause>, StoreError> {
    let row: PauseRow =
        both!(tx, |c| sqlx::query_as(OF_CHANGE).bind(change_request_id).fetch_one(c).await)?;
    Ok(row.pause())
}

const PAUSE: &str = "UPDATE repositories SET paused_at = $2, paused_by = $3, pause_reason = $4
    WHERE id = $1 AND paused_at IS NULL";
const RESUME: &str =
    "UPDATE repositories SET paused_at = NULL, paused_by = NULL, pause_reason = NULL
    WHERE id = $1 AND paused_at IS NOT NULL";

/// Has reviews of a repository wait. `false` when they do already, and nothing was changed.
pub async fn pause(
    tx: &mut Transaction,
    known: &Known,
    by: Option<&str>,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let rows = both!(tx, |c| sqlx::query(PAUSE)
        .bind(known.id)
        .bind(now)
        .bind(by)
        .bind(reason.map(|reason| reason.replace('\0', "\u{fffd}")))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(false);
    }
    let subject = audit::repository(&known.repository);
    let details = json!({ "by": by, "reason": reason });
    audit::note(tx, Actor::Operator, Action::RepositoryPaused, &subject, details, now).await?;
    Ok(true)
}

/// Lets reviews of a repository go on, and asks for those of what came meanwhile. For how many; `None` when they didn't wait.
pub async fn resume(
    tx: &mut Transaction,
    known: &Known,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<usize>, StoreError> {
    let Some(pause) = by_row(tx, known.id).await?.and_then(|known| known.pause) else {
        return Ok(None);
    };
    let rows = both!(tx, |c| sqlx::query(RESUME)
        .bind(known.id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    // Somebody else did it meanwhile.
    if rows == 0 {
        return Ok(None);
    }
    let changes = change_requests::unreviewed(tx, known.id, pause.at - LEEWAY, MOST).await?;
    for change in &changes {
        jobs::enqueue(tx, change, Asked::Changed, now).await?;
    }
    let subject = audit::repository(&known.repository);
    let details = json!({ "by": by, "jobs": changes.len() });
    audit::note(tx, Actor::Operator, Action::RepositoryResumed, &subject, details, now).await?;
    Ok(Some(changes.len()))
}
