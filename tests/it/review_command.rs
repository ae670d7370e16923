//! `asyncwarden review` as a process, in real repositories.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::change::git;

/// One blocking call, found by one rule.
const SLEEPS: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";
const CALM: &str = "import time\n\n\nasync def poll():\n    return time\n";

/// The program, with no settings of the machine's git.
pub fn asyncwarden(place: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.current_dir(place).args(args).env_remove("NO_COLOR");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
    // Git does not look at its own folder, and a test's repository goes with what is kept of it.
    command.env("ASYNCWARDEN_CACHE_DIR", place.join(".git/asyncwarden"));
    command
}

pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

pub fn run(place: &Path, args: &[&str]) -> Ended {
    asyncwarden(place, args).output().expect("the program runs").into()
}

/// Where and by which rules something was found: `app.py:5 AW501`.
pub fn found(place: &Path, args: &[&str]) -> Vec<String> {
    let ended = run(place, &[args, &["--format", "json"]].concat());
    rows(&ended)
}

fn rows(ended: &Ended) -> Vec<String> {
    let value: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.stderr));
    let findings = value["findings"].as_array().expect("a list");
    let blocking = findings.iter().filter(|finding| finding["rule"] == "AW501");
    blocking
        .map(|finding| format!("{}:{}", finding["path"].as_str().unwrap(), finding["line"]))
        .collect()
}

/// Asserts that a run ended with code 2 and one line on standard error, and gives the line.
pub fn refusal(place: &Path, args: &[&str]) -> String {
    one_line(&run(place, args))
}

fn one_line(ended: &Ended) -> String {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    ended.stderr.trim_end().to_owned()
}

pub struct Repository {
    folder: TempDir,
}

impl Repository {
    /// A repository whose branch `main` has these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        git(repository.path(), &["init", "-q", "."]);
        repository.commit(files);
        repository
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn commit(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.write(name, text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "step"]);
    }

    fn git(&self, args: &[&str]) -> String {
        String::from_utf8(git(self.path(), args)).unwrap()
    }
}

