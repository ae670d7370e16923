//! Draft notes, by hand.

use reqwest::Method;
use serde_json::{Value, json};

use super::GitLab;

const DRAFTS: &str = "/merge_requests/1/draft_notes";

impl GitLab {
    async fn stage(&self, note: &str, position: Value) -> Value {
        let body = json!({ "note": note, "position": position });
        let (status, draft) = self.post(DRAFTS, body).await;
        assert_eq!(status, 201, "{draft}");
        draft
    }

    async fn status(&self, method: Method, path: &str, body: Value) -> u16 {
        self.call(method, &format!("{DRAFTS}{path}"), body).await.0
    }

    async fn count(&self, path: &str) -> usize {
        self.get(path).await.as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_draft_is_seen_by_its_author_alone() {
    let gitlab = GitLab::start().await;
    let position = gitlab.position(None, Some(4)).await;
    let draft = gitlab.stage("one", position).await;
    assert_eq!((&draft["note"], &draft["discussion_id"]), (&json!("one"), &Value::Null));
    assert!(draft["line_code"].as_str().unwrap().ends_with("_5_4"), "{draft}");
    assert_eq!(gitlab.count(DRAFTS).await, 1);
    let id = format!("/{}", draft["id"]);
    assert_eq!(gitlab.get(&format!("{DRAFTS}{id}")).await, draft);
    assert_eq!(gitlab.count("/merge_requests/1/discussions").await, 0);
    gitlab.simulator.state().gitlab.drafts[0].author = "maria".to_owned();
    assert_eq!(gitlab.count(DRAFTS).await, 0);
    for (method, path) in [
        (Method::GET, id.clone()),
        (Method::DELETE, id.clone()),
        (Method::PUT, format!("{id}/publish")),
    ] {
        assert_eq!(gitlab.status(method, &path, Value::Null).await, 404);
    }
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_draft_is_changed_deleted_and_published() {
    let gitlab = GitLab::start().await;
    let ids = [gitlab.stage("one", Value::Null).await, gitlab.stage("two", Value::Null).await]
        .map(|draft| format!("/{}", draft["id"]));
    assert_eq!(gitlab.status(Method::PUT, &ids[0], json!({ "note": " " })).await, 400);
    assert_eq!(gitlab.status(Method::PUT, &ids[0], json!({ "note": "uno" })).await, 200);
    assert_eq!(gitlab.status(Method::PUT, &format!("{}/publish", ids[0]), Value::Null).await, 204);
    assert_eq!(gitlab.status(Method::DELETE, &ids[1], Value::Null).await, 204);
    assert_eq!(gitlab.count(DRAFTS).await, 0);
    let discussions = gitlab.get("/merge_requests/1/discussions").await;
    assert_eq!(discussions[0]["notes"][0]["body"], "uno");
    assert_eq!(gitlab.status(Method::POST, "", json!({ "position": null })).await, 400);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn all_are_published_with_one_notification_or_as_far_as_it_goes() {
    let gitlab = GitLab::start().await;
    let (good, bad) = (gitlab.position(None, Some(4)).await, gitlab.position(None, Some(5)).await);
    for position in [&good, &bad, &good] {
        gitlab.stage("a draft", position.clone()).await;
    }
    let publish = async || gitlab.status(Method::POST, "/bulk_publish", Value::Null).await;
    assert_eq!(publish().await, 500);
    assert_eq!(
        gitlab.count("/merge_requests/1/discussions").await,
        1,
        "what was before the bad one"
    );
    assert_eq!(gitlab.count(DRAFTS).await, 3);
    gitlab.simulator.state().gitlab.drafts.remove(1);
    assert_eq!(publish().await, 204);
    assert_eq!(gitlab.count("/merge_requests/1/discussions").await, 3);
    assert_eq!(gitlab.count(DRAFTS).await, 0);
    assert_eq!(publish().await, 204, "nothing is fine, too");
    assert_eq!(gitlab.simulator.state().gitlab.notifications, [2]);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn an_answer_is_staged_too_and_resolves() {
    let gitlab = GitLab::start().await;
    let position = gitlab.position(None, Some(4)).await;
    let body = json!({ "body": "b", "position": position });
    let (_, thread) = gitlab.post("/merge_requests/1/discussions", body).await;
    let body = json!({ "note": "done", "in_reply_to_discussion_id": thread["id"], "resolve_discussion": true });
    assert_eq!(gitlab.status(Method::POST, "", body).await, 201);
    assert_eq!(gitlab.status(Method::POST, "/bulk_publish", Value::Null).await, 204);
    let notes = &gitlab.get("/merge_requests/1/discussions").await[0]["notes"];
    assert_eq!((&notes[0]["resolved"], &notes[1]["body"]), (&json!(true), &json!("done")));
    let body = json!({ "note": "done", "in_reply_to_discussion_id": "0".repeat(40) });
    assert_eq!(gitlab.status(Method::POST, "", body).await, 400);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn older_versions_have_none() {
    let gitlab = GitLab::start().await;
    for (version, status) in [("15.9.8", 404), ("15.10.0", 200), ("16.0.0-ee", 200)] {
        gitlab.simulator.state().gitlab.version = version.to_owned();
        assert_eq!(gitlab.status(Method::GET, "", Value::Null).await, status, "{version}");
    }
    assert_eq!(gitlab.simulator.state().violations, Vec::<String>::new());
    gitlab.server.stop().await;
}
