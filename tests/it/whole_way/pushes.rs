//! What later pushes do to what was said before.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use asyncwarden::analysis::{Analysis, Request, analyse};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{ChangeState, Event, NewChange, State, Thread};
use asyncwarden::store::{Sees, jobs, trends};

use super::world::{BLOCKING, CLEAN, World, everywhere, everywhere_with};

/// The same finding, three lines further down, and another one.
const MOVED_AND_MORE: &str = "import time\n\nONE = 1\nTWO = 2\n\n\nasync def poll():\n    time.sleep(1)\n\n\nasync def wait():\n    time.sleep(60)\n";

#[tokio::test]
async fn a_thread_stays_when_its_line_moves_and_is_resolved_when_it_is_fixed() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let first = world.summary_bodies();
        world.push_and_review(&[("app.py", MOVED_AND_MORE)]).await;
        let lines: Vec<bool> = world.threads().iter().map(|(.., open)| *open).collect();
        assert_eq!(lines, [true, true], "one stays, one is new: {:?}", world.threads());
        let second = world.summary_bodies();
        assert_eq!((first.len(), second.len()), (1, 1), "the summary is changed in place");
        assert_ne!(first, second);
        world.push_and_review(&[("app.py", CLEAN)]).await;
        assert!(world.threads().iter().all(|(.., open)| !open), "{:?}", world.threads());
        assert_eq!(world.summaries(), 1);
        assert_eq!(world.open_gates(), 0);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_person_settled_is_not_said_again() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.change(|change| change.threads[0].resolved_by = Some("maria".to_owned()));
        world.push_and_review(&[("app.py", MOVED_AND_MORE)]).await;
        assert_eq!(world.threads().len(), 2, "only the new one is said");
        // Also when the platform has forgotten the thread.
        world.change(|change| change.threads.remove(0));
        world.push_and_review(&[("other.py", CLEAN)]).await;
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_twice_when_the_store_is_lost() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let folder = tempfile::tempdir().unwrap();
        let mut settings = world.settings.clone();
        settings.store = asyncwarden::settings::StoreSettings::Embedded(folder.path().to_owned());
        let world = world.restart(settings).await;
        world.deliver(&Event::Opened).await;
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        assert_eq!(world.open_gates(), 0);
        world.end().await;
    })
    .await;
}

/// What happens on the platform while the next analysis runs.
static MEANWHILE: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

fn analyse_meanwhile(request: &Request<'_>) -> Analysis {
    let happens = MEANWHILE.lock().unwrap().take();
    happens.into_iter().for_each(|happens| happens());
    analyse(request)
}

#[tokio::test]
async fn a_push_while_the_review_runs_gets_the_comments_and_the_old_head_none() {
    everywhere(async |mut world: World| {
        world.service.worker.analyser = analyse_meanwhile;
        let (simulator, repository) = (world.simulator.clone(), world.repository);
        let push = move || {
            let files = [("app.py", Some(MOVED_AND_MORE))];
            simulator.state().push(repository, "feature", files);
        };
        *MEANWHILE.lock().unwrap() = Some(Box::new(push));
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads().len(), 2, "those of the newest head: {:?}", world.threads());
        let head = world.head();
        let for_head = |thread: &Thread| thread.original_head == head;
        assert!(world.change(|change| change.threads.iter().all(for_head)));
        assert_eq!(world.open_gates(), 0, "the old head's gate is ended, too");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn where_a_comment_is_read_is_kept() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let comment = world.change(|change| change.threads[0].notes[0].id).to_string();
        let mut tx = world.service.store.read().await.unwrap();
        let (forge, number) = (world.forge, world.number());
        let change = trends::change_request(&mut tx, Sees::All, forge, "acme/shop", number);
        let change = change.await.unwrap().unwrap();
        let thread = trends::fates(&mut tx, change.id).await.unwrap()[0].thread.clone().unwrap();
        assert_eq!(thread.comment_id, Some(comment));
        drop(tx);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_request_that_was_closed_keeps_what_was_said() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let writes = world.writes();
        world.change(|change| change.state = ChangeState::Merged);
        world.deliver(&Event::Closed).await;
        assert_eq!(world.writes(), writes);
        world.end().await;
    })
    .await;
}

