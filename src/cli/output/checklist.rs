//! The verdicts on the checklist's items, for people.

use std::fmt::Write;

use crate::analysis::{Analysis, Item, Outcome, Pass};
use crate::change::visible;

/// One line for each item, below the names of the passes.
pub(super) fn render(analysis: &Analysis) -> String {
    let mut out = String::new();
    for pass in Pass::ALL {
        let _ = writeln!(out, "\n{} pass", pass.title());
        let of_pass = |item: Item| item.row().filter(|row| row.pass == pass);
        for verdict in &analysis.verdicts {
            let Some(row) = of_pass(verdict.item) else { continue };
            let outcome = match verdict.outcome {
                Outcome::Violated => "violated",
                Outcome::Satisfied => "satisfied",
                Outcome::NotApplicable => "not applicable",
            };
            let found = analysis.findings.iter().filter(|it| it.items().any(|i| i == verdict.item));
            let places = match verdict.outcome {
                Outcome::Violated => found.map(|it| &it.place).collect(),
                _ => verdict.evidence.iter().collect::<Vec<_>>(),
            };
            let at = places.first().map(|it| format!("  {}:{}", visible(&it.path), it.line));
            let more = match places.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let at = at.unwrap_or_default();
            let _ = writeln!(out, "  {} {outcome:<15} {}{at}{more}", row.item, row.title);
        }
    }
    out
}
