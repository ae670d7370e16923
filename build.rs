//! Finds out what is being built, for `asyncwarden --version --verbose`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Tells the commit where there is no repository: in an image's build, in an unpacked archive.
const TOLD: &str = "ASYNCWARDEN_BUILD_COMMIT";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={TOLD}");
    tell("COMMIT", &commit());
    tell("PROFILE", &profile());
    tell("TARGET", &variable("TARGET"));
    tell("RUSTC", &compiler());
    let features = variable("CARGO_CFG_TARGET_FEATURE");
    let fixed = features.split(',').any(|feature| feature == "crt-static");
    tell("LINKAGE", if fixed { "statically" } else { "dynamically" });
}

fn tell(name: &str, value: &str) {
    println!("cargo::rustc-env=ASYNCWARDEN_BUILD_{name}={value}");
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn commit() -> String {
    let told = variable(TOLD).trim().to_owned();
    if !told.is_empty() {
        return told;
    }
    // A debug build doesn't look: every commit would build it anew.
    let found = if variable("PROFILE") == "release" { Repository::here().head() } else { None };
    found.unwrap_or_else(|| "unknown".to_owned())
}

/// The profile's name: `PROFILE` calls all that are derived from `release` by that name.
fn profile() -> String {
    let out = PathBuf::from(variable("OUT_DIR"));
    let folder = out.ancestors().nth(3).and_then(Path::file_name);
    folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn compiler() -> String {
    let said = Command::new(variable("RUSTC")).arg("--version").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.unwrap_or_default().trim_start_matches("rustc ").to_owned()
}

/// The repository that the sources are checked out from.
struct Repository {
    /// What is of this work tree alone: `HEAD`.
    own: PathBuf,
    /// What all work trees share: branches.
    shared: PathBuf,
}

impl Repository {
    /// That of this folder; not one around it, which is of something else.
    fn here() -> Self {
        let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
        let mut own = folder.join(".git");
        // In a further work tree it is a file that says where that one's things are.
        if let Ok(text) = fs::read_to_string(&own)
            && let Some(path) = text.trim().strip_prefix("gitdir: ")
        {
            own = folder.join(path);
        }
        let shared = match fs::read_to_string(own.join("commondir")) {
            Ok(path) => own.join(path.trim()),
            Err(_) => own.clone(),
        };
        Self { own, shared }
    }

    /// The commit that is checked out; the script runs again when it is another one.
    fn head(&self) -> Option<String> {
        let head = read_and_watch(&self.own.join("HEAD"))?;
        let Some(name) = head.strip_prefix("ref: ") else { return Some(head) };
        if let Some(commit) = read_and_watch(&self.shared.join(name)) {
            return Some(commit);
        }
        // The branch's own file comes with the next commit on it.
        watch(&self.shared.join("refs/heads"));
        let packed = read_and_watch(&self.shared.join("packed-refs"))?;
        let of_branch = packed.lines().filter_map(|line| line.split_once(' '));
        of_branch.filter(|(_, of)| *of == name).map(|(commit, _)| commit.to_owned()).next()
    }
}

fn read_and_watch(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    watch(file);
    Some(text.trim().to_owned())
}

fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
