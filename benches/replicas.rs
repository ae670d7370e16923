//! How many reviews one, two and four processes do in a second: `cargo bench --bench replicas`.
//!
//! The processes are real and share one PostgreSQL, which `ASYNCWARDEN_TEST_POSTGRES_URL` names (`tests/postgres start DIR`
//! prints such a URL). The platform is simulated and answers each call after 20 ms, which is what a review waits for most of
//! its time. Each process has two workers; all change requests are delivered at once.

#![allow(clippy::unwrap_used, reason = "a figure of something that failed says nothing")]
#![allow(dead_code, reason = "tests use the rest")]

#[path = "../tests/it/crash/fleet.rs"]
mod fleet;
#[path = "../tests/it/crash/load.rs"]
mod load;
#[path = "../tests/it/crash/scene.rs"]
mod scene;
#[path = "../tests/it/support.rs"]
mod support;

use std::time::{Duration, Instant};

use asyncwarden::forge::simulator::{Event, Fault};

use self::fleet::{Fleet, Launch};
use self::load::Load;
use self::scene::Scene;
use self::support::Database;

/// How long the platform takes for each answer.
const LATENCY: Duration = Duration::from_millis(20);
/// Change requests in each of the four repositories.
const CHANGES: usize = 50;
/// How often it is looked whether all is done.
const LOOK: Duration = Duration::from_millis(10);

#[tokio::main]
async fn main() {
    let mut alone = None;
    for replicas in [1, 2, 4] {
        let Some(database) = Database::create().await else {
            println!("ASYNCWARDEN_TEST_POSTGRES_URL is not set");
            return;
        };
        let scene = Scene::sized(CHANGES).await;
        for method in ["GET", "POST", "PATCH", "PUT"] {
            let slow = Fault::Slow(LATENCY);
            scene.simulator.state().faults.plan(method, "*", 0, u32::MAX, slow);
        }
        let mut environment = scene.environment();
        environment.push(("ASYNCWARDEN_WORKERS", "2".to_owned()));
        let fleet = Fleet::start(replicas, Launch::on(&database.settings(), environment)).await;
        let took = work(&scene, &fleet).await;
        fleet.stop().await;
        let reviews = scene.subjects.len();
        let rate = reviews as f64 / took.as_secs_f64();
        println!(
            "{replicas} processes: {reviews} reviews in {:.1} s, {rate:.1} in a second, {:.2} times as many as one",
            took.as_secs_f64(),
            rate / *alone.get_or_insert(rate)
        );
        scene.end().await;
        database.remove().await;
    }
}

/// Has everything reviewed. Returns how long it took.
async fn work(scene: &Scene, fleet: &Fleet) -> Duration {
    let load = Load::new(scene, fleet);
    let begun = Instant::now();
    let deliveries = scene.subjects.iter().map(async |subject| {
        let mut chance = scene.chance(subject.index);
        load.deliver(subject, &Event::Opened, &mut chance).await;
    });
    futures::future::join_all(deliveries).await;
    while scene.gates().1 < scene.subjects.len() {
        tokio::time::sleep(LOOK).await;
    }
    begun.elapsed()
}
