//! What holds whatever the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use asyncwarden::analysis::{Analysis, Request, analyse, check_tree};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, hunks_between};
use asyncwarden::policy::Policy;

/// Code to start from: the marked cases, each a file with findings of many kinds.
static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = fs::read_dir(folder).expect("tests/cases is there");
    let mut paths: Vec<_> = files.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    let python = paths.into_iter().filter(|it| it.extension().is_some_and(|it| it == "py"));
    python.map(|it| fs::read_to_string(it).expect("UTF-8")).collect()
});

fn seed() -> impl Strategy<Value = String> {
    any::<Index>().prop_map(|at| at.get(&SEEDS).clone())
}

fn check(files: &[(&str, &str)]) -> Analysis {
    let tree: MemoryTree =
        files.iter().map(|(path, code)| (*path, code.as_bytes().to_vec())).collect();
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    check_tree(&tree, &paths, &Policy::default())
}

fn review(old: &str, new: &str) -> Analysis {
    let base: MemoryTree = [("app.py", old.as_bytes().to_vec())].into_iter().collect();
    let head: MemoryTree = [("app.py", new.as_bytes().to_vec())].into_iter().collect();
    let change = ChangeSet {
        files: vec![FileChange {
            path: "app.py".to_owned(),
            old_path: Some("app.py".to_owned()),
            kind: FileChangeKind::Modified,
            hunks: hunks_between(old.as_bytes(), new.as_bytes()),
            shown: true,
        }],
    };
    analyse(&Request {
        base: &base,
        head: &head,
        change: &change,
        policy: &Policy::default(),
        known: None,
    })
}

/// Rule and line of each finding.
fn places(analysis: &Analysis) -> BTreeSet<(&'static str, u32, u32)> {
    analysis.findings.iter().map(|it| (it.rule.code, it.place.line, it.place.column)).collect()
}

/// One way to damage code.
#[derive(Debug, Clone)]
enum Damage {
    Remove(Index, u8),
    Insert(Index, &'static str),
    RepeatLine(Index),
    Swap(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let tokens = vec![
        "(", ")", "[", "]", "{", "}", ":", "\n", "    ", "async ", "await ", "def ", "try:",
        "except ", "finally:", "return ", "lambda: ", "f'{", "'''", "\"", "#", "\\\n", "*", "**",
        "=", ":=", ",", "\r", "\t", "\u{c}", "é", "match x:", "case ", "with ", "global x", "@",
        "import ",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, n)| Damage::Remove(at, n)),
        (any::<Index>(), select(tokens)).prop_map(|(at, token)| Damage::Insert(at, token)),
        any::<Index>().prop_map(Damage::RepeatLine),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Damage::Swap(a, b)),
    ]
}

