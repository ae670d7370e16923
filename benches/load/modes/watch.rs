//! How the store stands, seen from outside: a running process has its embedded store for itself.

use std::collections::HashSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use asyncwarden::settings::StoreSettings;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// Who looks.
pub enum Watch {
    Embedded(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct Queue {
    pub queued: i64,
    pub running: i64,
    pub dead: i64,
    /// When the job was due that is due for longest.
    pub oldest: Option<DateTime<Utc>>,
}

impl Queue {
    /// For how long a job has been due.
    pub fn age(&self) -> Duration {
        let age = self.oldest.map(|oldest| Utc::now() - oldest);
        age.and_then(|age| age.to_std().ok()).unwrap_or_default()
    }
}

const QUEUE: &str = "SELECT count(CASE WHEN state = 'queued' THEN 1 END) AS queued,
        count(CASE WHEN state = 'running' THEN 1 END) AS running,
        count(CASE WHEN state = 'dead' THEN 1 END) AS dead,
        min(CASE WHEN state = 'queued' THEN run_at END) AS oldest
    FROM jobs WHERE state <> 'done'";
const DELIVERIES: &str = "SELECT delivery_id FROM deliveries";
const REVIEWS: &str = "SELECT change_request_id, head_sha, count(*) FROM reviews GROUP BY change_request_id, head_sha";
const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Asks whichever engine it is, over a connection of its own.
macro_rules! ask {
    ($watch:expr, |$c:ident| $asked:expr) => {
        match $watch {
            Watch::Embedded(file) => {
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                let mut connection = options.connect().await?;
                let $c = &mut connection;
                let answer = $asked;
                connection.close().await?;
                answer
            }
            Watch::Postgres(options) => {
                let mut connection = options.connect().await?;
                let $c = &mut connection;
                let answer = $asked;
                connection.close().await?;
                answer
            }
        }
    };
}

impl Watch {
    pub fn on(store: &StoreSettings) -> Self {
        match store {
            StoreSettings::Embedded(folder) => Self::Embedded(folder.join("asyncwarden.db")),
            StoreSettings::Postgres(url) => {
                let options = PgConnectOptions::from_str(url.expose_secret()).unwrap();
                Self::Postgres(Box::new(options))
            }
        }
    }

    /// `None` while the store is away.
    pub async fn queue(&self) -> Option<Queue> {
        let asking = async {
            Ok::<Queue, sqlx::Error>(ask!(self, |c| sqlx::query_as(QUEUE).fetch_one(c).await?))
        };
        asking.await.ok()
    }

    /// The keys of all deliveries that were kept.
    pub async fn deliveries(&self) -> Result<HashSet<String>, sqlx::Error> {
        let keys: Vec<String> = ask!(self, |c| sqlx::query_scalar(DELIVERIES).fetch_all(c).await?);
        Ok(keys.into_iter().collect())
    }

    /// How many reviews there are of each head of each change request.
    pub async fn reviews(&self) -> Result<Vec<i64>, sqlx::Error> {
        let rows: Vec<(i64, String, i64)> =
            ask!(self, |c| sqlx::query_as(REVIEWS).fetch_all(c).await?);
        Ok(rows.into_iter().map(|(_, _, reviews)| reviews).collect())
    }

    /// How many connections PostgreSQL has beside this one; `None` on the embedded store or while it is away.
    pub async fn connections(&self) -> Option<i64> {
        self.count(CONNECTIONS).await
    }

    /// Cuts all of them. Returns how many.
    pub async fn cut_off(&self) -> Option<i64> {
        self.count(CUT).await
    }

    async fn count(&self, statement: &'static str) -> Option<i64> {
        let Watch::Postgres(options) = self else { return None };
        let mut connection = options.connect().await.ok()?;
        let count = sqlx::query_scalar(statement).fetch_one(&mut connection).await.ok()?;
        connection.close().await.ok()?;
        Some(count)
    }
}
