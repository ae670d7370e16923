//! Reviews of one repository at the same time.

use asyncwarden::analysis::{Finding, Severity};
use asyncwarden::forge::RevisionState;
use asyncwarden::store::{Store, Transaction, change_requests, findings};
use futures::future::join_all;

use super::{Database, day, finding, open, review, revision, rules, seen};
use crate::support::on_every_store_settings;

/// Twelve findings of all rules and severities, in an order of each rival's own.
fn found(rival: usize, round: usize) -> Vec<Finding> {
    let mut found: Vec<_> = (0..12)
        .filter(|number| !(number + rival + round).is_multiple_of(5))
        .map(|number| finding(number, Severity::ALL[(number + round) % 4]))
        .collect();
    found.rotate_left(rival % 7);
    if rival % 2 == 1 {
        found.reverse();
    }
    found
}

async fn rival(store: &Store, rival: usize) {
    for round in 0..6 {
        let head = format!("head-{round}");
        let mut revision = revision(7, rival as i64, &head, RevisionState::Open);
        review(store, &revision, &found(rival, round), day(round as i64 / 3)).await;
        for state in [RevisionState::Closed, RevisionState::Open] {
            revision.state = state;
            seen(store, &revision, day(round as i64 / 3)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reviews_of_one_repository_do_not_lock_each_other_out() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let rivals = (0..14).map(|number| {
            let store = store.clone();
            tokio::spawn(async move { rival(&store, number).await })
        });
        for ended in join_all(rivals).await {
            ended.unwrap();
        }
        assert_eq!(open(&database).await.len(), 1);
        assert_eq!(rules(&database).await.len(), 3);
        database.close().await;
        store.close().await;
    })
    .await;
}

/// Runs the second, which has to wait for the first or for nothing, and ends the first when that is known.
async fn overlap(database: &Database, first: Transaction, second: impl Future + Send + 'static) {
    let second = tokio::spawn(async move {
        second.await;
    });
    while !second.is_finished() && !database.somebody_waits().await {
        tokio::task::yield_now().await;
    }
    first.commit().await.unwrap();
    second.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_request_that_ends_while_its_findings_are_stored_has_none_open() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let found = |round| [finding(round, Severity::High), finding(round + 1, Severity::High)];
        let opened = revision(7, 3, "head", RevisionState::Open);
        let merged = revision(7, 3, "head", RevisionState::Merged);
        let id = seen(&store, &opened, day(0)).await;
        let begun = review(&store, &opened, &[], day(0)).await;
        let again = store.clone();

        let mut first = store.begin().await.unwrap();
        findings::replace(&mut first, id, begun.id, &found(0), day(1)).await.unwrap();
        let ends = merged.clone();
        overlap(&database, first, async move { seen(&again, &ends, day(1)).await }).await;
        assert_eq!(open(&database).await, ["7 critical 0 high 0 medium 0 low 0"]);

        seen(&store, &opened, day(2)).await;
        assert_eq!(open(&database).await, ["7 critical 0 high 2 medium 0 low 0"]);
        let mut first = store.begin().await.unwrap();
        change_requests::seen(&mut first, id, &merged, day(3)).await.unwrap();
        let again = store.clone();
        let stores = async move {
            let mut second = again.begin().await.unwrap();
            findings::replace(&mut second, id, begun.id, &found(2), day(3)).await.unwrap();
            second.commit().await.unwrap();
        };
        overlap(&database, first, stores).await;
        assert_eq!(open(&database).await, ["7 critical 0 high 0 medium 0 low 0"]);
        database.close().await;
        store.close().await;
    })
    .await;
}
