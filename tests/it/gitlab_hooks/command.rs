//! The command and the webhook of one project.

use asyncwarden::forge::simulator::Level;
use asyncwarden::forge::simulator::gitlab::HookOwner;
use serde_json::json;

use super::{SIGNING, Scene, TOKEN};

const WITH_TOKEN: (&str, &str) = ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", TOKEN);
const WITH_SIGNING: (&str, &str) = ("ASYNCWARDEN_GITLAB_SIGNING_TOKEN", SIGNING);

#[tokio::test]
async fn a_webhook_is_made_once_and_its_calls_are_taken() {
    let scene =
        Scene::start(&[("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", "secret-token-of-all,older")]).await;
    let made = scene.command(&["group/shop"]).await;
    made.did(&["created", "carry a secret token", "a test call arrived and was accepted"]);
    let hooks = scene.hooks();
    let hook = &hooks[0];
    assert_eq!(hook.owner, HookOwner::Project(scene.project("group/shop")));
    assert_eq!(hook.url, format!("http://{}/webhooks/gitlab", scene.service.addr));
    assert_eq!((hook.token.as_deref(), hook.signing_token.as_deref()), (Some(TOKEN), None));
    for (name, value) in [
        ("merge_requests_events", json!(true)),
        ("note_events", json!(true)),
        ("pipeline_events", json!(true)),
        ("push_events", json!(true)),
        ("push_events_branch_filter", json!("main")),
        ("branch_filter_strategy", json!("wildcard")),
        ("emoji_events", json!(false)),
        ("issues_events", json!(false)),
        ("enable_ssl_verification", json!(true)),
    ] {
        assert_eq!(hook.settings.get(name), Some(&value), "{name}");
    }
    assert_eq!(scene.announce("group/shop").await, [202]);
    assert_eq!(scene.service.worker.run_until_idle().await.unwrap(), 1);

    scene.command(&["group/shop"]).await.did(&["unchanged"]);
    let number = scene.project("group/shop").to_string();
    scene.simulator.state().gitlab.hooks[0].settings.insert("note_events".into(), json!(false));
    let settings = ["--no-test", "--no-tls-verification"];
    let changed = scene.command(&[&[number.as_str()], &settings[..]].concat()).await;
    changed.did(&["updated"]);
    assert!(!changed.out.contains("test call"), "{}", changed.out);
    let hooks = scene.hooks();
    assert_eq!(hooks.len(), 1);
    assert_eq!(hooks[0].settings["note_events"], json!(true));
    assert_eq!(hooks[0].settings["enable_ssl_verification"], json!(false));
    scene.end().await;
}

#[tokio::test]
async fn doubles_stay_until_they_are_to_be_removed() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.command(&["group/shop"]).await.did(&[]);
    {
        let mut state = scene.simulator.state();
        let mut double = state.gitlab.hooks[0].clone();
        double.id = state.next_id();
        let mut other = double.clone();
        (other.id, other.url) = (state.next_id(), "https://ci.example/hook".to_owned());
        state.gitlab.hooks.extend([double, other]);
    }
    let oldest = scene.hooks()[0].id;
    let told = scene.command(&["group/shop"]).await;
    told.did(&["has the same address", "--remove-doubles"]);
    assert_eq!(scene.hooks().len(), 3);
    scene.command(&["group/shop", "--remove-doubles"]).await.did(&["removed"]);
    let hooks = scene.hooks();
    assert_eq!(hooks.len(), 2);
    assert_eq!((hooks[0].id, hooks[1].url.as_str()), (oldest, "https://ci.example/hook"));

    let only = scene.command(&["group/shop", "--remove", "--dry-run"]).await;
    only.did(&["would be removed"]);
    assert_eq!(scene.hooks().len(), 2);
    scene.command(&["group/shop", "--remove"]).await.did(&["removed"]);
    assert_eq!(scene.hooks().len(), 1, "the other address is none of ours");
    scene.command(&["group/shop", "--remove"]).await.did(&["there is no webhook"]);
    scene.end().await;
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    let only = scene.command(&["group/shop", "--dry-run", "--new-secret", "--status-check"]).await;
    only.did(&["would be created", "a new secret would go into", "status check would be set"]);
    assert!(scene.hooks().is_empty());
    assert_eq!(scene.hooks_text(), "# Kept.\n");
    assert!(scene.simulator.state().requests.iter().all(|request| request.method == "GET"));
    scene.end().await;
}

