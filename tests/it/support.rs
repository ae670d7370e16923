//! Throw-away stores.

use std::str::FromStr;

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use secrecy::SecretString;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// Runs a test once for each kind of store, each time on an empty one. PostgreSQL takes part when
/// `ASYNCWARDEN_TEST_POSTGRES_URL` names a server on which databases may be made.
pub async fn on_every_store(test: impl AsyncFn(Store)) {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        test(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// The same for tests that open the store themselves, perhaps several times.
pub async fn on_every_store_settings(test: impl AsyncFn(StoreSettings)) {
    let folder = tempfile::tempdir().unwrap();
    eprintln!("on the embedded store:");
    test(StoreSettings::Embedded(folder.path().to_owned())).await;
    let Some(server) = postgres_server() else { return };
    eprintln!("on PostgreSQL:");
    let name = format!("asyncwarden_{}", uuid::Uuid::new_v4().simple());
    let options = PgConnectOptions::from_str(&server).unwrap();
    execute(&options, format!("CREATE DATABASE {name}")).await;
    let url = options.clone().database(&name).to_url_lossy();
    test(StoreSettings::Postgres(SecretString::from(url.to_string()))).await;
    // Only when the test passed: what a failed one left behind is worth a look.
    execute(&options, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// The server for tests; required where `ASYNCWARDEN_TEST_REQUIRE_POSTGRES` says so, so that its absence isn't a pass.
fn postgres_server() -> Option<String> {
    let server = std::env::var("ASYNCWARDEN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let required = std::env::var("ASYNCWARDEN_TEST_REQUIRE_POSTGRES").is_ok_and(|set| set == "1");
    assert!(server.is_some() || !required, "ASYNCWARDEN_TEST_POSTGRES_URL is not set");
    server
}

async fn execute(options: &PgConnectOptions, statement: String) {
    let mut connection = options.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
