//! The page of operations, and the command for it.

use std::process::Command;
use std::time::Duration;

use asyncwarden::app::{App, Running};
use asyncwarden::forge::ledger::Budget;
use asyncwarden::forge::simulator::APP_PRIVATE_KEY;
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{GitHubSettings, Settings, StoreSettings};
use asyncwarden::store::deliveries::{self, Delivery, Outcome};
use asyncwarden::store::jobs::{self, Asked};
use asyncwarden::store::processes::{self, Process};
use asyncwarden::store::{Store, audit, request_budgets};
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

/// Runs a command on the store with the settings of the service.
fn command(store: &StoreSettings, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.args(arguments).env_clear();
    command
        .env("ASYNCWARDEN_GITHUB_APP_ID", "1")
        .env("ASYNCWARDEN_GITHUB_PRIVATE_KEY", APP_PRIVATE_KEY)
        .env("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", "a secret of the hook");
    match store {
        StoreSettings::Postgres(url) => {
            command.env("DATABASE_URL", url.expose_secret()).env("HOME", "/")
        }
        StoreSettings::Embedded(folder) => command.env("ASYNCWARDEN_DATA_DIR", folder),
    };
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

#[test]
fn a_store_that_is_not_there_is_not_taken_for_one_where_all_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().join("other"));
    let file = folder.path().join("store.gz").display().to_string();
    for arguments in [
        &["queue"][..],
        &["queue", "dead"],
        &["queue", "replay", "1"],
        &["repository", "list"],
        &["store", "export", &file],
        &["store", "forget", "github", "octo/loops"],
    ] {
        let (code, text) = command(&store, arguments);
        assert!(code == Some(2) && text.contains("there is no store in"), "{arguments:?}: {text}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "something was made");
    let (code, text) = command(&store, &["migrate"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(command(&store, &["queue", "dead"]), (Some(0), "nothing was given up\n".to_owned()));
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let store = StoreSettings::Postgres("postgres://u:hidden@127.0.0.1:9/a".to_owned().into());
    let (code, text) = command(&store, &["queue"]);
    assert!(code == Some(2) && text.contains("PostgreSQL at 127.0.0.1:9 can't be used"), "{text}");
    assert!(!text.contains("hidden"), "{text}");
}

#[tokio::test]
async fn the_command_lists_deliveries_and_takes_them_again() {
    on_every_store_settings(async |settings_of_store| {
        let store = Store::open(&settings_of_store).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        for (id, payload) in [("11-aa", Some(OPENED.as_bytes())), ("22-bb", None)] {
            let delivery = Delivery {
                forge: ForgeKind::GitHub,
                id,
                event: "pull_request",
                action: Some("opened"),
                repository: Some(7),
                payload,
                outcome: Outcome::Ignored,
                received_at: Utc::now(),
            };
            deliveries::store(&mut tx, &delivery).await.unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;
        drop(store);
        let queue =
            |arguments: &[&str]| command(&settings_of_store, &[&["queue"], arguments].concat());
        let (code, text) = queue(&["deliveries"]);
        assert_eq!((code, text.lines().count()), (Some(0), 2), "{text}");
        assert!(text.contains("\tgithub\tpull_request opened\t-\tignored\t11-aa\n"), "{text}");
        assert!(text.contains("22-bb\tits payload is not kept"), "{text}");
        assert_eq!(queue(&["deliveries", "--outcome", "queued"]).1, "no deliveries are kept\n");
        // The log follows.
        let (code, text) = queue(&["replay", "11-aa"]);
        assert!(code == Some(0) && text.starts_with("took delivery 11-aa again\n"), "{text}");
        assert!(queue(&["status"]).1.starts_with("queued   1\n"));
        assert!(queue(&["deliveries"]).1.contains("\tqueued\t11-aa"));
        let (code, text) = queue(&["replay", "22-bb"]);
        assert_eq!(code, Some(2));
        assert!(text.contains("delivery 22-bb was not taken again: the payload"), "{text}");
        let (code, text) = queue(&["replay", "33-cc"]);
        assert!(code == Some(2) && text.contains("there is no delivery 33-cc"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn reviews_of_a_repository_wait_by_the_page_and_by_the_command() {
    on_every_store_settings(async |settings_of_store| {
        with_dead_letter(&settings_of_store).await;
        let repository = |arguments: &[&str]| {
            command(&settings_of_store, &[&["repository"], arguments].concat())
        };
        assert_eq!(repository(&["list"]).1, "github\tocto/loops\treviewed\n");
        assert_eq!(repository(&["list", "--paused"]).1, "there is none\n");
        let (code, text) = repository(&["pause", "octo/knots"]);
        assert!(code == Some(2) && text.contains("no repository octo/knots"), "{text}");
        let pause = ["pause", "octo/loops", "--platform", "github", "--reason", "a <b>move</b>"];
        assert_eq!(repository(&pause).1, "reviews of github octo/loops wait\n");
        assert_eq!(repository(&pause).1, "reviews of github octo/loops waited already\n");
        let (_, text) = repository(&["list", "--paused"]);
        assert!(text.contains(", by an operator: a <b>move</b>\n"), "{text}");

        let running = App::start(settings(&settings_of_store, false)).await.unwrap();
        let browser = Browser::new(&running);
        let token = browser.token().await;
        let page = "/repositories/github/octo/loops";
        for path in ["/operations", page] {
            let text = browser.page(path).await;
            assert!(text.contains("a &#60;b&#62;move&#60;/b&#62;"), "{path}: {text}");
        }
        let path = |what: &str| format!("/operations/repositories/1/{what}");
        assert_eq!(browser.post(&path("resume"), "guessed").await, 403);
        assert!(browser.page(page).await.contains("Its reviews wait"));
        // The answer leads to the repository's page.
        assert_eq!(browser.post(&path("resume"), &token).await, 200);
        let text = browser.page(page).await;
        assert!(!text.contains("Its reviews wait") && text.contains("Have its reviews wait"));
        assert!(!browser.page("/operations").await.contains("whose reviews wait"));
        let with_reason = format!("{token}&reason=too+loud");
        assert_eq!(browser.post(&path("pause"), &with_reason).await, 200);
        assert!(browser.page(page).await.contains(": too loud."));
        let long = format!("{token}&reason={}", "x".repeat(201));
        assert_eq!(browser.post(&path("pause"), &long).await, 400);
        running.shutdown().await;
        let (_, text) = repository(&["resume", "octo/loops"]);
        assert_eq!(text, "reviews of github octo/loops go on; change requests to look at: 1\n");
        assert_eq!(
            repository(&["resume", "octo/loops"]).1,
            "reviews of github octo/loops did not wait\n"
        );
    })
    .await;
}

#[tokio::test]
async fn processes_and_what_is_left_to_accounts_are_shown() {
    on_every_store_settings(async |settings_of_store| {
        let store = Store::open(&settings_of_store).await.unwrap();
        let now = Utc::now();
        let mut tx = store.begin().await.unwrap();
        let process = |id: &str, minutes| Process {
            id: id.to_owned(),
            host: format!("host-{id}"),
            version: "9.9.9".to_owned(),
            workers: 7,
            started_at: now - TimeDelta::days(3),
            seen_at: now - TimeDelta::minutes(minutes),
        };
        for (id, minutes) in [("forgotten", 2000), ("silent", 9), ("alive", 0)] {
            processes::seen(&mut tx, &process(id, minutes)).await.unwrap();
        }
        let budget = |remaining, hours| Budget {
            remaining,
            quota: 5000,
            resets_at: now + TimeDelta::hours(hours),
        };
        request_budgets::note(&mut tx, "github/1", budget(4321, 1), now).await.unwrap();
        // What was said before that, and what is over.
        let before = now - TimeDelta::minutes(1);
        request_budgets::note(&mut tx, "github/1", budget(5, 1), before).await.unwrap();
        request_budgets::note(&mut tx, "github/2", budget(6, -1), now).await.unwrap();
        tx.commit().await.unwrap();
        let ids: Vec<_> = {
            let mut tx = store.read().await.unwrap();
            let all = processes::all(&mut tx, 9).await.unwrap();
            all.into_iter().map(|process| process.id).collect()
        };
        assert_eq!(ids, ["alive", "silent"]);
        store.close().await;
        drop(store);
        let running = App::start(settings(&settings_of_store, false)).await.unwrap();
        let text = Browser::new(&running).page("/operations").await;
        assert!(
            text.contains("<code>github/1</code>") && text.contains("4321 of 5000 for 59 min"),
            "{text}"
        );
        assert!(!text.contains("<code>github/2</code>"), "{text}");
        assert!(text.contains(concat!("<td>", env!("CARGO_PKG_VERSION"), "</td>")), "{text}");
        // In a store that only one process has, the others are gone.
        let others = matches!(settings_of_store, StoreSettings::Postgres(_));
        assert_eq!(text.contains("host-alive</th>"), others, "{text}");
        assert_eq!(text.contains("<span class=\"tag\">silent</span>"), others, "{text}");
        running.shutdown().await;
        let store = Store::open(&settings_of_store).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let left = processes::all(&mut tx, 9).await.unwrap();
        assert_eq!(
            left.len(),
            if others { 2 } else { 0 },
            "the service took itself away: {left:?}"
        );
        drop(tx);
        store.close().await;
    })
    .await;
}
