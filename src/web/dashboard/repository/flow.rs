//! Findings that were introduced and fixed, by week: chart and table.

use chrono::NaiveDate;

use super::weeks;
use crate::store::trends::DayFlow;
use crate::web::svg::{Pair, diverging_bars, top_of};

/// How many weeks the chart shows.
pub(super) const WEEKS: u64 = 26;
/// How many it shows of a repository that is younger.
const FEWEST: usize = 12;

/// The chart with its table.
pub(super) struct Flow {
    pub(super) svg: String,
    /// Numbers beside the vertical axis, from the top: both ways from nothing.
    pub(super) ticks: [i64; 5],
    /// Mondays below the horizontal axis.
    pub(super) days: Vec<String>,
    /// The table, newest first.
    pub(super) rows: Vec<Row>,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) introduced: i64,
    pub(super) fixed: i64,
}

impl Flow {
    /// Whether anything came or went.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| row.introduced == 0 && row.fixed == 0)
    }
}

/// The weeks until today, from days in their order.
pub(super) fn flow(days: &[DayFlow], today: NaiveDate) -> Flow {
    let mut shown: Vec<_> =
        weeks::last(WEEKS, today).into_iter().map(|week| (week, 0, 0)).collect();
    for day in days {
        if let Some((_, introduced, fixed)) =
            shown.iter_mut().rev().find(|(week, ..)| *week <= day.day)
        {
            *introduced += day.introduced;
            *fixed += day.fixed;
        }
    }
    let young = shown.iter().take_while(|(_, introduced, fixed)| introduced + fixed == 0).count();
    shown.drain(..young.min(shown.len().saturating_sub(FEWEST)));
    let most = shown.iter().map(|(_, introduced, fixed)| *introduced.max(fixed)).max();
    let top = top_of(most.unwrap_or(0));
    let bars: Vec<_> = shown
        .iter()
        .map(|(week, introduced, fixed)| Pair {
            title: format!("{}: {introduced} introduced, {fixed} fixed", long(*week)),
            up: *introduced,
            down: *fixed,
        })
        .collect();
    let label = "Findings by week: introduced above the line, fixed below it";
    let ends = [shown.first(), shown.get(shown.len() / 2), shown.last()];
    let row = |(week, introduced, fixed): &(NaiveDate, i64, i64)| Row {
        label: week.format("%-d %b %Y").to_string(),
        introduced: *introduced,
        fixed: *fixed,
    };
    Flow {
        svg: diverging_bars(label, &bars, ["introduced", "fixed"], top),
        ticks: [top, top / 2, 0, top / 2, top],
        days: ends.into_iter().flatten().map(|(week, ..)| short(*week)).collect(),
        rows: shown.iter().rev().map(row).collect(),
    }
}

fn long(week: NaiveDate) -> String {
    week.format("Week of %-d %b %Y").to_string()
}

fn short(week: NaiveDate) -> String {
    week.format("%-d %b").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, introduced: i64, fixed: i64) -> DayFlow {
        DayFlow { day: text.parse().unwrap(), introduced, fixed }
    }

    #[test]
    fn days_are_summed_by_week_from_monday_on() {
        let days = [day("2026-11-15", 9, 1), day("2026-11-16", 3, 0), day("2026-11-22", 2, 4)];
        let flow = flow(&days, "2026-11-25".parse().unwrap());
        let rows: Vec<_> = flow
            .rows
            .iter()
            .take(4)
            .map(|row| (row.label.as_str(), row.introduced, row.fixed))
            .collect();
        assert_eq!(
            rows,
            [
                ("23 Nov 2026", 0, 0),
                ("16 Nov 2026", 5, 4),
                ("9 Nov 2026", 9, 1),
                ("2 Nov 2026", 0, 0)
            ]
        );
        assert!(flow.svg.contains("<title>Week of 16 Nov 2026: 5 introduced, 4 fixed</title>"));
        assert_eq!(flow.ticks, [12, 6, 0, 6, 12]);
        assert_eq!(flow.rows.len(), FEWEST);
    }

    #[test]
    fn half_a_year_is_shown_where_it_is_known() {
        let today = "2026-11-25".parse().unwrap();
        let old = flow(&[day("2026-06-02", 1, 0)], today);
        assert_eq!((old.rows.len(), old.rows[25].label.as_str()), (26, "1 Jun 2026"));
        assert_eq!(old.rows[25].introduced, 1);
        // What is older than the first week is left out.
        assert!(flow(&[day("2026-05-31", 1, 0)], today).is_empty());
    }
}
