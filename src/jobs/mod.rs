//! What happens behind the webhooks: workers take jobs from the queue and review; the sweep picks up what was dropped.
//!
//! ```text
//! worker              takes a job, holds its lease, says what becomes of it when it fails
//! review_job          the review, step by step: begin here
//! obey, wanted        what people told us to do; whether there is anything to review
//! material, context   what the analysis needs, fetched; what is known of the repository around the change
//! analyse, patience   the analysis, off the event loop; how long it may take
//! measure             what is counted of a review
//! saying, settled     from the analysis to comments; what people resolved
//! gates, merge_groups the gate, wherever it is waited for
//! sweep               what was dropped, by way of reconcile, recovery and retention
//! baseline            what default branches hold, while no review waits
//! presence, wake      that this process lives; jobs that another one queued
//! ```

mod analyse;
mod baseline;
mod context;
mod error;
mod gates;
mod material;
mod measure;
mod merge_groups;
mod obey;
mod patience;
mod platforms;
mod presence;
mod reconcile;
mod recovery;
mod retention;
mod review_job;
mod saying;
mod settled;
mod sweep;
mod wake;
mod wanted;
mod worker;

pub use baseline::baseline;
pub use context::Contexts;
pub use platforms::{Platform, Platforms};
pub use presence::{EVERY as TOLD_EVERY, Presence};
pub use sweep::{sweep, warn};
pub use wake::listen;
pub use worker::{Analyser, Worker};
