//! The service stops in the middle, is killed, starts again.

use std::time::Duration;

use asyncwarden::forge::simulator::{Fault, NewChange, State};
use asyncwarden::store::jobs;

use super::world::{BLOCKING, World, diff_path, everywhere};

const SOON: Duration = Duration::from_secs(20);

fn is_ended(state: &State) -> Option<()> {
    let check = state.checks.iter().any(|check| check.conclusion.is_some());
    let status =
        state.statuses.iter().any(|it| !matches!(it.state.as_str(), "pending" | "running"));
    (check || status).then_some(())
}

#[tokio::test]
async fn workers_of_its_own_take_what_a_webhook_brings() {
    everywhere(async |world: World| {
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
