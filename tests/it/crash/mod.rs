//! Real processes under load that are killed, lose their database, run out of disk. Afterwards everything is as if nothing
//! had happened: every change request has the review of its newest head, nothing stands twice, every gate is ended, no job is
//! left.
//!
//! `ASYNCWARDEN_CRASH_KILLS` says how often processes are killed (for more than a few, `cargo test --test it crash` sets no
//! limit of time), `ASYNCWARDEN_CRASH_SEED` gives other chances. `ASYNCWARDEN_PREVIOUS_BINARY` names the program of the version
//! before this one, which then runs as the first of several: `two_and_four_processes` shows a rolling upgrade with it.

mod disk;
mod ends;
mod fleet;
mod load;
mod lost;
#[path = "../../../benches/load/modes/mod.rs"]
mod modes;
mod scene;
mod server;
mod smoke;

use std::sync::atomic::{AtomicUsize, Ordering};

use asyncwarden::settings::StoreSettings;
use rand::RngExt;

use self::ends::Outcome;
use self::fleet::{Fleet, Launch};
use self::load::Load;
use self::scene::Scene;
use crate::support::Database;

/// How often processes are killed unless the environment says otherwise.
const KILLS: usize = 8;

/// How many of the kills come before the last pushes, in hundredths.
const BEFORE_THE_LAST: usize = 90;

fn kills() -> usize {
    std::env::var("ASYNCWARDEN_CRASH_KILLS").map_or(KILLS, |text| text.parse().unwrap())
}

/// The end that a calm run of one process comes to.
async fn calm() -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::start().await;
    run(&scene, 1, &StoreSettings::Embedded(folder.path().to_owned()), 0).await;
    let outcome = ends::on_the_platform(&scene);
    scene.end().await;
    // It finds something in most change requests; otherwise all that is compared with it would say little.
    assert!(outcome.values().filter(|(threads, _)| !threads.is_empty()).count() > 6);
    outcome
}

/// Runs processes under load until everything is done; kills one of them so many times.
async fn run(scene: &Scene, replicas: usize, store: &StoreSettings, kills: usize) {
    let fleet = Fleet::start(replicas, Launch::on(store, scene.environment())).await;
    let load = Load::new(scene, &fleet);
    let killed = AtomicUsize::new(0);
    let enough = || killed.load(Ordering::Relaxed) * 100 >= kills * BEFORE_THE_LAST;
    let under_way = async {
        let mut chance = scene.chance(1000);
        let mut in_a_review = 0;
        for _ in 0..kills {
            scene.plan_fault(&mut chance);
            scene.asked(chance.random_range(1..40)).await;
            in_a_review += usize::from(scene.open_gates() > 0);
            fleet.kill_and_start(chance.random_range(0..replicas)).await;
            killed.fetch_add(1, Ordering::Relaxed);
        }
        in_a_review
    };
    let (in_a_review, ()) = tokio::join!(under_way, load.storm(enough));
    ends::settle(scene, store, &fleet).await;
    println!(
        "{replicas} processes, {kills} kills, {in_a_review} of them in a review; {}; {} requests",
        load.tally(),
        scene.simulator.state().requests.len()
    );
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    ends::in_the_store(scene, store).await;
}

/// Kills processes on a store, and compares with the calm run.
async fn kill(replicas: usize, store: &StoreSettings) {
    let scene = Scene::start().await;
    run(&scene, replicas, store, kills()).await;
    assert_eq!(ends::on_the_platform(&scene), calm().await);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_on_the_embedded_store_may_be_killed_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    kill(1, &StoreSettings::Embedded(folder.path().to_owned())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_may_be_killed_at_any_time() {
    let Some(database) = Database::create().await else { return };
    kill(2, &database.settings()).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_behind_a_pooler_may_be_killed_at_any_time() {
    let Some(database) = Database::create().await else { return };
    kill(2, &database.pooled_settings()).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_on_one_database_may_be_killed_at_any_time() {
    let Some(database) = Database::create().await else { return };
    kill(4, &database.settings()).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_and_four_processes_come_to_the_same_end_as_one() {
    let alone = calm().await;
    for replicas in [2, 4] {
        let Some(database) = Database::create().await else { return };
        let scene = Scene::start().await;
        run(&scene, replicas, &database.settings(), 0).await;
        assert_eq!(ends::on_the_platform(&scene), alone, "{replicas} processes");
        scene.end().await;
        database.remove().await;
    }
}
