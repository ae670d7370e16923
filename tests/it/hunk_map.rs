//! Which lines can carry a comment: those that git shows, in ours and in the simulated platforms' diffs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use asyncwarden::change::{FileChange, FileChangeKind, parse_diff, parse_patch};
use asyncwarden::forge::simulator::{Side, Simulator};
use proptest::prelude::*;

use crate::change::{git, versions};

/// The hunk of each line of the new version that git shows, read from git's text with nothing but the counts of the headers.
fn shown_by_git(diff: &[u8]) -> BTreeMap<u32, usize> {
    let mut shown = BTreeMap::new();
    let (mut hunks, mut old_left, mut new_left, mut new) = (0, 0, 0, 0);
    for line in diff.split(|byte| *byte == b'\n') {
        if old_left == 0 && new_left == 0 {
            let Some(header) = line.strip_prefix(b"@@ -") else { continue };
            let header = String::from_utf8_lossy(header).into_owned();
            let ranges: Vec<(u32, u32)> = header
                .split(" @@")
                .next()
                .unwrap()
                .split(" +")
                .map(|range| {
                    let (start, count) = range.split_once(',').unwrap_or((range, "1"));
                    (start.parse().unwrap(), count.parse().unwrap())
                })
                .collect();
            (old_left, new_left) = (ranges[0].1, ranges[1].1);
            (new, hunks) = (ranges[1].0, hunks + 1);
            continue;
        }
        match line.first() {
            Some(b'-') => old_left -= 1,
            Some(b'\\') => {}
            sign => {
                shown.insert(new, hunks);
                (new, new_left) = (new + 1, new_left - 1);
                old_left -= u32::from(sign != Some(&b'+'));
            }
        }
    }
    shown
}

/// The hunk of each line of the new version that can carry a comment by our reading.
fn commentable(file: &FileChange, lines: u32) -> BTreeMap<u32, usize> {
    let number = |line| {
        let hunk = file.hunk_showing(line)?;
        let at = file.hunks.iter().position(|other| std::ptr::eq(other, hunk))?;
        Some((line, at + 1))
    };
    // Beyond both ends, too.
    (0..lines + 3).filter_map(number).collect()
}

fn lines_of(text: &[u8]) -> u32 {
    u32::try_from(text.split_inclusive(|byte| *byte == b'\n').count()).unwrap()
}

/// What git makes of a file and a patch for it.
fn applied(old: &[u8], patch: &str) -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("f"), old).unwrap();
    let mut child = Command::new("git")
        .current_dir(place.path())
        .args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("--- a/f\n+++ b/f\n{patch}");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(place.path().join("f")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_can_carry_a_comment_if_git_shows_it((old, new) in versions()) {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("old.py"), &old).unwrap();
        std::fs::write(place.path().join("new.py"), &new).unwrap();
        let diff = git(place.path(), &["diff", "--no-index", "--text", "old.py", "new.py"]);
        let lines = lines_of(&new);
        let shown = shown_by_git(&diff);
        for file in parse_diff(&diff).unwrap() {
            prop_assert_eq!(&commentable(&file.change(), lines), &shown);
        }
        // As GitHub gives it: from the first hunk on, without the last line's end.
        let body = memchr::memmem::find(&diff, b"\n@@ ").map(|at| &diff[at + 1..]).unwrap_or_default();
        let body = std::str::from_utf8(body.strip_suffix(b"\n").unwrap_or(body)).unwrap();
        let file = FileChange {
            path: "new.py".to_owned(),
            old_path: Some("old.py".to_owned()),
            kind: FileChangeKind::Modified,
            hunks: parse_patch(body).unwrap(),
            shown: true,
        };
        prop_assert_eq!(&commentable(&file, lines), &shown);
    }

    #[test]
    fn git_makes_the_new_text_of_the_simulated_platforms_diffs((old, new) in versions()) {
        let simulator = Simulator::new();
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("f", &old)]);
        let before = state.repositories[&repository].branches["main"].clone();
        let after = state.push(repository, "main", [("f", Some(&new))]);
        let files = state.diff(&before, &after);
        prop_assert_eq!(files.len(), usize::from(old != new));
        let Some(file) = files.first() else { return Ok(()) };
        let patch = file.patch().unwrap();
        prop_assert_eq!(applied(&old, &patch), new.clone());
        // It takes comments where it shows lines, and our reading of it says the same.
        let shown = shown_by_git(patch.as_bytes());
        let ours = FileChange {
            path: "f".to_owned(),
            old_path: Some("f".to_owned()),
            kind: FileChangeKind::Modified,
            hunks: parse_patch(&patch).unwrap(),
            shown: true,
        };
        prop_assert_eq!(&commentable(&ours, lines_of(&new)), &shown);
        for line in 0..lines_of(&new) + 3 {
            let hunk = file.hunk_of(Side::New, line).map(|at| at + 1);
            prop_assert_eq!(hunk, shown.get(&line).copied());
        }
    }
}

/// A repository whose files were changed, moved and made executable, some all at once, with names of all kinds.
fn changed(root: &Path) {
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let body: String = (1..40).map(|n| format!("line {n}\r\n")).collect();
    git(root, &["init", "-q"]);
    let names = ["plain.py", "größe/日本.py", "blank in it.py", "tab\there.py", "@@ -1 +1 @@.py"];
    for name in names.iter().chain(&["runs.py", "moves.py", "moves and runs.py", "both.py"]) {
        write(name, &format!("# {name:?}\r\n{body}"));
    }
    write("empty.py", "");
    write("lone.py", "a\rb\rc\n\x0c\nd");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    for name in names.iter().chain(&["both.py"]) {
        let text = format!("# {name:?}\r\n{body}").replace("line 7\r", "line seven\r\n+++ b\r");
        write(name, &text.replace("line 30\r", "-- thirty\r"));
    }
    std::fs::rename(root.join("moves.py"), root.join("ö moved.py")).unwrap();
    std::fs::rename(root.join("moves and runs.py"), root.join("moved and runs.py")).unwrap();
    std::fs::rename(root.join("both.py"), root.join("deep.py")).unwrap();
    write("empty.py", "x");
    write("lone.py", "a\rB\rc\n\x0c\nd\n");
    git(root, &["add", "-A"]);
    git(root, &["update-index", "--chmod=+x", "runs.py"]);
    git(root, &["update-index", "--chmod=+x", "moved and runs.py"]);
}

#[test]
fn files_of_all_kinds_take_comments_where_git_shows_their_lines() {
    let place = tempfile::tempdir().unwrap();
    changed(place.path());
    let diff = git(place.path(), &["diff", "--cached", "-M"]);
    let files = parse_diff(&diff).unwrap();
    assert_eq!(files.len(), 11);
    let mut with_lines = 0;
    for file in files {
        let change = file.change();
        let (from, to) = (change.old_path.clone().unwrap(), change.path.clone());
        let alone = git(place.path(), &["diff", "--cached", "-M", "--", &from, &to]);
        let shown = shown_by_git(&alone);
        assert_eq!(commentable(&change, 45), shown, "{to}");
        with_lines += usize::from(!shown.is_empty());
    }
    assert_eq!(with_lines, 8, "those that only moved or run now have none");
}
