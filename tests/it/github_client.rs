//! The GitHub client against the simulated GitHub, over real HTTP.

use std::sync::Arc;
use std::time::Duration;

use asyncwarden::analysis::{Fingerprint, Place, Severity};
use asyncwarden::change::{FileChangeKind, is_python};
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::github::{GitHub, GitHubConfig};
use asyncwarden::forge::simulator::{
    APP_ID, APP_LOGIN, APP_PRIVATE_KEY, Fault, INSTALLATION_ID, NewChange, Running, Simulator,
};
use asyncwarden::forge::{
    ChangeRequest, Forge, ForgeError, ForgeKind, RepositoryRef, Retry, Revision, RevisionState,
};
use asyncwarden::review::{
    Annotation, Comment, CommentPlace, Conclusion, Gate, GateState, ThreadState,
};
use serde_json::{Value, json};

const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";
const HEAD: &str = "import asyncio\nimport time\n\n\nasync def poll():\n    time.sleep(1)\n";

struct World {
    simulator: Simulator,
    server: Running,
    repository: i64,
    number: i64,
    client: Arc<GitHub>,
}

impl World {
    /// A pull request that changes `app.py` and adds `new.py`.
    async fn start() -> Self {
        Self::start_below("").await
    }

    async fn start_below(path: &str) -> Self {
        let simulator = Simulator::new();
        let (repository, number) = {
            let mut state = simulator.state();
            let files = [
                ("app.py", BASE),
                ("lib/a b#é.py", "x = 1\n"),
                ("old.py", BASE),
                ("README", "hi\n"),
            ];
            let repository = state.add_repository("acme/shop", files);
            let head = [("app.py", Some(HEAD)), ("new.py", Some("a = 1\nb = 2\n"))];
            state.push(repository, "feature", head);
            state.push(repository, "main", [("other.py", Some("y = 1\n"))]);
            (repository, state.open_change(repository, NewChange::from_branch("feature", "Poll")))
        };
        let server = simulator.start(0).await.unwrap();
        let mut config = GitHubConfig::new(
            format!("{}{path}", server.url()),
            APP_ID.to_string(),
            APP_PRIVATE_KEY.into(),
        );
        config.waits = Waits::NONE;
        let client = Arc::new(GitHub::new(&config).unwrap());
        Self { simulator, server, repository, number, client }
    }

    fn change(&self) -> ChangeRequest {
        let repository = RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id: self.repository,
            full_name: "acme/shop".to_owned(),
            installation_id: Some(INSTALLATION_ID),
        };
        ChangeRequest { repository, number: self.number }
    }

    async fn revision(&self) -> Revision {
        self.client.look_up(&self.change()).await.unwrap()
    }

    fn fault(&self, method: &str, path: &str, fault: Fault) {
        self.simulator.state().faults.next(method, path, fault);
    }

    /// How often that was asked.
    fn asked(&self, method: &str, end: &str) -> usize {
        let state = self.simulator.state();
        let fits = |path: &str| path.ends_with(end);
        state.requests.iter().filter(|it| it.method == method && fits(&it.path)).count()
    }

    /// Bodies of the comments at lines and files.
    fn threads(&self) -> Vec<String> {
        let state = self.simulator.state();
        let change = state.change(self.repository, self.number).unwrap();
        change.threads.iter().map(|thread| thread.notes[0].body.clone()).collect()
    }

    async fn end(self) {
        crate::contract::keep(&self.simulator);
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        assert!(self.simulator.state().faults.is_spent(), "a planned fault did not happen");
        self.server.stop().await;
    }
}

fn comment(name: &str, path: &str, start_line: u32, line: u32) -> Comment {
    Comment {
        fingerprint: Fingerprint(name.to_owned()),
        also: Vec::new(),
        place: CommentPlace::Lines { path: path.to_owned(), start_line, line },
        body: format!("About {name}.\n\n<!-- marker {name} -->"),
    }
}

