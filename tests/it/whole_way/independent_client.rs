//! What the service wrote on the simulated GitLab, read by a client that others wrote; and what that client writes there.
//! Both know GitLab from elsewhere: where the simulated one is wrong, they don't agree.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::gitlab::{HookOwner, InstalledHook};
use asyncwarden::forge::simulator::{
    Anchor, BOT_LOGIN, BOT_TOKEN, Change, Level, NewChange, Note, State, Thread, Version,
};
use asyncwarden::settings::StoreSettings;
use serde_json::{Value, json};

use super::world::{BASE, BLOCKING, World, in_memory};
use crate::contract::python;

const MORE: &str = "import time\nimport requests\n\n\nasync def poll():\n    time.sleep(1)\n\n\nasync def fetch():\n    requests.get('x')\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_others_wrote_sees_what_the_service_did() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world =
        World::start(ForgeKind::GitLab, store, &[("lib/util.py", "x = 1\n")], |_| {}).await;
    world.open(&[("app.py", BLOCKING)]).await;
    world.push_and_review(&[("app.py", MORE)]).await;
    world.push_and_review(&[("app.py", &MORE.replace("    time.sleep(1)", "    pass"))]).await;
    let (member, project) = prepare(&world);
    let asked = json!({
        "url": world.simulator.url(),
        "token": BOT_TOKEN,
        "project": "acme/shop",
        "group": "acme",
        "iid": world.number(),
        "member": member,
    });
    let before = expected(&world.simulator.state(), project, world.number());
    let answer = tokio::task::spawn_blocking(move || python::run("gitlab_client.py", &asked));
    let Some(answer) = answer.await.unwrap() else { return };
    for (name, value) in before.as_object().unwrap() {
        assert_eq!(answer["read"][name], *value, "{name}");
    }
    assert_eq!(answer["read"].as_object().unwrap().len(), before.as_object().unwrap().len());
    check_made(&world, &answer["made"]);
    world.end().await;
}

/// More than one of most things, so that lists have several pages. Returns the number of a member and of the project.
fn prepare(world: &World) -> (i64, i64) {
    let mut state = world.simulator.state();
    for name in ["acme/api", "acme/web/site", "acme/web/docs", "other/x"] {
        state.add_repository(name, [("app.py", BASE)]);
    }
    state.grant("maria", world.repository, Level::Write);
    state.gitlab.bot_level = Some(Level::Admin);
    for number in 0..3 {
        let id = state.next_id();
        let created_at = state.now();
        state.gitlab.hooks.push(InstalledHook {
            id,
            owner: HookOwner::Project(world.repository),
            url: format!("https://ci.example/{number}"),
            token: None,
            signing_token: None,
            settings: [("merge_requests_events", json!(number > 0))]
                .into_iter()
                .chain([
                    ("note_events", json!(false)),
                    ("push_events_branch_filter", json!("main")),
                ])
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            failures: 0,
            disabled_until: None,
            created_at,
        });
    }
    let text = state.note("maria", "Looks good.");
    state.change_mut(world.repository, world.number()).unwrap().comments.push(text);
    state.push(world.repository, "second", [("app.py", Some("x = 1\n"))]);
    state.open_change(world.repository, NewChange::from_branch("second", "Another"));
    (state.people["maria"].id, world.repository)
}