#[tokio::test]
async fn a_signing_token_goes_before_a_secret_token() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.command(&["group/shop"]).await.did(&["carry a secret token"]);
    scene.end().await;

    let scene = Scene::start(&[WITH_TOKEN, WITH_SIGNING]).await;
    scene.command(&["group/shop"]).await.did(&["calls are signed", "was accepted"]);
    let hooks = scene.hooks();
    assert_eq!(hooks[0].signing_token.as_deref(), Some(SIGNING));
    assert_eq!(scene.announce("group/shop").await, [202]);
    // One that had a token in clear text before sends it no more.
    scene.simulator.state().gitlab.hooks[0].token = Some("clear".to_owned());
    scene.command(&["group/shop"]).await.did(&[]);
    assert_eq!(scene.hooks()[0].token, None);
    scene.end().await;
}

#[tokio::test]
async fn a_gitlab_that_can_not_sign_is_left_as_it_was() {
    for version in ["18.11.2-ee", "some build"] {
        let scene = Scene::start(&[WITH_SIGNING]).await;
        scene.simulator.state().gitlab.version = version.to_owned();
        let refused = scene.command(&["group/shop"]).await;
        refused.refused(&["signing token", "update GitLab"]);
        assert!(scene.hooks().is_empty(), "{version}");
        let id = {
            let mut state = scene.simulator.state();
            state.gitlab.version = "19.5.0".to_owned();
            state.next_id()
        };
        scene.command(&["group/shop"]).await.did(&["created"]);
        {
            let mut state = scene.simulator.state();
            state.gitlab.version = version.to_owned();
            let hook = &mut state.gitlab.hooks[0];
            (hook.id, hook.signing_token) = (id, None);
            hook.settings.insert("note_events".to_owned(), json!(false));
        }
        scene.command(&["group/shop"]).await.refused(&["update GitLab"]);
        let hooks = scene.hooks();
        assert_eq!((hooks.len(), hooks[0].id), (1, id), "{version}");
        assert_eq!(hooks[0].settings["note_events"], json!(false), "{version}");
        scene.end().await;
    }
}

#[tokio::test]
async fn what_a_person_has_to_do_is_said() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.command(&["group/nothing"]).await.refused(&["no project and no group group/nothing"]);
    scene.command(&["group/shop", "--each-project"]).await.refused(&["is a project"]);
    scene.command_with(&[], &["group/shop"]).await.refused(&["--new-secret"]);
    scene.command(&["group/shop", "--new-secret", "--remove"]).await.refused(&["--remove"]);
    // The service does not know this secret.
    let other = [("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", "another-secret-token")];
    for _ in 0..4 {
        let refused = scene.command_with(&other, &["group/shop"]).await;
        refused.refused(&["webhook of group/shop stands", "does not know this secret"]);
    }
    let healed = scene.command(&["group/shop"]).await;
    healed.did(&["switched it off until", "was accepted"]);
    assert_eq!(scene.hooks()[0].failures, 0);

    scene.simulator.state().gitlab.bot_level = Some(Level::Write);
    scene.command(&["group/shop"]).await.refused(&["only Maintainers", "for this command alone"]);
    scene
        .simulator
        .state()
        .gitlab
        .tokens
        .values_mut()
        .for_each(|it| it.scopes = vec!["read_api".into()]);
    scene.simulator.state().gitlab.bot_level = Some(Level::Admin);
    scene.command(&["group/shop"]).await.refused(&["needs the scope api"]);
    scene.end().await;
}

#[tokio::test]
async fn a_project_without_merge_requests_is_set_up_all_the_same() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.simulator.state().add_repository("group/empty", [("app.py", "")]);
    scene.command(&["group/empty"]).await.did(&["created", "needs a merge request first"]);
    scene.end().await;
}