fn three() -> Vec<Comment> {
    vec![
        comment("one", "app.py", 2, 2),
        comment("two", "app.py", 5, 6),
        comment("three", "new.py", 1, 1),
    ]
}

#[tokio::test]
async fn a_revision_starts_at_the_merge_base() {
    let world = World::start().await;
    let revision = world.revision().await;
    let (merge_base, target) = {
        let state = world.simulator.state();
        let version = state.change(world.repository, world.number).unwrap().version();
        (version.merge_base.clone(), version.target.clone())
    };
    assert_ne!(merge_base, target);
    assert_eq!((revision.base_sha, revision.target_sha), (merge_base, target));
    assert_eq!((revision.state, revision.draft), (RevisionState::Open, false));
    assert_eq!(revision.author.as_deref(), Some("maria"));
    world.end().await;
}

#[tokio::test]
async fn files_come_with_their_hunks_also_where_the_diff_is_cut() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        state.push(world.repository, "feature", [("old.py", None), ("moved.py", Some(BASE))]);
        let number = world.number;
        state.change_mut(world.repository, number).unwrap().cut.insert("app.py".to_owned());
    }
    let revision = world.revision().await;
    let files = world.client.changed_files(&revision).await.unwrap();
    assert_eq!(files.omissions, Vec::<String>::new());
    let app = files.change.file("app.py").unwrap();
    assert!(!app.shown && app.is_changed(2) && app.is_changed(6) && !app.is_changed(1));
    let new = files.change.file("new.py").unwrap();
    assert!(new.shown && new.old_path.is_none() && new.is_changed(2));
    let moved = files.change.file("moved.py").unwrap();
    assert_eq!((moved.kind, moved.old_path.as_deref()), (FileChangeKind::Renamed, Some("old.py")));
    assert!(moved.hunks.is_empty() && moved.shown);
    world.simulator.state().push(world.repository, "feature", [("app.py", Some(BASE))]);
    let moved = world.client.changed_files(&revision).await;
    assert!(matches!(moved, Err(ForgeError::HeadMoved { .. })), "{moved:?}");
    world.end().await;
}

#[tokio::test]
async fn a_diff_that_github_could_not_compute_is_asked_for_again_later() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.fault("GET", "/repos/*/files", Fault::unprocessable("diff"));
    let error = world.client.changed_files(&revision).await.unwrap_err();
    assert_eq!(error.retry(), Retry::Later, "{error}");
    assert!(world.client.changed_files(&revision).await.is_ok());
    world.end().await;
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        let names: Vec<String> = (0..230).map(|n| format!("many/m{n}.py")).collect();
        let files = names.iter().map(|name| (name.as_str(), Some("x = 1\n")));
        state.push(world.repository, "feature", files);
    }
    let revision = world.revision().await;
    let files = world.client.changed_files(&revision).await.unwrap();
    assert_eq!((files.change.files.len(), files.omissions.len()), (232, 0));
    let lines: Vec<Comment> =
        (0..101).map(|n| comment(&n.to_string(), &format!("many/m{n}.py"), 1, 1)).collect();
    assert_eq!(world.client.publish(&revision, &lines).await.unwrap().posted.len(), 101);
    world.end().await;
}

#[tokio::test]
async fn a_list_that_grows_by_a_page_is_read_to_its_end() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        let names: Vec<String> = (0..101).map(|n| format!("many/m{n}.py")).collect();
        let files = names.iter().map(|name| (name.as_str(), Some("x = 1\n")));
        state.push(world.repository, "feature", files);
    }
    let revision = world.revision().await;
    let lines: Vec<Comment> =
        (0..101).map(|n| comment(&n.to_string(), &format!("many/m{n}.py"), 1, 1)).collect();
    // A full page, which is the last one, and stays as it is when there is another one.
    assert_eq!(world.client.publish(&revision, &lines[..100]).await.unwrap().posted.len(), 100);
    assert_eq!(world.client.conversation(&revision).await.unwrap().threads.len(), 100);
    for _ in 0..2 {
        assert_eq!(world.client.publish(&revision, &lines).await.unwrap().posted.len(), 101);
    }
    assert_eq!(world.threads().len(), 101);
    world.end().await;
}

