//! Reviews, each of a change request at one head and base.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;

use super::{StoreError, Transaction, change_requests};
use crate::analysis::{Analysis, Severity};
use crate::forge::{GateHandle, Revision, RevisionState};
use crate::review::Conclusion;

/// A review that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its row.
    pub id: i64,
    /// Its name outside: in addresses, and on the platform to find its gate again.
    pub key: String,
    /// What the platform calls its gate, once it was set.
    pub gate: Option<GateHandle>,
    /// Whether an attempt before this one came to its findings. Its gate may be at the end already.
    pub analysed: bool,
}

impl Review {
    /// Path of its page below the service's public URL.
    pub fn path(&self) -> String {
        format!("/reviews/{}", self.key)
    }
}

/// How a review came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All that it says stands on the platform.
    Posted,
    /// The head moved while it ran: nothing was posted.
    Stale,
    /// Anything else; the gate's line says what.
    Ended,
}

impl End {
    fn as_str(self) -> &'static str {
        match self {
            End::Posted => "posted",
            End::Stale => "stale",
            End::Ended => "ended",
        }
    }
}

const POSTED: &str =
    "SELECT id FROM reviews WHERE change_request_id = $1 AND head_sha = $2 AND base_sha = $3
    AND state = 'posted' AND gate_closed LIMIT 1";

/// Whether a revision has a review that was posted in full.
pub async fn is_posted(
    tx: &mut Transaction,
    change_request_id: i64,
    revision: &Revision,
) -> Result<bool, StoreError> {
    let found: Option<i64> = both!(tx, |c| sqlx::query_scalar(POSTED)
        .bind(change_request_id)
        .bind(&revision.head_sha)
        .bind(&revision.base_sha)
        .fetch_optional(c)
        .await)?;
    Ok(found.is_some())
}

/// How the review of a change request's head came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The review.
    pub review: Review,
    /// Its conclusion.
    pub conclusion: Conclusion,
    /// The gate's line.
    pub title: String,
}

const AT_HEAD: &str = "SELECT v.id, v.key, v.gate_handle, v.conclusion, v.title
    FROM reviews v JOIN change_requests c ON c.id = v.change_request_id AND c.head_sha = v.head_sha
    WHERE v.change_request_id = $1 AND v.state = 'posted' AND v.gate_closed ORDER BY v.started_at DESC LIMIT 1";

#[derive(sqlx::FromRow)]
struct VerdictRow {
    id: i64,
    key: String,
    gate_handle: Option<String>,
    conclusion: Option<String>,
    title: Option<String>,
}

/// The verdict of the latest review that was posted for the head of a change request.
pub async fn verdict_at_head(
    tx: &mut Transaction,
    change_request_id: i64,
) -> Result<Option<Verdict>, StoreError> {
    let row = both!(tx, |c| sqlx::query_as::<_, VerdictRow>(AT_HEAD)
        .bind(change_request_id)
        .fetch_optional(c)
        .await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Verdict {
        conclusion: conclusion_of(row.conclusion.as_deref().unwrap_or_default())?,
        title: row.title.unwrap_or_default(),
        review: Review {
            id: row.id,
            key: row.key,
            gate: row.gate_handle.map(GateHandle),
            analysed: true,
        },
    }))
}

const HAS_GATE: &str =
    "SELECT EXISTS (SELECT 1 FROM reviews WHERE change_request_id = $1 AND head_sha = $2
    AND base_sha = $3 AND gate_closed AND conclusion IS NOT NULL AND state <> 'stale')";

/// Whether the platform shows a gate that ended at a revision.
pub async fn has_gate(
    tx: &mut Transaction,
    change_request_id: i64,
    revision: &Revision,
) -> Result<bool, StoreError> {
    Ok(both!(tx, |c| sqlx::query_scalar(HAS_GATE)
        .bind(change_request_id)
        .bind(&revision.head_sha)
        .bind(&revision.base_sha)
        .fetch_one(c)
        .await)?)
}

// A review that an attempt before this one left open goes on, with its gate.
const BEGIN: &str = "INSERT INTO reviews (key, change_request_id, head_sha, base_sha, revision, started_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (change_request_id, head_sha, base_sha) WHERE state = 'open' DO UPDATE SET revision = excluded.revision
    RETURNING id, key, gate_handle, analysed_at IS NOT NULL AS analysed";
