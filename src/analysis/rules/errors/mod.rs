//! Section 7: error handling, resilience, limits.

mod pool_size_unset;
mod unbounded_queue;

pub(super) use pool_size_unset::RULE as POOL_SIZE_UNSET;
pub(super) use unbounded_queue::RULE as UNBOUNDED_QUEUE;
