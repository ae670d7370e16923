//! The simulated GitHub over real HTTP.

use asyncwarden::forge::simulator::{
    APP_CLIENT_ID, APP_PRIVATE_KEY, INSTALLATION_ID, NewChange, Running, Simulator,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// A served platform with one pull request, and a token for it.
struct GitHub {
    simulator: Simulator,
    server: Running,
    http: Client,
    repository: i64,
    number: i64,
    token: String,
}

fn jwt() -> String {
    let lines = APP_PRIVATE_KEY.lines().skip_while(|line| !line.starts_with("-----BEGIN"));
    let base64: String = lines.filter(|line| !line.starts_with("-----")).collect();
    let pair = ring::rsa::KeyPair::from_der(&STANDARD.decode(base64).unwrap()).unwrap();
    let now = Utc::now().timestamp();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let claims = json!({ "iat": now - 60, "exp": now + 540, "iss": APP_CLIENT_ID });
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &ring::signature::RSA_PKCS1_SHA256,
        &ring::rand::SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn lines(count: u32) -> String {
    (1..=count).map(|line| format!("line_{line} = {line}\n")).collect()
}

impl GitHub {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::new();
        let (repository, number) = {
            let mut state = simulator.state();
            let files = [("a.py", lines(60)), ("gone.py", "x = 1\n".to_owned())];
            let repository = state.add_repository("acme/shop", files);
            let head = lines(60)
                .replace("line_10 = 10\n", "line_10 = 'ten'\nnew = 1\n")
                .replace("line_40 = 40\n", "line_40 = 'forty'\n");
            state.push(
                repository,
                "topic",
                [("a.py", Some(head)), ("gone.py", None), ("logo.bin", Some("\0\u{1}".to_owned()))],
            );
            let number = state.open_change(repository, NewChange::from_branch("topic", "Ten"));
            (repository, number)
        };
        let server = simulator.start(0).await.unwrap();
        let http = Client::builder().no_proxy().user_agent("test").build().unwrap();
        let mut github = Self { simulator, server, http, repository, number, token: String::new() };
        let path = format!("/app/installations/{INSTALLATION_ID}/access_tokens");
        let answer = github.send(Method::POST, &path, &jwt(), Some(json!({}))).await;
        assert_eq!(answer.status(), 201);
        let answer: Value = answer.json().await.unwrap();
        github.token = answer["token"].as_str().unwrap().to_owned();
        github
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        secret: &str,
        body: Option<Value>,
    ) -> Response {
        let request = self.http.request(method, format!("{}{path}", self.server.url()));
        let request = request.bearer_auth(secret).header("accept", "application/vnd.github+json");
        match body {
            Some(body) => request.json(&body),
            None => request,
        }
        .send()
        .await
        .unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let path = format!("/repos/acme/shop{path}");
        let answer = self.send(method, &path, &self.token, body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    fn pull(&self, rest: &str) -> String {
        format!("/pulls/{}{rest}", self.number)
    }

    fn head(&self) -> String {
        let state = self.simulator.state();
        state.change(self.repository, self.number).unwrap().head().to_owned()
    }

    fn inline_comments(&self) -> usize {
        let state = self.simulator.state();
        state.change(self.repository, self.number).unwrap().threads.len()
    }

    async fn threads(&self) -> Value {
        let query = "query($n: Int!) { repository(owner: \"acme\", name: \"shop\") { pullRequest(number: $n) {
            reviewThreads(first: 100) { pageInfo { hasNextPage endCursor } nodes { id isResolved isOutdated line
            resolvedBy { login } comments(first: 50) { nodes { id databaseId isMinimized author { login } } } } } } } }";
        let body = json!({ "query": query, "variables": { "n": self.number } });
        let answer = self.send(Method::POST, "/graphql", &self.token, Some(body)).await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["errors"], Value::Null);
        answer["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"].clone()
    }

    async fn mutate(&self, name: &str, input: Value) -> Value {
        let query =
            format!("mutation($input: X!) {{ {name}(input: $input) {{ clientMutationId }} }}");
        let body = json!({ "query": query, "variables": { "input": input } });
        let answer = self.send(Method::POST, "/api/graphql", &self.token, Some(body)).await;
        assert_eq!(answer.status(), 200, "also for failures");
        answer.json().await.unwrap()
    }
}

