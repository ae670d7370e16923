//! What did not change is not sent again.

use chrono::Utc;
use reqwest::Method;
use serde_json::Value;

use super::world::{Api, fill, on_every_store};
use crate::dashboard::{SLEEP, change, finding, review, revision};

#[tokio::test]
async fn an_answer_is_sent_again_when_it_changed() {
    on_every_store(async |_, store| {
        fill(&store, Utc::now()).await;
        let api = Api::serve(store.clone()).await;
        for path in ["/api/v1/findings", "/api/v1/repositories/1", "/api/v1/openapi.json"] {
            let first = api.get(path).await;
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
            assert_eq!(first.header("cache-control"), "private, no-cache");
            let again =
                async |known: &str| api.ask(Method::GET, path, &[("if-none-match", known)]).await;
            for known in [tag.clone(), format!("W/{tag}"), format!("\"a\", {tag}"), "*".to_owned()]
            {
                let same = again(&known).await;
                assert_eq!((same.status.as_u16(), &same.body), (304, &Value::Null), "{known}");
                assert_eq!((same.header("etag"), same.header("content-type")), (tag.as_str(), ""));
                assert_eq!(same.header("cache-control"), "private, no-cache");
            }
            assert_eq!(again("\"a\"").await.status, 200);
        }
        let tag = api.get("/api/v1/findings").await.header("etag").to_owned();
        let of = revision(&change("octo/app", 9), "a", asyncwarden::forge::RevisionState::Open);
        review(&store, &of, vec![finding(&SLEEP, "new.py", 1)], Utc::now()).await;
        let new = api.ask(Method::GET, "/api/v1/findings", &[("if-none-match", &tag)]).await;
        assert_eq!(new.status, 200);
        assert_ne!(new.header("etag"), tag);
    })
    .await;
}

#[tokio::test]
async fn problems_have_no_tag() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        let answer = api.ask(Method::GET, "/api/v1/nowhere", &[("if-none-match", "*")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (404, ""));
        assert_eq!(answer.header("cache-control"), "no-store");
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_compressed_has_a_tag_of_its_own() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        let plain = api.get("/api/v1/rules").await.header("etag").to_owned();
        let client = reqwest::Client::builder().no_proxy().gzip(false).build().unwrap();
        let url = format!("http://{}/api/v1/rules", api.addr);
        let packed = client.get(url).header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert_ne!(packed.headers()["etag"].to_str().unwrap(), plain);
        assert_eq!(packed.headers()["vary"], "accept-encoding");
    })
    .await;
}
