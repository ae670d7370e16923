//! Signed deliveries at a rising rate. Arrivals don't wait for answers, and a latency counts from when its delivery was to be
//! sent, so that a service that falls behind can't hide it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, State};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::code::Code;
use super::numbers::{Sorted, shown};
use super::post::{self, Delivery};
use super::process::Taken;
use super::scene::{self, Scene, Subject};
use super::watch::Watch;
use super::{Store, drained, ends, load_average};

/// How long the answers' p99 may be before the service counts as too slow.
const TOO_LATE: Duration = Duration::from_secs(1);
/// With how many deliveries without an answer a step is given up.
const MOST_UNDER_WAY: usize = 4_000;
/// How long a delivery's body is made at least, which is what real ones have, in bytes.
const BODY: usize = 16_000;

#[derive(clap::Args)]
pub struct Plan {
    /// Deliveries in a second, one step each.
    #[arg(long, value_delimiter = ',', default_value = "50,100,200,400,800,1600,3200")]
    pub rates: Vec<u32>,
    /// How long each step lasts.
    #[arg(long, default_value_t = 10)]
    pub seconds: u32,
    /// Open change requests, each of which gets a push before each step.
    #[arg(long, default_value_t = 200)]
    pub changes: usize,
    /// How many jobs the service runs at a time.
    #[arg(long, default_value_t = 4)]
    pub workers: usize,
    /// How long the rest may take afterwards.
    #[arg(long, default_value_t = 600)]
    pub drain_seconds: u64,
}

/// What came of a step.
struct Step {
    rate: u32,
    latencies: Vec<Duration>,
    accepted: Vec<String>,
    errors: Vec<String>,
    /// From the first intended sending to the last answer.
    took: Duration,
}

