//! What the program says of itself, and that builds are done anew when that changes and only then.

use std::path::Path;
use std::process::Command;

use super::{asyncwarden, written};
use crate::change::git;

const SHORT: &str = concat!("asyncwarden ", env!("CARGO_PKG_VERSION"), "\n");

#[test]
fn the_version_is_short_until_more_is_asked_for() {
    assert_eq!(written(&["--version"]), SHORT);
    assert_eq!(written(&["-V"]), SHORT);
    for line in [["--version", "--verbose"], ["--verbose", "-V"]] {
        let text = written(&line);
        assert!(text.starts_with(SHORT), "{text}");
        for word in ["commit ", "profile ", "target ", "rustc 1.", "Apache-2.0"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
    let alone = asyncwarden(&["--verbose", "rules"]);
    let said = String::from_utf8(alone.stderr).unwrap();
    assert_eq!((alone.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("--version"), "{said}");
}

const MANIFEST: &str = "[package]\nname = \"built\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                        [profile.dist]\ninherits = \"release\"\n";
const MAIN: &str = "fn main() {\n    print!(\"{} {} {}\", env!(\"ASYNCWARDEN_BUILD_COMMIT\"), \
                    env!(\"ASYNCWARDEN_BUILD_PROFILE\"), env!(\"ASYNCWARDEN_BUILD_LINKAGE\"));\n}\n";

/// A package that is nothing but our build script and a program that says what it found.
fn lay_out(folder: &Path) {
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
    std::fs::write(folder.join("src/main.rs"), MAIN).unwrap();
    std::fs::write(folder.join("build.rs"), include_str!("../../../build.rs")).unwrap();
    std::fs::write(folder.join(".gitignore"), "/target\n/Cargo.lock\n").unwrap();
}

/// Builds it; what it found, and whether there was anything to do.
fn built(folder: &Path, profile: &str, told: Option<&str>) -> (String, bool) {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--profile", profile])
        .current_dir(folder)
        .env_remove("ASYNCWARDEN_BUILD_COMMIT")
        .env_remove("CARGO_TARGET_DIR")
        .envs(told.map(|commit| ("ASYNCWARDEN_BUILD_COMMIT", commit)))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let at = if profile == "dev" { "debug" } else { profile };
    let program = folder.join("target").join(at).join("built");
    let found = Command::new(program).output().unwrap().stdout;
    (String::from_utf8(found).unwrap(), said.contains("Compiling"))
}

fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
    String::from_utf8(git(folder, &["rev-parse", "HEAD"])).unwrap().trim().to_owned()
}

#[test]
fn a_build_knows_its_commit_and_is_done_anew_for_another_one_only() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("sources");
    lay_out(&sources);
    let found = |commit: &str| format!("{commit} dist dynamically");
    assert_eq!(built(&sources, "dist", None).0, found("unknown"), "no repository");

    git(&sources, &["init", "--quiet", "--initial-branch", "main"]);
    let first = commit(&sources, "First");
    // A build that found no repository has nothing to watch.
    assert_eq!(built(&sources, "dist", Some("told")), (found("told"), true));
    assert_eq!(built(&sources, "dist", None), (found(&first), true));
    assert_eq!(built(&sources, "dist", None), (found(&first), false));
    let second = commit(&sources, "Second");
    assert_eq!(built(&sources, "dist", None), (found(&second), true));
    git(&sources, &["pack-refs", "--all"]);
    assert_eq!(built(&sources, "dist", None).0, found(&second));
    assert_eq!(built(&sources, "dist", None), (found(&second), false));
    let third = commit(&sources, "Third");
    assert_eq!(built(&sources, "dist", None), (found(&third), true));
    git(&sources, &["checkout", "--quiet", "--detach", &first]);
    assert_eq!(built(&sources, "dist", None), (found(&first), true));

    let further = folder.path().join("further");
    let path = further.display().to_string();
    git(&sources, &["worktree", "add", "--quiet", "-b", "topic/one", &path, &second]);
    assert_eq!(built(&further, "dist", None), (found(&second), true));
    let fourth = commit(&further, "Fourth");
    assert_eq!(built(&further, "dist", None), (found(&fourth), true));
    assert_eq!(built(&further, "dist", None), (found(&fourth), false));
}

#[test]
fn a_debug_build_is_not_done_anew_for_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    git(folder.path(), &["init", "--quiet"]);
    commit(folder.path(), "First");
    let found = "unknown debug dynamically".to_owned();
    assert_eq!(built(folder.path(), "dev", None), (found.clone(), true));
    commit(folder.path(), "Second");
    assert_eq!(built(folder.path(), "dev", None), (found, false));
}
