//! Section 4: start-up and shutdown.

mod asyncgens_not_shut_down;
mod cancelled_tasks_not_gathered;
mod default_executor_not_shut_down;
pub(super) mod entry;
mod handle_left_open;
mod loop_not_closed;
mod loops;
mod no_signal_handling;
mod plain_handles;
mod resource_outside_main;
mod resource_without_owner;
mod starts;
mod task_before_resources;
mod tasks_outlive_shutdown;

pub(super) use asyncgens_not_shut_down::RULE as ASYNCGENS_NOT_SHUT_DOWN;
pub(super) use cancelled_tasks_not_gathered::RULE as CANCELLED_TASKS_NOT_GATHERED;
pub(super) use default_executor_not_shut_down::RULE as DEFAULT_EXECUTOR_NOT_SHUT_DOWN;
pub(super) use handle_left_open::RULE as HANDLE_LEFT_OPEN;
pub(super) use loop_not_closed::RULE as LOOP_NOT_CLOSED;
pub(super) use no_signal_handling::RULE as NO_SIGNAL_HANDLING;
pub(super) use resource_outside_main::RULE as RESOURCE_OUTSIDE_MAIN;
pub(super) use resource_without_owner::RULE as RESOURCE_WITHOUT_OWNER;
pub(super) use task_before_resources::RULE as TASK_BEFORE_RESOURCES;
pub(super) use tasks_outlive_shutdown::RULE as TASKS_OUTLIVE_SHUTDOWN;
