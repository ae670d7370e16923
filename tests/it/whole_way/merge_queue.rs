//! GitHub's merge queue asks for the gate on a commit of its own; repositories get other names.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{INSTALLATION_ID, Payload};
use asyncwarden::store::{Sees, trends};
use chrono::Utc;
use serde_json::{Value, json};

use super::world::{BLOCKING, CLEAN, World, everywhere};

impl World {
    /// The queue makes a commit that merges the change, and tells the service. Returns the commit.
    async fn enqueue_to_merge(&self) -> String {
        let number = self.change(|change| change.number);
        let branch = format!("gh-readonly-queue/main/pr-{number}-0a1b2c3d");
        let files = [("merged.py", Some("import asyncio\n"))];
        let head = self.simulator.state().push(self.repository, &branch, files);
        let group = json!({ "head_sha": head, "head_ref": format!("refs/heads/{branch}") });
        self.event("merge_group", "checks_requested", "merge_group", &group).await;
        head
    }

    /// Sends an event with one thing in it; the service works.
    pub(super) async fn event(&self, event: &str, action: &str, name: &str, thing: &Value) {
        let full_name = self.simulator.state().repositories[&self.repository].full_name.clone();
        let mut body = json!({
            "action": action,
            "repository": { "id": self.repository, "full_name": full_name },
            "installation": { "id": INSTALLATION_ID },
            "sender": { "id": 1, "login": "maria", "type": "User" },
        });
        body[name] = thing.clone();
        let payload = Payload { event: event.to_owned(), body };
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
        self.work().await;
    }

    /// How the checks on a commit ended.
    fn conclusions(&self, sha: &str) -> Vec<Option<String>> {
        let state = self.simulator.state();
        let at = state.checks.iter().filter(|check| check.head_sha == sha);
        at.map(|check| check.conclusion.clone()).collect()
    }
}

pub(super) async fn on_github(test: impl AsyncFn(World)) {
    everywhere(async |world: World| match world.forge {
        ForgeKind::GitHub => test(world).await,
        ForgeKind::GitLab => world.end().await,
    })
    .await;
}

#[tokio::test]
async fn the_merge_queue_gets_the_verdict_once() {
    on_github(async |mut world: World| {
        world.open(&[("README.md", "# Queue\n")]).await;
        for (file, conclusion) in [(CLEAN, "success"), (BLOCKING, "failure")] {
            world.push_and_review(&[("app.py", file)]).await;
            let head = world.enqueue_to_merge().await;
            assert_eq!(world.conclusions(&head), [Some(conclusion.to_owned())]);
            let requests = world.writes();
            let group = json!({
                "head_sha": head,
                "head_ref": format!("refs/heads/gh-readonly-queue/main/pr-{}-x", world.change(|c| c.number)),
            });
            world.event("merge_group", "checks_requested", "merge_group", &group).await;
            assert_eq!(world.writes(), requests, "asked twice, told once");
        }
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_that_nobody_reviewed_yet_is_reviewed_first() {
    on_github(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        let new = asyncwarden::forge::simulator::NewChange::from_branch("feature", "Poll");
        world.announce(new).await;
        let head = world.enqueue_to_merge().await;
        assert_eq!(world.conclusions(&head), [Some("failure".to_owned())]);
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_repository_is_known_by_its_new_name_before_anything_else_happens_there() {
    on_github(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        world.simulator.state().repositories.get_mut(&world.repository).unwrap().full_name =
            "acme/store".to_owned();
        world.event("repository", "renamed", "changes", &json!({})).await;
        let mut tx = world.service.store.read().await.unwrap();
        let known = trends::repository(
            &mut tx,
            Sees::All,
            Utc::now().date_naive(),
            ForgeKind::GitHub,
            "acme/store",
        );
        assert!(known.await.unwrap().is_some());
        drop(tx);
        world.push_and_review(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}
