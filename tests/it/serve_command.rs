//! `asyncwarden serve` as a process: it starts, answers, and stops when it is told to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Service {
    process: Child,
    address: String,
    log: BufReader<std::process::ChildStderr>,
}

impl Service {
    fn start(folder: &Path, format: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
            .arg("serve")
            .env_clear()
            .env("ASYNCWARDEN_LISTEN", "127.0.0.1:0")
            .env("ASYNCWARDEN_DATA_DIR", folder)
            .env("ASYNCWARDEN_LOG_FORMAT", format)
            .env("ASYNCWARDEN_GITLAB_URL", "http://127.0.0.1:9")
            .env("ASYNCWARDEN_GITLAB_TOKEN", "glpat-hidden")
            .env("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", "hook-hidden")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on http://") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it listened");
        }
        let (_, rest) = line.split_once("http://").unwrap();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
        let address = rest[..end.unwrap_or(rest.len())].to_owned();
        Self { process, address, log }
    }

    async fn get(&self, path: &str) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}{path}", self.address);
        client.get(url).send().await.unwrap().status().as_u16()
    }

    async fn post(&self, path: &str) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}{path}", self.address);
        client.post(url).body("{}").send().await.unwrap().status().as_u16()
    }

    /// Sends SIGTERM; returns the exit code and what was logged until then.
    fn stop(mut self) -> (Option<i32>, String) {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(killed.success());
        let mut log = String::new();
        std::io::Read::read_to_string(&mut self.log, &mut log).unwrap();
        (self.process.wait().unwrap().code(), log)
    }
}

/// The client's TLS needs to be chosen before its first use.
fn with_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[tokio::test]
async fn it_answers_and_stops_when_told_to() {
    with_tls();
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), "text");
    assert_eq!(service.get("/healthz").await, 200);
    assert_eq!(service.get("/readyz").await, 200);
    assert_eq!(service.post("/webhooks/github").await, 404, "GitHub is not set up");
    assert_eq!(service.post("/webhooks/gitlab").await, 401);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopped") && !log.contains("hidden"), "{log}");
}

#[tokio::test]
async fn it_starts_again_on_the_same_folder_and_two_at_a_time_are_refused() {
    with_tls();
    let folder = tempfile::tempdir().unwrap();
    let (code, _) = Service::start(folder.path(), "text").stop();
    assert_eq!(code, Some(0));
    let service = Service::start(folder.path(), "json");
    let second = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .arg("migrate")
        .env_clear()
        .env("ASYNCWARDEN_DATA_DIR", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(said.contains("another process uses it"), "{said}");
    let (_, log) = service.stop();
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn the_schema_is_made_without_the_service() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let done = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
            .arg("migrate")
            .env_clear()
            .env("ASYNCWARDEN_DATA_DIR", folder.path())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0));
        assert_eq!(String::from_utf8(done.stdout).unwrap(), "the schema is up to date\n");
    }
    assert!(folder.path().join("asyncwarden.db").exists());
}
