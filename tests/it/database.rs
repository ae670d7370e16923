//! The tables behind the store, to look at and to change as nobody should.

use std::str::FromStr;
use std::time::Duration;

use asyncwarden::settings::StoreSettings;
use secrecy::ExposeSecret;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, Executor};

pub(crate) enum Database {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Database {
    pub(crate) async fn open(settings: &StoreSettings) -> Self {
        match settings {
            StoreSettings::Postgres(url) => {
                let pool = PgPoolOptions::new().max_connections(2);
                Self::Postgres(pool.connect(url.expose_secret()).await.unwrap())
            }
            StoreSettings::Embedded(folder) => {
                let file = folder.join("asyncwarden.db");
                let url = format!("sqlite://{}", file.display());
                let options = SqliteConnectOptions::from_str(&url).unwrap();
                let options = options.create_if_missing(true).foreign_keys(true);
                let options = options.busy_timeout(Duration::from_secs(10));
                Self::Sqlite(SqlitePool::connect_with(options).await.unwrap())
            }
        }
    }

    /// Brings an empty database to the schema that a version before this one had.
    pub(crate) async fn migrate_to(&self, version: i64) {
        let only = |mut all: Migrator| {
            let old = all.iter().filter(|migration| migration.version <= version).cloned();
            all.migrations = old.collect::<Vec<_>>().into();
            all
        };
        match self {
            Self::Postgres(pool) => only(sqlx::migrate!("migrations/postgres")).run(pool).await,
            Self::Sqlite(pool) => only(sqlx::migrate!("migrations/sqlite")).run(pool).await,
        }
        .unwrap();
    }

    /// The first column of all rows.
    pub(crate) async fn lines(&self, sql: &'static str) -> Vec<String> {
        match self {
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        }
    }

    /// Runs statements.
    pub(crate) async fn execute(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
            Self::Sqlite(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
        }
    }

    /// Waits until no store has a connection to the server any more.
    pub(crate) async fn alone(&self) {
        const CONNECTED: &str = "SELECT count(*) > 0 FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'asyncwarden'";
        let Self::Postgres(pool) = self else { return };
        while sqlx::query_scalar(CONNECTED).fetch_one(pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
    }

    /// Whether a transaction waits for another one's locks. On the embedded store each waits for its turn before it begins.
    pub(crate) async fn somebody_waits(&self) -> bool {
        const WAITING: &str = "SELECT count(*) > 0 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        match self {
            Self::Postgres(pool) => sqlx::query_scalar(WAITING).fetch_one(pool).await.unwrap(),
            Self::Sqlite(_) => true,
        }
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

/// The number that a query gives.
pub(crate) async fn count(settings: &StoreSettings, sql: &str) -> i64 {
    let database = Database::open(settings).await;
    let query = AssertSqlSafe(sql.to_owned());
    let count = match &database {
        Database::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
        Database::Sqlite(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
    };
    database.close().await;
    count
}

/// Runs statements.
pub(crate) async fn change(settings: &StoreSettings, sql: &str) {
    let database = Database::open(settings).await;
    database.execute(sql).await;
    database.close().await;
}
