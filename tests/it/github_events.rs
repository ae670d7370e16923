//! Every event that GitHub may send, over HTTP: all are answered with 202, and what they ask for is queued or noted.

use asyncwarden::forge::ForgeKind;
use asyncwarden::store::{Sees, audit, installations, repositories};
use serde_json::{Value, json};

use crate::support::on_every_store;
use crate::webhooks::Service;

/// What an event's body has beside what all have.
fn with(more: &Value) -> Value {
    let mut body = json!({
        "repository": { "id": 11, "full_name": "octo/app", "default_branch": "main" },
        "installation": { "id": 3 },
        "sender": { "id": 9, "login": "ann", "type": "User" },
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

impl Service {
    /// Sends an event; returns the numbers of the change requests that wait then.
    async fn told(&self, event: &str, action: &str, mut body: Value) -> Vec<i64> {
        body["action"] = json!(action);
        let id = uuid::Uuid::new_v4().to_string();
        assert_eq!(self.github(&id, event, &body.to_string()).await, 202, "{event} {action}");
        self.queued().await
    }

    async fn actions(&self) -> Vec<String> {
        let mut tx = self.store.read().await.unwrap();
        let entries = audit::latest(&mut tx, 100).await.unwrap();
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

#[tokio::test]
async fn what_happens_to_a_pull_request_is_looked_at() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let pull = || json!({ "number": 7, "pull_request": { "number": 7 } });
        let renamed = json!({ "title": { "from": "a" } });
        let retargeted = json!({ "base": { "ref": { "from": "old" } } });
        let bot = json!({ "id": 8, "login": "a-bot[bot]", "type": "Bot" });
        for (event, action, more, looks) in [
            ("pull_request", "opened", json!({}), true),
            ("pull_request", "reopened", json!({}), true),
            ("pull_request", "synchronize", json!({ "before": "a", "after": "b" }), true),
            ("pull_request", "ready_for_review", json!({}), true),
            ("pull_request", "converted_to_draft", json!({}), true),
            ("pull_request", "edited", json!({ "changes": retargeted }), true),
            ("pull_request", "edited", json!({ "changes": renamed }), false),
            ("pull_request", "closed", json!({}), true),
            ("pull_request", "labeled", json!({}), false),
            ("pull_request", "assigned", json!({}), false),
            ("pull_request_review", "submitted", json!({}), false),
            ("pull_request_review", "dismissed", json!({}), false),
            ("pull_request_review_thread", "resolved", json!({}), true),
            ("pull_request_review_thread", "unresolved", json!({}), true),
            ("pull_request_review_thread", "resolved", json!({ "sender": bot }), false),
        ] {
            let mut body = with(&pull());
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            let expected: &[i64] = if looks { &[7] } else { &[] };
            assert_eq!(
                service.told(event, action, body).await,
                expected,
                "{event} {action} {more}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn buttons_and_comments_are_wishes() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let check = |app: i64| {
            json!({ "id": 1, "head_sha": "abc", "app": { "id": app }, "pull_requests": [{ "number": 7 }] })
        };
        let comment = |body: &str| {
            json!({ "id": 5, "body": body, "user": { "id": 9, "login": "ann", "type": "User" } })
        };
        let on_pull = json!({ "number": 7, "pull_request": {} });
        let accept = json!({ "identifier": "accept" });
        let command = comment("@asyncwarden recheck");
        for (event, action, more, looks) in [
            ("check_run", "rerequested", json!({ "check_run": check(5) }), true),
            ("check_run", "rerequested", json!({ "check_run": check(6) }), false),
            ("check_run", "created", json!({ "check_run": check(5) }), false),
            (
                "check_run",
                "requested_action",
                json!({ "check_run": check(5), "requested_action": accept }),
                true,
            ),
            ("check_suite", "requested", json!({ "check_suite": check(5) }), false),
            ("check_suite", "rerequested", json!({ "check_suite": check(5) }), true),
            ("issue_comment", "created", json!({ "issue": on_pull, "comment": command }), true),
            ("issue_comment", "edited", json!({ "issue": on_pull, "comment": command }), false),
            ("issue_comment", "deleted", json!({ "issue": on_pull, "comment": command }), false),
            (
                "issue_comment",
                "created",
                json!({ "issue": { "number": 7 }, "comment": command }),
                false,
            ),
            (
                "pull_request_review_comment",
                "created",
                json!({ "pull_request": { "number": 7 }, "comment": command }),
                true,
            ),
            (
                "pull_request_review_comment",
                "created",
                json!({ "pull_request": { "number": 7 }, "comment": comment("Thanks!") }),
                false,
            ),
        ] {
            let expected: &[i64] = if looks { &[7] } else { &[] };
            assert_eq!(service.told(event, action, with(&more)).await, expected, "{event} {action}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_merge_group_is_looked_at_until_it_is_gone() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let group = || {
            let head_ref = "refs/heads/gh-readonly-queue/main/pr-7-0a1b";
            json!({ "merge_group": { "head_sha": "abc", "head_ref": head_ref }, "reason": "merged" })
        };
        assert_eq!(service.told("merge_group", "checks_requested", with(&group())).await, [7]);
        assert_eq!(service.told("merge_group", "destroyed", with(&group())).await, [0; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_becomes_of_installations_and_repositories_is_noted() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let nothing = [0; 0];
        let installed = |more: Value| {
            let mut body = json!({
                "installation": { "id": 3, "account": { "login": "octo" } },
                "repositories": [{ "id": 11, "full_name": "octo/app" }],
                "repositories_added": [{ "id": 11 }], "repositories_removed": [{ "id": 11 }],
            });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        // Something has to be known of it.
        let opened = with(&json!({ "number": 7, "pull_request": { "number": 7 } }));
        assert_eq!(service.told("pull_request", "opened", opened).await, [7]);
        for (event, action, noted) in [
            ("installation", "created", None),
            ("installation", "suspend", Some("installation-suspended")),
            ("installation", "unsuspend", Some("installation-resumed")),
            ("installation", "new_permissions_accepted", None),
            ("installation_repositories", "removed", Some("repositories-removed")),
            ("installation_repositories", "added", Some("repositories-returned")),
            ("installation_target", "renamed", None),
            ("installation", "deleted", Some("installation-removed")),
        ] {
            let before = service.actions().await.len();
            // What can be reached again is looked at, too.
            service
                .told(event, action, installed(json!({ "account": { "login": "octopus" } })))
                .await;
            let actions = service.actions().await;
            let new = actions[..actions.len() - before].first().map(String::as_str);
            assert_eq!(new, noted, "{event} {action}");
        }
        for (number, action) in [
            "renamed",
            "transferred",
            "archived",
            "unarchived",
            "privatized",
            "publicized",
            "deleted",
        ]
        .into_iter()
        .enumerate()
        {
            let name = format!("octo/app-{number}");
            let body = with(&json!({ "repository": { "id": 11, "full_name": name } }));
            assert_eq!(service.told("repository", action, body).await, nothing);
            let mut tx = service.store.read().await.unwrap();
            let now = repositories::renamed(&mut tx, Sees::All, ForgeKind::GitHub, "octo/app")
                .await
                .unwrap();
            assert_eq!(now, Some(name), "{action}");
        }
        for (event, action) in [
            ("github_app_authorization", "revoked"),
            ("repository", "edited"),
            ("star", "created"),
            ("unheard_of", "happened"),
        ] {
            assert_eq!(service.told(event, action, with(&json!({}))).await, nothing);
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_keeps_its_installation_under_a_new_name() {
    on_every_store(async |store| {
        let service = Service::start(store, |_| {}).await;
        let suspended = json!({ "installation": { "id": 3, "account": { "login": "octo" } } });
        service.told("installation", "suspend", suspended).await;
        let renamed = json!({
            "installation": { "id": 3 }, "account": { "id": 1, "login": "octopus" },
            "changes": { "login": { "from": "octo" } }, "target_type": "Organization",
        });
        service.told("installation_target", "renamed", renamed).await;
        let account = {
            let mut tx = service.store.read().await.unwrap();
            installations::account(&mut tx, ForgeKind::GitHub, 3).await.unwrap()
        };
        assert_eq!(account.as_deref(), Some("octopus"));
        let back = json!({ "installation": { "id": 3, "account": { "login": "octopus" } } });
        service.told("installation", "unsuspend", back).await;
        let resumed = service.actions().await.remove(0);
        assert_eq!(resumed, "installation-resumed", "a new name is no end of the suspension");
    })
    .await;
}
