//! Keys that the service made for itself, the same for all its processes.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

const PUT: &str = "INSERT INTO service_keys (name, value, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO NOTHING";
const GET: &str = "SELECT value FROM service_keys WHERE name = $1";

/// The key of that name: this one if there was none before.
pub async fn get_or_put(
    tx: &mut Transaction,
    name: &str,
    new: &[u8],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, StoreError> {
    both!(tx, |c| sqlx::query(PUT).bind(name).bind(new).bind(now).execute(c).await.map(|_| ()))?;
    Ok(both!(tx, |c| sqlx::query_scalar(GET).bind(name).fetch_one(c).await)?)
}
