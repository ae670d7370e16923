//! Deliveries as a list, and one of them again.

use chrono::{DateTime, Utc};

use super::Outcome;
use crate::forge::ForgeKind;
use crate::store::{StoreError, Transaction};

/// A delivery as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its row.
    pub id: i64,
    /// Who called.
    pub forge: ForgeKind,
    /// The platform's key of the call.
    pub delivery_id: String,
    /// The event's name as the platform writes it.
    pub event: String,
    /// What happened, where the event says so.
    pub action: Option<String>,
    /// The repository's full name, where it speaks of one that is known.
    pub repository: Option<String>,
    /// What came of it; `None` for what a version without that took.
    pub outcome: Option<Outcome>,
    /// Whether its payload is kept still.
    pub has_payload: bool,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When it was last taken again.
    pub replayed_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    forge: String,
    delivery_id: String,
    event: String,
    action: Option<String>,
    full_name: Option<String>,
    outcome: Option<String>,
    has_payload: bool,
    received_at: DateTime<Utc>,
    replayed_at: Option<DateTime<Utc>>,
}

fn forge(name: &str) -> Result<ForgeKind, StoreError> {
    let unknown = || StoreError::Unknown { what: "platform", value: name.to_owned() };
    ForgeKind::from_name(name).ok_or_else(unknown)
}

macro_rules! latest {
    ($which:literal) => {
        concat!(
            "SELECT d.id, d.forge, d.delivery_id, d.event, d.action, r.full_name, d.outcome,
                d.payload_dropped_at IS NULL AS has_payload, d.received_at, d.replayed_at
            FROM deliveries d LEFT JOIN repositories r ON r.id = d.repository_id ",
            $which,
            " ORDER BY d.received_at DESC, d.id DESC LIMIT $1"
        )
    };
}

const LATEST: &str = latest!("");
const LATEST_OF: &str = latest!("WHERE d.outcome = $2 AND d.outcome <> 'queued'");
const LATEST_QUEUED: &str = latest!("WHERE d.outcome = $2");

/// The latest deliveries, or those of them that came to something; the latest first.
pub async fn latest(
    tx: &mut Transaction,
    outcome: Option<Outcome>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<Row> = match outcome {
        None => both!(tx, |c| sqlx::query_as(LATEST).bind(limit).fetch_all(c).await)?,
        Some(outcome) => {
            // All but a few are queued: those have the index of all deliveries.
            let sql = if outcome == Outcome::Queued { LATEST_QUEUED } else { LATEST_OF };
            both!(tx, |c| sqlx::query_as(sql)
                .bind(limit)
                .bind(outcome.as_str())
                .fetch_all(c)
                .await)?
        }
    };
    let listed = |row: Row| {
        Ok(Listed {
            id: row.id,
            forge: forge(&row.forge)?,
            delivery_id: row.delivery_id,
            event: row.event,
            action: row.action,
            repository: row.full_name,
            outcome: row.outcome.as_deref().and_then(Outcome::from_name),
            has_payload: row.has_payload,
            received_at: row.received_at,
            replayed_at: row.replayed_at,
        })
    };
    rows.into_iter().map(listed).collect()
}

/// A delivery with what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who called.
    pub forge: ForgeKind,
    /// The platform's key of the call.
    pub delivery_id: String,
    /// The event's name as the platform writes it.
    pub event: String,
    /// The body as it came; `None` when it is not kept any more.
    pub payload: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    forge: String,
    delivery_id: String,
    event: String,
    payload: Vec<u8>,
    has_payload: bool,
}

const KEPT: &str =
    "SELECT forge, delivery_id, event, payload, payload_dropped_at IS NULL AS has_payload
    FROM deliveries WHERE id = $1";

/// The delivery of a row.
pub async fn kept(tx: &mut Transaction, id: i64) -> Result<Option<Kept>, StoreError> {
    let row: Option<KeptRow> =
        both!(tx, |c| sqlx::query_as(KEPT).bind(id).fetch_optional(c).await)?;
    let kept = |row: KeptRow| {
        Ok(Kept {
            forge: forge(&row.forge)?,
            delivery_id: row.delivery_id,
            event: row.event,
            payload: row.has_payload.then_some(row.payload),
        })
    };
    row.map(kept).transpose()
}

const OF_KEY: &str = "SELECT id FROM deliveries WHERE forge = $1 AND delivery_id = $2";

/// The row of the delivery that the platform knows by this key.
pub async fn of_key(
    tx: &mut Transaction,
    forge: ForgeKind,
    key: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(OF_KEY)
        .bind(forge.as_str())
        .bind(key)
        .fetch_optional(c)
        .await)?)
}

const REPLAYED: &str = "UPDATE deliveries SET replayed_at = $2, outcome = $3 WHERE id = $1";

/// Notes that a delivery was taken again, and what came of it.
pub async fn replayed(
    tx: &mut Transaction,
    id: i64,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(REPLAYED)
        .bind(id)
        .bind(now)
        .bind(outcome.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

// One that came long ago says nothing about how it is now: few of the latest are looked at.
const SEEN: &str =
    "SELECT forge, max(received_at) AS at FROM (SELECT forge, received_at FROM deliveries
    ORDER BY received_at DESC LIMIT 2000) AS lately GROUP BY forge";

/// When each platform called last, among the latest calls.
pub async fn seen(tx: &mut Transaction) -> Result<Vec<(ForgeKind, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(String, DateTime<Utc>)> =
        both!(tx, |c| sqlx::query_as(SEEN).fetch_all(c).await)?;
    rows.into_iter().map(|(name, at)| Ok((forge(&name)?, at))).collect()
}
