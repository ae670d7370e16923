//! `SECURITY.md` promises tests and names modules: they are there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::architecture::sources_in;

const PAGE: &str = include_str!("../../SECURITY.md");

/// What stands in code spans.
fn spans() -> BTreeSet<&'static str> {
    PAGE.split('`').skip(1).step_by(2).collect()
}

fn is_name(text: &str) -> bool {
    text.matches('_').count() > 1
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

#[test]
fn each_test_that_is_named_is_there() {
    let all: String =
        ["src", "tests/it"].iter().flat_map(|it| sources_in(it)).map(|(_, text)| text).collect();
    let named: Vec<_> = spans().into_iter().filter(|it| is_name(it)).collect();
    assert!(named.len() > 60, "{}", named.len());
    let missing: Vec<_> =
        named.iter().filter(|name| !all.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "SECURITY.md names tests that are not there: {missing:#?}");
}

#[test]
fn each_module_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = spans().into_iter().filter(|it| it.starts_with("src/") || it.starts_with("fuzz/"));
    let missing: Vec<_> = paths.filter(|path| !root.join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn each_threat_has_a_test() {
    let (_, threats) = PAGE.split_once("\n## Threats\n").unwrap();
    for threat in threats.split("\n### ").skip(1) {
        let title = threat.lines().next().unwrap_or_default();
        assert!(threat.split('`').skip(1).step_by(2).any(is_name), "{title}");
    }
}
