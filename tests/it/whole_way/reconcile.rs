//! What nobody told the service of is found by comparing with what the platform lists.

use asyncwarden::forge::simulator::{ChangeState, NewChange};
use asyncwarden::jobs::sweep;
use chrono::{TimeDelta, Utc};

use super::world::{BLOCKING, CLEAN, World, everywhere, gates_at};

impl World {
    /// Sweeps when the comparison is due for this time since the start, and does what comes of it.
    async fn compare(&self, time: i32) {
        let now = Utc::now() + TimeDelta::minutes(61) * time;
        sweep(&self.service.worker, now, Utc::now()).await.unwrap();
        self.work().await;
    }

    fn gates_at(&self, sha: &str) -> (usize, usize) {
        gates_at(&self.simulator.state(), sha)
    }

    /// Adds a commit to a branch of its own.
    fn push_to(&self, branch: &str, text: &str) -> String {
        self.simulator.state().push(self.repository, branch, [("app.py", Some(text))])
    }
}

#[tokio::test]
async fn a_push_that_nobody_told_of_is_reviewed() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        let head = world.push(&[("app.py", BLOCKING)]);
        world.compare(1).await;
        assert_eq!(world.gates_at(&head), (1, 1));
        assert_eq!(world.threads().len(), 1);
        let writes = world.writes();
        world.compare(2).await;
        assert_eq!(world.writes(), writes, "nothing is new");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_request_that_nobody_told_of_is_reviewed_unless_it_is_older_than_we_are() {
    everywhere(async |mut world: World| {
        let old = world.push(&[("app.py", BLOCKING)]);
        world.open_unheard(NewChange::from_branch("feature", "Before"));
        world.change(|change| {
            for version in &mut change.versions {
                version.created_at -= TimeDelta::days(1);
            }
        });
        world.push_to("known", CLEAN);
        world.open_as(NewChange::from_branch("known", "Heard of")).await;
        let missed = world.push_to("missed", BLOCKING);
        world.open_unheard(NewChange::from_branch("missed", "Not heard of"));
        world.compare(1).await;
        assert_eq!(world.gates_at(&missed), (1, 1));
        assert_eq!(world.gates_at(&old), (0, 0), "what was there before us is left alone");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_closed_meanwhile_is_known_to_be_closed() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.simulator.state().changes.values_mut().for_each(|change| {
            change.state = ChangeState::Closed;
        });
        world.compare(1).await;
        let mut tx = world.service.store.read().await.unwrap();
        let open = asyncwarden::store::change_requests::open_heads(&mut tx, 1).await.unwrap();
        assert_eq!(open, []);
        drop(tx);
        world.end().await;
    })
    .await;
}
