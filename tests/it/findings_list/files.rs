//! The list as a file: complete, in the list's order, and of a size that is bounded.

use std::collections::BTreeSet;

use super::*;
use crate::database;
use crate::support::on_every_store_settings;

/// As many more findings as the first, of the same review.
const COPIES: &str = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50002)
    INSERT INTO findings (change_request_id, fingerprint, rule, name, item, severity, category, confidence, message, path,
        line, end_line, scope, state, first_review_id, last_review_id, first_seen_at, last_seen_at)
    SELECT change_request_id, 'copy-' || n, rule, name, item, severity, category, confidence, message, path, 10 + n,
        10 + n, scope, state, first_review_id, last_review_id, first_seen_at, last_seen_at
    FROM findings CROSS JOIN numbers";

#[tokio::test]
async fn a_file_has_as_many_rows_as_is_said_and_tells_where_the_list_goes_on() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let open = revision(&change("octo/app", 7), "a", RevisionState::Open);
        review(&store, &open, vec![finding(&SLEEP, "a.py", 3)], Utc::now()).await;
        database::change(&settings, COPIES).await;
        let addr = serve(store.clone()).await;
        let lines = |found: &[Value]| {
            found.iter().map(|finding| finding["line"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        let (found, next) = json(addr, "").await;
        assert_eq!(found.len(), 50_000);
        let next = next.expect("the list goes on");
        let (rest, end) = json(addr, &format!("?before={next}")).await;
        assert_eq!((lines(&rest), end), (vec![50_010, 50_011, 50_012], None));
        let all: BTreeSet<_> = lines(&found).into_iter().chain(lines(&rest)).collect();
        assert_eq!(all.len(), 50_003, "each once");
        assert!(lines(&found).is_sorted());
        let (_, body) = file(addr, "/findings.csv").await;
        assert_eq!(body.lines().count(), 50_001, "the columns' names, and as many rows");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn files_without_findings_are_whole() {
    on_every_store(async |store| {
        let addr = serve(store).await;
        let (head, body) = file(addr, "/findings.json").await;
        assert_holds(&head.to_lowercase(), &["filename=\"findings.json\"", "application/json"]);
        assert_eq!(
            serde_json::from_str::<Value>(&body).unwrap()["findings"],
            serde_json::json!([])
        );
        let (_, body) = file(addr, "/findings.csv").await;
        assert_eq!(body.lines().count(), 1);
        assert_holds(&body, &["first_seen_at,platform,repository,"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_says_who_settled_what() {
    on_every_store(async |store| {
        fill(&store, Utc::now()).await;
        let addr = serve(store).await;
        let (found, _) = json(addr, "?state=settled").await;
        let part = |name: &str| found[0][name].as_str().unwrap_or("none").to_owned();
        assert_eq!(
            [part("settled_by"), part("settled_how"), part("settled_note"), part("thread")],
            ["ada", "command", "it ends <soon>", "T1"]
        );
        assert!(part("review_url").starts_with("https://warden.example/reviews/"), "{found:?}");
        assert_eq!(part("change_request_url"), "https://forge.example/changes/7");
        assert_eq!(part("code_url"), "none", "that is no address to tell it by");
    })
    .await;
}
