//! What the store keeps of repositories beside reviews, and for how long: names, installations, settings, who did what.

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::store::audit::{self, Action, Actor};
use asyncwarden::store::deliveries::{self, Delivery, Outcome, Stored};
use asyncwarden::store::erase::{self, Doomed, Step};
use asyncwarden::store::installations::{self, Became};
use asyncwarden::store::{Sees, Store, Transaction};
use asyncwarden::store::{change_requests, chores, jobs, repositories, settings_snapshots};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::support::on_every_store;

const GITHUB: ForgeKind = ForgeKind::GitHub;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

fn repository(external_id: i64, full_name: &str, installation: i64) -> RepositoryRef {
    RepositoryRef {
        forge: GITHUB,
        external_id,
        full_name: full_name.to_owned(),
        installation_id: Some(installation),
    }
}

async fn remember(tx: &mut Transaction, repository: &RepositoryRef, second: i64) -> i64 {
    repositories::remember(tx, repository, at(second)).await.unwrap()
}

/// Remembers a change request of a repository; whether it can be reached, and through which installation.
async fn reach(tx: &mut Transaction, repository: &RepositoryRef, second: i64) -> (bool, i64) {
    let change = ChangeRequest { repository: repository.clone(), number: 3 };
    let id = change_requests::remember(tx, &change, at(second)).await.unwrap();
    let out = installations::is_out_of_reach(tx, id).await.unwrap();
    let change = change_requests::by_id(tx, id).await.unwrap();
    (!out, change.repository.installation_id.unwrap())
}

async fn became(tx: &mut Transaction, installation: i64, became: Became, second: i64) -> bool {
    let account = Some("octo");
    let known = installations::became(tx, GITHUB, installation, account, became, at(second)).await;
    known.unwrap().removed
}

async fn actions(tx: &mut Transaction) -> Vec<String> {
    let entries = audit::latest(tx, 100).await.unwrap();
    entries.into_iter().rev().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn an_old_name_leads_to_the_repository_that_had_it_last() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        remember(&mut tx, &repository(7, "octo/loops", 1), 0).await;
        remember(&mut tx, &repository(7, "octo/knots", 1), 10).await;
        remember(&mut tx, &repository(8, "Octo/Loops", 1), 20).await;
        remember(&mut tx, &repository(8, "octo/rings", 1), 30).await;
        let renamed = async |tx: &mut Transaction, name| {
            repositories::renamed(tx, Sees::All, GITHUB, name).await.unwrap()
        };
        assert_eq!(renamed(&mut tx, "OCTO/loops").await.as_deref(), Some("octo/rings"));
        let day = 24 * 3600;
        remember(&mut tx, &repository(7, "octo/loops", 1), 2 * day).await;
        assert_eq!(renamed(&mut tx, "octo/LOOPS").await.as_deref(), Some("octo/loops"));
        assert_eq!(renamed(&mut tx, "octo/knots").await.as_deref(), Some("octo/loops"));
        assert_eq!(renamed(&mut tx, "octo/none").await, None);
        let elsewhere =
            repositories::renamed(&mut tx, Sees::All, ForgeKind::GitLab, "octo/knots").await;
        assert_eq!(elsewhere.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_removed_installation_stays_so_whatever_comes_late() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let loops = repository(7, "octo/loops", 1);
        assert_eq!(reach(&mut tx, &loops, 0).await, (true, 1));
        assert!(became(&mut tx, 1, Became::Removed, 10).await);
        assert_eq!(reach(&mut tx, &loops, 20).await, (false, 1));
        assert!(became(&mut tx, 1, Became::Present, 30).await, "an event that is late");
        assert_eq!(reach(&mut tx, &loops, 40).await, (false, 1));
        let change = ChangeRequest { repository: loops.clone(), number: 3 };
        let id = change_requests::remember(&mut tx, &change, at(50)).await.unwrap();
        installations::reached(&mut tx, id, &change, at(60)).await.unwrap();
        assert_eq!(reach(&mut tx, &loops, 70).await, (true, 1), "but for the platform's own word");
        installations::reached(&mut tx, id, &change, at(80)).await.unwrap();
        assert_eq!(actions(&mut tx).await, ["installation-removed", "repositories-returned"]);
    })
    .await;
}

#[tokio::test]
async fn a_repository_moves_to_the_new_installation_and_not_back() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let old = repository(7, "octo/loops", 1);
        reach(&mut tx, &old, 0).await;
        became(&mut tx, 1, Became::Removed, 10).await;
        assert_eq!(reach(&mut tx, &repository(7, "octo/loops", 2), 20).await, (true, 2));
        assert_eq!(reach(&mut tx, &old, 30).await, (true, 2), "a late event of the old one");
        let row = installations::remember(&mut tx, GITHUB, 3, at(40)).await.unwrap().id;
        let moved = installations::take_in(&mut tx, GITHUB, row, &[7, 99]).await.unwrap();
        assert_eq!(moved.len(), 1, "those that nobody spoke of are not made");
        assert_eq!(installations::repositories(&mut tx, row).await.unwrap(), moved);
        let again = installations::take_in(&mut tx, GITHUB, row, &[7]).await.unwrap();
        assert_eq!(again, [] as [i64; 0]);
        assert_eq!(reach(&mut tx, &repository(7, "octo/loops", 3), 50).await, (true, 3));
    })
    .await;
}

