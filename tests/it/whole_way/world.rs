//! A simulated platform with a change request, and the service that reviews it. The test is the worker.

use std::time::Duration;

use asyncwarden::app::{App, Running};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::forge::simulator::{
    self, APP_ID, APP_LOGIN, APP_PRIVATE_KEY, Anchor, BOT_LOGIN, BOT_TOKEN, Change, Event,
    InstallationEvent, NewChange, Payload, Receiver, Signing, Simulator, State, WEBHOOK_SECRET,
};
use asyncwarden::settings::{GitHubSettings, GitLabSettings, Settings, StoreSettings, Timings};

use tempfile::TempDir;

use crate::support::{on_every_store_settings, on_every_store_settings_and_pooled};

pub(super) const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";
pub(super) const CLEAN: &str =
    "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(2)\n";
pub(super) const BLOCKING: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";

pub(super) struct World {
    pub(super) forge: ForgeKind,
    pub(super) simulator: Simulator,
    pub(super) repository: i64,
    number: i64,
    server: simulator::Running,
    pub(super) service: Running,
    pub(super) settings: Settings,
}

/// Runs a test on each platform with each store.
pub(super) async fn everywhere(test: impl AsyncFn(World)) {
    everywhere_with(&[], |_| {}, test).await;
}

/// The same with more files in the repository and other settings.
pub(super) async fn everywhere_with(
    more: &[(&str, &str)],
    set: impl Fn(&mut Settings),
    test: impl AsyncFn(World),
) {
    for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
        on_every_store_settings(async |store| {
            eprintln!("with {}", forge.as_str());
            Box::pin(test(World::start(forge, store, more, &set).await)).await;
        })
        .await;
    }
}

/// Runs a test on each platform with each store, also with PostgreSQL behind a pooler.
pub(super) async fn everywhere_and_pooled(test: impl AsyncFn(World)) {
    for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
        on_every_store_settings_and_pooled(async |store| {
            eprintln!("with {}", forge.as_str());
            test(World::start(forge, store, &[], |_| {}).await).await;
        })
        .await;
    }
}

impl World {
    pub(super) async fn start(
        forge: ForgeKind,
        store: StoreSettings,
        more: &[(&str, &str)],
        set: impl Fn(&mut Settings),
    ) -> Self {
        let simulator = Simulator::new();
        let files = [("app.py", BASE), ("README.md", "# Loops\n")].into_iter();
        let files = files.chain(more.iter().copied());
        let repository = simulator.state().add_repository("acme/shop", files);
        let server = simulator.start(0).await.unwrap();
        let mut settings = settings(forge, server.url(), store);
        set(&mut settings);
        let service = App::start(settings.clone()).await.unwrap();
        Self { forge, simulator, repository, number: 0, server, service, settings }
    }

