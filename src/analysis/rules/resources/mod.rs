//! Section 3: asynchronous context managers and iteration.

mod append_loop_over_async_source;
mod async_generator_not_closed;
mod async_sources;
mod broken_async_context_manager;
mod cleaning;
mod exits;
mod generated_contexts;
mod hand_written_context_manager;
mod resource_without_async_with;
mod sync_iteration_of_async_source;
mod yields_within;

pub(super) use append_loop_over_async_source::RULE as APPEND_LOOP_OVER_ASYNC_SOURCE;
pub(super) use async_generator_not_closed::RULE as ASYNC_GENERATOR_NOT_CLOSED;
pub(super) use broken_async_context_manager::RULE as BROKEN_ASYNC_CONTEXT_MANAGER;
pub(super) use hand_written_context_manager::RULE as HAND_WRITTEN_CONTEXT_MANAGER;
pub(super) use resource_without_async_with::RULE as RESOURCE_WITHOUT_ASYNC_WITH;
pub(super) use resource_without_async_with::{check_those, is_of_aiofiles};
pub(super) use sync_iteration_of_async_source::RULE as SYNC_ITERATION_OF_ASYNC_SOURCE;
