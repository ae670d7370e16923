//! What somebody could try who is not who they say.

use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::StoreSettings;

use super::browser::Browser;
use super::world::World;

async fn world(folder: &tempfile::TempDir) -> World {
    let store = StoreSettings::Embedded(folder.path().to_owned());
    World::start(store, ForgeKind::GitHub, |_, _| {}).await
}

#[tokio::test]
async fn a_sign_in_ends_only_in_the_browser_in_which_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    world.simulator.state().oauth.visitor = Some("boss".to_owned());
    let mut evil = Browser::new();
    let there = evil.get(&world.at("/sign-in/github")).await.location.expect("the platform");
    let back = evil.get(there.as_str()).await.location.expect("the way back");
    // Somebody is led to the address with which the other would have signed in.
    let mut victim = Browser::new();
    let page = victim.get(back.as_str()).await;
    assert_eq!(page.status, 400, "{}", page.body);
    victim.get(&world.at("/sign-in/github")).await;
    let page = victim.get(back.as_str()).await;
    assert_eq!(page.status, 400, "another sign-in was begun here");
    assert_eq!(victim.get(&world.at("/")).await.status, 303);
    // The right browser, once and not twice.
    assert_eq!(evil.get(back.as_str()).await.status, 303);
    assert_eq!(evil.get(back.as_str()).await.status, 400);
    world.stop().await;
}

#[tokio::test]
async fn cookies_that_we_did_not_sign_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    let (mut browser, page) = world.sign_in("reader").await;
    assert_eq!(page.status, 200);
    let real = browser.cookies(&world.url)["asyncwarden_session"].clone();
    // The signature is the first part of it.
    let unsigned = real.chars().skip(44).collect::<String>();
    let other = format!("{}{unsigned}", "A".repeat(44));
    for forged in [unsigned, other, real.to_uppercase(), String::new(), "x".repeat(5000)] {
        browser.cookies(&world.url).insert("asyncwarden_session".to_owned(), forged.clone());
        assert_eq!(browser.get(&world.at("/")).await.status, 303, "{forged}");
    }
    browser.cookies(&world.url).insert("asyncwarden_session".to_owned(), real);
    assert_eq!(browser.get(&world.at("/")).await.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    for evil in ["https://evil.example/", "//evil.example", "/%5Cevil.example", "/%09/evil.example"]
    {
        world.simulator.state().oauth.visitor = Some("reader".to_owned());
        let mut browser = Browser::new();
        let page = browser.open(&world.at(&format!("/sign-in/github?to={evil}"))).await;
        assert_eq!(page.url.authority(), world.url.trim_start_matches("http://"), "{evil}");
        let again = browser.get(&world.at(&format!("/sign-in?to={evil}"))).await;
        let led = again.location.expect("they are signed in already");
        assert_eq!(led.authority(), page.url.authority(), "{evil}");
    }
    world.stop().await;
}
