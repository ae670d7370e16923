//! What comes and what goes: findings that were introduced and fixed, and how long a fix takes.

use chrono::NaiveDate;

use crate::store::{StoreError, Transaction};

/// What came and what went on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct DayFlow {
    /// The day in UTC.
    pub day: NaiveDate,
    /// Findings that were seen for the first time.
    pub introduced: i64,
    /// Findings that were fixed.
    pub fixed: i64,
}

const FLOW: &str =
    "SELECT day, CAST(sum(introduced) AS BIGINT) AS introduced, CAST(sum(fixed) AS BIGINT) AS fixed
    FROM finding_days WHERE repository_id = $1 AND day >= $2 GROUP BY day ORDER BY day";

/// What came and what went in a repository since a day; days without either may be missing.
pub async fn flow(
    tx: &mut Transaction,
    repository_id: i64,
    from: NaiveDate,
) -> Result<Vec<DayFlow>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, DayFlow>(FLOW)
        .bind(repository_id)
        .bind(from)
        .fetch_all(c)
        .await)?)
}

/// How many fixes took so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct FixTime {
    /// Whole hours from when a finding was first seen until it was fixed.
    pub hours: i64,
    /// How many findings.
    pub fixed: i64,
}

const FIX_TIMES: &str =
    "SELECT hours, CAST(sum(fixed) AS BIGINT) AS fixed FROM fix_hours WHERE repository_id = $1 AND week >= $2
    GROUP BY hours HAVING sum(fixed) > 0 ORDER BY hours";

/// How long fixes took in a repository since a week, told by its Monday; the quickest first.
pub async fn fix_times(
    tx: &mut Transaction,
    repository_id: i64,
    from: NaiveDate,
) -> Result<Vec<FixTime>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, FixTime>(FIX_TIMES)
        .bind(repository_id)
        .bind(from)
        .fetch_all(c)
        .await)?)
}

/// The hours that the one in the middle took; of two in the middle, the quicker one.
pub fn median(times: &[FixTime]) -> Option<i64> {
    let fixes: i64 = times.iter().map(|time| time.fixed).sum();
    let mut behind = (fixes - 1) / 2;
    times.iter().find_map(|time| {
        behind -= time.fixed;
        (behind < 0).then_some(time.hours)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_time_of_the_one_in_the_middle() {
        let times = |counts: &[(i64, i64)]| {
            let time = |(hours, fixed): &(i64, i64)| FixTime { hours: *hours, fixed: *fixed };
            median(&counts.iter().map(time).collect::<Vec<_>>())
        };
        assert_eq!(times(&[]), None);
        assert_eq!(times(&[(5, 1)]), Some(5));
        assert_eq!(times(&[(1, 1), (9, 1)]), Some(1));
        assert_eq!(times(&[(1, 1), (9, 2)]), Some(9));
        assert_eq!(times(&[(0, 3), (2, 1), (50, 3)]), Some(2));
        assert_eq!(times(&[(0, 1), (2, 1), (50, 7)]), Some(50));
    }
}
