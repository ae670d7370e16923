//! Errors are problems that say what is wrong.

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use reqwest::Method;

use super::world::{Api, on_every_store};

#[tokio::test]
async fn each_error_says_what_is_wrong() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        for (path, status, kind, detail) in [
            ("/api/v1/nowhere", 404, "not-found", "there is no such resource"),
            ("/api/v2", 404, "not-found", "there is no such resource"),
            ("/api/v1/", 404, "not-found", "there is no such resource"),
            ("/api/v1/repositories/7", 404, "not-found", "no repository of that number"),
            ("/api/v1/repositories/7/trend", 404, "not-found", "no repository of that number"),
            ("/api/v1/change-requests/7", 404, "not-found", "no change request of that number"),
            ("/api/v1/reviews/nothing", 404, "not-found", "no review of that name"),
            ("/api/v1/rules/AW999", 404, "not-found", "no rule of that code"),
            ("/api/v1/repositories/x", 400, "invalid-request", "a whole number from 1 on"),
            ("/api/v1/repositories/0", 400, "invalid-request", "a whole number from 1 on"),
            ("/api/v1/repositories/-1", 400, "invalid-request", "a whole number from 1 on"),
            ("/api/v1/reviews/%FF", 400, "invalid-request", "key"),
            ("/api/v1/reviews/a%20b", 400, "invalid-request", "letters, digits and hyphens"),
            (
                "/api/v1/repositories?limit=0",
                400,
                "invalid-request",
                "limit: a whole number from 1 to 100",
            ),
            (
                "/api/v1/repositories?limit=",
                400,
                "invalid-request",
                "limit: a whole number from 1 to 100",
            ),
            ("/api/v1/repositories?forge=x", 400, "invalid-request", "forge: one of "),
            ("/api/v1/repositories?cursor=1", 400, "invalid-request", "cursor: the `next_cursor`"),
            ("/api/v1/repositories?page=2", 400, "invalid-request", "unknown field `page`"),
            ("/api/v1/repositories?q=a&q=b", 400, "invalid-request", "duplicate field `q`"),
            ("/api/v1/repositories?q=%00", 400, "invalid-request", "q: a text of 1 to 200"),
            (
                "/api/v1/findings?severity=bad",
                400,
                "invalid-request",
                "severity: one of critical, high, medium, low",
            ),
            (
                "/api/v1/findings?state=closed",
                400,
                "invalid-request",
                "state: one of open, left, fixed, settled",
            ),
            ("/api/v1/findings?rule=a%27b", 400, "invalid-request", "rule: 1 to 100 letters"),
        ] {
            let answer = api.get(path).await;
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(answer.body["type"], format!("/api#{kind}"), "{path}");
            assert_eq!(answer.body["status"], status, "{path}");
            let said = answer.body["detail"].as_str().unwrap();
            assert!(said.contains(detail), "{path}: {said}");
        }
    })
    .await;
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_there_are() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = api.ask(method, "/api/v1/repositories", &[]).await;
            assert_eq!(answer.status, 405);
            assert_eq!(answer.header("allow"), "GET,HEAD");
            assert_eq!(answer.body["type"], "/api#method-not-allowed");
        }
        let get = api.get("/api/v1/operations/dead-letters/1/redrive").await;
        assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST"));
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_away_comes_back() {
    on_every_store(async |_, store| {
        let api = Api::serve(store.clone()).await;
        store.close().await;
        let answer = api.get("/api/v1/repositories").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
        assert_eq!(answer.body["type"], "/api#unavailable");
        assert_eq!(answer.body["detail"], "the store is away");
    })
    .await;
}

#[tokio::test]
async fn pages_keep_their_own_errors() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreSettings::Embedded(folder.path().to_owned())).await.unwrap();
    let addr = crate::dashboard::serve(store).await;
    let page = crate::dashboard::get(addr, "/nowhere").await;
    assert!(page.contains("HTTP/1.1 404") && page.contains("text/html"), "{page}");
    assert!(!page.contains("problem+json"), "{page}");
}
