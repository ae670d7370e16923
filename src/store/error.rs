//! Why the store failed.

use sqlx::error::DatabaseError;

/// Why the store failed. Nothing of the transaction stays.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed, or the database is away.
    #[error("the store failed: {0}")]
    Database(sqlx::Error),
    /// PostgreSQL could not be reached at the start, or did not let us in.
    #[error("{place} can't be used: {error}")]
    Unreachable {
        /// Which server.
        place: String,
        /// What it said, or what kept us from it.
        error: sqlx::Error,
    },
    /// The disk takes no more.
    #[error(
        "the store can't write to its disk, which may be full, over its quota or broken: make room there ({0})"
    )]
    Disk(sqlx::Error),
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
    /// Whether somebody else's transaction was in the way, so that the same one succeeds when it is tried again.
    pub fn is_conflict(&self) -> bool {
        let StoreError::Database(error) = self else { return false };
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|code| code.len() == 5 && code.starts_with("40"))
    }

    /// Whether the store could not be reached, as opposed to a statement that it refused.
    pub fn is_away(&self) -> bool {
        let error = match self {
            StoreError::Database(error) | StoreError::Unreachable { error, .. } => error,
            StoreError::Disk(_) => return true,
            _ => return false,
        };
        match error {
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default();
                // Connection failures, lack of resources, shutdown.
                let classes = ["08", "53", "57P"];
                classes.iter().any(|class| code.len() == 5 && code.starts_with(class))
                    || matches!(primary(&code), Some(BUSY | IO_ERROR | FULL | CANNOT_OPEN))
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

// SQLite's result codes.
const BUSY: u32 = 5;
const IO_ERROR: u32 = 10;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;

/// The kind of failure in a code of SQLite: its lowest byte, above which details are told (778 is an I/O error while
/// writing). PostgreSQL's codes are longer and have none.
fn primary(code: &str) -> Option<u32> {
    let extended: u32 = code.parse().ok().filter(|_| code.len() < 5)?;
    Some(extended & 0xff)
}

// The texts hold their causes, so these are no sources: whoever prints the chain would say them twice.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(DatabaseError::code);
        match code.as_deref() {
            // PostgreSQL's disk_full.
            Some("53100") => Self::Disk(error),
            Some(code) if matches!(primary(code), Some(IO_ERROR | FULL)) => Self::Disk(error),
            _ => Self::Database(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::error::Error;

    use sqlx::error::ErrorKind;

    use super::*;

    #[derive(Debug)]
    struct Refusal(&'static str);

    impl std::fmt::Display for Refusal {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Refusal {}

    impl DatabaseError for Refusal {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn what_may_pass_is_told_from_what_stays_refused() {
        for (code, away, disk) in [
            ("5", true, false),
            // Busy with a snapshot, writing failed, the journal could not be synced.
            ("517", true, false),
            ("778", true, true),
            ("1034", true, true),
            ("13", true, true),
            ("14", true, false),
            // Constraints, on both.
            ("2067", false, false),
            ("1555", false, false),
            ("23505", false, false),
            ("53100", true, true),
            ("53300", true, false),
            ("57P01", true, false),
            ("08006", true, false),
            ("57014", false, false),
        ] {
            let error = StoreError::from(sqlx::Error::Database(Box::new(Refusal(code))));
            let is_disk = matches!(error, StoreError::Disk(_));
            assert_eq!((error.is_away(), is_disk), (away, disk), "{code}");
        }
    }
}
