//! The operator's link where there is no provider, and the dashboard that is open to all.

use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::{DashboardAccess, StoreSettings};

use super::browser::Browser;
use super::world::World;
use crate::support::on_every_store_settings;

#[tokio::test]
async fn the_operator_s_link_works_once() {
    on_every_store_settings(async |store| {
        let world = World::start(store, ForgeKind::GitHub, |settings, _| {
            settings.sign_in.github = None;
            settings.sign_in.admins.clear();
        })
        .await;
        let mut browser = Browser::new();
        let page = browser.open(&world.at("/")).await;
        assert!(page.body.contains("in the service's log"), "{}", page.body);
        for wrong in ["", "?token=", "?token=abc"] {
            let page = browser.open(&world.at(&format!("/sign-in/local{wrong}"))).await;
            assert_eq!(page.status, 403, "{wrong}");
        }
        let link = world.app.one_time_link().expect("there is one");
        let page = browser.open(&link).await;
        assert_eq!((page.status, page.url.path()), (200, "/"));
        assert!(page.body.contains("acme/mine") && page.body.contains("acme/other"));
        assert_eq!(browser.get(&world.at("/operations")).await.status, 200);
        assert_eq!(Browser::new().open(&link).await.status, 403, "it is used up");
        let next = world.app.one_time_link().expect("another one");
        assert_eq!(Browser::new().open(&next).await.status, 200);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_came_by_the_link_is_out_once_there_is_a_provider() {
    on_every_store_settings(async |store| {
        let world = World::start(store.clone(), ForgeKind::GitHub, |settings, _| {
            settings.sign_in.github = None;
        })
        .await;
        let mut browser = Browser::new();
        browser.open(&world.app.one_time_link().expect("there is one")).await;
        let cookies = browser.cookies(&world.url).clone();
        world.stop().await;
        for (provider, status) in [(false, 200), (true, 303)] {
            let world = World::start(store.clone(), ForgeKind::GitHub, |settings, _| {
                settings.sign_in.github.take_if(|_| !provider);
            })
            .await;
            *browser.cookies(&world.url) = cookies.clone();
            assert_eq!(browser.get(&world.at("/operations")).await.status, status, "{provider}");
            world.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn with_a_provider_there_is_no_link_and_open_to_all_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store.clone(), ForgeKind::GitHub, |_, _| {}).await;
    assert_eq!(world.app.one_time_link(), None);
    assert_eq!(Browser::new().get(&world.at("/sign-in/local?token=")).await.status, 404);
    world.stop().await;
    let world = World::start(store, ForgeKind::GitHub, |settings, _| {
        settings.sign_in.access = DashboardAccess::Open;
    })
    .await;
    assert_eq!(world.app.one_time_link(), None);
    let page = Browser::new().get(&world.at("/operations")).await;
    assert_eq!(page.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn sessions_live_on_in_other_processes_unless_these_have_another_key() {
    on_every_store_settings(async |store| {
        let world = World::start(store.clone(), ForgeKind::GitHub, |_, _| {}).await;
        let (mut browser, _) = world.sign_in("boss").await;
        let cookies = browser.cookies(&world.url).clone();
        world.stop().await;
        for (key, status) in [(None, 200), (Some("k".repeat(32)), 303)] {
            let world = World::start(store.clone(), ForgeKind::GitHub, |settings, _| {
                settings.sign_in.session_key = key.map(Into::into);
            })
            .await;
            *browser.cookies(&world.url) = cookies.clone();
            assert_eq!(browser.get(&world.at("/operations")).await.status, status);
            world.stop().await;
        }
    })
    .await;
}
