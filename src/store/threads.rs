//! Comments of ours on the platform, one for each finding that got one.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};
use crate::analysis::Fingerprint;

const POSTED: &str = "INSERT INTO threads (change_request_id, fingerprint, thread_id, posted_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (change_request_id, fingerprint) DO UPDATE SET thread_id = excluded.thread_id, resolved_at = NULL";

/// Notes that a finding's comment stands.
pub async fn posted(
    tx: &mut Transaction,
    change_request_id: i64,
    fingerprint: &Fingerprint,
    thread_id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(POSTED)
        .bind(change_request_id)
        .bind(&fingerprint.0)
        .bind(thread_id)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const REMEMBER: &str = "INSERT INTO threads (change_request_id, fingerprint, thread_id, posted_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (change_request_id, fingerprint) DO NOTHING";

/// Notes that a finding's comment was found standing. `false` when it was known, also when it was resolved since.
pub async fn remember(
    tx: &mut Transaction,
    change_request_id: i64,
    fingerprint: &Fingerprint,
    thread_id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let rows = both!(tx, |c| sqlx::query(REMEMBER)
        .bind(change_request_id)
        .bind(&fingerprint.0)
        .bind(thread_id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

const COMMENTED: &str = "UPDATE threads SET comment_id = $3
    WHERE change_request_id = $1 AND thread_id = $2 AND (comment_id IS NULL OR comment_id <> $3)";

/// Notes the platform's number of a thread's first comment, part of the address at which it is read.
pub async fn commented(
    tx: &mut Transaction,
    change_request_id: i64,
    thread_id: &str,
    comment_id: &str,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(COMMENTED)
        .bind(change_request_id)
        .bind(thread_id)
        .bind(comment_id)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const RESOLVED: &str = "UPDATE threads SET resolved_at = $3
    WHERE change_request_id = $1 AND thread_id = $2 AND resolved_at IS NULL";

/// Notes that a thread was resolved.
pub async fn resolved(
    tx: &mut Transaction,
    change_request_id: i64,
    thread_id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    settle(tx, RESOLVED, change_request_id, thread_id, now).await
}

const FIXED: &str = "UPDATE threads SET resolved_at = $3
    WHERE change_request_id = $1 AND fingerprint = $2 AND resolved_at IS NULL";

/// Notes that a finding is gone whose comment speaks of others, too.
pub async fn fixed(
    tx: &mut Transaction,
    change_request_id: i64,
    fingerprint: &Fingerprint,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    settle(tx, FIXED, change_request_id, &fingerprint.0, now).await
}

/// Runs a statement that notes what is settled: `$2` says what of the change request.
async fn settle(
    tx: &mut Transaction,
    sql: &'static str,
    change_request_id: i64,
    what: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(sql)
        .bind(change_request_id)
        .bind(what)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const STANDING: &str =
    "SELECT fingerprint FROM threads WHERE change_request_id = $1 AND resolved_at IS NULL";

/// Findings whose comment was posted and not resolved by us since.
pub async fn standing(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<BTreeSet<Fingerprint>, StoreError> {
    let found: Vec<String> =
        both!(tx, |c| sqlx::query_scalar(STANDING).bind(change_request_id).fetch_all(c).await)?;
    Ok(found.into_iter().map(Fingerprint).collect())
}
