//! What deploy/ names is what the code has: metrics with their labels and values, the version.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use asyncwarden::telemetry::metrics::{ALL, Kind, Metric};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// All files of deploy/, each with its text; not the secrets that somebody put there.
fn files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_dir() {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            } else if !path.ends_with("secrets") {
                folders.push(path);
            }
        }
    }
    found
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The metrics that a text names, each with what stands behind its name.
fn named(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("asyncwarden_") {
        if !text[..at].ends_with(is_of_a_name) {
            let end = text[at..].find(|c: char| !is_of_a_name(c)).map_or(text.len(), |it| at + it);
            found.push((&text[at..end], &text[end..]));
        }
    }
    found
}

/// The metric of this name; a histogram has three.
fn metric(name: &str) -> Option<&'static Metric> {
    let mut parts = ["_bucket", "_sum", "_count"].into_iter();
    let of_histogram = parts.find_map(|end| name.strip_suffix(end));
    ALL.iter().find(|metric| match metric.kind {
        Kind::Histogram(_) => of_histogram == Some(metric.name),
        Kind::Counter | Kind::Gauge => metric.name == name,
    })
}

/// What is wrong with one of the conditions behind a metric's name: `state="dead"`.
fn trouble(metric: &Metric, condition: &str) -> Option<String> {
    /// What Prometheus adds.
    const OUTER: [&str; 3] = ["job", "instance", "namespace"];
    let (label, rest) = condition.split_at(condition.find(['=', '!']).unwrap());
    if OUTER.contains(&label) {
        return None;
    }
    if !metric.labels.contains(&label) {
        return Some(format!("no label {label}"));
    }
    let values = rest.trim_start_matches(['=', '!', '~']).trim_matches('"');
    let mut words = values.split('|').filter(|value| value.chars().all(is_of_a_name));
    let unknown = words.find(|value| !metric.help.contains(&format!("`{value}`")))?;
    Some(format!("no {label} {unknown}"))
}

#[test]
fn what_is_asked_of_prometheus_is_what_the_service_tells() {
    let mut seen = BTreeSet::new();
    for (path, text) in files() {
        // The dashboard is JSON.
        let text = text.replace("\\\"", "\"");
        for (name, rest) in named(&text) {
            let path = path.display();
            let Some(metric) = metric(name) else { panic!("{path}: {name} is no metric") };
            seen.insert(metric.name);
            let conditions = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let conditions =
                conditions.into_iter().flat_map(|(conditions, _)| conditions.split(','));
            let wrong: Vec<_> = conditions.filter_map(|it| trouble(metric, it)).collect();
            assert!(wrong.is_empty(), "{path}: {name} has {}", wrong.join(", "));
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
}

#[test]
fn the_version_is_the_program_s() {
    let named = [
        ("deploy/compose.yaml", format!("image: asyncwarden:{VERSION}\n")),
        ("overlays/github/kustomization.yaml", format!("newTag: {VERSION}\n")),
        ("overlays/gitlab/kustomization.yaml", format!("newTag: {VERSION}\n")),
    ];
    let files = files();
    for (name, words) in named {
        let (_, text) = files.iter().find(|(path, _)| path.ends_with(name)).unwrap();
        assert!(text.contains(&words), "{name}: {words}");
    }
}
