//! The store's whole content as lines of JSON, to move it from one engine to the other.
//!
//! The first line says what it is, the last one how many rows there are, so that a file that was cut off is known. Each
//! line between is a row: `{"table": "jobs", "row": {"id": 1, …}}`, tables in an order in which each row comes after
//! those that it refers to. Bytes are base64, times RFC 3339.

#[macro_use]
mod cell;
mod export;
mod import;
mod load;
mod schema;
mod tables;

pub use export::export;
pub use import::import;
pub use schema::differences;

use super::StoreError;

/// Version of the lines' form.
const FORMAT: u64 = 1;

/// Why the content could not be written or read. Nothing of an import stays.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody takes the lines any more.
    #[error("the lines are not taken any more")]
    NotTaken,
    /// Another version's tables: something would be lost.
    #[error("the store's schema is another one than this version's: {0}")]
    OtherSchema(String),
    /// Something is there already.
    #[error("the store is not empty: there are rows in {0}; an import needs a new one")]
    NotEmpty(&'static str),
    /// What a line holds can't be used.
    #[error("line {line}: {problem}")]
    Line {
        /// 1-based.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The last line is missing.
    #[error(
        "the file was cut off: its last line, which counts the rows, is missing behind line {0}"
    )]
    CutOff(u64),
}

impl From<sqlx::Error> for DumpError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
