//! `asyncwarden doctor`: everything that has to work is asked, what doesn't is named with what to do, and nothing else stops
//! being asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use asyncwarden::forge::simulator::{
    APP_ID, APP_PRIVATE_KEY, BOT_LOGIN, BOT_TOKEN, Event, Fault, Level, NewChange, Receiver,
    Signing, Simulator, WEBHOOK_SECRET,
};
use asyncwarden::forge::{ForgeKind, simulator};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use asyncwarden::store::versions::newest_schema;
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::net::TcpListener;

use crate::serve_command::Service;
use crate::support::{on_every_store_settings, on_every_store_settings_and_pooled};

/// The key of another App, worth nothing anywhere.
const OTHER_KEY: &str = include_str!("../certificates/another-app-test-only.key.pem");
// Nothing listens there.
const PUBLIC_URL: &str = "http://127.0.0.1:9";

/// What a service is told.
type Environment = BTreeMap<String, String>;

fn environment(all: &[(&str, &str)]) -> Environment {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn github(url: &str, folder: &Path) -> Environment {
    environment(&[
        ("ASYNCWARDEN_GITHUB_API_URL", url),
        ("ASYNCWARDEN_GITHUB_APP_ID", &APP_ID.to_string()),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", APP_PRIVATE_KEY),
        ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("ASYNCWARDEN_PUBLIC_URL", PUBLIC_URL),
        ("ASYNCWARDEN_LISTEN", "127.0.0.1:0"),
        ("ASYNCWARDEN_DATA_DIR", &folder.display().to_string()),
    ])
}

fn gitlab(url: &str, folder: &Path) -> Environment {
    environment(&[
        ("ASYNCWARDEN_GITLAB_URL", url),
        ("ASYNCWARDEN_GITLAB_TOKEN", BOT_TOKEN),
        ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", WEBHOOK_SECRET),
        ("ASYNCWARDEN_PUBLIC_URL", PUBLIC_URL),
        ("ASYNCWARDEN_LISTEN", "127.0.0.1:0"),
        ("ASYNCWARDEN_DATA_DIR", &folder.display().to_string()),
    ])
}

/// What the doctor says.
struct Said {
    code: i32,
    checks: Vec<Value>,
}

impl Said {
    /// The sentences about something in this state.
    fn of(&self, about: &str, health: &str) -> String {
        let told = self.checks.iter().filter(|it| it["about"] == about && it["health"] == health);
        told.map(|it| it["said"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    fn assert(&self, about: &str, health: &str, said: &str) {
        assert!(
            self.of(about, health).contains(said),
            "{about} {health} {said}: {:#?}",
            self.checks
        );
    }

    /// What failed, in the order in which it is told.
    fn failed(&self) -> Vec<&str> {
        let failed = self.checks.iter().filter(|it| it["health"] == "failed");
        failed.map(|it| it["about"].as_str().unwrap()).collect()
    }
}

async fn run(environment: &Environment, format: &str) -> (i32, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .args(["doctor", "--format", format])
        .env_clear()
        .envs(environment)
        .output()
        .await
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

async fn doctor(environment: &Environment) -> Said {
    let (code, said) = run(environment, "json").await;
    for secret in [BOT_TOKEN, WEBHOOK_SECRET, "PRIVATE KEY"] {
        assert!(!said.contains(secret), "{said}");
    }
    let said: Value = serde_json::from_str(&said).unwrap();
    let checks = said["checks"].as_array().unwrap().clone();
    for check in &checks {
        let bad = ["failed", "warning"].contains(&check["health"].as_str().unwrap());
        assert!(!bad || check["advice"].is_string() || check["about"] == "settings", "{check}");
    }
    assert_eq!(said["well"], code == 0);
    Said { code, checks }
}

/// The webhook as GitHub shows it.
fn hook(url: &str) -> Value {
    json!({ "url": url, "content_type": "json", "secret": "********", "insecure_ssl": "0" })
}

fn well(simulator: &Simulator) {
    simulator.state().github.hook = Some(hook(&format!("{PUBLIC_URL}/webhooks/github")));
}

#[tokio::test]
async fn what_is_well_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new();
    well(&simulator);
    let server = simulator.start(0).await.unwrap();
    let said = doctor(&github(server.url(), folder.path())).await;
    assert_eq!((said.code, said.failed()), (0, vec![]), "{:#?}", said.checks);
    for (about, text) in [
        ("GitHub: App", "asyncwarden, number 4711, and its key is taken"),
        ("GitHub: clock", "like GitHub's"),
        ("GitHub: rate limit", "4999 of 5000"),
        ("GitHub: permissions", "all that is needed"),
        ("GitHub: events", "all that are needed"),
        ("GitHub: webhook", "GitHub calls http://127.0.0.1:9/webhooks/github"),
        ("GitHub: deliveries", "nothing in 24 hours"),
        ("GitHub: installations", "1 can be worked in"),
        ("store", "can be written"),
        ("service: address", "is free"),
        ("network: proxy", "none is used"),
    ] {
        said.assert(about, "ok", text);
    }
    // It is nobody's address, so that nothing answers there.
    said.assert("service: public URL", "warning", "can't be reached from here");
    let (code, text) = run(&github(server.url(), folder.path()), "text").await;
    assert!(code == 0 && text.contains("ok       GitHub: App"), "{text}");
    assert!(text.contains("nothing failed; warnings: "), "{text}");
    assert_eq!(simulator.state().violations, [""; 0]);
    crate::contract::keep(&simulator);
    server.stop().await;
}

#[tokio::test]
async fn each_thing_at_github_that_is_wrong_is_named_and_the_others_are_asked_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new();
    well(&simulator);
    let server = simulator.start(0).await.unwrap();
    let usual = github(server.url(), folder.path());
    let with = |name: &str, value: &str| {
        let mut environment = usual.clone();
        environment.insert(name.to_owned(), value.to_owned());
        environment
    };

    let said = doctor(&with("ASYNCWARDEN_GITHUB_PRIVATE_KEY", OTHER_KEY)).await;
    assert_eq!((said.code, said.failed()), (1, vec!["GitHub: App"]));
    said.assert("GitHub: App", "failed", "401: A JSON web token could not be decoded");
    said.assert("store", "ok", "can be written");
    let said = doctor(&with("ASYNCWARDEN_GITHUB_APP_ID", "1")).await;
    said.assert("GitHub: App", "failed", "Integration not found");
    let said = doctor(&with("ASYNCWARDEN_GITHUB_API_URL", "http://127.0.0.1:9")).await;
    said.assert("GitHub: App", "failed", "127.0.0.1 can't be reached");

    simulator.state().clock_offset = TimeDelta::seconds(-600);
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), ["GitHub: App", "GitHub: clock"]);
    said.assert("GitHub: clock", "failed", "s ahead of GitHub's");
    simulator.state().clock_offset = TimeDelta::seconds(-45);
    let said = doctor(&usual).await;
    said.assert("GitHub: clock", "warning", "s ahead of GitHub's");
    simulator.state().clock_offset = TimeDelta::zero();

    {
        let mut state = simulator.state();
        state.github.permissions.remove("checks");
        state.github.permissions.insert("contents".to_owned(), "write".to_owned());
        state.github.events.retain(|event| event != "issue_comment");
        state.github.hook = Some(json!({
            "url": "https://old.example.com/webhooks/github",
            "content_type": "form",
            "insecure_ssl": "1",
        }));
    }
    let said = doctor(&usual).await;
    assert_eq!(
        said.failed(),
        ["GitHub: permissions", "GitHub: webhook", "GitHub: webhook", "GitHub: webhook"]
    );
    said.assert("GitHub: permissions", "failed", "lacks checks: write, needed for the check");
    said.assert("GitHub: events", "warning", "not told of issue_comment");
    said.assert("GitHub: webhook", "failed", "calls https://old.example.com/webhooks/github, and");
    said.assert("GitHub: webhook", "failed", "has no secret");
    said.assert("GitHub: webhook", "failed", "with forms");
    said.assert("GitHub: webhook", "warning", "without looking at the certificate");
    simulator.state().github.hook = None;
    doctor(&usual).await.assert("GitHub: webhook", "unknown", "does not show");
    server.stop().await;
}

#[tokio::test]
async fn where_the_app_is_installed_and_what_got_lost_is_looked_at() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new();
    well(&simulator);
    let (repository, number) = {
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("app.py", "import asyncio\n")]);
        state.push(repository, "topic", [("app.py", Some("import time\n"))]);
        let number = state.open_change(repository, NewChange::from_branch("topic", "Wait"));
        let mut lacking = simulator::Installation::granted(7);
        lacking.permissions.remove("checks");
        let mut suspended = simulator::Installation::granted(8);
        suspended.suspended = true;
        state.installations.extend([(7, lacking), (8, suspended)]);
        (repository, number)
    };
    let server = simulator.start(0).await.unwrap();
    let receiver = Receiver {
        url: "http://127.0.0.1:9/webhooks/github".to_owned(),
        forge: ForgeKind::GitHub,
        signing: Signing::Digest(WEBHOOK_SECRET.to_owned()),
    };
    // Nobody listens there.
    let _ = simulator.deliver(&receiver, repository, number, &Event::Opened).await;
    let usual = github(server.url(), folder.path());
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), [""; 0]);
    said.assert("GitHub: installations", "ok", "1 can be worked in");
    said.assert("GitHub: installations", "warning", "1 suspended: acme");
    said.assert("GitHub: installations", "warning", "1 without what the App needs: acme");
    said.assert("GitHub: deliveries", "warning", "1 of 1 of the last 24 hours did not arrive");
    {
        let mut state = simulator.state();
        state.installations.clear();
        state.faults.plan("GET", "/app/hook/deliveries", 0, 9, Fault::BadGateway);
    }
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), ["GitHub: deliveries"], "{:#?}", said.checks);
    said.assert("GitHub: installations", "warning", "nobody installed the App");
    server.stop().await;
}

