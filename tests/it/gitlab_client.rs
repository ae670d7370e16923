//! The GitLab client against the simulated GitLab, over real HTTP.

mod approvals;
mod drafts;
mod positions;
mod status_checks;

use std::time::Duration;

use asyncwarden::analysis::Fingerprint;
use asyncwarden::change::{FileChangeKind, is_python};
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::gitlab::{GitLab, GitLabConfig};
use asyncwarden::forge::simulator::{
    BOT_LOGIN, BOT_TOKEN, Change, Fault, Level, NewChange, Running, Simulator,
};
use asyncwarden::forge::{
    ChangeRequest, Forge, ForgeError, ForgeKind, GateHandle, RepositoryRef, Revision, RevisionState,
};
use asyncwarden::review::{Comment, CommentPlace, Conclusion, Gate, GateState, ThreadState};
use serde_json::json;

const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";
const HEAD: &str = "import asyncio\nimport time\n\n\nasync def poll():\n    time.sleep(1)\n";

struct World {
    simulator: Simulator,
    server: Running,
    repository: i64,
    number: i64,
    client: GitLab,
}

impl World {
    /// A merge request that changes `app.py` and adds `new.py`.
    async fn start() -> Self {
        Self::start_from(None).await
    }

    /// The same from somebody's fork.
    async fn start_from(fork: Option<&str>) -> Self {
        let simulator = Simulator::new();
        let (repository, number) = {
            let mut state = simulator.state();
            let far: String = (1..=40).map(|line| format!("line_{line} = {line}\n")).collect();
            let app = format!("{BASE}{far}");
            let files = [
                ("app.py", app.as_str()),
                ("lib/a b#é.py", "x = 1\n"),
                ("old.py", BASE),
                ("README", "hi\n"),
            ];
            let repository = state.add_repository("group/sub/shop", files);
            let mut new = NewChange::from_branch("feature", "Poll");
            new.fork = fork.map(|login| state.fork(repository, login));
            let source = new.fork.unwrap_or(repository);
            let head = format!("{HEAD}{far}");
            state.push(
                source,
                "feature",
                [("app.py", Some(head.as_str())), ("new.py", Some("a = 1\nb = 2\n"))],
            );
            state.push(repository, "main", [("other.py", Some("y = 1\n"))]);
            (repository, state.open_change(repository, new))
        };
        let server = simulator.start(0).await.unwrap();
        let client = client(server.url(), BOT_TOKEN);
        Self { simulator, server, repository, number, client }
    }

    fn request(&self) -> ChangeRequest {
        let repository = RepositoryRef {
            forge: ForgeKind::GitLab,
            external_id: self.repository,
            full_name: "group/sub/before".to_owned(),
            installation_id: None,
        };
        ChangeRequest { repository, number: self.number }
    }

    async fn revision(&self) -> Revision {
        self.client.look_up(&self.request()).await.unwrap()
    }

    fn fault(&self, method: &str, path: &str, fault: Fault) {
        self.simulator.state().faults.next(method, path, fault);
    }

    /// An older server, which takes comments one by one.
    fn without_drafts(self) -> Self {
        self.simulator.state().gitlab.version = "15.9.0".to_owned();
        self
    }

    /// How often that was asked.
    fn asked(&self, method: &str, end: &str) -> usize {
        let state = self.simulator.state();
        state.requests.iter().filter(|it| it.method == method && it.path.ends_with(end)).count()
    }

    fn change(&self) -> Change {
        self.simulator.state().change(self.repository, self.number).unwrap().clone()
    }

    /// Project, state and description of each status.
    fn statuses(&self) -> Vec<(i64, String, String)> {
        let state = self.simulator.state();
        let shown = |text: &Option<String>| text.clone().unwrap_or_default();
        let all = state.statuses.iter();
        all.map(|it| (it.repository, it.state.clone(), shown(&it.description))).collect()
    }

    async fn gate(
        &self,
        revision: &Revision,
        handle: Option<&GateHandle>,
        gate: GateState,
    ) -> GateHandle {
        self.client.set_gate(revision, "review-1", handle, &a_gate(gate)).await.unwrap()
    }

    async fn end(self) {
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        assert!(self.simulator.state().faults.is_spent(), "a planned fault did not happen");
        self.server.stop().await;
    }
}

fn client(url: &str, token: &str) -> GitLab {
    client_with(url, token, |_| {})
}

fn client_with(url: &str, token: &str, set: impl Fn(&mut GitLabConfig)) -> GitLab {
    let mut config = GitLabConfig::new(url, token.into());
    config.waits = Waits::NONE;
    config.diff_waits = vec![Duration::ZERO; 3];
    set(&mut config);
    GitLab::new(&config).unwrap()
}

