//! How fast the store takes deliveries, how soon a worker has a job, and how long the dashboard's queries take:
//! `cargo bench --bench store`.
//!
//! PostgreSQL is the server that `ASYNCWARDEN_BENCH_POSTGRES_URL` names; the database there is filled by
//! `benches/fill.sql`, and one more is made for what writes. Without it the embedded store alone is measured.

mod enqueue;
mod pages;
mod pick_up;

use std::str::FromStr;
use std::time::Duration;

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use secrecy::SecretString;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// Where enqueues and pick-ups are measured.
const SCRATCH: &str = "asyncwarden_bench";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR").to_owned() + "/target")?;
    let embedded = StoreSettings::Embedded(folder.path().to_owned());
    queue("embedded store", &embedded).await?;
    let url = std::env::var("ASYNCWARDEN_BENCH_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let Some(url) = url else {
        println!("ASYNCWARDEN_BENCH_POSTGRES_URL is not set: nothing of PostgreSQL");
        return Ok(());
    };
    let options = PgConnectOptions::from_str(&url)?;
    execute(&options, format!("DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")).await?;
    execute(&options, format!("CREATE DATABASE {SCRATCH}")).await?;
    queue("PostgreSQL", &postgres(&options.clone().database(SCRATCH))).await?;
    execute(&options, format!("DROP DATABASE {SCRATCH} WITH (FORCE)")).await?;
    pages::measure(&postgres(&options)).await
}

async fn queue(engine: &str, settings: &StoreSettings) -> anyhow::Result<()> {
    println!("{engine}");
    let store = Store::open(settings).await?;
    for clients in [1, 16] {
        let rate = enqueue::per_second(&store, clients).await?;
        println!("  durable enqueues, {clients:2} at a time: {rate:6.0} a second");
    }
    let took = pick_up::latencies(&store, settings).await?;
    println!("  pick-up of a job: {}", said(took));
    store.close().await;
    Ok(())
}

fn postgres(options: &PgConnectOptions) -> StoreSettings {
    StoreSettings::Postgres(SecretString::from(options.to_url_lossy().to_string()))
}

async fn execute(options: &PgConnectOptions, statement: String) -> anyhow::Result<()> {
    let mut connection = options.connect().await?;
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// A change request in one of 50 repositories of 10 installations.
fn change(number: i64) -> ChangeRequest {
    let repository = RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: number % 50,
        full_name: format!("octo/loops{}", number % 50),
        installation_id: Some(number % 10),
    };
    ChangeRequest { repository, number }
}

/// The median and the slowest hundredth.
fn said(mut took: Vec<Duration>) -> String {
    took.sort();
    let at = |part: usize| took[(took.len() * part / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
    format!("p50 {:6.2} ms, p99 {:6.2} ms", at(50), at(99))
}
