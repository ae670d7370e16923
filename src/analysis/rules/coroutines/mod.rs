//! Section 2: coroutines, tasks, gather and wait, cancellation, time-outs.

mod broad_except_catches_cancellation;
mod cancellation;
mod cancellation_swallowed;
mod dangling_task;
mod ensure_future_for_coroutine;
mod gather_exceptions_ignored;
mod gather_fails_fast;
mod get_event_loop_in_coroutine;
mod missing_timeout;
mod nested_event_loop;
mod unawaited_coroutine;
mod uncalled_coroutine;

pub(super) use broad_except_catches_cancellation::RULE as BROAD_EXCEPT_CATCHES_CANCELLATION;
pub(super) use cancellation_swallowed::RULE as CANCELLATION_SWALLOWED;
pub(super) use dangling_task::RULE as DANGLING_TASK;
pub(super) use ensure_future_for_coroutine::RULE as ENSURE_FUTURE_FOR_COROUTINE;
pub(super) use gather_exceptions_ignored::RULE as GATHER_EXCEPTIONS_IGNORED;
pub(super) use gather_fails_fast::RULE as GATHER_FAILS_FAST;
pub(super) use get_event_loop_in_coroutine::RULE as GET_EVENT_LOOP_IN_COROUTINE;
pub(super) use missing_timeout::RULE as MISSING_TIMEOUT;
pub(super) use nested_event_loop::RULE as NESTED_EVENT_LOOP;
pub(super) use unawaited_coroutine::RULE as UNAWAITED_COROUTINE;
