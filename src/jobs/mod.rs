//! What happens behind the webhooks: workers take jobs from the queue and review; the sweep picks up what was dropped.

mod baseline;
mod context;
mod error;
mod gates;
mod material;
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
