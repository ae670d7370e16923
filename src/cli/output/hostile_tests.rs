//! What stands in names and paths is shown in no format as what a terminal or a runner of pipelines would obey.

use super::tests::{SLEEP, finding, place};
use super::{Judged, Report, github, gitlab, json, sarif, text};
use crate::analysis::{Analysis, Edit, Finding, Fix, Related, Severity, SkippedFile};
use crate::change::{MemoryTree, is_hidden};
use crate::policy::Policy;

/// Names that git takes for files.
const PATHS: [&str; 10] = [
    "a\n::error::b.py",
    "a\r::set-output name=x::y.py",
    "\u{1b}[2J\u{1b}]0;title\u{7}.py",
    "a\u{9b}31m.py",
    "a\u{202e}yp.b.py",
    "a\u{2028}::stop-commands::x.py",
    "%0A::error::c.py",
    "::add-mask::d,e:f.py",
    " ::stop-commands::x.py",
    "##[add-path]x.py",
];

/// An analysis that has the path wherever it has text.
fn analysis(path: &str) -> Analysis {
    let code = place(path, 1, 1, 1, 2);
    let edit = Edit { place: code.clone(), start_byte: 0, end_byte: 1, replacement: "y".into() };
    let first = Finding {
        message: format!("`{path}` blocks"),
        related: vec![Related { place: code.clone(), message: path.to_owned() }],
        fix: Some(Fix { title: format!("Await `{path}`"), edits: vec![edit] }),
        scope: path.to_owned(),
        ..finding(&SLEEP, code)
    };
    let gone = Finding { place: place("gone.py", 7, 1, 7, 2), ..first.clone() };
    let low = Finding { severity: Severity::Low, ..first.clone() };
    let skipped = vec![SkippedFile { path: path.to_owned(), reason: format!("is `{path}`") }];
    Analysis {
        findings: vec![first.clone(), gone, low],
        suppressed: vec![first],
        skipped,
        notes: vec![path.to_owned()],
        ..Analysis::default()
    }
}

fn rendered(path: &str, render: impl FnOnce(&Judged<'_>) -> String) -> String {
    let head: MemoryTree = [(path, b"x = '\x1b[31m'\n".as_slice())].into_iter().collect();
    let (analysis, policy) = (analysis(path), Policy::default());
    let problems = [path.to_owned()];
    let report = Report { analysis: &analysis, head: &head, policy: &policy, problems: &problems };
    render(&Judged { report, threshold: None, failed: false })
}

fn unseen(c: char) -> bool {
    c != '\n' && (c.is_control() || is_hidden(c))
}

#[test]
fn text_and_workflow_commands_obey_nobody() {
    for path in PATHS {
        let shown = rendered(path, |judged| text::render(judged, false, false));
        assert!(!shown.contains(unseen), "{shown:?}");
        let obeyed = |line: &str| {
            let line = line.trim_start();
            line.starts_with("::") || line.starts_with("##[")
        };
        assert!(!shown.lines().any(obeyed), "{shown}");
        let commands = rendered(path, github::render);
        assert!(!commands.contains(unseen), "{commands:?}");
        // Three findings, a file, a note, a problem.
        assert_eq!(commands.lines().count(), 6, "{commands}");
        for line in commands.lines() {
            let (command, _) = line[2..].split_once(' ').unwrap();
            assert!(
                line.starts_with("::") && ["error", "warning", "notice"].contains(&command),
                "{line}"
            );
        }
    }
}

#[test]
fn documents_hold_the_same_in_letters_that_nobody_obeys() {
    for path in PATHS {
        for (render, pointer) in [
            (json::render as fn(&Judged<'_>) -> String, "/findings/0/path"),
            (sarif::render, "/runs/0/results/0/message/text"),
            (gitlab::render, "/0/location/path"),
        ] {
            let document = rendered(path, render);
            assert!(!document.contains(unseen), "{document:?}");
            let value: serde_json::Value = serde_json::from_str(&document).unwrap();
            let told = value.pointer(pointer).and_then(|it| it.as_str()).unwrap();
            assert!(told.contains(path), "{told:?} of {path:?}");
        }
    }
}