#[tokio::test]
async fn an_app_that_is_not_told_who_it_is_knows_its_comments() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.fault("GET", "/app", Fault::Status(404, json!({ "message": "Not Found" })));
    let published = world.client.publish(&revision, &three()).await.unwrap();
    assert_eq!((published.posted.len(), world.threads().len()), (3, 3));
    world.end().await;
}

#[tokio::test]
async fn files_are_read_by_name_and_listed() {
    let world = World::start().await;
    let revision = world.revision().await;
    let paths = ["lib/a b#é.py", "new.py", "gone.py"].map(str::to_owned);
    let blobs = world.client.blobs(&revision, &revision.head_sha, &paths).await.unwrap();
    assert_eq!(blobs.keys().collect::<Vec<_>>(), ["lib/a b#é.py", "new.py"]);
    assert_eq!(&blobs["lib/a b#é.py"][..], b"x = 1\n");
    let tree = world.client.tree(&revision, &revision.head_sha, is_python).await.unwrap();
    assert!(tree.whole);
    assert_eq!(
        tree.files.keys().collect::<Vec<_>>(),
        ["app.py", "lib/a b#é.py", "new.py", "old.py"]
    );
    world.end().await;
}

#[tokio::test]
async fn comments_go_out_as_one_review_and_stand_once() {
    for base in ["", "/api/v3"] {
        let world = World::start_below(base).await;
        let revision = world.revision().await;
        let mut comments = three();
        comments[2].place = CommentPlace::File { path: "new.py".to_owned() };
        for _ in 0..2 {
            let published = world.client.publish(&revision, &comments).await.unwrap();
            assert_eq!(published.refused, []);
            let posted: Vec<_> =
                published.posted.iter().map(|it| it.fingerprint.0.as_str()).collect();
            assert_eq!(posted, ["one", "two", "three"]);
            assert!(
                published.posted.iter().all(|it| it.thread_id.starts_with("PRRT")),
                "{published:?}"
            );
        }
        assert_eq!(world.asked("POST", "/reviews"), 1);
        assert_eq!(world.threads().len(), 3);
        let said = world.client.conversation(&revision).await.unwrap();
        assert_eq!(said.threads[1].place, Some(comments[1].place.clone()));
        world.end().await;
    }
}

