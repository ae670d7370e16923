//! The whole way with a platform's accounts.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Fault, body_signature};
use chrono::TimeDelta;
use serde_json::json;

use super::browser::Browser;
use super::world::World;
use crate::support::on_every_store_settings;

const PLATFORMS: [ForgeKind; 2] = ForgeKind::ALL;

#[tokio::test]
async fn whoever_signs_in_comes_back_to_the_page_that_they_wanted() {
    on_every_store_settings(async |store| {
        for forge in PLATFORMS {
            let world = World::start(store.clone(), forge, |_, _| {}).await;
            let mut browser = Browser::new();
            let wanted = "/findings?severity=critical";
            let first = browser.get(&world.at(wanted)).await;
            assert_eq!(first.status, 303);
            let ways = browser.open(&world.at(wanted)).await;
            assert!(
                ways.body.contains(&format!("Sign in with {}", forge.title())),
                "{}",
                ways.body
            );
            let (_, rest) = ways.body.split_once("class=\"button\" href=\"").expect("a way");
            let way = rest.split('"').next().expect("an address").replace("&amp;", "&");
            world.simulator.state().oauth.visitor = Some("reader".to_owned());
            let page = browser.open(&world.at(&way)).await;
            assert_eq!((page.status, page.url.as_str()), (200, world.at(wanted).as_str()));
            assert!(
                page.body.contains("acme/mine") && page.body.contains("reader"),
                "{}",
                page.body
            );
            assert!(!page.body.contains("acme/other"), "{}", page.body);
            let cookie = &browser.set["asyncwarden_session"];
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            assert!(!cookie.contains("Secure"), "a browser would not send it back without TLS");
            let violations = world.simulator.state().violations.clone();
            assert!(violations.is_empty(), "{violations:?}");
            world.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_fails_says_why_and_begins_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = asyncwarden::settings::StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    world.simulator.state().oauth.denies = true;
    let (mut browser, page) = world.sign_in("reader").await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("The user has denied your application access."), "{}", page.body);
    assert_eq!(browser.get(&world.at("/")).await.status, 303);

    world.simulator.state().oauth.denies = false;
    world.simulator.state().faults.next("POST", "/login/oauth/access_token", Fault::BadGateway);
    let (mut browser, page) = world.sign_in("reader").await;
    assert_eq!(page.status, 502, "{}", page.body);
    assert_eq!(browser.get(&world.at("/")).await.status, 303);
    world.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere() {
    on_every_store_settings(async |store| {
        let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
        let (mut browser, page) = world.sign_in("reader").await;
        let mut thief = browser.clone();
        let foreign = browser.post(&world.at("/sign-out"), "form_token=").await;
        assert_eq!(foreign.status, 403, "another site's form");
        assert_eq!(browser.get(&world.at("/")).await.status, 200);
        let form = format!("form_token={}", page.form_token());
        let out = browser.post(&world.at("/sign-out"), &form).await;
        assert_eq!(out.status, 303);
        assert_eq!(browser.get(&world.at("/")).await.status, 303);
        assert_eq!(thief.get(&world.at("/")).await.status, 303, "the cookie is worth nothing now");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_back_their_grant_is_signed_out_at_once() {
    on_every_store_settings(async |store| {
        let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
        let (mut browser, _) = world.sign_in("reader").await;
        let (mut other, _) = world.sign_in("boss").await;
        let account = world.simulator.state().people["reader"].id;
        let body = json!({ "action": "revoked", "sender": { "id": account, "login": "reader" } });
        let body = body.to_string();
        let signature = body_signature("a secret", body.as_bytes());
        let told = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let told = told
            .post(world.at("/webhooks/github"))
            .header("x-github-event", "github_app_authorization")
            .header("x-github-delivery", "0b989ba4-242f-11e5-81e1-c7b6966d2516")
            .header("x-hub-signature-256", format!("sha256={signature}"))
            .header("content-type", "application/json")
            .body(body);
        assert_eq!(told.send().await.unwrap().status().as_u16(), 202);
        assert_eq!(browser.get(&world.at("/")).await.status, 303);
        assert_eq!(other.get(&world.at("/")).await.status, 200, "nobody else");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_ends_is_renewed_once_and_one_that_was_taken_back_ends_the_session() {
    for forge in PLATFORMS {
        let folder = tempfile::tempdir().unwrap();
        let store = asyncwarden::settings::StoreSettings::Embedded(folder.path().to_owned());
        let world = World::start(store, forge, |_, _| {}).await;
        world.simulator.state().oauth.token_life = TimeDelta::seconds(30);
        let (mut browser, page) = world.sign_in("reader").await;
        assert_eq!(page.status, 200);
        let given = world.simulator.state().oauth.given;
        assert_eq!(given, 2, "one at the sign-in, one before it was asked what they can read");
        super::readable::forget(&world).await;
        assert_eq!(browser.get(&world.at("/")).await.status, 200);
        assert_eq!(world.simulator.state().oauth.given, 3, "each refresh token was used once");

        world.simulator.state().revoke_grants("reader");
        super::readable::forget(&world).await;
        let page = browser.get(&world.at("/")).await;
        assert_eq!(page.status, 303, "{forge:?}");
        world.stop().await;
    }
}
