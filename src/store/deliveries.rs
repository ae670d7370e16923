//! Webhook calls as they came, each once.

mod list;

use chrono::{DateTime, Utc};

pub use self::list::{Kept, Listed, kept, latest, of_key, replayed, seen};
use super::{StoreError, Transaction, erase};
use crate::forge::ForgeKind;

/// What came of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Change requests are looked at.
    Queued,
    /// Something was written down.
    Noted,
    /// Nothing that it speaks of is known.
    Ignored,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Queued, Outcome::Noted, Outcome::Ignored];

    /// Its name in columns and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Queued => "queued",
            Outcome::Noted => "noted",
            Outcome::Ignored => "ignored",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

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
    /// What comes of it, if anything that it speaks of is known.
    pub outcome: Outcome,
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
        (forge, delivery_id, event, action, payload, payload_dropped_at, received_at, repository_id, outcome)
    VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT id FROM repositories WHERE forge = $1 AND external_id = $8), $9)
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
        .bind(delivery.outcome.as_str())
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

const ENDED: &str = "UPDATE deliveries SET outcome = $3 WHERE forge = $1 AND delivery_id = $2";

/// Notes that something else came of a delivery than it looked like.
pub async fn ended(
    tx: &mut Transaction,
    delivery: &Delivery<'_>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(ENDED)
        .bind(delivery.forge.as_str())
        .bind(delivery.id)
        .bind(outcome.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const DROP_PAYLOADS: &str = "UPDATE deliveries SET payload = $4, payload_dropped_at = $2 WHERE id IN
    (SELECT id FROM deliveries WHERE payload_dropped_at IS NULL AND received_at < $1 ORDER BY received_at LIMIT $3)";

/// Empties the payloads of at most `limit` deliveries received before the given time. Returns how many.
pub async fn drop_payloads(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    let nothing: &[u8] = &[];
    Ok(both!(tx, |c| sqlx::query(DROP_PAYLOADS)
        .bind(before)
        .bind(now)
        .bind(limit)
        .bind(nothing)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

const FORGET_OF: &str = "DELETE FROM deliveries WHERE id IN
    (SELECT id FROM deliveries WHERE repository_id = $1 LIMIT $2)";

/// Drops at most `limit` deliveries that speak of a repository (its row). Returns how many.
pub async fn forget_of(
    tx: &mut Transaction,
    repository_id: i64,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::of(tx, FORGET_OF, repository_id, limit).await
}

const FORGET: &str = "DELETE FROM deliveries WHERE id IN
    (SELECT id FROM deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)";

/// Drops at most `limit` deliveries received before the given time. Returns how many.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::older(tx, FORGET, before, limit).await
}
