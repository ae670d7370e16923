//! Everything that GitHub is known to deliver, through the receiver.

use std::collections::{BTreeMap, BTreeSet};

use asyncwarden::settings::Settings;
use asyncwarden::store::Store;
use serde_json::{Value, json};

use super::node;
use crate::support::on_every_store;
use crate::webhooks::{SECRET, Service, sign};

/// The events that we act on, and those that look like them.
const OF_INTEREST: [&str; 13] = [
    "check_run",
    "check_suite",
    "github_app_authorization",
    "installation",
    "installation_repositories",
    "issue_comment",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
];

struct Example {
    source: String,
    event: String,
    payload: Value,
}

impl Example {
    /// `pull_request.opened`
    fn name(&self) -> String {
        match self.payload["action"].as_str() {
            Some(action) => format!("{}.{action}", self.event),
            None => self.event.clone(),
        }
    }

    /// The App that the check is of, if it is one.
    fn app(&self) -> Option<u64> {
        self.payload.get(&self.event)?.pointer("/app/id")?.as_u64()
    }

    /// Where the payload itself names the pull request.
    fn number(&self) -> Option<i64> {
        let place = match self.event.as_str() {
            "pull_request" | "pull_request_review_comment" => "/pull_request/number",
            "issue_comment" => "/issue/number",
            _ => return None,
        };
        self.payload.pointer(place)?.as_i64()
    }

    /// The same with a comment of a person to us, on a pull request.
    fn addressed(mut self) -> Option<Self> {
        if let Some(issue) = self.payload.get_mut("issue") {
            issue["pull_request"] = json!({ "url": "https://api.github.com/repos/o/r/pulls/1" });
        }
        let comment = self.payload.get_mut("comment")?;
        comment["body"] = json!("@asyncwarden review");
        comment["user"]["type"] = json!("User");
        Some(self)
    }
}

fn examples() -> Option<Vec<Example>> {
    let Value::Array(all) = node::run("examples.mjs", &Value::Null)? else { panic!("no list") };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let example = |it: Value| Example {
        source: text(&it["source"]),
        event: text(&it["event"]),
        payload: it["payload"].clone(),
    };
    Some(all.into_iter().map(example).collect())
}

/// Receivers of the Apps that the examples' checks are of.
struct Receivers(BTreeMap<u64, Service>);

impl Receivers {
    async fn start(store: &Store, apps: &BTreeSet<u64>) -> Self {
        let mut all = BTreeMap::new();
        for app in apps {
            let set = |settings: &mut Settings| settings.github.as_mut().unwrap().app_id = *app;
            all.insert(*app, Service::start(store.clone(), set).await);
        }
        Self(all)
    }

    /// What the receiver says, and the pull requests that it wants looked at.
    async fn send(&self, example: &Example, id: usize) -> (u16, String, Vec<i64>) {
        let any = self.0.values().next();
        let service = example.app().and_then(|app| self.0.get(&app)).or(any).unwrap();
        let body = example.payload.to_string();
        let (signature, id) = (sign(SECRET, body.as_bytes()), id.to_string());
        let headers = [
            ("user-agent", "GitHub-Hookshot/5ca1ab1e"),
            ("content-type", "application/json"),
            ("x-github-event", example.event.as_str()),
            ("x-github-delivery", id.as_str()),
            ("x-hub-signature-256", signature.as_str()),
        ];
        let (status, said) = service.ask("/webhooks/github", &headers, body.as_bytes()).await;
        (status, said.trim().to_owned(), service.queued().await)
    }
}

