//! The outcome of each checklist item.

use std::collections::BTreeMap;

use super::{CHECKLIST, Finding, Item, Outcome, Place, Rule, Verdict};

/// Most places that are given as evidence.
const MOST_EVIDENCE: usize = 3;

/// One verdict for each item of the checklist, in its order. An item whose rules are all switched off has no subject.
pub(super) fn of(findings: &[Finding], satisfied: Vec<(&'static Rule, Place)>) -> Vec<Verdict> {
    let mut evidence: BTreeMap<Item, Vec<Place>> =
        CHECKLIST.iter().map(|row| (row.item, Vec::new())).collect();
    for (rule, place) in satisfied {
        for item in rule.items() {
            evidence.entry(item).or_default().push(place.clone());
        }
    }
    let verdict = |(item, mut evidence): (Item, Vec<Place>)| {
        if findings.iter().any(|finding| finding.items().any(|it| it == item)) {
            return Verdict { item, outcome: Outcome::Violated, evidence: Vec::new() };
        }
        evidence.sort();
        evidence.dedup();
        evidence.truncate(MOST_EVIDENCE);
        let outcome = if evidence.is_empty() { Outcome::NotApplicable } else { Outcome::Satisfied };
        Verdict { item, outcome, evidence }
    };
    evidence.into_iter().map(verdict).collect()
}
