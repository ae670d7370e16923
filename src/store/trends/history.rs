//! Open findings over time.

use chrono::NaiveDate;

use super::{Counts, severity};
use crate::analysis::Severity;
use crate::store::{StoreError, Transaction};

/// By how much the number of open findings changed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayChange {
    /// The repository's row.
    pub repository_id: i64,
    /// The findings' severity.
    pub severity: Severity,
    /// The day in UTC; what happened before the time asked for counts for its first day.
    pub day: NaiveDate,
    /// How many more are open at its end.
    pub change: i64,
}

// A finding is open from when it was seen first until it was fixed or settled, or its change request ended.
macro_rules! changes {
    ($opened:expr, $closed:expr) => {
        concat!(
            "WITH spans AS (SELECT c.repository_id, f.severity, ",
            $opened,
            " AS opened, ",
            $closed,
            " AS closed
                FROM findings f JOIN change_requests c ON c.id = f.change_request_id
                WHERE CAST($2 AS BIGINT) IS NULL OR c.repository_id = $2),
            days AS (SELECT repository_id, severity, opened AS day, 1 AS change FROM spans
                UNION ALL SELECT repository_id, severity, closed, -1 FROM spans WHERE closed IS NOT NULL)
            SELECT repository_id, severity, CASE WHEN day < CAST($1 AS TEXT) THEN $1 ELSE day END AS day,
                sum(change) AS change
            FROM days GROUP BY repository_id, severity, CASE WHEN day < CAST($1 AS TEXT) THEN $1 ELSE day END"
        )
    };
}

const CHANGES_SQLITE: &str = changes!(
    "substr(f.first_seen_at, 1, 10)",
    "substr(COALESCE(f.closed_at, CASE WHEN c.state <> 'open' THEN c.updated_at END), 1, 10)"
);
const CHANGES_POSTGRES: &str = changes!(
    "to_char(f.first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "to_char(COALESCE(f.closed_at, CASE WHEN c.state <> 'open' THEN c.updated_at END) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
);

/// How the open findings of one repository, or of all, changed since a day.
pub async fn changes(
    tx: &mut Transaction,
    repository_id: Option<i64>,
    from: NaiveDate,
) -> Result<Vec<DayChange>, StoreError> {
    let sql = tx.pick(CHANGES_POSTGRES, CHANGES_SQLITE);
    let rows = both!(tx, |c| sqlx::query_as::<_, (i64, String, String, i64)>(sql)
        .bind(from.to_string())
        .bind(repository_id)
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|(repository_id, name, day, change)| {
            let day = day.parse().map_err(|_| StoreError::Unknown { what: "day", value: day })?;
            Ok(DayChange { repository_id, severity: severity(name)?, day, change })
        })
        .collect()
}

/// Open findings at the end of each day from the first to the last one.
pub fn open_by_day<'a>(
    changes: impl IntoIterator<Item = &'a DayChange>,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(NaiveDate, Counts)> {
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by_key(|change| change.day);
    let mut changes = changes.into_iter().peekable();
    let mut open = Counts::default();
    let days = from.iter_days().take_while(|day| *day <= to);
    days.map(|day| {
        while let Some(change) = changes.next_if(|change| change.day <= day) {
            open.add(change.severity, change.change);
        }
        (day, open)
    })
    .collect()
}
