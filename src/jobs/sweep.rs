//! Picks up what was dropped: jobs of dead workers, gates that nobody will end, rows that are old.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Worker;
use super::gates::Why;
use crate::store::{StoreError, deliveries, jobs, reviews};

/// How long deliveries and done jobs are kept: longer than any platform sends a delivery again.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

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
    deliveries::forget(&mut tx, now - KEPT).await?;
    jobs::forget(&mut tx, now - KEPT).await?;
    tx.commit().await?;
    if revived > 0 {
        tracing::warn!(jobs = revived, "put back jobs whose workers are gone");
    }
    worker.contexts.drop_old(&worker.store, now).await?;
    let mut tx = worker.store.read().await?;
    let forgotten = reviews::forgotten_gates(&mut tx).await?;
    drop(tx);
    for open in forgotten {
        if let Some(platform) = worker.platforms.get(open.revision.change.repository.forge) {
            worker.close_gate(platform, &open, Why::Failed("the review was interrupted")).await?;
        }
    }
    Ok(())
}
