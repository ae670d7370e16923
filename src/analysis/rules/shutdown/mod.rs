//! Section 4: start-up and shutdown.

mod resource_outside_main;
mod resource_without_owner;

pub(super) use resource_outside_main::RULE as RESOURCE_OUTSIDE_MAIN;
pub(super) use resource_without_owner::RULE as RESOURCE_WITHOUT_OWNER;
