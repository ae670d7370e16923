//! Processes of the service that use this store.

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreError, Transaction};

/// One that was not seen for so long is forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Process {
    /// Made at its start.
    pub id: String,
    /// The machine's name.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// How many jobs it runs at a time.
    pub workers: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it told last that it lives.
    pub seen_at: DateTime<Utc>,
}

const SEEN: &str = "INSERT INTO processes (id, host, version, workers, started_at, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET workers = excluded.workers, seen_at = excluded.seen_at";
const FORGET: &str = "DELETE FROM processes WHERE seen_at < $1";

/// Notes that a process lives, and forgets those that have been silent for long.
pub async fn seen(tx: &mut Transaction, process: &Process) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(SEEN)
        .bind(&process.id)
        .bind(&process.host)
        .bind(&process.version)
        .bind(process.workers)
        .bind(process.started_at)
        .bind(process.seen_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    let before = process.seen_at - FORGOTTEN;
    both!(tx, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}

const GONE: &str = "DELETE FROM processes WHERE id = $1";

/// Notes that a process has ended.
pub async fn gone(tx: &mut Transaction, id: &str) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GONE).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

const CLEAR: &str = "DELETE FROM processes";

/// Forgets all processes.
pub async fn clear(tx: &mut Transaction) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(CLEAR).execute(c).await.map(|_| ()))?;
    Ok(())
}

const ALL: &str = "SELECT id, host, version, workers, started_at, seen_at FROM processes
    ORDER BY seen_at DESC, id LIMIT $1";

/// The processes, those first that were seen last.
pub async fn all(tx: &mut Transaction, limit: i64) -> Result<Vec<Process>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Process>(ALL).bind(limit).fetch_all(c).await)?)
}
