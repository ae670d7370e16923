//! The queue keeps its promises on both stores.

use std::time::Duration;

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::store::jobs::{self, Asked, Ended, Job};
use asyncwarden::store::{Store, Transaction};
use chrono::{DateTime, Utc};

use crate::support::on_every_store;

const LEASE: Duration = Duration::from_secs(60);

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

fn change(installation: Option<i64>, number: i64) -> ChangeRequest {
    let forge = if installation.is_some() { ForgeKind::GitHub } else { ForgeKind::GitLab };
    let full_name = "octo/loops".to_owned();
    let repository =
        RepositoryRef { forge, external_id: 7, full_name, installation_id: installation };
    ChangeRequest { repository, number }
}

/// Does something in a transaction of its own.
async fn commit<T>(store: &Store, work: impl AsyncFnOnce(&mut Transaction) -> T) -> T {
    let mut tx = store.begin().await.unwrap();
    let done = work(&mut tx).await;
    tx.commit().await.unwrap();
    done
}

async fn ask(store: &Store, change: &ChangeRequest, second: i64) {
    commit(store, async |tx| jobs::enqueue(tx, change, Asked::Changed, at(second)).await.unwrap())
        .await;
}

async fn claim(store: &Store, second: i64) -> Option<Job> {
    commit(store, async |tx| jobs::claim(tx, at(second), LEASE).await.unwrap()).await
}

async fn finish(store: &Store, job: &Job, second: i64) -> Ended {
    commit(store, async |tx| jobs::finish(tx, job, at(second)).await.unwrap()).await
}

#[tokio::test]
async fn many_questions_about_one_change_request_are_one_job() {
    on_every_store(async |store| {
        for second in 0..5 {
            ask(&store, &change(Some(1), 3), second).await;
        }
        let job = claim(&store, 5).await.unwrap();
        assert_eq!((job.change.clone(), job.asked, job.attempts), (change(Some(1), 3), 5, 1));
        assert!(claim(&store, 5).await.is_none());
        assert_eq!(finish(&store, &job, 6).await, Ended::Yes);
        assert!(claim(&store, 7).await.is_none());
        ask(&store, &change(Some(1), 3), 8).await;
        assert!(claim(&store, 8).await.is_some(), "a done job stands in nobody's way");
    })
    .await;
}