#[test]
fn only_what_the_change_causes_is_reported() {
    let old = format!("{SLEEPS}\n\nasync def other():\n    pass\n");
    let new = format!("{SLEEPS}\n\nasync def other():\n    time.sleep(2)\n");
    let repository = Repository::with(&[("app.py", &old), ("same.py", SLEEPS)]);
    repository.commit(&[("app.py", &new), ("notes.txt", "time.sleep"), ("stub.pyi", SLEEPS)]);

    let ended = run(
        repository.path(),
        &["review", "--base", "HEAD~1", "--head", "HEAD", "--format", "json"],
    );
    assert_eq!(rows(&ended), ["app.py:9"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    let value: Value = serde_json::from_str(&ended.stdout).unwrap();
    let finding = &value["findings"][0];
    assert_eq!(finding["name"], "blocking-sleep");
    assert_eq!(finding["checklist_item"], "C41");
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["inline"], true);
    assert_eq!(value["gate"]["state"], "failed");

    let back = run(repository.path(), &["review", "--base", "HEAD", "--head", "HEAD~1"]);
    assert_eq!(back.code, Some(0));
    assert!(back.stdout.starts_with("No findings in 0 files"), "{}", back.stdout);
}

#[test]
fn the_working_tree_counts_with_uncommitted_and_untracked_files() {
    let repository =
        Repository::with(&[("app.py", CALM), ("staged.py", CALM), (".gitignore", "ignored.py\n")]);
    repository.write("staged.py", SLEEPS);
    repository.git(&["add", "staged.py"]);
    repository.write("app.py", SLEEPS);
    repository.write("ignored.py", SLEEPS);
    let inner = repository.write("pkg/inner/new file.py", SLEEPS);

    let expected = ["app.py:5", "pkg/inner/new file.py:5", "staged.py:5"];
    assert_eq!(found(repository.path(), &["review"]), expected);
    assert_eq!(
        found(inner.parent().unwrap(), &["review", "--base", "HEAD"]),
        expected,
        "from a folder below"
    );
    assert_eq!(
        found(repository.path(), &["review", "--head", "HEAD"]),
        [""; 0],
        "nothing is committed"
    );
}

#[test]
fn a_file_taken_out_of_the_index_but_left_on_disk_is_compared_with_its_old_text() {
    let repository = Repository::with(&[("app.py", SLEEPS)]);
    repository.git(&["rm", "-q", "--cached", "app.py"]);
    assert_eq!(found(repository.path(), &["review"]), [""; 0]);
    repository.write("app.py", &format!("{SLEEPS}    time.sleep(2)\n"));
    assert_eq!(found(repository.path(), &["review"]), ["app.py:6"]);
}

#[test]
fn the_change_starts_where_it_left_the_default_branch() {
    let repository = Repository::with(&[("app.py", CALM), ("base.py", CALM)]);
    repository.git(&["checkout", "-qb", "feature"]);
    repository.commit(&[("app.py", SLEEPS)]);
    repository.git(&["checkout", "-q", "main"]);
    repository.commit(&[("base.py", SLEEPS)]);
    repository.git(&["checkout", "-q", "feature"]);
    for args in [
        &["review"][..],
        &["review", "--base", "main"],
        &["review", "--base", "main", "--head", "feature"],
    ] {
        assert_eq!(found(repository.path(), args), ["app.py:5"], "{args:?}");
    }
    // What main did since then is not a change of the feature, in either direction.
    assert_eq!(
        found(repository.path(), &["review", "--base", "feature", "--head", "main"]),
        ["base.py:5"]
    );

    let clones = tempfile::tempdir().unwrap();
    let origin = repository.path().to_str().unwrap();
    repository.git(&["checkout", "-q", "main"]);
    git(clones.path(), &["clone", "-q", origin, "clone"]);
    let clone = clones.path().join("clone");
    git(&clone, &["checkout", "-q", "feature"]);
    git(&clone, &["branch", "-qD", "main"]);
    assert_eq!(found(&clone, &["review"]), ["app.py:5"], "by origin/HEAD");

    repository.git(&["branch", "-qm", "main", "trunk"]);
    let line = refusal(repository.path(), &["review"]);
    assert!(line.contains("default branch is not known") && line.contains("--base REV"), "{line}");
}

#[test]
fn histories_with_nothing_in_common_are_compared_as_they_are() {
    let repository = Repository::with(&[("app.py", CALM)]);
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit(&[("app.py", SLEEPS)]);
    assert_eq!(
        found(repository.path(), &["review", "--base", "main", "--head", "other"]),
        ["app.py:5"]
    );
}

#[test]
fn a_moved_file_has_no_new_findings() {
    let filler: String = (0..20).map(|n| format!("x{n} = {n}\n")).collect();
    let repository = Repository::with(&[("old.py", &format!("{SLEEPS}{filler}"))]);
    repository.git(&["mv", "old.py", "new.py"]);
    repository
        .write("new.py", &format!("{SLEEPS}{filler}\n\nasync def more():\n    time.sleep(2)\n"));
    assert_eq!(found(repository.path(), &["review"]), ["new.py:29"]);
}

#[test]
fn odd_names_and_line_ends_are_read() {
    let repository = Repository::with(&[("README", "x")]);
    let crlf = SLEEPS.replace('\n', "\r\n");
    repository.commit(&[("ü \"q\" \\.py", SLEEPS), ("a/b/crlf.py", &crlf), ("tab\tx.py", SLEEPS)]);
    let expected = ["a/b/crlf.py:5", "tab\tx.py:5", "ü \"q\" \\.py:5"];
    assert_eq!(found(repository.path(), &["review", "--base", "HEAD~1"]), expected);
    assert_eq!(
        found(repository.path(), &["review", "--base", "HEAD~1", "--head", "HEAD"]),
        expected
    );
}

#[test]
fn a_link_is_not_followed() {
    let repository = Repository::with(&[("app.py", CALM)]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("secret.py"), SLEEPS).unwrap();
    std::os::unix::fs::symlink(
        elsewhere.path().join("secret.py"),
        repository.path().join("link.py"),
    )
    .unwrap();
    assert_eq!(found(repository.path(), &["review"]), [""; 0], "untracked");
    repository.git(&["add", "-A"]);
    assert_eq!(found(repository.path(), &["review"]), [""; 0], "tracked");
}

#[test]
fn settings_of_git_change_nothing() {
    let repository =
        Repository::with(&[("app.py", CALM), (".gitattributes", "*.py diff=odd -text\n")]);
    repository.write("app.py", SLEEPS);
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("diff.external", "false"),
        ("diff.odd.textconv", "false"),
        ("diff.odd.command", "false"),
        ("diff.context", "0"),
        ("core.quotePath", "false"),
        ("diff.renames", "false"),
        ("diff.submodule", "log"),
        ("core.pager", "false"),
        ("diff.relative", "true"),
        ("diff.orderFile", "/nonexistent"),
        ("diff.algorithm", "patience"),
    ] {
        repository.git(&["config", key, value]);
        assert_eq!(found(repository.path(), &["review"]), ["app.py:5"], "{key}");
    }
}

