//! Lets go of what was kept long enough: in small steps, by one process at a time, once an hour.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::Worker;
use crate::analysis::{Finding, RULES};
use crate::settings::Retention;
use crate::store::audit::{self, Actor};
use crate::store::erase::{self, CHANGE_REQUESTS, ROWS};
use crate::store::{
    StoreError, Transaction, baselines, chores, deliveries, findings, jobs, outlines, people,
    sessions, settings_snapshots,
};

/// The chore.
const NAME: &str = "retention";
/// The chore of taking code out of findings that were kept when it was allowed.
const FORGET_CODE: &str = "forget-code";
const EVERY: TimeDelta = TimeDelta::hours(1);
/// When it goes on if there was too much for one time.
const SOON: TimeDelta = TimeDelta::minutes(1);
/// Most steps of a kind at a time, so that the sweep has its other work done, too.
const STEPS: usize = 20;
/// How long deliveries and done jobs are kept: longer than any platform sends a delivery again.
const CALLS: TimeDelta = TimeDelta::days(30);
/// How long an outline is kept after a review needed it.
const OUTLINES: TimeDelta = TimeDelta::days(30);
/// How long it is kept who signed in to the dashboard, after they did last.
const PEOPLE: TimeDelta = TimeDelta::days(90);
/// Most bytes of outlines.
const OUTLINE_BYTES: i64 = 2 << 30;

/// Does it if it is due and no other process does.
pub(super) async fn retain(worker: &Worker, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    if !chores::take(&mut tx, NAME, now, now + EVERY).await? {
        return Ok(());
    }
    if worker.retention.code {
        chores::start_over(&mut tx, FORGET_CODE).await?;
    }
    tx.commit().await?;
    let mut more = false;
    for kind in Kind::ALL {
        more |= let_go(worker, kind, now).await?;
    }
    let mut tx = worker.store.begin().await?;
    outlines::forget(&mut tx, now - OUTLINES, OUTLINE_BYTES).await?;
    sessions::delete_expired(&mut tx, now).await?;
    people::forget(&mut tx, now - PEOPLE, now).await?;
    if more {
        chores::go_on(&mut tx, NAME, now + SOON).await?;
    }
    tx.commit().await
}

/// Takes steps, each in a transaction of its own, until nothing is left or it is enough for now. Whether more is left.
async fn let_go(worker: &Worker, kind: Kind, now: DateTime<Utc>) -> Result<bool, StoreError> {
    for _ in 0..STEPS {
        let mut tx = worker.store.begin().await?;
        let more = kind.step(&mut tx, &worker.retention, now).await?;
        tx.commit().await?;
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of webhook calls.
    Payloads,
    /// All else of webhook calls.
    Deliveries,
    /// Jobs that were done.
    Jobs,
    /// Change requests that ended, with all that hangs on them.
    ChangeRequests,
    /// Settings that no review used since.
    Settings,
    /// What default branches held.
    Baselines,
    /// Entries of the audit log.
    Audit,
    /// Repositories that were removed and did not come back within the grace time.
    Repositories,
    /// The same of installations, once they have no repositories left.
    Installations,
    /// What quotes code in findings that were kept when that was allowed.
    Findings,
    /// The same of outlines.
    Outlines,
    /// The same of settings.
    SettingsContents,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Payloads,
        Self::Deliveries,
        Self::Jobs,
        Self::ChangeRequests,
        Self::Settings,
        Self::Baselines,
        Self::Audit,
        Self::Repositories,
        Self::Installations,
        Self::Findings,
        Self::Outlines,
        Self::SettingsContents,
    ];

    /// Takes one small step. Whether more may be left.
    async fn step(
        self,
        tx: &mut Transaction,
        keep: &Retention,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (gone, most) = match self {
            Kind::Payloads => {
                let before = if keep.keeps_payloads() { now - keep.payloads } else { now };
                (deliveries::drop_payloads(tx, before, now, ROWS).await?, ROWS)
            }
            Kind::Deliveries => (deliveries::forget(tx, now - CALLS, ROWS).await?, ROWS),
            Kind::Jobs => (jobs::forget(tx, now - CALLS, ROWS).await?, ROWS),
            Kind::ChangeRequests => {
                let Some(kept) = keep.reviews else { return Ok(false) };
                (erase::ended_change_requests(tx, now - kept).await?, CHANGE_REQUESTS)
            }
            Kind::Settings => {
                let Some(kept) = keep.reviews else { return Ok(false) };
                (settings_snapshots::forget(tx, now - kept, ROWS).await?, ROWS)
            }
            Kind::Baselines => {
                let Some(kept) = keep.reviews else { return Ok(false) };
                (baselines::forget(tx, now - kept, ROWS).await?, ROWS)
            }
            Kind::Audit => {
                let Some(kept) = keep.audit else { return Ok(false) };
                (audit::forget(tx, now - kept, ROWS).await?, ROWS)
            }
            Kind::Repositories => {
                let removed = erase::removed(tx, now - keep.grace).await?;
                let Some(doomed) = removed else { return Ok(false) };
                erase::step(tx, &doomed, Actor::Uninstall, now).await?;
                return Ok(true);
            }
            Kind::Installations => (erase::installations(tx, now - keep.grace, now).await?, ROWS),
            Kind::Findings | Kind::Outlines | Kind::SettingsContents if keep.code => {
                return Ok(false);
            }
            Kind::Findings => return forget_code(tx, now).await,
            Kind::Outlines => (outlines::forget_any(tx, ROWS).await?, ROWS),
            Kind::SettingsContents => (settings_snapshots::forget_contents(tx, ROWS).await?, ROWS),
        };
        Ok(gone == most.unsigned_abs())
    }
}

/// Takes what quotes code out of the next findings. Whether there were any.
async fn forget_code(tx: &mut Transaction, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let titles: Map<String, Value> =
        RULES.iter().map(|rule| (rule.code.to_owned(), rule.summary().into())).collect();
    let done_to = chores::done_to(tx, FORGET_CODE).await?;
    let next = findings::forget_code(tx, done_to, &Value::Object(titles), ROWS).await?;
    if let Some(done_to) = next {
        chores::advance(tx, FORGET_CODE, done_to, now).await?;
    }
    Ok(next.is_some())
}

/// Findings that tell nothing of the code that they were found in, except where.
pub(super) fn without_code(findings: &[Finding]) -> Vec<Finding> {
    let bare = |finding: &Finding| Finding {
        message: finding.rule.summary().to_owned(),
        scope: String::new(),
        ..finding.clone()
    };
    findings.iter().map(bare).collect()
}
