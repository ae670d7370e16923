//! Every rule against its page and its marked cases.
//!
//! A line with `# finding: AW501` must be found by that rule, a line without must not. `# missed: AW501` marks a known miss:
//! it must not be found, so that the mark goes away when the rule learns it. `# doubtful: AW501` marks what is found, but is
//! not worth a comment of its own: it is possible only, or of Low severity. A case runs with its own rule alone; a folder is
//! one case, and its files are checked as one repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use asyncwarden::analysis::{
    Analysis, Confidence, Finding, Item, RULES, Rule, Severity, check_tree_with,
};
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Audience, Policy, PythonVersion};

/// Python with its expectations: one file, or a small repository.
pub struct Case {
    name: String,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
}

/// The blocks of a rule's page, and its cases.
pub fn cases(rule: &Rule) -> Vec<Case> {
    let alone = |code: String| vec![("app/module.py".to_owned(), code)];
    let mut cases: Vec<Case> = python_blocks(rule.page)
        .into_iter()
        .enumerate()
        .map(|(n, code)| Case {
            name: format!("{} page, block {}", rule.code, n + 1),
            files: alone(code),
        })
        .collect();
    for path in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")) {
        let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        if stem.split('_').next() != Some(rule.code) {
            continue;
        }
        let files = match path.is_dir() {
            true => repository(&path),
            false => alone(fs::read_to_string(&path).expect("UTF-8")),
        };
        cases.push(Case { name: path.display().to_string(), files });
    }
    cases
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries
}

