//! Findings by their name across pushes, one row for each change request.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::{StoreError, Transaction};
use crate::analysis::{Finding, Fingerprint};

// What a person settled stays settled; what was fixed and is back is open again.
const SEEN: &str = "INSERT INTO findings (change_request_id, fingerprint, rule, name, item, severity, category,
        confidence, message, path, line, end_line, scope, state, first_review_id, last_review_id, first_seen_at,
        last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $14, $14, $15, $15)
    ON CONFLICT (change_request_id, fingerprint) DO UPDATE SET
        severity = excluded.severity, category = excluded.category, confidence = excluded.confidence,
        message = excluded.message, path = excluded.path, line = excluded.line, end_line = excluded.end_line,
        scope = excluded.scope, last_review_id = excluded.last_review_id, last_seen_at = excluded.last_seen_at,
        state = CASE WHEN findings.state = 'settled' THEN 'settled' ELSE 'open' END,
        closed_at = CASE WHEN findings.state = 'settled' THEN findings.closed_at ELSE NULL END";
const GONE: &str = "UPDATE findings SET state = 'fixed', closed_at = $3
    WHERE change_request_id = $1 AND state = 'open' AND last_review_id <> $2";

/// Brings the rows to what a review found: new ones are added, others noted as seen, the rest is fixed.
pub async fn replace(
    tx: &mut Transaction,
    change_request_id: i64,
    review_id: i64,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for finding in findings {
        both!(tx, |c| sqlx::query(SEEN)
            .bind(change_request_id)
            .bind(&finding.fingerprint.0)
            .bind(finding.rule.code)
            .bind(finding.rule.name)
            .bind(finding.rule.item.map(|item| item.to_string()))
            .bind(finding.severity.as_str())
            .bind(word(finding.category))
            .bind(word(finding.confidence))
            .bind(finding.message.replace('\0', "\u{fffd}"))
            .bind(finding.place.path.replace('\0', "\u{fffd}"))
            .bind(i64::from(finding.place.line))
            .bind(i64::from(finding.place.end_line))
            .bind(finding.scope.replace('\0', "\u{fffd}"))
            .bind(review_id)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    both!(tx, |c| sqlx::query(GONE)
        .bind(change_request_id)
        .bind(review_id)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// An enum's name as serde writes it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

const IN_STATE: &str =
    "SELECT fingerprint FROM findings WHERE change_request_id = $1 AND state = $2";

/// Findings of the last review that are neither fixed nor settled.
pub async fn open(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<BTreeSet<Fingerprint>, StoreError> {
    in_state(tx, change_request_id, "open").await
}

/// Findings that a person settled.
pub async fn settled(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<BTreeSet<Fingerprint>, StoreError> {
    in_state(tx, change_request_id, "settled").await
}

async fn in_state(
    tx: &mut Transaction,
    change_request_id: i64,
    state: &str,
) -> Result<BTreeSet<Fingerprint>, StoreError> {
    let found: Vec<String> = both!(tx, |c| sqlx::query_scalar(IN_STATE)
        .bind(change_request_id)
        .bind(state)
        .fetch_all(c)
        .await)?;
    Ok(found.into_iter().map(Fingerprint).collect())
}

/// How a person says that a finding stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By resolving its thread.
    Thread,
    /// By a command.
    Command,
}

/// A person's word that a finding stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// Login of the person, if the platform says it.
    pub by: Option<&'a str>,
    /// How they said it.
    pub how: How,
    /// Why, if they said so.
    pub note: Option<&'a str>,
}

const SETTLE: &str =
    "UPDATE findings SET state = 'settled', closed_at = $3, closed_by = $4, closed_reason = $5,
        closed_note = $6
    WHERE change_request_id = $1 AND fingerprint = $2 AND state = 'open' RETURNING rule";

/// Notes that a person settled a finding that is still there. Returns the finding's rule, or `None` when it was not open
/// (any more).
pub async fn settle(
    tx: &mut Transaction,
    change_request_id: i64,
    fingerprint: &Fingerprint,
    settlement: Settlement<'_>,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let how = match settlement.how {
        How::Thread => "thread",
        How::Command => "command",
    };
    Ok(both!(tx, |c| sqlx::query_scalar(SETTLE)
        .bind(change_request_id)
        .bind(&fingerprint.0)
        .bind(now)
        .bind(settlement.by)
        .bind(how)
        .bind(settlement.note.map(|note| note.replace('\0', "\u{fffd}")))
        .fetch_optional(c)
        .await)?)
}

const REOPEN: &str =
    "UPDATE findings SET state = 'open', closed_at = NULL, closed_by = NULL, closed_reason = NULL,
        closed_note = NULL, last_seen_at = $3
    WHERE change_request_id = $1 AND fingerprint = $2 AND state = 'settled' AND closed_reason = 'thread' RETURNING rule";

/// Notes that the thread with which a finding was settled is open again. Returns the finding's rule, or `None` when it was
/// not settled so.
pub async fn reopen(
    tx: &mut Transaction,
    change_request_id: i64,
    fingerprint: &Fingerprint,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(REOPEN)
        .bind(change_request_id)
        .bind(&fingerprint.0)
        .bind(now)
        .fetch_optional(c)
        .await)?)
}

const SETTLE_IGNORED: &str =
    "UPDATE findings SET state = 'settled', closed_at = $2, closed_reason = 'command',
        closed_by = (SELECT author FROM ignored_rules i
            WHERE i.change_request_id = findings.change_request_id AND i.rule = findings.rule),
        closed_note = (SELECT reason FROM ignored_rules i
            WHERE i.change_request_id = findings.change_request_id AND i.rule = findings.rule)
    WHERE change_request_id = $1 AND state = 'open'
        AND rule IN (SELECT rule FROM ignored_rules WHERE change_request_id = $1)";

/// Settles the open findings of rules that somebody ignores.
pub async fn settle_ignored(
    tx: &mut Transaction,
    change_request_id: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(SETTLE_IGNORED)
        .bind(change_request_id)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const BY_COMMAND: &str = "SELECT fingerprint FROM findings
    WHERE change_request_id = $1 AND state = 'settled' AND closed_reason = 'command'";

/// Findings that a person settled by a command.
pub async fn settled_by_command(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<BTreeSet<Fingerprint>, StoreError> {
    let found: Vec<String> =
        both!(tx, |c| sqlx::query_scalar(BY_COMMAND).bind(change_request_id).fetch_all(c).await)?;
    Ok(found.into_iter().map(Fingerprint).collect())
}

const NEXT_IDS: &str =
    "SELECT max(id) FROM (SELECT id FROM findings WHERE id > $1 ORDER BY id LIMIT $2) AS next";
const FORGET_CODE: &str = "UPDATE findings SET scope = '', message = COALESCE($3 ->> rule, name)
    WHERE id > $1 AND id <= $2 AND (scope <> '' OR message <> COALESCE($3 ->> rule, name))";

/// Takes what quotes code out of the next `limit` findings behind an id: `titles` has what is said of each rule instead.
/// Returns the last one's id, `None` when there are no more.
pub async fn forget_code(
    tx: &mut Transaction,
    behind: i64,
    titles: &Value,
    limit: i64,
) -> Result<Option<i64>, StoreError> {
    let to: Option<i64> =
        both!(tx, |c| sqlx::query_scalar(NEXT_IDS).bind(behind).bind(limit).fetch_one(c).await)?;
    if let Some(to) = to {
        both!(tx, |c| sqlx::query(FORGET_CODE)
            .bind(behind)
            .bind(to)
            .bind(Json(titles))
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(to)
}
