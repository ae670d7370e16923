//! Opening and closing the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use secrecy::ExposeSecret;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;
use tokio::sync::Notify;

use super::embedded::{self, Embedded};
use super::postgres::{self, Postgres};
use super::transaction::{Inner, PostgresTransaction};
use super::{StoreError, Transaction};
use crate::settings::StoreSettings;

/// How many connections there are, and how long one is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooling {
    /// Most connections to PostgreSQL.
    pub connections: u32,
    /// How long a caller waits for a free connection before the store counts as away: less than platforms wait for
    /// the answer to a delivery, which is 10 s.
    pub acquire: Duration,
}

impl Default for Pooling {
    fn default() -> Self {
        Self { connections: 16, acquire: Duration::from_secs(8) }
    }
}

/// Everything that outlives the process. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    /// Rings when a job was put into the queue by this process.
    bell: Arc<Notify>,
    /// Whether nobody tells this process of jobs that others put into the queue.
    deaf: Arc<AtomicBool>,
}

#[derive(Debug, Clone)]
enum Engine {
    Postgres(Postgres),
    Sqlite(Embedded),
}

impl Store {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    /// When the database can't be reached, was brought up to date by a version that is too new for this one, or the
    /// folder can't be used or is used by another process.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        Self::open_with(settings, Pooling::default()).await
    }

    /// The same with other numbers of connections.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(settings: &StoreSettings, pooling: Pooling) -> Result<Self, StoreError> {
        let engine = match settings {
            StoreSettings::Postgres(url) => {
                Engine::Postgres(postgres::open(url.expose_secret(), pooling).await?)
            }
            StoreSettings::Embedded(folder) => {
                Engine::Sqlite(embedded::open(folder, pooling.acquire).await?)
            }
        };
        Ok(Self { engine, bell: Arc::default(), deaf: Arc::default() })
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let inner = match &self.engine {
            Engine::Postgres(postgres) => begin(postgres, postgres::BEGIN).await?,
            Engine::Sqlite(embedded) => {
                Inner::Sqlite(embedded.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
        };
        Ok(Transaction::new(inner, self.bell.clone()))
    }

    /// Begins a transaction that only reads, and sees one state of the store throughout.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        self.read_with(postgres::BEGIN_READ).await
    }

    /// The same without a limit on how long a statement may take, for what reads everything.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        self.read_with(postgres::BEGIN_SNAPSHOT).await
    }

    async fn read_with(&self, statement: &'static str) -> Result<Transaction, StoreError> {
        let inner = match &self.engine {
            Engine::Postgres(postgres) => begin(postgres, statement).await?,
            Engine::Sqlite(embedded) => Inner::Sqlite(embedded.readers.begin().await?),
        };
        Ok(Transaction::new(inner, self.bell.clone()))
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        both!(tx, |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// By how much this machine's clock is ahead of the store's. Leases are told by the machines' clocks: where two differ
    /// by a lease, one takes the other's jobs away.
    pub async fn clock_ahead(&self) -> Result<TimeDelta, StoreError> {
        if self.is_exclusive() {
            return Ok(TimeDelta::zero());
        }
        let mut tx = self.read().await?;
        let asked = Utc::now();
        Ok(asked - tx.clock().await?)
    }

    /// Whether this process has the store for itself, so that whatever runs in it runs here.
    pub fn is_exclusive(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// The bell that rings when this process put a job into the queue.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Notes whether this process is told of jobs that others put into the queue.
    pub(crate) fn hears(&self, hears: bool) {
        self.deaf.store(!hears, Ordering::Relaxed);
    }

    /// Whether jobs that other processes put into the queue must be looked for.
    pub(crate) fn is_deaf(&self) -> bool {
        self.deaf.load(Ordering::Relaxed)
    }

    /// The connections to PostgreSQL, for what only it has; `None` on the embedded store.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.engine {
            Engine::Postgres(postgres) => Some(&postgres.pool),
            Engine::Sqlite(_) => None,
        }
    }

    /// Whether a pooler stands before PostgreSQL that gives each transaction another connection.
    pub(crate) fn is_pooled(&self) -> bool {
        matches!(&self.engine, Engine::Postgres(postgres) if !postgres.named)
    }

    /// How many connections are in use, and how many wait for use.
    pub fn connections(&self) -> (i64, i64) {
        let (all, idle) = match &self.engine {
            Engine::Postgres(postgres) => (postgres.pool.size(), postgres.pool.num_idle()),
            Engine::Sqlite(embedded) => (
                embedded.readers.size() + embedded.writer.size(),
                embedded.readers.num_idle() + embedded.writer.num_idle(),
            ),
        };
        let idle = i64::try_from(idle).unwrap_or(i64::MAX);
        (i64::from(all).saturating_sub(idle), idle)
    }

    /// Waits until all connections are given back, and closes them.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Postgres(postgres) => postgres.pool.close().await,
            Engine::Sqlite(embedded) => {
                embedded.readers.close().await;
                embedded.writer.close().await;
            }
        }
    }
}

async fn begin(postgres: &Postgres, statement: &'static str) -> Result<Inner, sqlx::Error> {
    let inner = postgres.pool.begin_with(statement).await?;
    Ok(Inner::Postgres(PostgresTransaction { inner, named: postgres.named }))
}

/// The oldest schema whose programs can work with the store as it is now.
pub(super) const OLDEST: &str = "SELECT oldest FROM schema_support";

/// Refuses to work on a schema that this program is too old for.
pub(super) fn check_supported(oldest: i64, migrator: &Migrator) -> Result<(), StoreError> {
    let ours = migrator.iter().map(|migration| migration.version).max().unwrap_or(0);
    if ours < oldest { Err(StoreError::TooOld { ours, oldest }) } else { Ok(()) }
}
