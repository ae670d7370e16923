//! A Code Quality report of GitLab.
//!
//! Source: GitLab docs, "Code Quality", "Code Quality report format".

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Judged, document, title};
use crate::analysis::{Finding, Severity};

pub(super) fn render(judged: &Judged<'_>) -> String {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let entries: Vec<Value> = judged
        .findings()
        .iter()
        .map(|finding| {
            // GitLab drops an entry whose fingerprint it has already.
            let times = seen.entry(&finding.fingerprint.0).or_default();
            *times += 1;
            entry(finding, *times)
        })
        .collect();
    document(&Value::from(entries))
}

fn entry(finding: &Finding, times: usize) -> Value {
    let severity = match finding.severity {
        Severity::Critical => "critical",
        Severity::High => "major",
        Severity::Medium => "minor",
        Severity::Low => "info",
    };
    let fingerprint = match times {
        1 => finding.fingerprint.to_string(),
        times => format!("{}-{times}", finding.fingerprint),
    };
    json!({
        "description": format!("{}: {}", title(finding), finding.message),
        "check_name": finding.rule.code,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": finding.place.path,
            "lines": { "begin": finding.place.line, "end": finding.place.end_line },
        },
    })
}
