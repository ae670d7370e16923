//! Picks up what was dropped: jobs of dead workers, gates that nobody will end, change requests whose deliveries were
//! missed, rows that are old.

use chrono::{DateTime, Utc};

use super::Worker;
use super::gates::Why;
use super::reconcile::reconcile;
use super::recovery::recover;
use super::retention::retain;
use crate::forge::ChangeRequest;
use crate::store::jobs::{self, Asked};
use crate::store::{StoreError, change_requests, reviews};

/// How many change requests that were not spoken of for long one sweep looks at again.
const UNSEEN: i64 = 20;

/// Looks once. `expired` says before when a lease must have ended to count as lost.
///
/// # Errors
/// When the store fails; the next sweep does the rest.
pub async fn sweep(
    worker: &Worker,
    now: DateTime<Utc>,
    expired: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    let revived = jobs::revive(&mut tx, now, expired).await?;
    tx.commit().await?;
    look_again(worker, now).await?;
    if revived > 0 {
        tracing::warn!(jobs = revived, "put back jobs whose workers are gone");
    }
    retain(worker, now).await?;
    let mut tx = worker.store.read().await?;
    let forgotten = reviews::forgotten_gates(&mut tx).await?;
    drop(tx);
    for open in forgotten {
        if let Some(platform) = worker.platforms.get(open.revision.change.repository.forge) {
            worker.close_gate(platform, &open, Why::Failed("the review was interrupted")).await?;
        }
    }
    // The last, since they may wait for the platform.
    recover(worker, now).await;
    reconcile(worker, now).await;
    Ok(())
}

/// Tells what an operator has to see to.
pub async fn warn(worker: &Worker, now: DateTime<Utc>) {
    for platform in worker.platforms.all() {
        match platform.forge.warnings(now).await {
            Ok(warnings) => warnings.iter().for_each(|warning| tracing::warn!("{warning}")),
            Err(error) => tracing::warn!(%error, "what the platform lets us do can't be read"),
        }
    }
}

/// Asks for a look at change requests that nobody spoke of for long: a delivery may have been lost on its way.
async fn look_again(worker: &Worker, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    let unseen = change_requests::unseen(&mut tx, now - worker.timings.reconcile, UNSEEN).await?;
    let set_up = |change: &&ChangeRequest| worker.platforms.get(change.repository.forge).is_some();
    for change in unseen.iter().filter(set_up) {
        jobs::enqueue(&mut tx, change, Asked::Reconcile, now).await?;
    }
    tx.commit().await
}
