//! Asks platforms for what they could not deliver: at start if it is due, then every ten minutes, by one process at a time.

use chrono::{DateTime, TimeDelta, Utc};

use super::Worker;
use crate::store::{StoreError, chores};

/// The chore. How far it got is the time, in seconds, up to which nothing is missing.
const NAME: &str = "recovery";
const EVERY: TimeDelta = TimeDelta::minutes(10);
/// How far it looks back beyond the time up to which nothing was missing: what fails again is asked for a few times.
const OVERLAP: TimeDelta = TimeDelta::hours(3);
/// Longest look back: platforms keep deliveries for three days.
const FURTHEST: TimeDelta = TimeDelta::days(3);

/// Does it if it is due and no other process does. Who comes to nothing here must not keep others from their work, so
/// that errors are only logged.
pub(super) async fn recover(worker: &Worker, now: DateTime<Utc>) {
    if let Err(error) = recover_if_due(worker, now).await {
        tracing::warn!(%error, "missed deliveries were not looked for");
    }
}

async fn recover_if_due(worker: &Worker, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    if !chores::take(&mut tx, NAME, now, now + EVERY).await? {
        return Ok(());
    }
    let since = since(chores::done_to(&mut tx, NAME).await?, now);
    tx.commit().await?;
    let mut missing = false;
    for platform in worker.platforms.all() {
        match platform.forge.redeliver_failed(since).await {
            Ok(asked) => missing |= asked > 0,
            Err(error) => {
                tracing::warn!(%error, "missed deliveries could not be asked for");
                missing = true;
            }
        }
    }
    if missing {
        // It looks back as far the next time: what was asked for may fail again, and there may be more of it.
        return Ok(());
    }
    let mut tx = worker.store.begin().await?;
    chores::advance(&mut tx, NAME, now.timestamp(), now + EVERY).await?;
    tx.commit().await
}

/// From when on deliveries are looked at.
fn since(done_to: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let done_to = DateTime::from_timestamp(done_to, 0).unwrap_or_default();
    (done_to - OVERLAP).max(now - FURTHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_back_to_the_last_time_and_a_bit_further_and_never_too_far() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        let looked = |before: TimeDelta| now - since((now - before).timestamp(), now);
        assert_eq!(looked(TimeDelta::minutes(10)), OVERLAP + EVERY);
        assert_eq!(looked(TimeDelta::days(2)), TimeDelta::days(2) + OVERLAP);
        assert_eq!(looked(TimeDelta::days(30)), FURTHEST);
        assert_eq!(now - since(0, now), FURTHEST, "it never looked");
    }
}
