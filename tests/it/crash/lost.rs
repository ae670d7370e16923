//! PostgreSQL goes away and comes back, or cuts its connections, while everything is at work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use asyncwarden::forge::simulator::Event;
use rand::RngExt;

use super::ends;
use super::fleet::{Fleet, Launch};
use super::load::{Load, Sent};
use super::scene::Scene;
use super::server::Server;
use crate::support::{Database, postgres_server};

/// How long the service may take to notice that its database is back.
const SOON: Duration = Duration::from_secs(30);

/// Sends a delivery until it has this fate.
async fn until(load: &Load<'_>, fate: Sent, number: usize) {
    let subject = &load.scene.subjects[number % load.scene.subjects.len()];
    let id = format!("probe-{number}-{fate:?}");
    let sending = async {
        while load.send(subject, &Event::Reopened, &id, number).await != fate {
            tokio::task::yield_now().await;
        }
    };
    let sent = tokio::time::timeout(SOON, sending).await;
    assert!(sent.is_ok(), "no delivery is {fate:?}\n{}", load.fleet.log().tail());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_under_load_loses_nothing() {
    const RESTARTS: usize = 2;
    if postgres_server().is_none() {
        return;
    }
    let server = Server::start(&[]);
    let store = server.settings();
    let scene = Scene::start().await;
    let fleet = Fleet::start(2, Launch::on(&store, scene.environment())).await;
    let load = Load::new(&scene, &fleet);
    let over = AtomicBool::new(false);
    let restarts = async {
        let mut chance = scene.chance(1000);
        for number in 0..RESTARTS {
            scene.asked(chance.random_range(20..60)).await;
            server.tell("stop");
            until(&load, Sent::Away, number).await;
            server.tell("start");
            until(&load, Sent::Accepted, number).await;
        }
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(restarts, load.storm(|| over.load(Ordering::Relaxed)));
    ends::settle(&scene, &store, &fleet).await;
    println!("{RESTARTS} restarts; {}", load.tally());
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    ends::in_the_store(&scene, &store).await;
    assert_eq!(ends::on_the_platform(&scene), super::calm().await);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_lose_nothing() {
    const CUTS: usize = 20;
    let Some(database) = Database::create().await else { return };
    let store = database.settings();
    let scene = Scene::start().await;
    let fleet = Fleet::start(2, Launch::on(&store, scene.environment())).await;
    let load = Load::new(&scene, &fleet);
    let over = AtomicBool::new(false);
    let cuts = async {
        let mut chance = scene.chance(1000);
        let mut cut = 0;
        for _ in 0..CUTS {
            scene.asked(chance.random_range(1..30)).await;
            cut += database.cut_off().await;
        }
        over.store(true, Ordering::Relaxed);
        cut
    };
    let (cut, ()) = tokio::join!(cuts, load.storm(|| over.load(Ordering::Relaxed)));
    ends::settle(&scene, &store, &fleet).await;
    println!("{cut} connections cut in {CUTS} rounds; {}", load.tally());
    assert!(cut >= CUTS as i64, "{cut} connections were cut");
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    ends::in_the_store(&scene, &store).await;
    assert_eq!(ends::on_the_platform(&scene), super::calm().await);
    scene.end().await;
    database.remove().await;
}
