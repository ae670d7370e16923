//! Much of something: it takes time and memory in proportion, and what is too much is named.

use std::sync::atomic::{AtomicUsize, Ordering};

use asyncwarden::analysis::{Analysis, GoOn, Request, analyse, check_tree_while};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, hunks_between};
use asyncwarden::policy::Policy;

use super::{between, check, reasons, sleeps};

/// The analysis of a change that adds these files.
fn added(files: &[(String, String)], go_on: GoOn<'_>) -> Analysis {
    let file = |(path, code): &(String, String)| FileChange {
        path: path.clone(),
        old_path: None,
        kind: FileChangeKind::Added,
        hunks: hunks_between(&[], code.as_bytes()),
        shown: true,
    };
    let change = &ChangeSet { files: files.iter().map(file).collect() };
    let head: &MemoryTree =
        &files.iter().map(|(path, code)| (path.clone(), code.as_bytes().to_vec())).collect();
    let base = &MemoryTree::default();
    analyse(&Request { base, head, change, policy: &Policy::default(), known: None, go_on })
}

#[test]
fn comments_cost_what_they_are_long() {
    let sleep = "import time\nasync def f():\n    time.sleep(1)\n";
    let below_each_other = format!("{sleep}{}", "# asyncwarden: ignore\n".repeat(90_000));
    assert_eq!(sleeps(&check(below_each_other)), [3]);
    let lines = "    time.sleep(1)  # noqa: ASYNC100\n".repeat(20_000);
    let codes = "E1,".repeat(300_000);
    check(format!("import time\nasync def f():\n{lines}# noqa: {codes}\n"));
    let call = "        time.sleep(1),  # asyncwarden: ignore[AW206]\n".repeat(30_000);
    check(format!("import time\nasync def f(g):\n    g(\n{call}    )\n"));
}

#[test]
fn of_very_many_findings_the_most_important_ones_are_kept() {
    let unused = "    x = 1  # asyncwarden: ignore[AW501]\n".repeat(5_000);
    let code = format!("import time\nasync def f():\n    time.sleep(1)\n{unused}");
    let analysis = check(code);
    assert_eq!(sleeps(&analysis), [3]);
    assert!((2000..=2001).contains(&analysis.findings.len()), "{}", analysis.findings.len());
    let handlers = "    try:\n        await g()\n    except BaseException:\n        pass\n";
    let code =
        format!("import time\nasync def f(g):\n{}    time.sleep(1)\n", handlers.repeat(2500));
    let analysis = check(code);
    assert!(
        reasons(&analysis).contains("the 2000 most important ones are kept"),
        "{}",
        reasons(&analysis)
    );
    assert!(analysis.findings.len() <= 2001);
    let files: Vec<(String, String)> = (0..4)
        .map(|n| (format!("f{n}.py"), format!("async def f(g):\n{}", handlers.repeat(1500))))
        .collect();
    let analysis = added(&files, None);
    assert_eq!(analysis.findings.len(), 5000);
    let told = "the 5000 most important ones are kept";
    assert!(analysis.notes.iter().any(|it| it.contains(told)), "{:?}", analysis.notes);
}

/// Says so often that there is time, and then never again.
fn for_so_long(answers: usize) -> impl Fn() -> bool + Sync {
    let left = AtomicUsize::new(answers);
    move || {
        let one_less = |left: usize| left.checked_sub(1);
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

#[test]
fn what_there_is_no_time_for_is_named() {
    let code = between("").into_bytes();
    let tree: MemoryTree = (0..3).map(|n| (format!("f{n}.py"), code.clone())).collect();
    let paths: Vec<String> = (0..3).map(|n| format!("f{n}.py")).collect();
    let never = check_tree_while(&tree, &paths, &Policy::default(), Some(&for_so_long(0)));
    assert_eq!((never.files_analysed, never.skipped.len()), (0, 3));
    assert!(reasons(&never).contains("was not analysed: the time for this change was over"));
    // One file, its first rule, and then no more.
    let soon = check_tree_while(&tree, &paths[..1], &Policy::default(), Some(&for_so_long(2)));
    assert!(reasons(&soon).contains("only partly analysed: the time for this change was over"));
    let always = check_tree_while(&tree, &paths, &Policy::default(), Some(&|| true));
    assert_eq!((sleeps(&always).len(), always.skipped.len()), (6, 0));
}

#[test]
fn wherever_the_time_ends_nothing_old_is_taken_for_new() {
    let old = between("async def g():\n    time.sleep(2)\n");
    let new = format!("{old}\nasync def h():\n    time.sleep(3)\n");
    let user = "from app import g\nasync def main():\n    await g()\n";
    let tree = |code: &str| -> MemoryTree {
        [("app.py", code.as_bytes()), ("user.py", user.as_bytes())].into_iter().collect()
    };
    let (base, head) = (&tree(&old), &tree(&new));
    let file = FileChange {
        path: "app.py".to_owned(),
        old_path: Some("app.py".to_owned()),
        kind: FileChangeKind::Modified,
        hunks: hunks_between(old.as_bytes(), new.as_bytes()),
        shown: true,
    };
    let change = &ChangeSet { files: vec![file] };
    let policy = &Policy::default();
    let (mut found, mut ended_early) = (0, 0);
    for answers in (0..1500).step_by(7) {
        let go_on = for_so_long(answers);
        let request = Request { base, head, change, policy, known: None, go_on: Some(&go_on) };
        let analysis = analyse(&request);
        assert!(
            sleeps(&analysis).iter().all(|line| *line == 11),
            "{answers}: {:?}",
            sleeps(&analysis)
        );
        if !go_on() {
            let told = !analysis.skipped.is_empty() || !analysis.notes.is_empty();
            ended_early += usize::from(told);
        }
        found = sleeps(&analysis).len();
    }
    assert_eq!(found, 1, "with enough time it is found");
    assert!(ended_early > 10, "{ended_early}");
}
