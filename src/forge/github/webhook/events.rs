//! What an event asks for.

use serde_json::Value;

use super::asked::{button, comment, reply, rerun};
use super::wire::{
    Id, InstallationEvent, InstallationWire, MergeGroupEvent, OwnerEvent, PullRequestEvent,
    PushEvent, Repository, RepositoryEvent,
};
use crate::forge::webhook::{Installation, Told, Wish, pushed_default, shaped};
use crate::forge::{ChangeRequest, ForgeKind, RepositoryRef};

/// What an event asks for. The event is a hint: what the pull request looks like is read when the job runs.
pub(super) fn wish(event: &str, action: Option<&str>, payload: &Value, app_id: u64) -> Wish {
    match (event, action) {
        (
            "pull_request",
            Some(
                action @ ("opened" | "reopened" | "synchronize" | "ready_for_review"
                | "converted_to_draft" | "edited" | "closed"),
            ),
        ) => pull_request(action, payload),
        ("check_run" | "check_suite", Some("rerequested")) => rerun(payload, app_id),
        ("check_run", Some("requested_action")) => button(payload, app_id),
        ("merge_group", Some(action @ ("checks_requested" | "destroyed"))) => {
            merge_group(action, payload)
        }
        (
            "repository",
            Some(
                action @ ("renamed" | "transferred" | "deleted" | "archived" | "unarchived"
                | "privatized" | "publicized"),
            ),
        ) => renamed(action, payload),
        ("pull_request_review_thread", Some("resolved" | "unresolved")) => settled(payload),
        ("installation_target", Some("renamed")) => owner_renamed(payload),
        ("github_app_authorization", Some("revoked")) => {
            let account = payload.pointer("/sender/id").and_then(Value::as_i64);
            account.map_or(Wish::Nothing("it is not said who took it back"), Wish::Revoked)
        }
        ("push", _) => push(payload),
        ("issue_comment", Some("created")) => comment(payload),
        ("pull_request_review_comment", Some("created")) => reply(payload),
        (
            "installation" | "installation_repositories",
            Some(
                action @ ("created"
                | "deleted"
                | "suspend"
                | "unsuspend"
                | "new_permissions_accepted"
                | "added"
                | "removed"),
            ),
        ) => installation(action, payload),
        (
            "pull_request"
            | "check_run"
            | "check_suite"
            | "issue_comment"
            | "merge_group"
            | "repository"
            | "pull_request_review_comment"
            | "pull_request_review_thread"
            | "installation_target"
            | "github_app_authorization"
            | "installation"
            | "installation_repositories",
            _,
        ) => Wish::Nothing("nothing to do for this action"),
        _ => Wish::Nothing("nothing to do for this event"),
    }
}

fn pull_request(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<PullRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a pull_request event");
    };
    let base_changed = event.changes.is_some_and(|changes| changes.base.is_some());
    if action == "edited" && !base_changed {
        return Wish::Nothing("only its texts were edited");
    }
    let repository = repository(event.repository, event.installation);
    let number = event.number.unwrap_or(event.pull_request.number);
    Wish::Look(ChangeRequest { repository, number }.into())
}

/// Somebody settled a thread, or opened it again: which, is read when the job runs. What bots settle is no person's word;
/// and we are one ourselves, under whatever name the App has.
fn settled(payload: &Value) -> Wish {
    let Some(event) = shaped::<PullRequestEvent>(payload) else {
        return Wish::Nothing("the body is none of a pull_request_review_thread event");
    };
    if payload.pointer("/sender/type").and_then(Value::as_str) == Some("Bot") {
        return Wish::Nothing("no person settled the thread");
    }
    let repository = repository(event.repository, event.installation);
    Wish::Look(ChangeRequest { repository, number: event.pull_request.number }.into())
}

/// The commit of a merge queue names what it merges in its branch: `gh-readonly-queue/main/pr-7-0a1b…`.
fn merge_group(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<MergeGroupEvent>(payload) else {
        return Wish::Nothing("the body is none of a merge_group event");
    };
    let Some(number) = merged_number(&event.merge_group.head_ref) else {
        return Wish::Nothing("the merge group names no pull request");
    };
    let repository = repository(event.repository, event.installation);
    let change = ChangeRequest { repository, number };
    let wanted = action == "checks_requested";
    Wish::MergeGroup { change, head_sha: event.merge_group.head_sha, wanted }
}

fn merged_number(head_ref: &str) -> Option<i64> {
    let (_, name) = head_ref.rsplit_once("/pr-")?;
    name.split('-').next()?.parse().ok()
}

