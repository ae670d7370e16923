//! SARIF 2.1.0, the OASIS standard for results of static analysis.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Judged, document};
use crate::analysis::{
    Confidence, Edit, Finding, Fix, Item, Place, RULES, Related, Rule, Severity, SkippedFile,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path keeps in a URI: RFC 3986's unreserved characters and the slash.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Names the folder that paths are relative to.
const ROOT: &str = "SRCROOT";

pub(super) fn render(judged: &Judged<'_>) -> String {
    let analysis = judged.report.analysis;
    let found = analysis.findings.iter().map(|finding| result(finding, judged.is_inline(finding)));
    let suppressed = analysis.suppressed.iter().map(|finding| {
        let mut result = result(finding, false);
        result["suppressions"] = json!([{ "kind": "inSource" }]);
        result
    });
    let results: Vec<Value> = found.chain(suppressed).collect();
    let version = env!("CARGO_PKG_VERSION");
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "asyncwarden",
                "version": version,
                "semanticVersion": version,
                "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                ROOT: { "description": { "text": "The folder that paths are relative to." } },
            },
            "invocations": [invocation(judged)],
            "results": results,
            "properties": { "verdicts": analysis.verdicts },
        }],
    });
    document(&log)
}

fn invocation(judged: &Judged<'_>) -> Value {
    let skipped = judged.report.analysis.skipped.iter().map(notification).collect::<Vec<_>>();
    let settings: Vec<Value> = judged
        .report
        .problems
        .iter()
        .map(|problem| {
            json!({
                "descriptor": { "id": "settings" },
                "level": "warning",
                "message": { "text": problem },
            })
        })
        .collect();
    json!({
        "executionSuccessful": true,
        "exitCode": u8::from(judged.failed),
        "toolExecutionNotifications": skipped,
        "toolConfigurationNotifications": settings,
    })
}

fn notification(skipped: &SkippedFile) -> Value {
    json!({
        "descriptor": { "id": "skipped-file" },
        "level": "warning",
        "message": { "text": format!("`{}` {}", skipped.path, skipped.reason) },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact(&skipped.path) } }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let (items, page): (Vec<Item>, String) = (rule.items().collect(), rule.document());
    let mut tags = vec!["asyncio".to_owned()];
    tags.extend(items.iter().map(Item::to_string));
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary() },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": tags,
            "severity": rule.severity,
            "category": rule.category,
            "checklistItems": items,
            "problem.severity": problem_severity(rule.severity),
        },
    })
}

/// The words that GitHub code scanning reads.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn result(finding: &Finding, inline: bool) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), finding.rule.code.into());
    let index = RULES.iter().position(|rule| rule.code == finding.rule.code);
    if let Some(index) = index {
        result.insert("ruleIndex".into(), index.into());
    }
    result.insert("level".into(), level(finding.severity).into());
    let message = json!({ "text": finding.message, "markdown": finding.message });
    result.insert("message".into(), message);
    result.insert("locations".into(), json!([primary(finding)]));
    if !finding.related.is_empty() {
        let related: Vec<Value> =
            finding.related.iter().enumerate().map(|(id, link)| related(id + 1, link)).collect();
        result.insert("relatedLocations".into(), related.into());
        result.insert(
            "codeFlows".into(),
            json!([{ "threadFlows": [{ "locations": flow(finding) }] }]),
        );
    }
    let fingerprint = json!({ "asyncwarden/v1": finding.fingerprint });
    result.insert("partialFingerprints".into(), fingerprint);
    if let Some(fix) = &finding.fix {
        result.insert("fixes".into(), json!([repair(fix)]));
    }
    let properties = json!({
        "severity": finding.severity,
        "category": finding.category,
        "confidence": finding.confidence,
        "precision": precision(finding.confidence),
        "checklistItems": finding.items().collect::<Vec<Item>>(),
        "inline": inline,
    });
    result.insert("properties".into(), properties);
    result.into()
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::Likely => "high",
        Confidence::Possible => "medium",
    }
}

fn primary(finding: &Finding) -> Value {
    let mut location = json!({ "physicalLocation": physical(&finding.place) });
    if !finding.scope.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": finding.scope }]);
    }
    location
}

fn related(id: usize, related: &Related) -> Value {
    json!({
        "id": id,
        "physicalLocation": physical(&related.place),
        "message": { "text": related.message },
    })
}

/// The places in the order in which a reader follows them.
fn flow(finding: &Finding) -> Vec<Value> {
    let start = json!({
        "physicalLocation": physical(&finding.place),
        "message": { "text": finding.message },
    });
    let links = finding.related.iter().map(|related| {
        json!({ "physicalLocation": physical(&related.place), "message": { "text": related.message } })
    });
    std::iter::once(start).chain(links).map(|location| json!({ "location": location })).collect()
}

fn repair(fix: &Fix) -> Value {
    // The edits of one file stand together.
    let mut changes: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        match changes.iter_mut().find(|(path, _)| *path == edit.place.path) {
            Some((_, replacements)) => replacements.push(replacement(edit)),
            None => changes.push((&edit.place.path, vec![replacement(edit)])),
        }
    }
    let changes = changes.into_iter().map(|(path, replacements)| {
        json!({ "artifactLocation": artifact(path), "replacements": replacements })
    });
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn replacement(edit: &Edit) -> Value {
    json!({
        "deletedRegion": region(&edit.place),
        "insertedContent": { "text": edit.replacement },
    })
}

fn physical(place: &Place) -> Value {
    json!({ "artifactLocation": artifact(&place.path), "region": region(place) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn artifact(path: &str) -> Value {
    let encoded = utf8_percent_encode(path, PATH).to_string();
    // `check` can be given a file outside of the current folder.
    if path.starts_with('/') {
        json!({ "uri": format!("file://{encoded}") })
    } else {
        json!({ "uri": encoded, "uriBaseId": ROOT })
    }
}
