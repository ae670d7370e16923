//! What is known of the accounts on the platforms: until when they are held back, who writes, and how much they wrote.

use chrono::{DateTime, Utc};

use super::{StoreError, Transaction};

/// An account of ours on a platform, as its limits see it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Its name, the same in all processes.
    pub lane: String,
    /// Until when the platform wants it to wait, if it does.
    pub held_until: Option<DateTime<Utc>>,
    /// Until when somebody may write, if somebody does.
    pub writes_until: Option<DateTime<Utc>>,
    /// How much content it created in the last hour.
    pub written: i64,
    /// How many requests the platform left it, as it said last; `None` when it has not said so lately, or all of them are
    /// there again.
    pub remaining: Option<i64>,
    /// Of how many.
    pub quota: Option<i64>,
    /// When all of them are there again.
    pub resets_at: Option<DateTime<Utc>>,
}

// Counts are kept by minutes since 1970.
const ACCOUNTS: &str = "SELECT l.lane,
        (SELECT h.held_until FROM lane_holds h WHERE h.lane = l.lane AND h.held_until > $1) AS held_until,
        (SELECT t.held_until FROM write_turns t WHERE t.lane = l.lane AND t.holder IS NOT NULL AND t.held_until > $1)
            AS writes_until,
        CAST(COALESCE((SELECT sum(w.writes) FROM write_counts w WHERE w.lane = l.lane AND w.minute > $2), 0) AS BIGINT)
            AS written,
        b.remaining, b.quota, b.resets_at
    FROM (SELECT lane FROM write_turns UNION SELECT lane FROM lane_holds WHERE held_until > $1
        UNION SELECT lane FROM request_budgets WHERE resets_at > $1) AS l
    LEFT JOIN request_budgets b ON b.lane = l.lane AND b.resets_at > $1
    ORDER BY written DESC, l.lane LIMIT $3";

/// The accounts that wrote, were held back, or were told what is left to them, those that wrote most in the last hour first.
pub async fn accounts(
    tx: &mut Transaction,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Account>(ACCOUNTS)
        .bind(now)
        .bind(now.timestamp() / 60 - 60)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
