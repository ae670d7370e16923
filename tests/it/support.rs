//! Throw-away stores.

use std::str::FromStr;

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use secrecy::SecretString;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// Runs a test once for each kind of store, each time on an empty one. PostgreSQL takes part, directly and behind a
/// pooler, when `ASYNCWARDEN_TEST_POSTGRES_URL` names a server on which databases may be made.
pub async fn on_every_store(test: impl AsyncFn(Store)) {
    on_every_store_settings_and_pooled(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        test(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// For tests that open the store themselves, perhaps several times, or look beneath it, which a pooler would make hard.
pub async fn on_every_store_settings(test: impl AsyncFn(StoreSettings)) {
    let folder = tempfile::tempdir().unwrap();
    eprintln!("on the embedded store:");
    test(StoreSettings::Embedded(folder.path().to_owned())).await;
    let Some(database) = Database::create().await else { return };
    eprintln!("on PostgreSQL:");
    test(database.settings()).await;
    database.remove().await;
}

/// The same with PostgreSQL also behind a pooler.
pub async fn on_every_store_settings_and_pooled(test: impl AsyncFn(StoreSettings)) {
    on_every_store_settings(&test).await;
    let Some(database) = Database::create().await else { return };
    eprintln!("on PostgreSQL through PgBouncer:");
    test(database.pooled_settings()).await;
    database.remove().await;
}

/// An empty database of a test's own on the server for tests.
pub struct Database {
    server: PgConnectOptions,
    name: String,
}

impl Database {
    /// Makes one; `None` without a server for tests.
    pub async fn create() -> Option<Self> {
        let server = PgConnectOptions::from_str(&postgres_server()?).unwrap();
        let name = format!("asyncwarden_{}", uuid::Uuid::new_v4().simple());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        Some(Self { server, name })
    }

    pub fn settings(&self) -> StoreSettings {
        self.settings_on(&self.server)
    }

    /// The same database behind a pooler, which gives each transaction another of the server's connections.
    pub fn pooled_settings(&self) -> StoreSettings {
        self.settings_on(&PgConnectOptions::from_str(&pooler()).unwrap())
    }

    fn settings_on(&self, server: &PgConnectOptions) -> StoreSettings {
        let url = server.clone().database(&self.name).to_url_lossy();
        StoreSettings::Postgres(SecretString::from(url.to_string()))
    }

    /// Cuts off everybody who is connected to it. Returns how many.
    pub async fn cut_off(&self) -> i64 {
        let mut connection = self.server.connect().await.unwrap();
        let cut = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1",
        );
        let cut = cut.bind(&self.name).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        cut
    }

    /// Removes it. Left out when a test fails: what it left behind is worth a look.
    pub async fn remove(self) {
        execute(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Runs a test with an empty embedded store and an empty database, where there is a server.
pub async fn on_both_stores(test: impl AsyncFn(StoreSettings, StoreSettings)) {
    on_every_store_settings(async |settings| {
        if let StoreSettings::Postgres(_) = settings {
            let folder = tempfile::tempdir().unwrap();
            test(StoreSettings::Embedded(folder.path().to_owned()), settings).await;
        }
    })
    .await;
}

/// The server for tests; required where `ASYNCWARDEN_TEST_REQUIRE_POSTGRES` says so, so that its absence isn't a pass.
pub fn postgres_server() -> Option<String> {
    let server = std::env::var("ASYNCWARDEN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let required = std::env::var("ASYNCWARDEN_TEST_REQUIRE_POSTGRES").is_ok_and(|set| set == "1");
    assert!(server.is_some() || !required, "ASYNCWARDEN_TEST_POSTGRES_URL is not set");
    server
}

/// The pooler in front of it, without which its tests say nothing.
fn pooler() -> String {
    std::env::var("ASYNCWARDEN_TEST_PGBOUNCER_URL")
        .expect("ASYNCWARDEN_TEST_PGBOUNCER_URL is not set: tests/postgres pool starts one")
}

async fn execute(options: &PgConnectOptions, statement: String) {
    let mut connection = options.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
