//! A simulated GitHub, the service that reviews on it, and a client beside it.

use std::time::Duration;

use asyncwarden::app::{self, App};
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::github::{GitHub, GitHubConfig};
use asyncwarden::forge::simulator::{
    APP_ID, APP_PRIVATE_KEY, Event, INSTALLATION_ID, Level, NewChange, Payload, Receiver, Request,
    Running, Signing, Simulator, WEBHOOK_SECRET,
};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{GitHubSettings, Settings, StoreSettings, Timings};
use serde_json::{Value, json};

use super::requests::{as_json, is_to_the_interface};

const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";

pub(super) struct Scene {
    pub(super) simulator: Simulator,
    pub(super) client: GitHub,
    pub(super) repository: i64,
    server: Running,
    service: app::Running,
    _store: tempfile::TempDir,
}

impl Scene {
    pub(super) async fn start(base: &str) -> Self {
        let simulator = Simulator::new();
        // Too long for a query, so that it is read alone.
        let long = format!("# {}\n", "long ".repeat(90_000));
        let files = [
            ("app.py", BASE),
            ("lib/a b#é.py", "x = 1\n"),
            ("lib/b.py", "x = 2\n"),
            ("long.py", long.as_str()),
            ("README.md", "# Loops\n"),
        ];
        let repository = simulator.state().add_repository("acme/shop", files);
        simulator.state().add_person("maria", false);
        simulator.state().grant("maria", repository, Level::Write);
        let server = simulator.start(0).await.unwrap();
        let api_url = format!("{}{base}", server.url());
        let store = tempfile::tempdir().unwrap();
        let mut settings = Settings::on(StoreSettings::Embedded(store.path().to_owned()));
        settings.listen = "127.0.0.1:0".to_owned();
        settings.public_url = Some("https://warden.example.com".to_owned());
        settings.workers = 0;
        settings.timings =
            Timings { backoff: Duration::ZERO, calls: Waits::NONE, ..Timings::default() };
        settings.github = Some(GitHubSettings {
            api_url: api_url.parse().unwrap(),
            app_id: APP_ID.unsigned_abs(),
            private_key: APP_PRIVATE_KEY.into(),
            webhook_secrets: vec![WEBHOOK_SECRET.into()],
        });
        let service = App::start(settings).await.unwrap();
        let config = GitHubConfig::new(api_url, APP_ID.to_string(), APP_PRIVATE_KEY.into());
        let client = GitHub::new(&GitHubConfig { waits: Waits::NONE, ..config }).unwrap();
        Self { simulator, client, repository, server, service, _store: store }
    }

    /// Opens a pull request with these files.
    pub(super) fn open(&self, branch: &str, files: &[(&str, &str)]) -> ChangeRequest {
        self.push(branch, files);
        let new = NewChange::from_branch(branch, "Poll");
        let number = self.simulator.state().open_change(self.repository, new);
        let repository = RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id: self.repository,
            full_name: "acme/shop".to_owned(),
            installation_id: Some(INSTALLATION_ID),
        };
        ChangeRequest { repository, number }
    }

    pub(super) fn push(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(path, text)| (*path, Some(*text)));
        self.simulator.state().push(self.repository, branch, files)
    }

    /// Tells the service what happened to a pull request, and has it work.
    pub(super) async fn deliver(&self, change: &ChangeRequest, event: &Event) {
        let payload =
            self.simulator.payload(ForgeKind::GitHub, self.repository, change.number, event);
        self.send(&payload).await;
    }

    /// Sends a delivery, and has the service work.
    pub(super) async fn send(&self, payload: &Payload) {
        let id = uuid::Uuid::new_v4().to_string();
        assert_eq!(self.simulator.send(&self.receiver(), payload, &id).await.unwrap(), 202);
        self.service.worker.run_until_idle().await.unwrap();
    }

    pub(super) fn receiver(&self) -> Receiver {
        Receiver {
            url: format!("http://{}/webhooks/github", self.service.addr),
            forge: ForgeKind::GitHub,
            signing: Signing::Digest(WEBHOOK_SECRET.to_owned()),
        }
    }

    /// Everything that was asked of GitHub's API, with the answers.
    pub(super) fn exchanges(&self) -> Vec<Value> {
        let state = self.simulator.state();
        let asked = state.requests.iter().filter(|it| is_to_the_interface(it));
        let exchange = |it: &Request| {
            let mut exchange = as_json(it);
            exchange["status"] = json!(it.status);
            exchange["answer"] = json!(String::from_utf8_lossy(&it.answer));
            exchange
        };
        asked.map(exchange).collect()
    }

    /// Stops everything; the simulator must have seen nothing wrong.
    pub(super) async fn end(self) {
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        assert!(self.simulator.state().faults.is_spent(), "a planned fault did not happen");
        self.service.shutdown().await;
        self.server.stop().await;
    }
}
