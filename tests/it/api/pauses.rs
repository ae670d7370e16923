//! Operators have the reviews of a repository wait, and let them go on.

use asyncwarden::app::App;
use reqwest::Method;
use serde_json::json;

use super::world::Api;
use crate::operations::{TOKEN, settings, with_dead_letter};
use crate::support::on_every_store_settings;

#[tokio::test]
async fn reviews_of_a_repository_wait_and_go_on() {
    on_every_store_settings(async |store| {
        with_dead_letter(&store).await;
        let running = App::start(settings(&store, true)).await.unwrap();
        let api = Api::at(running.addr).await;
        let bearer = format!("Bearer {TOKEN}");
        let operator = &[("authorization", bearer.as_str())];
        let path = "/api/v1/operations/repositories/1";
        let pause = format!("{path}/pause?reason=too%20loud");
        assert_eq!(api.ask(Method::POST, &pause, &[]).await.status, 401);
        let paused = api.ask(Method::POST, &pause, operator).await;
        assert_eq!(paused.status, 200, "{}", paused.body);
        assert!(paused.body["paused_at"].is_string());
        let told = ["repository", "reason", "paused_by"].map(|name| &paused.body[name]);
        assert_eq!(told, [&json!("octo/loops"), &json!("too loud"), &json!(null)]);
        // What stands already stays as it is.
        let again = api.ask(Method::POST, &format!("{path}/pause"), operator).await;
        assert_eq!(again.body, paused.body);
        for wrong in ["?reason=", "?why=x"] {
            let refused = api.ask(Method::POST, &format!("{path}/pause{wrong}"), operator).await;
            assert_eq!(refused.status, 400, "{wrong}");
        }
        for _ in 0..2 {
            let resumed = api.ask(Method::POST, &format!("{path}/resume"), operator).await;
            assert_eq!((resumed.status.as_u16(), &resumed.body["paused_at"]), (200, &json!(null)));
        }
        let nowhere = "/api/v1/operations/repositories/99/resume";
        assert_eq!(api.ask(Method::POST, nowhere, operator).await.status, 404);
        running.shutdown().await;
    })
    .await;
}
