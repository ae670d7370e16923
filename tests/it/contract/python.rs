//! Runs the scripts of `tests/contract` that use a client of GitLab and a tester of APIs which others wrote.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

/// Gives a script JSON to read; returns the JSON that it prints. `None` where the client is not installed.
pub(crate) fn run(script: &str, input: &Value) -> Option<Value> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = here.join("target/contract-python/bin/python");
    if !program.is_file() {
        let required = std::env::var("ASYNCWARDEN_TEST_REQUIRE_PYTHON").is_ok_and(|set| set == "1");
        assert!(!required, "{} is not there", program.display());
        eprintln!("skipped: tests/run installs what this test needs");
        return None;
    }
    let mut python = std::process::Command::new(program);
    python.arg(here.join("tests/contract").join(script)).stdin(Stdio::piped());
    let mut python = python.stdout(Stdio::piped()).spawn().expect("python starts");
    let written = python.stdin.take().unwrap().write_all(input.to_string().as_bytes());
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success() && written.is_ok(), "{script} failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
