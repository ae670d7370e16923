//! `--fix`, `--diff` and `--checklist`, as a process.

use serde_json::Value;

use super::review_command::{Repository, refusal, run};

const BEFORE: &str = "import asyncio\nimport time\n\n\nasync def main():\n    pass\n";
/// Three findings with repairs, and one without: nothing keeps the tasks.
const AFTER: &str = "import asyncio\nimport time\n\n\nasync def main():\n    time.sleep(1)\n    work()\n    [asyncio.create_task(work())]\n\n\nasync def work():\n    await asyncio.sleep(1)\n";
const REPAIRED: &str = "import asyncio\nimport time\n\n\nasync def main():\n    await asyncio.sleep(1)\n    await work()\n    [asyncio.create_task(work(), name=\"work\")]\n\n\nasync def work():\n    await asyncio.sleep(1)\n";

fn changed() -> Repository {
    let repository = Repository::with(&[("pkg/app.py", BEFORE)]);
    repository.write("pkg/app.py", AFTER);
    repository
}

fn text(repository: &Repository) -> String {
    std::fs::read_to_string(repository.path().join("pkg/app.py")).unwrap()
}

#[test]
fn repairs_are_shown_as_a_diff_that_applies() {
    let repository = changed();
    let shown = run(repository.path(), &["review", "--diff"]);
    assert_eq!((shown.code, text(&repository).as_str()), (Some(1), AFTER), "nothing is changed");
    let diff = repository.path().join("repairs.diff");
    std::fs::write(&diff, &shown.stdout).unwrap();
    super::change::git(repository.path(), &["apply", diff.to_str().unwrap()]);
    assert_eq!(text(&repository), REPAIRED);
}

#[test]
fn a_diff_quotes_names_that_would_break_it() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a\n+++ b.py", "\u{1b}[31m.py", "q\"\\.py", "größe\u{202e}.py", "a b.py"];
    for name in names {
        let code = "import time\nasync def f():\n    time.sleep(1)\n";
        std::fs::write(folder.path().join(name), code).unwrap();
    }
    let shown = run(folder.path(), &["check", ".", "--diff"]).stdout;
    assert!(!shown.contains(|c: char| c != '\n' && c.is_control()), "{shown:?}");
    let diff = folder.path().join("repairs.diff");
    std::fs::write(&diff, &shown).unwrap();
    super::change::git(folder.path(), &["apply", diff.to_str().unwrap()]);
    for name in names {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains("await asyncio.sleep(1)"), "{name:?}\n{text}");
    }
}

#[test]
fn sleeps_of_others_are_found_and_left_to_people() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[[catalogue]]\nname = 'acme.pause'\nblocks = 'sleep'\ninstead = 'acme.aio.pause'\n\
        [[catalogue]]\nname = 'acme.halt'\nblocks = 'sleep'\n";
    std::fs::write(folder.path().join(".asyncwarden.toml"), settings).unwrap();
    let code =
        "import acme\n\n\nasync def main():\n    acme.pause(3, minutes=5)\n    acme.halt()\n";
    std::fs::write(folder.path().join("app.py"), code).unwrap();
    let ended = run(folder.path(), &["check", ".", "--fix", "--format", "json"]);
    assert_eq!(ended.stderr, "There is nothing to repair.\n");
    let value: Value = serde_json::from_str(&ended.stdout).unwrap();
    let said: Vec<&str> = value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["message"].as_str())
        .collect();
    let [pause, halt] = &said[..] else { panic!("{said:?}") };
    assert!(pause.contains("`acme.pause`") && pause.contains("use `acme.aio.pause`"), "{pause}");
    assert!(halt.contains("`acme.halt`") && halt.contains("a thread"), "{halt}");
}

#[test]
fn repairs_are_made_in_the_working_tree() {
    let repository = changed();
    // From a folder below the root, too.
    let ended = run(&repository.path().join("pkg"), &["review", "--fix", "--format", "json"]);
    assert_eq!(text(&repository), REPAIRED);
    assert_eq!(ended.stderr, "Repaired 3 findings in 1 file.\n");
    let value: Value = serde_json::from_str(&ended.stdout).unwrap();
    let left: Vec<_> = value["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert!(left.iter().all(|rule| *rule != "AW501" && *rule != "AW202"), "{left:?}");
    assert!(left.iter().any(|rule| *rule == "AW206"), "{left:?}");

    // What is reported is the repaired tree, as a review without `--fix` sees it.
    let plain = run(repository.path(), &["review", "--format", "json"]);
    let seen: Value = serde_json::from_str(&plain.stdout).unwrap();
    assert_eq!(value["verdicts"], seen["verdicts"]);
    assert_eq!(value["findings"], seen["findings"]);
    let verdict = |item: &str| {
        let verdicts = value["verdicts"].as_array().unwrap().iter();
        verdicts.clone().find(|it| it["item"] == item).unwrap()["outcome"].clone()
    };
    assert_eq!(
        [verdict("C41"), verdict("C10"), verdict("C14")],
        ["satisfied", "satisfied", "violated"]
    );

    let again = run(repository.path(), &["review", "--fix"]);
    assert_eq!(again.stderr, "There is nothing to repair.\n");
    assert_eq!(text(&repository), REPAIRED);
}

#[test]
fn files_are_repaired_without_git() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.py");
    std::fs::write(&file, AFTER.replace('\n', "\r\n")).unwrap();
    run(folder.path(), &["check", "app.py", "--fix", "-q"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), REPAIRED.replace('\n', "\r\n"));
}

