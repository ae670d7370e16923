//! Opening and closing the store.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Notify;

use super::transaction::Inner;
use super::{StoreError, Transaction};
use crate::settings::StoreSettings;

/// How long a caller waits for a free connection before the store counts as away.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Everything that outlives the process. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    /// Rings when a job was put into the queue by this process.
    bell: Arc<Notify>,
}

#[derive(Debug, Clone)]
enum Engine {
    Postgres(PgPool),
    Sqlite {
        /// The only connection that writes, so that writers queue up here instead of failing as busy.
        writer: SqlitePool,
        readers: SqlitePool,
        /// Held as long as the store is open: one process at a time.
        _lock: Arc<File>,
    },
}

impl Store {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    /// When the database can't be reached, or the folder can't be used or is used by another process.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        let engine = match settings {
            StoreSettings::Postgres(url) => postgres(url.expose_secret()).await?,
            StoreSettings::Embedded(folder) => sqlite(folder).await?,
        };
        match &engine {
            Engine::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
            Engine::Sqlite { writer, .. } => {
                sqlx::migrate!("migrations/sqlite").run(writer).await?;
            }
        }
        Ok(Self { engine, bell: Arc::new(Notify::new()) })
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let inner = match &self.engine {
            Engine::Postgres(pool) => Inner::Postgres(pool.begin().await?),
            Engine::Sqlite { writer, .. } => {
                Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
        };
        Ok(Transaction::new(inner, self.bell.clone()))
    }

    /// Begins a transaction that only reads, and sees one state of the store throughout.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        let inner = match &self.engine {
            Engine::Postgres(pool) => Inner::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?,
            ),
            Engine::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
        };
        Ok(Transaction::new(inner, self.bell.clone()))
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        both!(tx, |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// Whether this process has the store for itself, so that whatever runs in it runs here.
    pub fn is_exclusive(&self) -> bool {
        matches!(self.engine, Engine::Sqlite { .. })
    }

    /// The bell that rings when this process put a job into the queue.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// The connections to PostgreSQL, for what only it has; `None` on the embedded store.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.engine {
            Engine::Postgres(pool) => Some(pool),
            Engine::Sqlite { .. } => None,
        }
    }

    /// Waits until all connections are given back, and closes them.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Postgres(pool) => pool.close().await,
            Engine::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

async fn postgres(url: &str) -> Result<Engine, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("asyncwarden");
    let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(ACQUIRE);
    match pool.connect_with(options.clone()).await {
        Ok(pool) => Ok(Engine::Postgres(pool)),
        // The pool tries until its time is over and forgets why; one more try says it.
        Err(sqlx::Error::PoolTimedOut) => {
            let connection = tokio::time::timeout(ACQUIRE, options.connect()).await;
            connection.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
            Err(sqlx::Error::PoolTimedOut.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn sqlite(folder: &Path) -> Result<Engine, StoreError> {
    let refuse =
        |problem: String| StoreError::Folder { folder: folder.display().to_string(), problem };
    let lock = lock(folder).map_err(refuse)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join("asyncwarden.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A delivery that got its answer must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE)
        .optimize_on_close(true, None);
    let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(ACQUIRE);
    let open = |error: sqlx::Error| refuse(error.to_string());
    let writer = pool(1).connect_with(options.clone()).await.map_err(open)?;
    let readers = pool(4).connect_with(options.read_only(true)).await.map_err(open)?;
    Ok(Engine::Sqlite { writer, readers, _lock: Arc::new(lock) })
}

/// Makes the folder, readable for its owner alone, and takes it for this process.
fn lock(folder: &Path) -> Result<File, String> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| error.to_string())?;
    let path = folder.join("asyncwarden.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| error.to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err("another process uses it".to_owned()),
        Err(TryLockError::Error(error)) => Err(error.to_string()),
    }
}