fn renamed(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<RepositoryEvent>(payload) else {
        return Wish::Nothing("the body is none of a repository event");
    };
    let repository = repository(event.repository, event.installation);
    Wish::Repository { repository, there: action != "deleted" }
}

/// Somebody pushed, or was late to tell: only the default branch is of interest.
fn push(payload: &Value) -> Wish {
    let Some(event) = shaped::<PushEvent>(payload) else {
        return Wish::Nothing("the body is none of a push event");
    };
    let default_branch = event.repository.default_branch.clone();
    let Some(branch) = pushed_default(&event.name, default_branch.as_deref(), &event.after) else {
        return Wish::Nothing("not the default branch was pushed to");
    };
    let (branch, commit_sha) = (branch.to_owned(), event.after);
    let repository = repository(event.repository, event.installation);
    Wish::Baseline { repository, branch, commit_sha }
}

/// The account of an installation has another name.
fn owner_renamed(payload: &Value) -> Wish {
    let Some(event) = shaped::<OwnerEvent>(payload) else {
        return Wish::Nothing("the body is none of an installation_target event");
    };
    let (id, account) = (event.installation.id, event.account.login);
    Wish::Installation(Installation { id, account, told: Told::Renamed })
}

fn installation(action: &str, payload: &Value) -> Wish {
    let Some(event) = shaped::<InstallationEvent>(payload) else {
        return Wish::Nothing("the body is none of an installation event");
    };
    let ids = |repositories: Vec<Id>| repositories.into_iter().map(|it| it.id).collect();
    let told = match action {
        "deleted" => Told::Removed,
        "suspend" => Told::Suspended,
        "added" => Told::Added(ids(event.repositories_added)),
        "removed" => Told::TakenOut(ids(event.repositories_removed)),
        _ => Told::Present(ids(event.repositories)),
    };
    let InstallationWire { id, account } = event.installation;
    Wish::Installation(Installation { id, account: account.and_then(|it| it.login), told })
}

