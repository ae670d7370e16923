//! From a signed webhook to comments and a gate, over real HTTP, on both platforms and both stores.

mod approvals;
mod commands;
mod context;
mod default_branch;
mod faults;
mod history;
mod independent_client;
mod limits;
mod matrix;
mod merge_queue;
mod metrics;
mod moving;
mod oddities;
mod pausing;
mod pipelines;
mod pushes;
mod reconcile;
mod recovery;
mod refusals;
mod reloads;
mod retention;
mod rewriting;
mod settled;
mod setup;
mod status_checks;
mod stops;
mod traces;
mod uninstall;
mod verdicts;
mod world;

use asyncwarden::forge::simulator::{ChangeState, Event, NewChange};

use self::world::{BLOCKING, CLEAN, World, everywhere, everywhere_and_pooled};

#[tokio::test]
async fn a_change_request_is_commented_and_gated() {
    everywhere_and_pooled(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        assert_eq!(world.summaries(), 1);
        assert_eq!(world.gates(), ["running", "failed"]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_delivery_does_nothing() {
    everywhere_and_pooled(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let payload = world.payload(&Event::Opened);
        assert_eq!(world.send(&payload, "the same").await, 202);
        world.work().await;
        let writes = world.writes();
        assert_eq!(world.send(&payload, "the same").await, 202);
        assert_eq!(world.work().await, 0, "a known delivery makes no job");
        assert_eq!(world.send(&payload, "another").await, 202);
        assert_eq!(world.work().await, 1);
        assert_eq!(world.writes(), writes, "what was reviewed is left alone");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_to_say_is_a_green_gate_and_no_comment() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        assert_eq!(world.threads(), []);
        assert_eq!(world.summaries(), 0);
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn without_python_the_gate_ends_at_once() {
    everywhere(async |mut world: World| {
        world.open(&[("README.md", "# More\n")]).await;
        assert_eq!(world.summaries(), 0);
        let last = world.gates().pop().unwrap();
        assert!(["skipped", "passed"].contains(&last.as_str()), "{last}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_waits_until_it_is_ready() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        let draft = NewChange { draft: true, ..NewChange::from_branch("feature", "Poll") };
        world.open_as(draft).await;
        assert_eq!(world.gates(), Vec::<String>::new());
        world.change(|change| change.draft = false);
        world.deliver(&Event::Ready).await;
        assert_eq!(world.threads().len(), 1);
        assert_eq!(world.gates().last().unwrap(), "failed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_closed_meanwhile_is_not_reviewed() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        let number = world.announce(NewChange::from_branch("feature", "Poll")).await;
        let repository = world.repository;
        world.simulator.state().set_state(repository, number, ChangeState::Closed);
        world.work().await;
        assert_eq!((world.threads().len(), world.gates().len()), (0, 0));
        world.end().await;
    })
    .await;
}
