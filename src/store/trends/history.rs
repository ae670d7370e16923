//! Open findings over time, from what opened and closed each day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Counts, severity};
use crate::analysis::Severity;
use crate::store::transaction::Inner;
use crate::store::{StoreError, Transaction};

/// By how much the number of open findings changed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayChange {
    /// The repository's row.
    pub repository_id: i64,
    /// The findings' severity.
    pub severity: Severity,
    /// The day in UTC.
    pub day: NaiveDate,
    /// How many more are open at its end.
    pub change: i64,
}

// PostgreSQL takes the ids as an array, SQLite as a JSON list.
macro_rules! changes {
    ($ids:expr) => {
        concat!(
            "SELECT repository_id, severity, day, opened - closed FROM finding_days
                WHERE day >= $1 AND repository_id ",
            $ids
        )
    };
}

const CHANGES_POSTGRES: &str = changes!("= ANY($2)");
const CHANGES_SQLITE: &str = changes!("IN (SELECT value FROM json_each($2))");

type Row = (i64, String, NaiveDate, i64);

/// How the open findings of repositories changed since a day.
pub async fn changes(
    tx: &mut Transaction,
    repository_ids: &[i64],
    from: NaiveDate,
) -> Result<Vec<DayChange>, StoreError> {
    let rows: Vec<Row> = match &mut tx.inner {
        Inner::Postgres(tx) => {
            sqlx::query_as(CHANGES_POSTGRES)
                .bind(from)
                .bind(repository_ids)
                .fetch_all(tx.session())
                .await?
        }
        Inner::Sqlite(tx) => {
            let ids = serde_json::json!(repository_ids).to_string();
            sqlx::query_as(CHANGES_SQLITE).bind(from).bind(ids).fetch_all(&mut **tx).await?
        }
    };
    rows.into_iter()
        .map(|(repository_id, name, day, change)| {
            Ok(DayChange { repository_id, severity: severity(name)?, day, change })
        })
        .collect()
}

/// Open findings at the end of each day from the first to the last one: what is open now, walked back over all changes
/// since the first day.
pub fn open_by_day<'a>(
    now: Counts,
    changes: impl IntoIterator<Item = &'a DayChange>,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(NaiveDate, Counts)> {
    let mut open = now;
    let mut by_day: BTreeMap<NaiveDate, Counts> = BTreeMap::new();
    for change in changes.into_iter().filter(|change| change.day >= from) {
        open.add(change.severity, -change.change);
        by_day.entry(change.day).or_default().add(change.severity, change.change);
    }
    let days = from.iter_days().take_while(|day| *day <= to);
    days.map(|day| {
        if let Some(change) = by_day.get(&day) {
            Severity::ALL.into_iter().for_each(|severity| open.add(severity, change.of(severity)));
        }
        (day, open)
    })
    .collect()
}
