//! Three small services as people write them: one in good health, a sick one that does everything wrong, and the sick one repaired
//! by following the advice. Each has a verdict for each item of the checklist that a rule serves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use asyncwarden::analysis::Outcome::{Satisfied, Violated};
use asyncwarden::analysis::{Analysis, CHECKLIST, Item, Outcome, RULES, check_tree};
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Policy, PythonVersion};

/// What becomes of each item in the healthy service, and in the repaired one.
#[rustfmt::skip]
const VERDICTS: [(u8, Outcome, Outcome); 63] = [
    (1, Satisfied, Satisfied),
    (2, Satisfied, Satisfied),
    (3, Satisfied, Satisfied),
    (4, Satisfied, Satisfied),
    (5, Satisfied, Satisfied),
    (6, Satisfied, Satisfied),
    (7, Satisfied, Satisfied),
    (8, Satisfied, Satisfied),
    (9, Satisfied, Satisfied),
    (10, Satisfied, Satisfied),
    (11, Satisfied, Satisfied),
    (12, Satisfied, Satisfied),
    (13, Satisfied, Satisfied),
    (14, Satisfied, Satisfied),
    (15, Satisfied, Satisfied),
    (16, Satisfied, Satisfied),
    (17, Satisfied, Satisfied),
    (18, Satisfied, Satisfied),
    (19, Satisfied, Satisfied),
    (20, Satisfied, Satisfied),
    (21, Satisfied, Satisfied),
    (22, Satisfied, Satisfied),
    (23, Satisfied, Satisfied),
    (24, Satisfied, Satisfied),
    (25, Satisfied, Satisfied),
    (26, Satisfied, Satisfied),
    (27, Satisfied, Satisfied),
    (28, Satisfied, Satisfied),
    (29, Satisfied, Satisfied),
    (30, Satisfied, Satisfied),
    (31, Satisfied, Satisfied),
    (32, Satisfied, Satisfied),
    (33, Satisfied, Satisfied),
    (34, Satisfied, Satisfied),
    (35, Satisfied, Satisfied),
    (36, Satisfied, Satisfied),
    (37, Satisfied, Satisfied),
    (38, Satisfied, Satisfied),
    (39, Satisfied, Satisfied),
    (40, Satisfied, Satisfied),
    (41, Satisfied, Satisfied),
    (42, Satisfied, Satisfied),
    (43, Satisfied, Satisfied),
    (44, Satisfied, Satisfied),
    (45, Satisfied, Satisfied),
    (46, Satisfied, Satisfied),
    (47, Satisfied, Satisfied),
    (48, Satisfied, Satisfied),
    (49, Satisfied, Satisfied),
    (50, Satisfied, Satisfied),
    (51, Satisfied, Satisfied),
    (52, Satisfied, Satisfied),
    (53, Satisfied, Satisfied),
    (54, Satisfied, Satisfied),
    (55, Satisfied, Satisfied),
    (56, Satisfied, Satisfied),
    (57, Satisfied, Satisfied),
    (58, Satisfied, Satisfied),
    (59, Satisfied, Satisfied),
    (60, Satisfied, Satisfied),
    (61, Satisfied, Satisfied),
    (62, Satisfied, Satisfied),
    (63, Satisfied, Satisfied),
];

/// The Python that the services require.
const TARGET: PythonVersion = PythonVersion(3, 12);

/// Items that a rule serves.
fn served() -> BTreeSet<Item> {
    RULES.iter().flat_map(|rule| rule.item.into_iter().chain(rule.also.iter().copied())).collect()
}

/// What all rules say of all files of a service.
fn reviewed(name: &str) -> Analysis {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services").join(name);
    let (mut tree, mut folders) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("below it").to_string_lossy().into_owned();
            tree.insert(name, fs::read(&path).expect("it can be read"));
        }
    }
    let python: Vec<String> = tree.keys().filter(|path| path.ends_with(".py")).cloned().collect();
    let tree: MemoryTree = tree.into_iter().collect();
    let policy = Policy { target: TARGET, ..Policy::default() };
    let analysis = check_tree(&tree, &python, &policy);
    assert!(analysis.skipped.is_empty(), "{name}: {:?}", analysis.skipped);
    assert_eq!(analysis.files_analysed, python.len(), "{name}");
    analysis
}

/// Where the verdicts are other than expected.
fn differences(name: &str, analysis: &Analysis, expected: impl Fn(Item) -> Outcome) -> Vec<String> {
    let got: BTreeMap<Item, Outcome> =
        analysis.verdicts.iter().map(|verdict| (verdict.item, verdict.outcome)).collect();
    let differs = |item: Item| {
        let (got, expected) = (got.get(&item).copied(), expected(item));
        let title = item.row().map(|row| row.title).unwrap_or_default();
        (got != Some(expected))
            .then(|| format!("{name}: {item} {title}: {got:?}, not {expected:?}"))
    };
    served().into_iter().filter_map(differs).collect()
}

/// The findings, for people.
fn findings(name: &str, analysis: &Analysis) -> Vec<String> {
    let text = |finding: &asyncwarden::analysis::Finding| {
        let place = &finding.place;
        format!("{name}/{}:{} {} {}", place.path, place.line, finding.rule.code, finding.message)
    };
    analysis.findings.iter().map(text).collect()
}

#[test]
fn the_table_has_each_item_once() {
    let listed: Vec<u8> = VERDICTS.iter().map(|(item, ..)| *item).collect();
    let all: Vec<u8> = CHECKLIST.iter().map(|row| row.item.0).collect();
    assert_eq!(listed, all);
}

#[test]
fn a_healthy_service_has_no_findings_and_follows_the_checklist() {
    let analysis = reviewed("healthy");
    let mut wrong = findings("healthy", &analysis);
    let expected = |item: Item| VERDICTS[usize::from(item.0) - 1].1;
    wrong.extend(differences("healthy", &analysis, expected));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_sick_service_violates_every_item() {
    let wrong = differences("sick", &reviewed("sick"), |_| Violated);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sick_service_repaired_by_the_advice_has_no_findings() {
    let analysis = reviewed("repaired");
    let mut wrong = findings("repaired", &analysis);
    let expected = |item: Item| VERDICTS[usize::from(item.0) - 1].2;
    wrong.extend(differences("repaired", &analysis, expected));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
