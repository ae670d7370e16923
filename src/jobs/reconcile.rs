//! Compares what is known of open change requests with what the platforms list: a delivery may have been lost on its way,
//! or the service may have been away for longer than deliveries are kept.
//!
//! At start if it is due, then every hour, by one process at a time, some repositories with each sweep.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Platform, Worker};
use crate::forge::{ChangeRequest, ForgeError, OpenChange};
use crate::store::jobs::{self, Asked};
use crate::store::repositories::Reachable;
use crate::store::{StoreError, change_requests, chores, repositories};

/// The chore. How far it got is the last repository that was compared.
const NAME: &str = "reconcile";
const EVERY: TimeDelta = TimeDelta::hours(1);
/// How many repositories are compared with one sweep.
const PORTION: usize = 20;
/// Most open change requests of a repository that are compared, those that changed last.
const MOST: usize = 300;

/// Does it if it is due and no other process does. Errors are only logged, as it must not keep others from their work.
pub(super) async fn reconcile(worker: &Worker, now: DateTime<Utc>) {
    if let Err(error) = reconcile_if_due(worker, now).await {
        tracing::warn!(%error, "open change requests were not compared");
    }
}

async fn reconcile_if_due(worker: &Worker, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = worker.store.begin().await?;
    if !chores::take(&mut tx, NAME, now, now + EVERY).await? {
        return Ok(());
    }
    let after = chores::done_to(&mut tx, NAME).await?;
    let portion = repositories::reachable(&mut tx, after, PORTION as i64).await?;
    tx.commit().await?;
    for one in &portion {
        let Some(platform) = worker.platforms.get(one.repository.forge) else { continue };
        match compare(worker, platform, one).await {
            Ok(()) => {}
            Err(Failed::Store(error)) => return Err(error),
            Err(Failed::Forge(error)) => {
                let repository = &one.repository.full_name;
                tracing::warn!(%error, repository, "its open change requests could not be listed");
            }
        }
    }
    let mut tx = worker.store.begin().await?;
    match portion.last() {
        Some(last) if portion.len() == PORTION => {
            chores::advance(&mut tx, NAME, last.id, now).await?;
        }
        _ => chores::advance(&mut tx, NAME, 0, now + EVERY).await?,
    }
    tx.commit().await
}

/// Why a repository could not be compared.
enum Failed {
    Store(StoreError),
    Forge(ForgeError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Store(error)
    }
}

/// Asks for a look at each change request that is not as it was seen last.
async fn compare(worker: &Worker, platform: &Platform, one: &Reachable) -> Result<(), Failed> {
    let listed = platform.forge.open_changes(&one.repository, MOST).await.map_err(Failed::Forge)?;
    let mut tx = worker.store.begin().await?;
    let known: BTreeMap<i64, Option<String>> =
        change_requests::open_heads(&mut tx, one.id).await?.into_iter().collect();
    for number in differing(&known, &listed, one.known_since) {
        let change = ChangeRequest { repository: one.repository.clone(), number };
        tracing::info!(repository = one.repository.full_name, number, "not as it was seen last");
        jobs::enqueue(&mut tx, &change, Asked::Reconcile, Utc::now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The numbers of change requests that are not as they were seen last. What nobody touched since the repository became
/// known is none of them: who installs the service doesn't want all that was open before reviewed at once.
fn differing(
    known: &BTreeMap<i64, Option<String>>,
    listed: &[OpenChange],
    known_since: DateTime<Utc>,
) -> Vec<i64> {
    let is_other = |open: &&OpenChange| match known.get(&open.number) {
        Some(head) => head.as_deref() != Some(open.head_sha.as_str()),
        // Platforms tell whole seconds.
        None => open.updated_at.timestamp() >= known_since.timestamp(),
    };
    let mut numbers: Vec<i64> = listed.iter().filter(is_other).map(|open| open.number).collect();
    // Those that were closed meanwhile, if all that are open were listed.
    if listed.len() < MOST {
        let open = |number: &&i64| listed.iter().any(|open| open.number == **number);
        numbers.extend(known.keys().filter(|number| !open(number)));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(number: i64, head: &str, minute: i64) -> OpenChange {
        OpenChange { number, head_sha: head.to_owned(), updated_at: at(minute) }
    }

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(60 * minute, 0).expect("a time")
    }

    #[test]
    fn what_is_not_as_it_was_seen_is_looked_at() {
        let known = [(1, Some("a")), (2, Some("b")), (3, None), (4, Some("d"))];
        let known =
            known.map(|(number, head)| (number, head.map(str::to_owned))).into_iter().collect();
        let listed = [
            open(1, "a", 9),
            open(2, "pushed", 9),
            open(3, "never seen", 9),
            open(5, "new", 9),
            open(6, "before us", 1),
        ];
        assert_eq!(differing(&known, &listed, at(5)), [2, 3, 5, 4]);
    }

    #[test]
    fn what_may_be_open_beyond_the_list_is_not_taken_for_closed() {
        let known = BTreeMap::from([(9000, Some("a".to_owned()))]);
        let listed: Vec<_> = (1..=MOST as i64).map(|number| open(number, "x", 1)).collect();
        assert_eq!(differing(&known, &listed, at(5)), Vec::<i64>::new());
    }
}