fn comment(name: &str, path: &str, start_line: u32, line: u32) -> Comment {
    Comment {
        fingerprint: Fingerprint(name.to_owned()),
        also: Vec::new(),
        place: CommentPlace::Lines { path: path.to_owned(), start_line, line },
        body: format!("About {name}.\n\n<!-- asyncwarden:v1 finding {name} head 00 -->"),
    }
}

fn three() -> Vec<Comment> {
    vec![
        comment("one", "app.py", 2, 2),
        comment("two", "app.py", 5, 6),
        comment("three", "new.py", 1, 2),
    ]
}

fn a_gate(state: GateState) -> Gate {
    Gate {
        state,
        title: "Title".to_owned(),
        summary: "Summary".to_owned(),
        annotations: Vec::new(),
        details_url: Some("https://review.example/1".to_owned()),
    }
}

#[tokio::test]
async fn a_revision_is_one_version_with_its_three_commits() {
    let world = World::start().await;
    let revision = world.revision().await;
    let version = world.change().version().clone();
    assert_ne!(version.merge_base, version.target);
    assert_eq!(
        (revision.head_sha, revision.base_sha, revision.target_sha),
        (version.head, version.merge_base, version.target)
    );
    assert_eq!((revision.state, revision.draft), (RevisionState::Open, false));
    assert_eq!(revision.author.as_deref(), Some("maria"));
    assert_eq!(revision.change.repository.full_name, "group/sub/shop");
    assert!(revision.web_url.ends_with("/group/sub/shop/-/merge_requests/1"));
    world.end().await;
}

#[tokio::test]
async fn a_diff_that_is_not_there_yet_is_waited_for() {
    let world = World::start().await;
    let key = (world.repository, world.number);
    world.simulator.state().gitlab.unprepared.insert(key, 3);
    world.revision().await;
    world.simulator.state().gitlab.unprepared.insert(key, 4);
    let refused = world.client.look_up(&world.request()).await;
    assert!(matches!(refused, Err(ForgeError::NotReady { .. })), "{refused:?}");
    world.end().await;
}

#[tokio::test]
async fn a_token_that_does_not_work_is_a_matter_of_set_up() {
    let world = World::start().await;
    let refused = client(world.server.url(), "glpat-wrong").look_up(&world.request()).await;
    assert!(matches!(refused, Err(ForgeError::Setup { .. })), "{refused:?}");
    world.end().await;
}

#[tokio::test]
async fn files_come_with_their_hunks_also_where_the_diff_is_folded() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        let files = [("old.py", None), ("moved.py", Some(BASE)), ("logo.png", Some("\0"))];
        state.push(world.repository, "feature", files);
        state.change_mut(world.repository, world.number).unwrap().cut.insert("app.py".to_owned());
    }
    let revision = world.revision().await;
    let files = world.client.changed_files(&revision).await.unwrap();
    assert_eq!(files.omissions, Vec::<String>::new());
    let app = files.change.file("app.py").unwrap();
    assert!(app.shown && app.is_changed(2) && app.is_changed(6) && !app.is_changed(1));
    let new = files.change.file("new.py").unwrap();
    assert!(new.old_path.is_none() && new.is_changed(2));
    let moved = files.change.file("moved.py").unwrap();
    assert_eq!((moved.kind, moved.old_path.as_deref()), (FileChangeKind::Renamed, Some("old.py")));
    assert!(moved.hunks.is_empty());
    let version = format!("*/versions/{}", world.change().version().id);
    world.fault(
        "GET",
        &version,
        Fault::Status(500, json!({ "message": "500 Internal Server Error" })),
    );
    world.simulator.state().faults.plan("GET", &version, 0, 3, Fault::BadGateway);
    assert_eq!(world.client.changed_files(&revision).await.unwrap(), files, "page by page");
    world.simulator.state().push(world.repository, "feature", [("app.py", Some(BASE))]);
    let moved = world.client.changed_files(&revision).await;
    assert!(matches!(moved, Err(ForgeError::HeadMoved { .. })), "{moved:?}");
    world.end().await;
}

