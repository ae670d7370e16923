//! What a change causes: findings of the head that the base does not have, shown where the change is.

use asyncwarden::analysis::{Analysis, Finding, Outcome, Request, Severity, analyse};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, hunks_between};
use asyncwarden::policy::Policy;

/// A file before and after: path and text on each side.
type Pair<'a> = (Option<(&'a str, &'a str)>, Option<(&'a str, &'a str)>);

fn review(files: &[Pair<'_>]) -> Analysis {
    review_under(&Policy::default(), files)
}

/// A review by the settings of a repository, written as in its file.
fn review_by(settings: &str, files: &[Pair<'_>]) -> Analysis {
    let file = |name: &str| (name == ".asyncwarden.toml").then(|| settings.as_bytes().into());
    let (policy, problems) = Policy::from_files(file);
    assert_eq!(problems, [""; 0]);
    review_under(&policy, files)
}

fn review_under(policy: &Policy, files: &[Pair<'_>]) -> Analysis {
    let (mut base, mut head, mut change) =
        (MemoryTree::default(), MemoryTree::default(), ChangeSet::default());
    for (old, new) in files {
        let kind = match (old, new) {
            (None, _) => FileChangeKind::Added,
            (_, None) => FileChangeKind::Deleted,
            (Some((a, _)), Some((b, _))) if a != b => FileChangeKind::Renamed,
            _ => FileChangeKind::Modified,
        };
        let text =
            |side: &Option<(&str, &str)>| side.map(|(_, text)| text).unwrap_or_default().to_owned();
        change.files.push(FileChange {
            path: new.or(*old).expect("a side").0.to_owned(),
            old_path: old.map(|(path, _)| path.to_owned()),
            kind,
            hunks: hunks_between(text(old).as_bytes(), text(new).as_bytes()),
            shown: true,
        });
        old.iter().for_each(|(path, text)| base.insert(*path, text.as_bytes().to_vec()));
        new.iter().for_each(|(path, text)| head.insert(*path, text.as_bytes().to_vec()));
    }
    analyse(&Request {
        base: &base,
        head: &head,
        change: &change,
        policy,
        known: None,
        go_on: None,
    })
}

fn modified(old: &str, new: &str) -> Analysis {
    review(&[(Some(("app.py", old)), Some(("app.py", new)))])
}

/// Code and line of each finding.
fn found(analysis: &Analysis) -> Vec<(&str, u32)> {
    let mut found: Vec<_> =
        analysis.findings.iter().map(|it| (it.rule.code, it.place.line)).collect();
    found.sort_unstable();
    found
}

const SLEEPS: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";

#[test]
fn a_new_file_is_all_new() {
    let analysis = review(&[(None, Some(("app.py", SLEEPS)))]);
    assert_eq!(found(&analysis), [("AW501", 5)]);
    assert_eq!((analysis.files_analysed, analysis.lines_analysed), (1, 5));
}

#[test]
fn what_was_there_before_is_history() {
    let new = format!("{SLEEPS}\n\nasync def other():\n    pass\n");
    assert_eq!(found(&modified(SLEEPS, &new)), []);
}

#[test]
fn a_second_one_beside_the_first_is_new() {
    let new = SLEEPS.replace("    time.sleep(1)\n", "    time.sleep(1)\n    time.sleep(1)\n");
    assert_eq!(found(&modified(SLEEPS, &new)).len(), 1);
    let above =
        SLEEPS.replace("async def", "async def before():\n    time.sleep(1)\n\n\nasync def");
    assert_eq!(found(&modified(SLEEPS, &above)), [("AW501", 5)]);
}

#[test]
fn moved_renamed_and_reindented_code_is_not_new() {
    let renamed_function = SLEEPS.replace("poll", "wait");
    assert_eq!(found(&modified(SLEEPS, &renamed_function)), []);
    let indented = SLEEPS.replace("    time.sleep(1)", "    if True:\n        time.sleep(1)");
    assert_eq!(found(&modified(SLEEPS, &indented)), []);
    let reformatted = SLEEPS.replace("time.sleep(1)", "time.sleep(\n        1,  # second\n    )");
    assert_eq!(found(&modified(SLEEPS, &reformatted)), []);
    let renamed_file = review(&[(Some(("a.py", SLEEPS)), Some(("b.py", SLEEPS)))]);
    assert_eq!(found(&renamed_file), []);
    let moved = review(&[
        (Some(("a.py", SLEEPS)), Some(("a.py", "import time\n"))),
        (Some(("b.py", "import time\n")), Some(("b.py", SLEEPS))),
    ]);
    assert_eq!(found(&moved), []);
    let moved_from_deleted =
        review(&[(Some(("a.py", SLEEPS)), None), (None, Some(("b.py", SLEEPS)))]);
    assert_eq!(found(&moved_from_deleted), []);
}

#[test]
fn a_copy_is_new() {
    let analysis = review(&[
        (Some(("a.py", SLEEPS)), Some(("a.py", &format!("{SLEEPS}\nX = 1\n")))),
        (None, Some(("b.py", SLEEPS))),
    ]);
    let paths: Vec<&str> = analysis.findings.iter().map(|it| it.place.path.as_str()).collect();
    assert_eq!(paths, ["b.py"]);
}

fn only(analysis: &Analysis) -> &Finding {
    let [finding] = &analysis.findings[..] else { panic!("{:?}", found(analysis)) };
    finding
}

#[test]
fn a_function_made_asynchronous_is_shown_at_its_head() {
    let old = SLEEPS.replace("async def", "def");
    let analysis = modified(&old, SLEEPS);
    let finding = only(&analysis);
    assert_eq!((finding.place.line, finding.place.column, finding.place.end_column), (4, 1, 18));
    assert_eq!(finding.related[0].place.line, 5);
    assert_eq!(finding.scope, "poll");
}

#[test]
fn a_repair_taken_away_is_shown_at_the_gap() {
    let body = "import asyncio\n\n\nasync def stop(queue):\n    try:\n        await queue.get()\n    except asyncio.CancelledError:\n        print('bye')\n        raise\n\n\nX = 1\n";
    let analysis = modified(body, &body.replace("        raise\n", ""));
    let finding = only(&analysis);
    assert_eq!(finding.rule.code, "AW213");
    assert_eq!(finding.place.line, 8, "the line in front of the gap, in the same function");
    assert_eq!(finding.related[0].place.line, 7);
    assert_eq!(found(&modified(&body.replace("        raise\n", ""), body)), []);
}

#[test]
fn an_import_can_cause_findings() {
    let old = "from mine import sleep\n\n\nasync def poll():\n    sleep(1)\n";
    let analysis = modified(old, &old.replace("mine", "time"));
    assert_eq!(only(&analysis).place.line, 1);
    assert_eq!(only(&analysis).related[0].place.line, 5);
}

#[test]
fn fingerprints_survive_moves_and_tell_twins_apart() {
    let print = |code: &str| {
        let analysis = review(&[(None, Some(("app.py", code)))]);
        analysis.findings.iter().map(|it| it.fingerprint.clone()).collect::<Vec<_>>()
    };
    let one = print(SLEEPS);
    assert_eq!(one[0].0.len(), 32);
    assert!(one[0].0.bytes().all(|it| it.is_ascii_hexdigit() && !it.is_ascii_uppercase()));
    assert_eq!(
        one,
        print(&format!("# first\n\n{}", SLEEPS.replace("time.sleep(1)", "time.sleep( 1 )")))
    );
    let two =
        print(&SLEEPS.replace("    time.sleep(1)\n", "    time.sleep(1)\n    time.sleep(1)\n"));
    assert_eq!(two.len(), 2);
    assert_ne!(two[0], two[1]);
    assert!(two.contains(&one[0]));
    assert_ne!(one, print(&SLEEPS.replace("poll", "other")));
}

#[test]
fn suppressed_findings_are_kept_apart() {
    let code = SLEEPS.replace("time.sleep(1)", "time.sleep(1)  # noqa: ASYNC251");
    let analysis = review(&[(None, Some(("app.py", &code)))]);
    assert_eq!(found(&analysis), []);
    assert_eq!(analysis.suppressed.len(), 1);
    for comment in [
        "# asyncwarden: ignore",
        "# asyncwarden: ignore[blocking-sleep, AW502] why",
        "#noqa:AW501,E501",
    ] {
        let code = SLEEPS.replace("time.sleep(1)", &format!("time.sleep(1)  {comment}"));
        let analysis = review(&[(None, Some(("app.py", &code)))]);
        assert!(found(&analysis).iter().all(|(code, _)| *code == "AW001"), "{comment}");
    }
    for comment in ["# noqa", "# asyncwarden: ignore[AW502]", "# noqa: E501"] {
        let code = SLEEPS.replace("time.sleep(1)", &format!("time.sleep(1)  {comment}"));
        let analysis = review(&[(None, Some(("app.py", &code)))]);
        assert!(found(&analysis).contains(&("AW501", 5)), "{comment}");
    }
    let alone = SLEEPS
        .replace("    time.sleep", "    # asyncwarden: ignore[AW501] start-up\n    time.sleep");
    assert_eq!(found(&review(&[(None, Some(("app.py", &alone)))])), []);
    let file = format!("# asyncwarden: ignore-file\n{SLEEPS}");
    assert_eq!(found(&review(&[(None, Some(("app.py", &file)))])), []);
    let quoted = SLEEPS.replace("sleep(1)", "sleep('# asyncwarden: ignore')");
    assert_eq!(found(&review(&[(None, Some(("app.py", &quoted)))])), [("AW501", 5)]);
}

#[test]
fn taking_a_suppression_away_is_a_change() {
    let quiet = SLEEPS.replace("time.sleep(1)", "time.sleep(1)  # asyncwarden: ignore[AW501]");
    assert_eq!(found(&modified(&quiet, SLEEPS)), [("AW501", 5)]);
    assert_eq!(found(&modified(SLEEPS, &quiet)), []);
}

#[test]
fn files_of_others_and_tests_are_told_apart() {
    for path in ["vendor/a.py", "lib/site-packages/x/a.py", "api_pb2.py"] {
        let analysis = review(&[(None, Some((path, SLEEPS)))]);
        assert_eq!(found(&analysis), [], "{path}");
        assert_eq!(analysis.skipped.len(), 1, "{path}");
    }
    let generated = format!("# Code generated by a tool. DO NOT EDIT.\n{SLEEPS}");
    assert_eq!(found(&review(&[(None, Some(("a.py", &generated)))])), []);
    assert_eq!(found(&review(&[(None, Some(("a.pyi", SLEEPS)))])), []);
    let test = review(&[(None, Some(("tests/test_a.py", SLEEPS)))]);
    assert_eq!(only(&test).confidence, asyncwarden::analysis::Confidence::Possible);
}

#[test]
fn a_repository_s_settings_count() {
    let new = [(None, Some(("app.py", SLEEPS)))];
    let severity = |settings| review_by(settings, &new).findings.first().map(|it| it.severity);
    assert_eq!(severity("[severity]\nAW501 = 'low'"), Some(Severity::Low));
    assert_eq!(severity("ignore = ['blocking']"), None);
    assert_eq!(severity("[paths.'a*.py']\nselect = ['AW202']"), None);
    let excluded = review_by("exclude = ['app.py']", &new);
    assert_eq!((excluded.files_analysed, excluded.skipped.len()), (0, 0));
    let quiet = review_by("ignore = ['AW501']", &new);
    let verdict = quiet.verdicts.iter().find(|verdict| verdict.item.0 == 41);
    assert_eq!(verdict.map(|it| it.outcome), Some(Outcome::NotApplicable), "nothing looks at it");
    let moved = [(Some(("scripts/app.py", SLEEPS)), Some(("app.py", SLEEPS)))];
    assert_eq!(found(&review_by("[paths.scripts]\nignore = ['AW501']", &moved)), []);
    let commented = SLEEPS.replace("sleep(1)", "sleep(1)  # asyncwarden: ignore[AW501]");
    assert_eq!(
        found(&review_by("ignore = ['AW501']", &[(None, Some(("app.py", &commented)))])),
        []
    );
}

#[test]
fn verdicts_are_of_changed_code() {
    let outcome = |analysis: &Analysis, item: u8| {
        let verdict = analysis.verdicts.iter().find(|it| it.item.0 == item).expect("a verdict");
        verdict.outcome
    };
    let analysis = modified(SLEEPS, &format!("{SLEEPS}\nX = 1\n"));
    assert_eq!(outcome(&analysis, 41), Outcome::NotApplicable);
    let good = SLEEPS
        .replace("time.sleep", "await asyncio.sleep")
        .replace("import time", "import asyncio");
    assert_eq!(outcome(&modified(SLEEPS, &good), 41), Outcome::Satisfied);
    assert_eq!(outcome(&modified(&good, SLEEPS), 41), Outcome::Violated);
}
