//! A steady rate of events for a long time, while everything goes wrong that may: memory and descriptors stay flat, and nothing
//! is lost.
//!
//! The first process lives as long as the soak does, and is what is judged; the others are killed now and then. On the
//! embedded store there is only the first.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Level, State};
use tokio::time::Instant;

use super::code::Code;
use super::samples::Samples;
use super::scene::{self, Scene, Subject};
use super::soak_traffic::Traffic;
use super::soak_trouble::Trouble;
use super::soak_visitors::Visitors;
use super::tally::Tally;
use super::watch::Watch;
use super::{Store, drained, ends, load_average};

/// Who comments, and may command.
pub const MAINTAINER: &str = "maria";
/// Change requests that are open at the start.
const OPEN: usize = 40;
/// Repositories, the two platforms in turn.
const REPOSITORIES: [&str; 4] = ["acme/shop", "acme/group/depot", "loops/web", "loops/group/jobs"];

#[derive(clap::Args)]
pub struct Plan {
    /// How long events come.
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// Events in a second.
    #[arg(long, default_value_t = 2.0)]
    pub rate: f64,
    /// Seconds between two samples.
    #[arg(long, default_value_t = 10.0)]
    pub every: f64,
    /// Seconds between two kills of a process, and between two troubles of PostgreSQL.
    #[arg(long, default_value_t = 180.0)]
    pub trouble_every: f64,
    /// After how many seconds a process takes over what another left; failed jobs wait no longer than that.
    #[arg(long, default_value_t = 60.0)]
    pub lease_secs: f64,
    /// How long the rest may take afterwards.
    #[arg(long, default_value_t = 600)]
    pub drain_seconds: u64,
    /// File for all samples.
    #[arg(long)]
    pub csv: Option<PathBuf>,
}

pub async fn run(store: &Store, plan: &Plan) {
    let code = Code::generated(40);
    let mut scene = Scene::made(|state| subjects(state, &code)).await;
    let replicas = 1 + usize::from(store.server().is_some());
    let more = [
        ("ASYNCWARDEN_WRITE_SECS", "0.01".to_owned()),
        ("ASYNCWARDEN_LEASE_SECS", plan.lease_secs.to_string()),
        ("ASYNCWARDEN_SWEEP_SECS", (plan.lease_secs / 2.0).to_string()),
        ("ASYNCWARDEN_LONGEST_RETRY_SECS", plan.lease_secs.to_string()),
        // Full before the warm-up is over.
        ("ASYNCWARDEN_CONTEXT_MEMORY_MIB", "4".to_owned()),
    ];
    let fleet = store.serve(&scene, replicas, &more).await;
    let watch = Watch::on(&store.settings);
    println!(
        "{}, {replicas} processes, {} events in a second for {} s; load average {}",
        store.name(),
        plan.rate,
        plan.seconds,
        load_average()
    );
    let end = Instant::now() + Duration::from_secs(plan.seconds);
    let tally = Mutex::new(Tally::default());
    let traffic = Traffic::new(&scene, &fleet, &code);
    let trouble = Trouble {
        scene: &scene,
        fleet: &fleet,
        store,
        watch: &watch,
        tally: &tally,
        one_at_a_time: tokio::sync::Mutex::default(),
    };
    let visitors = Visitors::new(&scene, &fleet);
    let mut samples = Samples::new(&fleet, &watch, plan.csv.as_deref());
    let every = Duration::from_secs_f64(plan.every);
    let apart = Duration::from_secs_f64(plan.trouble_every);
    let (troubles, (), ()) = tokio::join!(
        trouble.make(end, apart),
        async {
            tokio::join!(traffic.run(plan.rate, end), visitors.come(end));
        },
        samples.take(every, end),
    );
    println!("\n{}", traffic.tally());
    println!("{troubles}");
    println!("{}", visitors.tally());
    scene.simulator.state().faults.clear();
    let open = traffic.open();
    let begun = Instant::now();
    // What was closed is nobody's business any more.
    scene.subjects = open;
    drained(&scene, &watch, &fleet, Duration::from_secs(plan.drain_seconds)).await;
    println!("all that was left was done after {} s", begun.elapsed().as_secs());
    println!("\n{}", samples.table());
    let verdict = samples.verdict();
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    ends::in_the_store(&scene, &store.settings).await;
    ends::on_the_platform(&scene);
    println!(
        "{} open change requests: each has the review of its newest head and an ended gate, no comment twice; no job is left",
        scene.subjects.len()
    );
    println!("{verdict}");
    scene.end().await;
}

fn subjects(state: &mut State, code: &Code) -> Vec<Subject> {
    let mut rows = Vec::new();
    for (at, name) in REPOSITORIES.into_iter().enumerate() {
        let forge = if at % 2 == 0 { ForgeKind::GitHub } else { ForgeKind::GitLab };
        let repository = scene::add_repository(state, forge, name, code.files());
        state.grant(MAINTAINER, repository, Level::Write);
        rows.push((forge, repository));
    }
    let mut chance = rand::SeedableRng::seed_from_u64(1);
    let open = |index: usize| {
        let (forge, repository) = rows[index % rows.len()];
        let changed = code.push(index, 3, &mut chance);
        let files = changed.iter().map(|(path, text)| (&**path, Some(text)));
        Subject::open(state, index, forge, repository, files)
    };
    (0..OPEN).map(open).collect()
}