#[test]
fn a_diff_is_reviewed_with_the_disk_as_its_new_side() {
    let repository = Repository::with(&[
        ("app.py", CALM),
        ("moved.py", &format!("{SLEEPS}{}", "#\n".repeat(30))),
        ("gone.py", "import os\n"),
    ]);
    repository.git(&["mv", "moved.py", "there.py"]);
    std::fs::remove_file(repository.path().join("gone.py")).unwrap();
    repository.write("app.py", SLEEPS);
    repository.write("pkg/new.py", SLEEPS);
    repository.git(&["add", "-A"]);
    let diff = repository.git(&["diff", "--cached", "-M"]);
    let file = repository.write("change.diff", &diff);
    let file = file.to_str().unwrap();

    let expected = ["app.py:5", "pkg/new.py:5"];
    assert_eq!(found(repository.path(), &["review", "--diff", file]), expected);
    assert_eq!(
        found(&repository.path().join("pkg"), &["review", "--diff", "../change.diff"]),
        expected
    );

    let mut child = asyncwarden(repository.path(), &["review", "--diff", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
    assert_eq!(rows(&child.wait_with_output().unwrap().into()), expected);

    // Without git: neither a repository nor the program is needed.
    std::fs::remove_dir_all(repository.path().join(".git")).unwrap();
    let output = asyncwarden(repository.path(), &["review", "--diff", file, "--format", "json"])
        .env("PATH", "/nonexistent")
        .output()
        .unwrap();
    assert_eq!(rows(&output.into()), expected);

    repository.write("app.py", &SLEEPS.replace("sleep(1)", "sleep(7)"));
    let line = refusal(repository.path(), &["review", "--diff", file]);
    assert!(
        line.contains("`app.py` on disk is not the new side of the diff: line 5 differs"),
        "{line}"
    );
    std::fs::remove_file(repository.path().join("app.py")).unwrap();
    assert!(
        refusal(repository.path(), &["review", "--diff", file]).contains("`app.py` is in the diff")
    );
}

#[test]
fn a_diff_cannot_lead_out_of_the_repository() {
    let outer = tempfile::tempdir().unwrap();
    std::fs::write(outer.path().join("secret.py"), SLEEPS).unwrap();
    let inner = outer.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let body: String = SLEEPS.lines().map(|line| format!("+{line}\n")).collect();
    let diff = format!("--- /dev/null\n+++ b/../secret.py\n@@ -0,0 +1,5 @@\n{body}");
    std::fs::write(inner.join("x.diff"), diff).unwrap();
    assert_eq!(found(&inner, &["review", "--diff", "x.diff"]), [""; 0]);
}

#[test]
fn a_change_cannot_loosen_its_own_gate() {
    let repository =
        Repository::with(&[("app.py", CALM), (".asyncwarden.toml", "[gate]\nseverity = 'low'\n")]);
    repository.commit(&[
        ("app.py", SLEEPS),
        (".asyncwarden.toml", "[gate]\nseverity = 'critical'\nx = 1\n"),
    ]);
    let args = ["review", "--base", "HEAD~1", "--format", "json"];
    let value: Value = serde_json::from_str(&run(repository.path(), &args).stdout).unwrap();
    assert_eq!(value["gate"]["threshold"]["severity"], "low");
    assert_eq!(value["problems"], serde_json::json!([]));

    let next = run(repository.path(), &["review", "--base", "HEAD"]);
    assert!(
        next.stdout.contains("settings: `.asyncwarden.toml`: there is no setting `gate.x`"),
        "{}",
        next.stdout
    );
}

#[test]
fn the_gate_can_be_moved_or_switched_off() {
    let repository = Repository::with(&[("app.py", CALM)]);
    repository.write("app.py", SLEEPS);
    for (severity, code) in [("critical", 1), ("low", 1), ("never", 0)] {
        let ended = run(repository.path(), &["review", "--fail-on", severity]);
        assert_eq!(ended.code, Some(code), "{severity}");
    }
}

#[test]
fn the_report_can_go_to_a_file() {
    let repository = Repository::with(&[("app.py", CALM)]);
    repository.write("app.py", SLEEPS);
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("report.json");
    let ended =
        run(repository.path(), &["review", "--format", "json", "--output", file.to_str().unwrap()]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(1), "", ""));
    assert!(std::fs::read_to_string(&file).unwrap().contains("\"AW501\""));
    let line = refusal(repository.path(), &["review", "--output", "/nonexistent/x"]);
    assert!(line.contains("`/nonexistent/x` can't be written"), "{line}");
}

#[test]
fn what_stops_a_review_is_one_line() {
    let empty = tempfile::tempdir().unwrap();
    assert!(refusal(empty.path(), &["review"]).contains("is not in a git repository"));
    assert!(
        refusal(empty.path(), &["review", "--diff", "none.diff"])
            .contains("`none.diff` can't be read")
    );
    std::fs::write(empty.path().join("bad.diff"), "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n")
        .unwrap();
    let line = refusal(empty.path(), &["review", "--diff", "bad.diff"]);
    assert!(line.contains("line 5 of the diff"), "{line}");

    git(empty.path(), &["init", "-q", "."]);
    assert!(refusal(empty.path(), &["review"]).contains("no commit yet"));

    let repository = Repository::with(&[("app.py", CALM)]);
    repository.commit(&[("app.py", SLEEPS)]);
    let line = refusal(repository.path(), &["review", "--base", "nope"]);
    assert_eq!(line, "asyncwarden: this repository has no revision `nope`");
    assert!(refusal(repository.path(), &["review", "--base=--output=x"]).contains("--output=x"));
    let missing: Ended = asyncwarden(repository.path(), &["review"])
        .env("PATH", "/nonexistent")
        .output()
        .unwrap()
        .into();
    assert!(one_line(&missing).contains("`git` program was not found"));

    let clones = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", repository.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &origin, "shallow"]);
    let line = refusal(&clones.path().join("shallow"), &["review", "--base", "HEAD~1"]);
    assert!(line.contains("shallow clone") && line.contains("git fetch --unshallow"), "{line}");

    git(clones.path(), &["clone", "-q", "--bare", &origin, "bare"]);
    let bare = clones.path().join("bare");
    assert!(refusal(&bare, &["review"]).contains("no working tree"));
    assert_eq!(found(&bare, &["review", "--base", "HEAD~1", "--head", "HEAD"]), ["app.py:5"]);
    let usage = run(&bare, &["review", "--diff", "-", "--base", "HEAD"]);
    assert_eq!((usage.code, usage.stdout.as_str()), (Some(2), ""));
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let repository = Repository::with(&[("app.py", CALM)]);
    repository.write("app.py", SLEEPS);
    for args in [&["review"][..], &["check"], &["rules"]] {
        let mut child = asyncwarden(repository.path(), args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended: Ended = child.wait_with_output().unwrap().into();
        assert!(matches!(ended.code, Some(0 | 1)), "{args:?}: {:?}", ended.code);
        assert_eq!(ended.stderr, "", "{args:?}");
    }
}

#[test]
fn colours_come_only_when_asked_for_or_on_a_terminal() {
    let repository = Repository::with(&[("app.py", CALM)]);
    repository.write("app.py", SLEEPS);
    assert!(!run(repository.path(), &["review"]).stdout.contains('\u{1b}'));
    assert!(run(repository.path(), &["review", "--color", "always"]).stdout.contains('\u{1b}'));
    assert!(run(repository.path(), &["review"]).stdout.contains("app.py:5:5"));
}
