//! Many open change requests at once, as after an installation in a big organisation or a long outage.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, State};
use futures::StreamExt;
use tokio::time::Instant;

use super::code::Code;
use super::numbers::{Sorted, shown};
use super::post::{self, Delivery};
use super::process::Taken;
use super::scene::{self, Scene, Subject, is_ended};
use super::tally::Tally;
use super::watch::Watch;
use super::{Store, drained, ends, load_average};

/// Deliveries without an answer at a time.
const AT_A_TIME: usize = 32;
/// How often the gates are looked at, which is how exact their times are.
const LOOK: Duration = Duration::from_millis(50);

#[derive(clap::Args)]
pub struct Plan {
    /// Open change requests.
    #[arg(long, default_value_t = 1000)]
    pub changes: usize,
    /// Repositories, every fourth on GitLab.
    #[arg(long, default_value_t = 20)]
    pub repositories: usize,
    /// Folder with the Python files that each repository holds. Default: 200 generated modules.
    #[arg(long)]
    pub code: Option<PathBuf>,
    /// Processes on the store; more than one only on PostgreSQL.
    #[arg(long, default_value_t = 1)]
    pub processes: usize,
    /// How many jobs each runs at a time.
    #[arg(long, default_value_t = 4)]
    pub workers: usize,
    /// Seconds between two writes of an installation; the platforms ask for 1.
    #[arg(long, default_value = "0.001")]
    pub write_secs: String,
    /// How long it may take.
    #[arg(long, default_value_t = 1800)]
    pub longest_seconds: u64,
}

pub async fn run(store: &Store, plan: &Plan) {
    let code = plan.code.as_deref().map_or_else(|| Code::generated(200), Code::below);
    let mut scene = Scene::made(|state| subjects(state, &code, plan)).await;
    let more = [
        ("ASYNCWARDEN_WORKERS", plan.workers.to_string()),
        ("ASYNCWARDEN_WRITE_SECS", plan.write_secs.clone()),
    ];
    let fleet = store.serve(&scene, plan.processes, &more).await;
    println!(
        "{}, {} processes with {} workers; {} change requests in {} repositories of {} files, {:.1} MB; {} s between writes; load average {}",
        store.name(),
        plan.processes,
        plan.workers,
        plan.changes,
        plan.repositories,
        code.len(),
        code.bytes() as f64 / 1e6,
        plan.write_secs,
        load_average()
    );
    let longest = Duration::from_secs(plan.longest_seconds);
    let mut tally = Tally::default();
    let begun = Instant::now();
    let sending = async {
        let client = post::client();
        let sent = futures::stream::iter(&scene.subjects).map(async |subject| {
            let delivery = Delivery::of(&scene, subject, &Event::Opened);
            let address = fleet.address(subject.index);
            let key = uuid::Uuid::new_v4().to_string();
            let status = delivery.send(&client, &address, &key).await.unwrap();
            assert_eq!(status, 202, "{}", fleet.log().tail());
            (head(&scene, subject), Instant::now())
        });
        let sent: HashMap<String, Instant> = sent.buffer_unordered(AT_A_TIME).collect().await;
        println!("{} deliveries were accepted within {}", sent.len(), shown(begun.elapsed()));
        sent
    };
    let (sent, ended) = tokio::join!(sending, gates(&scene, &mut tally, longest));
    let took = begun.elapsed();
    let waits = ended.iter().map(|(head, at)| at.saturating_duration_since(sent[head])).collect();
    drained(&scene, &Watch::on(&store.settings), &fleet, longest).await;
    tally.take(&scene);
    let mut taken = Vec::new();
    for number in 0..plan.processes {
        taken.push(Taken::by(fleet.process(number).await).unwrap());
    }
    report(plan, took, &Sorted::of(waits), &taken, &tally);
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    check(&scene, store).await;
    println!("each change request has one review of its head, one gate, and no comment twice");
    scene.subjects.clear();
    scene.end().await;
}