#[tokio::test]
async fn tokens_open_what_they_were_given_for_until_they_expire() {
    let github = GitHub::start().await;
    assert!(github.token.len() > 400, "tokens are long since 2026");
    assert_eq!(github.get("").await.0, 200);
    for (path, secret, status) in [
        ("/app", github.token.as_str(), 401),
        ("/app", "a.b.c", 401),
        ("/repos/acme/shop", "ghs_wrong", 401),
        ("/repos/acme/other", &github.token, 404),
        ("/app/installations/1/access_tokens", &jwt(), 404),
    ] {
        assert_eq!(github.send(Method::GET, path, secret, None).await.status(), status, "{path}");
    }
    let silent = Client::builder().no_proxy().build().unwrap();
    let request = silent.get(format!("{}/rate_limit", github.server.url()));
    assert_eq!(request.send().await.unwrap().status(), 403, "without a user agent");
    let path = format!("/app/installations/{INSTALLATION_ID}/access_tokens");
    let wanted = json!({ "permissions": { "contents": "write" } });
    assert_eq!(github.send(Method::POST, &path, &jwt(), Some(wanted)).await.status(), 422);
    let wanted = json!({ "repositories": ["shop"], "permissions": { "contents": "read" } });
    let answer = github.send(Method::POST, &path, &jwt(), Some(wanted)).await;
    let narrow: Value = answer.json().await.unwrap();
    let narrow = narrow["token"].as_str().unwrap().to_owned();
    let check = json!({ "name": "x", "head_sha": github.head() });
    let refused =
        github.send(Method::POST, "/repos/acme/shop/check-runs", &narrow, Some(check)).await;
    assert_eq!(refused.status(), 403);
    github.simulator.state().clock_offset = TimeDelta::minutes(61);
    assert_eq!(github.get("").await.0, 401);
}

#[tokio::test]
async fn files_are_paged_with_patches_as_git_writes_them() {
    let github = GitHub::start().await;
    let (_, files) = github.get(&github.pull("/files?per_page=100")).await;
    let names: Vec<&str> =
        files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.py", "gone.py", "logo.bin"]);
    let patch = files[0]["patch"].as_str().unwrap();
    assert!(patch.starts_with("@@ -7,7 +7,8 @@ line_6 = 6\n line_7 = 7\n"), "{patch}");
    assert!(patch.ends_with("\n line_43 = 43"), "{patch}");
    assert_eq!(files[2]["patch"], Value::Null, "binary files have none");
    let path = format!("/repos/acme/shop{}", github.pull("/files?per_page=2"));
    let answer = github.send(Method::GET, &path, &github.token, None).await;
    let link = answer.headers()["link"].to_str().unwrap();
    assert!(link.contains("per_page=2&page=2>; rel=\"next\""), "{link}");
}

#[tokio::test]
async fn one_bad_comment_refuses_the_whole_review() {
    let github = GitHub::start().await;
    let head = github.head();
    let good = json!({ "path": "a.py", "line": 11, "side": "RIGHT", "body": "Look" });
    let review = |comments: Value| json!({ "commit_id": head, "event": "COMMENT", "body": "", "comments": comments });
    for (bad, says) in [
        (json!({ "path": "a.py", "line": 30, "body": "x" }), "line must be part of the diff"),
        (
            json!({ "path": "a.py", "line": 43, "side": "LEFT", "start_line": 8, "body": "x" }),
            "same hunk",
        ),
        (json!({ "path": "a.py", "line": 41, "start_line": 11, "body": "x" }), "same hunk"),
        (json!({ "path": "a.py", "line": 11, "start_line": 11, "body": "x" }), "must precede"),
        (json!({ "path": "b.py", "line": 1, "body": "x" }), "path is invalid"),
        (json!({ "path": "logo.bin", "line": 1, "body": "x" }), "must be part of the diff"),
        (json!({ "path": "gone.py", "line": 1, "body": "x" }), "must be part of the diff"),
        (json!({ "path": "a.py", "line": 11, "body": " " }), "can't be blank"),
        (
            json!({ "path": "a.py", "line": 11, "body": "x".repeat(65_537) }),
            "too long (maximum is 65536",
        ),
        (json!({ "path": "a.py", "line": null, "body": "x" }), "nil is not a number"),
        (
            json!({ "path": "a.py", "line": 11, "body": "x", "subject_type": "line" }),
            "not a permitted key",
        ),
    ] {
        let (status, answer) =
            github.post(&github.pull("/reviews"), review(json!([good, bad]))).await;
        assert_eq!(status, 422, "{says}");
        assert!(answer.to_string().contains(says), "{says}: {answer}");
        assert_eq!(github.inline_comments(), 0);
    }
    for (body, says) in [
        (json!({ "event": "COMMENT", "body": "" }), "can't be blank"),
        (
            json!({ "event": "COMMENT", "body": "x", "commit_id": "0".repeat(40) }),
            "not part of the pull request",
        ),
        (json!({ "event": "COMMENT", "body": "x".repeat(65_537) }), "too long"),
        (json!({ "event": "SHOUT", "body": "x" }), "not a member of"),
    ] {
        let (status, answer) = github.post(&github.pull("/reviews"), body).await;
        assert_eq!(status, 422, "{says}");
        assert!(answer.to_string().contains(says), "{says}: {answer}");
    }
    let range = json!({ "path": "a.py", "start_line": 10, "start_side": "RIGHT", "line": 11, "side": "RIGHT", "body": "x" });
    let left = json!({ "path": "gone.py", "line": 1, "side": "LEFT", "body": "x" });
    let (status, answer) =
        github.post(&github.pull("/reviews"), review(json!([good, range, left]))).await;
    assert_eq!((status, &answer["state"]), (200, &json!("COMMENTED")), "{answer}");
    assert_eq!(github.inline_comments(), 3);
}

