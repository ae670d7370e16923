//! Section 1: is asyncio the right choice, and how threads and executors are integrated.

mod blocking_call_in_coroutine;
mod blocking_call_through_helper;

pub(super) use blocking_call_in_coroutine::RULE as BLOCKING_CALL_IN_COROUTINE;
pub(super) use blocking_call_through_helper::RULE as BLOCKING_CALL_THROUGH_HELPER;