#[tokio::test]
async fn files_are_read_by_name_and_listed_to_the_last_page() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        let names: Vec<String> = (0..250).map(|at| format!("many/f{at:03}.py")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), Some("z = 1\n"))).collect();
        state.push(world.repository, "feature", files);
    }
    let revision = world.revision().await;
    let paths = ["lib/a b#é.py", "new.py", "gone.py"].map(str::to_owned);
    let blobs = world.client.blobs(&revision, &revision.head_sha, &paths).await.unwrap();
    assert_eq!(blobs.keys().collect::<Vec<_>>(), ["lib/a b#é.py", "new.py"]);
    assert_eq!(&blobs["lib/a b#é.py"][..], b"x = 1\n");
    let tree = world.client.tree(&revision, &revision.head_sha, is_python).await.unwrap();
    assert!(tree.whole);
    assert_eq!(tree.files.len(), 254);
    assert!(tree.files.contains_key("many/f249.py") && !tree.files.contains_key("README"));
    assert_eq!(world.client.changed_files(&revision).await.unwrap().change.files.len(), 252);
    world.end().await;
}

#[tokio::test]
async fn comments_stand_once_at_their_places() {
    let world = World::start().await;
    let revision = world.revision().await;
    let mut comments = three();
    comments.push(comment("context", "app.py", 4, 5));
    comments.push(comment("far", "app.py", 30, 31));
    comments.push(comment("near", "app.py", 8, 30));
    comments.push(comment("file", "new.py", 1, 1));
    comments[6].place = CommentPlace::File { path: "new.py".to_owned() };
    for _ in 0..2 {
        let published = world.client.publish(&revision, &comments).await.unwrap();
        assert_eq!(published.refused, []);
        let mut names: Vec<_> =
            published.posted.iter().map(|it| it.fingerprint.0.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["context", "far", "file", "near", "one", "three", "two"]);
    }
    assert_eq!(world.asked("POST", "/draft_notes"), comments.len());
    let said = world.client.conversation(&revision).await.unwrap();
    for (thread, comment) in said.threads.iter().zip(&comments) {
        assert_eq!((&thread.body, &thread.place), (&comment.body, &Some(comment.place.clone())));
        assert_eq!((thread.state, thread.answered), (ThreadState::Open, false));
    }
    world.end().await;
}

#[tokio::test]
async fn a_comment_without_its_line_hangs_on_the_file_and_stops_no_other() {
    let world = World::start().await;
    let revision = world.revision().await;
    let mut comments = three();
    comments.insert(1, comment("beyond", "app.py", 900, 900));
    comments.insert(2, comment("outside", "old.py", 1, 1));
    let published = world.client.publish(&revision, &comments).await.unwrap();
    assert_eq!(published.posted.len(), 4);
    let refused: Vec<_> = published.refused.iter().map(|it| it.fingerprint.0.as_str()).collect();
    assert_eq!(refused, ["outside"]);
    let said = world.client.conversation(&revision).await.unwrap();
    assert_eq!(said.threads[1].place, Some(CommentPlace::File { path: "app.py".to_owned() }));
    world.end().await;
}

