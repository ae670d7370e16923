//! The rules, in the order of the checklist's sections: a folder for each, whose rules are a file beside a page each.
//!
//! The files here, and those in the folders that no page stands beside, are asked by several rules, or are parts
//! of one. [`RULES`] makes a rule known.

mod advice;
mod blocking;
mod carried;
mod classes;
mod concurrency;
mod coroutines;
mod earlier;
mod errors;
mod fate;
mod home;
mod lasting;
mod layout;
mod libraries;
mod openers;
mod ownership;
mod reach;
mod remarks;
mod resources;
mod shutdown;
mod wrapping;

use super::Rule;

/// All rules, by code.
pub const RULES: &[&Rule] = &[
    &super::suppression::RULE,
    &concurrency::CPU_BOUND_IN_COROUTINE,
    &concurrency::LOOP_API_FROM_THREAD,
    &concurrency::THREAD_FOR_ASYNC_WORK,
    &concurrency::BLOCKING_CALL_IN_COROUTINE,
    &concurrency::UNBOUNDED_THREAD_POOL,
    &concurrency::THREAD_POOL_FOR_CPU_WORK,
    &concurrency::EXECUTOR_NOT_SHUT_DOWN,
    &concurrency::UNLOCKED_STATE_SHARED_WITH_THREAD,
    &concurrency::COROUTINE_WITHOUT_AWAIT,
    &concurrency::THREAD_LOCK_ACROSS_AWAIT,
    &concurrency::RACE_ACROSS_AWAIT,
    &concurrency::BUSY_WAIT,
    &concurrency::BLOCKING_CALL_THROUGH_HELPER,
    &concurrency::EXECUTOR_PER_CALL,
    &coroutines::MALFORMED_COROUTINE,
    &coroutines::UNAWAITED_COROUTINE,
    &coroutines::MANUAL_LOOP_ENTRY,
    &coroutines::NESTED_EVENT_LOOP,
    &coroutines::ENSURE_FUTURE_FOR_COROUTINE,
    &coroutines::DANGLING_TASK,
    &coroutines::UNNAMED_TASK,
    &coroutines::SEQUENTIAL_AWAITS,
    &coroutines::GATHER_FAILS_FAST,
    &coroutines::GATHER_EXCEPTIONS_IGNORED,
    &coroutines::WAIT_MISUSED,
    &coroutines::RESULTS_HELD_BACK,
    &coroutines::CANCELLATION_SWALLOWED,
    &coroutines::MISSING_TIMEOUT,
    &coroutines::CANCEL_NOT_AWAITED,
    &coroutines::BROAD_EXCEPT_CATCHES_CANCELLATION,
    &coroutines::GET_EVENT_LOOP_IN_COROUTINE,
    &coroutines::AWAIT_IN_CANCELLED_CLEANUP,
    &coroutines::TIMEOUT_SWALLOWS_CANCEL,
    &coroutines::CLEANUP_SKIPS_CANCELLATION,
    &resources::RESOURCE_WITHOUT_ASYNC_WITH,
    &resources::BROKEN_ASYNC_CONTEXT_MANAGER,
    &resources::HAND_WRITTEN_CONTEXT_MANAGER,
    &resources::SYNC_ITERATION_OF_ASYNC_SOURCE,
    &resources::ASYNC_GENERATOR_NOT_CLOSED,
    &resources::APPEND_LOOP_OVER_ASYNC_SOURCE,
    &shutdown::RESOURCE_OUTSIDE_MAIN,
    &shutdown::TASK_BEFORE_RESOURCES,
    &shutdown::RESOURCE_WITHOUT_OWNER,
    &shutdown::NO_SIGNAL_HANDLING,
    &shutdown::TASKS_OUTLIVE_SHUTDOWN,
    &shutdown::CANCELLED_TASKS_NOT_GATHERED,
    &shutdown::ASYNCGENS_NOT_SHUT_DOWN,
    &shutdown::DEFAULT_EXECUTOR_NOT_SHUT_DOWN,
    &shutdown::LOOP_NOT_CLOSED,
    &shutdown::HANDLE_LEFT_OPEN,
    &blocking::BLOCKING_SLEEP,
    &blocking::BLOCKING_HTTP,
    &blocking::BLOCKING_FILE_IO,
    &blocking::BLOCKING_DATABASE,
    &blocking::LEGACY_BLOCKING_CLIENT,
    &blocking::NO_DEBUG_MODE_TESTING,
    &libraries::SESSION_PER_REQUEST,
    &libraries::SESSION_NEVER_CLOSED,
    &libraries::CONNECTOR_WITHOUT_LIMITS,
    &libraries::RESPONSE_NOT_CONSUMED,
    &libraries::SYNC_FILE_API_BESIDE_AIOFILES,
    &libraries::AIOFILES_WITHOUT_ASYNC_WITH,
    &libraries::CONNECTION_PER_CALL,
    &libraries::POOL_NEVER_CLOSED,
    &libraries::WRITES_WITHOUT_TRANSACTION,
    &libraries::REPEATED_STATEMENT_NOT_PREPARED,
    &errors::WORKER_WITHOUT_ERROR_BOUNDARY,
    &errors::EXCEPTION_SWALLOWED,
    &errors::RETRY_WITHOUT_BACKOFF,
    &errors::ONE_FAILURE_STOPS_ALL,
    &errors::UNBOUNDED_FAN_OUT,
    &errors::UNBOUNDED_QUEUE,
    &errors::POOL_SIZE_UNSET,
];

/// Rules about the repository as a whole: wherever in it they find something, it is the same thing, so that a review shows
/// the first finding only.
pub(super) const ABOUT_THE_REPOSITORY: &[&Rule] = &[&blocking::NO_DEBUG_MODE_TESTING];
