//! Section 6: aiohttp, aiofiles, database clients.

mod session_never_closed;
mod session_per_request;

pub(super) use session_never_closed::RULE as SESSION_NEVER_CLOSED;
pub(super) use session_per_request::RULE as SESSION_PER_REQUEST;
