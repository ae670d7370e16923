//! What processes that speak for one account keep in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use asyncwarden::forge::call::{Answer, Lane, Repeatable, Terms, Waits, Write};
use asyncwarden::forge::ledger::{Ledger, TurnWanted};
use asyncwarden::forge::{ForgeError, ForgeKind};
use asyncwarden::store::Store;
use uuid::Uuid;

use crate::support::on_every_store;

const ACCOUNT: &str = "github/1";
const HOUR: Duration = Duration::from_secs(3600);

fn wanted(holder: Uuid) -> TurnWanted<'static> {
    TurnWanted { account: ACCOUNT, holder, lasts: HOUR, most_per_hour: None }
}

#[tokio::test]
async fn a_turn_is_held_by_one_until_it_is_given_back() {
    on_every_store(async |store: Store| {
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        assert_eq!(store.take_turn(wanted(one)).await.unwrap(), None);
        assert_eq!(store.take_turn(wanted(other)).await.unwrap(), Some(Duration::ZERO));
        let elsewhere = TurnWanted { account: "github/2", ..wanted(other) };
        assert_eq!(store.take_turn(elsewhere).await.unwrap(), None, "another account");
        store.end_turn(ACCOUNT, other, Duration::ZERO).await.unwrap();
        assert_eq!(store.take_turn(wanted(other)).await.unwrap(), Some(Duration::ZERO));
        store.end_turn(ACCOUNT, one, HOUR).await.unwrap();
        let wait = store.take_turn(wanted(other)).await.unwrap().unwrap();
        assert!(wait > HOUR * 9 / 10 && wait <= HOUR, "{wait:?}");
    })
    .await;
}

#[tokio::test]
async fn a_turn_passes_on_when_its_holder_is_dead() {
    on_every_store(async |store: Store| {
        let (dead, other, third) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        let short = TurnWanted { lasts: Duration::ZERO, ..wanted(dead) };
        assert_eq!(store.take_turn(short).await.unwrap(), None);
        assert_eq!(store.take_turn(wanted(other)).await.unwrap(), None);
        store.end_turn(ACCOUNT, dead, Duration::ZERO).await.unwrap();
        let taken = store.take_turn(wanted(third)).await.unwrap();
        assert_eq!(taken, Some(Duration::ZERO), "who came too late ends nobody's turn");
    })
    .await;
}

#[tokio::test]
async fn no_more_is_created_in_an_hour_than_the_platform_takes() {
    on_every_store(async |store: Store| {
        let write = async |most_per_hour| {
            let holder = Uuid::new_v4();
            let wait =
                store.take_turn(TurnWanted { most_per_hour, ..wanted(holder) }).await.unwrap();
            store.end_turn(ACCOUNT, holder, Duration::ZERO).await.unwrap();
            wait
        };
        for _ in 0..3 {
            assert_eq!(write(Some(3)).await, None);
        }
        let wait = write(Some(3)).await.unwrap();
        assert!(wait > HOUR * 9 / 10 && wait <= HOUR + Duration::from_secs(60), "{wait:?}");
        assert_eq!(write(None).await, None, "what creates nothing goes on");
        assert_eq!(write(Some(4)).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_longest_wait_counts() {
    on_every_store(async |store: Store| {
        assert_eq!(store.held(ACCOUNT).await.unwrap(), Duration::ZERO);
        store.hold(ACCOUNT, HOUR).await.unwrap();
        store.hold(ACCOUNT, HOUR / 60).await.unwrap();
        let held = store.held(ACCOUNT).await.unwrap();
        assert!(held > HOUR * 9 / 10 && held <= HOUR, "{held:?}");
        assert_eq!(store.held("github/2").await.unwrap(), Duration::ZERO);
    })
    .await;
}

/// The way of one process.
fn lane(store: &Store, most_per_hour: Option<u32>) -> Lane {
    let terms = Terms {
        waits: Waits { longest: Duration::from_secs(4), ..Waits::NONE },
        limit: |answer, _| answer.retry_after(),
        most_per_hour,
        ledger: Some(Arc::new(store.clone())),
    };
    Lane::new(ForgeKind::GitHub, ACCOUNT.to_owned(), terms)
}

#[tokio::test]
async fn processes_write_one_at_a_time() {
    on_every_store(async |store: Store| {
        let (writing, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let process = async || {
            let lane = lane(&store, None);
            for _ in 0..4 {
                let work = async {
                    let now = writing.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    for _ in 0..50 {
                        tokio::task::yield_now().await;
                    }
                    writing.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                };
                lane.in_turn("write", Write::Creates, work).await.unwrap();
            }
        };
        tokio::join!(process(), process(), process());
        assert_eq!(most.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn what_one_process_is_told_holds_for_all() {
    on_every_store(async |store: Store| {
        let limited = || {
            let headers = [(http::header::RETRY_AFTER, http::HeaderValue::from(600))];
            let answer =
                Answer { status: 429, headers: headers.into_iter().collect(), body: "".into() };
            std::future::ready(Ok(answer))
        };
        let told = lane(&store, None).call("read", Repeatable::Yes, limited).await;
        assert!(matches!(told, Err(ForgeError::RateLimited { .. })), "{told:?}");
        let mut sent = 0;
        let send = || {
            sent += 1;
            limited()
        };
        let Err(ForgeError::RateLimited { retry_after, .. }) =
            lane(&store, None).call("read", Repeatable::Yes, send).await
        else {
            panic!("it was let through");
        };
        assert_eq!(sent, 0);
        assert!(retry_after > Duration::from_secs(590), "{retry_after:?}");
    })
    .await;
}

#[tokio::test]
async fn who_created_enough_goes_back_to_the_queue() {
    on_every_store(async |store: Store| {
        let lane = lane(&store, Some(1));
        let write = |write| lane.in_turn("write", write, std::future::ready(Ok(())));
        write(Write::Creates).await.unwrap();
        write(Write::Changes).await.unwrap();
        let refused = write(Write::Creates).await;
        assert!(matches!(refused, Err(ForgeError::RateLimited { .. })), "{refused:?}");
    })
    .await;
}