#[tokio::test]
async fn a_pending_review_blocks_the_next_and_shows_nothing() {
    let github = GitHub::start().await;
    let comment = json!({ "path": "a.py", "line": 11, "body": "Look" });
    let pending = json!({ "comments": [comment] });
    let (status, answer) = github.post(&github.pull("/reviews"), pending.clone()).await;
    assert_eq!((status, &answer["state"]), (200, &json!("PENDING")));
    assert_eq!(github.get(&github.pull("/comments")).await.1, json!([]));
    let (status, refusal) = github.post(&github.pull("/reviews"), pending).await;
    assert_eq!(status, 422);
    assert!(refusal.to_string().contains("User can only have one pending review"), "{refusal}");
    let path = github.pull(&format!("/reviews/{}", answer["id"]));
    assert_eq!(github.call(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(
        github.post(&github.pull("/reviews"), json!({ "event": "COMMENT", "body": "x" })).await.0,
        200
    );
}

#[tokio::test]
async fn comments_lose_their_line_when_a_push_changes_it() {
    let github = GitHub::start().await;
    let head = github.head();
    let comment =
        json!({ "commit_id": head, "path": "a.py", "line": 11, "side": "RIGHT", "body": "Look" });
    assert_eq!(github.post(&github.pull("/comments"), comment.clone()).await.0, 201);
    let mut file = comment.clone();
    file["subject_type"] = json!("file");
    assert_eq!(github.post(&github.pull("/comments"), file.clone()).await.0, 422, "line and file");
    file.as_object_mut().unwrap().retain(|key, _| key != "line" && key != "side");
    assert_eq!(github.post(&github.pull("/comments"), file).await.0, 201);
    {
        let mut state = github.simulator.state();
        let text = lines(60).replace("line_10 = 10\n", "line_10 = 'ten'\nother = 1\n");
        state.push(github.repository, "topic", [("a.py", Some(text))]);
    }
    let (_, comments) = github.get(&github.pull("/comments")).await;
    assert_eq!((&comments[0]["line"], &comments[0]["original_line"]), (&Value::Null, &json!(11)));
    assert_eq!(comments[0]["commit_id"], json!(head));
    assert_eq!(comments[1]["subject_type"], json!("file"));
    let threads = github.threads().await;
    assert_eq!(
        (&threads[0]["isOutdated"], &threads[1]["isOutdated"]),
        (&json!(true), &json!(false))
    );
    let old = github.post(&github.pull("/comments"), comment).await;
    assert_eq!(old.0, 201, "an older commit of the pull request is taken: {}", old.1);
}

#[tokio::test]
async fn resolving_needs_more_than_commenting() {
    let github = GitHub::start().await;
    let comment = json!({ "commit_id": github.head(), "path": "a.py", "line": 11, "body": "Look" });
    github.post(&github.pull("/comments"), comment).await;
    let thread = github.threads().await[0].clone();
    let resolve = json!({ "threadId": thread["id"] });
    let refused = github.mutate("resolveReviewThread", resolve.clone()).await;
    assert_eq!(refused["errors"][0]["type"], "FORBIDDEN");
    let hide =
        json!({ "subjectId": thread["comments"]["nodes"][0]["id"], "classifier": "RESOLVED" });
    assert_eq!(github.mutate("minimizeComment", hide).await["errors"], Value::Null);
    {
        let mut state = github.simulator.state();
        let token = state.github.tokens.values_mut().next().unwrap();
        token.permissions.insert("contents".into(), "write".into());
    }
    assert_eq!(github.mutate("resolveReviewThread", resolve).await["errors"], Value::Null);
    let thread = github.threads().await[0].clone();
    assert_eq!(thread["isResolved"], true);
    assert_eq!(thread["resolvedBy"]["login"], "asyncwarden", "without the suffix of REST");
    assert_eq!(thread["comments"]["nodes"][0]["isMinimized"], true);
    assert_eq!(
        github.mutate("resolveThread", json!({})).await["errors"][0]["type"],
        "undefinedField"
    );
    assert_eq!(github.simulator.state().violations.len(), 1);
}

#[tokio::test]
async fn check_runs_keep_their_rules() {
    let github = GitHub::start().await;
    let head = github.head();
    let annotation = json!({ "path": "a.py", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m" });
    let check = |more: Value| {
        let mut check = json!({ "name": "asyncwarden", "head_sha": head });
        check.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        check
    };
    let output = |annotations: Value| json!({ "output": { "title": "t", "summary": "s", "annotations": annotations } });
    let mut columns = annotation.clone();
    columns["end_line"] = json!(2);
    columns["start_column"] = json!(1);
    for (more, says) in [
        (json!({ "status": "completed" }), "conclusion"),
        (json!({ "status": "waiting" }), "not a member of"),
        (json!({ "conclusion": "stale" }), "not a member of"),
        (json!({ "head_sha": "0".repeat(40) }), "No commit found for SHA"),
        (json!({ "output": { "summary": "s" } }), "title"),
        (
            json!({ "output": { "title": "t", "summary": "s".repeat(65_536) } }),
            "Only 65535 characters are allowed",
        ),
        (json!({ "details_url": "ftp://x" }), "http"),
        (
            json!({ "actions": [{ "label": "x".repeat(21), "description": "d", "identifier": "i" }] }),
            "Only 20",
        ),
        (output(json!([columns])), "single line"),
        (
            output(json!(vec![annotation.clone(); 51])),
            "No more than 50 items are allowed; 51 were supplied.",
        ),
    ] {
        let (status, answer) = github.post("/check-runs", check(more)).await;
        assert_eq!(status, 422, "{says}");
        assert!(answer["message"].as_str().unwrap().contains(says), "{says}: {answer}");
    }
    let (status, run) = github
        .post("/check-runs", check(json!({ "status": "in_progress", "external_id": "r1" })))
        .await;
    assert_eq!((status, &run["status"]), (201, &json!("in_progress")));
    let path = format!("/check-runs/{}", run["id"]);
    for _ in 0..2 {
        let fifty = output(json!(vec![annotation.clone(); 50]));
        assert_eq!(github.call(Method::PATCH, &path, Some(fifty)).await.0, 200);
    }
    let ended = json!({ "status": "completed", "conclusion": "success" });
    let (_, run) = github.call(Method::PATCH, &path, Some(ended)).await;
    assert_eq!(
        (&run["conclusion"], &run["output"]["annotations_count"]),
        (&json!("success"), &json!(100))
    );
    let (_, found) =
        github.get(&format!("/commits/{head}/check-runs?check_name=asyncwarden")).await;
    assert_eq!(
        (&found["total_count"], &found["check_runs"][0]["external_id"]),
        (&json!(1), &json!("r1"))
    );
}

#[tokio::test]
async fn contents_come_raw_and_unknown_calls_are_kept() {
    let github = GitHub::start().await;
    let head = github.head();
    let request = github
        .http
        .get(format!("{}/api/v3/repos/acme/shop/contents/a.py?ref={head}", github.server.url()));
    let request =
        request.bearer_auth(&github.token).header("accept", "application/vnd.github.raw+json");
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("line_10 = 'ten'\n"));
    assert_eq!(github.get(&format!("/contents/gone.py?ref={head}")).await.0, 404);
    let (_, tree) = github.get(&format!("/git/trees/{head}?recursive=1")).await;
    assert_eq!(tree["tree"].as_array().unwrap().len(), 2);
    let (_, comparison) = github.get("/compare/main...topic").await;
    assert_eq!((&comparison["status"], &comparison["ahead_by"]), (&json!("ahead"), &json!(1)));
    assert_eq!(github.simulator.state().violations, [""; 0]);
    assert_eq!(github.get("/pulls/1/threads").await.0, 404);
    assert_eq!(github.simulator.state().violations.len(), 1);
}
