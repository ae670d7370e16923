//! Open findings over time: which days are shown, the chart and the table beside it.

use chrono::{Days, NaiveDate};

use crate::analysis::Severity;
use crate::store::baselines::Baseline;
use crate::store::trends::{Counts, DayChange, open_by_day};
use crate::web::svg::{Bar, sparkline, stacked_bars, top_of};

/// How far back the chart of a repository goes.
pub(super) const DAYS: u64 = 182;
/// How far back the line in the overview goes.
pub(super) const SPARK_DAYS: u64 = 83;
/// Fewer days than this look like nothing.
const FEWEST: u64 = 13;
/// More days than this are shown by week.
const DAILY: usize = 46;

/// A chart with its table.
pub(super) struct Chart {
    pub(super) svg: String,
    /// Numbers beside the vertical axis, from the top.
    pub(super) ticks: Vec<i64>,
    /// Days below the horizontal axis.
    pub(super) days: Vec<String>,
    /// `day` or `week`.
    pub(super) step: &'static str,
    pub(super) step_title: &'static str,
    /// The table, newest first.
    pub(super) rows: Vec<Row>,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) open: Counts,
}

/// The first day of a span that ends today.
pub(super) fn since(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(days)).unwrap_or(today)
}

/// The chart of one repository: what is open now, and the changes since [`DAYS`].
pub(super) fn chart(now: Counts, changes: &[DayChange], today: NaiveDate) -> Chart {
    let mut by_day = open_by_day(now, changes, since(today, DAYS), today);
    // A repository without a history that long has a chart from its first change on.
    let first = changes.iter().map(|change| change.day).min().unwrap_or(today);
    let from = first.min(since(today, FEWEST));
    let young = by_day.iter().take_while(|(day, open)| *day < from && open.total() == 0).count();
    by_day.drain(..young);
    draw(by_day, &OPEN)
}

/// The chart of a default branch: what it held at the end of each day since [`DAYS`], as far as that is known. A day on which
/// nobody looked has what was there before. Baselines are in the order of their times.
pub(super) fn baseline_chart(baselines: &[Baseline], today: NaiveDate) -> Chart {
    let first = baselines.first().map_or(today, |first| first.at.date_naive());
    let from = first.max(since(today, DAYS)).min(since(today, FEWEST));
    let mut next = baselines.iter().peekable();
    let mut found = Counts::default();
    let by_day = from.iter_days().take_while(|day| *day <= today).map(|day| {
        while let Some(baseline) = next.next_if(|baseline| baseline.at.date_naive() <= day) {
            found = baseline.found;
        }
        (day, found)
    });
    draw(by_day.collect(), &FOUND)
}

/// How a chart says what it shows.
struct Words {
    what: &'static str,
    none: &'static str,
}

const OPEN: Words = Words { what: "Open findings", none: "none open" };
const FOUND: Words = Words { what: "Findings", none: "none" };

/// What there is at the end of each day.
fn draw(by_day: Vec<(NaiveDate, Counts)>, words: &Words) -> Chart {
    let weekly = by_day.len() > DAILY;
    let shown: Vec<_> = match weekly {
        false => by_day,
        true => {
            let mut weeks: Vec<_> = by_day.into_iter().rev().step_by(7).collect();
            weeks.reverse();
            weeks
        }
    };
    let top = top_of(shown.iter().map(|(_, open)| open.total()).max().unwrap_or(0));
    let bars: Vec<_> = shown.iter().map(|(day, open)| bar(*day, open, words)).collect();
    let (step, step_title) = if weekly { ("week", "Week to") } else { ("day", "Day") };
    let label = format!("{} at the end of each {step}, stacked by severity", words.what);
    let classes = Severity::ALL.map(Severity::as_str);
    let middle = shown.get(shown.len() / 2);
    let days = [shown.first(), middle, shown.last()].into_iter().flatten();
    Chart {
        svg: stacked_bars(&label, &bars, &classes, top),
        ticks: (0..=4).rev().map(|quarter| top / 4 * quarter).collect(),
        days: days.map(|(day, _)| day.format("%-d %b").to_string()).collect(),
        step,
        step_title,
        rows: shown
            .iter()
            .rev()
            .map(|(day, open)| Row { label: day.format("%-d %b %Y").to_string(), open: *open })
            .collect(),
    }
}

fn bar(day: NaiveDate, open: &Counts, words: &Words) -> Bar {
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .filter(|severity| open.of(*severity) > 0)
        .map(|severity| format!("{} {}", open.of(severity), severity.as_str()))
        .collect();
    let parts = if parts.is_empty() { words.none.to_owned() } else { parts.join(", ") };
    let title = format!("{}: {parts}", day.format("%-d %b %Y"));
    Bar { title, layers: Severity::ALL.map(|severity| open.of(severity)).to_vec() }
}

