//! The service moves from the embedded store to PostgreSQL, and back.

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, NewChange};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::{Store, jobs};
use chrono::Utc;

use super::world::{BLOCKING, CLEAN, World};
use crate::database::count;
use crate::moving::{exported, imported};
use crate::support::on_both_stores;

/// Lines but the first and the last, and what tells of imports.
fn told(lines: &[String]) -> Vec<&String> {
    let own = |line: &&String| !line.contains("\"action\":\"import\"");
    lines[1..lines.len() - 1].iter().filter(own).collect()
}

/// What there is to move: two reviews, findings in all states, a job that waits and one that is at hand.
async fn filled(forge: ForgeKind, store: StoreSettings) -> World {
    let more = [(".asyncwarden.toml", "max-comments = 5\n")];
    let mut world = World::start(forge, store, &more, |_| {}).await;
    world.open(&[("app.py", BLOCKING), ("other.py", BLOCKING)]).await;
    world.change(|change| change.threads[0].resolved_by = Some("maria".to_owned()));
    world.push_and_review(&[("other.py", CLEAN), ("third.py", BLOCKING)]).await;
    world.push(&[("fourth.py", BLOCKING)]);
    let payload = world.payload(&Event::Pushed { before: world.head() });
    assert_eq!(world.send(&payload, "the last push").await, 202);
    world.simulator.state().push(world.repository, "another", [("app.py", Some(CLEAN))]);
    world.announce(NewChange::from_branch("another", "Wait")).await;
    let mut tx = world.service.store.begin().await.unwrap();
    jobs::claim(&mut tx, Utc::now(), Duration::from_secs(60)).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    world
}

#[tokio::test]
async fn a_service_that_moves_goes_on_and_says_nothing_twice() {
    for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
        on_both_stores(async |embedded, postgres| {
            eprintln!("with {}", forge.as_str());
            let world = filled(forge, embedded).await;
            let first = exported(&world.service.store).await;
            for part in [
                "\"table\":\"findings\"",
                "\"closed_by\":\"maria\"",
                "\"table\":\"repository_totals\"",
                "\"content\":{\"settings\":{\"max-comments\":5}}",
            ] {
                assert!(first.iter().any(|line| line.contains(part)), "{part}");
            }
            let summary =
                first.iter().find(|line| line.contains("\"table\":\"change_requests\"")).unwrap();
            assert!(!summary.contains("\"summary_id\":null"), "{summary}");
            let used = first.iter().filter(|line| line.contains("\"table\":\"reviews\""));
            assert!(
                used.clone().count() == 2
                    && used.clone().all(|line| !line.contains("\"settings_id\":null"))
            );
            assert!(!first.iter().any(|line| line.contains("\"state\":\"running\"")));

            let moved = Store::open(&postgres).await.unwrap();
            imported(&moved, &first).await.unwrap();
            let second = exported(&moved).await;
            moved.close().await;
            assert_eq!(told(&first), told(&second), "what arrived is what left");
            let folder = tempfile::tempdir().unwrap();
            let back =
                Store::open(&StoreSettings::Embedded(folder.path().to_owned())).await.unwrap();
            imported(&back, &second).await.unwrap();
            assert_eq!(told(&first), told(&exported(&back).await), "and back");
            back.close().await;

            let mut settings = world.settings.clone();
            settings.store = postgres.clone();
            let world = world.restart(settings).await;
            let writes = world.writes();
            let payload = world.payload(&Event::Opened);
            assert_eq!(world.send(&payload, "the last push").await, 202);
            assert_eq!(world.writes(), writes, "a known delivery makes no job");
            assert_eq!(world.work().await, 2, "what waited and what was at hand is done");
            let comments = count(&postgres, "SELECT count(*) FROM threads").await;
            assert_eq!(comments, 4);
            let (threads, plain): (Vec<usize>, Vec<usize>) = {
                let state = world.simulator.state();
                state.changes.values().map(|it| (it.threads.len(), it.comments.len())).unzip()
            };
            assert_eq!((threads, plain), (vec![4, 0], vec![1, 0]), "each once");
            let totals = "SELECT critical FROM repository_totals";
            let open = "SELECT count(*) FROM findings WHERE state = 'open'";
            let (totals, open) = (count(&postgres, totals).await, count(&postgres, open).await);
            assert_eq!((totals, open), (2, 2), "triggers are awake again");
            world.end().await;
        })
        .await;
    }
}
