//! Signing in and out, and a page that renews itself.

use std::time::Duration;

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef, RevisionState};
use asyncwarden::settings::StoreSettings;
use chrono::Utc;
use serde_json::json;

use super::texts;
use crate::contract::node;
use crate::dashboard::{review, revision};
use crate::sign_in::world::World;

#[tokio::test]
async fn somebody_signs_in_sees_what_comes_and_signs_out() {
    for forge in ForgeKind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreSettings::Embedded(folder.path().to_owned());
        let world = World::start(store, forge, |_, _| {}).await;
        let wanted = "/findings?severity=critical";
        let told = json!({ "address": world.url, "wanted": wanted, "login": "reader" });
        let running = tokio::task::spawn_blocking(move || {
            node::run_in("tests/browser", "sign_in.mjs", &told)
        });
        let repository = RepositoryRef {
            forge,
            external_id: world.mine.external_id,
            full_name: "acme/mine".to_owned(),
            installation_id: None,
        };
        let revision = revision(&ChangeRequest { repository, number: 3 }, "c", RevisionState::Open);
        // Whenever somebody looks, a review begins shortly after.
        while !running.is_finished() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            review(&world.app.store, &revision, Vec::new(), Utc::now()).await;
        }
        let Some(told) = running.await.unwrap() else { return world.stop().await };

        assert_eq!(texts(&told["problems"]), Vec::<&str>::new());
        assert_eq!(texts(&told["violations"]), Vec::<&str>::new());
        assert_eq!((&told["asked"], &told["heading"]), (&json!("/sign-in"), &json!("Sign in")));
        assert!(told["platform"].as_str().unwrap().ends_with("/authorize"), "{told}");
        assert_eq!((&told["back"], &told["who"]), (&json!(wanted), &json!("reader")));
        assert_eq!(told["cookies"], json!([["asyncwarden_session", true, "Lax"]]));
        assert_eq!(told["same"], true, "the page is still the one that was opened");
        assert!(told["now"].as_str() > told["before"].as_str(), "{told}");
        assert_eq!(told["status"], "Updated just now");
        assert_eq!((&told["out"], &told["after"]), (&json!("/sign-in"), &json!("/sign-in")));
        world.stop().await;
    }
}
