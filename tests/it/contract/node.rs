//! Runs scripts that know packages of npm: those of `tests/contract`, which know GitHub's own, and of `tests/browser`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Gives a script of `tests/contract` JSON to read; returns the JSON that it prints. `None` where the packages are not
/// installed.
pub(super) fn run(script: &str, input: &Value) -> Option<Value> {
    run_in("tests/contract", script, input)
}

/// The same with a script of another folder that has packages of its own.
pub(crate) fn run_in(folder: &str, script: &str, input: &Value) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if !path.join("node_modules").is_dir() {
        let required = std::env::var("ASYNCWARDEN_TEST_REQUIRE_NODE").is_ok_and(|set| set == "1");
        assert!(!required, "{folder}/node_modules is not there");
        eprintln!("skipped: `npm ci` in {folder} installs what this test needs");
        return None;
    }
    let mut node = Command::new("node");
    node.arg(script).current_dir(path).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    let mut stdin = node.stdin.take().unwrap();
    let text = input.to_string();
    // Whether it read all of it shows in what it prints.
    let writing = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    let output = node.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success(), "{script} failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
