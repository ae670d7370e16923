//! The checklist as a heat map: what was found of each item in each week.

use chrono::NaiveDate;

use super::weeks;
use crate::analysis::{CHECKLIST, Item, Pass, RULES, Row as Question, Rule, rule_by_code};
use crate::store::trends::RuleWeek;

/// How many shades there are.
const SHADES: i64 = 5;

/// The heat map.
pub(in crate::web) struct Heat {
    pub(in crate::web) weeks: Vec<String>,
    pub(in crate::web) passes: Vec<ItemsOfPass>,
    /// How many items anything was found of.
    pub(in crate::web) hit: usize,
    /// The most that was found of an item in a week.
    pub(in crate::web) most: i64,
}

/// The items that a pass answers.
pub(in crate::web) struct ItemsOfPass {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) rows: Vec<Row>,
}

/// An item.
pub(in crate::web) struct Row {
    pub(in crate::web) item: Item,
    pub(in crate::web) question: &'static Question,
    /// The rules that answer it.
    pub(in crate::web) rules: Vec<&'static Rule>,
    pub(in crate::web) cells: Vec<Cell>,
    /// Of all weeks.
    pub(in crate::web) total: i64,
}

/// An item in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Cell {
    pub(in crate::web) found: i64,
    /// 0 for none, up to [`SHADES`].
    pub(in crate::web) shade: i64,
}

/// All items in the last weeks. A finding counts for each item that its rule answers.
pub(in crate::web) fn heat(found: &[RuleWeek], today: NaiveDate) -> Heat {
    let weeks = weeks::last(weeks::WEEKS, today);
    let mut counts = vec![vec![0; weeks.len()]; CHECKLIST.len()];
    for week in found {
        let (Some(rule), Ok(column)) = (rule_by_code(&week.rule), weeks.binary_search(&week.week))
        else {
            continue;
        };
        for item in rule.items() {
            let row = usize::from(item.0).checked_sub(1).and_then(|row| counts.get_mut(row));
            if let Some(cell) = row.and_then(|row| row.get_mut(column)) {
                *cell += week.introduced;
            }
        }
    }
    let most = counts.iter().flatten().copied().max().unwrap_or(0);
    let rows: Vec<_> = CHECKLIST
        .iter()
        .zip(counts)
        .map(|(question, counts)| row(question, &counts, most))
        .collect();
    let hit = rows.iter().filter(|row| row.total > 0).count();
    let mut passes = Pass::ALL.map(|pass| ItemsOfPass { title: pass.title(), rows: Vec::new() });
    for row in rows {
        if let Some(pass) = passes.iter_mut().find(|pass| pass.title == row.question.pass.title()) {
            pass.rows.push(row);
        }
    }
    let weeks = weeks.iter().map(|week| week.format("%-d %b").to_string()).collect();
    Heat { weeks, passes: passes.into(), hit, most }
}

fn row(question: &'static Question, counts: &[i64], most: i64) -> Row {
    let answers = |rule: &&&Rule| rule.items().any(|item| item == question.item);
    Row {
        item: question.item,
        question,
        rules: RULES.iter().filter(answers).copied().collect(),
        cells: counts
            .iter()
            .map(|found| Cell { found: *found, shade: shade(*found, most) })
            .collect(),
        total: counts.iter().sum(),
    }
}

/// Shades grow with the number's logarithm, since a few rules find most; small numbers have a shade each.
fn shade(found: i64, most: i64) -> i64 {
    if found <= 0 {
        return 0;
    }
    if most <= SHADES {
        return found.min(SHADES);
    }
    let part = (found as f64).ln() / (most as f64).ln();
    1 + (part * (SHADES - 1) as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(rule: &str, week: &str, introduced: i64) -> RuleWeek {
        RuleWeek { rule: rule.to_owned(), week: week.parse().unwrap(), introduced }
    }

    #[test]
    fn a_finding_counts_for_the_items_that_its_rule_answers() {
        let found = [
            week("AW501", "2026-11-23", 3),
            week("AW501", "2026-09-07", 1),
            week("AW501", "2026-08-31", 7),
            week("AW999", "2026-11-23", 7),
        ];
        let heat = heat(&found, "2026-11-25".parse().unwrap());
        assert_eq!((heat.weeks.len(), heat.weeks[0].as_str()), (12, "7 Sep"));
        let items: Vec<_> = heat.passes.iter().flat_map(|pass| &pass.rows).collect();
        assert_eq!(items.len(), 63);
        let answered: Vec<_> = rule_by_code("AW501").unwrap().items().collect();
        for row in items {
            let counts: Vec<_> = row.cells.iter().map(|cell| cell.found).collect();
            let all = if answered.contains(&row.item) { 4 } else { 0 };
            assert_eq!((row.total, counts.iter().sum::<i64>()), (all, all), "{}", row.item);
            if all > 0 {
                assert_eq!((counts[0], counts[11]), (1, 3), "{}", row.item);
                assert!(row.rules.iter().any(|rule| rule.code == "AW501"));
            }
        }
        assert_eq!((heat.hit, heat.most), (answered.len(), 3));
    }

    #[test]
    fn more_is_never_lighter() {
        for most in [1, 4, 5, 6, 40, 9_000] {
            let shades: Vec<_> = (0..=most).map(|found| shade(found, most)).collect();
            assert!(shades.is_sorted() && shades[0] == 0 && shades[1] == 1, "{most}: {shades:?}");
            let darkest = most.min(SHADES);
            assert_eq!(shade(most, most), darkest, "{most}");
        }
    }
}
