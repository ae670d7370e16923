//! The list of findings over HTTP: what filters let through, its pages, its files.

mod files;
mod hostile;
mod links;
mod paging;

use std::net::SocketAddr;

use asyncwarden::analysis::{Finding, Fingerprint};
use asyncwarden::forge::RevisionState;
use asyncwarden::store::findings::{self, How, Settlement};
use asyncwarden::store::{Store, change_requests, threads};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::dashboard::{SLEEP, TASK, assert_holds, change, finding, get, review, revision, serve};
use crate::support::on_every_store;

/// Head and body of the answer to a client that takes the body in one piece.
async fn file(addr: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// The findings of a JSON file, and where it says that the list goes on.
async fn json(addr: SocketAddr, query: &str) -> (Vec<Value>, Option<String>) {
    let (head, body) = file(addr, &format!("/findings.json{query}")).await;
    assert!(head.starts_with("HTTP/1.0 200"), "{query}: {head}\n{body}");
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let next = body["next"].as_str().map(str::to_owned);
    let Value::Array(findings) = body["findings"].take() else { panic!("{body}") };
    (findings, next)
}

fn said(finding: &Value) -> String {
    let part = |name: &str| finding[name].as_str().unwrap_or("none");
    let number = &finding["change_request"];
    format!("{}/{number} {} {} {}", part("repository"), part("rule"), part("path"), part("state"))
}

/// Rows of the table in a page.
fn rows(page: &str) -> usize {
    page.matches("<th scope=\"row\">").count()
}

/// Findings of two repositories in all states, the newest ones first.
const ALL: [&str; 6] = [
    "group/sub/api/1 AW206 src/b.py open",
    "octo/app/8 AW501 src/a.py fixed",
    "octo/app/8 AW206 src/a.py settled",
    "octo/app/7 AW501 src/a.py open",
    "octo/app/7 AW206 lib/src.py open",
    "octo/app/6 AW501 lib/a.py left",
];

async fn fill(store: &Store, now: DateTime<Utc>) {
    let hours = |hours| now - TimeDelta::hours(hours);
    let app = |number, head, state| revision(&change("octo/app", number), head, state);
    let merged = app(6, "a", RevisionState::Merged);
    review(store, &merged, vec![finding(&SLEEP, "lib/a.py", 3)], hours(9)).await;
    let two = vec![finding(&SLEEP, "src/a.py", 3), finding(&TASK, "lib/src.py", 9)];
    review(store, &app(7, "b", RevisionState::Open), two, hours(8)).await;
    let both = vec![finding(&SLEEP, "src/a.py", 3), finding(&TASK, "src/a.py", 9)];
    review(store, &app(8, "c", RevisionState::Open), both, hours(7)).await;
    settle(store, 8, &finding(&TASK, "src/a.py", 9), hours(6)).await;
    let rest = vec![finding(&TASK, "src/a.py", 9)];
    review(store, &app(8, "d", RevisionState::Open), rest, hours(5)).await;
    let api = revision(&change("group/sub/api", 1), "e", RevisionState::Open);
    review(store, &api, vec![finding(&TASK, "src/b.py", 4)], hours(4)).await;
}

/// Ada accepts a finding that has a comment.
pub(crate) async fn settle(store: &Store, number: i64, finding: &Finding, at: DateTime<Utc>) {
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &change("octo/app", number), at).await.unwrap();
    let name = Fingerprint(finding.fingerprint.0.clone());
    threads::posted(&mut tx, id, &name, "T1", at).await.unwrap();
    let note = Some("it ends <soon>");
    let settlement = Settlement { by: Some("ada"), how: How::Command, note };
    findings::settle(&mut tx, id, &name, settlement, at).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn filters_let_through_what_meets_all_of_them() {
    on_every_store(async |store| {
        fill(&store, Utc::now()).await;
        let addr = serve(store).await;
        for (query, expected) in [
            ("", &[0, 1, 2, 3, 4, 5][..]),
            ("?repository=&rule=&severity=&path=&state=&before=", &[0, 1, 2, 3, 4, 5]),
            ("?repository=github:octo/app", &[1, 2, 3, 4, 5]),
            ("?repository=Octo/App", &[1, 2, 3, 4, 5]),
            ("?repository=gitlab:group/sub/api", &[0]),
            ("?rule=AW501", &[1, 3, 5]),
            ("?rule=dangling-task", &[0, 2, 4]),
            ("?rule=AW999", &[]),
            ("?severity=critical", &[1, 3, 5]),
            ("?severity=low", &[]),
            ("?path=src/", &[0, 1, 2, 3]),
            ("?path=src", &[0, 1, 2, 3, 4]),
            ("?path=SRC", &[]),
            ("?state=open", &[0, 3, 4]),
            ("?state=left", &[5]),
            ("?state=fixed", &[1]),
            ("?state=settled", &[2]),
            ("?repository=octo/app&rule=AW206", &[2, 4]),
            ("?repository=octo/app&state=open", &[3, 4]),
            ("?repository=octo/app&state=left&severity=critical", &[5]),
            ("?rule=AW206&path=src/&state=open", &[0]),
            (
                "?repository=github:octo/app&rule=AW501&severity=critical&path=a.py&state=fixed",
                &[1],
            ),
            ("?repository=gitlab:group/sub/api&severity=critical", &[]),
        ] {
            let (found, next) = json(addr, query).await;
            let expected: Vec<_> = expected.iter().map(|at: &usize| ALL[*at]).collect();
            assert_eq!(found.iter().map(said).collect::<Vec<_>>(), expected, "{query}");
            assert_eq!(next, None, "{query}");
            let page = get(addr, &format!("/findings{query}")).await;
            assert_holds(&page, &["HTTP/1.1 200"]);
            assert_eq!(rows(&page), expected.len(), "{query}\n{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_filter_that_is_on_can_be_taken_away() {
    on_every_store(async |store| {
        fill(&store, Utc::now()).await;
        let addr = serve(store).await;
        let page = get(addr, "/findings?repository=octo/app&rule=AW501&path=a%26b").await;
        assert_holds(
            &page,
            &[
                r#"href="/findings?rule=AW501&#38;path=a%26b" aria-label="Remove the filter Repository: github:octo/app""#,
                r#"href="/findings?repository=github%3Aocto%2Fapp&#38;path=a%26b" aria-label="Remove the filter Rule: AW501""#,
                r#"href="/findings?repository=github%3Aocto%2Fapp&#38;rule=AW501" aria-label="Remove the filter Path: a&#38;b""#,
                "<option value=\"AW501\" selected>",
                "name=\"path\" value=\"a&#38;b\"",
                "No finding is like that",
            ],
        );
        let page = get(addr, "/findings").await;
        assert!(!page.contains("Remove"), "{page}");
        for name in ["repository", "rule", "severity", "path", "state"] {
            assert_holds(&page, &[&format!("<label for=\"{name}\">"), &format!("id=\"{name}\"")]);
        }
        assert_holds(&page, &["<option value=\"gitlab:group/sub/api\">"]);
    })
    .await;
}

#[tokio::test]
async fn an_empty_list_says_what_to_do_next() {
    on_every_store(async |store| {
        let addr = serve(store.clone()).await;
        assert_holds(&get(addr, "/findings").await, &["HTTP/1.1 200", "Nothing was found yet"]);
        fill(&store, Utc::now()).await;
        let page = get(addr, "/findings?repository=octo/none").await;
        assert_holds(&page, &["HTTP/1.1 200", "There is no such repository", "octo/none"]);
        assert_holds(&get(addr, "/findings?before=1-0").await, &["octo/app", "href=\"/findings\""]);
        assert_holds(&get(addr, "/findings?before=0-0").await, &["The list ends here"]);
        let (head, _) = file(addr, "/findings.csv?repository=octo/none").await;
        assert!(head.starts_with("HTTP/1.0 404"), "{head}");
    })
    .await;
}
