//! What of GitLab's interface the client uses, against what a client knows that others wrote.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::python;

/// Addresses that the client may ask, below `/api/v4`. `{}` is what is filled in.
const ROUTES: &[&str] = &[
    "/groups/{}",
    "/groups/{}/hooks",
    "/groups/{}/hooks/{}",
    "/groups/{}/projects",
    "/personal_access_tokens/self",
    "/projects",
    "/projects/{}",
    "/projects/{}/external_status_checks",
    "/projects/{}/external_status_checks/{}",
    "/projects/{}/hooks",
    "/projects/{}/hooks/{}",
    "/projects/{}/hooks/{}/test/merge_requests_events",
    "/projects/{}/members/all/{}",
    "/projects/{}/merge_requests",
    "/projects/{}/merge_requests/{}",
    "/projects/{}/merge_requests/{}/approvals",
    "/projects/{}/merge_requests/{}/diffs",
    "/projects/{}/merge_requests/{}/discussions",
    "/projects/{}/merge_requests/{}/discussions/{}",
    "/projects/{}/merge_requests/{}/discussions/{}/notes",
    "/projects/{}/merge_requests/{}/draft_notes",
    "/projects/{}/merge_requests/{}/draft_notes/bulk_publish",
    "/projects/{}/merge_requests/{}/draft_notes/{}",
    "/projects/{}/merge_requests/{}/notes",
    "/projects/{}/merge_requests/{}/notes/{}",
    "/projects/{}/merge_requests/{}/notes/{}/award_emoji",
    "/projects/{}/merge_requests/{}/pipelines",
    "/projects/{}/merge_requests/{}/status_check_responses",
    "/projects/{}/merge_requests/{}/status_checks",
    "/projects/{}/merge_requests/{}/versions",
    "/projects/{}/merge_requests/{}/versions/{}",
    "/projects/{}/repository/archive.tar.gz",
    "/projects/{}/repository/blobs/{}/raw",
    "/projects/{}/repository/commits/{}",
    "/projects/{}/repository/commits/{}/statuses",
    "/projects/{}/repository/files/{}/raw",
    "/projects/{}/repository/tree",
    "/projects/{}/statuses/{}",
    "/user",
    "/users",
    "/version",
];

/// Those that the other client spells out in its methods or doesn't have, as GitLab's documentation has them.
const DOCUMENTED: &[&str] = &[
    "/personal_access_tokens/self",
    "/projects/{}/hooks/{}/test/merge_requests_events",
    "/projects/{}/merge_requests/{}/diffs",
    "/projects/{}/merge_requests/{}/draft_notes/bulk_publish",
    "/projects/{}/merge_requests/{}/status_check_responses",
    "/projects/{}/repository/archive.tar.gz",
    "/projects/{}/repository/blobs/{}/raw",
    "/projects/{}/repository/files/{}/raw",
    "/projects/{}/repository/tree",
    "/projects/{}/statuses/{}",
    "/version",
];

/// Files that know addresses as such, and paths of files.
const OTHERS: [&str; 2] = ["gitlab/http.rs", "gitlab/position.rs"];

/// The addresses that the client's source spells out, from the first slash on.
fn spelled_out() -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/forge/gitlab")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            // A pointer leads into an answer, and ends are those of branches.
            if line.contains("pointer") || line.contains("ends_with") {
                continue;
            }
            let texts = line.split('"').skip(1).step_by(2);
            let addresses = texts.filter(|text| {
                let ends = text.split_once('/').map(|(before, _)| before);
                ends.is_some_and(|it| it.is_empty() || (it.starts_with('{') && it.ends_with('}')))
            });
            found.extend(addresses.map(filled_in));
        }
    }
    found
}

/// `{path}/notes/{}?per_page=100` is `/notes/{}`.
fn filled_in(text: &str) -> String {
    let (_, path) = text.split_once('/').unwrap();
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    format!("/{}", parts.collect::<Vec<_>>().join("/"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("webhook") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs")
            && !OTHERS.iter().any(|other| path.ends_with(other))
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_address_in_the_source_is_one_of_gitlab_s() {
    let spelled_out = spelled_out();
    let unknown: Vec<_> = spelled_out
        .iter()
        .filter(|address| !ROUTES.iter().any(|route| route.ends_with(address.as_str())))
        .collect();
    assert_eq!(unknown, [""; 0], "add what they lead to to ROUTES");
}

#[test]
fn the_addresses_are_those_that_others_use() {
    let Some(theirs) = python::run("gitlab_paths.py", &json!({})) else { return };
    let theirs: Vec<&str> =
        theirs.as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
    let unknown: Vec<_> = ROUTES.iter().filter(|route| !theirs.contains(route)).collect();
    assert_eq!(unknown, DOCUMENTED.iter().collect::<Vec<_>>());
}
