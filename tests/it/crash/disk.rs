//! The disk under the embedded store takes no more.

use std::path::Path;
use std::process::Command;

use asyncwarden::forge::simulator::Event;
use asyncwarden::settings::StoreSettings;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::ends;
use super::fleet::{Fleet, Launch};
use super::load::{Load, Sent};
use super::scene::Scene;

/// Lets no file of the process grow beyond so many blocks of 512 bytes; a write beyond fails instead of killing it.
const LIMITED: &str = "trap '' XFSZ; ulimit -S -f 4096; exec \"$0\" \"$@\"";
/// Larger than what is left to a full store.
const DELIVERY: usize = 200_000;

/// Gives the disk of a running process all its room back.
fn make_room(process: u32) {
    let given = Command::new("prlimit")
        .args(["--fsize=unlimited", "--pid", &process.to_string()])
        .status()
        .unwrap();
    assert!(given.success());
}

/// Delivers until the disk is full. Returns how many deliveries were accepted.
async fn fill(load: &Load<'_>) -> usize {
    for number in 0..1000 {
        let subject = &load.scene.subjects[number % load.scene.subjects.len()];
        load.scene.inflate(subject, DELIVERY);
        let id = format!("filler-{number}");
        if load.send(subject, &Event::Opened, &id, 0).await == Sent::Away {
            return number;
        }
    }
    panic!("the disk does not fill")
}

/// Delivers the last push of each change request, until it is accepted.
async fn last_pushes(load: &Load<'_>) {
    let mut chance = load.scene.chance(1000);
    for subject in &load.scene.subjects {
        let pushed = load.scene.push_last(subject);
        load.deliver(subject, &pushed, &mut chance).await;
    }
}

async fn integrity(folder: &Path) -> String {
    let options = SqliteConnectOptions::new().filename(folder.join("asyncwarden.db"));
    let mut connection = options.connect().await.unwrap();
    let found =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    found
}

/// What the log says when there is no room, with what to do about it.
const SAID: &str =
    "can't write to its disk, which may be full, over its quota or broken: make room there";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_the_service_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let scene = Scene::start().await;
    let launch = Launch::on(&store, scene.environment()).through(&["sh", "-c", LIMITED]);
    let fleet = Fleet::start(1, launch).await;
    let load = Load::new(&scene, &fleet);
    let filled = fill(&load).await;
    assert!(filled > 0, "some found room");
    fleet.log().wait_for(SAID).await;
    make_room(fleet.process(0).await);
    last_pushes(&load).await;
    ends::settle(&scene, &store, &fleet).await;
    println!("full after {filled} deliveries; {}", load.tally());
    let log = fleet.stop().await;
    assert_eq!(log.count("panicked"), 0, "{}", log.tail());
    assert_eq!(integrity(folder.path()).await, "ok");
    ends::in_the_store(&scene, &store).await;
    assert_eq!(ends::on_the_platform(&scene), super::calm().await);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_on_a_full_disk_leaves_nothing_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let scene = Scene::start().await;
    let launch = Launch::on(&store, scene.environment()).through(&["sh", "-c", LIMITED]);
    let fleet = Fleet::start(1, launch).await;
    let filled = fill(&Load::new(&scene, &fleet)).await;
    fleet.kill(0).await;
    assert_eq!(integrity(folder.path()).await, "ok");
    drop(fleet);

    // Whatever was accepted is reviewed, also if no further delivery comes.
    let fleet = Fleet::start(1, Launch::on(&store, scene.environment())).await;
    let load = Load::new(&scene, &fleet);
    for subject in scene.subjects.iter().skip(filled) {
        load.deliver(subject, &Event::Opened, &mut scene.chance(1000)).await;
    }
    ends::settle(&scene, &store, &fleet).await;
    fleet.stop().await;
    assert_eq!(integrity(folder.path()).await, "ok");
    ends::in_the_store(&scene, &store).await;
    ends::on_the_platform(&scene);
    scene.end().await;
}
