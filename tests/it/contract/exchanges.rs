//! Requests and answers against GitHub's OpenAPI and GraphQL descriptions.

use serde_json::json;

use super::node;
use super::routes::ROUTES;
use super::scene::Scene;

#[tokio::test]
async fn what_is_sent_and_answered_is_as_github_describes_it() {
    for (base, descriptions) in
        [("", &["api.github.com", "ghec"][..]), ("/api/v3", &["ghes-3.17", "ghes-3.19"])]
    {
        let scene = Scene::start(base).await;
        scene.play_the_client().await;
        scene.play_the_service().await;
        scene.make_an_app().await;
        let exchanges = scene.exchanges();
        for description in descriptions {
            let asked = json!({ "description": description, "exchanges": exchanges });
            let Some(found) = node::run("exchanges.mjs", &asked) else { return };
            assert_eq!(found["problems"], json!([]), "by {description}");
            assert_eq!(found["operations"], json!(ROUTES), "by {description}");
        }
        scene.end().await;
    }
}
