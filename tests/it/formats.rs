//! What the formats look like when the program writes them, and the list of rules.

use serde_json::Value;

use super::review_command::{refusal, run};

const CODE: &str = "import asyncio\nimport time\n\n\nasync def poll():\n    time.sleep(1)\n    asyncio.create_task(poll())\n    \
    time.sleep(2)  # asyncwarden: ignore[AW501] measured\n";

fn report(format: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("my app.py"), CODE).unwrap();
    std::fs::write(place.path().join("bad.py"), b"async def f():\n    '\xff'\n").unwrap();
    let ended = run(place.path(), &["check", "--format", format]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    ended.stdout
}

#[test]
fn sarif_of_real_findings_keeps_the_standards_schema() {
    let log: Value = serde_json::from_str(&report("sarif")).unwrap();
    // Two patterns of the standard have a stray bracket, which strict readers refuse.
    let schema = include_str!("../schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);

    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let suppressed = results.iter().filter(|result| result["suppressions"].is_array()).count();
    assert_eq!(suppressed, 1);
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## "));
        assert_eq!(
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "my%20app.py"
        );
    }
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let notified = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notified.len(), 1, "bad.py is named");
}

#[test]
fn json_names_what_was_skipped_and_suppressed() {
    let value: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(value["skipped"][0]["path"], "bad.py");
    assert_eq!(value["suppressed"][0]["rule"], "AW501");
    assert_eq!(value["suppressed"][0]["line"], 8);
    assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
    let counts = value["counts"].as_object().unwrap();
    let total: u64 = counts.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(total as usize, value["findings"].as_array().unwrap().len());
    let sleep =
        value["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "AW501").unwrap();
    assert_eq!((sleep["line"].as_u64(), sleep["column"].as_u64()), (Some(6), Some(5)));
    assert_eq!(
        sleep["fingerprint"].as_str().map(|f| f.chars().all(|c| c.is_ascii_hexdigit())),
        Some(true)
    );
}

#[test]
fn github_and_gitlab_get_what_they_read() {
    let commands = report("github");
    let sleep = commands.lines().find(|line| line.contains("AW501 blocking-sleep")).unwrap();
    assert!(
        sleep.starts_with("::error file=my app.py,line=6,endLine=6,col=5,endColumn="),
        "{sleep}"
    );
    assert!(commands.lines().all(|line| line.starts_with("::")), "{commands}");

    let entries: Value = serde_json::from_str(&report("gitlab")).unwrap();
    let entries = entries.as_array().unwrap();
    let mut fingerprints: Vec<&str> =
        entries.iter().map(|e| e["fingerprint"].as_str().unwrap()).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), entries.len());
    let sleep = entries.iter().find(|entry| entry["check_name"] == "AW501").unwrap();
    assert_eq!(
        sleep["location"],
        serde_json::json!({ "path": "my app.py", "lines": { "begin": 6, "end": 6 } })
    );
}

#[test]
fn rules_are_listed_and_explained() {
    let place = tempfile::tempdir().unwrap();
    let list = run(place.path(), &["rules"]).stdout;
    assert!(
        list.lines()
            .any(|line| line.starts_with("AW501  blocking-sleep ")
                && line.contains("  C41  critical")),
        "{list}"
    );
    let table = run(place.path(), &["rules", "--format", "markdown"]).stdout;
    assert_eq!(table.lines().count(), list.lines().count() + 2);
    assert!(
        table.lines().all(|line| line.starts_with("| ") || line.starts_with("|---")),
        "{table}"
    );
    let rules: Value =
        serde_json::from_str(&run(place.path(), &["rules", "--format", "json"]).stdout).unwrap();
    assert_eq!(rules.as_array().unwrap().len(), list.lines().count());

    let page = run(place.path(), &["rules", "aw501"]).stdout;
    assert!(page.starts_with("AW501 blocking-sleep\n"), "{page}");
    assert!(page.contains("C41 No time.sleep()") && !page.contains("```"), "{page}");
    assert_eq!(run(place.path(), &["rules", "blocking-sleep"]).stdout, page);
    let markdown = run(place.path(), &["rules", "AW501", "--format", "markdown"]).stdout;
    assert!(markdown.starts_with("# AW501 blocking-sleep\n"));

    let line = refusal(place.path(), &["rules", "blocking-slep"]);
    assert_eq!(
        line,
        "asyncwarden: there is no rule `blocking-slep`; perhaps `blocking-sleep` is meant"
    );
    let line = refusal(place.path(), &["rules", "something-else"]);
    assert!(line.contains("`asyncwarden rules` lists them"), "{line}");
}
