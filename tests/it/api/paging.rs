//! Lists have everything once, whatever is added while somebody goes through them.

use asyncwarden::analysis::Finding;
use asyncwarden::forge::RevisionState;
use asyncwarden::store::{Store, change_requests};
use chrono::Utc;
use serde_json::Value;

use super::world::{Answer, Api, on_every_store, repository};
use crate::dashboard::{SLEEP, change, finding, review, revision};

/// Goes through a list in parts, and does something before each next one. Returns a field of each item.
async fn walk(
    api: &Api,
    first: &str,
    pointer: &str,
    mut meanwhile: impl AsyncFnMut(),
) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut path = first.to_owned();
    loop {
        let part: Answer = api.get(&path).await;
        assert!(part.items().len() <= 3, "{path}");
        seen.extend(part.each(pointer));
        let Some(cursor) = part.body["next_cursor"].as_str() else {
            assert_eq!(part.header("link"), "", "{path}");
            return seen;
        };
        let link = part.header("link");
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
        assert!(path.ends_with(&format!("cursor={cursor}")), "{link}");
        meanwhile().await;
    }
}

async fn remember(store: &Store, name: &str) {
    let mut change = change("octo/app", 1);
    change.repository.full_name = name.to_owned();
    change.repository.external_id = name.bytes().map(i64::from).fold(7, |sum, it| sum * 31 + it);
    let mut tx = store.begin().await.unwrap();
    change_requests::remember(&mut tx, &change, Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn repositories_that_are_added_come_last() {
    on_every_store(async |_, store| {
        let mut expected: Vec<_> = (0..8).map(|number| format!("octo/app{number}")).collect();
        for name in &expected {
            remember(&store, name).await;
        }
        let api = Api::serve(store.clone()).await;
        let mut new = 0;
        let seen = walk(&api, "/api/v1/repositories?limit=3&q=octo", "/full_name", async || {
            // A review makes a repository the first one of the overview.
            let of = revision(&change("octo/app0", 1), "a", RevisionState::Open);
            review(&store, &of, Vec::new(), Utc::now()).await;
            if new < 2 {
                remember(&store, &format!("octo/new{new}")).await;
                new += 1;
            }
        })
        .await;
        expected.push("octo/app0".to_owned());
        expected.extend((0..2).map(|number| format!("octo/new{number}")));
        let mut sorted: Vec<_> = seen.iter().map(|it| it.as_str().unwrap().to_owned()).collect();
        assert_eq!(sorted[..8], expected[..8]);
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected);
    })
    .await;
}

#[tokio::test]
async fn what_is_newer_than_the_beginning_is_left_out() {
    on_every_store(async |_, store| {
        let lines = |from: u32| -> Vec<Finding> {
            (from..from + 2).map(|line| finding(&SLEEP, "a.py", line)).collect()
        };
        for number in 1..=5 {
            let of = revision(&change("octo/app", number), "a", RevisionState::Open);
            review(&store, &of, lines(number as u32 * 10), Utc::now()).await;
        }
        let api = Api::serve(store.clone()).await;
        let id = repository(&api, "octo/app").await;
        let mut number = 100;
        for (path, pointer, count) in [
            ("findings?limit=3".to_owned(), "/id", 10),
            (format!("findings?limit=3&repository={id}&path=a.py&state=open"), "/id", 0),
            (format!("repositories/{id}/reviews?limit=2"), "/key", 0),
            (format!("repositories/{id}/change-requests?limit=2&state=open"), "/number", 0),
        ] {
            let path = format!("/api/v1/{path}");
            let before = walk(&api, &path, pointer, async || {}).await;
            assert!(count == 0 || before.len() == count, "{path}: {before:?}");
            let during = walk(&api, &path, pointer, async || {
                number += 1;
                let of = revision(&change("octo/app", number), "a", RevisionState::Open);
                review(&store, &of, lines(number as u32 * 10), Utc::now()).await;
            })
            .await;
            assert_eq!(during, before, "{path}");
            assert!(before.len() >= 5, "{path}");
        }
    })
    .await;
}
