//! Section 1: is asyncio the right choice, and how threads and executors are integrated.

mod earlier_guards;
mod heavy;
pub(super) mod pools;
mod spinning;
mod state;
mod threads;

mod blocking_call_in_coroutine;
mod blocking_call_through_helper;
mod busy_wait;
mod coroutine_without_await;
mod cpu_bound_in_coroutine;
mod executor_not_shut_down;
mod executor_per_call;
mod loop_api_from_thread;
mod race_across_await;
mod thread_for_async_work;
mod thread_lock_across_await;
mod thread_pool_for_cpu_work;
mod unbounded_thread_pool;
mod unlocked_state_shared_with_thread;

pub(super) use blocking_call_in_coroutine::RULE as BLOCKING_CALL_IN_COROUTINE;
pub(super) use blocking_call_through_helper::RULE as BLOCKING_CALL_THROUGH_HELPER;
pub(super) use busy_wait::RULE as BUSY_WAIT;
pub(super) use coroutine_without_await::RULE as COROUTINE_WITHOUT_AWAIT;
pub(super) use cpu_bound_in_coroutine::RULE as CPU_BOUND_IN_COROUTINE;
pub(super) use executor_not_shut_down::RULE as EXECUTOR_NOT_SHUT_DOWN;
pub(super) use executor_per_call::RULE as EXECUTOR_PER_CALL;
pub(super) use loop_api_from_thread::RULE as LOOP_API_FROM_THREAD;
pub(super) use race_across_await::RULE as RACE_ACROSS_AWAIT;
pub(super) use thread_for_async_work::RULE as THREAD_FOR_ASYNC_WORK;
pub(super) use thread_lock_across_await::RULE as THREAD_LOCK_ACROSS_AWAIT;
pub(super) use thread_pool_for_cpu_work::RULE as THREAD_POOL_FOR_CPU_WORK;
pub(super) use unbounded_thread_pool::RULE as UNBOUNDED_THREAD_POOL;
pub(super) use unlocked_state_shared_with_thread::RULE as UNLOCKED_STATE_SHARED_WITH_THREAD;
