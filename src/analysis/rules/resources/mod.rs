//! Section 3: asynchronous context managers and iteration.

mod resource_without_async_with;

pub(super) use resource_without_async_with::RULE as RESOURCE_WITHOUT_ASYNC_WITH;
pub(super) use resource_without_async_with::{check_those, is_of_aiofiles};
