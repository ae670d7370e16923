//! Where a rule fires, how often, and what people make of its findings.

use chrono::NaiveDate;

use crate::analysis::Rule;
use crate::store::trends::{self, FiresIn, Reactions, RuleTotal, Week};
use crate::store::{Sees, StoreError, Transaction};
use crate::web::dashboard::repository::weeks;
use crate::web::dashboard::{findings, repository_href};
use crate::web::svg::{Bar, stacked_bars, top_of};

/// How many repositories are listed.
const LISTED: i64 = 20;
/// How many weeks the chart shows.
const WEEKS: u64 = 26;
/// How many settled findings are looked at.
const LOOKED_AT: i64 = 1000;

/// What a rule's page says of the viewer's repositories.
pub(super) struct Fires {
    pub(super) total: RuleTotal,
    pub(super) reactions: Reactions,
    pub(super) findings: Links,
    pub(super) repositories: Vec<Place>,
    pub(super) weeks: Weeks,
}

/// Addresses of the rule's findings, by their state.
pub(super) struct Links {
    pub(super) all: String,
    pub(super) open: String,
    pub(super) fixed: String,
    pub(super) settled: String,
}

/// A repository in which it fired.
pub(super) struct Place {
    pub(super) platform: &'static str,
    pub(super) href: String,
    pub(super) cells: [Cell; 4],
    pub(super) row: FiresIn,
}

/// How many findings, and where they are listed.
pub(super) struct Cell {
    pub(super) label: &'static str,
    pub(super) count: i64,
    pub(super) href: String,
}

/// The chart with its table.
pub(super) struct Weeks {
    pub(super) svg: String,
    /// Numbers beside the vertical axis, from the top.
    pub(super) ticks: Vec<i64>,
    /// Mondays below the horizontal axis.
    pub(super) days: Vec<String>,
    /// The table, newest first.
    pub(super) rows: Vec<(String, i64)>,
}

impl Fires {
    pub(super) async fn of(
        tx: &mut Transaction,
        sees: Sees,
        rule: &Rule,
        today: NaiveDate,
    ) -> Result<Self, StoreError> {
        let shown = weeks::last(WEEKS, today);
        let from = shown.first().copied().unwrap_or(today);
        let total = trends::rule_totals(tx, sees, Some(rule.code)).await?.into_iter().next();
        let places = trends::fires_in(tx, sees, rule.code, LISTED).await?;
        Ok(Self {
            total: total.unwrap_or_default(),
            reactions: trends::reactions(tx, sees, rule.code, LOOKED_AT).await?,
            findings: Links::to(&findings::href_of_rule(None, rule.code)),
            repositories: places.into_iter().map(|row| Place::new(row, rule)).collect(),
            weeks: chart(&shown, &trends::weeks_of_rule(tx, sees, rule.code, from).await?),
        })
    }
}

impl Links {
    fn to(all: &str) -> Self {
        let of = |state| format!("{all}&state={state}");
        Self { all: all.to_owned(), open: of("open"), fixed: of("fixed"), settled: of("settled") }
    }
}

impl Place {
    fn new(row: FiresIn, rule: &Rule) -> Self {
        let repository = Some((row.forge, row.full_name.as_str()));
        let links = Links::to(&findings::href_of_rule(repository, rule.code));
        let cell = |(label, count, href)| Cell { label, count, href };
        let cells = [
            ("Findings", row.introduced, links.all),
            ("Open", row.open, links.open),
            ("Fixed", row.fixed, links.fixed),
            ("Kept", row.settled, links.settled),
        ];
        Self {
            platform: row.forge.title(),
            href: repository_href(row.forge, &row.full_name),
            cells: cells.map(cell),
            row,
        }
    }
}

fn chart(shown: &[NaiveDate], weeks: &[Week]) -> Weeks {
    let of = |week: &NaiveDate| {
        weeks.iter().filter(|it| it.week == *week).map(|it| it.introduced).sum::<i64>()
    };
    let counts: Vec<_> = shown.iter().map(|week| (*week, of(week))).collect();
    let top = top_of(counts.iter().map(|(_, count)| *count).max().unwrap_or(0));
    let bars: Vec<_> = counts
        .iter()
        .map(|(week, count)| Bar {
            title: format!("{}: {count} new", week.format("Week of %-d %b %Y")),
            layers: vec![*count],
        })
        .collect();
    let ends = [shown.first(), shown.get(shown.len() / 2), shown.last()];
    Weeks {
        svg: stacked_bars("New findings of the rule by week", &bars, &["open"], top),
        ticks: (0..=4).rev().map(|quarter| top / 4 * quarter).collect(),
        days: ends.into_iter().flatten().map(|day| day.format("%-d %b").to_string()).collect(),
        rows: counts
            .iter()
            .rev()
            .map(|(week, count)| (week.format("%-d %b %Y").to_string(), *count))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_without_a_finding_are_there_too() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let shown = weeks::last(3, day("2026-11-25"));
        let found = [
            Week { week: day("2026-11-09"), introduced: 3 },
            Week { week: day("2026-11-23"), introduced: 1 },
        ];
        let chart = chart(&shown, &found);
        let rows: Vec<_> = chart.rows.iter().map(|(day, count)| (day.as_str(), *count)).collect();
        assert_eq!(rows, [("23 Nov 2026", 1), ("16 Nov 2026", 0), ("9 Nov 2026", 3)]);
        assert_eq!(chart.ticks, [4, 3, 2, 1, 0]);
        assert!(chart.svg.contains("<title>Week of 9 Nov 2026: 3 new</title>"), "{}", chart.svg);
    }
}
