//! Calendar weeks, told by their Mondays.

use chrono::{Datelike, Days, NaiveDate};

/// How many weeks of a repository's rules, files and fixes are looked at, with the one that has begun.
pub(in crate::web) const WEEKS: u64 = 12;

/// The first day of the last weeks, as many as asked for, from the earliest to the one that has begun.
pub(in crate::web) fn last(weeks: u64, today: NaiveDate) -> Vec<NaiveDate> {
    let behind = u64::from(today.weekday().num_days_from_monday());
    let days = (0..weeks).rev().map(|week| behind + 7 * week);
    days.filter_map(|days| today.checked_sub_days(Days::new(days))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_the_last_one_holds_today() {
        for (today, weeks) in [
            ("2026-11-29", ["2026-11-16", "2026-11-23"]),
            ("2026-11-30", ["2026-11-23", "2026-11-30"]),
            ("2027-01-01", ["2026-12-21", "2026-12-28"]),
        ] {
            let found = last(2, today.parse().unwrap());
            assert_eq!(found, weeks.map(|week| week.parse::<NaiveDate>().unwrap()), "{today}");
        }
    }
}