#[tokio::test]
async fn the_token_of_gitlab_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new();
    let repository = {
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("app.py", "import asyncio\n")]);
        state.grant(BOT_LOGIN, repository, Level::Write);
        repository
    };
    let server = simulator.start(0).await.unwrap();
    let usual = gitlab(server.url(), folder.path());
    let said = doctor(&usual).await;
    assert_eq!((said.code, said.failed()), (0, vec![]), "{:#?}", said.checks);
    said.assert("GitLab: token", "ok", "GitLab takes it; it never expires");
    said.assert("GitLab: user", "ok", "speaks as @asyncwarden-bot; GitLab is 19.5");
    said.assert("GitLab: projects", "ok", "Developer at least in 1");
    said.assert("GitLab: webhooks", "unknown", "only a Maintainer sees them");

    simulator.state().grant(BOT_LOGIN, repository, Level::Admin);
    doctor(&usual).await.assert("GitLab: webhooks", "warning", "in acme/shop");

    {
        let mut state = simulator.state();
        state.people.get_mut(BOT_LOGIN).unwrap().access.clear();
        let today = state.now().date_naive();
        let token = state.gitlab.tokens.get_mut(BOT_TOKEN).unwrap();
        token.expires_at = Some(today + TimeDelta::days(3));
    }
    let said = doctor(&usual).await;
    said.assert("GitLab: token", "warning", "in 3 days");
    said.assert("GitLab: projects", "warning", "Developer in no project");
    simulator.state().gitlab.tokens.get_mut(BOT_TOKEN).unwrap().scopes = vec!["read_api".into()];
    let said = doctor(&usual).await;
    assert_eq!((said.code, said.failed()[0]), (1, "GitLab: token"));
    simulator.state().clock_offset = TimeDelta::seconds(900);
    simulator.state().gitlab.tokens.clear();
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), ["GitLab: token", "GitLab: clock"]);
    said.assert("GitLab: clock", "failed", "s behind GitLab's");
    said.assert("GitLab: token", "failed", "does not take it");
    server.stop().await;
}