#[tokio::test]
async fn a_lost_answer_posts_nothing_twice() {
    use Fault::{BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated};
    for fault in [BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated] {
        let world = World::start().await.without_drafts();
        let revision = world.revision().await;
        world.fault("POST", "*/discussions", fault.clone());
        world.fault("POST", "*/notes", fault.clone());
        world.fault("POST", "*/statuses/*", fault.clone());
        let published = world.client.publish(&revision, &three()).await.unwrap();
        assert_eq!((published.posted.len(), world.change().threads.len()), (3, 3), "{fault:?}");
        let id = world.client.write_summary(&revision, None, "Summary").await.unwrap();
        let notes: Vec<_> = world.change().comments.iter().map(|it| it.id.to_string()).collect();
        assert_eq!(notes, [id], "{fault:?}");
        world.gate(&revision, None, GateState::Running).await;
        assert_eq!(world.statuses().len(), 1, "{fault:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_comment_that_gitlab_fails_on_stops_no_other() {
    let world = World::start().await.without_drafts();
    let revision = world.revision().await;
    world.simulator.state().faults.plan("POST", "*/discussions", 1, 3, Fault::BadGateway);
    let published = world.client.publish(&revision, &three()).await.unwrap();
    assert_eq!((published.posted.len(), published.refused.len()), (2, 1));
    assert_eq!(published.refused[0].fingerprint.0, "two");
    world.end().await;

    let world = World::start().await.without_drafts();
    let revision = world.revision().await;
    world.simulator.state().faults.plan("POST", "*/discussions", 1, 6, Fault::BadGateway);
    let failed = world.client.publish(&revision, &three()).await;
    assert!(matches!(failed, Err(ForgeError::Status { status: 502, .. })), "{failed:?}");
    assert_eq!(world.client.publish(&revision, &three()).await.unwrap().posted.len(), 3);
    assert_eq!(world.change().threads.len(), 3);
    world.end().await;
}

#[tokio::test]
async fn a_limit_without_a_time_holds_everything_back_for_a_minute() {
    let world = World::start().await.without_drafts();
    let revision = world.revision().await;
    let body = json!({ "message": { "error": "This endpoint has been requested too many times. Try again later." } });
    world.fault("POST", "*/discussions", Fault::Status(429, body));
    let limited = world.client.publish(&revision, &three()).await;
    let Err(ForgeError::RateLimited { retry_after, .. }) = limited else { panic!("{limited:?}") };
    assert_eq!(retry_after, Duration::from_secs(60));
    let before = world.simulator.state().requests.len();
    let held = world.client.look_up(&world.request()).await;
    assert!(matches!(held, Err(ForgeError::RateLimited { .. })), "{held:?}");
    assert_eq!(world.simulator.state().requests.len(), before, "nothing was sent");
    world.end().await;

    let world = World::start().await.without_drafts();
    world.fault("GET", "*/merge_requests/1", Fault::TooManyRequests(Some(7)));
    let limited = world.client.look_up(&world.request()).await;
    let Err(ForgeError::RateLimited { retry_after, .. }) = limited else { panic!("{limited:?}") };
    assert_eq!(retry_after, Duration::from_secs(7));
    world.end().await;
}

#[tokio::test]
async fn threads_are_told_apart_by_who_wrote_and_resolved_them() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.client.publish(&revision, &three()).await.unwrap();
    let said = world.client.conversation(&revision).await.unwrap();
    world.client.resolve(&revision, &said.threads[0]).await.unwrap();
    {
        let mut state = world.simulator.state();
        let reply = state.note("maria", "Why?");
        let change = state.change_mut(world.repository, world.number).unwrap();
        change.threads[1].resolved_by = Some("maria".to_owned());
        change.threads[1].notes.push(reply);
        let mut foreign = change.threads[2].clone();
        foreign.notes[0].author = Some("maria".to_owned());
        change.threads.push(foreign);
    }
    let threads = world.client.conversation(&revision).await.unwrap().threads;
    let found: Vec<_> = threads.iter().map(|thread| (thread.state, thread.answered)).collect();
    assert_eq!(
        found,
        [
            (ThreadState::ResolvedByUs, false),
            (ThreadState::ResolvedByPerson, true),
            (ThreadState::Open, false)
        ]
    );
    world.end().await;
}

#[tokio::test]
async fn a_thread_that_we_may_not_resolve_is_marked_once() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.client.publish(&revision, &three()).await.unwrap();
    for _ in 0..2 {
        let refused = Fault::Status(403, json!({ "message": "403 Forbidden" }));
        world.fault("PUT", "*/discussions/*", refused);
        let thread = world.client.conversation(&revision).await.unwrap().threads[0].clone();
        world.client.resolve(&revision, &thread).await.unwrap();
    }
    let thread = world.client.conversation(&revision).await.unwrap().threads[0].clone();
    assert_eq!(thread.state, ThreadState::ResolvedByUs);
    assert_eq!(thread.body.matches("No longer found at").count(), 1);
    assert!(thread.body.ends_with(&three()[0].body), "the marker is still at the end");
    let gone = asyncwarden::review::Thread { id: "0".repeat(40), ..thread };
    world.client.resolve(&revision, &gone).await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn a_thread_follows_its_line_and_is_outdated_when_it_changes() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.client.publish(&revision, &three()).await.unwrap();
    let text = {
        let mut state = world.simulator.state();
        let files = &state.commits[&revision.head_sha].files;
        let text = String::from_utf8(files["app.py"].to_vec()).unwrap();
        let text = format!("# first\n{}", text.replace("time.sleep(1)", "time.sleep(2)"));
        state.push(world.repository, "feature", [("app.py", Some(text.as_str()))]);
        text
    };
    assert!(text.contains("sleep(2)"));
    let revision = world.revision().await;
    let threads = world.client.conversation(&revision).await.unwrap().threads;
    let lines = CommentPlace::Lines { path: "app.py".to_owned(), start_line: 3, line: 3 };
    assert_eq!((&threads[0].place, &threads[1].place), (&Some(lines), &None));
    world.end().await;
}

