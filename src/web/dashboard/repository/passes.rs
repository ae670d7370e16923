//! Findings by pass of the review.

use crate::analysis::{Pass, rule_by_code};
use crate::store::trends::RuleCount;
use crate::web::svg::share_bar;

/// A pass with what its rules found.
pub(super) struct Row {
    pub(super) title: &'static str,
    pub(super) total: i64,
    pub(super) open: i64,
    pub(super) fixed: i64,
    pub(super) settled: i64,
    pub(super) bar: String,
}

/// The seven passes in their order; behind them rules of no pass, where they found anything: those about asyncwarden's own
/// comments, and those that there are no longer.
pub(super) fn passes(rules: &[RuleCount]) -> Vec<Row> {
    let row = |title, pass: Option<Pass>| {
        let of = rules.iter().filter(|rule| pass_of(&rule.rule) == pass);
        let (mut total, mut open, mut fixed, mut settled) = (0, 0, 0, 0);
        for rule in of {
            total += rule.total;
            open += rule.open;
            fixed += rule.fixed;
            settled += rule.settled;
        }
        Row { title, total, open, fixed, settled, bar: String::new() }
    };
    let passes = Pass::ALL.into_iter().map(|pass| row(pass.title(), Some(pass)));
    let other = Some(row("Other rules", None)).filter(|row| row.total > 0);
    let mut rows: Vec<_> = passes.chain(other).collect();
    let most = rows.iter().map(|row| row.total).max().unwrap_or(0);
    for row in &mut rows {
        let parts = [(row.open, "open"), ((row.total - row.open).max(0), "past")];
        row.bar = share_bar(&parts, most);
    }
    rows
}

fn pass_of(code: &str) -> Option<Pass> {
    let rule = rule_by_code(code)?;
    rule.item.map(|_| rule.pass())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_summed_by_their_pass() {
        let rule = |code: &str, total, open| RuleCount {
            rule: code.to_owned(),
            name: String::new(),
            total,
            open,
            fixed: total - open,
            settled: 0,
        };
        let rows = passes(&[rule("AW501", 4, 1), rule("AW502", 2, 2), rule("AW206", 3, 0)]);
        let found: Vec<_> = rows
            .iter()
            .filter(|row| row.total > 0)
            .map(|row| (row.title, row.total, row.open, row.fixed))
            .collect();
        assert_eq!(found, [("Coroutine", 3, 0, 3), ("Blocking", 6, 3, 3)]);
        assert_eq!(rows.len(), 7);
        let rows = passes(&[rule("AW999", 1, 1)]);
        assert_eq!((rows.len(), rows[7].title, rows[7].total), (8, "Other rules", 1));
    }
}