pub async fn run(store: &Store, plan: &Plan) {
    let code = Code::generated(60);
    let mut scene = Scene::made(|state| subjects(state, &code, plan.changes)).await;
    let workers = ("ASYNCWARDEN_WORKERS", plan.workers.to_string());
    let pace = ("ASYNCWARDEN_WRITE_SECS", "0.001".to_owned());
    let fleet = store.serve(&scene, 1, &[workers, pace]).await;
    let (watch, process) = (Watch::on(&store.settings), fleet.process(0).await);
    let (client, address) = (post::client(), fleet.address(0));
    println!(
        "{}, one process with {} workers, {} change requests; load average {}\n",
        store.name(),
        plan.workers,
        plan.changes,
        load_average()
    );
    println!(
        "| offered/s | answered/s | p50 | p95 | p99 | max | errors | queued | oldest waits | gates ended | CPU of the service | RSS |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let (mut accepted, mut good, mut bad) = (Vec::new(), None, None);
    let mut rates: Vec<u32> = plan.rates.iter().rev().copied().collect();
    let (mut number, mut bytes) = (0, 0);
    while let Some(rate) = rates.pop() {
        let deliveries = push_all(&scene, &code, number);
        number += 1;
        bytes = deliveries.iter().map(Delivery::len).sum::<usize>() / deliveries.len();
        let (gates, before) = (scene.gates().1, Taken::by(process).unwrap());
        let mut step = offer(&client, &address, &deliveries, rate, plan.seconds).await;
        let (queue, after) = (watch.queue().await.unwrap_or_default(), Taken::by(process).unwrap());
        let is_good = step.print(&queue, scene.gates().1 - gates, before, after);
        accepted.append(&mut step.accepted);
        if is_good {
            good = Some(rate);
            continue;
        }
        // Once more in the middle, which halves the doubt.
        if bad.is_none()
            && let Some(good) = good
        {
            rates = vec![(good + rate) / 2];
        } else {
            rates.clear();
        }
        bad = Some(rate);
    }
    println!("\n{}; {bytes} bytes each", verdict(good, bad));
    let begun = Instant::now();
    drained(&scene, &watch, &fleet, Duration::from_secs(plan.drain_seconds)).await;
    println!("all that was left was done after {}", shown(begun.elapsed()));
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    let kept = watch.deliveries().await.unwrap();
    let lost: HashSet<_> = accepted.iter().filter(|key| !kept.contains(*key)).collect();
    assert!(lost.is_empty(), "{} deliveries were promised and lost", lost.len());
    ends::in_the_store(&scene, &store.settings).await;
    ends::on_the_platform(&scene);
    println!(
        "{} deliveries were answered with 202: all are in the store, none of their jobs is left",
        accepted.len()
    );
    scene.subjects.clear();
    scene.end().await;
}

fn verdict(good: Option<u32>, bad: Option<u32>) -> String {
    match (good, bad) {
        (Some(good), Some(bad)) if good < bad => {
            format!("knee: between {good} and {bad} deliveries in a second")
        }
        (Some(good), _) => format!("knee: not reached at {good} deliveries in a second"),
        (None, _) => "knee: below the first step".to_owned(),
    }
}

/// Four of five on GitHub.
fn subjects(state: &mut State, code: &Code, changes: usize) -> Vec<Subject> {
    let names = ["acme/shop", "acme/depot", "loops/web", "loops/jobs", "acme/group/site"];
    let forges = names.map(|name| match name.matches('/').count() {
        1 => ForgeKind::GitHub,
        _ => ForgeKind::GitLab,
    });
    let rows: Vec<_> = names
        .iter()
        .zip(forges)
        .map(|(name, forge)| (forge, scene::add_repository(state, forge, name, code.files())))
        .collect();
    let open = |index: usize| {
        let (forge, repository) = rows[index % rows.len()];
        let subject =
            Subject::open(state, index, forge, repository, [("app.py", Some("import time\n"))]);
        let change = state.change_mut(repository, subject.number).unwrap();
        change.body = "We poll too often. ".repeat(BODY / 19);
        subject
    };
    (0..changes).map(open).collect()
}

/// Pushes to each change request; returns what its platform tells of it.
fn push_all(scene: &Scene, code: &Code, step: usize) -> Vec<Delivery> {
    let pushed = |subject: &Subject| {
        let mut chance = scene.chance(subject.index + 1_000_003 * step);
        let number = step * scene.subjects.len() + subject.index;
        let changed = code.push(number, 2, &mut chance);
        let before = {
            let mut state = scene.simulator.state();
            let change = state.change(subject.repository, subject.number).unwrap();
            let before = change.head().to_owned();
            let files = changed.iter().map(|(path, text)| (&**path, Some(text)));
            state.push(subject.repository, &subject.branch, files);
            before
        };
        Delivery::of(scene, subject, &Event::Pushed { before })
    };
    scene.subjects.iter().map(pushed).collect()
}

/// Sends deliveries at a rate, each under a key of its own.
async fn offer(
    client: &reqwest::Client,
    address: &str,
    deliveries: &[Delivery],
    rate: u32,
    seconds: u32,
) -> Step {
    let deliveries: Arc<[Delivery]> = deliveries.into();
    let mut under_way = JoinSet::new();
    let mut step = Step {
        rate,
        latencies: Vec::new(),
        accepted: Vec::new(),
        errors: Vec::new(),
        took: Duration::ZERO,
    };
    let begun = Instant::now();
    for number in 0..rate * seconds {
        let due = begun + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        sleep_until(due).await;
        while let Some(answered) = under_way.try_join_next() {
            step.note(answered.unwrap());
        }
        if under_way.len() > MOST_UNDER_WAY {
            step.errors.push(format!("given up with {MOST_UNDER_WAY} without an answer"));
            break;
        }
        let (client, address) = (client.clone(), address.to_owned());
        let deliveries = deliveries.clone();
        under_way.spawn(async move {
            let delivery = &deliveries[number as usize % deliveries.len()];
            let key = uuid::Uuid::new_v4().to_string();
            let answer = delivery.send(&client, &address, &key).await;
            (key, due.elapsed(), answer)
        });
    }
    while let Some(answered) = under_way.join_next().await {
        step.note(answered.unwrap());
    }
    step.took = begun.elapsed();
    step
}

impl Step {
    fn note(&mut self, (key, took, answer): (String, Duration, Result<u16, reqwest::Error>)) {
        self.latencies.push(took);
        match answer {
            Ok(202) => self.accepted.push(key),
            Ok(status) => self.errors.push(status.to_string()),
            Err(error) if error.is_timeout() => self.errors.push("no answer in time".to_owned()),
            Err(error) => self.errors.push(error.to_string()),
        }
    }

    /// A row of the table. Returns whether the service kept up.
    fn print(
        &self,
        queue: &super::watch::Queue,
        gates: usize,
        before: Taken,
        after: Taken,
    ) -> bool {
        let sorted = Sorted::of(self.latencies.clone());
        let at = |hundredths| shown(sorted.percentile(hundredths));
        let seconds = self.took.as_secs_f64();
        println!(
            "| {} | {:.0} | {} | {} | {} | {} | {} | {} | {} | {gates} | {:.2} cores | {:.0} MiB |",
            self.rate,
            self.accepted.len() as f64 / seconds,
            at(50.0),
            at(95.0),
            at(99.0),
            at(100.0),
            self.errors.len(),
            queue.queued,
            shown(queue.age()),
            (after.cpu - before.cpu) / seconds,
            after.resident
        );
        for error in self.errors.iter().collect::<HashSet<_>>().into_iter().take(3) {
            println!("(an error: {error})");
        }
        self.errors.is_empty() && sorted.percentile(99.0) <= TOO_LATE
    }
}
