//! What people do during a soak: they open and close change requests, push, command, and ask for checks again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{ChangeState, Event};
use rand::RngExt;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep_until};

use super::super::fleet::Fleet;
use super::code::{Changed, Code, hostile};
use super::post::{self, Delivery};
use super::scene::{Scene, Subject};
use super::soak::MAINTAINER;

/// How many things happen at a time; each has change requests of its own.
const LANES: usize = 8;
/// How many change requests a lane keeps open at most.
const MOST_OPEN: usize = 12;
/// The wait before a delivery is sent again.
const AGAIN: Duration = Duration::from_millis(500);

pub struct Traffic<'a> {
    scene: &'a Scene,
    fleet: &'a Fleet,
    code: &'a Code,
    client: reqwest::Client,
    next: AtomicUsize,
    open: Mutex<Vec<Subject>>,
    done: Mutex<BTreeMap<String, usize>>,
}

/// A series of things that happen one after the other.
struct Lane<'a> {
    traffic: &'a Traffic<'a>,
    open: Vec<Subject>,
    chance: StdRng,
}

impl<'a> Traffic<'a> {
    pub fn new(scene: &'a Scene, fleet: &'a Fleet, code: &'a Code) -> Self {
        let next = AtomicUsize::new(scene.subjects.len());
        let (open, done) = (Mutex::default(), Mutex::default());
        Self { scene, fleet, code, client: post::client(), next, open, done }
    }

    /// Lets so many things happen in a second, until the end.
    pub async fn run(&self, rate: f64, end: Instant) {
        let pace = Duration::from_secs_f64(LANES as f64 / rate);
        let lanes = (0..LANES).map(async |number| {
            let own = self.scene.subjects.iter().skip(number).step_by(LANES).cloned().collect();
            let mut lane =
                Lane { traffic: self, open: own, chance: self.scene.chance(5000 + number) };
            for at in 0..lane.open.len() {
                lane.tell(&lane.open[at].clone(), &Event::Opened).await;
            }
            let mut due = Instant::now() + pace * number as u32 / LANES as u32;
            while due < end {
                sleep_until(due).await;
                lane.act().await;
                due += pace;
            }
            self.open.lock().unwrap_or_else(PoisonError::into_inner).append(&mut lane.open);
        });
        futures::future::join_all(lanes).await;
    }

    /// The change requests that are open at the end.
    pub fn open(&self) -> Vec<Subject> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, what: impl Into<String>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done.entry(what.into()).or_default() += 1;
    }

    pub fn tally(&self) -> String {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let parts: Vec<_> = done.iter().map(|(what, times)| format!("{times} {what}")).collect();
        format!("events: {}", parts.join(", "))
    }
}

impl Lane<'_> {
    async fn act(&mut self) {
        if self.open.is_empty() {
            return self.open_one().await;
        }
        let at = self.chance.random_range(0..self.open.len());
        match self.chance.random_range(0..100) {
            0..20 if self.open.len() < MOST_OPEN => self.open_one().await,
            0..30 => self.close(at).await,
            30..75 => self.push(at).await,
            75..88 => self.command(at).await,
            _ => self.ask_again(at).await,
        }
    }

    async fn open_one(&mut self) {
        let traffic = self.traffic;
        let index = traffic.next.fetch_add(1, Ordering::Relaxed);
        // Where one of the change requests of the start is.
        let like = &traffic.scene.subjects[index % traffic.scene.subjects.len()];
        let (forge, repository) = (like.forge, like.repository);
        let changed = self.changed(index);
        let subject = {
            let mut state = traffic.scene.simulator.state();
            let files = changed.iter().map(|(path, text)| (&**path, Some(text)));
            Subject::open(&mut state, index, forge, repository, files)
        };
        self.tell(&subject, &Event::Opened).await;
        self.open.push(subject);
        traffic.note("opened");
    }

    async fn close(&mut self, at: usize) {
        let subject = self.open.swap_remove(at);
        let ends = [ChangeState::Merged, ChangeState::Closed];
        let end = ends[usize::from(self.chance.random_bool(0.5))];
        let (repository, number) = (subject.repository, subject.number);
        self.traffic.scene.simulator.state().set_state(repository, number, end);
        self.tell(&subject, &Event::Closed).await;
        self.traffic.note("closed");
    }

    /// A force push onto the target branch, so that no history grows for ever.
    async fn push(&mut self, at: usize) {
        let subject = self.open[at].clone();
        let changed = self.changed(self.traffic.next.fetch_add(1, Ordering::Relaxed));
        let before = {
            let mut state = self.traffic.scene.simulator.state();
            let before =
                state.change(subject.repository, subject.number).unwrap().head().to_owned();
            let target = state.repositories[&subject.repository].branches["main"].clone();
            let files = changed.iter().map(|(path, text)| (&**path, Some(text)));
            state.push_onto(subject.repository, &subject.branch, &target, files);
            before
        };
        self.tell(&subject, &Event::Pushed { before }).await;
        self.traffic.note("pushed");
    }

    fn changed(&mut self, number: usize) -> Changed {
        let mut changed = self.traffic.code.push(number, 3, &mut self.chance);
        if self.chance.random_bool(0.1) {
            changed.push(("hostile.py".to_owned(), hostile(&mut self.chance)));
            self.traffic.note("with a hostile file");
        }
        changed
    }

    async fn command(&mut self, at: usize) {
        let subject = self.open[at].clone();
        let texts = ["@asyncwarden recheck", "@asyncwarden review", "Looks good to me."];
        let text = texts[self.chance.random_range(0..texts.len())];
        let note = {
            let mut state = self.traffic.scene.simulator.state();
            let note = state.note(MAINTAINER, text);
            let id = note.id;
            state.change_mut(subject.repository, subject.number).unwrap().comments.push(note);
            id
        };
        self.tell(&subject, &Event::Commented { note }).await;
        self.traffic.note("commented");
    }

    /// Asks for a check again, on GitHub; elsewhere the change request gets another title.
    async fn ask_again(&mut self, at: usize) {
        let subject = self.open[at].clone();
        let event = {
            let mut state = self.traffic.scene.simulator.state();
            let change = state.change_mut(subject.repository, subject.number).unwrap();
            let head = change.head().to_owned();
            let from = change.title.clone();
            let check = state.checks.iter().rfind(|check| check.head_sha == head);
            match check {
                Some(check) if subject.forge == ForgeKind::GitHub => {
                    Event::CheckRerequested { check: check.id }
                }
                _ => {
                    let change = state.change_mut(subject.repository, subject.number).unwrap();
                    change.title = format!("Poll {}", change.id);
                    Event::Renamed { from }
                }
            }
        };
        self.tell(&subject, &event).await;
        self.traffic.note("asked again");
    }

    /// Sends a delivery under its key until it is accepted, sometimes once more than needed.
    async fn tell(&mut self, subject: &Subject, event: &Event) {
        let traffic = self.traffic;
        let delivery = Delivery::of(traffic.scene, subject, event);
        let key = uuid::Uuid::new_v4().to_string();
        let mut more = usize::from(self.chance.random_bool(0.1));
        loop {
            let to = self.chance.random_range(0..traffic.fleet.len());
            match delivery.send(&traffic.client, &traffic.fleet.address(to), &key).await {
                Ok(202) if more == 0 => return traffic.note("deliveries accepted"),
                Ok(202) => {
                    more -= 1;
                    traffic.note("redelivered");
                    continue;
                }
                Ok(status) => traffic.note(format!("answered with {status}")),
                Err(error) if error.is_timeout() => traffic.note("not answered in time"),
                Err(_) => traffic.note("not answered, as nobody was there"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}