#[tokio::test]
async fn who_asks_while_the_job_runs_gets_another_round() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let first = claim(&store, 0).await.unwrap();
        ask(&store, &change(Some(1), 3), 1).await;
        assert!(claim(&store, 1).await.is_none(), "two workers on one change request");
        assert_eq!(finish(&store, &first, 2).await, Ended::AnotherRound);
        let second = claim(&store, 2).await.unwrap();
        assert_eq!((second.asked, second.attempts), (2, 1));
        assert_eq!(finish(&store, &second, 3).await, Ended::Yes);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_enqueued_when_the_transaction_is_not_committed() {
    on_every_store(async |store| {
        let mut tx = store.begin().await.unwrap();
        jobs::enqueue(&mut tx, &change(None, 3), Asked::Changed, at(0)).await.unwrap();
        drop(tx);
        assert!(claim(&store, 1).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn rivals_never_get_the_same_job() {
    on_every_store(async |store| {
        for number in 0..20 {
            ask(&store, &change(Some(number % 3), number), 0).await;
        }
        let claims = (0..30).map(|_| claim(&store, 1));
        let jobs: Vec<Job> =
            futures::future::join_all(claims).await.into_iter().flatten().collect();
        let numbers: std::collections::BTreeSet<i64> =
            jobs.iter().map(|job| job.change.number).collect();
        // On PostgreSQL a rival may find the row it wanted locked and leave empty-handed, but never doubled.
        assert_eq!(numbers.len(), jobs.len());
        let mut taken = jobs.len();
        while claim(&store, 1).await.is_some() {
            taken += 1;
        }
        assert_eq!(taken, 20);
    })
    .await;
}

#[tokio::test]
async fn a_busy_installation_lets_others_pass() {
    on_every_store(async |store| {
        for number in 0..10 {
            ask(&store, &change(Some(1), number), number).await;
        }
        ask(&store, &change(Some(2), 77), 20).await;
        assert_eq!(claim(&store, 30).await.unwrap().change.number, 0);
        assert_eq!(claim(&store, 30).await.unwrap().change.number, 77);
        assert_eq!(claim(&store, 30).await.unwrap().change.number, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_is_taken_over_and_its_first_owner_changes_nothing() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let lost = claim(&store, 0).await.unwrap();
        let revive = |second| {
            commit(&store, async move |tx| jobs::revive(tx, at(second), at(second)).await.unwrap())
        };
        assert!(commit(&store, async |tx| jobs::heartbeat(tx, &lost, at(90)).await.unwrap()).await);
        assert_eq!(revive(80).await, 0, "a heartbeat keeps the lease");
        assert_eq!(revive(91).await, 1);
        let job = claim(&store, 91).await.unwrap();
        assert_eq!(job.attempts, 2);
        assert!(
            !commit(&store, async |tx| jobs::heartbeat(tx, &lost, at(200)).await.unwrap()).await
        );
        assert_eq!(finish(&store, &lost, 92).await, Ended::LostLease);
        let buried =
            commit(&store, async |tx| jobs::bury(tx, &lost, "late", at(92)).await.unwrap()).await;
        assert_eq!(buried, Ended::LostLease);
        assert_eq!(finish(&store, &job, 93).await, Ended::Yes);
    })
    .await;
}

#[tokio::test]
async fn a_retried_job_waits_for_its_time_also_when_somebody_asks_again() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        commit(&store, async |tx| jobs::retry(tx, &job, at(60), "asked to wait").await.unwrap())
            .await;
        ask(&store, &change(Some(1), 3), 10).await;
        assert!(claim(&store, 59).await.is_none());
        let due = commit(&store, async |tx| jobs::next_due(tx).await.unwrap()).await;
        assert_eq!(due, Some(at(60)));
        let job = claim(&store, 60).await.unwrap();
        assert_eq!((job.attempts, job.asked), (1, 2), "a new question has all its attempts");
    })
    .await;
}

#[tokio::test]
async fn a_platform_that_asks_for_a_wait_holds_its_whole_lane() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        ask(&store, &change(Some(1), 4), 0).await;
        ask(&store, &change(Some(2), 5), 0).await;
        let job = claim(&store, 0).await.unwrap();
        commit(&store, async |tx| {
            jobs::retry(tx, &job, at(60), "slow down").await.unwrap();
            jobs::hold(tx, &job.lane, at(60)).await.unwrap();
        })
        .await;
        assert_eq!(claim(&store, 1).await.unwrap().change.number, 5);
        assert!(claim(&store, 59).await.is_none());
        assert!(claim(&store, 60).await.is_some());
        assert!(claim(&store, 60).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_dead_job_stays_dead_until_somebody_asks_again() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        let bury = async |job: &Job| {
            commit(&store, async |tx| jobs::bury(tx, job, "no access", at(1)).await.unwrap()).await
        };
        assert_eq!(bury(&job).await, Ended::Yes);
        assert!(claim(&store, 100_000).await.is_none());
        ask(&store, &change(Some(1), 3), 2).await;
        let job = claim(&store, 2).await.unwrap();
        ask(&store, &change(Some(1), 3), 3).await;
        assert_eq!(bury(&job).await, Ended::AnotherRound, "a newer question is not buried");
    })
    .await;
}

#[tokio::test]
async fn a_released_job_is_as_if_it_had_not_been_taken() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        commit(&store, async |tx| jobs::release(tx, &job, at(1)).await.unwrap()).await;
        assert_eq!(claim(&store, 1).await.unwrap().attempts, 1);
    })
    .await;
}
