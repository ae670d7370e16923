//! Temporary commits of a merge queue, on which the gate of a change request is to be shown again.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

/// A commit that waits for its gate.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MergeGroup {
    /// Its row.
    pub id: i64,
    /// The commit.
    pub head_sha: String,
}

const ASK: &str =
    "INSERT INTO merge_groups (change_request_id, head_sha, asked_at) VALUES ($1, $2, $3)
    ON CONFLICT (change_request_id, head_sha) DO NOTHING";

/// Keeps a commit that needs the gate of a change request.
pub async fn ask(
    tx: &mut Transaction,
    change_request_id: i64,
    head_sha: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(ASK)
        .bind(change_request_id)
        .bind(head_sha)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const WAITING: &str = "SELECT id, head_sha FROM merge_groups
    WHERE change_request_id = $1 AND ended_at IS NULL ORDER BY id LIMIT 20";

/// The commits that wait for the gate of a change request.
pub async fn waiting(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<Vec<MergeGroup>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, MergeGroup>(WAITING)
        .bind(change_request_id)
        .fetch_all(c)
        .await)?)
}

const END: &str = "UPDATE merge_groups SET ended_at = $2 WHERE id = $1";

/// Notes that a commit has its gate.
pub async fn end(tx: &mut Transaction, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(END).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

const GIVE_UP: &str = "UPDATE merge_groups SET ended_at = $3
    WHERE change_request_id = $1 AND head_sha = $2 AND ended_at IS NULL";

/// Notes that the platform needs no gate of a commit any more.
pub async fn give_up(
    tx: &mut Transaction,
    change_request_id: i64,
    head_sha: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GIVE_UP)
        .bind(change_request_id)
        .bind(head_sha)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
