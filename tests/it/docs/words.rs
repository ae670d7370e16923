//! Names that the documentation says exist: settings, and files of the repository.

use std::collections::BTreeSet;
use std::path::Path;

use asyncwarden::cli::Cli;
use clap::CommandFactory;

use super::page::{ROOT, files, pages};

/// Words of a text that begin with `ASYNCWARDEN_`; one that ends in `_` is the beginning of names.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("ASYNCWARDEN_") && !word.ends_with('_'))
}

/// Variables that a command of the program reads as a setting, and those that it names itself or is built with.
fn settings() -> BTreeSet<String> {
    fn add(command: &clap::Command, known: &mut BTreeSet<String>) {
        let names = command.get_arguments().filter_map(|argument| argument.get_env());
        known.extend(names.map(|name| name.to_string_lossy().into_owned()));
        command.get_subcommands().for_each(|command| add(command, known));
    }
    let mut known = BTreeSet::from([
        "ASYNCWARDEN_CACHE_DIR".to_owned(),
        // Read when the program is built.
        "ASYNCWARDEN_BUILD_COMMIT".to_owned(),
    ]);
    add(&Cli::command(), &mut known);
    known.extend(variables(include_str!("../../../build.rs")).map(str::to_owned));
    known
}

/// What tests and benchmarks read. They are told by names of their own.
fn of_tests() -> BTreeSet<String> {
    let code = |path: &Path| path.starts_with("tests") || path.starts_with("benches");
    let code = files()
        .into_iter()
        .filter(|path| code(path) && path.extension().is_none_or(|it| it != "md"));
    let mut known = BTreeSet::new();
    for path in code {
        let Ok(text) = std::fs::read_to_string(Path::new(ROOT).join(path)) else { continue };
        let names = variables(&text).filter(|name| {
            name.starts_with("ASYNCWARDEN_TEST_") || name.starts_with("ASYNCWARDEN_BENCH_")
        });
        known.extend(names.map(str::to_owned));
    }
    known
}

/// Files that people read or copy from: pages, and what runs the program elsewhere.
fn is_read(path: &Path) -> bool {
    let page = path.extension().is_some_and(|it| it == "md");
    let at_the_root = path.components().count() == 1
        && path.extension().is_none_or(|it| ["yml", "yaml"].iter().any(|wanted| it == *wanted));
    page || at_the_root || path.starts_with("deploy")
}

#[test]
fn variables_are_settings() {
    let known: BTreeSet<String> = settings().into_iter().chain(of_tests()).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in files().into_iter().filter(|path| is_read(path)) {
        let Ok(text) = std::fs::read_to_string(Path::new(ROOT).join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            for name in variables(line) {
                seen += 1;
                if !known.contains(name) {
                    wrong.push(format!("{}:{}: {name}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(wrong.is_empty(), "these are no settings:\n{}", wrong.join("\n"));
}

/// Whether a piece of code names a file of the repository. A part in capitals stands for something else, and what git
/// ignores is made by whoever reads of it.
fn is_path(code: &str) -> bool {
    let folders =
        ["src/", "docs/", "deploy/", "tests/", "benches/", "fuzz/", "migrations/", ".ci/"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let stands_for = |part: &str| part.chars().all(|c| c.is_ascii_uppercase());
    let ignored = include_str!("../../../.gitignore").lines().any(|it| it == format!("/{code}"));
    folders.iter().any(|folder| code.starts_with(folder))
        && code.chars().all(plain)
        && !code.trim_end_matches('/').split('/').any(stands_for)
        && !ignored
}

#[test]
fn paths_are_there() {
    let mut wrong = Vec::new();
    for page in pages() {
        // A rule's page speaks of other people's repositories.
        if page.path.starts_with("src") || page.path.starts_with("docs/rules") {
            continue;
        }
        for (line, code) in page.inline.iter().filter(|(_, code)| is_path(code)) {
            if !Path::new(ROOT).join(code).exists() {
                wrong.push(format!("{}: {code}", page.place(*line)));
            }
        }
    }
    assert!(wrong.is_empty(), "these are not there:\n{}", wrong.join("\n"));
}
