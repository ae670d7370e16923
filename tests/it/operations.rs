//! The page of operations, and the command for it.

use std::process::Command;
use std::time::Duration;

use asyncwarden::app::App;
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{Settings, StoreSettings};
use asyncwarden::store::Store;
use asyncwarden::store::jobs::{self, Asked};
use chrono::Utc;
use secrecy::ExposeSecret;

use crate::support::on_every_store_settings;

pub(crate) const TOKEN: &str = "only-for-operators";

/// A store with a review that was given up. Returns the dead letter's number.
pub(crate) async fn with_dead_letter(settings: &StoreSettings) -> i64 {
    let store = Store::open(settings).await.unwrap();
    let repository = RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: 7,
        full_name: "octo/loops".to_owned(),
        installation_id: Some(1),
    };
    let change = ChangeRequest { repository, number: 3 };
    let mut tx = store.begin().await.unwrap();
    jobs::enqueue(&mut tx, &change, Asked::Changed, Utc::now()).await.unwrap();
    let job = jobs::claim(&mut tx, Utc::now(), Duration::from_secs(60)).await.unwrap().unwrap();
    jobs::bury(&mut tx, &job, "404: no <b>access</b>", Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    job.id
}

pub(crate) fn settings(store: &StoreSettings, token: bool) -> Settings {
    let mut settings = Settings::on(store.clone());
    settings.listen = "127.0.0.1:0".to_owned();
    settings.workers = 0;
    settings.operator_token = token.then(|| TOKEN.into());
    settings
}

/// Sends the form; redirections are followed.
async fn post(url: &str, token: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded");
    request.body(format!("token={token}")).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn who_knows_the_token_asks_again_for_what_was_given_up() {
    on_every_store_settings(async |store| {
        let id = with_dead_letter(&store).await;
        let running = App::start(settings(&store, true)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}/operations", running.addr);
        let page = async || client.get(&url).send().await.unwrap().text().await.unwrap();
        let text = page().await;
        for part in ["octo/loops</a> #3", "404: no &#60;b&#62;access", "1 was given up"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let redrive =
            async |token: &str| post(&format!("{url}/dead-letters/{id}/redrive"), token).await;
        assert_eq!(redrive("guessed-guessed-guessed").await, 401);
        assert_eq!(redrive("").await, 401);
        assert!(page().await.contains("1 was given up"));
        // The answer leads back to the page.
        assert_eq!(redrive(TOKEN).await, 200);
        let text = page().await;
        assert!(text.contains("1 job waits") && text.contains("No review was given up"), "{text}");
        assert_eq!(redrive(TOKEN).await, 404, "somebody asked again already");
        running.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_token_the_page_only_shows() {
    on_every_store_settings(async |store| {
        let id = with_dead_letter(&store).await;
        let running = App::start(settings(&store, false)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}/operations", running.addr);
        let text = client.get(&url).send().await.unwrap().text().await.unwrap();
        assert!(text.contains(&format!("asyncwarden queue redrive {id}")), "{text}");
        assert!(!text.contains("<form"), "{text}");
        assert_eq!(post(&format!("{url}/dead-letters/{id}/redrive"), "").await, 404);
        running.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_command_lists_and_asks_again() {
    on_every_store_settings(async |store| {
        let id = with_dead_letter(&store).await.to_string();
        let queue = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
            command.arg("queue").args(arguments).env_clear();
            match &store {
                StoreSettings::Postgres(url) => command.env("DATABASE_URL", url.expose_secret()),
                StoreSettings::Embedded(folder) => command.env("ASYNCWARDEN_DATA_DIR", folder),
            };
            let output = command.output().unwrap();
            let text = |bytes| String::from_utf8(bytes).unwrap();
            (output.status.code(), text(output.stdout) + &text(output.stderr))
        };
        let (code, text) = queue(&[]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.starts_with("queued   0\nrunning  0\ndead     1\n"), "{text}");
        let (_, text) = queue(&["dead"]);
        assert!(text.contains("github octo/loops#3\t1 attempts\t404: no <b>access</b>"), "{text}");
        let (code, text) = queue(&["redrive", "999"]);
        assert_eq!(code, Some(2), "{text}");
        let (code, text) = queue(&["redrive", &id]);
        assert_eq!((code, text.as_str()), (Some(0), "asked again for github octo/loops#3\n"));
        let (_, text) = queue(&["redrive", "--all"]);
        assert_eq!(text, "nothing was given up\n");
        let (_, text) = queue(&["status"]);
        assert!(text.starts_with("queued   1\nrunning  0\ndead     0\nnext due "), "{text}");
    })
    .await;
}