#[tokio::test]
async fn a_lost_answer_posts_nothing_twice() {
    use Fault::{BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated};
    for fault in [BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated] {
        let world = World::start().await;
        let revision = world.revision().await;
        let mut comments = three();
        comments[2].place = CommentPlace::File { path: "new.py".to_owned() };
        world.fault("POST", "*/pulls/*/reviews", fault.clone());
        world.fault("POST", "*/pulls/*/comments", fault.clone());
        world.fault("POST", "*/issues/*/comments", fault.clone());
        world.fault("POST", "*/check-runs", fault.clone());
        let published = world.client.publish(&revision, &comments).await.unwrap();
        assert_eq!((published.posted.len(), world.threads().len()), (3, 3), "{fault:?}");
        let summary = "Summary\n\n<!-- summary -->";
        let id = world.client.write_summary(&revision, None, summary).await.unwrap();
        let gate = gate(GateState::Running, 0);
        let handle = world.client.set_gate(&revision, "review-1", None, &gate).await.unwrap();
        {
            let state = world.simulator.state();
            let change = state.change(world.repository, world.number).unwrap();
            let comments: Vec<_> = change.comments.iter().map(|it| it.id.to_string()).collect();
            assert_eq!(comments, [id], "{fault:?}");
            let checks: Vec<_> = state.checks.iter().map(|it| it.id.to_string()).collect();
            assert_eq!(checks, [handle.0], "{fault:?}");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn a_refused_comment_stops_no_other() {
    let world = World::start().await;
    let revision = world.revision().await;
    let mut comments = three();
    comments.insert(1, comment("outside", "old.py", 1, 1));
    let published = world.client.publish(&revision, &comments).await.unwrap();
    assert_eq!(published.posted.len(), 3);
    assert_eq!(published.refused[0].fingerprint.0, "outside");
    assert_eq!((published.refused.len(), world.threads().len()), (1, 3));
    world.end().await;
}

#[tokio::test]
async fn a_review_refused_without_a_reason_is_halved() {
    let world = World::start().await;
    let revision = world.revision().await;
    // All three, then the first half (alone), pass is the second half.
    let refuse = Fault::unprocessable("Line could not be resolved");
    world.simulator.state().faults.plan("POST", "*/reviews", 0, 2, refuse);
    let published = world.client.publish(&revision, &three()).await.unwrap();
    assert_eq!(published.refused.len(), 1);
    assert_eq!(published.refused[0].fingerprint.0, "one");
    assert_eq!((published.posted.len(), world.threads().len()), (2, 2));
    world.end().await;
}

#[tokio::test]
async fn a_pending_review_of_ours_blocks_nothing() {
    let world = World::start().await;
    let revision = world.revision().await;
    let pending = asyncwarden::forge::simulator::Review {
        id: 77,
        author: APP_LOGIN.to_owned(),
        state: "PENDING".to_owned(),
        body: String::new(),
        commit: revision.head_sha.clone(),
        submitted_at: world.simulator.state().now(),
    };
    {
        let mut state = world.simulator.state();
        state.change_mut(world.repository, world.number).unwrap().reviews.push(pending);
    }
    let published = world.client.publish(&revision, &three()).await.unwrap();
    assert_eq!((published.posted.len(), published.refused.len()), (3, 0));
    world.end().await;
}

#[tokio::test]
async fn the_summary_is_changed_in_place_and_made_anew_when_deleted() {
    let world = World::start().await;
    let revision = world.revision().await;
    let body = |text: &str| format!("{text}\n\n<!-- summary -->");
    let write = async |id: Option<&str>, text| {
        world.client.write_summary(&revision, id, &body(text)).await.unwrap()
    };
    let id = write(None, "first").await;
    assert_eq!(write(Some(&id), "second").await, id);
    let comments = world.client.conversation(&revision).await.unwrap().comments;
    assert_eq!((comments.len(), comments[0].body.as_str()), (1, body("second").as_str()));
    {
        let mut state = world.simulator.state();
        state.change_mut(world.repository, world.number).unwrap().comments.clear();
    }
    assert_ne!(write(Some(&id), "third").await, id);
    world.end().await;
}

#[tokio::test]
async fn threads_are_settled_by_the_best_means_that_is_allowed() {
    for (contents, settled) in [("write", (true, false)), ("read", (false, true))] {
        let world = World::start().await;
        {
            let mut state = world.simulator.state();
            let installation = state.installations.get_mut(&INSTALLATION_ID).unwrap();
            installation.permissions.insert("contents".to_owned(), contents.to_owned());
        }
        let revision = world.revision().await;
        world.client.publish(&revision, &three()).await.unwrap();
        let said = world.client.conversation(&revision).await.unwrap();
        for thread in &said.threads {
            world.client.resolve(&revision, thread).await.unwrap();
        }
        {
            let state = world.simulator.state();
            for thread in &state.change(world.repository, world.number).unwrap().threads {
                let found = (thread.resolved_by.is_some(), thread.notes[0].minimized.is_some());
                assert_eq!(found, settled, "contents: {contents}");
            }
        }
        let said = world.client.conversation(&revision).await.unwrap();
        assert!(said.threads.iter().all(|it| it.state == ThreadState::ResolvedByUs), "{said:?}");
        // One for review; one that was asked for resolving, with success or not, and then never again.
        assert_eq!(world.asked("POST", "/access_tokens"), 2);
        world.end().await;
    }
}

#[tokio::test]
async fn a_comment_is_struck_out_where_nothing_else_is_allowed() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.client.publish(&revision, &three()[..1]).await.unwrap();
    let said = world.client.conversation(&revision).await.unwrap();
    let no = json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "no" }] });
    world.fault("POST", "/graphql", Fault::Status(200, no));
    world.client.resolve(&revision, &said.threads[0]).await.unwrap();
    let said = world.client.conversation(&revision).await.unwrap();
    assert_eq!(said.threads[0].state, ThreadState::ResolvedByUs);
    assert!(said.threads[0].body.ends_with("<!-- marker one -->"), "{}", said.threads[0].body);
    world.end().await;
}