    /// Adds a commit to the branch of the change request.
    pub(super) fn push(&self, files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(path, text)| (*path, Some(*text)));
        self.simulator.state().push(self.repository, "feature", files)
    }

    /// Opens a change request with these files, and has it reviewed.
    pub(super) async fn open(&mut self, files: &[(&str, &str)]) {
        self.push(files);
        self.open_as(NewChange::from_branch("feature", "Poll")).await;
    }

    pub(super) async fn open_as(&mut self, new: NewChange) {
        self.announce(new).await;
        self.work().await;
    }

    /// Opens a change request and tells the service, which doesn't work yet.
    pub(super) async fn announce(&mut self, new: NewChange) -> i64 {
        self.open_unheard(new);
        let payload = self.payload(&Event::Opened);
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
        self.number
    }

    /// Opens a change request that the service hears nothing of.
    pub(super) fn open_unheard(&mut self, new: NewChange) {
        self.number = self.simulator.state().open_change(self.repository, new);
    }

    /// Adds a commit, tells the service and has it reviewed.
    pub(super) async fn push_and_review(&self, files: &[(&str, &str)]) {
        let before = self.head();
        self.push(files);
        self.deliver(&Event::Pushed { before }).await;
    }

    pub(super) async fn deliver(&self, event: &Event) {
        let payload = self.payload(event);
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
        self.work().await;
    }

    pub(super) fn payload(&self, event: &Event) -> Payload {
        self.simulator.payload(self.forge, self.repository, self.number, event)
    }

    /// Tells the service what happened to an installation (GitHub).
    pub(super) async fn tell(&self, installation: i64, event: &InstallationEvent) {
        let payload = self.simulator.installation_payload(installation, event);
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
    }

    pub(super) async fn send(&self, payload: &Payload, id: &str) -> u16 {
        self.simulator.send(&self.receiver(), payload, id).await.unwrap()
    }

    /// Where the platform sends its deliveries.
    pub(super) fn receiver(&self) -> Receiver {
        let secret = WEBHOOK_SECRET.to_owned();
        Receiver {
            url: format!("http://{}/webhooks/{}", self.service.addr, self.forge.as_str()),
            forge: self.forge,
            signing: match self.forge {
                ForgeKind::GitHub => Signing::Digest(secret),
                ForgeKind::GitLab => Signing::Token(secret),
            },
        }
    }

    /// Empties the queue. Returns how many jobs it had.
    pub(super) async fn work(&self) -> usize {
        self.service.worker.run_until_idle().await.unwrap()
    }

    pub(super) fn change<T>(&self, look: impl FnOnce(&mut Change) -> T) -> T {
        look(self.simulator.state().change_mut(self.repository, self.number).unwrap())
    }

    pub(super) fn number(&self) -> i64 {
        self.number
    }

    pub(super) fn head(&self) -> String {
        self.change(|change| change.head().to_owned())
    }

    /// Of each thread of ours: path, last line where it hangs now (0: nowhere), whether it is open.
    pub(super) fn threads(&self) -> Vec<(String, u32, bool)> {
        let bot = self.bot();
        self.change(|change| {
            let ours = |thread: &&simulator::Thread| thread.notes[0].author.as_deref() == Some(bot);
            let seen = |thread: &simulator::Thread| {
                let line = thread.current.as_ref().map_or(0, last_line);
                let path = thread.original.path().to_owned();
                // Without the permission to resolve, a thread is hidden as outdated.
                let away = thread.resolved_by.is_some() || thread.notes[0].minimized.is_some();
                (path, line, !away)
            };
            change.threads.iter().filter(ours).map(seen).collect()
        })
    }

    /// How many plain comments are ours.
    pub(super) fn summaries(&self) -> usize {
        self.summary_bodies().len()
    }

    pub(super) fn summary_bodies(&self) -> Vec<String> {
        let bot = self.bot();
        let ours = |note: &&simulator::Note| note.author.as_deref() == Some(bot) && !note.system;
        self.change(|change| change.comments.iter().filter(ours).map(|n| n.body.clone()).collect())
    }

    pub(super) fn bot(&self) -> &'static str {
        match self.forge {
            ForgeKind::GitHub => APP_LOGIN,
            ForgeKind::GitLab => BOT_LOGIN,
        }
    }

    /// What the only gate was set to, in that order, in the same words for both platforms.
    pub(super) fn gates(&self) -> Vec<String> {
        let head = self.head();
        let state = self.simulator.state();
        let end = match self.forge {
            ForgeKind::GitHub => "/check-runs".to_owned(),
            ForgeKind::GitLab => format!("/statuses/{head}"),
        };
        let writes = state.requests.iter().filter(|request| {
            let gate =
                request.path.contains(&end) && matches!(request.method.as_str(), "POST" | "PATCH");
            gate && (200..300).contains(&request.status)
        });
        writes.filter_map(|request| said(&serde_json::from_str(&request.body).unwrap())).collect()
    }

    /// The gates at the head as they stand: (how many, how many are ended).
    pub(super) fn standing_gates(&self) -> (usize, usize) {
        let head = self.head();
        gates_at(&self.simulator.state(), &head)
    }

    /// The gates at all heads that are not ended.
    pub(super) fn open_gates(&self) -> usize {
        let state = self.simulator.state();
        state.commits.keys().map(|sha| gates_at(&state, sha)).map(|(all, ended)| all - ended).sum()
    }

    /// How many writing requests there were.
    pub(super) fn writes(&self) -> usize {
        let state = self.simulator.state();
        let reads = |path: &str| path.ends_with("/graphql") || path.ends_with("/access_tokens");
        let writes =
            |request: &&simulator::Request| request.method != "GET" && !reads(&request.path);
        state.requests.iter().filter(writes).count()
    }

    /// Stops everything; the simulator must have seen nothing wrong.
    pub(super) async fn end(self) {
        crate::contract::keep(&self.simulator);
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        assert!(self.simulator.state().faults.is_spent(), "a planned fault did not happen");
        self.service.shutdown().await;
        self.server.stop().await;
    }

    /// Stops the service, as after a crash or an update, and starts it again.
    pub(super) async fn restart(self, settings: Settings) -> Self {
        let Self { forge, simulator, repository, number, server, service, .. } = self;
        service.shutdown().await;
        let service = App::start(settings.clone()).await.unwrap();
        Self { forge, simulator, repository, number, server, service, settings }
    }
}

