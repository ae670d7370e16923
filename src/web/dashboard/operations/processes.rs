//! The processes of the service.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::time::When;
use crate::store::processes::Process;

/// Who lives tells so twice a minute.
const SILENT: TimeDelta = TimeDelta::minutes(2);

/// A process as a line of the page.
pub(super) struct Line {
    pub(super) host: String,
    pub(super) version: String,
    pub(super) workers: i64,
    pub(super) started: When,
    pub(super) seen: When,
    /// It has not told for long that it lives.
    pub(super) silent: bool,
}

impl Line {
    pub(super) fn new(process: Process, now: DateTime<Utc>) -> Self {
        Self {
            host: process.host,
            version: process.version,
            workers: process.workers,
            started: When::new(process.started_at, now),
            seen: When::new(process.seen_at, now),
            silent: now - process.seen_at > SILENT,
        }
    }
}