pub(super) fn repository(repository: Repository, installation: Option<Id>) -> RepositoryRef {
    RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: repository.id,
        full_name: repository.full_name,
        installation_id: installation.map(|installation| installation.id),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forge::github::heeds;

    #[test]
    fn a_merge_group_names_what_it_merges() {
        for (head_ref, number) in [
            ("refs/heads/gh-readonly-queue/main/pr-7-0a1b2c", Some(7)),
            ("refs/heads/gh-readonly-queue/release/pr-3/pr-12-0a1b2c", Some(12)),
            ("gh-readonly-queue/main/pr-x-0a1b2c", None),
            ("refs/heads/main", None),
        ] {
            assert_eq!(merged_number(head_ref), number, "{head_ref}");
        }
    }

    fn pull_request_event(extra: &Value) -> Value {
        let mut event = json!({
            "number": 7, "pull_request": { "number": 7, "head": { "repo": null } },
            "repository": { "id": 1, "full_name": "o/r" }, "installation": { "id": 3 },
            "sender": { "login": "dependabot[bot]", "type": "Bot" },
        });
        for (name, value) in extra.as_object().expect("an object") {
            event[name] = value.clone();
        }
        event
    }

    #[test]
    fn what_an_event_asks_for() {
        let base = json!({ "changes": { "base": { "ref": { "from": "main" } } } });
        let title = json!({ "changes": { "title": { "from": "a" } } });
        for (action, extra, looks) in [
            ("opened", json!({}), true),
            ("reopened", json!({}), true),
            ("synchronize", json!({}), true),
            ("ready_for_review", json!({}), true),
            ("closed", json!({}), true),
            ("converted_to_draft", json!({}), true),
            ("edited", base, true),
            ("edited", title, false),
            ("labeled", json!({}), false),
            ("opened", json!({ "pull_request": null }), false),
            ("opened", json!({ "repository": null }), false),
            ("opened", json!({ "installation": null }), true),
        ] {
            let wish = wish("pull_request", Some(action), &pull_request_event(&extra), 5);
            assert_eq!(matches!(wish, Wish::Look(_)), looks, "{action} {extra}");
        }
        let event = "pull_request_review_thread";
        let person = json!({ "sender": { "login": "ann", "type": "User" } });
        for (action, extra, looks) in [
            ("resolved", &person, true),
            ("unresolved", &person, true),
            ("outdated", &person, false),
            // Also we ourselves, whatever the App is called.
            ("resolved", &json!({}), false),
        ] {
            let wish = wish(event, Some(action), &pull_request_event(extra), 5);
            assert_eq!(matches!(wish, Wish::Look(_)), looks, "{action} {extra}");
        }
        assert!(matches!(wish("star", Some("created"), &json!({}), 5), Wish::Nothing(_)));
    }

    #[test]
    fn what_has_become_of_an_installation_is_understood() {
        for (event, action, told) in [
            ("installation", "created", Some(Told::Present(vec![1, 2]))),
            ("installation", "unsuspend", Some(Told::Present(vec![1, 2]))),
            ("installation", "new_permissions_accepted", Some(Told::Present(vec![1, 2]))),
            ("installation", "suspend", Some(Told::Suspended)),
            ("installation", "deleted", Some(Told::Removed)),
            ("installation", "unheard_of", None),
            ("installation_target", "renamed", Some(Told::Renamed)),
            ("installation_repositories", "added", Some(Told::Added(vec![3]))),
            ("installation_repositories", "removed", Some(Told::TakenOut(vec![4]))),
        ] {
            let payload = json!({
                "action": action,
                "installation": { "id": 9, "account": { "login": "acme" } },
                "account": { "login": "acme" },
                "repositories": [{ "id": 1, "full_name": "acme/a" }, { "id": 2 }],
                "repositories_added": [{ "id": 3 }], "repositories_removed": [{ "id": 4 }],
            });
            let account = Some("acme".to_owned());
            let expected = told.map(|told| Installation { id: 9, account, told });
            match (wish(event, Some(action), &payload, 5), expected) {
                (Wish::Installation(read), Some(expected)) => {
                    assert_eq!(read, expected, "{action}");
                }
                (Wish::Nothing(_), None) => {}
                (other, _) => panic!("{event} {action}: {other:?}"),
            }
        }
        let bare = json!({ "installation": { "id": 9 } });
        let told = Told::Present(Vec::new());
        let expected = Installation { id: 9, account: None, told };
        assert_eq!(wish("installation", Some("created"), &bare, 5), Wish::Installation(expected));
        assert!(matches!(wish("installation", Some("deleted"), &json!({}), 5), Wish::Nothing(_)));
    }

    #[test]
    fn what_is_heeded_is_asked_for_when_it_was_lost() {
        let events = [
            "pull_request",
            "check_run",
            "check_suite",
            "merge_group",
            "repository",
            "issue_comment",
            "pull_request_review_comment",
            "pull_request_review_thread",
            "installation_target",
            "github_app_authorization",
            "push",
            "star",
        ];
        let actions = [
            "opened",
            "reopened",
            "synchronize",
            "ready_for_review",
            "converted_to_draft",
            "edited",
            "closed",
            "labeled",
            "created",
            "deleted",
            "completed",
            "rerequested",
            "requested_action",
            "checks_requested",
            "destroyed",
            "renamed",
            "transferred",
            "archived",
            "unarchived",
            "privatized",
            "publicized",
            "resolved",
            "unresolved",
        ];
        let installation = [
            ("installation", "created"),
            ("installation", "deleted"),
            ("installation", "suspend"),
            ("installation", "unsuspend"),
            ("installation", "new_permissions_accepted"),
            ("installation_repositories", "added"),
            ("installation_repositories", "removed"),
        ];
        let crossed = events.iter().flat_map(|event| actions.map(|action| (*event, action)));
        for (event, action) in crossed.chain(installation) {
            let wish = wish(event, Some(action), &json!({}), 5);
            let ignored = matches!(
                wish,
                Wish::Nothing("nothing to do for this action" | "nothing to do for this event")
            );
            // What the default branch holds is told by the next push as well.
            let minor = event == "push";
            assert!(ignored || minor || heeds(event, Some(action)), "{event} {action}");
        }
    }

    #[test]
    fn a_check_is_run_again_when_it_is_ours() {
        for (event, field) in [("check_run", "check_run"), ("check_suite", "check_suite")] {
            for (app, again) in
                [(json!({ "id": 5 }), true), (json!({ "id": 6 }), false), (json!(null), false)]
            {
                let payload = json!({
                    field: { "head_sha": "abc", "app": app, "pull_requests": [] },
                    "repository": { "id": 1, "full_name": "o/r" },
                });
                let wish = wish(event, Some("rerequested"), &payload, 5);
                assert_eq!(matches!(wish, Wish::Again(_)), again, "{event} {payload}");
            }
        }
    }
}