#[tokio::test]
async fn everything_that_github_delivers_is_taken() {
    let Some(examples) = examples() else { return };
    let apps: BTreeSet<u64> = examples.iter().filter_map(Example::app).collect();
    on_every_store(async |store| {
        let receivers = Receivers::start(&store, &apps).await;
        let mut outcomes: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut events = BTreeSet::new();
        for (id, example) in examples.iter().enumerate() {
            let (status, said, queued) = receivers.send(example, id).await;
            let ping = if example.event == "ping" { 200 } else { 202 };
            assert_eq!(status, ping, "{} of {}", example.name(), example.source);
            if said == "queued"
                && let Some(number) = example.number()
            {
                assert_eq!(queued, [number], "{}", example.name());
            }
            assert!(said != "ignored" || queued.is_empty(), "{}: {queued:?}", example.name());
            if example.source == "api.github.com" {
                events.insert(example.event.as_str());
                *outcomes.entry((example.name(), said)).or_default() += 1;
            }
        }
        assert_eq!((events.len(), outcomes.values().sum::<usize>()), (58, 329));
        let line = |((name, said), times): (&(String, String), &usize)| {
            let event = name.split('.').next().unwrap();
            let of_interest = OF_INTEREST.contains(&event);
            assert!(of_interest || said == "ignored", "{name}: {said}");
            of_interest.then(|| format!("{name}: {times} {said}"))
        };
        let lines: Vec<_> = outcomes.iter().filter_map(line).collect();
        insta::allow_duplicates!(insta::assert_snapshot!(lines.join("\n"), @"
        check_run.completed: 3 ignored
        check_run.created: 3 ignored
        check_run.requested_action: 1 ignored
        check_run.rerequested: 2 ignored
        check_suite.completed: 4 ignored
        check_suite.requested: 3 ignored
        check_suite.rerequested: 2 queued
        github_app_authorization.revoked: 2 noted
        installation.created: 2 noted
        installation.deleted: 2 noted
        installation.new_permissions_accepted: 1 noted
        installation.suspend: 1 noted
        installation.unsuspend: 1 noted
        installation_repositories.added: 2 noted
        installation_repositories.removed: 1 noted
        issue_comment.created: 5 ignored
        issue_comment.deleted: 2 ignored
        issue_comment.edited: 2 ignored
        merge_group.checks_requested: 2 queued
        ping: 4 pong
        pull_request.assigned: 2 ignored
        pull_request.closed: 2 queued
        pull_request.converted_to_draft: 3 queued
        pull_request.labeled: 2 ignored
        pull_request.locked: 2 ignored
        pull_request.opened: 4 queued
        pull_request.ready_for_review: 3 queued
        pull_request.reopened: 2 queued
        pull_request.review_request_removed: 1 ignored
        pull_request.review_requested: 1 ignored
        pull_request.synchronize: 1 queued
        pull_request.unassigned: 2 ignored
        pull_request.unlabeled: 2 ignored
        pull_request.unlocked: 2 ignored
        pull_request_review_comment.created: 3 ignored
        pull_request_review_comment.deleted: 1 ignored
        pull_request_review_comment.edited: 1 ignored
        pull_request_review_thread.resolved: 2 queued
        pull_request_review_thread.unresolved: 1 queued
        push: 5 ignored
        push: 2 noted
        repository.created: 2 ignored
        repository.edited: 2 ignored
        repository.privatized: 2 noted
        repository.publicized: 3 noted
        repository.renamed: 1 noted
        repository.transferred: 3 noted
        "));
    })
    .await;
}

#[tokio::test]
async fn in_every_comment_that_github_delivers_we_can_be_addressed() {
    let Some(examples) = examples() else { return };
    let addressed: Vec<_> = examples.into_iter().filter_map(Example::addressed).collect();
    on_every_store(async |store| {
        let receivers = Receivers::start(&store, &BTreeSet::from([1])).await;
        let mut outcomes: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (id, example) in addressed.iter().enumerate() {
            let (status, said, queued) = receivers.send(example, id).await;
            assert_eq!(status, 202, "{} of {}", example.name(), example.source);
            let expected = if said == "queued" { example.number() } else { None };
            assert_eq!(queued, Vec::from_iter(expected), "{}", example.name());
            *outcomes.entry((example.name(), said)).or_default() += 1;
        }
        let lines = outcomes.iter().map(|((name, said), times)| format!("{name}: {times} {said}"));
        insta::allow_duplicates!(insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
        commit_comment.created: 12 ignored
        discussion_comment.created: 2 ignored
        discussion_comment.deleted: 1 ignored
        discussion_comment.edited: 1 ignored
        issue_comment.created: 12 queued
        issue_comment.deleted: 4 ignored
        issue_comment.edited: 4 ignored
        pull_request_review_comment.created: 10 queued
        pull_request_review_comment.deleted: 1 ignored
        pull_request_review_comment.edited: 1 ignored
        "));
    })
    .await;
}
