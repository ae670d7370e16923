//! Why the store failed.

/// Why the store failed. Nothing of the transaction stays.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed, or the database is away.
    #[error("the store failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the store's schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The embedded store's folder or file can't be used.
    #[error("the embedded store in {folder} can't be used: {problem}")]
    Folder {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        problem: String,
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
