//! An external status check of GitLab that somebody asks for again, at a head that was reviewed.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::gitlab::{CheckAnswer, ExternalCheck};
use asyncwarden::forge::simulator::{Event, NewChange};
use serde_json::json;

use super::world::{BLOCKING, World};
use crate::support::on_every_store_settings;

#[tokio::test]
async fn a_check_that_is_asked_for_again_is_told_again() {
    on_every_store_settings(async |store| {
        let mut world = World::start(ForgeKind::GitLab, store, &[], |_| {}).await;
        world.simulator.state().gitlab.external_checks.push(ExternalCheck {
            id: 11,
            repository: world.repository,
            name: "asyncwarden".to_owned(),
            external_url: "https://warden.example.com/webhooks/gitlab".to_owned(),
            shared_secret: None,
        });
        world.push(&[("app.py", BLOCKING)]);
        world.open_as(NewChange::from_branch("feature", "Poll")).await;
        let answers = |world: &World| -> Vec<String> {
            let state = world.simulator.state();
            state.gitlab.check_answers.iter().map(|answer| answer.status.clone()).collect()
        };
        assert_eq!(answers(&world), ["failed"]);
        let asked = world.payload(&Event::Reopened);
        let ask = async |world: &World| {
            let mut asked = asked.clone();
            asked.body["external_approval_rule"] = json!({ "id": 11, "name": "asyncwarden" });
            asked.body["object_attributes"].as_object_mut().unwrap().remove("action");
            assert_eq!(world.send(&asked, &uuid::Uuid::new_v4().to_string()).await, 202);
            world.work().await;
        };
        ask(&world).await;
        assert_eq!(answers(&world), ["failed"], "nobody waits");
        let again = CheckAnswer {
            check: 11,
            change: (world.repository, world.number()),
            sha: world.head(),
            status: "pending".to_owned(),
        };
        world.simulator.state().gitlab.check_answers.push(again);
        ask(&world).await;
        assert_eq!(answers(&world), ["failed", "pending", "failed"]);
        assert_eq!(world.simulator.state().statuses.len(), 1, "the status stands as it is");
        world.end().await;
    })
    .await;
}