#[tokio::test]
async fn what_people_did_is_told_apart() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.client.publish(&revision, &three()).await.unwrap();
    {
        let mut state = world.simulator.state();
        let reply = state.note("maria", "Why?");
        let threads = &mut state.change_mut(world.repository, world.number).unwrap().threads;
        threads[0].notes.push(reply);
        threads[1].resolved_by = Some("maria".to_owned());
    }
    let said = world.client.conversation(&revision).await.unwrap();
    let found: Vec<_> = said.threads.iter().map(|it| (it.state, it.answered)).collect();
    let (open, person) = (ThreadState::Open, ThreadState::ResolvedByPerson);
    assert_eq!(found, [(open, true), (person, false), (open, false)]);
    world.end().await;
}

fn gate(state: GateState, annotations: u32) -> Gate {
    let annotation = |line| Annotation {
        place: Place { path: "app.py".to_owned(), line, end_line: line, column: 1, end_column: 4 },
        severity: Severity::High,
        title: "AW501 blocking-sleep".to_owned(),
        message: format!("number {line}"),
    };
    Gate {
        state,
        title: "Findings".to_owned(),
        summary: "Some.".to_owned(),
        annotations: (1..=annotations).map(annotation).collect(),
        details_url: Some("https://warden.example/reviews/1".to_owned()),
    }
}

#[tokio::test]
async fn the_gate_goes_from_queued_to_completed_with_each_annotation_once() {
    for fault in [Fault::ResetAfter, Fault::BadGateway, Fault::Truncated] {
        let world = World::start().await;
        let revision = world.revision().await;
        let queued = gate(GateState::Queued, 0);
        let handle = world.client.set_gate(&revision, "r", None, &queued).await.unwrap();
        // A worker that lost the handle finds the run again.
        let running = gate(GateState::Running, 0);
        let again = world.client.set_gate(&revision, "r", None, &running).await.unwrap();
        assert_eq!(handle, again);
        // Each request appends, the last one ends the run.
        world.simulator.state().faults.plan("PATCH", "*/check-runs/*", 2, 1, fault);
        let completed = gate(GateState::Completed(Conclusion::Failed), 120);
        for _ in 0..2 {
            let set = world.client.set_gate(&revision, "r", Some(&handle), &completed).await;
            assert_eq!(set.unwrap(), handle);
        }
        {
            let state = world.simulator.state();
            let [check] = &state.checks[..] else { panic!("{:?}", state.checks) };
            assert_eq!(
                (check.status.as_str(), check.conclusion.as_deref()),
                ("completed", Some("failure"))
            );
            let lines: Vec<_> =
                check.annotations.iter().map(|it| it["start_line"].as_u64().unwrap()).collect();
            assert_eq!(lines, (1..=120).collect::<Vec<u64>>());
            // Who sees it completed sees all of it: nothing is appended afterwards.
            let patches: Vec<Value> = state
                .requests
                .iter()
                .filter(|it| it.method == "PATCH" && it.path.contains("/check-runs/"))
                .filter(|it| it.status != 502)
                .map(|it| serde_json::from_str(&it.body).unwrap())
                .collect();
            let first = patches.iter().position(|it| it["status"] == "completed").unwrap();
            let late = &patches[first + 1..];
            assert!(late.iter().all(|it| it["output"]["annotations"].is_null()), "{patches:#?}");
            assert_eq!(patches[first]["output"]["annotations"].as_array().unwrap().len(), 20);
        }
        world.end().await;
    }
}

