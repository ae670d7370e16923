//! The action for GitHub's workflows, as a runner plays it: `action.yml` hands its inputs to a script by the environment.

use std::path::Path;
use std::process::Command;

use crate::change::git;
use crate::review_command::{Ended, Repository};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const ACTION: &str = include_str!("../../action.yml");
const BLOCKING: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";
const CALM: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(2)\n";
const CLEAN: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";

/// What stands behind `key:` at some depth.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.trim().strip_prefix(key)?.strip_prefix(": ")
}

/// The variables of the last step: each with the default of its input, unless another value is given.
fn environment(given: &[(&str, &str)]) -> Vec<(String, String)> {
    let default = |input: &str| {
        let mut lines = ACTION.lines().skip_while(|line| *line != format!("  {input}:"));
        lines
            .find_map(|line| value(line, "default"))
            .expect("a default")
            .trim_matches('"')
            .to_owned()
    };
    let inputs = ACTION.lines().filter_map(|line| {
        let (variable, rest) = line.trim().split_once(": ${{ inputs.")?;
        Some((variable, rest.strip_suffix(" }}")?))
    });
    let given = |input| given.iter().find(|it| it.0 == input).map(|it| it.1.to_owned());
    inputs
        .map(|(variable, input)| {
            (variable.to_owned(), given(input).unwrap_or_else(|| default(input)))
        })
        .collect()
}

/// Plays the last step in a checkout.
fn play(folder: &Path, inputs: &[(&str, &str)]) -> Ended {
    let step = ACTION.lines().rev().find_map(|line| value(line, "run")).expect("the last step");
    let program = Path::new(env!("CARGO_BIN_EXE_asyncwarden")).parent().expect("a folder");
    let bin = folder.join(".git/runner/asyncwarden");
    std::fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(program, bin.join("bin")).ok();
    let folder_of_cache = folder.join(".git/asyncwarden");
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step])
        .current_dir(folder)
        .env("RUNNER_TEMP", folder.join(".git/runner"))
        .env("GITHUB_ACTION_PATH", ROOT)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("ASYNCWARDEN_CACHE_DIR", folder_of_cache)
        .envs(environment(inputs))
        .output()
        .expect("there is a shell")
        .into()
}

/// A repository at the merge commit of a pull request, whose base has moved meanwhile.
fn merged(file: &str) -> Repository {
    let repository = Repository::with(&[("old.py", BLOCKING), ("app.py", CLEAN)]);
    git(repository.path(), &["checkout", "-q", "-b", "topic"]);
    repository.commit(&[("app.py", file)]);
    git(repository.path(), &["checkout", "-q", "-"]);
    repository.commit(&[("others.py", BLOCKING)]);
    git(repository.path(), &["merge", "-q", "--no-ff", "-m", "Result", "topic"]);
    repository
}

#[test]
fn the_action_annotates_what_the_pull_request_changes_and_fails_with_the_gate() {
    let repository = merged(BLOCKING);
    let ended = play(repository.path(), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let annotations: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(annotations.len(), 1, "{annotations:?}");
    assert!(annotations[0].starts_with("::error file=app.py,line=5,"), "{annotations:?}");

    assert_eq!(play(repository.path(), &[("fail-on", "never")]).code, Some(0));
    assert_eq!(play(merged(CALM).path(), &[]).code, Some(0));
}

#[test]
fn the_action_writes_a_report_for_code_scanning_also_when_the_gate_fails() {
    let repository = merged(BLOCKING);
    let ended = play(repository.path(), &[("sarif", "out.sarif")]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("::error file=app.py"), "{}", ended.stdout);
    let report = std::fs::read_to_string(repository.path().join("out.sarif")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["runs"][0]["results"].as_array().unwrap().len(), 1);
}

/// What a workflow hands over, which may be a branch that a stranger named, is a value and no piece of shell.
#[test]
fn nothing_that_is_handed_over_is_run() {
    let repository = merged(CALM);
    let name = "$(touch stolen);touch stolen";
    for input in ["base", "head", "fail-on", "sarif"] {
        play(repository.path(), &[(input, name)]);
        assert!(!repository.path().join("stolen").exists(), "{input}");
    }
    let ended = play(repository.path(), &[("base", name)]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}