fn damaged(code: &str, damages: &[Damage]) -> String {
    let mut code: Vec<char> = code.chars().collect();
    for damage in damages {
        if code.is_empty() {
            break;
        }
        match damage {
            Damage::Remove(at, count) => {
                let at = at.index(code.len());
                let end = (at + usize::from(*count)).min(code.len());
                code.drain(at..end);
            }
            Damage::Insert(at, token) => {
                let at = at.index(code.len());
                code.splice(at..at, token.chars());
            }
            Damage::RepeatLine(at) => {
                let at = at.index(code.len());
                let start = code[..at].iter().rposition(|c| *c == '\n').map_or(0, |it| it + 1);
                let line: Vec<char> = code[start..at].to_vec();
                code.splice(start..start, line.into_iter().chain(['\n']));
            }
            Damage::Swap(a, b) => {
                let (a, b) = (a.index(code.len()), b.index(code.len()));
                code.swap(a, b);
            }
        }
    }
    code.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_code_is_analysed(code in seed(), damages in prop::collection::vec(damage(), 1..12)) {
        let code = damaged(&code, &damages);
        let analysis = check(&[("app.py", &code)]);
        let failed = analysis.skipped.iter().find(|it| it.reason.contains("failed on it"));
        prop_assert!(failed.is_none(), "{failed:?}\n{code}");
        for finding in &analysis.findings {
            prop_assert!(finding.place.line >= 1 && finding.place.column >= 1);
            prop_assert!((finding.place.end_line, finding.place.end_column) >= (finding.place.line, finding.place.column));
            prop_assert!(finding.place.end_line as usize <= code.matches('\n').count() + 1);
        }
    }

    #[test]
    fn a_change_of_nothing_causes_nothing(code in seed(), damages in prop::collection::vec(damage(), 0..4)) {
        let code = damaged(&code, &damages);
        let analysis = review(&code, &code);
        prop_assert!(analysis.findings.is_empty(), "{:?}", places(&analysis));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_files_does_not_matter(a in seed(), b in seed(), c in seed()) {
        let one = check(&[("a.py", &a), ("b.py", &b), ("c.py", &c)]);
        let other = check(&[("c.py", &c), ("a.py", &a), ("b.py", &b)]);
        let key = |it: &Analysis| -> Vec<_> {
            it.findings.iter().map(|it| (it.place.clone(), it.rule.code, it.fingerprint.clone())).collect()
        };
        prop_assert_eq!(key(&one), key(&other));
    }

    #[test]
    fn a_suppression_takes_away_just_its_finding(code in seed(), at in any::<Index>()) {
        let before = check(&[("app.py", &code)]);
        let lines: Vec<&str> = code.lines().collect();
        let marked: Vec<_> = before.findings.iter().filter(|it| {
            lines[it.place.line as usize - 1].contains("# finding:") && it.rule.item.is_some()
        }).collect();
        prop_assume!(!marked.is_empty());
        let chosen = at.get(&marked);
        let (rule, line) = (chosen.rule.code, chosen.place.line);
        let comment = format!("{}  # asyncwarden: ignore[{rule}] for a reason", lines[line as usize - 1]);
        let mut changed: Vec<&str> = lines.clone();
        changed[line as usize - 1] = &comment;
        let after = check(&[("app.py", &(changed.join("\n") + "\n"))]);
        let mut expected = places(&before);
        expected.retain(|(code, at, _)| *code != rule || *at != line);
        prop_assert_eq!(places(&after), expected);
        prop_assert!(!after.suppressed.is_empty());
    }

    #[test]
    fn moving_code_down_causes_nothing(code in seed(), at in any::<Index>(), count in 1_usize..40) {
        let lines: Vec<&str> = code.lines().collect();
        let starts: Vec<usize> = lines.iter().enumerate()
            .filter(|(_, line)| line.starts_with("async def ") || line.starts_with("def ") || line.starts_with("class "))
            .map(|(n, _)| n).collect();
        prop_assume!(!starts.is_empty());
        let at = *at.get(&starts);
        let mut moved = lines[..at].to_vec();
        // Decorators belong to what follows them.
        prop_assume!(at == 0 || !lines[at - 1].starts_with('@'));
        moved.extend(std::iter::repeat_n("# a comment", count));
        moved.extend(&lines[at..]);
        let analysis = review(&code, &(moved.join("\n") + "\n"));
        prop_assert!(analysis.findings.is_empty(), "{:?}", places(&analysis));
    }

    #[test]
    fn taking_defects_away_reports_nothing_and_bringing_them_back_does(code in seed(), at in any::<Index>()) {
        let before = check(&[("app.py", &code)]);
        let lines: Vec<&str> = code.lines().collect();
        let simple: Vec<u32> = before.findings.iter().filter(|it| {
            let line = lines[it.place.line as usize - 1].trim_start();
            it.rule.code == "AW501" && line.starts_with("time.sleep(1)")
        }).map(|it| it.place.line).collect();
        prop_assume!(!simple.is_empty());
        let line = *at.get(&simple) as usize;
        let indent: String = lines[line - 1].chars().take_while(|c| *c == ' ').collect();
        let repaired = format!("{indent}pass");
        let mut changed = lines.clone();
        changed[line - 1] = &repaired;
        let repaired = changed.join("\n") + "\n";
        let code = lines.join("\n") + "\n";
        prop_assert!(review(&code, &repaired).findings.is_empty());
        let found = review(&repaired, &code);
        prop_assert!(found.findings.iter().any(|it| it.rule.code == "AW501" && it.place.line as usize == line));
    }
}
