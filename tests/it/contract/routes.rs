//! What of GitHub's interface the client uses.

use std::fs;
use std::path::{Path, PathBuf};

/// Every operation that the client can ask for, as GitHub's description names them.
pub(super) const ROUTES: &[&str] = &[
    "DELETE /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}",
    "GET /app",
    "GET /app/hook/config",
    "GET /app/hook/deliveries",
    "GET /app/installations",
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    "GET /repos/{owner}/{repo}/compare/{basehead}",
    "GET /repos/{owner}/{repo}/contents/{path}",
    "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
    "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
    "GET /repos/{owner}/{repo}/installation",
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "GET /repos/{owner}/{repo}/pulls",
    "GET /repos/{owner}/{repo}/pulls/comments/{comment_id}",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "GET /repos/{owner}/{repo}/tarball/{ref}",
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}",
    "POST /app-manifests/{code}/conversions",
    "POST /app/hook/deliveries/{delivery_id}/attempts",
    "POST /app/installations/{installation_id}/access_tokens",
    "POST /graphql",
    "POST /repos/{owner}/{repo}/check-runs",
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments",
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
];

/// Where the interface is on a server of one's own, and a page for people.
const NOT_ASKED: [&str; 2] = ["/api/v3", "/organizations/{}"];

/// The addresses that the client's source spells out. `{}` is what it fills in.
fn spelled_out() -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/forge/github")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            // A pointer leads into an answer; below a repository is everything.
            if line.contains("pointer") || line.contains("{rest}") {
                continue;
            }
            let texts = line.split('"').skip(1).step_by(2);
            let texts = texts.map(|text| text.strip_prefix("{base}").unwrap_or(text));
            let addresses = texts.filter(|text| text.starts_with('/'));
            let paths = addresses.map(|text| text.split('?').next().unwrap_or_default());
            found.extend(paths.filter(|path| !NOT_ASKED.contains(path)).map(str::to_owned));
        }
    }
    found
}

/// All files of the client, except its transport, which knows addresses as such and no operations, and what reads
/// webhooks, which asks for nothing.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("github/webhook") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("github/http.rs")
        {
            found.push(path);
        }
    }
    found
}

/// Whether an address of the source leads to an operation: `/pulls/{number}` to `GET /repos/{owner}/{repo}/pulls/{pull_number}`.
fn leads_to(address: &str, route: &str) -> bool {
    let (_, path) = route.split_once(' ').unwrap();
    let path = path.strip_prefix("/repos/{owner}/{repo}").unwrap_or(path);
    let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (parts(address), parts(path));
    let fits = |(ours, theirs): (&String, &String)| ours.contains('{') || ours == theirs;
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(fits)
}

#[test]
fn every_address_in_the_source_is_one_that_the_contract_is_tested_with() {
    let spelled_out = spelled_out();
    let untested: Vec<_> = spelled_out
        .iter()
        .filter(|address| !ROUTES.iter().any(|route| leads_to(address, route)))
        .collect();
    assert_eq!(untested, [""; 0], "add what they lead to to ROUTES, and use it in the script");
    let unused: Vec<_> = ROUTES
        .iter()
        .filter(|route| **route != "POST /graphql")
        .filter(|route| !spelled_out.iter().any(|address| leads_to(address, route)))
        .collect();
    assert_eq!(unused, [&""; 0], "no address leads there");
}
