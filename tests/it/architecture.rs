//! Boundaries between modules, kept by reading the sources: who may use whom, and where a platform may be named.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules that are pure, each with the modules of this crate that it may use.
const PURE: [(&str, &[&str]); 5] = [
    ("change", &["change"]),
    ("python", &["python", "change", "policy", "analysis"]),
    ("policy", &["policy", "change", "analysis", "python"]),
    ("analysis", &["analysis", "python", "change", "policy"]),
    ("review", &["review", "analysis", "change", "policy", "python"]),
];

/// What a pure module never mentions: I/O, clocks, the runtime.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Utc::now",
    "tokio::",
    "sqlx::",
    "reqwest::",
];

const PLATFORM_WORDS: [&str; 4] = ["github", "gitlab", "pull_request", "merge_request"];

/// Where a platform may be named: its client, the settings and the program's texts.
const MAY_NAME_PLATFORMS: [&str; 8] = [
    "forge/",
    "settings",
    "cli/",
    "app/platforms.rs",
    "app.rs",
    "main.rs",
    "web/setup",
    "telemetry.rs",
];

fn sources() -> Vec<(String, String)> {
    sources_in("src")
}

/// The Rust files below a folder of the repository, without comments, by their paths below it.
pub(crate) fn sources_in(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the source folder can be read") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                // Builds of the fuzz targets.
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name =
                    path.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
                found.push((name, code(&fs::read_to_string(&path).expect("UTF-8"))));
            }
        }
    }
    found.sort();
    found
}

/// The text without comments; documentation may name anything.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn module_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

#[test]
fn pure_modules_use_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some((_, allowed)) = PURE.iter().find(|(module, _)| *module == module_of(&file)) else {
            continue;
        };
        for part in text.split("crate::").skip(1) {
            let used: String =
                part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !used.is_empty() && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{file} uses crate::{used}"));
            }
        }
        wrong.extend(
            IMPURE.iter().filter(|word| text.contains(*word)).map(|w| format!("{file}: {w}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_edges_name_a_platform() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        // The catalogue names Python libraries, some of which are called after a platform.
        if MAY_NAME_PLATFORMS.iter().any(|edge| file.starts_with(edge))
            || file.starts_with("analysis/catalogue/")
        {
            continue;
        }
        let lower = text.to_lowercase();
        wrong.extend(
            PLATFORM_WORDS
                .iter()
                .filter(|word| lower.contains(*word))
                .map(|word| format!("{file} says {word}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_python_module_knows_the_parser() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(file, text)| !file.starts_with("python/") && text.contains("tree_sitter"))
        .map(|(file, _)| file)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn only_the_store_speaks_sql() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(file, text)| !file.starts_with("store/") && text.contains("sqlx::query"))
        .map(|(file, _)| file)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
