//! The repairs that comments offer with a click, from `tests/repairs`: what each makes of the code, and that its finding is gone
//! then and nothing new has come.
//!
//! A file is about one rule. `# repair: what` begins code with a finding, `# becomes` the same code repaired (`# becomes, with AW218`:
//! something far less bad may be left); `# keep: why` begins code with a finding that must not be repaired by a click.

use std::collections::BTreeMap;
use std::path::Path;

use asyncwarden::analysis::{Analysis, RULES, check_tree, replaced};
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Policy, PythonVersion};

/// Rules of which a repair with a click is expected.
const REPAIRED: [&str; 14] = [
    "AW202", "AW203", "AW205", "AW206", "AW207", "AW213", "AW216", "AW217", "AW301", "AW306",
    "AW406", "AW501", "AW601", "AW706",
];

enum Sample {
    /// The code, what becomes of it, and the rule that finds something less bad in that.
    Repaired(String, String, Option<String>),
    /// The code.
    Kept(String),
}

/// The samples of a rule, each with its title.
fn samples(rule: &str) -> Vec<(String, Sample)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repairs");
    let text = std::fs::read_to_string(folder.join(format!("{rule}.py"))).unwrap_or_default();
    let mut samples: Vec<(String, Sample)> = Vec::new();
    let mut behind = false;
    for line in text.split_inclusive('\n') {
        if let Some(title) = line.strip_prefix("# repair: ") {
            let sample = Sample::Repaired(String::new(), String::new(), None);
            samples.push((title.trim().to_owned(), sample));
            behind = false;
        } else if let Some(title) = line.strip_prefix("# keep: ") {
            samples.push((title.trim().to_owned(), Sample::Kept(String::new())));
        } else if let Some(rest) = line.strip_prefix("# becomes") {
            behind = true;
            let (_, sample) = samples.last_mut().expect("a file begins with a title");
            if let Sample::Repaired(_, _, left) = sample {
                *left = rest.trim().strip_prefix(", with ").map(str::to_owned);
            }
        } else {
            match &mut samples.last_mut().expect("a file begins with a title").1 {
                Sample::Repaired(_, after, _) if behind => after.push_str(line),
                Sample::Repaired(code, ..) | Sample::Kept(code) => code.push_str(line),
            }
        }
    }
    samples
}

const PATH: &str = "app/module.py";

fn checked(code: &str) -> Analysis {
    let tree: MemoryTree = [(PATH, code.as_bytes())].into_iter().collect();
    let policy = Policy { target: PythonVersion(3, 11), ..Policy::default() };
    check_tree(&tree, &[PATH.to_owned()], &policy)
}

/// How often each rule finds something.
fn counts(analysis: &Analysis) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in &analysis.findings {
        *counts.entry(finding.rule.code).or_default() += 1;
    }
    counts
}

/// What is wrong with a repair; `None` when it is as expected.
fn wrong(rule: &str, before: &str, expected: &str, left: Option<&str>) -> Option<String> {
    let analysis = checked(before);
    let mut found = analysis.findings.iter().filter(|it| it.rule.code == rule);
    let Some(fix) = found.find_map(|it| it.fix.as_ref()) else {
        return Some(format!("offers none\n{:#?}", analysis.findings));
    };
    let edits = fix.edits.iter().map(|it| (it.start_byte..it.end_byte, &it.replacement));
    let after = String::from_utf8(replaced(before.as_bytes(), edits).unwrap()).unwrap();
    if after != expected {
        return Some(format!("makes\n{after}"));
    }
    let repaired = checked(&after);
    if !repaired.skipped.is_empty() || !repaired.notes.is_empty() {
        return Some(format!("does not parse\n{:?} {:?}", repaired.skipped, repaired.notes));
    }
    let (old, new) = (counts(&analysis), counts(&repaired));
    let of = |counts: &BTreeMap<_, _>, code: &str| counts.get(code).copied().unwrap_or(0);
    if of(&new, rule) + 1 != of(&old, rule) {
        return Some("is still found".to_owned());
    }
    let come = new.iter().filter(|(code, count)| **count > of(&old, code));
    let come: Vec<&str> = come.map(|(code, _)| *code).collect();
    (come != Vec::from_iter(left)).then(|| format!("brings {come:?}"))
}

#[test]
fn each_repair_is_as_expected_and_brings_nothing_new() {
    let mut wrongs = Vec::new();
    for rule in RULES {
        for (title, sample) in samples(rule.code) {
            if let Sample::Repaired(before, after, left) = sample {
                let wrong = wrong(rule.code, &before, &after, left.as_deref());
                wrongs.extend(wrong.map(|it| format!("{} {title}: {it}", rule.code)));
            }
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

#[test]
fn each_rule_that_can_be_repaired_with_a_click_is() {
    for rule in REPAIRED {
        let is_repaired = |it: &(String, Sample)| matches!(it.1, Sample::Repaired(..));
        assert!(samples(rule).iter().any(is_repaired), "{rule} has no sample");
    }
}

#[test]
fn what_a_repair_could_break_is_only_told() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (why, sample) in samples(rule.code) {
            let Sample::Kept(code) = sample else { continue };
            let analysis = checked(&code);
            let found = analysis.findings.iter().filter(|it| it.rule.code == rule.code);
            let fixes: Vec<_> = found.clone().filter_map(|it| it.fix.as_ref()).collect();
            if found.count() == 0 || !fixes.is_empty() {
                wrong.push(format!("{}: {why}\n{code}\n{fixes:#?}", rule.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