#[tokio::test]
async fn a_repository_that_was_taken_out_is_out_of_reach() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let (loops, knots) = (repository(7, "octo/loops", 1), repository(8, "octo/knots", 1));
        reach(&mut tx, &loops, 0).await;
        reach(&mut tx, &knots, 0).await;
        assert_eq!(installations::take_out(&mut tx, GITHUB, &[7, 99], at(1)).await.unwrap(), 1);
        assert_eq!(reach(&mut tx, &loops, 2).await, (false, 1));
        assert_eq!(reach(&mut tx, &knots, 2).await, (true, 1));
        became(&mut tx, 1, Became::Suspended, 3).await;
        assert_eq!(reach(&mut tx, &knots, 4).await, (false, 1));
        let unseen = change_requests::unseen(&mut tx, at(100), 10).await.unwrap();
        assert_eq!(unseen, [], "what is out of reach is not looked for");
        became(&mut tx, 1, Became::Present, 5).await;
        assert_eq!(reach(&mut tx, &knots, 6).await, (true, 1));
        let unseen = change_requests::unseen(&mut tx, at(100), 10).await.unwrap();
        assert_eq!(unseen.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn settings_are_kept_once_and_noted_when_they_change() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let loops = repository(7, "octo/loops", 1);
        let row = remember(&mut tx, &loops, 0).await;
        let other = remember(&mut tx, &repository(8, "octo/knots", 1), 0).await;
        let keep = async |tx: &mut Transaction, row, stated, second| {
            settings_snapshots::keep(tx, row, &loops, &stated, true, at(second)).await.unwrap()
        };
        let hostile = json!({ "settings": { "a\0": "b\0", "ignore": ["AW501"] } });
        let first = keep(&mut tx, row, json!({}), 1).await;
        assert_eq!(keep(&mut tx, row, json!({}), 2).await, first);
        assert_ne!(keep(&mut tx, other, json!({}), 2).await, first);
        assert_eq!(actions(&mut tx).await, [] as [&str; 0], "the first ones are no change");
        let second = keep(&mut tx, row, hostile.clone(), 3).await;
        assert_ne!(second, first);
        assert_eq!(keep(&mut tx, row, hostile, 4).await, second);
        assert_eq!(
            keep(&mut tx, row, json!({}), 5).await,
            first,
            "another branch has the old ones"
        );
        assert_eq!(actions(&mut tx).await, ["settings-changed"]);
        assert_eq!(audit::latest(&mut tx, 1).await.unwrap()[0].subject, "github/octo/loops");
    })
    .await;
}

