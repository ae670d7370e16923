//! What is read here is what the `git` program reads, in repositories of all the usual kinds.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::{Store, hex, id_of};

fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().expect("git");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// A history with a side branch, nested folders, a link, and files that differ little from commit to commit.
fn history(folder: &Path) {
    git(folder, &["init", "-q", "-b", "main", "."]);
    std::fs::create_dir_all(folder.join("a/b")).unwrap();
    std::fs::write(folder.join("a.py"), "x = 1\n").unwrap();
    std::os::unix::fs::symlink("a.py", folder.join("link.py")).unwrap();
    let long: String = (0..3000).map(|line| format!("line {line}\n")).collect();
    for step in 0..6 {
        std::fs::write(folder.join("a/b/c.py"), format!("{long}step {step}\n")).unwrap();
        std::fs::write(folder.join(format!("a/{step}.py")), "same\n").unwrap();
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-q", "-m", "step"]);
        if step == 2 {
            git(folder, &["branch", "side"]);
        }
    }
    git(folder, &["tag", "-a", "-m", "a tag", "v1", "HEAD~1"]);
    git(folder, &["checkout", "-q", "side"]);
    std::fs::write(folder.join("side.py"), "side\n").unwrap();
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "side"]);
    git(folder, &["checkout", "-q", "main"]);
}

/// Asserts that references, files and bytes are those that git tells.
fn assert_reads(folder: &Path, revisions: &[&str]) {
    let store = Store::around(folder).expect("a repository");
    assert_eq!(
        store.root().to_str(),
        Some(git(folder, &["rev-parse", "--show-toplevel"]).as_str())
    );
    for revision in revisions {
        let commit = store.commit(revision).unwrap_or_else(|| panic!("{revision}"));
        assert_eq!(hex(&commit), git(folder, &["rev-parse", &format!("{revision}^{{commit}}")]));
        let tree = store.tree_of(&commit).expect("a tree");
        let mut files = BTreeMap::new();
        store.files(&tree, &mut |path, id| drop(files.insert(path.to_owned(), hex(id)))).unwrap();
        let listing = git(folder, &["ls-tree", "-r", "--full-tree", revision]);
        let regular = listing.lines().filter(|line| line.starts_with("100"));
        let expected: BTreeMap<String, String> =
            regular.map(|line| (line[53..].to_owned(), line[12..52].to_owned())).collect();
        assert_eq!(files, expected, "{revision}");
        for (path, id) in &files {
            let bytes = store.blob(&id_of(id).unwrap()).expect("a blob");
            let told = git(folder, &["cat-file", "blob", id]);
            assert_eq!(String::from_utf8(bytes).unwrap().trim_end(), told, "{path}");
            assert_eq!(store.file(&tree, path).flatten().map(|id| hex(&id)).as_ref(), Some(id));
        }
        assert_eq!(store.file(&tree, "link.py"), Some(None));
        assert_eq!(store.file(&tree, "a.py/x"), Some(None));
    }
}

#[test]
fn loose_objects_packs_alternates_and_further_work_trees_are_read() {
    let place = tempfile::tempdir().unwrap();
    let first = place.path().join("first");
    std::fs::create_dir(&first).unwrap();
    history(&first);
    let all =
        ["HEAD", "main", "side", "v1", "HEAD~3", "refs/heads/side", "heads/main", "@", "HEAD^"];
    assert_reads(&first, &all);
    assert_reads(&first.join("a/b"), &all);
    git(&first, &["gc", "-q"]);
    assert_reads(&first, &all);

    let path = first.to_str().unwrap();
    git(place.path(), &["clone", "-q", "--shared", path, "borrower"]);
    assert_reads(&place.path().join("borrower"), &["HEAD", "origin/side", "origin", "v1~2"]);
    git(&first, &["worktree", "add", "-q", "../further", "side"]);
    assert_reads(&place.path().join("further"), &["HEAD", "main"]);

    git(place.path(), &["clone", "-q", "--depth", "1", &format!("file://{path}"), "shallow"]);
    let shallow = Store::around(&place.path().join("shallow")).expect("a repository");
    assert_eq!(shallow.commit("HEAD~1"), None);
    assert_reads(&place.path().join("shallow"), &["HEAD"]);
}

#[test]
fn merge_bases_and_differences_are_found() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    history(folder);
    let store = Store::around(folder).expect("a repository");
    let at = |revision: &str| store.commit(revision).unwrap_or_else(|| panic!("{revision}"));
    for (a, b) in
        [("main", "side"), ("side", "main"), ("main", "v1"), ("v1", "main"), ("HEAD", "HEAD")]
    {
        let base = store.merge_base(&at(a), &at(b)).expect("a merge base");
        assert_eq!(hex(&base), git(folder, &["merge-base", a, b]), "{a} {b}");
    }
    git(folder, &["checkout", "-q", "--orphan", "other"]);
    git(folder, &["commit", "-q", "-m", "other"]);
    assert_eq!(store.merge_base(&at("main"), &at("other")), None);

    let tree = |revision: &str| store.tree_of(&at(revision)).expect("a tree");
    let deltas = store.differences(&tree("main"), &tree("side"), &|path| path.ends_with(".py"));
    let deltas: Vec<_> = deltas.unwrap().into_iter().map(|it| it.path).collect();
    assert_eq!(deltas, ["a/3.py", "a/4.py", "a/5.py", "a/b/c.py", "side.py"]);
}

#[test]
fn what_is_not_of_the_usual_kind_is_left_to_git() {
    let place = tempfile::tempdir().unwrap();
    assert!(Store::around(place.path()).is_none());
    git(place.path(), &["init", "-q", "--bare", "bare"]);
    assert!(Store::around(&place.path().join("bare")).is_none());
    history(place.path());
    let store = Store::around(place.path()).expect("a repository");
    for revision in ["HEAD@{1}", "HEAD^{tree}", ":/step", "nothing", "", "../HEAD", "-x", "HEAD~99"]
    {
        assert_eq!(store.commit(revision), None, "{revision}");
    }
    git(place.path(), &["config", "core.worktree", "/"]);
    assert!(Store::around(place.path()).is_none());
}