/// What the platform holds, in the words of the script.
fn expected(state: &State, project: i64, number: i64) -> Value {
    let repository = &state.repositories[&project];
    let change = state.change(project, number).unwrap();
    let Version { head, merge_base, target, .. } = change.version();
    let tree = &state.commits[head].files;
    let files = state.diff(merge_base, head);
    let mut first: Vec<(i64, Value)> = change
        .threads
        .iter()
        .map(|thread| {
            (
                thread.notes[0].id,
                json!(thread.notes.iter().map(|n| placed(thread, n)).collect::<Vec<_>>()),
            )
        })
        .chain(change.comments.iter().map(|note| (note.id, json!([plain(note)]))))
        .collect();
    first.sort_by_key(|(id, _)| *id);
    let mut notes: Vec<&Note> = every_note(change);
    notes.sort_by_key(|note| note.id);
    let statuses: Vec<Value> = state
        .statuses
        .iter()
        .filter(|status| status.sha == *head)
        .map(|it| json!([it.name, it.state, it.description, it.target_url]))
        .collect();
    let own = |name: &&str| name.starts_with("acme/");
    let projects: Vec<&str> =
        state.repositories.values().map(|it| it.full_name.as_str()).filter(own).collect();
    let mut folders = vec!["README.md".to_owned(), "app.py".to_owned(), "lib".to_owned()];
    folders.sort();
    json!({
        "version": state.gitlab.version,
        "user": BOT_LOGIN,
        "scopes": ["api"],
        "project": [project, repository.full_name, repository.default_branch],
        "requests": [number + 1, number],
        "request": [change.title, "opened", head, change.draft],
        "refs": { "base_sha": merge_base, "head_sha": head, "start_sha": target },
        "versions": change.versions.iter().rev()
            .map(|it| json!([it.head, it.merge_base, it.target])).collect::<Vec<_>>(),
        "diffs": files.iter().map(|file| json!([file.path, file.path, body_of(file)])).collect::<Vec<_>>(),
        "changes": files.len(),
        "commits": state.history(head).into_iter().filter(|sha| !state.is_ancestor(sha, merge_base)).collect::<Vec<_>>(),
        "discussions": first.into_iter().map(|(_, notes)| notes).collect::<Vec<_>>(),
        "notes": notes.iter().map(|note| &note.body).collect::<Vec<_>>(),
        "statuses": statuses,
        "pipelines": state.gitlab.pipelines.iter().rev().filter(|it| it.repository == project).map(|it| it.id).collect::<Vec<_>>(),
        "hooks": (0..3).map(|at| json!([format!("https://ci.example/{at}"), at > 0, false, "main"])).collect::<Vec<_>>(),
        "checks": [],
        "level": 30,
        "projects": projects,
        "keyset": projects,
        "file": String::from_utf8_lossy(&tree["app.py"]),
        "tree": folders,
    })
}

fn every_note(change: &Change) -> Vec<&Note> {
    change.threads.iter().flat_map(|thread| &thread.notes).chain(&change.comments).collect()
}

fn plain(note: &Note) -> Value {
    json!([note.author, note.body, null, null, false])
}

fn placed(thread: &Thread, note: &Note) -> Value {
    let sent = &thread.sent;
    let current = thread.current.as_ref().and_then(Anchor::last_line);
    let line = current.map(|(_, line)| line).or(sent["new_line"].as_u64().map(|line| line as u32));
    json!([note.author, note.body, sent["new_path"], line, thread.resolved_by.is_some()])
}

/// The hunks of a file as text.
fn body_of(file: &asyncwarden::forge::simulator::FileDiff) -> String {
    file.patch().unwrap_or_default()
}

fn check_made(world: &World, made: &Value) {
    let state = world.simulator.state();
    let change = state.change(world.repository, world.number()).unwrap();
    let thread = change.threads.last().unwrap();
    let said: Vec<&str> = thread.notes.iter().map(|note| note.body.as_str()).collect();
    assert_eq!(said, ["By hand.", "And an answer."]);
    assert_eq!(thread.resolved_by.as_deref(), Some(BOT_LOGIN));
    assert_eq!(thread.sent["new_line"], json!(1));
    assert_eq!(made["refused"], json!(400));
    let note = change.comments.iter().find(|note| made["note"] == json!(note.id)).unwrap();
    assert_eq!(note.body, "A note, changed.");
    let status = state.statuses.iter().find(|status| status.name == "other").unwrap();
    assert_eq!((status.state.as_str(), made["status"].as_str()), ("success", Some("success")));
    let hook = state.gitlab.hooks.last().unwrap();
    assert_eq!(made["hook"], json!([hook.id, true, false]));
    assert_eq!((hook.url.as_str(), hook.token.as_deref()), ("https://ci.example/hook", Some("t")));
    assert_eq!(hook.settings["note_events"], json!(true));
    assert_eq!(state.gitlab.hooks.len(), 4, "the one that was deleted is gone");
    let check = &state.gitlab.external_checks[0];
    assert_eq!(made["check"], json!([check.id, false]));
}
