//! Deliveries to processes that may be gone: each is sent under its id until somebody promised to see to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use asyncwarden::forge::simulator::Event;
use rand::RngExt;
use rand::rngs::StdRng;

use super::fleet::Fleet;
use super::scene::{Scene, Subject};

/// How long platforms wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The wait before a delivery is sent again.
const AGAIN: Duration = Duration::from_millis(50);

pub struct Load<'a> {
    pub scene: &'a Scene,
    pub fleet: &'a Fleet,
    client: reqwest::Client,
    pub accepted: AtomicUsize,
    pub away: AtomicUsize,
    pub unanswered: AtomicUsize,
}

/// What came of sending a delivery once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// 202: it is stored.
    Accepted,
    /// 503, with the wish to send it again later.
    Away,
    /// Nobody was there, or went away before the answer.
    Unanswered,
}

impl<'a> Load<'a> {
    pub fn new(scene: &'a Scene, fleet: &'a Fleet) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let [accepted, away, unanswered] = [0; 3].map(AtomicUsize::new);
        Self { scene, fleet, client, accepted, away, unanswered }
    }

    /// Pushes to all change requests, again and again, until it is enough; then once more what they end with.
    pub async fn storm(&self, enough: impl Fn() -> bool) {
        let all = self.scene.subjects.iter().map(async |subject| {
            let mut chance = self.scene.chance(subject.index);
            self.deliver(subject, &Event::Opened, &mut chance).await;
            while !enough() {
                self.scene.asked(chance.random_range(5..60)).await;
                let pushed = self.scene.push(subject, &mut chance);
                self.deliver(subject, &pushed, &mut chance).await;
            }
            let pushed = self.scene.push_last(subject);
            self.deliver(subject, &pushed, &mut chance).await;
        });
        futures::future::join_all(all).await;
    }

    /// Sends a delivery until it is accepted, sometimes once more than needed.
    pub async fn deliver(&self, subject: &Subject, event: &Event, chance: &mut StdRng) {
        let id = uuid::Uuid::new_v4().to_string();
        let mut more = usize::from(chance.random_bool(0.2));
        loop {
            match self.send(subject, event, &id, chance.random_range(0..self.fleet.len())).await {
                Sent::Accepted if more == 0 => break,
                Sent::Accepted => more -= 1,
                Sent::Away | Sent::Unanswered => tokio::time::sleep(AGAIN).await,
            }
        }
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    /// Sends a delivery once, to one of the processes.
    pub async fn send(&self, subject: &Subject, event: &Event, id: &str, to: usize) -> Sent {
        let Subject { forge, repository, number, .. } = *subject;
        let simulator = &self.scene.simulator;
        let payload = simulator.payload(forge, repository, number, event);
        let address = self.fleet.address(to);
        let receiver = self.scene.receiver(forge, &address);
        let body = payload.body.to_string();
        let now = simulator.state().now();
        let headers = receiver.headers(&payload.event, id, now, body.as_bytes());
        let begun = Instant::now();
        let answer = self.client.post(&receiver.url).headers(headers).body(body).send().await;
        let took = begun.elapsed();
        match answer {
            Ok(answer) if answer.status() == 202 => Sent::Accepted,
            Ok(answer) if answer.status() == 503 => {
                assert!(answer.headers().contains_key("retry-after"), "503 without Retry-After");
                self.away.fetch_add(1, Ordering::Relaxed);
                Sent::Away
            }
            // A port that was given back may be anybody's.
            Ok(_) | Err(_) if self.fleet.address(to) != address => self.unanswered(),
            Ok(answer) => panic!("{}\n{}", answer.status(), self.fleet.log().tail()),
            Err(error) => {
                let log = self.fleet.log();
                assert!(!error.is_timeout(), "no answer after {took:?}\n{}", log.tail());
                self.unanswered()
            }
        }
    }

    fn unanswered(&self) -> Sent {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        Sent::Unanswered
    }

    /// What was sent, in a line.
    pub fn tally(&self) -> String {
        let [accepted, away, unanswered] =
            [&self.accepted, &self.away, &self.unanswered].map(|it| it.load(Ordering::Relaxed));
        format!("{accepted} deliveries accepted, {away} answered with 503, {unanswered} lost")
    }
}
