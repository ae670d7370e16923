//! Settings of repositories as reviews read them, each content once.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::types::Json;

use super::audit::{self, Action, Actor};
use super::{StoreError, Transaction, erase};
use crate::forge::RepositoryRef;

const KEEP: &str =
    "INSERT INTO settings_snapshots (repository_id, digest, content, first_seen_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (repository_id, digest) DO UPDATE SET
        last_seen_at = CASE WHEN excluded.last_seen_at > settings_snapshots.last_seen_at
            THEN excluded.last_seen_at ELSE settings_snapshots.last_seen_at END,
        content = COALESCE(settings_snapshots.content, excluded.content)
    RETURNING id";
const KNOWN: &str = "SELECT count(*), count(CASE WHEN digest = $2 THEN 1 END)
    FROM settings_snapshots WHERE repository_id = $1";

/// Keeps what a repository's files state, or only that it is the same as another time. Settings that are new in a
/// repository that had others are an entry of the audit log. Returns the row.
pub async fn keep(
    tx: &mut Transaction,
    repository_id: i64,
    repository: &RepositoryRef,
    stated: &Value,
    content_too: bool,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    // jsonb has no NUL.
    let text = stated.to_string().replace("\\u0000", "\\ufffd");
    let digest = hex::encode(Sha256::digest(&text));
    let content: Option<Value> = if content_too { serde_json::from_str(&text).ok() } else { None };
    let (others, same): (i64, i64) =
        both!(tx, |c| sqlx::query_as(KNOWN).bind(repository_id).bind(&digest).fetch_one(c).await)?;
    if others > 0 && same == 0 {
        let subject = audit::repository(repository);
        let details = json!({ "digest": digest });
        audit::note(tx, Actor::Platform, Action::SettingsChanged, &subject, details, now).await?;
    }
    Ok(both!(tx, |c| sqlx::query_scalar(KEEP)
        .bind(repository_id)
        .bind(&digest)
        .bind(content.map(Json))
        .bind(now)
        .fetch_one(c)
        .await)?)
}

const FORGET: &str = "DELETE FROM settings_snapshots WHERE id IN
    (SELECT id FROM settings_snapshots s WHERE last_seen_at < $1
        AND NOT EXISTS (SELECT 1 FROM reviews WHERE settings_id = s.id) LIMIT $2)";

/// Drops at most `limit` snapshots that no review met since the given time, and none that is kept. Returns how many.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::older(tx, FORGET, before, limit).await
}

const FORGET_CONTENTS: &str = "UPDATE settings_snapshots SET content = NULL WHERE id IN
    (SELECT id FROM settings_snapshots WHERE content IS NOT NULL LIMIT $1)";

/// Drops the contents of at most `limit` snapshots; their digests stay. Returns how many.
pub async fn forget_contents(tx: &mut Transaction, limit: i64) -> Result<u64, StoreError> {
    Ok(both!(tx, |c| sqlx::query(FORGET_CONTENTS)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
