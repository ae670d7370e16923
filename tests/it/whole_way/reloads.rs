//! Settings that are read anew while the service runs.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, NewChange, Receiver, Signing};
use asyncwarden::settings::{Settings, StoreSettings};
use asyncwarden::store::processes;

use super::world::{BLOCKING, World, everywhere, in_memory};

/// Sends a delivery that is signed with another secret.
async fn signed_with(world: &World, secret: &str, id: &str) -> u16 {
    let secret = secret.to_owned();
    let signing = match world.forge {
        ForgeKind::GitHub => Signing::Digest(secret),
        ForgeKind::GitLab => Signing::Token(secret),
    };
    let receiver = Receiver { signing, ..world.receiver() };
    let payload = world.payload(&Event::Opened);
    world.simulator.send(&receiver, &payload, id).await.unwrap()
}

#[tokio::test]
async fn a_new_secret_counts_without_a_restart_and_what_was_said_is_known() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let writes = world.writes();
        assert_eq!(signed_with(&world, "the next secret of it", "early").await, 401);
        let mut settings = world.settings.clone();
        if let Some(github) = &mut settings.github {
            github.webhook_secrets.insert(0, "the next secret of it".into());
        }
        if let Some(gitlab) = &mut settings.gitlab {
            gitlab.hooks[0].tokens.insert(0, "the next secret of it".into());
        }
        let address = world.service.addr;
        world.service.reload(settings).await.unwrap();
        assert_eq!(world.service.addr, address);
        assert_eq!(signed_with(&world, "the next secret of it", "new").await, 202);
        let payload = world.payload(&Event::Opened);
        assert_eq!(world.send(&payload, "old").await, 202, "both count while one is replaced");
        assert_eq!(world.work().await, 1);
        assert_eq!(world.writes(), writes, "nothing is said twice");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn settings_that_do_not_work_change_nothing() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(ForgeKind::GitHub, store, &[], |_| {}).await;
    let mut settings = world.settings.clone();
    settings.github.as_mut().unwrap().private_key = "no key".into();
    assert!(world.service.reload(settings).await.is_err());
    world.push(&[("app.py", BLOCKING)]);
    world.open_as(NewChange::from_branch("feature", "Poll")).await;
    assert_eq!(world.gates(), ["running", "failed"]);
    world.end().await;
}

#[tokio::test]
async fn others_are_told_of_as_many_workers_as_there_are() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(ForgeKind::GitHub, store, &[], |_| {}).await;
    let settings = Settings { workers: 3, ..world.settings.clone() };
    world.service.reload(settings).await.unwrap();
    loop {
        let mut tx = world.service.store.read().await.unwrap();
        let told: Vec<i64> =
            processes::all(&mut tx, 9).await.unwrap().iter().map(|it| it.workers).collect();
        if told == [3] {
            break;
        }
        assert_eq!(told, [world.settings.workers as i64]);
        drop(tx);
        tokio::task::yield_now().await;
    }
    world.end().await;
}

#[tokio::test]
async fn a_job_at_hand_ends_and_its_lease_is_its_own() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(ForgeKind::GitHub, store, &[], |settings| {
        settings.workers = 2;
    })
    .await;
    world.push(&[("app.py", BLOCKING)]);
    world.open_unheard(NewChange::from_branch("feature", "Poll"));
    let payload = world.payload(&Event::Opened);
    assert_eq!(world.send(&payload, "one").await, 202);
    // However far the job has got by now, it is done once.
    for _ in 0..3 {
        world.service.reload(world.settings.clone()).await.unwrap();
    }
    while world.standing_gates() != (1, 1) {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.threads().len(), 1);
    world.end().await;
}