/// A folder for a store that need not outlive the machine, where there is one: stores on disks are slow to come.
pub(super) fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Where the platform tells what a change request changes.
pub(super) fn diff_path(forge: ForgeKind) -> &'static str {
    match forge {
        ForgeKind::GitHub => "/repos/*/pulls/*/files",
        ForgeKind::GitLab => "*/merge_requests/*/versions/*",
    }
}

/// How many gates there are at a commit, and how many of them have ended.
pub(super) fn gates_at(state: &State, sha: &str) -> (usize, usize) {
    let checks = state.checks.iter().filter(|check| check.head_sha == sha);
    let statuses = state.statuses.iter().filter(|status| status.sha == sha);
    let ended = |state: &str| !matches!(state, "created" | "pending" | "running");
    (
        checks.clone().count() + statuses.clone().count(),
        checks.filter(|check| check.conclusion.is_some()).count()
            + statuses.filter(|status| ended(&status.state)).count(),
    )
}

/// What a gate was set to; `None` when only annotations were added.
fn said(body: &serde_json::Value) -> Option<String> {
    let word = body["conclusion"].as_str().or(body["status"].as_str()).or(body["state"].as_str())?;
    let word = match word {
        "pending" => "queued",
        "in_progress" => "running",
        "success" => "passed",
        "failure" => "failed",
        other => other,
    };
    Some(word.to_owned())
}

fn last_line(anchor: &Anchor) -> u32 {
    anchor.last_line().map_or(0, |(_, line)| line)
}

/// The service without workers of its own and without waits.
pub(super) fn settings(forge: ForgeKind, platform: &str, store: StoreSettings) -> Settings {
    let mut settings = Settings::on(store);
    settings.listen = "127.0.0.1:0".to_owned();
    settings.public_url = Some("https://warden.example.com".to_owned());
    settings.workers = 0;
    settings.timings = Timings {
        backoff: Duration::ZERO,
        sweep: Duration::from_secs(3600),
        calls: Waits::NONE,
        ..Timings::default()
    };
    let url = platform.parse().unwrap();
    match forge {
        ForgeKind::GitHub => {
            settings.github = Some(GitHubSettings {
                api_url: url,
                app_id: APP_ID.unsigned_abs(),
                private_key: APP_PRIVATE_KEY.into(),
                webhook_secrets: vec![WEBHOOK_SECRET.into()],
            });
        }
        ForgeKind::GitLab => {
            settings.gitlab = Some(GitLabSettings {
                url,
                token: BOT_TOKEN.into(),
                token_file: None,
                hooks: vec![HookSecrets::for_all(vec![WEBHOOK_SECRET.into()], Vec::new())],
                hooks_file: None,
            });
        }
    }
    settings
}
