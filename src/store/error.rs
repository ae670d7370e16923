//! Why the store failed.

/// Why the store failed. Nothing of the transaction stays.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed, or the database is away.
    #[error("the store failed: {0}")]
    Database(sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the store's schema could not be brought up to date: {0}")]
    Migration(sqlx::migrate::MigrateError),
    /// The embedded store's folder or file can't be used.
    #[error("the embedded store in {folder} can't be used: {problem}")]
    Folder {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A newer version changed the schema in a way that this one can't work with.
    #[error(
        "the store needs a newer asyncwarden: this one knows its schema up to {ours}, and {oldest} is the least"
    )]
    TooOld {
        /// The newest schema that this program knows.
        ours: i64,
        /// The oldest schema whose programs can work with the store.
        oldest: i64,
    },
    /// A value in the store that this version doesn't know.
    #[error("the store holds an unknown {what}: {value}")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// What is there.
        value: String,
    },
}

impl StoreError {
    /// Whether the store could not be reached, as opposed to a statement that it refused.
    pub fn is_away(&self) -> bool {
        let StoreError::Database(error) = self else { return false };
        match error {
            sqlx::Error::Database(refusal) => {
                // Connection failures, lack of resources, shutdown; SQLite's busy, I/O, full and cannot-open.
                let code = refusal.code().unwrap_or_default();
                let classes = ["08", "53", "57P"];
                classes.iter().any(|class| code.len() == 5 && code.starts_with(class))
                    || matches!(code.as_ref(), "5" | "10" | "13" | "14")
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            _ => false,
        }
    }
}

// The texts hold their causes, so these are no sources: whoever prints the chain would say them twice.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}
