//! The page of operations, and the command for it.

use std::process::Command;
use std::time::Duration;

use asyncwarden::app::{App, Running};
use asyncwarden::forge::simulator::APP_PRIVATE_KEY;
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{GitHubSettings, Settings, StoreSettings};
use asyncwarden::store::deliveries::{self, Delivery, Outcome};
use asyncwarden::store::jobs::{self, Asked};
use asyncwarden::store::{Store, audit};
use chrono::{TimeDelta, Utc};
use secrecy::ExposeSecret;

use crate::support::on_every_store_settings;

pub(crate) const TOKEN: &str = "only-for-operators";

fn change(number: i64) -> ChangeRequest {
    let repository = RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: 7,
        full_name: "octo/loops".to_owned(),
        installation_id: Some(1),
    };
    ChangeRequest { repository, number }
}

/// A store with a review that was given up. Returns the dead letter's number.
pub(crate) async fn with_dead_letter(settings: &StoreSettings) -> i64 {
    let store = Store::open(settings).await.unwrap();
    let change = change(3);
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
    settings.github = Some(GitHubSettings {
        api_url: "http://127.0.0.1:9".parse().unwrap(),
        app_id: 1,
        private_key: APP_PRIVATE_KEY.into(),
        webhook_secrets: vec!["a secret of the hook".into()],
    });
    settings
}

/// Somebody's browser.
struct Browser {
    client: reqwest::Client,
    address: String,
}

