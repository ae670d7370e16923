//! Webhook calls as they came, each once.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};
use crate::forge::ForgeKind;

/// A webhook call whose authenticity was verified.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Who called.
    pub forge: ForgeKind,
    /// The platform's key of the call; the same when it sends the call again.
    pub id: &'a str,
    /// The event's name as the platform writes it.
    pub event: &'a str,
    /// What happened, where the event says so.
    pub action: Option<&'a str>,
    /// The body as it came.
    pub payload: &'a [u8],
    /// When.
    pub received_at: DateTime<Utc>,
}

const STORE: &str =
    "INSERT INTO deliveries (forge, delivery_id, event, action, payload, received_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (forge, delivery_id) DO NOTHING";

/// Keeps a delivery. `false` when it is there already: a rival with the same key waits for the first one's commit.
pub async fn store(tx: &mut Transaction, delivery: &Delivery<'_>) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(STORE)
        .bind(delivery.forge.as_str())
        .bind(delivery.id)
        .bind(delivery.event)
        .bind(delivery.action)
        .bind(delivery.payload)
        .bind(delivery.received_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const FORGET: &str = "DELETE FROM deliveries WHERE received_at < $1";

/// Drops deliveries received before the given time. Returns how many.
pub async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(FORGET)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
