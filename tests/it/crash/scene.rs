//! A simulated platform with several repositories, each with change requests that are pushed to, and how it fails.

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::forge::simulator::{
    self, APP_ID, APP_PRIVATE_KEY, BOT_TOKEN, Event, Fault, Installation, NewChange, Receiver,
    Signing, Simulator, State,
};
use asyncwarden::settings::{GitHubSettings, GitLabSettings};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Change requests in each repository.
const CHANGES: usize = 3;
/// Repositories, the two platforms in turn.
const REPOSITORIES: [&str; 4] = ["acme/shop", "acme/group/depot", "loops/web", "loops/group/jobs"];
/// How long the service may be left alone when it asks nothing.
const MOMENT: Duration = Duration::from_secs(1);

const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";

/// What pushes put into a file.
const TEXTS: [&str; 5] = [
    "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(2)\n",
    "import time\n\n\nasync def poll():\n    time.sleep(1)\n",
    "import time\n\nONE = 1\nTWO = 2\n\n\nasync def poll():\n    time.sleep(1)\n\n\nasync def wait():\n    time.sleep(60)\n",
    "import asyncio\n\n\nasync def poll():\n    asyncio.create_task(work())\n\n\nasync def work():\n    await asyncio.sleep(1)\n",
    "import requests\n\n\nasync def fetch(url):\n    return requests.get(url, timeout=1)\n",
];

pub struct Scene {
    pub simulator: Simulator,
    server: simulator::Running,
    pub subjects: Vec<Subject>,
    /// Nobody else's, so that a process of another test on a port that one of ours had takes nothing.
    secret: String,
    pub seed: u64,
}

/// A change request.
#[derive(Debug, Clone)]
pub struct Subject {
    pub index: usize,
    pub forge: ForgeKind,
    pub full_name: String,
    pub repository: i64,
    pub number: i64,
    pub branch: String,
}

impl Scene {
    pub async fn start() -> Self {
        Self::sized(CHANGES).await
    }

    /// With so many change requests in each repository.
    pub async fn sized(changes: usize) -> Self {
        Self::made(|state| subjects(state, changes)).await
    }

    /// With repositories and change requests of the caller's own.
    pub async fn made(make: impl FnOnce(&mut State) -> Vec<Subject>) -> Self {
        // The test's own client needs it, too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seed = std::env::var("ASYNCWARDEN_CRASH_SEED").ok().and_then(|text| text.parse().ok());
        let simulator = Simulator::new();
        // Who is killed can't tell others what it was told.
        simulator.state().watches_waits = false;
        simulator.state().installations.clear();
        let subjects = make(&mut simulator.state());
        let server = simulator.start(0).await.unwrap();
        let secret = uuid::Uuid::new_v4().to_string();
        Self { simulator, server, subjects, secret, seed: seed.unwrap_or(1) }
    }

    /// Chance for a purpose, the same in every run with the same seed.
    pub fn chance(&self, purpose: usize) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(purpose as u64))
    }

    /// What a process needs to know to serve the platform.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |text: &str| text.to_owned();
        vec![
            ("ASYNCWARDEN_GITHUB_API_URL", text(self.server.url())),
            ("ASYNCWARDEN_GITHUB_APP_ID", APP_ID.to_string()),
            ("ASYNCWARDEN_GITHUB_PRIVATE_KEY", text(APP_PRIVATE_KEY)),
            ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", self.secret.clone()),
            ("ASYNCWARDEN_GITLAB_URL", text(self.server.url())),
            ("ASYNCWARDEN_GITLAB_TOKEN", text(BOT_TOKEN)),
            ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", self.secret.clone()),
        ]
    }

    /// With what the service marks its comments on a platform.
    pub fn marker_keys(&self, forge: ForgeKind) -> Vec<Vec<u8>> {
        let url = || self.server.url().parse().unwrap();
        match forge {
            ForgeKind::GitHub => GitHubSettings {
                api_url: url(),
                app_id: APP_ID.unsigned_abs(),
                private_key: APP_PRIVATE_KEY.into(),
                webhook_secrets: vec![self.secret.clone().into()],
            }
            .marker_keys(),
            ForgeKind::GitLab => GitLabSettings {
                url: url(),
                token: BOT_TOKEN.into(),
                token_file: None,
                hooks: vec![HookSecrets::for_all(vec![self.secret.clone().into()], Vec::new())],
                hooks_file: None,
            }
            .marker_keys(),
        }
    }

    /// How the platform speaks with the process at that address.
    pub fn receiver(&self, forge: ForgeKind, address: &str) -> Receiver {
        let signing = match forge {
            ForgeKind::GitHub => Signing::Digest(self.secret.clone()),
            ForgeKind::GitLab => Signing::Token(self.secret.clone()),
        };
        Receiver { url: format!("http://{address}/webhooks/{}", forge.as_str()), forge, signing }
    }

    /// Pushes something by chance; returns what happened.
    pub fn push(&self, subject: &Subject, chance: &mut StdRng) -> Event {
        self.push_texts(subject, [0; 2].map(|_| chance.random_range(0..TEXTS.len())))
    }

    /// Pushes what the change request ends with, the same in every run.
    pub fn push_last(&self, subject: &Subject) -> Event {
        let index = subject.index;
        self.push_texts(subject, [index % TEXTS.len(), (index / 2 + 3) % TEXTS.len()])
    }

    fn push_texts(&self, subject: &Subject, texts: [usize; 2]) -> Event {
        let mut state = self.simulator.state();
        let before = state.change(subject.repository, subject.number).unwrap().head().to_owned();
        let files = ["app.py", "jobs/run.py"].into_iter().zip(texts.map(|at| Some(TEXTS[at])));
        state.push(subject.repository, &subject.branch, files);
        Event::Pushed { before }
    }

    /// Makes the description so long that a delivery is larger than this.
    pub fn inflate(&self, subject: &Subject, bytes: usize) {
        let mut state = self.simulator.state();
        state.change_mut(subject.repository, subject.number).unwrap().body = "x".repeat(bytes);
    }

    /// Waits until the platform was asked so many more times. A service that has nothing to do asks nothing, so this
    /// ends after a moment without.
    pub async fn asked(&self, times: usize) {
        let target = self.simulator.state().requests.len() + times;
        let reached = |state: &State| (state.requests.len() >= target).then_some(());
        self.simulator.wait_for(MOMENT, reached).await;
    }

    /// Plans a fault by chance.
    pub fn plan_fault(&self, chance: &mut StdRng) {
        let (method, path) = *CALLS.choose(chance).unwrap();
        let github = path.starts_with("/repos/");
        let fault = match chance.random_range(0..8) {
            0 => Fault::BadGateway,
            1 => Fault::BadGatewayAfter,
            2 => Fault::ResetBefore,
            3 => Fault::ResetAfter,
            4 => Fault::Truncated,
            5 => Fault::Slow(Duration::from_millis(chance.random_range(10..500))),
            6 if github => Fault::SecondaryLimit(1),
            _ => Fault::TooManyRequests(Some(1)),
        };
        let skip = chance.random_range(0..6);
        self.simulator.state().faults.plan(method, path, skip, 1, fault);
    }

    /// How many gates are not at their end.
    pub fn open_gates(&self) -> usize {
        self.gates().0
    }

    /// How many gates are open, and how many are at their end.
    pub fn gates(&self) -> (usize, usize) {
        let state = self.simulator.state();
        let checks = state.checks.iter().map(|check| check.conclusion.is_some());
        let statuses = state.statuses.iter().map(|status| is_ended(&status.state));
        let (ended, open): (Vec<bool>, Vec<bool>) =
            checks.chain(statuses).partition(|ended| *ended);
        (open.len(), ended.len())
    }

    pub async fn end(self) {
        self.server.stop().await;
    }
}

