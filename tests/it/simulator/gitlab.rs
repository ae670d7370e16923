//! The simulated GitLab over real HTTP, spoken to by hand.

mod approvals;
mod drafts;
mod positions;
mod status_checks;

use asyncwarden::forge::simulator::{BOT_TOKEN, Level, NewChange, Running, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

const BEFORE: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
const AFTER: &str = "1\n2\n3\nfour\n5\n6\n7\n8\n9\n10\n11\n12\n";

struct GitLab {
    simulator: Simulator,
    server: Running,
    http: reqwest::Client,
    repository: i64,
    token: &'static str,
}

impl GitLab {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::new();
        let repository = {
            let mut state = simulator.state();
            let repository = state.add_repository("group/sub/shop", [("lib/app.py", BEFORE)]);
            state.push(
                repository,
                "feature",
                [("lib/app.py", Some(AFTER)), ("new.py", Some("x\n"))],
            );
            state.open_change(repository, NewChange::from_branch("feature", "Four"));
            repository
        };
        let server = simulator.start(0).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { simulator, server, http, repository, token: BOT_TOKEN }
    }

    /// Status, `x-next-page` and body of an answer below the project.
    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, String, Value) {
        let url = format!("{}/api/v4/projects/group%2Fsub%2Fshop{path}", self.server.url());
        let mut request = self.http.request(method, url).header("PRIVATE-TOKEN", self.token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let next = answer.headers().get("x-next-page");
        let next = next.map_or(String::new(), |next| next.to_str().unwrap().to_owned());
        let text = answer.text().await.unwrap();
        (status, next, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, _, body) = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = self.call(Method::POST, path, body).await;
        (status, body)
    }

    /// A position of the newest version.
    async fn position(&self, old_line: Option<u32>, new_line: Option<u32>) -> Value {
        let versions = self.get("/merge_requests/1/versions").await;
        json!({
            "position_type": "text",
            "base_sha": versions[0]["base_commit_sha"],
            "start_sha": versions[0]["start_commit_sha"],
            "head_sha": versions[0]["head_commit_sha"],
            "old_path": "lib/app.py",
            "new_path": "lib/app.py",
            "old_line": old_line,
            "new_line": new_line,
        })
    }
}

#[tokio::test]
async fn a_merge_request_is_read_with_versions_diffs_and_files() {
    let gitlab = GitLab::start().await;
    gitlab.simulator.state().gitlab.unprepared.insert((gitlab.repository, 1), 1);
    assert_eq!(gitlab.get("/merge_requests/1").await["diff_refs"], Value::Null);
    let merge_request = gitlab.get("/merge_requests/1").await;
    let version = &gitlab.get("/merge_requests/1/versions").await[0];
    assert_eq!(merge_request["diff_refs"]["base_sha"], version["base_commit_sha"]);
    assert_eq!(merge_request["sha"], version["head_commit_sha"]);
    let (_, next, page) =
        gitlab.call(Method::GET, "/merge_requests/1/diffs?per_page=1", Value::Null).await;
    assert_eq!(next, "2");
    assert_eq!(page[0]["diff"], "@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n");
    let last =
        gitlab.call(Method::GET, "/merge_requests/1/diffs?per_page=1&page=2", Value::Null).await;
    assert_eq!((last.1.as_str(), &last.2[0]["new_file"]), ("", &json!(true)));
    let raw = "/repository/files/lib%2Fapp.py/raw?ref=feature";
    assert_eq!(gitlab.get(raw).await, AFTER);
    let (status, ..) =
        gitlab.call(Method::GET, "/repository/files/lib/app.py/raw", Value::Null).await;
    assert_eq!(status, 404, "a path is one segment");
    gitlab.server.stop().await;
}

