//! What the program is built from, as far as the repository itself tells; `tests/run` has cargo-deny check the rest.

use crate::architecture::sources_in;

const LOCK: &str = include_str!("../../Cargo.lock");
const DENY: &str = include_str!("../../deny.toml");
const RUN: &str = include_str!("../run");

/// Each package of the lock file: its name, where it comes from, its checksum.
fn packages() -> Vec<(String, Option<String>, Option<String>)> {
    let lock: toml::Table = LOCK.parse().unwrap();
    let text = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).map(str::to_owned)
    };
    let packages = lock["package"].as_array().unwrap();
    packages
        .iter()
        .map(|it| (text(it, "name").unwrap(), text(it, "source"), text(it, "checksum")))
        .collect()
}

#[test]
fn all_crates_come_from_one_place_with_their_checksums() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let packages = packages();
    assert!(packages.len() > 100);
    for (name, source, checksum) in packages {
        if name == "asyncwarden" {
            assert_eq!(source, None);
            continue;
        }
        assert_eq!(source.as_deref(), Some(registry), "{name}");
        assert_eq!(checksum.map(|it| it.len()), Some(64), "{name}");
    }
}

#[test]
fn there_is_one_tls_stack() {
    let deny: toml::Table = DENY.parse().unwrap();
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["crate"].as_str())
        .collect();
    for other in ["openssl", "native-tls", "aws-lc-rs", "boring-sys"] {
        assert!(banned.contains(&other), "{other}");
    }
    // That none of them is built is for cargo-deny to see: the lock file names what features could bring, too.
    assert!(RUN.contains("cargo-deny --log-level error --locked check"));
    let names: Vec<String> = packages().into_iter().map(|it| it.0).collect();
    for other in ["openssl", "openssl-sys", "native-tls", "boring-sys"] {
        assert!(!names.iter().any(|it| it == other), "{other}");
    }
    for one in ["rustls", "ring"] {
        assert_eq!(names.iter().filter(|it| *it == one).count(), 1, "{one}");
    }
}

#[test]
fn no_code_of_ours_is_unsafe() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    // The fuzz targets are a package of their own, which forbids nothing.
    for (path, text) in ["benches", "fuzz"].iter().flat_map(|it| sources_in(it)) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let word = |word: &str| {
                line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word)
            };
            assert!(!word("unsafe"), "{path}: {line}");
        }
    }
}