fn on(store: &StoreSettings, usual: &Environment) -> Environment {
    let mut environment = usual.clone();
    match store {
        StoreSettings::Postgres(url) => {
            environment.insert("DATABASE_URL".to_owned(), url.expose_secret().to_owned())
        }
        StoreSettings::Embedded(folder) => {
            environment.insert("ASYNCWARDEN_DATA_DIR".to_owned(), folder.display().to_string())
        }
    };
    environment
}

async fn execute(store: &StoreSettings, sql: &str) {
    match store {
        StoreSettings::Postgres(url) => {
            // As poolers want it.
            let options = PgConnectOptions::from_str(url.expose_secret()).unwrap();
            let mut connection = options.extra_float_digits(None).connect().await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        StoreSettings::Embedded(folder) => {
            let file = folder.join("asyncwarden.db");
            let url = format!("sqlite://{}", file.display());
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_store_is_looked_at_and_left_as_it_is() {
    let nothing = environment(&[("ASYNCWARDEN_LISTEN", "127.0.0.1:0"), ("HOME", "/")]);
    on_every_store_settings_and_pooled(async |store| {
        let usual = on(&store, &nothing);
        let said = doctor(&usual).await;
        assert_eq!(said.failed(), [""; 0], "{:#?}", said.checks);
        let empty = said.of("store: schema", "ok") + &said.of("store", "ok");
        assert!(empty.contains("the first start makes"), "{:#?}", said.checks);

        Store::open(&store).await.unwrap().close().await;
        let newest = newest_schema();
        let said = doctor(&usual).await;
        said.assert("store: schema", "ok", &format!("it is at {newest}, as this program's"));

        let behind = format!("DELETE FROM _sqlx_migrations WHERE version = {newest}");
        execute(&store, &behind).await;
        let said = doctor(&usual).await;
        assert_eq!(said.failed(), [""; 0]);
        said.assert("store: schema", "warning", &format!("this program's is {newest}"));
        let again = doctor(&usual).await;
        assert_eq!(again.of("store: schema", "warning"), said.of("store: schema", "warning"));

        execute(&store, "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
        let said = doctor(&usual).await;
        assert_eq!(said.failed(), [""; 0]);
        said.assert("store: schema", "warning", "it is at 9999");
        execute(&store, "UPDATE schema_support SET oldest = 9999").await;
        let said = doctor(&usual).await;
        assert_eq!((said.code, said.failed()), (1, vec!["store: schema"]));
        said.assert("store: schema", "failed", "9999 is the least");
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_away_stops_nothing_else() {
    let mut usual = environment(&[("ASYNCWARDEN_LISTEN", "127.0.0.1:0"), ("HOME", "/")]);
    usual.insert("DATABASE_URL".to_owned(), "postgres://u:hidden@127.0.0.1:9/a".to_owned());
    let said = doctor(&usual).await;
    assert_eq!((said.code, said.failed()), (1, vec!["store"]));
    said.assert("store", "failed", "PostgreSQL at 127.0.0.1:9 can't be used");
    said.assert("service: address", "ok", "is free");
    assert!(!said.of("store", "failed").contains("hidden"));
    // Nobody may make a folder there.
    usual.remove("DATABASE_URL");
    usual.insert("ASYNCWARDEN_DATA_DIR".to_owned(), "/proc/nowhere".to_owned());
    doctor(&usual).await.assert("store", "failed", "is not there, and can't be made");
}

#[tokio::test]
async fn a_server_that_nobody_may_write_to_is_told() {
    on_every_store_settings(async |store| {
        let StoreSettings::Postgres(url) = &store else { return };
        Store::open(&store).await.unwrap().close().await;
        let database = url.expose_secret().rsplit('/').next().unwrap().to_owned();
        let database = database.split('?').next().unwrap().to_owned();
        let sql = format!("ALTER DATABASE {database} SET default_transaction_read_only = on");
        execute(&store, &sql).await;
        let usual = environment(&[("ASYNCWARDEN_LISTEN", "127.0.0.1:0"), ("HOME", "/")]);
        let said = doctor(&on(&store, &usual)).await;
        said.assert("store", "failed", "read-only");
    })
    .await;
}

#[tokio::test]
async fn a_service_that_runs_is_known_and_not_disturbed() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_with(folder.path(), &[]);
    let data = folder.path().display().to_string();
    let mut usual = environment(&[("ASYNCWARDEN_DATA_DIR", &data)]);
    usual.insert("ASYNCWARDEN_LISTEN".to_owned(), service.address.clone());
    usual.insert("ASYNCWARDEN_PUBLIC_URL".to_owned(), format!("http://{}", service.address));
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), [""; 0], "{:#?}", said.checks);
    said.assert("store", "ok", "a running service uses it");
    said.assert("store: schema", "ok", "as this program's");
    said.assert("service: address", "ok", "the service runs at");
    said.assert("service: public URL", "ok", "the service answers at");
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log}");

    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = other.local_addr().unwrap().to_string();
    usual.insert("ASYNCWARDEN_LISTEN".to_owned(), address.clone());
    usual.insert("ASYNCWARDEN_PUBLIC_URL".to_owned(), format!("http://{address}"));
    let answering = tokio::spawn(async move {
        let page = axum::Router::new().fallback(|| async { "somebody else" });
        axum::serve(other, page).await
    });
    let said = doctor(&usual).await;
    assert_eq!(said.failed(), ["service: address", "service: public URL"]);
    said.assert("store", "ok", "no service uses it now");
    answering.abort();
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_told_with_what_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut usual = github("http://127.0.0.1:9", folder.path());
    usual.insert("ASYNCWARDEN_LOG_FORMAT".to_owned(), "xml".to_owned());
    usual.insert("ASYNCWARDEN_WORKERS".to_owned(), "none".to_owned());
    let said = doctor(&usual).await;
    assert_eq!((said.code, said.failed()), (1, vec!["settings", "settings"]));
    said.assert("store", "ok", "can be written");
}
