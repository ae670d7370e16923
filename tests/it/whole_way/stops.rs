//! The service stops in the middle, is killed, starts again.

use std::time::Duration;

use asyncwarden::forge::simulator::{Fault, NewChange, State};
use asyncwarden::jobs::sweep;
use asyncwarden::store::jobs;

use super::world::{BLOCKING, World, diff_path, everywhere, everywhere_and_pooled};

const SOON: Duration = Duration::from_secs(60);

fn is_ended(state: &State) -> Option<()> {
    let check = state.checks.iter().any(|check| check.conclusion.is_some());
    let status =
        state.statuses.iter().any(|it| !matches!(it.state.as_str(), "pending" | "running"));
    (check || status).then_some(())
}

#[tokio::test]
async fn workers_of_its_own_take_what_a_webhook_brings() {
    everywhere_and_pooled(async |world: World| {
        let mut settings = world.settings.clone();
        settings.workers = 2;
        let mut world = world.restart(settings).await;
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        assert!(world.simulator.wait_for(SOON, is_ended).await.is_some());
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_job_at_hand_is_handed_back_and_done_after_the_next_start() {
    everywhere(async |world: World| {
        let mut settings = world.settings.clone();
        settings.workers = 1;
        settings.timings.grace = Duration::from_millis(1);
        let mut world = world.restart(settings.clone()).await;
        let path = diff_path(world.forge);
        let slow = Fault::Slow(Duration::from_secs(600));
        world.simulator.state().faults.next("GET", path, slow);
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let running = |state: &State| {
            let check = state.checks.iter().any(|check| check.status == "in_progress");
            (check || state.statuses.iter().any(|it| it.state == "running")).then_some(())
        };
        world.simulator.wait_for(SOON, running).await.unwrap();
        // The slow request has begun once its fault is taken; nothing rings for it.
        let begun = async {
            while !world.simulator.state().faults.is_spent() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, begun).await.unwrap();
        settings.workers = 0;
        let world = world.restart(settings).await;
        let mut tx = world.service.store.read().await.unwrap();
        assert_eq!(jobs::depth(&mut tx).await.unwrap().queued, 1);
        drop(tx);
        assert_eq!(world.work().await, 1);
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        assert_eq!(world.standing_gates(), (1, 1), "the same gate went on");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn the_job_of_a_worker_that_died_is_taken_over() {
    everywhere_and_pooled(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let now = chrono::Utc::now();
        let mut tx = world.service.store.begin().await.unwrap();
        assert!(jobs::claim(&mut tx, now, Duration::from_secs(60)).await.unwrap().is_some());
        tx.commit().await.unwrap();
        let worker = &world.service.worker;
        sweep(worker, now, now).await.unwrap();
        assert_eq!(world.work().await, 0, "its lease still holds");
        let later = now + Duration::from_secs(61);
        sweep(worker, now, later).await.unwrap();
        assert_eq!(world.work().await, 1);
        assert_eq!((world.threads().len(), world.standing_gates()), (1, (1, 1)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_cannot_extend_its_lease_stops() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        world.service.worker.timings.lease = Duration::from_secs(1);
        // Nothing but the end of the lease ends the wait for a place.
        let places = world.service.worker.analyses.clone();
        let _held = places.acquire_many(places.available_permits() as u32).await.unwrap();
        let meanwhile = async {
            let begun = |state: &State| {
                (!state.checks.is_empty() || !state.statuses.is_empty()).then_some(())
            };
            world.simulator.wait_for(SOON, begun).await.unwrap();
            world.service.store.close().await;
        };
        let working = world.service.worker.run_until_idle();
        let (worked, ()) = tokio::join!(tokio::time::timeout(SOON, working), meanwhile);
        assert!(worked.expect("it stopped").is_err(), "the store is away");
        assert_eq!(world.threads().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_gate_that_could_not_be_ended_is_ended_by_the_sweep() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        world.service.worker.analyser = |_| panic!("as this test wants it to");
        {
            // That it runs goes through, the end doesn't.
            let faults = &mut world.simulator.state().faults;
            faults.plan("PATCH", "/repos/*/check-runs/*", 0, 1000, Fault::BadGateway);
            faults.plan("POST", "*/statuses/*", 1, 1000, Fault::BadGateway);
        }
        assert_eq!(world.work().await, 1);
        assert_eq!(world.standing_gates(), (1, 0));
        world.simulator.state().faults.clear();
        let now = chrono::Utc::now();
        sweep(&world.service.worker, now, now).await.unwrap();
        assert_eq!(world.standing_gates(), (1, 1));
        let writes = world.writes();
        sweep(&world.service.worker, now, now).await.unwrap();
        assert_eq!(world.writes(), writes, "once");
        world.end().await;
    })
    .await;
}
