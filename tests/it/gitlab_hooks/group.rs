//! Webhooks of groups, and of each project of one.

use asyncwarden::forge::gitlab::{GitLab, GitLabConfig};
use asyncwarden::forge::simulator::gitlab::HookOwner;
use asyncwarden::forge::simulator::{BOT_TOKEN, Level};
use serde_json::json;

use super::{Scene, TOKEN};

const WITH_TOKEN: (&str, &str) = ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", TOKEN);

#[tokio::test]
async fn a_group_s_webhook_hears_of_all_projects_below_it() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.command(&["group"]).await.did(&["group: webhook", "created", "was accepted"]);
    let hooks = scene.hooks();
    assert_eq!(hooks[0].owner, HookOwner::Group("group".to_owned()));
    assert_eq!(hooks[0].settings["branch_filter_strategy"], json!("all_branches"));
    assert_eq!(scene.announce("group/sub/tools").await, [202]);
    assert_eq!(scene.announce("other/site").await, [0; 0]);
    scene.command(&["group"]).await.did(&["unchanged"]);
    scene.command(&["group", "--new-secret"]).await.did(&["calls are signed", "was accepted"]);
    assert_eq!(scene.announce("group/shop").await, [202]);
    scene.command(&["group", "--status-check"]).await.refused(&["--each-project"]);
    scene.end().await;
}

#[tokio::test]
async fn without_premium_each_project_gets_its_own() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.simulator.state().gitlab.premium = false;
    scene.command(&["group"]).await.refused(&["Premium", "--each-project"]);
    assert!(scene.hooks().is_empty());
    for keyset in [true, false] {
        scene.simulator.state().gitlab.keyset_projects = keyset;
        let done = scene.command(&["group", "--each-project"]).await;
        done.did(&["group/shop: webhook", "group/sub/tools: webhook"]);
        assert_eq!(scene.hooks().len(), 2);
    }
    assert_eq!(scene.announce("group/sub/tools").await, [202]);
    assert_eq!(scene.announce("other/site").await, [0; 0]);

    // One that can't be set up doesn't hold up the others.
    let shop = scene.project("group/shop");
    scene.simulator.state().grant(asyncwarden::forge::simulator::BOT_LOGIN, shop, Level::Write);
    scene.simulator.state().gitlab.hooks.clear();
    let some = scene.command(&["group", "--each-project", "--new-secret"]).await;
    some.refused(&["1 of 2 projects failed"]);
    assert!(some.out.contains("group/shop: failed: only Maintainers"), "{}", some.out);
    let tools = HookOwner::Project(scene.project("group/sub/tools"));
    assert_eq!(scene.hooks().iter().map(|it| &it.owner).collect::<Vec<_>>(), [&tools]);
    assert!(!scene.hooks_text().contains("group/shop"), "{}", scene.hooks_text());
    scene.end().await;
}

#[tokio::test]
async fn all_projects_of_a_large_group_are_found() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    for number in 0..205 {
        let name = format!("large/p{number:03}");
        scene.simulator.state().add_repository(&name, [("app.py", "")]);
    }
    let config = GitLabConfig::new(scene.server.url(), BOT_TOKEN.into());
    let gitlab = GitLab::new(&config).unwrap();
    for keyset in [true, false] {
        scene.simulator.state().gitlab.keyset_projects = keyset;
        let group = gitlab.place("large").await.unwrap().unwrap();
        let projects = gitlab.projects_of(&group).await.unwrap();
        let mut names: Vec<_> = projects.into_iter().map(|it| it.full_path).collect();
        names.sort();
        names.dedup();
        assert_eq!((names.len(), names[204].as_str()), (205, "large/p204"), "{keyset}");
    }
    scene.end().await;
}
