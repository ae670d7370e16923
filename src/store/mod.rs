//! All SQL, the same functions on PostgreSQL and SQLite. A file is about one table, as a rule; the schema is in `migrations`.
//!
//! A function takes the caller's [`Transaction`], so that the caller decides what happens together. One SQL text serves
//! both engines; where they differ, two constants stand side by side and [`Transaction::pick`] chooses.
//!
//! ```text
//! connect, embedded, postgres   opening; transaction, session: what statements run in
//! jobs                          the queue
//! reviews, findings, threads    what was found and said; trends: what the dashboard reads of it
//! dump, erase                   everything as lines; what is deleted for good
//! chores, ledger, write_turns   what processes do one at a time
//! ```

#[macro_use]
mod sees;
#[macro_use]
mod transaction;
pub mod access_tokens;
pub mod accounts;
pub mod audit;
pub mod baselines;
pub mod change_requests;
pub mod chores;
pub mod commands;
mod connect;
pub mod deliveries;
pub mod dump;
mod embedded;
pub mod erase;
mod error;
mod examine;
pub mod findings;
pub mod installations;
pub mod jobs;
mod ledger;
pub mod merge_groups;
pub mod numbers;
pub mod outlines;
pub mod pauses;
pub mod people;
mod postgres;
pub mod processes;
pub mod repositories;
pub mod request_budgets;
pub mod reviews;
pub mod service_keys;
mod session;
pub mod sessions;
pub mod settings_snapshots;
pub mod threads;
pub mod trends;
pub mod versions;
pub mod write_turns;

pub use connect::{Pooling, Store};
pub use embedded::is_made;
pub use error::StoreError;
pub use examine::examine;
pub use sees::Sees;
pub use transaction::Transaction;
