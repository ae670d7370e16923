//! The page of the setup: whether platforms answer and call, whether the store is well, what is missing.

use asyncwarden::app::{App, Running};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Simulator;
use asyncwarden::settings::{AppFolder, Settings, StoreSettings};
use asyncwarden::store::Store;
use asyncwarden::store::deliveries::{self, Delivery, Outcome};
use chrono::{TimeDelta, Utc};
use tokio::net::TcpListener;

use super::world;
use crate::support::on_every_store_settings;

async fn page(running: &Running) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/setup", running.addr);
    client.get(url).send().await.unwrap().text().await.unwrap()
}

fn assert_holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

async fn called(store: &StoreSettings, forge: ForgeKind) {
    let store = Store::open(store).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let delivery = Delivery {
        forge,
        id: "call",
        event: "an event",
        action: None,
        repository: None,
        payload: None,
        outcome: Outcome::Noted,
        received_at: Utc::now() - TimeDelta::minutes(7),
    };
    deliveries::store(&mut tx, &delivery).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_platform_that_answers_and_calls_is_well() {
    for forge in ForgeKind::ALL {
        on_every_store_settings(async |store| {
            let server = Simulator::new().start(0).await.unwrap();
            let settings = world::settings(forge, server.url(), store.clone());
            let running = App::start(settings.clone()).await.unwrap();
            let text = page(&running).await;
            let title = forge.title();
            assert_holds(&text, &[&format!("{title} <span class=\"verdict passed\">works</span>")]);
            assert_holds(
                &text,
                &[&format!("{title} has not called lately"), "Has not called lately"],
            );
            let hook =
                format!("<code>https://warden.example.com/webhooks/{}</code>", forge.as_str());
            assert_holds(
                &text,
                &[&hook, "which is this version's", "<span class=\"verdict passed\">ready"],
            );
            assert_holds(&text, &["<span class=\"verdict none\">not set up</span>"]);
            assert_holds(&text, &["asyncwarden gitlab install-webhook group/project"]);
            running.shutdown().await;

            called(&store, forge).await;
            let running = App::start(settings).await.unwrap();
            let text = page(&running).await;
            assert_holds(&text, &["Nothing is missing", "7 minutes ago</time>"]);
            running.shutdown().await;
            server.stop().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_platform_that_refuses_or_says_nothing_is_told() {
    on_every_store_settings(async |store| {
        // Nobody answers there.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let mut settings = world::settings(ForgeKind::GitLab, &url, store.clone());
        settings.public_url = None;
        let running = App::start(settings).await.unwrap();
        let text = page(&running).await;
        assert_holds(&text, &["did not answer in time", "in ASYNCWARDEN_PUBLIC_URL"]);
        running.shutdown().await;

        let server = Simulator::new().start(0).await.unwrap();
        let mut settings = world::settings(ForgeKind::GitLab, server.url(), store.clone());
        settings.gitlab.as_mut().unwrap().token = "glpat-wrong".into();
        let running = App::start(settings).await.unwrap();
        let text = page(&running).await;
        assert_holds(
            &text,
            &["<span class=\"verdict failed\">does not work", "Repair what GitLab says"],
        );
        assert!(!text.contains("glpat-wrong"), "{text}");
        running.shutdown().await;
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_set_up_says_where_to_begin() {
    on_every_store_settings(async |store| {
        let mut settings = Settings::on(store);
        settings.listen = "127.0.0.1:0".to_owned();
        settings.workers = 0;
        let running = App::start(settings.clone()).await.unwrap();
        let text = page(&running).await;
        assert_holds(&text, &["Set one of the platforms up", "ASYNCWARDEN_GITLAB_TOKEN"]);
        assert_holds(&text, &["<code>asyncwarden github create-app</code>"]);
        assert!(!text.contains("/setup/github"), "{text}");
        running.shutdown().await;

        let folder = tempfile::tempdir().unwrap();
        settings.github_app_folder = Some(AppFolder::at(folder.path()));
        settings.operator_token = Some("only-for-operators".into());
        let running = App::start(settings).await.unwrap();
        assert_holds(&page(&running).await, &["<a href=\"/setup/github\">Make a GitHub App</a>"]);
        running.shutdown().await;
    })
    .await;
}
