//! Access tokens: made and revoked on a page, sent by programs.

use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::jobs::{self, Asked};
use chrono::Utc;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::browser::{Browser, Page};
use super::world::World;
use crate::dashboard::change;
use crate::support::on_every_store_settings;

/// The token on the page, if it shows one.
fn shown(page: &Page) -> Option<String> {
    let (_, rest) = page.body.split_once("<code id=\"made\">")?;
    Some(rest.split('<').next()?.to_owned())
}

/// Status and body of an answer to a program.
async fn call(world: &World, token: &str, path: &str) -> (u16, Value) {
    let client = Client::builder().no_proxy().build().unwrap();
    let response = client.get(world.at(path)).bearer_auth(token).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn make(browser: &mut Browser, world: &World, rest: &str) -> Page {
    let form_token = browser.get(&world.at("/account/tokens")).await.form_token();
    let form = format!("form_token={form_token}&{rest}");
    browser.post(&world.at("/account/tokens"), &form).await
}

#[tokio::test]
async fn a_token_reads_what_its_person_reads_until_it_is_revoked() {
    on_every_store_settings(async |store: StoreSettings| {
        let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
        let (mut reader, _) = world.sign_in("reader").await;
        let page = make(&mut reader, &world, "name=a+%3Cscript%3E&read=yes&days=7").await;
        assert_eq!(page.status, 201, "{}", page.body);
        let token = shown(&page).unwrap();
        assert!(token.starts_with("awp_") && page.body.contains("a &#60;script&#62;"));
        let again = reader.get(&world.at("/account/tokens")).await;
        assert!(shown(&again).is_none() && !again.body.contains(&token), "it is shown once");

        let (status, found) = call(&world, &token, "/api/v1/repositories").await;
        let names: Vec<_> =
            found["items"].as_array().unwrap().iter().map(|it| &it["full_name"]).collect();
        assert_eq!((status, names), (200, vec![&json!("acme/mine")]));
        let other = format!("/api/v1/reviews/{}", world.other.review);
        assert_eq!(call(&world, &token, &other).await.0, 404);
        let (status, problem) = call(&world, &token, "/api/v1/operations").await;
        assert_eq!((status, &problem["type"]), (403, &json!("/api#missing-scope")));

        // A token opens the API, and no page.
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let asked = client.build().unwrap().get(world.at("/")).bearer_auth(&token).send();
        assert_eq!(asked.await.unwrap().status(), 303);

        let used = reader.get(&world.at("/account/tokens")).await;
        assert!(used.body.contains("just now") && !used.body.contains("never"));
        let revoke = used.body.split("action=\"/account/tokens/").nth(1).unwrap();
        let revoke = format!("/account/tokens/{}", revoke.split('"').next().unwrap());
        let form = format!("form_token={}", used.form_token());
        let (mut stranger, _) = world.sign_in("stranger").await;
        let own = stranger.get(&world.at("/account/tokens")).await;
        assert!(!own.body.contains(&revoke), "others' tokens are not there");
        let foreign = format!("form_token={}", own.form_token());
        assert_eq!(stranger.post(&world.at(&revoke), &foreign).await.status, 404);
        assert_eq!(call(&world, &token, "/api/v1/me").await.0, 200);
        assert_eq!(reader.post(&world.at(&revoke), &form).await.status, 303);
        assert_eq!(call(&world, &token, "/api/v1/me").await.0, 401);
        assert_eq!(reader.post(&world.at(&revoke), &form).await.status, 404);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_form_says_what_it_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    let (mut reader, _) = world.sign_in("reader").await;
    let long = "x".repeat(101);
    for (form, problem) in [
        ("name=&read=yes&days=7", "The name: "),
        (&*format!("name={long}&read=yes&days=7"), "The name: "),
        ("name=a&days=7", "What for: "),
        // Only admins operate.
        ("name=a&operations=yes&days=7", "What for: "),
        ("name=a&read=yes&days=0", "Days: "),
        ("name=a&read=yes&days=367", "Days: "),
        ("name=a&read=yes&days=", "Days: "),
    ] {
        let page = make(&mut reader, &world, form).await;
        assert_eq!((page.status, shown(&page)), (400, None), "{form}");
        assert!(page.body.contains(&format!("role=\"alert\">{problem}")), "{form}: {}", page.body);
        assert!(page.body.contains("You have none."), "{form}");
    }
    assert!(!reader.get(&world.at("/account/tokens")).await.body.contains("name=\"operations\""));
    world.stop().await;
}

#[tokio::test]
async fn an_admin_operates_by_token_and_by_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    let mut letters = Vec::new();
    for number in [1, 2] {
        let mut tx = world.app.store.begin().await.unwrap();
        jobs::enqueue(&mut tx, &change("acme/queue", number), Asked::Changed, Utc::now())
            .await
            .unwrap();
        let lease = std::time::Duration::from_secs(60);
        let job = jobs::claim(&mut tx, Utc::now(), lease).await.unwrap().unwrap();
        jobs::bury(&mut tx, &job, "404", Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        letters.push(world.at(&format!("/api/v1/operations/dead-letters/{}/redrive", job.id)));
    }
    let (mut boss, _) = world.sign_in("boss").await;
    let page = make(&mut boss, &world, "name=a&read=yes&operations=yes&days=7").await;
    let token = shown(&page).unwrap();
    let form_token = page.form_token();
    assert_eq!(call(&world, &token, "/api/v1/operations").await.1["queue"]["dead"], 2);
    let (status, found) = call(&world, &token, "/api/v1/repositories").await;
    assert_eq!((status, found["items"].as_array().unwrap().len()), (200, 3));

    let client = Client::builder().no_proxy().build().unwrap();
    let sent = client.post(&letters[0]).bearer_auth(&token).send().await.unwrap();
    assert_eq!(sent.status(), 202);
    // Another site's page sends the cookie, but knows no form token.
    assert_eq!(boss.ask(Method::POST, &letters[1], None).await.status, 403);
    assert_eq!(boss.post(&letters[1], &format!("form_token={form_token}")).await.status, 403);
    let cookies: Vec<_> =
        boss.cookies(&world.url).iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (form_token, status) in [("", 403), ("x", 403), (&*form_token, 202)] {
        let sent = client.post(&letters[1]).header("cookie", cookies.join("; "));
        let sent = sent.header("x-form-token", form_token).send().await.unwrap();
        assert_eq!(sent.status(), status, "{form_token}");
    }
    // A reader with that scope, as from when they were an admin, does not.
    let (_, me) = call(&world, &token, "/api/v1/me").await;
    assert_eq!((&me["is_admin"], &me["login"]), (&json!(true), &json!("boss")));
    world.stop().await;
}
