//! What the gate says about the findings.

use std::cmp::Reverse;

use super::comment::plain_text;
use super::planning::Said;
use super::{Annotation, Conclusion, Gate, GateState, Input};
use crate::analysis::{Finding, Severity};
use crate::policy::Audience;

/// More annotations than this help nobody; the whole list is on the review's page.
const MOST_ANNOTATIONS: usize = 200;

/// Each finding once, most important first: in the order of the checklist's source (what blocks, leaks, mishandles cancellation,
/// lacks a time-out, is bad practice), then severity, certainty and place.
pub(super) fn ranked(findings: &[Finding]) -> Vec<&Finding> {
    let mut seen = std::collections::BTreeSet::new();
    let mut ranked: Vec<_> = findings.iter().filter(|f| seen.insert(&f.fingerprint)).collect();
    ranked.sort_by_key(|f| (Reverse((f.category, f.severity, f.confidence)), &f.place));
    ranked
}

/// Whether a reader hears of the finding at all.
pub(super) fn is_reported(finding: &Finding, input: &Input<'_>) -> bool {
    [Audience::Summary, Audience::Inline, Audience::Gate]
        .into_iter()
        .any(|audience| input.policy.admits(audience, finding))
}

/// Whether somebody who may write to the repository said that the finding stays. To resolve its thread is not enough: authors
/// may do that in their own changes.
fn is_accepted(finding: &Finding, input: &Input<'_>) -> bool {
    input.history.accepted.contains(&finding.fingerprint)
}

/// How many findings fail the gate.
pub(super) fn failing(input: &Input<'_>) -> usize {
    let fails = |f: &&&Finding| input.policy.admits(Audience::Gate, f) && !is_accepted(f, input);
    ranked(&input.analysis.findings).iter().filter(fails).count()
}

/// How the review ended.
pub(super) fn conclusion(input: &Input<'_>) -> Conclusion {
    let analysis = input.analysis;
    let whole = analysis.skipped.is_empty() && input.omissions.is_empty();
    if failing(input) > 0 {
        Conclusion::Failed
    } else if analysis.files_analysed > 0 || !analysis.findings.is_empty() {
        Conclusion::Passed
    } else if whole {
        Conclusion::Skipped
    } else {
        Conclusion::Neutral
    }
}

/// One line that says it all: "2 critical, 1 high finding".
pub(super) fn title(input: &Input<'_>) -> String {
    let analysis = input.analysis;
    let (accepted, reported): (Vec<_>, Vec<_>) = ranked(&analysis.findings)
        .into_iter()
        .filter(|f| is_reported(f, input))
        .partition(|f| is_accepted(f, input));
    let unread = analysis.skipped.len() + input.omissions.len();
    let mut title = match conclusion(input) {
        Conclusion::Skipped => return "No Python files changed".to_owned(),
        Conclusion::Neutral => return "None of the changed files could be analysed".to_owned(),
        _ if reported.is_empty() && !accepted.is_empty() => {
            format!("{}, accepted", counted(accepted.len(), "finding", "findings"))
        }
        _ if reported.is_empty() => {
            format!("No findings in {}", counted(analysis.files_analysed, "file", "files"))
        }
        _ => by_severity(&reported),
    };
    if unread > 0 {
        title.push_str("; not everything was analysed");
    }
    title
}

/// "2 critical, 1 high finding".
fn by_severity(findings: &[&Finding]) -> String {
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| format!("{} {}", count(severity), severity.as_str()))
        .collect();
    let last = Severity::ALL.into_iter().rev().find(|severity| count(*severity) > 0);
    let noun =
        if last.is_some_and(|severity| count(severity) == 1) { "finding" } else { "findings" };
    format!("{} {noun}", parts.join(", "))
}

/// "1 file", "3 files".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The gate to set at the end; `text` is the summary's text.
pub(super) fn gate(input: &Input<'_>, said: &Said<'_>, text: String) -> Gate {
    Gate {
        state: GateState::Completed(conclusion(input)),
        title: title(input),
        summary: text,
        annotations: annotations(input, said),
        details_url: super::summary::page(input),
    }
}

/// Findings that deserve a comment, those that got none first.
fn annotations(input: &Input<'_>, said: &Said<'_>) -> Vec<Annotation> {
    let policy = input.policy;
    let mut findings: Vec<_> = ranked(&input.analysis.findings)
        .into_iter()
        .filter(|f| policy.admits(Audience::Inline, f) || policy.admits(Audience::Gate, f))
        .filter(|f| said.accepted.iter().all(|other| other.fingerprint != f.fingerprint))
        .collect();
    findings.sort_by_key(|f| said.commented.contains(&f.fingerprint));
    findings.truncate(MOST_ANNOTATIONS);
    let annotation = |f: &Finding| Annotation {
        place: f.place.clone(),
        severity: f.severity,
        title: format!("{} {}", f.rule.code, f.rule.name),
        message: plain_text(f),
    };
    findings.into_iter().map(annotation).collect()
}