/// How many analyses there were.
static ANALYSES: AtomicUsize = AtomicUsize::new(0);

fn analyse_and_count(request: &Request<'_>) -> Analysis {
    ANALYSES.fetch_add(1, Ordering::Relaxed);
    analyse(request)
}

/// Does something while the review waits for its place among the analyses, its gate being shown already.
async fn while_it_waits(world: &World, meanwhile: impl AsyncFnOnce()) {
    let places = world.service.worker.analyses.clone();
    let all = places.available_permits() as u32;
    let held = places.acquire_many_owned(all).await.unwrap();
    let meanwhile = async {
        let begun =
            |state: &State| (!state.checks.is_empty() || !state.statuses.is_empty()).then_some(());
        world.simulator.wait_for(Duration::from_secs(20), begun).await.unwrap();
        meanwhile().await;
        drop(held);
    };
    tokio::join!(world.work(), meanwhile);
}

#[tokio::test]
async fn work_for_a_head_that_was_pushed_over_is_left_at_the_next_step() {
    everywhere(async |mut world: World| {
        world.service.worker.analyser = analyse_and_count;
        ANALYSES.store(0, Ordering::Relaxed);
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        while_it_waits(&world, async || {
            let before = world.head();
            world.push(&[("app.py", MOVED_AND_MORE)]);
            let payload = world.payload(&Event::Pushed { before });
            assert_eq!(world.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
        })
        .await;
        assert_eq!(ANALYSES.load(Ordering::Relaxed), 1, "only the newest head is analysed");
        assert_eq!((world.threads().len(), world.open_gates()), (2, 0));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_worker_whose_lease_was_lost_says_nothing() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        while_it_waits(&world, async || {
            let later = chrono::Utc::now() + chrono::TimeDelta::days(1);
            let mut tx = world.service.store.begin().await.unwrap();
            assert_eq!(jobs::revive(&mut tx, chrono::Utc::now(), later).await.unwrap(), 1);
            tx.commit().await.unwrap();
        })
        .await;
        let running = world.gates().iter().filter(|gate| *gate == "running").count();
        assert_eq!(running, 1, "the one that lost it went no further: {:?}", world.gates());
        assert_eq!((world.threads().len(), world.open_gates()), (1, 0));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_reviewed_where_the_settings_of_its_base_want_it() {
    let draft = || NewChange { draft: true, ..NewChange::from_branch("feature", "Poll") };
    let wanted = (".asyncwarden.toml", "drafts = true\n");
    everywhere_with(
        &[wanted],
        |_| {},
        async |mut world: World| {
            world.push(&[("app.py", BLOCKING)]);
            world.open_as(draft()).await;
            assert_eq!((world.threads().len(), world.standing_gates()), (1, (1, 1)));
            world.end().await;
        },
    )
    .await;
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING), wanted]);
        world.open_as(draft()).await;
        assert_eq!((world.threads().len(), world.standing_gates()), (0, (0, 0)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn people_are_told_once_of_all_comments() {
    everywhere(async |mut world: World| {
        let files = [("app.py", BLOCKING), ("other.py", BLOCKING), ("third.py", BLOCKING)];
        world.open(&files).await;
        assert_eq!(world.threads().len(), files.len());
        match world.forge {
            ForgeKind::GitHub => assert_eq!(world.change(|change| change.reviews.len()), 1),
            // The second time is the summary.
            ForgeKind::GitLab => {
                assert_eq!(world.simulator.state().gitlab.notifications, [files.len(), 1]);
            }
        }
        world.end().await;
    })
    .await;
}
