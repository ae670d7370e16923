//! Whether reviews began or ended: a few bytes that change when one does.

use chrono::{DateTime, Utc};

use crate::store::{Sees, StoreError, Transaction};

/// More reviews than ever run at a time.
const MOST: i64 = 1000;

/// When the last review began, and which have not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// When the last one began.
    pub last_at: Option<DateTime<Utc>>,
    /// Rows of those that run.
    pub running: Vec<i64>,
}

// In the roll-ups there is one row for each repository.
const LAST: &str = concat!(
    "SELECT max(t.last_review_at) FROM repository_totals t
    WHERE (CAST($1 AS BIGINT) IS NULL OR t.repository_id = $1) AND ",
    visible!("t.repository_id", "$2")
);
// A gate is open as long as its review runs; an index holds just these.
const RUNNING: &str = concat!(
    "SELECT v.id FROM reviews v
    WHERE NOT v.gate_closed AND (CAST($1 AS BIGINT) IS NULL OR v.repository_id = $1) AND ",
    visible!("v.repository_id", "$2"),
    " ORDER BY v.id DESC LIMIT $3"
);

/// The pulse of a repository (its row), or of all that may be seen.
pub async fn pulse(
    tx: &mut Transaction,
    sees: Sees,
    repository_id: Option<i64>,
) -> Result<Pulse, StoreError> {
    let last_at = both!(tx, |c| sqlx::query_scalar(LAST)
        .bind(repository_id)
        .bind(sees.person())
        .fetch_one(c)
        .await)?;
    let running = both!(tx, |c| sqlx::query_scalar(RUNNING)
        .bind(repository_id)
        .bind(sees.person())
        .bind(MOST)
        .fetch_all(c)
        .await)?;
    Ok(Pulse { last_at, running })
}
