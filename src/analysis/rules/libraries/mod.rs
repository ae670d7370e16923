//! Section 6: aiohttp, aiofiles, database clients.

mod aiofiles_without_async_with;
mod connection_per_call;
mod connector_without_limits;
mod occasions;
mod pool_never_closed;
mod repeated_statement_not_prepared;
mod response_not_consumed;
mod session_never_closed;
mod session_per_request;
mod sql;
mod sync_file_api_beside_aiofiles;
mod writes_without_transaction;

pub(super) use aiofiles_without_async_with::RULE as AIOFILES_WITHOUT_ASYNC_WITH;
pub(super) use connection_per_call::RULE as CONNECTION_PER_CALL;
pub(super) use connector_without_limits::RULE as CONNECTOR_WITHOUT_LIMITS;
pub(super) use occasions::is_handler;
pub(super) use pool_never_closed::RULE as POOL_NEVER_CLOSED;
pub(super) use repeated_statement_not_prepared::RULE as REPEATED_STATEMENT_NOT_PREPARED;
pub(super) use response_not_consumed::RULE as RESPONSE_NOT_CONSUMED;
pub(super) use session_never_closed::RULE as SESSION_NEVER_CLOSED;
pub(super) use session_per_request::RULE as SESSION_PER_REQUEST;
pub(super) use sync_file_api_beside_aiofiles::{
    RULE as SYNC_FILE_API_BESIDE_AIOFILES, beside_aiofiles,
};
pub(super) use writes_without_transaction::RULE as WRITES_WITHOUT_TRANSACTION;