#[tokio::test]
async fn a_token_is_minted_once_for_all_and_replaced_once_when_refused() {
    let world = World::start().await;
    let calls = (0..8).map(|_| world.revision());
    futures::future::join_all(calls).await;
    assert_eq!(world.asked("POST", "/access_tokens"), 1);
    world.fault("GET", "/repos/acme/shop/pulls/*", Fault::unauthorized());
    world.revision().await;
    assert_eq!(world.asked("POST", "/access_tokens"), 2);
    // Four minutes are too short to start with.
    world.simulator.state().github.token_life = chrono::TimeDelta::minutes(4);
    world.simulator.state().github.tokens.clear();
    world.revision().await;
    assert_eq!(world.asked("POST", "/access_tokens"), 4, "one for each of two calls");
    world.end().await;
}

#[tokio::test]
async fn the_installation_is_found_where_none_is_known() {
    let world = World::start().await;
    let mut change = world.change();
    change.repository.installation_id = None;
    for _ in 0..2 {
        assert!(world.client.look_up(&change).await.is_ok());
    }
    assert_eq!(world.asked("GET", "/installation"), 1);
    world.end().await;
}

#[tokio::test]
async fn a_limit_holds_back_all_of_the_installation() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.fault("GET", "*/git/trees/*", Fault::SecondaryLimit(90));
    let limited = world.client.tree(&revision, &revision.head_sha, is_python).await;
    let is_limit = |error: &ForgeError| match error {
        ForgeError::RateLimited { retry_after, .. } => *retry_after > Duration::from_secs(85),
        _ => false,
    };
    assert!(limited.as_ref().is_err_and(is_limit), "{limited:?}");
    let before = world.simulator.state().requests.len();
    let limited = world.client.look_up(&world.change()).await;
    assert!(limited.as_ref().is_err_and(is_limit), "{limited:?}");
    assert_eq!(world.simulator.state().requests.len(), before, "nothing was sent");
    world.end().await;
}

#[tokio::test]
async fn reading_survives_a_bad_moment() {
    let world = World::start().await;
    for fault in [Fault::BadGateway, Fault::ResetBefore, Fault::Truncated] {
        world.fault("GET", "*/pulls/*", fault);
    }
    world.revision().await;
    world.end().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let world = World::start().await;
    let files: Vec<(String, Option<&str>)> =
        (0..250).map(|at| (format!("many/{at}.py"), Some("x = 1\n"))).collect();
    let files = files.iter().map(|(path, text)| (path.as_str(), *text));
    world.simulator.state().push(world.repository, "feature", files);
    let revision = world.revision().await;
    let first = world.client.changed_files(&revision).await.unwrap();
    assert_eq!(first.change.files.len(), 252);
    let asked = world.simulator.state().requests.len();
    assert_eq!(world.revision().await, revision);
    let second = world.client.changed_files(&revision).await.unwrap();
    assert_eq!(second.change, first.change, "also the pages that come after the first");
    let statuses: Vec<u16> =
        world.simulator.state().requests[asked..].iter().map(|request| request.status).collect();
    assert_eq!(statuses, vec![304; statuses.len()]);
    world.simulator.state().push(world.repository, "feature", [("app.py", Some("y = 2\n"))]);
    assert_ne!(world.revision().await.head_sha, revision.head_sha, "what changed is sent");
    world.end().await;
}
