//! The licences of what the program is built from go with it.

use std::collections::BTreeSet;
use std::process::Command;

use super::written;

/// Lines like `adler2 2.0.1: Apache-2.0 [1]`.
fn listed(text: &str) -> Vec<(String, Vec<usize>)> {
    let lines = text.lines().filter_map(|line| line.strip_suffix(']')?.split_once(": "));
    let texts = |marks: &str| {
        let (_, numbers) = marks.rsplit_once('[')?;
        numbers.split(", ").map(|number| number.parse().ok()).collect::<Option<Vec<usize>>>()
    };
    lines.filter_map(|(name, rest)| Some((name.to_owned(), texts(rest)?))).collect()
}

#[test]
fn every_package_that_is_built_in_is_listed() {
    let text = written(&["licenses"]);
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let built_in = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
    });
    let mut built_in: BTreeSet<String> = built_in.collect();
    let own = concat!("asyncwarden ", env!("CARGO_PKG_VERSION"));
    assert!(built_in.remove(own) && built_in.len() > 100, "{built_in:?}");
    built_in.insert("Rust's standard library, of the Rust project's developers".to_owned());
    let listed = listed(&text).into_iter().map(|(name, _)| name).collect();
    assert_eq!(built_in, listed, "run scripts/third-party.py");
}

#[test]
fn every_text_that_is_referred_to_is_there() {
    let text = written(&["licences"]);
    let numbers: BTreeSet<usize> = listed(&text).into_iter().flat_map(|(_, texts)| texts).collect();
    let heads = text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    let there: BTreeSet<usize> = heads.map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers, there);
    for words in ["Apache License", "Permission is hereby granted", "UNICODE LICENSE V3"] {
        assert!(text.contains(words), "{words}");
    }
    assert!(listed(&text).iter().all(|(_, texts)| !texts.is_empty()));
}

#[test]
fn the_program_s_own_licence_is_shown_when_it_is_asked_for() {
    assert!(written(&["licenses", "--own"]).contains("Apache License"));
    assert!(!written(&["licenses", "--own"]).contains("adler2"));
}