#[tokio::test]
async fn who_has_no_access_finds_nothing() {
    let mut gitlab = GitLab::start().await;
    {
        let mut state = gitlab.simulator.state();
        state.repositories.get_mut(&gitlab.repository).unwrap().private = true;
        state.gitlab.bot_level = None;
    }
    let (status, _, body) = gitlab.call(Method::GET, "/merge_requests/1", Value::Null).await;
    assert_eq!((status, body), (404, json!({ "message": "404 Project Not Found" })));
    gitlab.token = "glpat-wrong";
    let (status, _, body) = gitlab.call(Method::GET, "/merge_requests/1", Value::Null).await;
    assert_eq!((status, body), (401, json!({ "message": "401 Unauthorized" })));
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_discussion_needs_an_exact_position() {
    let gitlab = GitLab::start().await;
    let discussions = "/merge_requests/1/discussions";
    let no_line = json!({
        "message": "400 Bad request - Note {:line_code=>[\"can't be blank\", \"must be a valid line code\"]}"
    });
    for (old, new, taken) in [
        (None, Some(4), true),
        (Some(4), None, true),
        (Some(5), Some(5), true),
        (None, Some(5), false),
        (Some(11), Some(11), true),
    ] {
        let position = gitlab.position(old, new).await;
        let (status, body) =
            gitlab.post(discussions, json!({ "body": "b", "position": position })).await;
        assert_eq!(status, if taken { 201 } else { 400 }, "{old:?} {new:?} {body}");
        match taken {
            true => assert_eq!(body["notes"][0]["type"], "DiffNote"),
            false => assert_eq!(body, no_line),
        }
    }
    let mut position = gitlab.position(None, Some(4)).await;
    position["head_sha"] = position["base_sha"].clone();
    let (status, body) =
        gitlab.post(discussions, json!({ "body": "b", "position": position })).await;
    assert_eq!((status, body), (400, no_line));
    let part = json!({ "position_type": "text", "head_sha": "x", "start_sha": "y", "new_line": 1 });
    let (status, body) = gitlab.post(discussions, json!({ "body": "b", "position": part })).await;
    assert_eq!((status, body), (400, json!({ "error": "position[base_sha] is missing" })));
    let listed = gitlab.get(discussions).await;
    assert_eq!(listed.as_array().unwrap().len(), 4);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn threads_are_resolved_and_notes_changed_by_those_who_may() {
    let gitlab = GitLab::start().await;
    let position = gitlab.position(None, Some(4)).await;
    let body = json!({ "body": "b", "position": position });
    let (_, thread) = gitlab.post("/merge_requests/1/discussions", body).await;
    let path = format!("/merge_requests/1/discussions/{}", thread["id"].as_str().unwrap());
    let (status, _, thread) = gitlab.call(Method::PUT, &path, json!({ "resolved": true })).await;
    assert_eq!((status, &thread["notes"][0]["resolved"]), (200, &json!(true)));
    let (status, ..) = gitlab.call(Method::PUT, &path, json!({})).await;
    assert_eq!(status, 400);
    let (status, note) = gitlab.post("/merge_requests/1/notes", json!({ "body": "first" })).await;
    assert_eq!(status, 201);
    let path = format!("/merge_requests/1/notes/{}", note["id"]);
    let (status, _, note) = gitlab.call(Method::PUT, &path, json!({ "body": "second" })).await;
    assert_eq!((status, &note["body"]), (200, &json!("second")));
    let foreign = {
        let mut state = gitlab.simulator.state();
        let note = state.note("maria", "mine");
        let id = note.id;
        state.change_mut(gitlab.repository, 1).unwrap().comments.push(note);
        id
    };
    let path = format!("/merge_requests/1/notes/{foreign}");
    let (status, ..) = gitlab.call(Method::PUT, &path, json!({ "body": "yours" })).await;
    assert_eq!(status, 403);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_status_goes_forward_only() {
    let gitlab = GitLab::start().await;
    let sha = gitlab.simulator.state().change(gitlab.repository, 1).unwrap().head().to_owned();
    let set = async |state: &str| {
        let body = json!({ "state": state, "name": "asyncwarden", "ref": "feature" });
        let (status, body) = gitlab.post(&format!("/statuses/{sha}"), body).await;
        (status, body["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(set("pending").await.0, 201);
    assert_eq!(set("running").await.0, 201);
    let again = "Cannot transition status via :run from :running (Reason(s): Status cannot transition via \"run\")";
    assert_eq!(set("running").await, (400, again.to_owned()));
    assert_eq!(set("pending").await.0, 400);
    assert_eq!(set("success").await.0, 201);
    assert_eq!(set("failed").await.0, 201, "a new one after the end");
    let listed = gitlab.get(&format!("/repository/commits/{sha}/statuses")).await;
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["status"]), (1, &json!("failed")));
    let listed = gitlab.get(&format!("/repository/commits/{sha}/statuses?all=true")).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    gitlab.simulator.state().gitlab.bot_level = Some(Level::Read);
    assert_eq!(set("running").await.0, 403);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn the_link_to_the_next_page_asks_for_the_same() {
    let gitlab = GitLab::start().await;
    let url = format!(
        "{}/api/v4/groups/group/projects?include_subgroups=true&per_page=1&page=1",
        gitlab.server.url()
    );
    gitlab.simulator.state().add_repository("group/other", [("app.py", "")]);
    let first = gitlab.http.get(&url).header("PRIVATE-TOKEN", BOT_TOKEN).send().await.unwrap();
    let link = first.headers()["link"].to_str().unwrap();
    let next = link.split(['<', '>']).nth(1).unwrap();
    let next: std::collections::BTreeMap<_, _> =
        url::Url::parse(next).unwrap().query_pairs().into_owned().collect();
    assert_eq!(next["include_subgroups"], "true");
    assert_eq!((next["page"].as_str(), next["per_page"].as_str()), ("2", "1"));
    gitlab.server.stop().await;
}
