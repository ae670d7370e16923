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
    /// The platform's number of the repository that it speaks of, where it speaks of one.
    pub repository: Option<i64>,
    /// The body as it came; `None` when it is not to be kept.
    pub payload: Option<&'a [u8]>,
    /// When.
    pub received_at: DateTime<Utc>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is new, and goes with its repository.
    Placed,
    /// It is new, and nothing that it speaks of is known yet: see [`place`].
    Unplaced,
    /// It had been there.
    SeenBefore,
}

const STORE: &str = "INSERT INTO deliveries
        (forge, delivery_id, event, action, payload, payload_dropped_at, received_at, repository_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT id FROM repositories WHERE forge = $1 AND external_id = $8))
    ON CONFLICT (forge, delivery_id) DO NOTHING RETURNING repository_id";

/// Keeps a delivery. A rival with the same key waits for the first one's commit.
pub async fn store(tx: &mut Transaction, delivery: &Delivery<'_>) -> Result<Stored, StoreError> {
    let dropped_at = delivery.payload.is_none().then_some(delivery.received_at);
    let row: Option<Option<i64>> = both!(tx, |c| sqlx::query_scalar(STORE)
        .bind(delivery.forge.as_str())
        .bind(delivery.id)
        .bind(delivery.event)
        .bind(delivery.action)
        .bind(delivery.payload.unwrap_or_default())
        .bind(dropped_at)
        .bind(delivery.received_at)
        .bind(delivery.repository)
        .fetch_optional(c)
        .await)?;
    Ok(match row {
        None => Stored::SeenBefore,
        Some(None) => Stored::Unplaced,
        Some(Some(_)) => Stored::Placed,
    })
}

const PLACE: &str = "UPDATE deliveries SET installation_id = $4,
        repository_id = (SELECT id FROM repositories WHERE forge = $1 AND external_id = $3)
    WHERE forge = $1 AND delivery_id = $2";

/// Ties a delivery to its repository, which is known by now, or to an installation (its row), so that it goes with it.
pub async fn place(
    tx: &mut Transaction,
    delivery: &Delivery<'_>,
    installation: Option<i64>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(PLACE)
        .bind(delivery.forge.as_str())
        .bind(delivery.id)
        .bind(delivery.repository)
        .bind(installation)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
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