fn subjects(state: &mut State, code: &Code, plan: &Plan) -> Vec<Subject> {
    let kind = |at: usize| if at % 4 == 3 { ForgeKind::GitLab } else { ForgeKind::GitHub };
    let rows: Vec<_> = (0..plan.repositories)
        .map(|at| {
            let name = format!("acme-{at}/shop");
            (kind(at), scene::add_repository(state, kind(at), &name, code.files()))
        })
        .collect();
    let mut chance = rand::SeedableRng::seed_from_u64(1);
    let open = |index: usize| {
        let (forge, repository) = rows[index % rows.len()];
        let changed = code.push(index, 4, &mut chance);
        let files = changed.iter().map(|(path, text)| (&**path, Some(text)));
        Subject::open(state, index, forge, repository, files)
    };
    (0..plan.changes).map(open).collect()
}

fn head(scene: &Scene, subject: &Subject) -> String {
    let state = scene.simulator.state();
    state.change(subject.repository, subject.number).unwrap().head().to_owned()
}

/// Waits until every head's gate has ended; when each did.
async fn gates(scene: &Scene, tally: &mut Tally, longest: Duration) -> HashMap<String, Instant> {
    let (mut ended, begun) = (HashMap::new(), Instant::now());
    while ended.len() < scene.subjects.len() {
        tokio::time::sleep(LOOK).await;
        let now = Instant::now();
        {
            let state = scene.simulator.state();
            let checks = state.checks.iter().filter(|check| check.conclusion.is_some());
            let statuses = state.statuses.iter().filter(|status| is_ended(&status.state));
            let heads =
                checks.map(|check| &check.head_sha).chain(statuses.map(|status| &status.sha));
            for head in heads {
                if !ended.contains_key(head) {
                    ended.insert(head.clone(), now);
                }
            }
        }
        tally.take(scene);
        assert!(begun.elapsed() < longest, "{} gates ended in {longest:?}", ended.len());
    }
    ended
}

fn report(plan: &Plan, took: Duration, waits: &Sorted, taken: &[Taken], tally: &Tally) {
    let reviews = plan.changes as f64;
    let sum = |of: fn(&Taken) -> f64| taken.iter().map(of).sum::<f64>();
    let cpu = sum(|taken| taken.cpu);
    let peak = taken.iter().map(|taken| taken.peak).fold(0.0, f64::max);
    println!("\n| | |\n|---|---|");
    println!("| time to the last gate | {} |", shown(took));
    println!("| reviews in a second | {:.1} |", reviews / took.as_secs_f64());
    println!("| CPU of the service for each review | {:.0} ms |", cpu / reviews * 1e3);
    println!("| reviews in a second and core of the service | {:.1} |", reviews / cpu);
    println!("| from delivery to gate, p50 | {} |", shown(waits.percentile(50.0)));
    println!("| from delivery to gate, p99 | {} |", shown(waits.percentile(99.0)));
    println!("| peak RSS of a process | {peak:.0} MiB |");
    println!("| calls of the platform for each review | {:.1} |", tally.requests as f64 / reviews);
    println!("| of which write | {:.1} |", tally.writes as f64 / reviews);
    println!("| failed calls | {} |\n", tally.failed);
    for (kind, count) in tally.kinds().into_iter().take(14) {
        println!("    {:6.2} {kind}", count as f64 / reviews);
    }
}

/// Each change request has one review of its head and one gate; nothing stands twice.
async fn check(scene: &Scene, store: &Store) {
    ends::in_the_store(scene, &store.settings).await;
    ends::on_the_platform(scene);
    let reviews = Watch::on(&store.settings).reviews().await.unwrap();
    assert_eq!(reviews, vec![1; scene.subjects.len()], "a review for each head");
    let state = scene.simulator.state();
    let checks = state.checks.iter().map(|check| check.head_sha.as_str());
    let statuses = state.statuses.iter().map(|status| status.sha.as_str());
    let mut gates: HashMap<&str, usize> = HashMap::new();
    checks.chain(statuses).for_each(|head| *gates.entry(head).or_default() += 1);
    assert!(gates.values().all(|gates| *gates == 1), "a gate for each head");
    assert_eq!(gates.len(), scene.subjects.len());
}