impl Browser {
    fn new(running: &Running) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, address: format!("http://{}", running.addr) }
    }

    async fn page(&self, path: &str) -> String {
        self.client
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    /// What the page's forms hold.
    async fn token(&self) -> String {
        let page = self.page("/operations").await;
        let after = page.split("name=\"form_token\" value=\"").nth(1).expect("a form");
        after.split('"').next().unwrap().to_owned()
    }

    /// Sends a form; redirections are followed.
    async fn post(&self, path: &str, token: &str) -> u16 {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = format!("form_token={token}");
        request.body(body).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn what_was_given_up_is_asked_for_again_by_the_pages_own_form() {
    on_every_store_settings(async |store| {
        let id = with_dead_letter(&store).await;
        let running = App::start(settings(&store, false)).await.unwrap();
        let browser = Browser::new(&running);
        let text = browser.page("/operations").await;
        for part in ["octo/loops</a> #3", "404: no &#60;b&#62;access", "1 was given up"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let path = format!("/operations/dead-letters/{id}/redrive");
        let token = browser.token().await;
        assert_eq!(browser.post(&path, "guessed-guessed-guessed").await, 403);
        assert_eq!(browser.post(&path, "").await, 403);
        assert!(browser.page("/operations").await.contains("1 was given up"));
        // The answer leads back to the page.
        assert_eq!(browser.post(&path, &token).await, 200);
        let text = browser.page("/operations").await;
        assert!(text.contains("1 job waits") && text.contains("No review was given up"), "{text}");
        assert_eq!(browser.post(&path, &token).await, 404, "somebody asked again already");
        running.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_shown_with_what_is_at_hand_and_what_failed() {
    on_every_store_settings(async |settings_of_store| {
        with_dead_letter(&settings_of_store).await;
        let store = Store::open(&settings_of_store).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let now = Utc::now();
        let ago = |minutes| now - TimeDelta::minutes(minutes);
        for (number, minutes) in [(4, 90), (5, 50), (6, 5)] {
            jobs::enqueue(&mut tx, &change(number), Asked::Changed, ago(minutes)).await.unwrap();
        }
        let lease = Duration::from_secs(600);
        let failed = jobs::claim(&mut tx, ago(40), lease).await.unwrap().unwrap();
        jobs::retry(&mut tx, &failed, now + TimeDelta::hours(1), "the platform is away").await.unwrap();
        let at_hand = jobs::claim(&mut tx, ago(3), lease).await.unwrap().unwrap();
        jobs::hold(&mut tx, "github/9", now + TimeDelta::hours(1)).await.unwrap();
        tx.commit().await.unwrap();
        let numbers = (failed.change.number, at_hand.change.number);
        assert_eq!(numbers, (4, 5));
        store.close().await;
        drop(store);
        let running = App::start(settings(&settings_of_store, false)).await.unwrap();
        let text = Browser::new(&running).page("/operations").await;
        let parts = ["1 hour ago</time></b><span>the oldest that waits", "the platform is away"];
        for part in parts {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        // The embedded store hands back at start what others had at hand.
        if matches!(settings_of_store, StoreSettings::Postgres(_)) {
            assert!(text.contains("octo/loops#5</a></th>"), "{text}");
            assert!(text.contains("3 minutes ago"), "{text}");
        }
        let failure = "<th scope=\"row\">404: no &#60;b&#62;access&#60;/b&#62;</th><td class=\"number zero\" data-label=\"Tried again\">0<";
        assert!(text.contains(failure), "{text}");
        assert!(text.contains("<code>github/9</code>") && text.contains("held back by the platform for 59 min"));
        assert!(text.contains("Schema "), "{text}");
        running.shutdown().await;
    })
    .await;
}

/// A hook's call about a change request, and one about a commit that no change request has.
const OPENED: &str = r#"{"action": "opened", "number": 3, "installation": {"id": 1},
    "repository": {"id": 7, "full_name": "octo/loops", "name": "loops", "owner": {"login": "octo"}},
    "pull_request": {"number": 3, "head": {"sha": "abc"}, "base": {"sha": "def"}}}"#;

#[tokio::test]
async fn a_delivery_is_taken_again_as_if_it_came_again() {
    on_every_store_settings(async |settings_of_store| {
        let store = Store::open(&settings_of_store).await.unwrap();
        let now = Utc::now();
        let mut tx = store.begin().await.unwrap();
        for (id, payload, outcome) in [
            ("kept", Some(OPENED.as_bytes()), Outcome::Ignored),
            ("dropped", None, Outcome::Queued),
            ("broken", Some(&b"{"[..]), Outcome::Queued),
        ] {
            let delivery = Delivery {
                forge: ForgeKind::GitHub,
                id,
                event: "pull_request",
                action: Some("opened"),
                repository: Some(7),
                payload,
                outcome,
                received_at: now,
            };
            deliveries::store(&mut tx, &delivery).await.unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;
        drop(store);
        let running = App::start(settings(&settings_of_store, false)).await.unwrap();
        let browser = Browser::new(&running);
        let text = browser.page("/operations").await;
        assert_eq!(text.matches("/replay\">").count(), 2, "{text}");
        assert!(text.contains("Its payload is not kept"), "{text}");
        let text = browser.page("/operations?outcome=ignored").await;
        assert_eq!(text.matches("<span class=\"forge\" title=").count(), 1, "{text}");
        assert!(
            browser
                .page("/operations?outcome=noted")
                .await
                .contains("No delivery has that outcome")
        );
        assert!(browser.page("/operations?outcome=x").await.contains("is one of queued"));

        let path = |id: i64| format!("/operations/deliveries/{id}/replay");
        let token = browser.token().await;
        assert_eq!(browser.post(&path(1), "guessed").await, 403);
        assert!(browser.page("/operations").await.contains("0 jobs wait"));
        assert_eq!(browser.post(&path(1), &token).await, 200);
        let text = browser.page("/operations").await;
        assert!(text.contains("1 job waits") && text.contains("taken again just now"), "{text}");
        // Not kept, not understood, not there.
        let refused = [(2, 400), (3, 400), (99, 404)];
        for (id, status) in refused {
            assert_eq!(browser.post(&path(id), &token).await, status, "{id}");
        }
        let mut tx = running.store.read().await.unwrap();
        let noted = audit::latest(&mut tx, 9).await.unwrap();
        assert_eq!(noted.len(), 1);
        let told =
            (noted[0].action.as_str(), noted[0].subject.as_str(), noted[0].details["jobs"].clone());
        assert_eq!(told, ("delivery-replayed", "github/delivery/kept", 1.into()));
        drop(tx);
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
