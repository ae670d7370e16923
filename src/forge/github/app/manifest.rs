//! What the App asks for: the one declaration from which its manifest and the documentation come.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use url::Url;

/// Something that the App may do in the repositories where it is installed.
#[derive(Debug, Clone, Copy)]
pub struct Permission {
    /// GitHub's name of it.
    pub name: &'static str,
    /// `read` or `write`.
    pub level: &'static str,
    /// What it is needed for.
    pub why: &'static str,
}

const fn permission(name: &'static str, level: &'static str, why: &'static str) -> Permission {
    Permission { name, level, why }
}

const CONTENTS: Permission =
    permission("contents", "read", "the changed files, what they use, the repository's settings");
const CONTENTS_TO_RESOLVE: Permission = permission(
    "contents",
    "write",
    "as read, and to resolve threads whose finding is fixed, which GitHub lets only those do who may write code",
);
const MERGE_QUEUES: Permission =
    permission("merge_queues", "read", "to gate the commits of a merge queue");
const ALWAYS: [Permission; 4] = [
    permission("metadata", "read", "needed by every App"),
    permission("pull_requests", "write", "reviews, their comments, the summary"),
    permission("checks", "write", "the check that gates the merge"),
    permission("issues", "read", "commands in comments of pull requests"),
];

/// An event that the App is told of.
#[derive(Debug, Clone, Copy)]
pub struct Subscription {
    /// GitHub's name of it.
    pub event: &'static str,
    /// What it is needed for.
    pub why: &'static str,
}

const fn event(event: &'static str, why: &'static str) -> Subscription {
    Subscription { event, why }
}

const EVENTS: [Subscription; 9] = [
    event("pull_request", "what to review"),
    event("pull_request_review", "what happens to a review"),
    event("pull_request_review_comment", "commands in threads"),
    event("pull_request_review_thread", "what people resolve"),
    event("issue_comment", "commands beside the code"),
    event("check_run", "*Re-run* and the check's buttons"),
    event("check_suite", "*Re-run all checks*"),
    event("push", "what the default branch looks like"),
    event("repository", "new names, archived and deleted repositories"),
];
const MERGE_GROUP: Subscription = event("merge_group", "the commits of a merge queue");

/// What may differ between Apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Whether it may resolve threads, for which it has to be allowed to write code.
    pub resolve_threads: bool,
    /// Whether it gates merge queues, which older GitHub Enterprise Servers don't know.
    pub merge_queue: bool,
}

impl Default for Extent {
    fn default() -> Self {
        Self { resolve_threads: false, merge_queue: true }
    }
}

impl Extent {
    /// What the App may do.
    pub fn permissions(self) -> Vec<Permission> {
        let contents = if self.resolve_threads { CONTENTS_TO_RESOLVE } else { CONTENTS };
        let queue = self.merge_queue.then_some(MERGE_QUEUES);
        ALWAYS.into_iter().chain([contents]).chain(queue).collect()
    }

    /// What the App is told of. Of installations it is told in any case.
    pub fn events(self) -> Vec<Subscription> {
        EVENTS.into_iter().chain(self.merge_queue.then_some(MERGE_GROUP)).collect()
    }
}

/// Longest name of an App.
///
/// Source: GitHub documentation, "Registering a GitHub App".
const LONGEST_NAME: usize = 34;

/// An App as it is asked for.
#[derive(Debug, Clone)]
pub struct NewApp {
    /// Where GitHub and people reach the service.
    pub public_url: Url,
    /// Where GitHub sends whoever made it.
    pub redirect_url: String,
    /// Its name; without one, who makes it chooses it.
    pub name: Option<String>,
    /// Whether other accounts may install it.
    pub public: bool,
    /// What it asks for.
    pub extent: Extent,
}

impl NewApp {
    /// The manifest that GitHub makes the App from.
    ///
    /// Source: GitHub documentation, "Registering a GitHub App from a manifest".
    pub fn manifest(&self) -> Value {
        let public_url = self.public_url.as_str().trim_end_matches('/');
        let permissions: Map<String, Value> = self
            .extent
            .permissions()
            .into_iter()
            .map(|permission| (permission.name.to_owned(), json!(permission.level)))
            .collect();
        let events: Vec<&str> = self.extent.events().iter().map(|it| it.event).collect();
        let mut manifest = json!({
            "url": public_url,
            "hook_attributes": { "url": format!("{public_url}/webhooks/github"), "active": true },
            "redirect_url": self.redirect_url,
            "callback_urls": [format!("{public_url}/sign-in/github/callback")],
            "description": "Reviews changes to Python code that uses asyncio.",
            "public": self.public,
            "default_permissions": permissions,
            "default_events": events,
        });
        if let Some(name) = &self.name {
            manifest["name"] = json!(name);
        }
        manifest
    }
}

/// A name that GitHub takes.
///
/// # Errors
/// What is wrong with it.
pub fn app_name(name: &str) -> Result<&str, String> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err("an App's name is not empty".to_owned()),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(format!("an App's name has at most {LONGEST_NAME} characters")),
    }
}

/// What the App asks for, as Markdown tables.
pub fn permissions_table() -> String {
    let mut table = String::from("| permission | level | what for |\n|---|---|---|\n");
    for Permission { name, level, why } in Extent::default().permissions() {
        let _ = writeln!(table, "| `{name}` | {level} | {why} |");
    }
    let Permission { name, level, why } = CONTENTS_TO_RESOLVE;
    let _ = writeln!(table, "| `{name}` | {level}, with `--resolve-threads` | {why} |");
    table.push_str("\n| event | what for |\n|---|---|\n");
    for Subscription { event, why } in Extent::default().events() {
        let _ = writeln!(table, "| `{event}` | {why} |");
    }
    table
}
