//! `asyncwarden check` as a process.

use asyncwarden::analysis::RULES;

use super::change::git;
use super::review_command::{found, refusal, run};
use super::rules::PARTS;

const SLEEPS: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, SLEEPS).unwrap();
    }
    folder
}

#[test]
fn folders_are_walked_and_what_is_ignored_or_hidden_is_not_read() {
    let place = folder(&["a.py", "pkg/b.pyw", "pkg/c.pyi", "build/d.py", ".hidden/e.py", "f.txt"]);
    std::fs::write(place.path().join(".gitignore"), "build/\n").unwrap();
    assert_eq!(found(place.path(), &["check"]), ["a.py:5", "pkg/b.pyw:5"]);
    assert_eq!(
        found(place.path(), &["check", "pkg", "./pkg/b.pyw"]),
        ["pkg/b.pyw:5"],
        "each file once"
    );
    assert_eq!(found(&place.path().join("pkg"), &["check", "../a.py"]).len(), 1);
    git(place.path(), &["init", "-q", "."]);
    assert_eq!(found(place.path(), &["check", "."]), ["a.py:5", "pkg/b.pyw:5"]);
}

#[test]
fn a_file_that_is_named_is_analysed_whatever_it_is_called() {
    let place = folder(&["build/d.py", ".hidden/e.py", "script"]);
    std::fs::write(place.path().join(".gitignore"), "build/\n").unwrap();
    let args = ["check", "build/d.py", ".hidden/e.py", "script"];
    assert_eq!(found(place.path(), &args), [".hidden/e.py:5", "build/d.py:5", "script:5"]);
}

#[test]
fn a_missing_path_is_an_error() {
    let place = folder(&["a.py"]);
    let line = refusal(place.path(), &["check", "a.py", "missing.py"]);
    assert!(line.contains("`missing.py` can't be read"), "{line}");
}

#[test]
fn the_settings_beside_the_files_count() {
    let place = folder(&["pkg/a.py"]);
    let at = |folder: &str| run(&place.path().join(folder), &["check"]).code;
    assert_eq!(at("."), Some(1));
    std::fs::write(place.path().join(".asyncwarden.toml"), "[gate]\nconfidence = 'maybe'\n")
        .unwrap();
    let ended = run(&place.path().join("pkg"), &["check"]);
    assert!(ended.stdout.contains("`gate.confidence` can't be `maybe`"), "{}", ended.stdout);
    assert_eq!(run(place.path(), &["check", "--fail-on", "never"]).code, Some(0));
}

#[test]
fn a_folder_without_python_has_no_findings() {
    let place = folder(&["x.txt"]);
    let ended = run(place.path(), &["check"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "No findings in 0 files; the gate passed.\n")
    );
    assert_eq!(run(place.path(), &["check", "--quiet"]).stdout, "");
}

#[test]
fn a_file_that_nests_too_deep_is_named_whatever_it_is_about() {
    let place = tempfile::tempdir().unwrap();
    let deep = format!("x = {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    std::fs::write(place.path().join("deep.py"), deep).unwrap();
    let done = run(place.path(), &["check", "--format", "json"]);
    assert_eq!(done.code, Some(0));
    assert!(done.stdout.contains("nests deeper than"), "{}", done.stdout);
}

#[test]
fn a_rule_that_is_not_there_is_said_to_be_none() {
    let place = tempfile::tempdir().unwrap();
    let code = "async def f():\n    pass  # asyncwarden: ignore[AW999]\n    pass  # noqa: AW998\n";
    std::fs::write(place.path().join("a.py"), code).unwrap();
    let done = run(place.path(), &["check", "--format", "json"]);
    for name in ["AW999", "AW998"] {
        assert!(done.stdout.contains(&format!("No rule is called `{name}`")), "{}", done.stdout);
    }
}

#[test]
fn wrong_arguments_are_one_line() {
    let place = folder(&[]);
    for args in [
        &["check", "--format", "yaml"][..],
        &["review", "--diff", "-", "--base", "HEAD"],
        &["chekc"],
        &["check", "--nope"],
    ] {
        let message = refusal(place.path(), args);
        assert!(!message.contains("Usage"), "{message}");
    }
}

/// The page of a rule has all its parts in each format, from the same declaration as the documentation's table.
#[test]
fn a_rule_is_explained_in_each_format() {
    let place = folder(&[]);
    for rule in RULES {
        let page = rule.document();
        assert_eq!(run(place.path(), &["rules", rule.code, "--format", "markdown"]).stdout, page);
        let json = run(place.path(), &["rules", rule.name, "--format", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&json["page"], &json["summary"]),
            (&page.as_str().into(), &rule.summary().into())
        );
        let text = run(place.path(), &["rules", rule.code]).stdout;
        let lines: Vec<&str> = text.lines().collect();
        for part in PARTS {
            assert!(lines.contains(&part), "{} {part}\n{text}", rule.code);
        }
        assert!(!text.contains("```"), "{text}");
    }
    let table = run(place.path(), &["rules", "--format", "markdown"]).stdout;
    for rule in RULES {
        let row = format!("| {} | `{}` |", rule.code, rule.name);
        let row = table.lines().find(|line| line.starts_with(&row)).expect(rule.code);
        assert!(row.contains(&rule.summary().replace('|', "\\|")), "{row}");
    }
}
