//! The diff parser against real `git diff`, and our own hunks against the texts they come from.

use std::path::Path;
use std::process::Command;

use asyncwarden::change::{
    FileChangeKind, Hunk, LineKind, LineMap, hunks_between, parse_diff, parse_patch,
};
use proptest::prelude::*;

/// Lines that look like parts of a diff, or that end at the wrong place when split carelessly.
const ODD_LINES: &[&str] = &[
    "",
    " ",
    "a",
    "b",
    "c",
    "x\r",
    "\r",
    "page\x0cbreak",
    "sep\u{2028}",
    "next\u{85}line",
    "-- ",
    "--- a/x",
    "-",
    "++ b/x",
    "+",
    "@@ -1 +1 @@",
    "diff --git a/x b/x",
    "\\ No newline at end of file",
    "\\",
    "\"q\"",
    "\t",
    "é",
    "rename from x",
    "GIT binary patch",
];

/// Runs git so that no setting of the machine has a say.
pub fn git(place: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(place)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.invalid",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(["-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"])
        .args(args)
        .output()
        .expect("git runs");
    // `git diff --no-index` ends with 1 when there is a difference.
    let fine = output.status.code() == Some(0)
        || (args.contains(&"--no-index") && output.status.code() == Some(1));
    assert!(fine, "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    (proptest::collection::vec(proptest::sample::select(ODD_LINES), 0..40), any::<bool>()).prop_map(
        |(lines, newline)| {
            let mut text = lines.join("\n");
            if newline && !lines.is_empty() {
                text.push('\n');
            }
            text.into_bytes()
        },
    )
}

/// Two versions of a text: the second one is the first one with some lines replaced, so that hunks are apart.
pub fn versions() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let edited = (text(), proptest::collection::vec((0..40usize, 0..3usize, text()), 0..4))
        .prop_map(|(old, edits)| {
            let mut lines: Vec<Vec<u8>> =
                old.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
            for (at, removed, added) in edits {
                let at = at.min(lines.len());
                let end = (at + removed).min(lines.len());
                lines.splice(
                    at..end,
                    added.split_inclusive(|b| *b == b'\n').take(3).map(<[u8]>::to_vec),
                );
            }
            (old, lines.concat())
        });
    prop_oneof![edited, (text(), text())]
}

/// What the hunks say the new text is; lines of the old text are taken where they say so.
fn rebuilt(old: &[u8], new: &[u8], hunks: &[Hunk]) -> Vec<u8> {
    let old: Vec<&[u8]> = old.split_inclusive(|b| *b == b'\n').collect();
    let new: Vec<&[u8]> = new.split_inclusive(|b| *b == b'\n').collect();
    let (mut taken, mut result) = (0, Vec::new());
    for line in hunks.iter().flat_map(Hunk::numbered) {
        let before = line.old as usize - 1;
        result.extend(old[taken..before].concat());
        taken = before;
        match line.kind {
            LineKind::Context => {
                assert_eq!(
                    old[before],
                    new[line.new as usize - 1],
                    "a context line is on both sides"
                );
                result.extend(old[before]);
                taken += 1;
            }
            LineKind::Removed => taken += 1,
            LineKind::Added => result.extend(new[line.new as usize - 1]),
        }
    }
    result.extend(old[taken..].concat());
    result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_diff_leads_from_the_old_text_to_the_new_one_and_back((old, new) in versions(), context in 0..5u8) {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("old.py"), &old).unwrap();
        std::fs::write(place.path().join("new.py"), &new).unwrap();
        let unified = format!("-U{context}");
        let diff = git(place.path(), &["diff", "--no-index", "--text", &unified, "old.py", "new.py"]);

        let files = parse_diff(&diff).unwrap();
        prop_assert_eq!(files.len(), usize::from(old != new));
        for file in &files {
            prop_assert_eq!((file.old_path.as_deref(), file.path.as_str()), (Some("old.py"), "new.py"));
            prop_assert_eq!(file.apply(&old), Ok(new.clone()));
            prop_assert_eq!(file.reverse(&new), Ok(old.clone()));
            let hunks = file.change().hunks;
            prop_assert_eq!(rebuilt(&old, &new, &hunks), new.clone());
            // What a platform gives for one file is the same text from the first hunk on.
            let body = memchr::memmem::find(&diff, b"\n@@ ").map(|at| &diff[at + 1..]).unwrap();
            prop_assert_eq!(parse_patch(std::str::from_utf8(body).unwrap()).unwrap(), hunks);
        }
    }

    #[test]
    fn our_hunks_lead_from_the_old_text_to_the_new_one((old, new) in versions()) {
        let hunks = hunks_between(&old, &new);
        prop_assert_eq!(rebuilt(&old, &new, &hunks), new.clone());
        prop_assert_eq!(hunks.is_empty(), old == new);
        for pair in hunks.windows(2) {
            prop_assert!(pair[0].old_start + pair[0].old_len() < pair[1].old_start, "hunks are apart");
        }
    }

    #[test]
    fn paired_lines_are_equal_and_every_other_line_was_changed((old, new) in versions()) {
        let hunks = hunks_between(&old, &new);
        let map = LineMap::new(&hunks);
        let old: Vec<&[u8]> = old.split_inclusive(|b| *b == b'\n').collect();
        let added: Vec<u32> = hunks.iter().flat_map(Hunk::numbered)
            .filter(|line| line.kind == LineKind::Added).map(|line| line.new).collect();
        for (number, line) in (1u32..).zip(new.split_inclusive(|b| *b == b'\n')) {
            match map.old_line(number) {
                Some(partner) => {
                    prop_assert_eq!(old[partner as usize - 1], line);
                    prop_assert_eq!(map.new_line(partner), Some(number));
                    prop_assert!(!added.contains(&number));
                }
                None => prop_assert!(added.contains(&number)),
            }
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(lines in proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(ODD_LINES).prop_map(str::to_owned),
            "@@ -[0-9]{1,10}(,[0-9]{1,10})? \\+[0-9]{1,10}(,[0-9]{1,3})? @@",
            "(diff --git|rename from|rename to|---|\\+\\+\\+|index|new file mode) \"?(a/|b/|\\\\[0-9a-z]{1,3}| )*\"?",
            "[ +-].{0,5}",
        ], 0..30))
    {
        let text = lines.join("\n");
        if let Ok(files) = parse_diff(text.as_bytes()) {
            for file in files {
                let change = file.change();
                let _ = (file.reverse(text.as_bytes()), change.line_map().old_line(7), change.numbered().count());
            }
        }
        let _ = parse_patch(&text);
    }
}

