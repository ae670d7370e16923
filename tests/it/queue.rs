//! The queue keeps its promises on both stores.

use std::time::Duration;

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::store::jobs::{self, Asked, Ended, Job};
use asyncwarden::store::{Store, Transaction, audit, change_requests};
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
async fn one_with_many_jobs_delays_another_by_one_review_also_with_a_single_worker() {
    on_every_store(async |store| {
        for number in 0..50 {
            ask(&store, &change(Some(1), number), number).await;
        }
        let mut order = Vec::new();
        for second in 100..106 {
            if second == 102 {
                ask(&store, &change(Some(2), 77), second).await;
                ask(&store, &change(Some(3), 88), second).await;
            }
            let job = claim(&store, second).await.unwrap();
            order.push(job.change.number);
            assert_eq!(finish(&store, &job, second).await, Ended::Yes);
        }
        assert_eq!(order, [0, 1, 77, 88, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_persons_wish_comes_first_and_what_nobody_asked_for_last() {
    on_every_store(async |store| {
        let wish = async |number, asked| {
            let change = change(Some(1), number);
            commit(&store, async |tx| jobs::enqueue(tx, &change, asked, at(0)).await.unwrap())
                .await;
        };
        wish(1, Asked::Reconcile).await;
        wish(2, Asked::Changed).await;
        wish(3, Asked::Again).await;
        commit(&store, async |tx| {
            jobs::enqueue(tx, &change(None, 4), Asked::Reconcile, at(0)).await.unwrap();
        })
        .await;
        let mut order = Vec::new();
        while let Some(job) = claim(&store, 1).await {
            order.push((job.change.number, job.again, job.reconcile));
            finish(&store, &job, 1).await;
        }
        assert_eq!(order[..2], [(3, true, false), (2, false, false)]);
        let mut rest = [order[2].0, order[3].0];
        rest.sort_unstable();
        assert_eq!(rest, [1, 4]);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_asked_for_does_not_wait_for_ever() {
    on_every_store(async |store| {
        let reconciled = change(None, 4);
        commit(&store, async |tx| {
            jobs::enqueue(tx, &reconciled, Asked::Reconcile, at(0)).await.unwrap();
        })
        .await;
        let mut waited = 0;
        for second in (0..1200).step_by(60) {
            ask(&store, &change(Some(1), second), second).await;
            let job = claim(&store, second).await.unwrap();
            if job.reconcile {
                waited = second;
                break;
            }
            finish(&store, &job, second).await;
        }
        assert!((600..720).contains(&waited), "{waited}");
    })
    .await;
}

#[tokio::test]
async fn a_look_that_nobody_asked_for_changes_nothing_about_a_job_that_is_there() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        commit(&store, async |tx| {
            jobs::enqueue(tx, &job.change, Asked::Reconcile, at(1)).await.unwrap();
        })
        .await;
        assert_eq!(finish(&store, &job, 2).await, Ended::Yes);
    })
    .await;
}

#[tokio::test]
async fn a_persons_wish_waits_for_no_back_off_but_for_the_platform() {
    on_every_store(async |store| {
        let again = async |second| {
            commit(&store, async |tx| {
                jobs::enqueue(tx, &change(Some(1), 3), Asked::Again, at(second)).await.unwrap();
            })
            .await;
        };
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        commit(&store, async |tx| jobs::retry(tx, &job, at(300), "no answer").await.unwrap()).await;
        again(10).await;
        let job = claim(&store, 10).await.unwrap();
        commit(&store, async |tx| {
            jobs::retry(tx, &job, at(300), "slow down").await.unwrap();
            jobs::hold(tx, &job.lane, at(300)).await.unwrap();
        })
        .await;
        again(20).await;
        assert!(claim(&store, 299).await.is_none());
        let due = commit(&store, async |tx| jobs::next_due(tx).await.unwrap()).await;
        assert_eq!(due, Some(at(300)));
        assert!(claim(&store, 300).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn who_works_is_told_that_somebody_asked_again_or_that_the_lease_is_lost() {
    on_every_store(async |store| {
        ask(&store, &change(Some(1), 3), 0).await;
        let job = claim(&store, 0).await.unwrap();
        let asked = async || commit(&store, async |tx| jobs::asked(tx, &job).await.unwrap()).await;
        assert_eq!(asked().await, Some(1));
        ask(&store, &change(Some(1), 3), 1).await;
        assert_eq!(asked().await, Some(2));
        commit(&store, async |tx| jobs::revive(tx, at(200), at(200)).await.unwrap()).await;
        assert_eq!(asked().await, None);
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_is_shown_until_it_is_asked_for_again() {
    on_every_store(async |store| {
        let letters =
            async || commit(&store, async |tx| jobs::dead_letters(tx, 10).await.unwrap()).await;
        let die = async |second| {
            let job = claim(&store, second).await.unwrap();
            commit(&store, async |tx| jobs::bury(tx, &job, "no access", at(second)).await.unwrap())
                .await;
        };
        for number in [3, 4] {
            ask(&store, &change(Some(1), number), number).await;
        }
        die(10).await;
        die(11).await;
        let dead = letters().await;
        let said: Vec<_> =
            dead.iter().map(|d| (d.change.number, d.attempts, d.error.as_str())).collect();
        assert_eq!(said, [(4, 1, "no access"), (3, 1, "no access")]);
        let redrive = async |letter: &jobs::DeadLetter| {
            commit(&store, async |tx| jobs::redrive(tx, letter, Some("ada"), at(20)).await.unwrap())
                .await
        };
        assert!(redrive(&dead[0]).await);
        let noted = commit(&store, async |tx| audit::latest(tx, 9).await.unwrap()).await;
        assert_eq!(noted[0].details["by"], "ada");
        let noted: Vec<_> =
            noted.iter().map(|it| (&*it.actor, &*it.action, &*it.subject)).collect();
        assert_eq!(noted, [("operator", "job-redriven", "github/octo/loops#4")]);
        assert!(!redrive(&dead[0]).await, "twice is once");
        assert_eq!(letters().await.len(), 1);
        let job = claim(&store, 20).await.unwrap();
        assert_eq!((job.change.number, job.attempts), (4, 1));
        finish(&store, &job, 21).await;
        // Who asks for the other one in the usual way makes up for it too.
        ask(&store, &change(Some(1), 3), 30).await;
        let job = claim(&store, 30).await.unwrap();
        assert_eq!(letters().await.len(), 1, "not yet");
        finish(&store, &job, 31).await;
        assert_eq!(letters().await, []);
    })
    .await;
}

#[tokio::test]
async fn change_requests_that_nobody_spoke_of_are_found() {
    on_every_store(async |store| {
        let unseen = async |second| {
            commit(&store, async |tx| {
                change_requests::unseen(tx, at(second), 10).await.unwrap().len()
            })
            .await
        };
        ask(&store, &change(Some(1), 3), 100).await;
        assert_eq!(unseen(200).await, 0, "it has a job");
        let job = claim(&store, 100).await.unwrap();
        finish(&store, &job, 101).await;
        assert_eq!((unseen(100).await, unseen(200).await), (0, 1));
        commit(&store, async |tx| {
            change_requests::gone(tx, job.change_request_id, at(150)).await.unwrap();
        })
        .await;
        assert_eq!(unseen(200).await, 0);
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
        ask(&store, &change(Some(1), 6), 30).await;
        assert!(claim(&store, 59).await.is_none(), "those that come later wait too");
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
