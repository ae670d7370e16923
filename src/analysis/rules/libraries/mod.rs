//! Section 6: aiohttp, aiofiles, database clients.

mod connector_without_limits;
mod pool_never_closed;
mod session_never_closed;
mod session_per_request;

pub(super) use connector_without_limits::RULE as CONNECTOR_WITHOUT_LIMITS;
pub(super) use pool_never_closed::RULE as POOL_NEVER_CLOSED;
pub(super) use session_never_closed::RULE as SESSION_NEVER_CLOSED;
pub(super) use session_per_request::RULE as SESSION_PER_REQUEST;