/// Calls that fail now and then.
const CALLS: [(&str, &str); 17] = [
    ("POST", "/app/installations/*/access_tokens"),
    ("GET", "/repos/*/pulls/*"),
    ("GET", "/repos/*"),
    ("POST", "/repos/*/check-runs"),
    ("PATCH", "/repos/*/check-runs/*"),
    ("POST", "/repos/*/pulls/*/reviews"),
    ("POST", "/repos/*/issues/*/comments"),
    ("PATCH", "/repos/*/issues/comments/*"),
    ("POST", "/graphql"),
    ("GET", "/api/v4/*"),
    ("POST", "/api/v4/*/statuses/*"),
    ("POST", "/api/v4/*/discussions"),
    ("POST", "/api/v4/*/draft_notes"),
    ("POST", "/api/v4/*/draft_notes/bulk_publish"),
    ("DELETE", "/api/v4/*/draft_notes/*"),
    ("POST", "/api/v4/*/notes"),
    ("PUT", "/api/v4/*"),
];

/// Whether a status of GitLab is at its end.
pub fn is_ended(state: &str) -> bool {
    !matches!(state, "created" | "pending" | "running")
}

fn subjects(state: &mut State, changes: usize) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for (at, full_name) in REPOSITORIES.into_iter().enumerate() {
        let files = [("app.py", BASE), ("jobs/__init__.py", ""), ("README.md", "# Loops\n")];
        let forge = if at % 2 == 0 { ForgeKind::GitHub } else { ForgeKind::GitLab };
        let repository = add_repository(state, forge, full_name, files);
        for _ in 0..changes {
            let files = [("app.py", Some(TEXTS[1]))];
            subjects.push(Subject::open(state, subjects.len(), forge, repository, files));
        }
    }
    subjects
}

/// Adds a repository; on GitHub with an installation of its own.
pub fn add_repository<'a, B: AsRef<[u8]>>(
    state: &mut State,
    forge: ForgeKind,
    full_name: &str,
    files: impl IntoIterator<Item = (&'a str, B)>,
) -> i64 {
    let repository = state.add_repository(full_name, files);
    if forge == ForgeKind::GitHub {
        let id = state.next_id();
        let repositories = Some([repository].into());
        let installation = Installation { repositories, ..Installation::granted(id) };
        state.installations.insert(id, installation);
    }
    repository
}

impl Subject {
    /// Opens a change request from a branch of its own.
    pub fn open<'a, B: AsRef<[u8]>>(
        state: &mut State,
        index: usize,
        forge: ForgeKind,
        repository: i64,
        files: impl IntoIterator<Item = (&'a str, Option<B>)>,
    ) -> Self {
        let branch = format!("feature-{index}");
        state.push(repository, &branch, files);
        let number = state.open_change(repository, NewChange::from_branch(&branch, "Poll"));
        let full_name = state.repositories[&repository].full_name.clone();
        Self { index, forge, full_name, repository, number, branch }
    }
}
