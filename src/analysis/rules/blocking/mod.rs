//! Section 5: nothing blocks the event loop.

pub(super) mod calls;

mod blocking_database;
mod blocking_file_io;
mod blocking_http;
mod blocking_sleep;
mod brief;
mod doubt;
mod legacy_blocking_client;
mod no_debug_mode_testing;
mod waiting;

pub(super) use blocking_database::RULE as BLOCKING_DATABASE;
pub(super) use blocking_file_io::RULE as BLOCKING_FILE_IO;
pub(super) use blocking_http::RULE as BLOCKING_HTTP;
pub(super) use blocking_sleep::RULE as BLOCKING_SLEEP;
pub(super) use legacy_blocking_client::RULE as LEGACY_BLOCKING_CLIENT;
pub(super) use no_debug_mode_testing::RULE as NO_DEBUG_MODE_TESTING;