#[tokio::test]
async fn a_delivery_knows_where_it_belongs() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let delivery = |id, repository| Delivery {
            forge: GITHUB,
            id,
            event: "pull_request",
            action: None,
            repository,
            payload: None,
            outcome: Outcome::Queued,
            received_at: at(0),
        };
        let first = delivery("one", Some(7));
        assert_eq!(deliveries::store(&mut tx, &first).await.unwrap(), Stored::Unplaced);
        remember(&mut tx, &repository(7, "octo/loops", 1), 0).await;
        deliveries::place(&mut tx, &first, None).await.unwrap();
        let second = delivery("two", Some(7));
        assert_eq!(deliveries::store(&mut tx, &second).await.unwrap(), Stored::Placed);
        assert_eq!(deliveries::store(&mut tx, &second).await.unwrap(), Stored::SeenBefore);
        let nowhere = delivery("three", None);
        assert_eq!(deliveries::store(&mut tx, &nowhere).await.unwrap(), Stored::Unplaced);
        let installation = installations::remember(&mut tx, GITHUB, 1, at(0)).await.unwrap().id;
        deliveries::place(&mut tx, &nowhere, Some(installation)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_takes_every_word_and_lets_go_of_what_is_old() {
    on_every_store(async |store: Store| {
        let mut tx = store.begin().await.unwrap();
        let actions = [
            Action::InstallationRemoved,
            Action::InstallationSuspended,
            Action::InstallationResumed,
            Action::RepositoriesRemoved,
            Action::RepositoriesReturned,
            Action::DataDeleted,
            Action::FindingSettled,
            Action::SettingsChanged,
            Action::JobRedriven,
            Action::Export,
            Action::Import,
        ];
        let actors = [
            Actor::Retention,
            Actor::Uninstall,
            Actor::Operator,
            Actor::Platform,
            Actor::Person(Some("retention")),
            Actor::Person(Some("")),
            Actor::Person(None),
        ];
        for (second, action) in (0..).zip(actions) {
            let actor = actors[second as usize % actors.len()];
            audit::note(&mut tx, actor, action, "store", json!({}), at(second)).await.unwrap();
        }
        let entries = audit::latest(&mut tx, 100).await.unwrap();
        assert_eq!(entries[0].action, "import", "the newest is the first");
        let actor = |at: usize| entries[entries.len() - 1 - at].actor.as_str();
        assert_eq!([actor(4), actor(5), actor(6)], ["@retention", "unknown", "unknown"]);
        assert_eq!(audit::forget(&mut tx, at(5), 3).await.unwrap(), 3);
        assert_eq!(audit::forget(&mut tx, at(5), 3).await.unwrap(), 2);
        assert_eq!(audit::forget(&mut tx, at(5), 3).await.unwrap(), 0);
        assert_eq!(audit::latest(&mut tx, 100).await.unwrap().len(), actions.len() - 5);
    })
    .await;
}

#[tokio::test]
async fn of_rivals_one_does_a_chore_and_not_before_its_time() {
    on_every_store(async |store: Store| {
        let take = async |second| {
            let mut tx = store.begin().await.unwrap();
            let next = at(second + 3600);
            let taken = chores::take(&mut tx, "dishes", at(second), next).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        let rivals = async |second| {
            let taken = futures::future::join_all((0..8).map(|_| take(second))).await;
            taken.into_iter().filter(|taken| *taken).count()
        };
        assert_eq!([rivals(0).await, rivals(3599).await, rivals(3600).await], [1, 0, 1]);
        let mut tx = store.begin().await.unwrap();
        chores::go_on(&mut tx, "dishes", at(3700)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(take(3700).await);
    })
    .await;
}

/// A transaction with change requests that ended at second 0.
async fn with_ended(store: &Store, how_many: i64) -> Transaction {
    let mut tx = store.begin().await.unwrap();
    for number in 0..how_many {
        let change = ChangeRequest { repository: repository(7, "octo/loops", 1), number };
        let id = change_requests::remember(&mut tx, &change, at(0)).await.unwrap();
        change_requests::gone(&mut tx, id, at(0)).await.unwrap();
    }
    tx
}

#[tokio::test]
async fn much_goes_in_small_steps() {
    on_every_store(async |store: Store| {
        let mut tx = with_ended(&store, 120).await;
        let asked = ChangeRequest { repository: repository(7, "octo/loops", 1), number: 0 };
        jobs::enqueue(&mut tx, &asked, jobs::Asked::Changed, at(1)).await.unwrap();
        assert_eq!(erase::ended_change_requests(&mut tx, at(0)).await.unwrap(), 0);
        let mut steps = Vec::new();
        for _ in 0..4 {
            steps.push(erase::ended_change_requests(&mut tx, at(1)).await.unwrap());
        }
        assert_eq!(steps, [50, 50, 19, 0], "one has a job");
    })
    .await;
}

#[tokio::test]
async fn a_repository_goes_step_by_step_unless_it_comes_back() {
    on_every_store(async |store: Store| {
        let mut tx = with_ended(&store, 60).await;
        let doomed =
            async |tx: &mut Transaction, second| erase::removed(tx, at(second)).await.unwrap();
        assert_eq!(doomed(&mut tx, 100).await, None);
        installations::take_out(&mut tx, GITHUB, &[7], at(10)).await.unwrap();
        assert_eq!(doomed(&mut tx, 10).await, None);
        let removed = doomed(&mut tx, 100).await.unwrap();
        let step = async |tx: &mut Transaction, one: &Doomed| {
            erase::step(tx, one, Actor::Uninstall, at(100)).await.unwrap()
        };
        assert_eq!(step(&mut tx, &removed).await, Step::More);
        let row = installations::remember(&mut tx, GITHUB, 1, at(20)).await.unwrap().id;
        installations::take_in(&mut tx, GITHUB, row, &[7]).await.unwrap();
        assert_eq!(step(&mut tx, &removed).await, Step::Spared);
        let named = erase::named(&mut tx, GITHUB, "Octo/LOOPS").await.unwrap();
        assert_eq!(step(&mut tx, &named[0]).await, Step::More, "an operator may");
        assert_eq!(step(&mut tx, &named[0]).await, Step::Gone);
        assert_eq!(step(&mut tx, &named[0]).await, Step::Spared);
        assert_eq!(actions(&mut tx).await, ["data-deleted"]);
        assert_eq!(erase::named(&mut tx, GITHUB, "octo/loops").await.unwrap(), []);
    })
    .await;
}
