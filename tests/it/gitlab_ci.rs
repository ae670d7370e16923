//! The job for GitLab CI, as a runner plays it: the lines of its script in one shell, which ends with the first that fails.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::change::git;
use crate::review_command::{Ended, Repository};

const JOB: &str = include_str!("../../deploy/gitlab-ci.yml");
const REPORT: &str = "gl-code-quality-report.json";
const BLOCKING: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";
const CLEAN: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";

fn script() -> String {
    let lines = JOB.lines().skip_while(|line| *line != "  script:").skip(1);
    let lines = lines.take_while(|line| line.starts_with("    "));
    let commands = lines.filter_map(|line| line.trim().strip_prefix("- "));
    commands.map(|command| format!("{command}\n")).collect()
}

fn play(folder: &Path, variables: &[(&str, &str)]) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_asyncwarden")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&others)));
    Command::new("sh")
        .args(["-e", "-c", &script()])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("ASYNCWARDEN_CACHE_DIR", folder.join(".git/asyncwarden"))
        .envs(variables.iter().copied())
        .output()
        .expect("there is a shell")
        .into()
}

fn report(folder: &Path) -> Vec<(String, u64)> {
    let text = std::fs::read_to_string(folder.join(REPORT)).expect("the report is there");
    let entries: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let place = |entry: &Value| {
        let location = &entry["location"];
        let path = location["path"].as_str().expect("a path").to_owned();
        (path, location["lines"]["begin"].as_u64().expect("a line"))
    };
    entries.iter().map(place).collect()
}

fn sha(repository: &Repository, name: &str) -> String {
    let out = git(repository.path(), &["rev-parse", name]);
    String::from_utf8(out).expect("UTF-8").trim().to_owned()
}

#[test]
fn the_job_shows_what_the_merge_request_changes_and_fails_with_the_gate() {
    let repository = Repository::with(&[("old.py", BLOCKING), ("app.py", CLEAN)]);
    let base = sha(&repository, "HEAD");
    git(repository.path(), &["checkout", "-q", "-b", "topic"]);
    repository.commit(&[("app.py", BLOCKING)]);
    let head = sha(&repository, "HEAD");
    let commits =
        [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()), ("CI_COMMIT_SHA", head.as_str())];
    let ended = play(repository.path(), &commits);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("AW501"), "people read it in the job's log: {}", ended.stdout);
    assert_eq!(report(repository.path()), [("app.py".to_owned(), 5)]);

    repository.commit(&[("app.py", CLEAN)]);
    let head = sha(&repository, "HEAD");
    let commits =
        [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()), ("CI_COMMIT_SHA", head.as_str())];
    assert_eq!(play(repository.path(), &commits).code, Some(0));
    assert_eq!(report(repository.path()), []);
}

#[test]
fn the_job_looks_at_the_head_in_a_pipeline_of_the_merged_result() {
    let repository = Repository::with(&[("app.py", CLEAN)]);
    let base = sha(&repository, "HEAD");
    git(repository.path(), &["checkout", "-q", "-b", "topic"]);
    repository.commit(&[("other.py", CLEAN)]);
    let head = sha(&repository, "HEAD");
    git(repository.path(), &["checkout", "-q", "-"]);
    // Somebody else's, which the merged result holds.
    repository.commit(&[("app.py", BLOCKING)]);
    git(repository.path(), &["merge", "-q", "--no-ff", "-m", "Result", "topic"]);
    let result = sha(&repository, "HEAD");
    let commits = [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head.as_str()),
        ("CI_COMMIT_SHA", result.as_str()),
    ];
    assert_eq!(play(repository.path(), &commits).code, Some(0));
    assert_eq!(report(repository.path()), []);
}

#[test]
fn the_job_ends_badly_when_nothing_could_be_reviewed() {
    let repository = Repository::with(&[("app.py", CLEAN)]);
    let head = sha(&repository, "HEAD");
    let nowhere = "0".repeat(40);
    let commits =
        [("CI_MERGE_REQUEST_DIFF_BASE_SHA", nowhere.as_str()), ("CI_COMMIT_SHA", head.as_str())];
    let ended = play(repository.path(), &commits);
    assert_eq!(ended.code, Some(1), "the line after it is not reached");
    assert_eq!(ended.stdout, "");
    assert!(!repository.path().join(REPORT).exists());
}
