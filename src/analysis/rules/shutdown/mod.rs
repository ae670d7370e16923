//! Section 4: start-up and shutdown.

mod cancelled_tasks_not_gathered;
pub(super) mod entry;
mod handle_left_open;
mod resource_outside_main;
mod resource_without_owner;
mod tasks_outlive_shutdown;

pub(super) use cancelled_tasks_not_gathered::RULE as CANCELLED_TASKS_NOT_GATHERED;
pub(super) use handle_left_open::RULE as HANDLE_LEFT_OPEN;
pub(super) use resource_outside_main::RULE as RESOURCE_OUTSIDE_MAIN;
pub(super) use resource_without_owner::RULE as RESOURCE_WITHOUT_OWNER;
pub(super) use tasks_outlive_shutdown::RULE as TASKS_OUTLIVE_SHUTDOWN;