#[tokio::test]
async fn the_summary_is_changed_in_place_and_made_anew_when_deleted() {
    let world = World::start().await;
    let revision = world.revision().await;
    let write = async |id: Option<&str>, text| {
        world.client.write_summary(&revision, id, text).await.unwrap()
    };
    let id = write(None, "first").await;
    assert_eq!(write(Some(&id), "second").await, id);
    let comments = world.client.conversation(&revision).await.unwrap().comments;
    assert_eq!((comments.len(), comments[0].body.as_str()), (1, "second"));
    {
        let mut state = world.simulator.state();
        state.change_mut(world.repository, world.number).unwrap().comments.clear();
    }
    assert_ne!(write(Some(&id), "third").await, id);
    world.end().await;
}

#[tokio::test]
async fn a_status_goes_through_its_states_in_one_pipeline() {
    let world = World::start().await;
    let revision = world.revision().await;
    let queued = world.gate(&revision, None, GateState::Queued).await;
    let running = world.gate(&revision, Some(&queued), GateState::Running).await;
    // Again, and backwards: what a repeated job does.
    world.gate(&revision, Some(&running), GateState::Running).await;
    world.gate(&revision, None, GateState::Queued).await;
    assert_eq!(world.statuses(), [(world.repository, "running".into(), "Title".into())]);
    for _ in 0..2 {
        world.gate(&revision, Some(&running), GateState::Completed(Conclusion::Failed)).await;
        assert_eq!(world.statuses(), [(world.repository, "failed".into(), "Title".into())]);
    }
    world.gate(&revision, None, GateState::Completed(Conclusion::TimedOut)).await;
    assert_eq!(
        world.statuses()[1],
        (world.repository, "success".into(), "Not reviewed: Title".into())
    );
    assert_eq!(world.simulator.state().gitlab.pipelines.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_status_survives_rivals_and_a_head_that_is_gone() {
    let world = World::start().await;
    let mut revision = world.revision().await;
    let busy = json!({ "message": "Another update to this commit status is in progress" });
    world.fault("POST", "*/statuses/*", Fault::Status(409, busy));
    world.gate(&revision, None, GateState::Running).await;
    assert_eq!(world.statuses().len(), 1);
    revision.head_sha = "0".repeat(40);
    world.gate(&revision, None, GateState::Running).await;
    assert_eq!(world.statuses().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn the_status_of_a_fork_is_in_the_fork_where_we_may_write_there() {
    let world = World::start_from(Some("ann")).await;
    let fork = world.change().head_repository.unwrap();
    let revision = world.revision().await;
    assert_eq!(world.client.changed_files(&revision).await.unwrap().change.files.len(), 2);
    let paths = ["new.py".to_owned()];
    let blobs = world.client.blobs(&revision, &revision.head_sha, &paths).await.unwrap();
    assert_eq!(blobs.len(), 1, "read through the target project");
    let handle = world.gate(&revision, None, GateState::Running).await;
    world.gate(&revision, Some(&handle), GateState::Completed(Conclusion::Passed)).await;
    assert_eq!(world.statuses(), [(fork, "success".into(), "Title".into())]);
    world.end().await;

    let world = World::start_from(Some("ann")).await;
    {
        let mut state = world.simulator.state();
        let fork = state.change(world.repository, world.number).unwrap().head_repository.unwrap();
        state.gitlab.bot_level = None;
        state.grant(BOT_LOGIN, world.repository, Level::Write);
        state.repositories.get_mut(&fork).unwrap().private = true;
    }
    let revision = world.revision().await;
    let handle = world.gate(&revision, None, GateState::Running).await;
    world.gate(&revision, Some(&handle), GateState::Completed(Conclusion::Passed)).await;
    assert_eq!(world.statuses(), [(world.repository, "success".into(), "Title".into())]);
    world.end().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let world = World::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let target = world.server.url().to_owned();
    let app = axum::Router::new().fallback(async move |request: axum::extract::Request| {
        axum::response::Redirect::temporary(&format!("{target}{}", request.uri()))
    });
    let moved = tokio::spawn(async { axum::serve(listener, app).await });
    let refused = client(&url, BOT_TOKEN).look_up(&world.request()).await;
    assert!(
        matches!(&refused, Err(ForgeError::Setup { message, .. }) if message.contains("redirects")),
        "{refused:?}"
    );
    assert_eq!(world.simulator.state().requests.len(), 0);
    moved.abort();
    world.end().await;
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    let world = World::start().await;
    world.fault(
        "GET",
        "*/merge_requests/1",
        Fault::Status(403, json!({ "message": "403 Forbidden" })),
    );
    let refused = world.client.look_up(&world.request()).await.unwrap_err();
    assert_eq!(refused.to_string(), "gitlab answered read merge request with 403: 403 Forbidden");
    assert!(!format!("{refused:?}").contains(BOT_TOKEN));
    world.end().await;
}