/// The files below a folder, by their paths in it.
fn repository(folder: &Path) -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = folders.pop() {
        for path in entries(&at) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is in the folder").to_string_lossy();
            files.push((name.into_owned(), fs::read_to_string(&path).expect("UTF-8")));
        }
    }
    files.sort();
    files
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
pub fn marked(code: &str, mark: &str, rule: &Rule) -> BTreeSet<u32> {
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

/// What the rule finds in the files, alone.
pub fn run(rule: &'static Rule, files: &[(String, String)]) -> Analysis {
    run_with(rule, files, policy(&files[0].1).target)
}

/// What the rule finds in the files, alone, of a project that supports a Python.
pub fn run_with(
    rule: &'static Rule,
    files: &[(String, String)],
    target: PythonVersion,
) -> Analysis {
    let tree: MemoryTree =
        files.iter().map(|(path, code)| (path.clone(), code.as_bytes().to_vec())).collect();
    let python = files.iter().map(|(path, _)| path.clone()).filter(|path| path.ends_with(".py"));
    let rules: Vec<&'static Rule> = if rule.item.is_some() { vec![rule] } else { RULES.to_vec() };
    let policy = Policy { target, ..Policy::default() };
    let mut analysis = check_tree_with(&tree, &python.collect::<Vec<_>>(), &policy, &rules);
    analysis.findings.retain(|finding| finding.rule.code == rule.code);
    analysis
}

/// Lines of one of the files.
fn lines(findings: &[Finding], path: &str) -> BTreeSet<u32> {
    lines_of(findings, path, |_| true)
}

fn lines_of(findings: &[Finding], path: &str, wanted: fn(&Finding) -> bool) -> BTreeSet<u32> {
    let here = findings.iter().filter(|it| it.place.path == path && wanted(it));
    here.map(|finding| finding.place.line).collect()
}

/// Whether a finding gets an inline comment where nothing else is asked for.
fn is_comment(finding: &Finding) -> bool {
    finding.severity != Severity::Low && finding.confidence != Confidence::Possible
}

#[test]
fn rules_find_what_is_marked_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for case in cases(rule) {
            let analysis = run(rule, &case.files);
            for (path, code) in &case.files {
                let name = format!("{} {path}", case.name);
                let found = lines(&analysis.findings, path);
                let doubtful = marked(code, "# doubtful:", rule);
                let expected = &marked(code, "# finding:", rule) | &doubtful;
                for line in &lines_of(&analysis.findings, path, is_comment) & &doubtful {
                    wrong.push(format!("{name}:{line}: not doubtful"));
                }
                for line in expected.difference(&found) {
                    wrong.push(format!("{name}:{line}: not found"));
                }
                for line in found.difference(&expected) {
                    let missed = marked(code, "# missed:", rule).contains(line);
                    let why =
                        if missed { "found after all; remove the mark" } else { "wrongly found" };
                    let text = code.lines().nth(*line as usize - 1).unwrap_or_default();
                    wrong.push(format!("{name}:{line}: {why}: {}", text.trim()));
                }
            }
            for skipped in analysis.skipped {
                wrong.push(format!("{}: {} {}", case.name, skipped.path, skipped.reason));
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
            let analysis = run(rule, &case.files);
            for finding in &analysis.findings {
                let Some(fix) = &finding.fix else { continue };
                let mut files = case.files.clone();
                let at = finding.place.path.as_str();
                let (_, code) = files.iter_mut().find(|(path, _)| path == at).expect("is there");
                for edit in fix.edits.iter().rev() {
                    code.replace_range(edit.start_byte..edit.end_byte, &edit.replacement);
                }
                let code = code.clone();
                let after = run(rule, &files);
                if after.findings.len() >= analysis.findings.len() || !after.skipped.is_empty() {
                    let (name, line) = (&case.name, finding.place.line);
                    wrong.push(format!("{name} {at}:{line}: {}\n{code}", fix.title));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The parts of a rule's page, in order.
pub const PARTS: [&str; 6] =
    ["Why it matters", "Found", "Better", "When to ignore", "Configuration", "Checklist"];

/// The text below one of a page's headings.
fn part<'p>(page: &'p str, heading: &str) -> &'p str {
    let begin = page.split_once(&format!("\n## {heading}\n")).map_or("", |(_, behind)| behind);
    begin.split("\n## ").next().unwrap_or_default().trim()
}

#[test]
fn every_rule_has_a_page_in_the_common_form() {
    for rule in RULES {
        let page = rule.document();
        let title = format!("# {} {}", rule.code, rule.name);
        assert_eq!(page.lines().next(), Some(title.as_str()), "{}", rule.code);
        let summary = rule.summary();
        assert!(!summary.is_empty() && !summary.starts_with('#'), "{}: {summary}", rule.code);
        let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
        let headings: Vec<&str> = headings.filter(|it| PARTS.contains(it)).collect();
        assert_eq!(headings, PARTS, "{}", rule.code);
        for heading in PARTS {
            let words = part(&page, heading).split_whitespace().count();
            assert!(words >= 4, "{}: {heading} says nothing", rule.code);
        }
        // The consequence takes more than a clause.
        let why = part(&page, "Why it matters").split_whitespace().count();
        assert!(why >= 25, "{}: {why} words tell why it matters", rule.code);
        assert!(part(&page, "Found").contains("# finding:"), "{} finds nothing", rule.code);
        let better = part(&page, "Better");
        assert!(
            better.contains("```") && !better.contains("# finding:"),
            "{}: {better}",
            rule.code
        );
    }
}

/// What a page recommends is not what another rule warns of.
#[test]
fn the_better_code_of_a_page_fails_no_gate() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for code in python_blocks(part(&rule.document(), "Better")) {
            let (path, policy) = ("app/module.py".to_owned(), policy(&code));
            let tree: MemoryTree = [(path.clone(), code.into_bytes())].into_iter().collect();
            let analysis = check_tree_with(&tree, &[path], &policy, RULES);
            let heard = |it: &&Finding| policy.admits(Audience::Gate, it);
            for found in analysis.findings.iter().filter(heard) {
                let (by, line) = (found.rule.code, found.place.line);
                wrong.push(format!("{}, Better, line {line}: {by} {}", rule.code, found.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_tells_how_to_configure_the_rule_and_what_it_answers() {
    for rule in RULES {
        let page = rule.document();
        let settings = part(&page, "Configuration");
        for part in [rule.severity.title(), rule.name, &format!("ignore[{}]", rule.code)] {
            assert!(settings.contains(part), "{} does not tell of {part}", rule.code);
        }
        let checklist = part(&page, "Checklist");
        for row in rule.items().filter_map(Item::row) {
            let named = format!("- {} ", row.item);
            let chapter = format!("chapter {}", row.chapter);
            assert!(checklist.contains(&named) && checklist.contains(&chapter), "{}", rule.code);
        }
        for block in settings.split("```toml\n").skip(1) {
            let text = block.split("```").next().unwrap_or_default();
            let read = |path: &str| (path == ".asyncwarden.toml").then(|| text.as_bytes().into());
            let (_, problems) = Policy::from_files(read);
            assert_eq!(problems, Vec::<String>::new(), "{}:\n{text}", rule.code);
        }
    }
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    assert_eq!(names.len(), codes.len());
}