const CONSUME: &str =
    "UPDATE jobs SET again = FALSE WHERE change_request_id = $1 AND state = 'running'";

#[derive(sqlx::FromRow)]
struct ReviewRow {
    id: i64,
    key: String,
    gate_handle: Option<String>,
    analysed: bool,
}

/// The open review of a revision, made when there is none. `key` names a new one. A wish for a new review is fulfilled
/// by it.
pub async fn begin(
    tx: &mut Transaction,
    change_request_id: i64,
    revision: &Revision,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Review, StoreError> {
    both!(tx, |c| sqlx::query(CONSUME).bind(change_request_id).execute(c).await.map(|_| ()))?;
    let row = both!(tx, |c| sqlx::query_as::<_, ReviewRow>(BEGIN)
        .bind(key)
        .bind(change_request_id)
        .bind(&revision.head_sha)
        .bind(&revision.base_sha)
        .bind(Json(describe(revision)))
        .bind(now)
        .fetch_one(c)
        .await)?;
    let ReviewRow { id, key, gate_handle, analysed } = row;
    Ok(Review { id, key, gate: gate_handle.map(GateHandle), analysed })
}

/// What is needed to speak of a revision again, beside its change request, head and base.
fn describe(revision: &Revision) -> Value {
    json!({
        "target_sha": revision.target_sha,
        "target_branch": revision.target_branch,
        "title": revision.title,
        "author": revision.author,
        "web_url": revision.web_url,
        "token": revision.token,
    })
}

const GATE_SET: &str = "UPDATE reviews SET gate_handle = $2 WHERE id = $1";

/// Notes what the platform calls the review's gate.
pub async fn gate_set(
    tx: &mut Transaction,
    id: i64,
    handle: &GateHandle,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GATE_SET).bind(id).bind(&handle.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

const ANALYSED: &str = "UPDATE reviews SET critical = $2, high = $3, medium = $4, low = $5, suppressed = $6,
    files_analysed = $7, lines_analysed = $8, omissions = $9, verdicts = $10, analysed_at = $11 WHERE id = $1";

/// Keeps what the analysis found out, except the findings themselves.
pub async fn analysed(
    tx: &mut Transaction,
    id: i64,
    analysis: &Analysis,
    omissions: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let count = |severity| {
        integer(analysis.findings.iter().filter(|found| found.severity == severity).count())
    };
    let skipped = analysis.skipped.iter().map(|file| format!("`{}` {}", file.path, file.reason));
    let omissions: Vec<String> = omissions.iter().cloned().chain(skipped).collect();
    both!(tx, |c| sqlx::query(ANALYSED)
        .bind(id)
        .bind(count(Severity::Critical))
        .bind(count(Severity::High))
        .bind(count(Severity::Medium))
        .bind(count(Severity::Low))
        .bind(integer(analysis.suppressed.len()))
        .bind(integer(analysis.files_analysed))
        .bind(integer(analysis.lines_analysed))
        .bind(Json(&omissions))
        .bind(Json(&analysis.verdicts))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const USED_SETTINGS: &str = "UPDATE reviews SET settings_id = $2 WHERE id = $1";

/// Notes which settings of the repository (the snapshot's row) a review used.
pub async fn used_settings(tx: &mut Transaction, id: i64, settings: i64) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(USED_SETTINGS).bind(id).bind(settings).execute(c).await.map(|_| ()))?;
    Ok(())
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const COMPLETE: &str =
    "UPDATE reviews SET state = $2, conclusion = $3, title = $4, timings = $5, completed_at = $6,
    gate_closed = $7 WHERE id = $1";

/// Ends a review. `gate_closed` says that the platform shows the conclusion (or was never shown a gate).
#[allow(clippy::too_many_arguments, reason = "one column each, all different in type")]
pub async fn complete(
    tx: &mut Transaction,
    id: i64,
    end: End,
    conclusion: Conclusion,
    title: &str,
    timings: &[(&'static str, Duration)],
    gate_closed: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let timings: serde_json::Map<String, Value> = timings
        .iter()
        .map(|(step, took)| ((*step).to_owned(), integer(took.as_millis() as usize).into()))
        .collect();
    both!(tx, |c| sqlx::query(COMPLETE)
        .bind(id)
        .bind(end.as_str())
        .bind(conclusion.as_str())
        .bind(title)
        .bind(Json(&timings))
        .bind(now)
        .bind(gate_closed)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const GATE_CLOSED: &str = "UPDATE reviews SET gate_closed = TRUE WHERE id = $1";

/// Notes that the platform shows the conclusion of a review that had ended before.
pub async fn gate_closed(tx: &mut Transaction, id: i64) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(GATE_CLOSED).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

fn conclusion_of(name: &str) -> Result<Conclusion, StoreError> {
    let known = Conclusion::ALL.into_iter().find(|known| known.as_str() == name);
    known.ok_or_else(|| StoreError::Unknown { what: "conclusion", value: name.to_owned() })
}

/// A review whose gate the platform still shows as not ended.
#[derive(Debug, Clone)]
pub struct OpenGate {
    /// The review.
    pub review: Review,
    /// The revision that it was of.
    pub revision: Revision,
    /// How the review ended and the gate's line, if it did.
    pub ended: Option<(Conclusion, String)>,
    /// When it did.
    completed_at: Option<DateTime<Utc>>,
}

/// How long a platform that refuses a gate's end is asked again.
const FRESH: TimeDelta = TimeDelta::minutes(10);

impl OpenGate {
    /// Whether a gate is shown that can't have been refused its end for long.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.review.gate.is_some() && self.completed_at.is_none_or(|ended| now - ended < FRESH)
    }
}

// An open review goes on with the job of its change request, as long as there is one.
const FORGOTTEN: &str = "SELECT id, key, gate_handle, analysed_at IS NOT NULL AS analysed, change_request_id, head_sha, base_sha, revision, conclusion, title, completed_at
    FROM reviews WHERE NOT gate_closed
    AND (state <> 'open' OR NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.change_request_id = reviews.change_request_id
        AND jobs.state IN ('queued', 'running')))
    ORDER BY id LIMIT 100";
const LEFT_BEHIND: &str = "SELECT id, key, gate_handle, analysed_at IS NOT NULL AS analysed, change_request_id, head_sha, base_sha, revision, conclusion, title, completed_at
    FROM reviews WHERE change_request_id = $1 AND id <> $2 AND NOT gate_closed ORDER BY id";

#[derive(sqlx::FromRow)]
struct OpenGateRow {
    id: i64,
    key: String,
    gate_handle: Option<String>,
    analysed: bool,
    change_request_id: i64,
    head_sha: String,
    base_sha: String,
    revision: Json<Value>,
    conclusion: Option<String>,
    title: Option<String>,
    completed_at: Option<DateTime<Utc>>,
}

/// Gates that nobody is going to end: their job is gone, or ended without reaching the platform.
pub async fn forgotten_gates(tx: &mut Transaction) -> Result<Vec<OpenGate>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, OpenGateRow>(FORGOTTEN).fetch_all(c).await)?;
    gates(tx, rows).await
}

/// Reviews of a change request other than `keep` whose gate is not ended, whether or not they are.
pub async fn left_behind(
    tx: &mut Transaction,
    change_request_id: i64,
    keep: i64,
) -> Result<Vec<OpenGate>, StoreError> {
    let rows = both!(tx, |c| sqlx::query_as::<_, OpenGateRow>(LEFT_BEHIND)
        .bind(change_request_id)
        .bind(keep)
        .fetch_all(c)
        .await)?;
    gates(tx, rows).await
}

async fn gates(tx: &mut Transaction, rows: Vec<OpenGateRow>) -> Result<Vec<OpenGate>, StoreError> {
    let mut gates = Vec::new();
    for row in rows {
        let change = change_requests::by_id(tx, row.change_request_id).await?;
        let said = |field: &str| row.revision.0[field].as_str().unwrap_or_default().to_owned();
        let revision = Revision {
            change,
            target_sha: said("target_sha"),
            target_branch: said("target_branch"),
            title: said("title"),
            author: row.revision.0["author"].as_str().map(str::to_owned),
            state: RevisionState::Open,
            draft: false,
            web_url: said("web_url"),
            token: row.revision.0["token"].clone(),
            head_sha: row.head_sha,
            base_sha: row.base_sha,
        };
        let gate = row.gate_handle.map(GateHandle);
        let review = Review { id: row.id, key: row.key, gate, analysed: row.analysed };
        let conclusion = row.conclusion.as_deref().map(conclusion_of).transpose()?;
        let ended = conclusion.map(|conclusion| (conclusion, row.title.unwrap_or_default()));
        gates.push(OpenGate { review, revision, ended, completed_at: row.completed_at });
    }
    Ok(gates)
}
