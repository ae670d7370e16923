//! Webhook calls of the last days, and reviews that were given up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::Told;
use super::chance::Chance;
use super::plan::{Change, Push};
use super::review::revision;
use crate::forge::{ChangeRequest, ForgeKind, RevisionState};
use crate::review::Conclusion;
use crate::store::deliveries::{self, Delivery, Outcome};
use crate::store::jobs::{self, Asked};
use crate::store::reviews::{self, End};
use crate::store::{StoreError, Transaction, change_requests};

/// How long calls are told of.
const CALLS: TimeDelta = TimeDelta::days(10);
/// How long their payloads are.
const PAYLOADS: TimeDelta = TimeDelta::days(3);
/// How often a job was tried before it was given up.
const ATTEMPTS: i64 = 10;

/// The call that a push made.
pub(super) async fn pushed(
    tx: &mut Transaction,
    told: &Told,
    change: &Change,
    push: &Push,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if push.at < now - CALLS {
        return Ok(());
    }
    let first = change.pushes.first().is_some_and(|first| first.at == push.at);
    let (event, action) = match (told.repository.forge, first) {
        (ForgeKind::GitHub, true) => ("pull_request", "opened"),
        (ForgeKind::GitHub, false) => ("pull_request", "synchronize"),
        (ForgeKind::GitLab, true) => ("Merge Request Hook", "open"),
        (ForgeKind::GitLab, false) => ("Merge Request Hook", "update"),
    };
    let payload = payload(told, change, push, action);
    let delivery = Delivery {
        forge: told.repository.forge,
        id: &Chance::of(&push.head).uuid(),
        event,
        action: Some(action),
        repository: Some(told.repository.external_id),
        payload: (push.at > now - PAYLOADS).then_some(payload.as_bytes()),
        outcome: Outcome::Queued,
        received_at: push.at - TimeDelta::milliseconds(400),
    };
    deliveries::store(tx, &delivery).await.map(|_| ())
}

/// What of such a call's body is read.
fn payload(told: &Told, change: &Change, push: &Push, action: &str) -> String {
    let (id, name, number) = (told.repository.external_id, told.team.name, change.number);
    let body = match told.repository.forge {
        ForgeKind::GitHub => json!({
            "action": action,
            "number": number,
            "pull_request": { "number": number, "head": { "sha": push.head }, "draft": false },
            "repository": { "id": id, "full_name": name },
            "installation": { "id": told.repository.installation_id },
        }),
        ForgeKind::GitLab => json!({
            "object_kind": "merge_request",
            "project": { "id": id, "path_with_namespace": name },
            "object_attributes": {
                "iid": number, "action": action, "last_commit": { "id": push.head },
            },
        }),
    };
    body.to_string()
}

/// Gives up the newest change requests of two teams, each with a push that the platform would not show.
pub(super) async fn give_up(
    tx: &mut Transaction,
    told: &[Told],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let errors =
        ["answered commit with 502: Bad Gateway", "gave no whole answer to archive: timed out"];
    for (one, error) in told.iter().skip(3).zip(errors) {
        let Some(change) = one.changes.iter().rfind(|change| change.ended.is_none()) else {
            continue;
        };
        let Some(last) = change.pushes.last() else { continue };
        let begun = (last.at + TimeDelta::minutes(50)).min(now - TimeDelta::minutes(55));
        if begun <= last.at {
            continue;
        }
        let error = format!("{} {error}", one.repository.forge.as_str());
        let ended = bury(tx, one, change, &error, begun).await?;
        not_reviewed(tx, one, change, last, &error, (begun, ended)).await?;
    }
    Ok(())
}

/// A job that is tried, and tried again, and given up. Returns when.
async fn bury(
    tx: &mut Transaction,
    told: &Told,
    change: &Change,
    error: &str,
    begun: DateTime<Utc>,
) -> Result<DateTime<Utc>, StoreError> {
    let request = ChangeRequest { repository: told.repository.clone(), number: change.number };
    jobs::enqueue(tx, &request, Asked::Changed, begun).await?;
    let mut at = begun;
    for attempt in 1..=ATTEMPTS {
        let Some(job) = jobs::claim(tx, at, Duration::from_secs(60)).await? else { break };
        match attempt == ATTEMPTS {
            true => drop(jobs::bury(tx, &job, error, at).await?),
            false => {
                at += TimeDelta::seconds((1 << attempt).min(300));
                jobs::retry(tx, &job, at, error).await?;
            }
        }
    }
    Ok(at)
}

async fn not_reviewed(
    tx: &mut Transaction,
    told: &Told,
    change: &Change,
    last: &Push,
    error: &str,
    (begun, ended): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    let request = ChangeRequest { repository: told.repository.clone(), number: change.number };
    let id = change_requests::remember(tx, &request, begun).await?;
    let revision = revision(told, change, last, RevisionState::Open, "");
    let key = Chance::of(&format!("{} given up", last.key)).uuid();
    let review = reviews::begin(tx, id, &revision, &key, begun).await?;
    let title = format!("Not reviewed: {error}");
    let (end, verdict) = (End::Ended, Conclusion::Neutral);
    reviews::complete(tx, review.id, end, verdict, &title, &[], true, ended).await
}
