//! What somebody can read is asked on the platform, and for a while not again.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Fault, Level};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::people;
use chrono::{TimeDelta, Utc};

use super::world::World;
use crate::support::on_every_store_settings;

/// Lets what is known of the reader be of long ago.
pub(super) async fn forget(world: &World) {
    age(world, TimeDelta::hours(2)).await;
}

async fn age(world: &World, age: TimeDelta) {
    let mut tx = world.app.store.begin().await.unwrap();
    for id in 1..=5 {
        if let Some(person) = people::person(&mut tx, id).await.unwrap()
            && person.login == "reader"
        {
            let ids = [world.mine.external_id];
            let then = Utc::now() - age;
            people::set_readable(&mut tx, id, world.forge, &ids, then).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

fn asked(world: &World) -> usize {
    let state = world.simulator.state();
    let lists = ["/user/installations", "/api/v4/projects"];
    state.requests.iter().filter(|request| lists.contains(&request.path.as_str())).count()
}

#[tokio::test]
async fn what_was_taken_away_is_gone_after_a_while_and_what_was_given_is_there() {
    on_every_store_settings(async |store| {
        for forge in ForgeKind::ALL {
            let world = World::start(store.clone(), forge, |_, _| {}).await;
            let (mut browser, _) = world.sign_in("reader").await;
            let before = asked(&world);
            let page = browser.get(&world.at("/")).await;
            assert!(page.body.contains("acme/mine") && !page.body.contains("acme/other"));
            assert_eq!(asked(&world), before, "it is known as of now");
            {
                let mut state = world.simulator.state();
                state.people.get_mut("reader").unwrap().access.clear();
                state.grant("reader", world.other.external_id, Level::Read);
            }
            forget(&world).await;
            let page = browser.get(&world.at("/")).await;
            assert!(
                page.body.contains("acme/other") && !page.body.contains("acme/mine"),
                "{}",
                page.body
            );
            assert_eq!(asked(&world), before + 1);
            world.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_platform_is_away_what_was_known_lately_counts_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    let (mut browser, _) = world.sign_in("reader").await;
    for (minutes, status) in [(20, 200), (40, 503)] {
        age(&world, TimeDelta::minutes(minutes)).await;
        world.simulator.state().faults.next("GET", "/user/installations", Fault::BadGateway);
        let page = browser.get(&world.at("/")).await;
        assert_eq!(page.status, status, "{}", page.body);
    }
    assert_eq!(browser.get(&world.at("/")).await.status, 200, "it is back");
    world.stop().await;
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    for forge in ForgeKind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreSettings::Embedded(folder.path().to_owned());
        let world = World::start(store, forge, |_, _| {}).await;
        {
            let mut state = world.simulator.state();
            // Those before the one that we know fill two pages.
            for n in 0..230 {
                let id = state.add_repository(&format!("acme/more{n}"), [("a.py", "")]);
                state.grant("stranger", id, Level::Read);
            }
            let last = state.add_repository("acme/last", [("a.py", "")]);
            state.grant("stranger", last, Level::Read);
        }
        let last = world.simulator.state().repository("acme/last").unwrap().id;
        let known = asyncwarden::forge::RepositoryRef {
            forge,
            external_id: last,
            full_name: "acme/last".to_owned(),
            installation_id: None,
        };
        let change = asyncwarden::forge::ChangeRequest { repository: known, number: 1 };
        let revision =
            crate::dashboard::revision(&change, "b", asyncwarden::forge::RevisionState::Open);
        crate::dashboard::review(&world.app.store, &revision, Vec::new(), Utc::now()).await;
        let (_, page) = world.sign_in("stranger").await;
        assert!(page.body.contains("acme/last"), "{forge:?}: {}", page.body);
        world.stop().await;
    }
}

#[tokio::test]
async fn what_everybody_can_read_is_shown_to_whoever_asks_for_it() {
    on_every_store_settings(async |store| {
        for forge in ForgeKind::ALL {
            let world = World::start(store.clone(), forge, |_, _| {}).await;
            let (mut browser, page) = world.sign_in("stranger").await;
            assert_eq!(page.status, 200);
            let at = |path: &str| world.at(path);
            let repository = at(&format!("/repositories/{}/acme/other", forge.as_str()));
            let review = at(&format!("/reviews/{}", world.other.review));
            let change = at(&format!("/changes/{}/acme/other/7", forge.as_str()));
            assert_eq!(browser.get(&repository).await.status, 404, "it is private");
            let asked = || {
                let (state, id) = (world.simulator.state(), world.other.external_id.to_string());
                state.requests.iter().filter(|request| request.path.ends_with(&id)).count()
            };
            let once = asked();
            assert_eq!(browser.get(&review).await.status, 404);
            assert_eq!((once, asked()), (1, 1), "it was asked a moment ago");

            let mine = world.mine.external_id;
            world.simulator.state().repositories.get_mut(&mine).unwrap().private = false;
            let mine = at(&format!("/reviews/{}", world.mine.review));
            assert_eq!(browser.get(&mine).await.status, 200, "{forge:?}");
            let page = browser.get(&at("/")).await;
            assert!(page.body.contains("acme/mine") && !page.body.contains("acme/other"));
            assert_eq!(browser.get(&change).await.status, 404);
            world.stop().await;
        }
    })
    .await;
}
