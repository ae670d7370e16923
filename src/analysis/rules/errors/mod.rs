//! Section 7: error handling, resilience, limits.

mod boundary;
mod done_callbacks;
mod exception_swallowed;
mod fans;
mod one_failure_stops_all;
mod pool_size_unset;
mod retries;
mod retry_without_backoff;
mod services;
mod unbounded_fan_out;
mod unbounded_queue;
mod work;
mod worker_without_error_boundary;

pub(super) use exception_swallowed::RULE as EXCEPTION_SWALLOWED;
pub(super) use one_failure_stops_all::RULE as ONE_FAILURE_STOPS_ALL;
pub(super) use pool_size_unset::RULE as POOL_SIZE_UNSET;
pub(super) use retry_without_backoff::RULE as RETRY_WITHOUT_BACKOFF;
pub(super) use unbounded_fan_out::RULE as UNBOUNDED_FAN_OUT;
pub(super) use unbounded_queue::RULE as UNBOUNDED_QUEUE;
pub(super) use worker_without_error_boundary::RULE as WORKER_WITHOUT_ERROR_BOUNDARY;
