//! The formats over one report that has everything in it.

use serde_json::Value;

use super::{Judged, Report, github, gitlab, json, sarif, text};
use crate::analysis::{
    Analysis, Category, Confidence, Edit, Finding, Fingerprint, Fix, Item, Place, Related, Rule,
    Severity, SkippedFile,
};
use crate::change::MemoryTree;
use crate::policy::{Policy, Threshold};

pub(super) static SLEEP: Rule = Rule {
    code: "AW501",
    name: "blocking-sleep",
    item: Some(Item(41)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: "# AW501 blocking-sleep\n\n`time.sleep` called on the event loop.\n",
    check: |_, _| {},
};

static GATHER: Rule = Rule {
    code: "AW209",
    name: "gather-fails-fast",
    item: Some(Item(17)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: "# AW209 gather-fails-fast\n\n`gather` without `return_exceptions`.\n",
    check: |_, _| {},
};

const APP: &str = "import time\n\nasync def größe():\n    é = time.sleep(1)\n\n\nasync def all_of():\n    \
    await asyncio.gather(\n        one(),\n        two(),\n    )\n";

pub(super) fn place(path: &str, line: u32, column: u32, end_line: u32, end_column: u32) -> Place {
    Place { path: path.into(), line, end_line, column, end_column }
}

pub(super) fn finding(rule: &'static Rule, place: Place) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        category: rule.category,
        confidence: Confidence::Certain,
        message: format!("`{}` is found here; 100% of it", rule.name),
        place,
        related: vec![],
        fix: None,
        fingerprint: Fingerprint("0123abcd".into()),
        scope: String::new(),
    }
}

fn analysis() -> Analysis {
    let sleep = place("my app.py", 4, 9, 4, 22);
    let first = Finding {
        related: vec![Related {
            place: place("my app.py", 1, 1, 1, 12),
            message: "imported here".into(),
        }],
        fix: Some(Fix {
            title: "Await `asyncio.sleep`".into(),
            edits: vec![Edit {
                place: place("my app.py", 4, 9, 4, 19),
                start_byte: 0,
                end_byte: 0,
                replacement: "await asyncio.sleep".into(),
            }],
        }),
        scope: "größe".into(),
        ..finding(&SLEEP, sleep.clone())
    };
    let gone = finding(&SLEEP, place("gone.py", 7, 3, 7, 5));
    let low = Finding {
        severity: Severity::Low,
        confidence: Confidence::Possible,
        fingerprint: Fingerprint("beef".into()),
        ..finding(&GATHER, place("my app.py", 8, 11, 11, 6))
    };
    Analysis {
        findings: vec![first, gone, finding(&GATHER, place("my app.py", 8, 11, 11, 6)), low],
        skipped: vec![SkippedFile { path: "bad.py".into(), reason: "is not UTF-8".into() }],
        suppressed: vec![finding(&SLEEP, sleep)],
        files_analysed: 2,
        ..Analysis::default()
    }
}

fn with_everything<T>(check: impl FnOnce(&Judged<'_>) -> T) -> T {
    let head: MemoryTree = [("my app.py", APP.as_bytes())].into_iter().collect();
    let policy = Policy::default();
    let problems = ["`.asyncwarden.toml`: there is no setting `x`.".to_owned()];
    check(&Judged {
        report: Report { analysis: &analysis(), head: &head, policy: &policy, problems: &problems },
        threshold: Some(Threshold { severity: Severity::High, confidence: Confidence::Likely }),
        failed: true,
    })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn text_shows_the_code_and_ends_with_the_gate() {
    let text = with_everything(|judged| text::render(judged, false, false));
    insta::assert_snapshot!(text, @r#"
    critical[AW501 blocking-sleep]: `blocking-sleep` is found here; 100% of it
     --> my app.py:4:9
      |
    4 |     é = time.sleep(1)
      |         ^^^^^^^^^^^^^
      |
    note: imported here
     --> my app.py:1:1
      |
    1 | import time
      | ^^^^^^^^^^^
    help: Await `asyncio.sleep`
      |
    4 -     é = time.sleep(1)
    4 +     é = await asyncio.sleep(1)
      |

    critical[AW501 blocking-sleep]: `blocking-sleep` is found here; 100% of it
    --> gone.py:7:3

    medium[AW209 gather-fails-fast]: `gather-fails-fast` is found here; 100% of it
      --> my app.py:8:11
       |
     8 |       await asyncio.gather(
       |  ___________^
     9 | |         one(),
    10 | |         two(),
    11 | |     )
       | |_____^

    my app.py:8:11: low[AW209 gather-fails-fast] `gather-fails-fast` is found here; 100% of it
    note: bad.py is not UTF-8
    settings: `.asyncwarden.toml`: there is no setting `x`.
    4 findings in 2 files: 2 critical, 1 medium, 1 low, 1 suppressed; the gate failed (high or worse fails it).
    "#);
    let text = with_everything(|judged| text::render(judged, true, true));
    assert!(text.contains("\u{1b}["), "colours");
    assert!(!text.contains("the gate"), "no closing line when quiet");
}

#[test]
fn text_says_in_one_line_that_there_is_nothing() {
    let policy = Policy::default();
    let nothing = Analysis { files_analysed: 1, ..Analysis::default() };
    let head = MemoryTree::default();
    let report = Report { analysis: &nothing, head: &head, policy: &policy, problems: &[] };
    let judged = Judged { report, threshold: None, failed: false };
    assert_eq!(text::render(&judged, true, false), "No findings in 1 file; the gate is off.\n");
    assert_eq!(text::render(&judged, true, true), "");
    assert_eq!(gitlab::render(&judged), "[]\n");
    assert_eq!(github::render(&judged), "");
}

#[test]
fn text_does_not_carry_control_characters_to_the_terminal() {
    let code = "x = '\u{1b}[2J'  # \u{1b}]0;title\u{7}\n";
    let head: MemoryTree = [("a.py", code.as_bytes())].into_iter().collect();
    let bell = "\u{1b}[31mred\u{7}".to_owned();
    let marked = Finding {
        message: bell.clone(),
        related: vec![Related { place: place("a.py", 1, 1, 1, 2), message: bell.clone() }],
        ..finding(&SLEEP, place("a.py", 1, 1, 1, 2))
    };
    let low = Finding { severity: Severity::Low, ..marked.clone() };
    let skipped = vec![SkippedFile { path: bell.clone(), reason: bell }];
    let analysis = Analysis { findings: vec![marked, low], skipped, ..Analysis::default() };
    let policy = Policy::default();
    let report = Report { analysis: &analysis, head: &head, policy: &policy, problems: &[] };
    let text = text::render(&Judged { report, threshold: None, failed: false }, false, false);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

#[test]
fn many_files_that_were_skipped_for_one_reason_are_one_line() {
    let skipped =
        |path: &str, reason: &str| SkippedFile { path: path.into(), reason: reason.into() };
    let skipped = vec![
        skipped("a.py", "is generated"),
        skipped("b.py", "is long"),
        skipped("c.py", "is generated"),
    ];
    let analysis = Analysis { skipped, ..Analysis::default() };
    let (policy, head) = (Policy::default(), MemoryTree::default());
    let report = Report { analysis: &analysis, head: &head, policy: &policy, problems: &[] };
    let judged = Judged { report, threshold: None, failed: false };
    let text = text::render(&judged, false, true);
    assert_eq!(text, "note: a.py is generated; likewise 1 other file\nnote: b.py is long\n");
    assert_eq!(github::render(&judged).lines().count(), 2);
}

#[test]
fn json_has_all_fields_of_a_finding() {
    let value = parsed(&with_everything(json::render));
    let first = &value["findings"][0];
    let fields: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "path line end_line column end_column rule name checklist_item items severity category \
        confidence message related fix fingerprint scope inline";
    assert_eq!(fields, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(first["checklist_item"], "C41");
    assert_eq!(first["items"], serde_json::json!(["C41", "C04"]));
    assert_eq!(first["related"][0]["message"], "imported here");
    assert_eq!(first["related"][0]["line"], 1);
    assert_eq!(first["fix"]["edits"][0]["replacement"], "await asyncio.sleep");
    assert_eq!((&first["inline"], &value["findings"][3]["inline"]), (&true.into(), &false.into()));
    assert_eq!(
        value["counts"],
        serde_json::json!({ "critical": 2, "high": 0, "medium": 1, "low": 1 })
    );
    assert_eq!(value["gate"]["state"], "failed");
    assert_eq!(value["skipped"][0]["path"], "bad.py");
    assert_eq!(value["suppressed"].as_array().unwrap().len(), 1);
}

#[test]
fn sarif_keeps_the_standards_schema() {
    let log = parsed(&with_everything(sarif::render));
    // Two patterns of the standard have a stray bracket, which strict readers refuse.
    let schema = include_str!("../../../tests/schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema = parsed(&schema);
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);

    let results = &log["runs"][0]["results"];
    let physical = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "my%20app.py");
    assert_eq!(physical["region"]["endColumn"], 22);
    assert_eq!(
        results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]["endColumn"],
        19
    );
    assert_eq!(results[4]["suppressions"][0]["kind"], "inSource");
    let notified = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notified[0]["message"]["text"], "`bad.py` is not UTF-8");
}

#[test]
fn github_commands_are_one_line_each() {
    let commands = with_everything(github::render);
    insta::assert_snapshot!(commands, @r"
    ::error file=my app.py,line=4,endLine=4,col=9,endColumn=22,title=AW501 blocking-sleep::`blocking-sleep` is found here; 100%25 of it%0Amy app.py:1: imported here%0AFix: Await `asyncio.sleep`
    ::error file=gone.py,line=7,endLine=7,col=3,endColumn=5,title=AW501 blocking-sleep::`blocking-sleep` is found here; 100%25 of it
    ::warning file=my app.py,line=8,endLine=11,title=AW209 gather-fails-fast::`gather-fails-fast` is found here; 100%25 of it
    ::notice file=my app.py,line=8,endLine=11,title=AW209 gather-fails-fast::`gather-fails-fast` is found here; 100%25 of it
    ::notice file=bad.py,title=asyncwarden::`bad.py` is not UTF-8
    ::warning title=asyncwarden::`.asyncwarden.toml`: there is no setting `x`.
    ");
}

#[test]
fn gitlab_entries_have_fingerprints_of_their_own() {
    let value = parsed(&with_everything(gitlab::render));
    let entries = value.as_array().unwrap();
    let fingerprints: Vec<&str> =
        entries.iter().map(|e| e["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints, ["0123abcd", "0123abcd-2", "0123abcd-3", "beef"]);
    let severities: Vec<&str> = entries.iter().map(|e| e["severity"].as_str().unwrap()).collect();
    assert_eq!(severities, ["critical", "critical", "minor", "info"]);
    assert_eq!(
        entries[2]["location"],
        serde_json::json!({ "path": "my app.py", "lines": { "begin": 8, "end": 11 } })
    );
}
