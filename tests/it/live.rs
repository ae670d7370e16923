//! The stream that tells open pages of reviews.

use std::time::Duration;

use asyncwarden::forge::RevisionState;
use asyncwarden::store::{Store, change_requests, reviews};
use chrono::{TimeDelta, Utc};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::dashboard::{change, get, review, revision, serve};
use crate::support::on_every_store;

/// Address of the stream that a page names.
fn stream(page: &str) -> String {
    let (_, rest) = page.split_once("data-live=\"").expect("the page listens");
    rest.split('"').next().expect("an address").replace("&#38;", "&").replace("&amp;", "&")
}

struct Listener(BufReader<TcpStream>);

impl Listener {
    async fn open(addr: std::net::SocketAddr, path: &str) -> Self {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(BufReader::new(stream))
    }

    /// The next line that holds this; `None` when none comes within the time.
    async fn line(&mut self, part: &str, within: Duration) -> Option<String> {
        let reading = async {
            loop {
                let mut line = String::new();
                if self.0.read_line(&mut line).await.unwrap() == 0 {
                    return None;
                }
                if line.contains(part) {
                    return Some(line);
                }
            }
        };
        tokio::time::timeout(within, reading).await.ok().flatten()
    }
}

/// Longer than any change takes to be told.
const LONG: Duration = Duration::from_secs(60);

async fn begin(store: &Store, name: &str, head: &str) -> i64 {
    let revision = revision(&change(name, 7), head, RevisionState::Open);
    let mut tx = store.begin().await.unwrap();
    let now = Utc::now();
    let id = change_requests::remember(&mut tx, &revision.change, now).await.unwrap();
    change_requests::seen(&mut tx, id, &revision, now).await.unwrap();
    let key = uuid::Uuid::new_v4().to_string();
    let review = reviews::begin(&mut tx, id, &revision, &key, now).await.unwrap();
    tx.commit().await.unwrap();
    review.id
}

#[tokio::test]
async fn an_open_page_hears_that_a_review_begins_and_ends() {
    on_every_store(async |store| {
        let past = Utc::now() - TimeDelta::hours(3);
        for name in ["octo/app", "octo/other"] {
            let revision = revision(&change(name, 7), "a", RevisionState::Open);
            review(&store, &revision, Vec::new(), past).await;
        }
        let addr = serve(store.clone()).await;
        let page = stream(&get(addr, "/repositories/github/octo/app").await);
        let mut listener = Listener::open(addr, &page).await;
        let head = listener.line("content-type", LONG).await.expect("an answer");
        assert!(head.contains("text/event-stream"), "{head}");

        let running = begin(&store, "octo/app", "b").await;
        assert!(listener.line("event: changed", LONG).await.is_some(), "it begins");
        let mut tx = store.begin().await.unwrap();
        let end = reviews::End::Posted;
        let passed = asyncwarden::review::Conclusion::Passed;
        reviews::complete(&mut tx, running, end, passed, "Fine", &[], true, Utc::now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(listener.line("event: changed", LONG).await.is_some(), "it ends");

        // A page that is older than what happened hears of it at once.
        let mut late = Listener::open(addr, &page).await;
        assert!(late.line("event: changed", LONG).await.is_some(), "what it missed");
        // The review of another repository is none of its business: the next thing it hears is of its own.
        let fresh = stream(&get(addr, "/repositories/github/octo/app").await);
        let mut other = Listener::open(addr, &fresh).await;
        let mut all = Listener::open(addr, &stream(&get(addr, "/").await)).await;
        other.line("content-type", LONG).await.expect("an answer");
        begin(&store, "octo/other", "b").await;
        assert!(all.line("event: changed", LONG).await.is_some(), "the overview shows it");
        assert_eq!(other.line("event: changed", Duration::from_millis(2500)).await, None);
    })
    .await;
}
