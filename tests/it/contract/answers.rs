//! GitHub's own examples of its answers are understood.

use std::collections::BTreeMap;

use asyncwarden::forge::simulator::Fault;
use asyncwarden::forge::{CommentRef, Forge, Person, Reaction};
use asyncwarden::review::{Comment, CommentPlace, GateState};
use chrono::DateTime;
use serde_json::{Value, json};

use super::routes::ROUTES;
use super::scene::Scene;
use super::{node, script};

/// For each operation that the client uses: status and body.
type Answers = BTreeMap<&'static str, (u16, Value)>;

/// `None` where the packages are not installed.
fn answers() -> Option<Answers> {
    let all = node::run("answers.mjs", &Value::Null)?;
    let answer = |route: &'static str| {
        let answer = all.get(route)?;
        Some((route, (answer["status"].as_u64()? as u16, answer["body"].clone())))
    };
    Some(ROUTES.iter().copied().filter_map(answer).collect())
}

/// From now on the simulated GitHub answers with the examples.
fn plan(scene: &Scene, answers: &Answers) {
    let part = |part: &str| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() };
    let pattern = |path: &str| path.split('/').map(part).collect::<Vec<_>>().join("/");
    let mut planned: Vec<_> = answers.iter().collect();
    // A star stands for anything, so what is spelled out further goes first.
    planned.sort_by_key(|(route, _)| std::cmp::Reverse(pattern(route).len()));
    for (route, (status, body)) in planned {
        let (method, path) = route.split_once(' ').unwrap();
        let fault = Fault::Status(*status, body.clone());
        scene.simulator.state().faults.plan(method, &pattern(path), 0, 100, fault);
    }
}

#[tokio::test]
async fn githubs_own_examples_are_understood() {
    let Some(answers) = answers() else { return };
    let example = |route: &str| &answers[route].1;
    let scene = Scene::start("").await;
    let mut change = scene.open("client", &[("app.py", "x = 1\n")]);
    change.repository.installation_id = None;
    plan(&scene, &answers);
    let client = &scene.client;

    let pull = example("GET /repos/{owner}/{repo}/pulls/{pull_number}");
    let compared = example("GET /repos/{owner}/{repo}/compare/{basehead}");
    let revision = client.look_up(&change).await.unwrap();
    assert_eq!(json!(revision.head_sha), pull["head"]["sha"]);
    assert_eq!(json!(revision.target_sha), pull["base"]["sha"]);
    assert_eq!(json!(revision.base_sha), compared["merge_base_commit"]["sha"]);
    assert_eq!(json!(revision.target_branch), pull["base"]["ref"]);
    assert_eq!(json!(revision.title), pull["title"]);
    assert_eq!(json!(revision.author), pull["user"]["login"]);
    assert_eq!(json!(revision.draft), pull["draft"]);
    assert_eq!(json!(revision.web_url), pull["html_url"]);
    let repository = &revision.change.repository;
    assert_eq!(json!(repository.full_name), pull["base"]["repo"]["full_name"]);
    assert_eq!(json!(repository.external_id), pull["base"]["repo"]["id"]);

    let listed = example("GET /repos/{owner}/{repo}/pulls");
    let open = client.open_changes(repository, 10).await.unwrap();
    assert_eq!(json!(open[0].number), listed[0]["number"]);
    assert_eq!(json!(open[0].head_sha), listed[0]["head"]["sha"]);
    let listed = listed[0]["updated_at"].as_str().unwrap();
    assert_eq!(open[0].updated_at, DateTime::parse_from_rfc3339(listed).unwrap());

    let files = client.changed_files(&revision).await.unwrap();
    let listed = example("GET /repos/{owner}/{repo}/pulls/{pull_number}/files");
    assert_eq!(json!(files.change.files[0].path), listed[0]["filename"]);
    let tree = client.tree(&revision, &revision.head_sha, |_| true).await.unwrap();
    assert_eq!(tree.files.keys().collect::<Vec<_>>(), ["exec_file", "file.rb"]);

    // Nobody in the examples is our App.
    let said = client.conversation(&revision).await.unwrap();
    assert_eq!((said.threads.len(), said.comments.len()), (0, 0));
    let comment = Comment {
        fingerprint: asyncwarden::analysis::Fingerprint("f".to_owned()),
        also: Vec::new(),
        place: CommentPlace::Lines { path: "app.py".to_owned(), start_line: 1, line: 1 },
        body: "About it.\n\n<!-- marker -->".to_owned(),
    };
    let published = client.publish(&revision, &[comment]).await.unwrap();
    assert_eq!((published.posted.len(), published.refused.len()), (0, 1), "it does not stand");
    let created = example("POST /repos/{owner}/{repo}/issues/{issue_number}/comments");
    let id = client.write_summary(&revision, None, "Summary").await.unwrap();
    assert_eq!(json!(id), json!(created["id"].to_string()));
    assert_eq!(client.write_summary(&revision, Some(&id), "Changed").await.unwrap(), id);

    let octocat = Person { id: 1, login: "octocat".to_owned() };
    assert!(client.may_command(&change, &octocat).await.unwrap());
    let comment = CommentRef { id: "1".to_owned(), thread: Some("1".to_owned()) };
    client.react(&change, &comment, Reaction::Done).await.unwrap();
    client.answer(&change, &comment, "Answer").await.unwrap();

    let created = example("POST /repos/{owner}/{repo}/check-runs");
    let running = script::gate(GateState::Running, 0);
    let handle = client.set_gate(&revision, "r", None, &running).await.unwrap();
    assert_eq!(json!(handle.0), json!(created["id"].to_string()));
    let again = client.set_gate(&revision, "r", Some(&handle), &running).await.unwrap();
    assert_eq!(again, handle);
    // Both attempts of the example are successes.
    assert_eq!(client.redeliver_failed(DateTime::UNIX_EPOCH).await.unwrap(), 0);
    scene.simulator.state().faults.clear();
    scene.end().await;
}
