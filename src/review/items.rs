//! The verdict on each of the checklist's items, as a table with the places that speak for it.

use super::Input;
use super::markdown::{code, plain};
use super::verdict::is_reported;
use crate::analysis::{Finding, Outcome, Pass, Place, Row, Verdict};

/// Most places that one row names.
const MOST_PLACES: usize = 3;

/// "3 of 63 items violated, 12 satisfied, 48 not applicable".
pub(super) fn title(input: &Input<'_>) -> String {
    let verdicts = &input.analysis.verdicts;
    let count = |outcome| verdicts.iter().filter(|it| it.outcome == outcome).count();
    format!(
        "All {} items: {} violated, {} satisfied, {} not applicable",
        verdicts.len(),
        count(Outcome::Violated),
        count(Outcome::Satisfied),
        count(Outcome::NotApplicable),
    )
}

/// The table's lines, its head first. Each pass is named in the first of its rows.
pub(super) fn table(input: &Input<'_>) -> Vec<String> {
    let mut lines =
        vec!["| Pass | Item | Verdict | Where |".to_owned(), "|---|---|---|---|".to_owned()];
    for pass in Pass::ALL {
        let rows = input.analysis.verdicts.iter().filter_map(|verdict| {
            let row = verdict.item.row().filter(|row| row.pass == pass)?;
            Some((verdict, row))
        });
        for (index, (verdict, row)) in rows.enumerate() {
            let name = if index == 0 { pass.title() } else { "" };
            lines.push(line(name, verdict, row, input));
        }
    }
    lines
}

fn line(pass: &str, verdict: &Verdict, row: &Row, input: &Input<'_>) -> String {
    let outcome = match verdict.outcome {
        Outcome::Violated => "**violated**",
        Outcome::Satisfied => "satisfied",
        Outcome::NotApplicable => "not applicable",
    };
    let places = cell(&places(verdict, input));
    format!("| {pass} | {} {} | {outcome} | {places} |", row.item, plain(row.title))
}

/// Where an item is violated, as far as the reader hears of it; else where it is followed.
fn places<'a>(verdict: &'a Verdict, input: &Input<'a>) -> Vec<&'a Place> {
    let violates =
        |it: &&Finding| it.items().any(|item| item == verdict.item) && is_reported(it, input);
    let mut places: Vec<&Place> = match verdict.outcome {
        Outcome::Violated => {
            input.analysis.findings.iter().filter(violates).map(|it| &it.place).collect()
        }
        _ => verdict.evidence.iter().collect(),
    };
    places.sort();
    places.dedup_by_key(|it| (&it.path, it.line));
    places
}

fn cell(places: &[&Place]) -> String {
    let named = places.iter().take(MOST_PLACES);
    // A bar would end the cell, also within a code span.
    let mut parts: Vec<String> =
        named.map(|it| code(&format!("{}:{}", it.path, it.line)).replace('|', "\\|")).collect();
    if places.len() > MOST_PLACES {
        parts.push(format!("and {} more", places.len() - MOST_PLACES));
    }
    parts.join(", ")
}