/// A diff that was applied, without git; the repaired file has other lines.
#[test]
fn repairs_of_an_applied_diff_are_judged_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let after = "async def main():\n    time.sleep(1)\n    time.sleep(2)\n";
    std::fs::write(folder.path().join("app.py"), format!("import time\n\n{after}")).unwrap();
    let diff = "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,5 @@\n+import time\n+\n async def main():\n-    pass\n+    time.sleep(1)\n+    time.sleep(2)\n";
    std::fs::write(folder.path().join("change.diff"), diff).unwrap();
    let ended =
        run(folder.path(), &["review", "--diff", "change.diff", "--fix", "--format", "json"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), "Repaired 2 findings in 1 file.\n"));
    let value: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(value["findings"].as_array().unwrap().len(), 0, "{value:#}");
    let text = std::fs::read_to_string(folder.path().join("app.py")).unwrap();
    assert_eq!(
        text,
        "import asyncio\nimport time\n\nasync def main():\n    await asyncio.sleep(1)\n    await asyncio.sleep(2)\n"
    );
}

/// What is moved into an `async with`, and what is moved out of a loop.
#[test]
fn blocks_are_repaired_in_the_working_tree_and_shown_as_a_diff() {
    let repository = Repository::with(&[("pkg/app.py", "import aiohttp\n")]);
    let before = "import aiohttp\n\n\nasync def one(url):\n    session = aiohttp.ClientSession()\n    async with session.get(url) as reply:\n        return await reply.text()\n\n\nasync def all_of(urls):\n    for url in urls:\n        async with aiohttp.ClientSession() as session:\n            await session.post(url)\n";
    let after = "import aiohttp\n\n\nasync def one(url):\n    async with aiohttp.ClientSession() as session:\n        async with session.get(url) as reply:\n            return await reply.text()\n\n\nasync def all_of(urls):\n    async with aiohttp.ClientSession() as session:\n        for url in urls:\n            await session.post(url)\n";
    repository.write("pkg/app.py", before);
    let shown = run(repository.path(), &["review", "--diff"]);
    assert!(
        shown.stdout.contains("+    async with aiohttp.ClientSession() as session:"),
        "{}",
        shown.stdout
    );
    assert_eq!(text(&repository), before);
    run(repository.path(), &["review", "--fix"]);
    assert_eq!(text(&repository), after);
}

#[test]
fn commits_are_not_repaired() {
    let repository = changed();
    repository.commit(&[]);
    let line = refusal(repository.path(), &["review", "--head", "HEAD", "--fix"]);
    assert!(line.contains("--fix") && line.contains("--head"), "{line}");
    let line = refusal(repository.path(), &["review", "--base", "HEAD", "--diff", "x.diff"]);
    assert!(line.contains("--diff FILE"), "{line}");
}

#[test]
fn every_item_has_a_verdict() {
    let repository = changed();
    let ended = run(repository.path(), &["review", "--checklist"]);
    let items: Vec<&str> = ended
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  C"))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(items.len(), 63);
    assert!(
        ended.stdout.contains("C41 violated        No time.sleep()  pkg/app.py:6"),
        "{}",
        ended.stdout
    );

    let told = |line: &str| {
        let (item, rest) = line.strip_prefix("  ")?.split_once(' ')?;
        let outcome = ["violated", "satisfied", "not applicable"];
        let outcome = outcome.into_iter().find(|it| rest.starts_with(it))?.replace(' ', "-");
        Some((item.to_owned(), outcome))
    };
    let told: Vec<_> = ended.stdout.lines().filter_map(told).collect();
    let written = |verdicts: &Value| -> Vec<(String, String)> {
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let verdicts = verdicts.as_array().unwrap().iter();
        verdicts.map(|it| (text(&it["item"]), text(&it["outcome"]))).collect()
    };
    let report = |format| -> Value {
        let ended = run(repository.path(), &["review", "--format", format]);
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let json = report("json");
    assert_eq!(written(&json["verdicts"]), told);
    assert_eq!(written(&report("sarif")["runs"][0]["properties"]["verdicts"]), told);
    let satisfied = json["verdicts"].as_array().unwrap().iter();
    for verdict in satisfied.filter(|it| it["outcome"] == "satisfied") {
        assert_eq!(verdict["evidence"][0]["path"], "pkg/app.py", "{verdict}");
    }
}
