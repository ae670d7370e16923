//! The addresses that GitHub writes into everything.

use serde_json::{Value, json};

/// Names (without `_url`) and what is behind a thing's own address.
type Links = [(&'static str, &'static str)];

/// Of an account.
pub(super) const OF_USER: &Links = &[
    ("followers", "/followers"),
    ("following", "/following{/other_user}"),
    ("gists", "/gists{/gist_id}"),
    ("starred", "/starred{/owner}{/repo}"),
    ("subscriptions", "/subscriptions"),
    ("organizations", "/orgs"),
    ("repos", "/repos"),
    ("events", "/events{/privacy}"),
    ("received_events", "/received_events"),
];

/// Of a repository.
pub(super) const OF_REPOSITORY: &Links = &[
    ("archive", "/{archive_format}{/ref}"),
    ("assignees", "/assignees{/user}"),
    ("blobs", "/git/blobs{/sha}"),
    ("branches", "/branches{/branch}"),
    ("collaborators", "/collaborators{/collaborator}"),
    ("comments", "/comments{/number}"),
    ("commits", "/commits{/sha}"),
    ("compare", "/compare/{base}...{head}"),
    ("contents", "/contents/{+path}"),
    ("contributors", "/contributors"),
    ("deployments", "/deployments"),
    ("downloads", "/downloads"),
    ("events", "/events"),
    ("forks", "/forks"),
    ("git_commits", "/git/commits{/sha}"),
    ("git_refs", "/git/refs{/sha}"),
    ("git_tags", "/git/tags{/sha}"),
    ("hooks", "/hooks"),
    ("issue_comment", "/issues/comments{/number}"),
    ("issue_events", "/issues/events{/number}"),
    ("issues", "/issues{/number}"),
    ("keys", "/keys{/key_id}"),
    ("labels", "/labels{/name}"),
    ("languages", "/languages"),
    ("merges", "/merges"),
    ("milestones", "/milestones{/number}"),
    ("notifications", "/notifications{?since,all,participating}"),
    ("pulls", "/pulls{/number}"),
    ("releases", "/releases{/id}"),
    ("stargazers", "/stargazers"),
    ("statuses", "/statuses/{sha}"),
    ("subscribers", "/subscribers"),
    ("subscription", "/subscription"),
    ("tags", "/tags"),
    ("teams", "/teams"),
    ("trees", "/git/trees{/sha}"),
];

/// Of the issue that a pull request is, too.
pub(super) const OF_ISSUE: &Links = &[
    ("labels", "/labels{/name}"),
    ("comments", "/comments"),
    ("events", "/events"),
    ("timeline", "/timeline"),
];

/// Writes them into a thing whose own address is `url`.
pub(super) fn write(into: &mut Value, url: &str, links: &Links) {
    for (name, behind) in links {
        into[format!("{name}_url")] = json!(format!("{url}{behind}"));
    }
}

/// Writes them into a thing as an object of its own, too: `_links`.
pub(super) fn write_own<const N: usize>(into: &mut Value, links: [(&str, &Value); N]) {
    into["_links"] = links.into_iter().map(|(name, url)| (name, json!({ "href": url }))).collect();
}

/// Writes those of a pull request into it; `api` and `page` are its repository's.
pub(super) fn write_pull(into: &mut Value, api: &str, page: &str, number: i64, head: &str) {
    let (url, page) = (format!("{api}/pulls/{number}"), format!("{page}/pull/{number}"));
    let links = [
        ("issue", format!("{api}/issues/{number}")),
        ("comments", format!("{api}/issues/{number}/comments")),
        ("review_comments", format!("{url}/comments")),
        ("review_comment", format!("{api}/pulls/comments{{/number}}")),
        ("commits", format!("{url}/commits")),
        ("statuses", format!("{api}/statuses/{head}")),
    ];
    let mut own = json!({ "self": { "href": url }, "html": { "href": page } });
    for (name, link) in links {
        own[name] = json!({ "href": link });
        into[format!("{name}_url")] = json!(link);
    }
    into["url"] = json!(url);
    into["html_url"] = json!(page);
    into["diff_url"] = json!(format!("{page}.diff"));
    into["patch_url"] = json!(format!("{page}.patch"));
    into["_links"] = own;
}
