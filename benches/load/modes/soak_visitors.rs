//! Who else comes during a soak: people with their browsers, programs, and those who mean ill.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use asyncwarden::forge::simulator::Event;
use rand::RngExt;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::super::fleet::Fleet;
use super::post::{self, Delivery};
use super::scene::Scene;
use super::soak_trouble::until;

const PAGES: [&str; 13] = [
    "/",
    "/changes",
    "/findings",
    "/findings.csv",
    "/operations",
    "/rules",
    "/repositories/github/acme/shop",
    "/api/v1/repositories",
    "/api/v1/findings",
    "/api/v1/operations",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
];
/// People with a page open.
const PEOPLE: usize = 3;
/// Those who mean ill at a time.
const MEAN: usize = 6;
/// How long somebody hangs who never ends what they began.
const HANG: Duration = Duration::from_secs(90);

pub struct Visitors<'a> {
    scene: &'a Scene,
    fleet: &'a Fleet,
    client: reqwest::Client,
    seen: Mutex<BTreeMap<String, usize>>,
}

impl<'a> Visitors<'a> {
    pub fn new(scene: &'a Scene, fleet: &'a Fleet) -> Self {
        Self { scene, fleet, client: post::client(), seen: Mutex::default() }
    }

    pub async fn come(&self, end: Instant) {
        let people = (0..PEOPLE).map(|number| self.look(self.scene.chance(8000 + number), end));
        let mean = (0..MEAN).map(|number| self.harm(self.scene.chance(9000 + number), end));
        tokio::join!(futures::future::join_all(people), futures::future::join_all(mean));
    }

    pub fn tally(&self) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let parts: Vec<_> = seen.iter().map(|(what, times)| format!("{times} {what}")).collect();
        format!("visitors: {}", parts.join(", "))
    }

    fn note(&self, what: impl Into<String>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen.entry(what.into()).or_default() += 1;
    }

    fn address(&self, chance: &mut StdRng) -> String {
        self.fleet.address(chance.random_range(0..self.fleet.len()))
    }

    /// Reads pages, and has one open for a while, which listens for news.
    async fn look(&self, mut chance: StdRng, end: Instant) {
        while until(Instant::now() + Duration::from_millis(chance.random_range(500..3000)), end)
            .await
        {
            let address = self.address(&mut chance);
            for _ in 0..chance.random_range(1..4) {
                let page = PAGES[chance.random_range(0..PAGES.len())];
                match self.client.get(format!("http://{address}{page}")).send().await {
                    Ok(answer) => {
                        self.note(format!("pages answered with {}", answer.status().as_u16()));
                        let _ = answer.bytes().await;
                    }
                    Err(_) => self.note("pages not answered"),
                }
            }
            let lasts = Duration::from_millis(chance.random_range(500..20_000));
            let live = self.client.get(format!("http://{address}/live")).timeout(lasts).send();
            if let Ok(mut answer) = live.await {
                while let Ok(Some(_)) = answer.chunk().await {
                    self.note("parts of live streams");
                }
                self.note("live streams");
            }
        }
    }

    async fn harm(&self, mut chance: StdRng, end: Instant) {
        while until(Instant::now() + Duration::from_millis(chance.random_range(500..4000)), end)
            .await
        {
            let address = self.address(&mut chance);
            match chance.random_range(0..4) {
                0 => self.forge(&address, &mut chance).await,
                1 => self.talk_nonsense(&address, &mut chance).await,
                2 => {
                    let body = "a".repeat(chance.random_range(1..40_000));
                    let half = format!(
                        "POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n{body}"
                    );
                    self.hang(&address, &half, "half a body", end).await;
                }
                _ => {
                    let half = "GET /rules HTTP/1.1\r\nHost: a\r\nX-Long: ";
                    self.hang(&address, half, "half a header", end).await;
                }
            }
        }
    }

    async fn forge(&self, address: &str, chance: &mut StdRng) {
        let subjects = &self.scene.subjects;
        let subject = &subjects[chance.random_range(0..subjects.len())];
        let delivery = Delivery::of(self.scene, subject, &Event::Opened).forged();
        let key = uuid::Uuid::new_v4().to_string();
        match delivery.send(&self.client, address, &key).await {
            Ok(status) => {
                assert_ne!(status, 202, "a forged delivery was accepted");
                self.note(format!("forgeries answered with {status}"));
            }
            Err(_) => self.note("forgeries not answered"),
        }
    }

    async fn talk_nonsense(&self, address: &str, chance: &mut StdRng) {
        let path = "/%ff".repeat(chance.random_range(1..200));
        let url = format!("http://{address}{path}");
        let answer = self.client.post(url).body("{".repeat(10_000)).send().await;
        self.note(answer.map_or("nonsense not answered".to_owned(), |answer| {
            format!("nonsense answered with {}", answer.status().as_u16())
        }));
    }

    /// Sends what is no whole request, and waits to be shown the door.
    async fn hang(&self, address: &str, half: &str, what: &str, end: Instant) {
        let Ok(mut stream) = TcpStream::connect(address).await else {
            return self.note("hangers not let in");
        };
        if stream.write_all(half.as_bytes()).await.is_err() {
            return self.note("hangers cut off");
        }
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let last = (Instant::now() + HANG).min(end);
        let word = match tokio::time::timeout_at(last, reading).await {
            Ok(_) => "shown the door",
            Err(_) => "left alone",
        };
        self.note(format!("hangers with {what} {word}"));
    }
}
