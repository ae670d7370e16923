//! Comments of ours as pages show them.

use chrono::{DateTime, Utc};

/// The comment that a finding got on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The platform's number of its first comment, where it was kept.
    pub comment_id: Option<String>,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// When we resolved it, or said in it that the finding is gone.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// The columns of a thread that may not be there.
#[derive(sqlx::FromRow)]
pub(super) struct ThreadRow {
    comment_id: Option<String>,
    posted_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
}

impl ThreadRow {
    pub(super) fn thread(self) -> Option<Thread> {
        let (comment_id, resolved_at) = (self.comment_id, self.resolved_at);
        self.posted_at.map(|posted_at| Thread { comment_id, posted_at, resolved_at })
    }
}

/// The columns of [`ThreadRow`], and the table of findings `f` joined with that of their threads.
macro_rules! with_threads {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", t.comment_id, t.posted_at, t.resolved_at FROM findings f
            LEFT JOIN threads t ON t.change_request_id = f.change_request_id AND t.fingerprint = f.fingerprint "
        )
    };
}
pub(super) use with_threads;
