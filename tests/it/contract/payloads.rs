//! What the simulated GitHub delivers, against the events' published schemas.

use serde_json::{Value, json};

use super::node;
use super::scene::Scene;

#[tokio::test]
async fn simulated_deliveries_have_the_form_of_real_ones() {
    let scene = Scene::start("").await;
    scene.play_the_service().await;
    let payloads: Vec<Value> = {
        let state = scene.simulator.state();
        let sent = state.github.deliveries.iter().map(|delivery| &delivery.payload);
        sent.map(|it| json!({ "event": it.event, "body": it.body })).collect()
    };
    if let Some(problems) = node::run("payloads.mjs", &json!(payloads)) {
        assert_eq!(problems, json!([]));
    }
    scene.end().await;
}
