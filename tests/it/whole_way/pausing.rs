//! An operator has the reviews of a repository wait, and lets them go on.

use asyncwarden::forge::simulator::{Event, Level};
use asyncwarden::store::audit;
use asyncwarden::store::pauses::{self, Known};
use chrono::Utc;

use super::world::{BLOCKING, CLEAN, World, everywhere};

impl World {
    async fn known(&self) -> Known {
        let mut tx = self.service.store.read().await.unwrap();
        pauses::by_name(&mut tx, self.forge, "ACME/shop").await.unwrap().unwrap()
    }

    async fn pause(&self, reason: &str) -> bool {
        let known = self.known().await;
        let mut tx = self.service.store.begin().await.unwrap();
        let new =
            pauses::pause(&mut tx, &known, Some("boss"), Some(reason), Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    async fn resume(&self) -> Option<usize> {
        let known = self.known().await;
        let mut tx = self.service.store.begin().await.unwrap();
        let asked = pauses::resume(&mut tx, &known, Some("boss"), Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        asked
    }

    /// What stands at the head in the words of the platform.
    fn shown(&self) -> String {
        let head = self.head();
        let state = self.simulator.state();
        let check = state.checks.iter().rev().find(|check| check.head_sha == head);
        let status = state.statuses.iter().rev().find(|status| status.sha == head);
        format!("{check:?} {status:?}")
    }
}

#[tokio::test]
async fn a_repository_whose_reviews_wait_is_not_held_up_and_is_reviewed_once_they_go_on() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        assert!(world.pause("the migration of *acme*").await);
        assert!(!world.pause("again").await, "it waits already");
        world.push_and_review(&[("app.py", BLOCKING)]).await;
        assert_eq!((world.threads(), world.open_gates()), (vec![], 0));
        let shown = world.shown();
        assert!(shown.contains("Paused by the operator"), "{shown}");
        world.deliver(&Event::Reopened).await;
        assert_eq!(world.standing_gates().0, 1, "it is told once");
        // Who may write to the repository is no operator of the service.
        let note = world.note("maria", Some(Level::Write), "@asyncwarden review");
        let id = note.id;
        world.change(|change| change.comments.push(note));
        world.deliver(&Event::Commented { note: id }).await;
        assert_eq!(world.threads(), []);

        assert_eq!(world.resume().await, Some(1));
        assert_eq!(world.resume().await, None, "it goes on already");
        world.work().await;
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        assert_eq!((world.gates().last().unwrap().as_str(), world.open_gates()), ("failed", 0));
        let mut tx = world.service.store.read().await.unwrap();
        let noted = audit::latest(&mut tx, 9).await.unwrap();
        drop(tx);
        let told: Vec<_> = noted
            .iter()
            .filter(|entry| entry.action.starts_with("repository-"))
            .map(|entry| (entry.action.as_str(), entry.details["by"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("repository-resumed", "boss"), ("repository-paused", "boss")]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_reviewed_before_is_left_alone_when_reviews_go_on() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.pause("").await;
        let writes = world.writes();
        world.deliver(&Event::Reopened).await;
        assert_eq!(world.resume().await, Some(0));
        world.work().await;
        assert_eq!(world.writes(), writes);
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}
