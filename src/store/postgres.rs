//! Opening the store on PostgreSQL: options, pooler or not, schema.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Row};

use super::connect::{OLDEST, check_supported};
use super::{Pooling, StoreError};

/// An open pool of connections.
#[derive(Debug, Clone)]
pub(super) struct Postgres {
    pub(super) pool: PgPool,
    /// Whether statements may be prepared under names: not through a pooler that changes connections.
    pub(super) named: bool,
}

// What hangs must not hold locks for ever: a statement, a wait for a lock, a process that stopped in the middle. Said
// with the BEGIN, in the same round trip, since a pooler keeps no settings of a session.
pub(super) const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '10s'; \
     SET LOCAL idle_in_transaction_session_timeout = '60s'";
// What pages read ends after a few rows, whatever all of it would cost: compiling it takes longer than running it.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '30s'; \
     SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL jit = off";
pub(super) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Connects and brings the schema up to date.
pub(super) async fn open(url: &str, pooling: Pooling) -> Result<Postgres, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("asyncwarden")
        // Floats are exact without it since PostgreSQL 12, and poolers refuse what they don't know.
        .extra_float_digits(None);
    // Outside the pool, which tries until its time is over and forgets why.
    let connecting = tokio::time::timeout(pooling.acquire, options.connect()).await;
    let connected = connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let mut connection =
        connected.map_err(|error| StoreError::Unreachable { place: place(&options), error })?;
    let named = !changes_connections(&mut connection, &options).await?;
    if !named {
        tracing::info!("a pooler shares PostgreSQL's connections: statements go without names");
    }
    migrate(&mut connection, named).await?;
    connection.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(pooling.connections)
        .acquire_timeout(pooling.acquire)
        .connect_with(options)
        .await?;
    Ok(Postgres { pool, named })
}

/// Which server that is, without who asks for what there.
pub(super) fn place(options: &PgConnectOptions) -> String {
    format!("PostgreSQL at {}:{}", options.get_host(), options.get_port())
}

/// Whether a pooler gives each transaction another of the server's connections. Two clients that meet the same server
/// process, or one that meets two, are not connected directly.
pub(super) async fn changes_connections(
    first: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    let mut second = options.connect().await?;
    let usual = process(first).await?;
    let mut changes = false;
    for _ in 0..3 {
        changes |= process(&mut second).await? == usual;
        changes |= process(first).await? != usual;
    }
    second.close().await?;
    Ok(changes)
}

/// The server's process that answers.
async fn process(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    // As plain text, which leaves no statement behind.
    sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

/// How often a migration that could not get its locks is tried.
const TRIES: u32 = 6;

/// Brings the schema up to date, all or nothing, one process at a time.
///
/// A version before this one may be at work: a statement of the migration that waits for it would make everybody else
/// wait behind. So it gives up soon, and tries again.
async fn migrate(connection: &mut PgConnection, named: bool) -> Result<(), StoreError> {
    for tried in 1.. {
        match try_to_migrate(connection, named).await {
            Err(error) if tried < TRIES && is_locked(&error) => {
                tracing::warn!("the schema is in use; its update is tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            done => return done,
        }
    }
    Ok(())
}

// "asyncwar", so that it is nobody else's by accident.
const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(x'6173796e63776172'::bigint); \
     SET LOCAL lock_timeout = '3s'; SET LOCAL client_min_messages = 'warning'";

async fn try_to_migrate(connection: &mut PgConnection, named: bool) -> Result<(), StoreError> {
    let mut migrator = sqlx::migrate!("migrations/postgres");
    // Ours is for the transaction: one for the session is lost behind a pooler. A newer version's migrations may be there.
    migrator.set_locking(false).set_ignore_missing(true);
    let mut tx = connection.begin_with(LOCK).await?;
    if !named {
        forget_names(&mut tx).await?;
    }
    migrator.run_direct(None, &mut *tx, false).await?;
    let oldest: i64 = sqlx::query_scalar(OLDEST).persistent(false).fetch_one(&mut *tx).await?;
    if !named {
        forget_names(&mut tx).await?;
    }
    tx.commit().await?;
    check_supported(oldest, &migrator)
}

/// The library names the statements that it migrates with, whatever it is told.
async fn forget_names(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *connection).await?;
    connection.clear_cached_statements().await
}

fn is_locked(error: &StoreError) -> bool {
    let cause = match error {
        StoreError::Database(error) => error,
        StoreError::Migration(
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
        ) => error,
        _ => return false,
    };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // The wait was over, or was for somebody who waited for us.
    matches!(code.as_deref(), Some("55P03" | "40P01"))
}