/// `git`'s own account of a change: status letter, old and new path.
fn name_status(place: &Path) -> Vec<(char, String, String)> {
    let output = git(place, &["diff", "--cached", "-M", "--name-status", "-z"]);
    let text = String::from_utf8(output).unwrap();
    let mut fields = text.split_terminator('\0');
    let mut rows = Vec::new();
    while let (Some(status), Some(old)) = (fields.next(), fields.next()) {
        let letter = status.chars().next().unwrap();
        let new = if letter == 'R' { fields.next().unwrap() } else { old };
        rows.push((letter, old.to_owned(), new.to_owned()));
    }
    rows
}

fn letter(kind: FileChangeKind) -> char {
    match kind {
        FileChangeKind::Added => 'A',
        FileChangeKind::Modified => 'M',
        FileChangeKind::Deleted => 'D',
        FileChangeKind::Renamed => 'R',
    }
}

#[test]
fn names_and_kinds_are_those_that_git_names() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let body: String = (1..30).map(|n| format!("line {n}\n")).collect();
    git(root, &["init", "-q"]);
    let odd = [
        "a/a.py",
        "b/b.py",
        "with blank.py",
        "q\"uote.py",
        "tab\there.py",
        "ünïcode.py",
        "x b/x.py",
        "new\nline.py",
    ];
    for name in
        odd.iter().chain(&["gone.py", "mode.py", "from here.py", "pure.py", "a/deep/pure2.py"])
    {
        write(name, &format!("# {name:?}\n{body}"));
    }
    write("image.bin", "\0\u{1}\u{2}");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);

    for name in odd {
        write(name, &format!("# {name:?}\n{}", body.replace("line 9", "line nine")));
    }
    std::fs::remove_file(root.join("gone.py")).unwrap();
    std::fs::rename(root.join("from here.py"), root.join("tö \"there\".py")).unwrap();
    write("tö \"there\".py", &format!("# \"from here.py\"\n{body}more\n"));
    std::fs::rename(root.join("pure.py"), root.join("pure moved.py")).unwrap();
    std::fs::rename(root.join("a/deep/pure2.py"), root.join("pure2.py")).unwrap();
    write("image.bin", "\0\u{3}");
    write("empty.py", "");
    write("new with blank.py", "import asyncio\n");
    write("--- odd.py", "x");
    git(root, &["add", "-A"]);
    git(root, &["update-index", "--chmod=+x", "mode.py"]);

    for options in [
        &[][..],
        &["--no-prefix"],
        &["-c", "core.quotePath=false"],
        &["--src-prefix=i/", "--dst-prefix=w/"],
    ] {
        let (before, after): (Vec<&str>, Vec<&str>) = if options.first() == Some(&"-c") {
            (options.to_vec(), vec![])
        } else {
            (vec![], options.to_vec())
        };
        let args = [before, vec!["diff", "--cached", "-M"], after].concat();
        let diff = git(root, &args);
        let files = parse_diff(&diff).unwrap();
        let ours: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    letter(file.kind),
                    file.old_path.clone().unwrap_or_else(|| file.path.clone()),
                    file.path.clone(),
                )
            })
            .collect();
        assert_eq!(ours, name_status(root), "{args:?}");
        let binary: Vec<_> =
            files.iter().filter(|file| file.binary).map(|file| file.path.as_str()).collect();
        assert_eq!(binary, ["image.bin"]);
        assert!(!files.iter().any(|file| file.special));
    }
    let whole = git(root, &["diff", "--cached", "-M", "--binary"]);
    assert_eq!(
        parse_diff(&whole).unwrap().len(),
        name_status(root).len(),
        "a binary patch is passed over"
    );
}

