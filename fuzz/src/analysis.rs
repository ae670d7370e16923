//! The parser and the rules: whatever the bytes of a file or of its change.

use asyncwarden::analysis::{Analysis, Request, analyse, check_tree};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, hunks_between};
use asyncwarden::policy::Policy;

use super::{LONGEST, mutate};

/// The whole analysis of two files ends and is sound.
pub(super) fn check(data: &[u8]) {
    let files = [("app/a.py", data), ("app/b.py", &data[data.len() / 2..])];
    let tree = tree(&files);
    let paths = ["app/a.py".to_owned(), "app/b.py".to_owned()];
    assert_sound(&check_tree(&tree, &paths, &Policy::default()), &files);
}

/// The file under review, beside a neighbour that does not change.
const CHANGED: &str = "app/a.py";

/// The review of a change of the file, there and back, ends and is sound, and a change of nothing says nothing.
pub(super) fn review(data: &[u8]) {
    let seed =
        data.iter().fold(1_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let changed = mutate(data, seed, LONGEST);
    let neighbour = &data[data.len() / 2..];
    for (old, new) in [(data, &changed[..]), (&changed[..], data), (data, data)] {
        let base = tree(&[(CHANGED, old), ("app/b.py", neighbour)]);
        let files = [(CHANGED, new), ("app/b.py", neighbour)];
        let head = tree(&files);
        let change = ChangeSet {
            files: vec![FileChange {
                path: CHANGED.to_owned(),
                old_path: Some(CHANGED.to_owned()),
                kind: FileChangeKind::Modified,
                hunks: hunks_between(old, new),
                shown: true,
            }],
        };
        let policy = Policy::default();
        let (base, head, change, policy) = (&base, &head, &change, &policy);
        let analysis = analyse(&Request { base, head, change, policy, known: None, go_on: None });
        assert_sound(&analysis, &files);
        assert!(old != new || analysis.findings.is_empty(), "a change of nothing has findings");
    }
}

/// A tree of the given files.
pub(super) fn tree(files: &[(&str, &[u8])]) -> MemoryTree {
    files.iter().map(|(path, bytes)| (*path, bytes.to_vec())).collect()
}

/// Fails when an analysis says that it failed, or speaks of places that the files don't have.
pub(super) fn assert_sound(analysis: &Analysis, files: &[(&str, &[u8])]) {
    for skipped in &analysis.skipped {
        assert!(!skipped.reason.contains("failed"), "{}: {}", skipped.path, skipped.reason);
    }
    for finding in analysis.findings.iter().chain(&analysis.suppressed) {
        let places = finding.related.iter().map(|it| &it.place).chain([&finding.place]);
        for place in places {
            let file = files.iter().find(|(path, _)| *path == place.path);
            let (_, bytes) = file.unwrap_or_else(|| panic!("no such file: {place:?}"));
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let within = 1 <= place.line && place.line <= place.end_line && place.end_line <= lines;
            assert!(within, "{}: {place:?} of {lines} lines", finding.rule.code);
        }
    }
}
