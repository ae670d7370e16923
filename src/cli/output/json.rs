//! One object with everything that was found out.

use serde_json::{Map, Value, json};

use super::{Judged, document};
use crate::analysis::{Finding, Item};

pub(super) fn render(judged: &Judged<'_>) -> String {
    let analysis = judged.report.analysis;
    let counts: Map<String, Value> = judged
        .counts()
        .into_iter()
        .map(|(severity, count)| (severity.as_str().to_owned(), count.into()))
        .collect();
    let threshold = judged.threshold.map(
        |threshold| json!({ "severity": threshold.severity, "confidence": threshold.confidence }),
    );
    let value = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "gate": { "state": if judged.failed { "failed" } else { "passed" }, "threshold": threshold },
        "counts": counts,
        "files_analysed": analysis.files_analysed,
        "lines_analysed": analysis.lines_analysed,
        "target_version": judged.report.policy.target.to_string(),
        "findings": findings(judged, &analysis.findings),
        "suppressed": findings(judged, &analysis.suppressed),
        "skipped": analysis.skipped,
        "notes": analysis.notes,
        "verdicts": analysis.verdicts,
        "problems": judged.report.problems,
    });
    document(&value)
}

fn findings(judged: &Judged<'_>, findings: &[Finding]) -> Vec<Value> {
    findings.iter().map(|finding| one(finding, judged.is_inline(finding))).collect()
}

fn one(finding: &Finding, inline: bool) -> Value {
    json!({
        "path": finding.place.path,
        "line": finding.place.line,
        "end_line": finding.place.end_line,
        "column": finding.place.column,
        "end_column": finding.place.end_column,
        "rule": finding.rule.code,
        "name": finding.rule.name,
        "checklist_item": finding.rule.item,
        "items": finding.items().collect::<Vec<Item>>(),
        "severity": finding.severity,
        "category": finding.category,
        "confidence": finding.confidence,
        "message": finding.message,
        "related": finding.related,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "scope": finding.scope,
        "inline": inline,
    })
}
