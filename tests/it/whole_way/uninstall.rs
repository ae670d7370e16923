//! The service is uninstalled, suspended, installed again; people settle what it found.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::NewChange;
use asyncwarden::forge::simulator::{Event, INSTALLATION_ID, Installation, InstallationEvent};
use asyncwarden::jobs::sweep;
use asyncwarden::store::{audit, change_requests, installations, jobs};
use chrono::Utc;

use super::world::{BLOCKING, CLEAN, World, everywhere};

/// Runs a test where there are installations.
async fn where_it_is_installed(test: impl AsyncFn(World)) {
    everywhere(async |world| match world.forge {
        ForgeKind::GitHub => test(world).await,
        ForgeKind::GitLab => world.end().await,
    })
    .await;
}

/// Actor and action of all entries, oldest first.
async fn audited(world: &World) -> Vec<(String, String)> {
    let mut tx = world.service.store.read().await.unwrap();
    let entries = audit::latest(&mut tx, 100).await.unwrap();
    entries.into_iter().rev().map(|entry| (entry.actor, entry.action)).collect()
}

fn entry(actor: &str, action: &str) -> (String, String) {
    (actor.to_owned(), action.to_owned())
}

async fn depth(world: &World) -> jobs::Depth {
    let mut tx = world.service.store.read().await.unwrap();
    jobs::depth(&mut tx).await.unwrap()
}

#[tokio::test]
async fn who_uninstalls_the_service_hears_no_more_of_it() {
    where_it_is_installed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let late = world.payload(&Event::Opened);
        world.simulator.state().installations.clear();
        world.tell(INSTALLATION_ID, &InstallationEvent::Deleted).await;
        assert_eq!(world.work().await, 0, "its jobs are ended");
        // An event that is late makes a job, which ends quietly.
        assert_eq!(world.send(&late, "late").await, 202);
        assert_eq!(world.work().await, 1);
        assert_eq!(depth(&world).await, jobs::Depth { queued: 0, running: 0, dead: 0 });
        assert_eq!(audited(&world).await, [entry("platform", "installation-removed")]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn who_installs_it_again_goes_on_where_it_was() {
    where_it_is_installed(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.simulator.state().installations.clear();
        world.tell(INSTALLATION_ID, &InstallationEvent::Deleted).await;
        world.push(&[("app.py", CLEAN)]);
        let again = Installation::granted(90_002);
        world.simulator.state().installations.insert(again.id, again);
        world.tell(90_002, &InstallationEvent::Created).await;
        // The old installation's late event takes nothing back.
        world.tell(INSTALLATION_ID, &InstallationEvent::Added(vec![world.repository])).await;
        assert_eq!(world.work().await, 1, "what is open is looked at");
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        assert!(!world.threads()[0].2, "what is fixed is resolved");
        let mut tx = world.service.store.read().await.unwrap();
        let change = change_requests::by_id(&mut tx, 1).await.unwrap();
        assert_eq!(change.repository.installation_id, Some(90_002));
        drop(tx);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_suspended_installation_is_left_alone_until_it_is_not() {
    where_it_is_installed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        world.tell(INSTALLATION_ID, &InstallationEvent::Suspended).await;
        assert_eq!(world.work().await, 0);
        world.tell(INSTALLATION_ID, &InstallationEvent::Unsuspended).await;
        assert_eq!(world.work().await, 1);
        assert_eq!(world.threads().len(), 1);
        let words = ["installation-suspended", "installation-resumed"];
        assert_eq!(audited(&world).await, words.map(|word| entry("platform", word)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_repository_that_is_taken_out_is_left_alone_until_it_is_added() {
    where_it_is_installed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let repositories = vec![world.repository];
        world.tell(INSTALLATION_ID, &InstallationEvent::Removed(repositories.clone())).await;
        assert_eq!(world.work().await, 0);
        world.tell(INSTALLATION_ID, &InstallationEvent::Added(repositories)).await;
        assert_eq!(world.work().await, 1);
        assert_eq!(world.threads().len(), 1);
        let words = ["repositories-removed", "repositories-returned"];
        assert_eq!(audited(&world).await, words.map(|word| entry("platform", word)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_platform_shows_is_in_reach_whatever_was_said() {
    where_it_is_installed(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        world.tell(INSTALLATION_ID, &InstallationEvent::Deleted).await;
        world.push_and_review(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads().len(), 1);
        let mut tx = world.service.store.read().await.unwrap();
        assert!(!installations::is_out_of_reach(&mut tx, 1).await.unwrap());
        drop(tx);
        let words = ["installation-removed", "repositories-returned"];
        assert_eq!(audited(&world).await, words.map(|word| entry("platform", word)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn gates_of_an_uninstalled_service_are_given_up() {
    where_it_is_installed(async |mut world: World| {
        world.service.worker.analyser = |_| panic!("as this test wants it to");
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let gone = world.simulator.clone();
        {
            let faults = &mut world.simulator.state().faults;
            let refused = asyncwarden::forge::simulator::Fault::BadGateway;
            faults.plan("PATCH", "/repos/*/check-runs/*", 1, 1000, refused);
        }
        assert_eq!(world.work().await, 1);
        gone.state().faults.clear();
        gone.state().installations.clear();
        world.tell(INSTALLATION_ID, &InstallationEvent::Deleted).await;
        let now = Utc::now();
        sweep(&world.service.worker, now, now).await.unwrap();
        let asked = world.simulator.state().requests.len();
        sweep(&world.service.worker, now, now).await.unwrap();
        assert_eq!(world.simulator.state().requests.len(), asked, "asked once, and not again");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn who_settled_a_finding_is_kept() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.change(|change| change.threads[0].resolved_by = Some("maria".to_owned()));
        world.push_and_review(&[("app.py", BLOCKING), ("other.py", CLEAN)]).await;
        world.push_and_review(&[("app.py", BLOCKING), ("other.py", BLOCKING)]).await;
        assert_eq!(audited(&world).await, [entry("@maria", "finding-settled")], "once");
        let mut tx = world.service.store.read().await.unwrap();
        let details = &audit::latest(&mut tx, 1).await.unwrap()[0];
        assert_eq!(details.details["rule"], "AW501");
        assert!(details.subject.contains("acme/shop"), "{}", details.subject);
        drop(tx);
        world.end().await;
    })
    .await;
}
