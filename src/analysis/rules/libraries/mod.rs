//! Section 6: aiohttp, aiofiles, database clients.

mod session_per_request;

pub(super) use session_per_request::RULE as SESSION_PER_REQUEST;
