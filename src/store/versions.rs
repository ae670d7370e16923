//! Which versions there are of the schema and of the database server.

use super::{StoreError, Transaction};

/// Versions of what lies below us.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Versions {
    /// The newest migration that was made.
    pub schema: i64,
    /// The database server's version.
    pub server: String,
}

const POSTGRES: &str =
    "SELECT max(version) AS schema, 'PostgreSQL ' || current_setting('server_version') AS server
    FROM _sqlx_migrations WHERE success";
const SQLITE: &str = "SELECT max(version) AS schema, 'SQLite ' || sqlite_version() AS server
    FROM _sqlx_migrations WHERE success";

/// The versions that the store has.
pub async fn versions(tx: &mut Transaction) -> Result<Versions, StoreError> {
    let sql = tx.pick(POSTGRES, SQLITE);
    Ok(both!(tx, |c| sqlx::query_as::<_, Versions>(sql).fetch_one(c).await)?)
}

/// The newest migration that this program knows.
pub fn newest_schema() -> i64 {
    sqlx::migrate!("migrations/sqlite").iter().map(|migration| migration.version).max().unwrap_or(0)
}