/// The line of one repository: what is open now, and its changes since [`SPARK_DAYS`].
pub(super) fn spark(now: Counts, changes: &[DayChange], today: NaiveDate) -> String {
    let by_day = open_by_day(now, changes, since(today, SPARK_DAYS), today);
    let weekly: Vec<_> = by_day.iter().rev().step_by(7).map(|(_, open)| open.total()).collect();
    let values: Vec<_> = weekly.into_iter().rev().collect();
    let (first, last) = (values.first().copied(), values.last().copied());
    let label = format!(
        "Open findings over twelve weeks: from {} to {}",
        first.unwrap_or(0),
        last.unwrap_or(0)
    );
    sparkline(&label, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn change(date: &str, severity: Severity, change: i64) -> DayChange {
        DayChange { repository_id: 1, severity, day: day(date), change }
    }

    fn counts(high: i64, medium: i64, low: i64) -> Counts {
        Counts { critical: 0, high, medium, low }
    }

    #[test]
    fn a_young_repository_is_shown_by_day() {
        let changes = [
            change("2026-11-20", Severity::High, 3),
            change("2026-11-22", Severity::High, -1),
            change("2026-11-22", Severity::Low, 1),
        ];
        let chart = chart(counts(2, 0, 1), &changes, day("2026-11-22"));
        assert_eq!((chart.step, chart.rows.len()), ("day", 14));
        let totals: Vec<_> = chart.rows.iter().take(4).map(|row| row.open.total()).collect();
        assert_eq!(totals, [3, 3, 3, 0]);
        assert_eq!((chart.rows[0].open.high, chart.rows[0].open.low), (2, 1));
        assert_eq!(chart.ticks, [4, 3, 2, 1, 0]);
        assert!(chart.svg.contains("<title>22 Nov 2026: 2 high, 1 low</title>"));
    }

    #[test]
    fn an_old_one_is_shown_by_week_up_to_today() {
        let changes = [change("2026-06-01", Severity::Medium, 2)];
        let chart = chart(counts(0, 2, 0), &changes, day("2026-11-22"));
        assert_eq!(chart.step, "week");
        assert_eq!(chart.rows[0].label, "22 Nov 2026");
        assert_eq!(chart.rows[1].label, "15 Nov 2026");
        assert!(chart.rows.iter().all(|row| row.open.medium == 2));
    }

    #[test]
    fn what_was_open_before_is_there_from_the_first_day_on() {
        let changes = [change("2026-11-22", Severity::Medium, -1)];
        let chart = chart(counts(0, 2, 0), &changes, day("2026-11-22"));
        assert_eq!((chart.step, chart.rows.len()), ("week", 27));
        assert_eq!(chart.rows[0].open.medium, 2);
        assert!(chart.rows[1..].iter().all(|row| row.open.medium == 3));
    }

    #[test]
    fn without_findings_there_are_empty_days() {
        let chart = chart(Counts::default(), &[], day("2026-11-22"));
        assert_eq!(chart.rows.len(), 14);
        assert!(chart.svg.contains("22 Nov 2026: none open"));
    }

    #[test]
    fn a_day_on_which_nobody_looked_has_what_was_there_before() {
        let baseline = |day: &str, found| Baseline {
            commit_sha: "abc".to_owned(),
            branch: "main".to_owned(),
            at: format!("{day}T12:00:00Z").parse().expect("a time"),
            files: 1,
            lines: 10,
            found,
            badge: false,
        };
        let all = [
            baseline("2026-11-18", counts(1, 0, 0)),
            baseline("2026-11-20", counts(9, 0, 0)),
            baseline("2026-11-20", counts(2, 0, 1)),
        ];
        let chart = baseline_chart(&all, day("2026-11-22"));
        let totals: Vec<_> = chart.rows.iter().take(6).map(|row| row.open.total()).collect();
        assert_eq!((chart.rows.len(), totals), (14, vec![3, 3, 3, 1, 1, 0]));
        // One from long ago is what was there on the first day.
        let old = baseline_chart(&[baseline("2025-01-01", counts(4, 0, 0))], day("2026-11-22"));
        assert_eq!((old.step, old.rows.len()), ("week", 27));
        assert!(old.rows.iter().all(|row| row.open.high == 4));
    }

    #[test]
    fn a_line_ends_at_what_is_open_now() {
        let svg =
            spark(counts(5, 0, 0), &[change("2026-11-01", Severity::High, 2)], day("2026-11-22"));
        assert!(svg.contains("from 3 to 5"), "{svg}");
    }
}