#[test]
fn links_submodules_and_copies_are_marked() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    git(root, &["init", "-q", "inner"]);
    git(&root.join("inner"), &["commit", "-q", "--allow-empty", "-m", "inner"]);
    git(root, &["init", "-q", "."]);
    let body: String = (1..30).map(|n| format!("line {n}\n")).collect();
    std::fs::write(root.join("code.py"), &body).unwrap();
    std::fs::write(root.join("turns.py"), &body).unwrap();
    git(root, &["add", "code.py", "turns.py"]);
    git(root, &["commit", "-qm", "base"]);
    std::fs::write(root.join("copy.py"), format!("{body}more\n")).unwrap();
    std::fs::write(root.join("code.py"), format!("{body}changed\n")).unwrap();
    git(root, &["add", "-A"]);
    let link = git(root, &["hash-object", "-w", "inner/.git/HEAD"]);
    let link = format!("120000,{},turns.py", String::from_utf8(link).unwrap().trim());
    git(root, &["update-index", "--cacheinfo", &link]);

    let diff = git(root, &["diff", "--cached", "-C"]);
    let files = parse_diff(&diff).unwrap();
    let rows: Vec<_> = files
        .iter()
        .map(|file| (file.path.as_str(), letter(file.kind), file.copied, file.special))
        .collect();
    assert_eq!(
        rows,
        [
            ("code.py", 'M', false, false),
            ("copy.py", 'R', true, false),
            ("inner", 'A', false, true),
            ("turns.py", 'D', false, false),
            ("turns.py", 'A', false, true),
        ]
    );
    let copy = files[1].change();
    assert_eq!((copy.kind, copy.old_path, copy.hunks.len()), (FileChangeKind::Added, None, 0));
}

#[test]
fn a_mail_and_a_plain_diff_are_read() {
    let mail = b"From 1234 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n + what it does\n---\n x.py | 2 +-\n\n\
        diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n-- \n2.47.3\n\n";
    assert_eq!(parse_diff(mail).unwrap().len(), 1);
    let plain = b"diff -ru old/pkg/x.py new/pkg/x.py\n--- old/pkg/x.py\t2020-01-01 00:00:00\n+++ new/pkg/x.py\t2020-01-02\n\
        @@ -1 +1 @@\n-a\n+b\n--- old/y.py\t1970-01-01\n+++ new/y.py\t2020\n@@ -0,0 +1 @@\n+b\n";
    let files = parse_diff(plain).unwrap();
    let rows: Vec<_> = files.iter().map(|file| (file.path.as_str(), letter(file.kind))).collect();
    assert_eq!(rows, [("pkg/x.py", 'M'), ("y.py", 'A')]);
    let windows =
        b"diff --git a/x.py b/x.py\r\n--- a/x.py\r\n+++ b/x.py\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n";
    assert_eq!(parse_diff(windows).unwrap()[0].path, "x.py");
}

#[test]
fn what_is_no_diff_is_refused_with_its_line() {
    let refusal = |text: &str| parse_diff(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(parse_diff(b""), Ok(vec![]));
    assert_eq!(parse_diff(b"\n"), Ok(vec![]));
    assert_eq!(refusal("hello\n"), "line 1 of the diff: the text has no diff in it");
    let coloured = "\u{1b}[1mdiff --git a/a.py b/a.py\u{1b}[m\n";
    assert!(refusal(coloured).ends_with("make it with `git diff --no-color`"));
    assert_eq!(
        refusal("@@ -1 +1 @@\n-a\n+b\n"),
        "line 1 of the diff: a hunk without a file above it"
    );
    assert_eq!(
        refusal("\ndiff --cc x.py\n"),
        "line 2 of the diff: a combined diff (of a merge) can't be reviewed"
    );
    let head = "--- a/x.py\n+++ b/x.py\n";
    assert!(
        refusal(&format!("{head}@@ -1,2 +1,2 @@\n-a\n+b\n"))
            .starts_with("line 6 of the diff: the diff ends inside a hunk")
    );
    assert!(refusal(&format!("{head}@@ -1 +1 @@\n-a\n+b\n+c\n")).starts_with("line 6 of the diff"));
    assert!(
        refusal(&format!("{head}@@ -1 +1 @@\n-a\n+b\n").repeat(2))
            .contains("`x.py` is changed twice")
    );
    assert!(refusal("--- \"a/x\n+++ b/x\n").contains("does not end"));
}
