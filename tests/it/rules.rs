//! Every rule against its page and its marked cases.
//!
//! A line with `# finding: AW501` must be found by that rule, a line without must not. `# missed: AW501` marks a known miss:
//! it must not be found, so that the mark goes away when the rule learns it. A case runs with its own rule alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use asyncwarden::analysis::{Analysis, Finding, RULES, Rule, check_tree_with};
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Policy, PythonVersion};

/// One piece of Python with its expectations.
struct Case {
    name: String,
    code: String,
}

fn cases(rule: &Rule) -> Vec<Case> {
    let mut cases: Vec<Case> = python_blocks(rule.page)
        .into_iter()
        .enumerate()
        .map(|(n, code)| Case { name: format!("{} page, block {}", rule.code, n + 1), code })
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("tests/cases is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned());
            path.extension().is_some_and(|it| it == "py")
                && stem.is_some_and(|it| it.split('_').next() == Some(rule.code))
        })
        .collect();
    files.sort();
    for file in files {
        let code = fs::read_to_string(&file).expect("UTF-8");
        cases.push(Case { name: file.display().to_string(), code });
    }
    cases
}

/// The blocks of Markdown fenced as Python.
fn python_blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some((_, behind)) = rest.split_once("```python\n") {
        let (block, after) = behind.split_once("```").expect("a fence is closed");
        blocks.push(block.to_owned());
        rest = after;
    }
    blocks
}

/// 1-based lines with this mark for the rule.
fn marked(code: &str, mark: &str, rule: &Rule) -> BTreeSet<u32> {
    let has = |line: &str| {
        line.split(mark).skip(1).any(|behind| {
            behind
                .split(['#', '\n'])
                .next()
                .unwrap_or_default()
                .split([',', ' '])
                .any(|it| it == rule.code)
        })
    };
    code.lines().enumerate().filter(|(_, line)| has(line)).map(|(n, _)| n as u32 + 1).collect()
}

/// A case may name the oldest Python it is for in its first lines: `# target: 3.7`.
fn policy(code: &str) -> Policy {
    let target = code.lines().take(3).find_map(|line| line.strip_prefix("# target: 3."));
    let minor = target.and_then(|it| it.trim().parse().ok());
    let target = minor.map_or(Policy::default().target, |minor| PythonVersion(3, minor));
    Policy { target, ..Policy::default() }
}

fn run(rule: &'static Rule, code: &str) -> Analysis {
    let tree: MemoryTree = [("app/module.py", code.as_bytes().to_vec())].into_iter().collect();
    let rules: Vec<&'static Rule> = if rule.item.is_some() { vec![rule] } else { RULES.to_vec() };
    let mut analysis = check_tree_with(&tree, &["app/module.py".to_owned()], &policy(code), &rules);
    analysis.findings.retain(|finding| finding.rule.code == rule.code);
    analysis
}

fn lines(findings: &[Finding]) -> BTreeSet<u32> {
    findings.iter().map(|finding| finding.place.line).collect()
}

#[test]
fn rules_find_what_is_marked_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for case in cases(rule) {
            let analysis = run(rule, &case.code);
            let (found, expected) =
                (lines(&analysis.findings), marked(&case.code, "# finding:", rule));
            for line in expected.difference(&found) {
                wrong.push(format!("{}:{line}: not found", case.name));
            }
            for line in found.difference(&expected) {
                let missed = marked(&case.code, "# missed:", rule).contains(line);
                let why = if missed { "found after all; remove the mark" } else { "wrongly found" };
                let text = case.code.lines().nth(*line as usize - 1).unwrap_or_default();
                wrong.push(format!("{}:{line}: {why}: {}", case.name, text.trim()));
            }
            for skipped in analysis.skipped {
                wrong.push(format!("{}: {}", case.name, skipped.reason));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fixes_remove_what_they_fix() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for case in cases(rule) {
            let analysis = run(rule, &case.code);
            for finding in &analysis.findings {
                let Some(fix) = &finding.fix else { continue };
                let mut code = case.code.clone();
                for edit in fix.edits.iter().rev() {
                    code.replace_range(edit.start_byte..edit.end_byte, &edit.replacement);
                }
                let after = run(rule, &code);
                if after.findings.len() >= analysis.findings.len() || !after.skipped.is_empty() {
                    wrong.push(format!(
                        "{}:{}: {}\n{code}",
                        case.name, finding.place.line, fix.title
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_page_in_the_common_form() {
    for rule in RULES {
        let title = format!("# {} {}", rule.code, rule.name);
        assert_eq!(rule.page.lines().next(), Some(title.as_str()), "{}", rule.code);
        for part in ["## Why it matters", "## Found", "## Better"] {
            assert!(rule.page.contains(part), "{} has no part {part}", rule.code);
        }
        let summary = rule.summary();
        assert!(!summary.is_empty() && !summary.starts_with('#'), "{}: {summary}", rule.code);
    }
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    assert_eq!(names.len(), codes.len());
}
