//! People resolve threads and open them again, while nobody pushes.

use asyncwarden::forge::simulator::Level;
use asyncwarden::store::audit;
use serde_json::json;

use super::merge_queue::on_github;
use super::world::{BLOCKING, CLEAN, World};

impl World {
    /// Somebody resolves the first thread, or opens it again, and the service is told.
    async fn settle(&self, by: Option<&str>) {
        self.change(|change| change.threads[0].resolved_by = by.map(str::to_owned));
        let action = if by.is_some() { "resolved" } else { "unresolved" };
        let number = self.change(|change| change.number);
        self.event(
            "pull_request_review_thread",
            action,
            "pull_request",
            &json!({ "number": number }),
        )
        .await;
    }

    /// What was done to findings, oldest first: who and what.
    async fn settlements(&self) -> Vec<(String, String)> {
        let mut tx = self.service.store.read().await.unwrap();
        let entries = audit::latest(&mut tx, 100).await.unwrap().into_iter().rev();
        let of_findings = entries.filter(|entry| entry.action.starts_with("finding-"));
        of_findings.map(|entry| (entry.actor, entry.action)).collect()
    }
}

fn entries(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(actor, action)| ((*actor).to_owned(), (*action).to_owned())).collect()
}

#[tokio::test]
async fn it_is_noted_at_once_and_nothing_is_said() {
    on_github(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let (writes, gates) = (world.writes(), world.gates());
        world.settle(Some("maria")).await;
        let settled = entries(&[("@maria", "finding-settled")]);
        assert_eq!(world.settlements().await, settled);
        world.settle(Some("maria")).await;
        assert_eq!(world.settlements().await, settled, "told twice, noted once");
        // Nobody pushes, and the platform forgets the thread; it stays settled.
        let thread = world.change(|change| change.threads.remove(0));
        world.event("star", "created", "star", &json!({})).await;
        world.change(|change| change.threads.push(thread));
        world.settle(None).await;
        let reopened = [("@maria", "finding-settled"), ("unknown", "finding-reopened")];
        assert_eq!(world.settlements().await, entries(&reopened));
        assert_eq!((world.writes(), world.gates()), (writes, gates), "nothing is said or set");
        assert_eq!(world.standing_gates(), (1, 1), "no review was begun");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_we_resolve_ourselves_is_no_person_s_word_whatever_the_app_is_called() {
    on_github(async |mut world: World| {
        world.simulator.state().name_app("loop-watch");
        world.open(&[("app.py", BLOCKING)]).await;
        world.settle(Some("loop-watch[bot]")).await;
        assert_eq!(world.settlements().await, []);
        world.settle(Some("maria")).await;
        assert_eq!(world.settlements().await.len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn the_gate_stays_closed_for_who_may_only_resolve() {
    on_github(async |mut world: World| {
        world.simulator.state().grant("reader", world.repository, Level::Read);
        world.open(&[("app.py", BLOCKING)]).await;
        world.settle(Some("reader")).await;
        assert_eq!(world.gates().last().unwrap(), "failed");
        world.push_and_review(&[("other.py", CLEAN)]).await;
        assert_eq!(world.threads().len(), 1, "it is not said again");
        assert_eq!(world.gates().last().unwrap(), "failed", "it is still there");
        world.end().await;
    })
    .await;
}
