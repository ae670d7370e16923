//! `asyncwarden serve` as a process: it starts, answers, and stops when it is told to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{
    APP_ID, APP_PRIVATE_KEY, Event, Fault, NewChange, Receiver, Signing, Simulator, State,
    WEBHOOK_SECRET,
};

pub(crate) struct Service {
    process: Child,
    pub(crate) address: String,
    log: BufReader<std::process::ChildStderr>,
    /// What was logged before it listened.
    before: String,
}

impl Service {
    fn start(folder: &Path, format: &str) -> Self {
        let gitlab = [
            ("ASYNCWARDEN_GITLAB_URL", "http://127.0.0.1:9"),
            ("ASYNCWARDEN_GITLAB_TOKEN", "glpat-hidden"),
            ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", "hook-hidden"),
            ("ASYNCWARDEN_GITLAB_TOKENS", "mistyped"),
            ("ASYNCWARDEN_LOG_FORMAT", format),
        ];
        Self::start_with(folder, &gitlab)
    }

    pub(crate) fn start_with(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
            .arg("serve")
            .env_clear()
            .env("ASYNCWARDEN_LISTEN", "127.0.0.1:0")
            .env("ASYNCWARDEN_DATA_DIR", folder)
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let mut before = String::new();
        while !line.contains("listening on http://") {
            before.push_str(&line);
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it listened");
        }
        let (_, rest) = line.split_once("http://").unwrap();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
        let address = rest[..end.unwrap_or(rest.len())].to_owned();
        Self { process, address, log, before }
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

    /// What a call of GitLab's with this secret is answered.
    async fn called_with(&self, secret: &str) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let call = client
            .post(format!("http://{}/webhooks/gitlab", self.address))
            .header("X-Gitlab-Event", "Push Hook")
            .header("X-Gitlab-Token", secret)
            .body("{}");
        call.send().await.unwrap().status().as_u16()
    }

    /// Sends SIGHUP, and waits until the log has this.
    fn reloaded(&mut self, said: &str) {
        let mut kill = Command::new("kill");
        let sent = kill.args(["-HUP", &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut line = String::new();
        while !line.contains(said) {
            line.clear();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "it ended");
            assert!(!line.contains("secret of it"), "{line}");
        }
    }

    /// Sends SIGTERM; returns the exit code and what was logged until then.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(killed.success());
        let mut log = String::new();
        std::io::Read::read_to_string(&mut self.log, &mut log).unwrap();
        (self.process.wait().unwrap().code(), log)
    }
}

impl Drop for Service {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.process.kill();
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
    let hint = "ASYNCWARDEN_GITLAB_TOKENS is no setting; did you mean ASYNCWARDEN_GITLAB_TOKEN?";
    assert!(service.before.contains(hint), "{}", service.before);
    assert_eq!(service.get("/healthz").await, 200);
    assert_eq!(service.get("/readyz").await, 200);
    assert_eq!(service.post("/webhooks/github").await, 404, "GitHub is not set up");
    assert_eq!(service.post("/webhooks/gitlab").await, 401);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopped") && !log.contains("hidden"), "{log}");
}

#[tokio::test]
async fn a_signal_has_a_secret_read_again_and_one_that_cannot_be_used_changes_nothing() {
    with_tls();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hook");
    let write = |secret: &str| std::fs::write(&file, secret).unwrap();
    write("the first secret of it");
    let environment = [
        ("ASYNCWARDEN_GITLAB_URL", "http://127.0.0.1:9"),
        ("ASYNCWARDEN_GITLAB_TOKEN", "glpat-hidden"),
        ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN_FILE", file.to_str().unwrap()),
    ];
    let mut service = Service::start_with(&folder.path().join("data"), &environment);
    assert_ne!(service.called_with("the first secret of it").await, 401);
    write("the next secret of it");
    assert_eq!(service.called_with("the next secret of it").await, 401, "nobody asked for it");
    service.reloaded("settings were read anew");
    assert_eq!(service.called_with("the first secret of it").await, 401);
    assert_ne!(service.called_with("the next secret of it").await, 401);
    write("");
    service.reloaded("the settings can't be used; those from before count on");
    assert_ne!(service.called_with("the next secret of it").await, 401);
    assert_eq!(service.stop().0, Some(0));
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

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let refused = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .arg("migrate")
        .env_clear()
        .env("DATABASE_URL", "postgres://warden:hidden@127.0.0.1:1/warden")
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("onnection refused") && !said.contains("hidden"), "{said}");
}

const BLOCKING: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";

fn ended(state: &State) -> Option<()> {
    state.checks.iter().any(|check| check.conclusion.is_some()).then_some(())
}

/// The platform answers on threads of its own while the test waits for the process to stop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_nothing_undone_and_doubles_nothing() {
    const SOON: Duration = Duration::from_secs(60);
    with_tls();
    let simulator = Simulator::new();
    let (repository, number) = {
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("app.py", "x = 1\n")]);
        state.push(repository, "feature", [("app.py", Some(BLOCKING))]);
        (repository, state.open_change(repository, NewChange::from_branch("feature", "Poll")))
    };
    let platform = simulator.start(0).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let id = APP_ID.to_string();
    let environment = [
        ("ASYNCWARDEN_GITHUB_API_URL", platform.url()),
        ("ASYNCWARDEN_GITHUB_APP_ID", &id),
        ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", APP_PRIVATE_KEY),
        ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET),
    ];
    // The comments stand, but the answer that says so comes when nobody is there to hear it.
    let late = Fault::Slow(Duration::from_secs(600));
    simulator.state().faults.next("POST", "/repos/*/issues/*/comments", late);
    let mut service = Service::start_with(folder.path(), &environment);
    let receiver = Receiver {
        url: format!("http://{}/webhooks/github", service.address),
        forge: ForgeKind::GitHub,
        signing: Signing::Digest(WEBHOOK_SECRET.to_owned()),
    };
    assert_eq!(
        simulator.deliver(&receiver, repository, number, &Event::Opened).await.unwrap(),
        202
    );
    let commented =
        |state: &State| (!state.change(repository, number)?.threads.is_empty()).then_some(());
    assert!(simulator.wait_for(SOON, commented).await.is_some());
    service.process.kill().unwrap();
    service.process.wait().unwrap();
    assert!(ended(&simulator.state()).is_none());
    simulator.state().faults.clear();

    let service = Service::start_with(folder.path(), &environment);
    assert!(simulator.wait_for(SOON, ended).await.is_some());
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log}");
    let state = simulator.state();
    let change = state.change(repository, number).unwrap();
    assert_eq!((change.threads.len(), change.comments.len(), state.checks.len()), (1, 1, 1));
    assert_eq!(state.violations, Vec::<String>::new());
}
