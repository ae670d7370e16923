//! Webhooks at GitLab: how the command sets them, and whose secret counts for which project.

mod check;
mod command;
mod group;
mod receiver;
mod secret;

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use asyncwarden::app::{self, App};
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::gitlab::HookSecrets;
use asyncwarden::forge::simulator::gitlab::InstalledHook;
use asyncwarden::forge::simulator::{self, BOT_TOKEN, Event, Level, NewChange, Simulator};
use asyncwarden::settings::{GitLabSettings, HooksFile, Settings, StoreSettings, Timings};
use tokio::process::Command;

const TOKEN: &str = "secret-token-of-all";
const SIGNING: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const PROJECTS: [&str; 3] = ["group/shop", "group/sub/tools", "other/site"];
const BASE: &str = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n";
const BLOCKING: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";

/// A simulated GitLab with some projects, each with a merge request, and the service.
struct Scene {
    simulator: Simulator,
    server: simulator::Running,
    service: app::Running,
    folder: tempfile::TempDir,
    /// What the service and the command are told of secrets.
    secrets: Vec<(&'static str, &'static str)>,
}

impl Scene {
    async fn start(secrets: &[(&'static str, &'static str)]) -> Self {
        let simulator = Simulator::new();
        simulator.state().gitlab.bot_level = Some(Level::Admin);
        for name in PROJECTS {
            let mut state = simulator.state();
            let id = state.add_repository(name, [("app.py", BASE)]);
            state.push(id, "feature", [("app.py", Some(BLOCKING))]);
            state.open_change(id, NewChange::from_branch("feature", "Poll"));
        }
        let server = simulator.start(0).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hooks.toml"), "# Kept.\n").unwrap();
        let service = serve(server.url(), folder.path().to_owned(), secrets).await;
        Self { simulator, server, service, folder, secrets: secrets.to_vec() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("hooks.toml")
    }

    fn hooks_text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    /// Runs the command with what the service knows.
    async fn command(&self, arguments: &[&str]) -> Ended {
        self.command_with(&self.secrets, arguments).await
    }

    async fn command_with(&self, secrets: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
        command.args(["gitlab", "install-webhook"]).args(arguments).env_clear();
        command.env("ASYNCWARDEN_PUBLIC_URL", format!("http://{}", self.service.addr));
        command.env("ASYNCWARDEN_GITLAB_URL", self.server.url());
        command.env("ASYNCWARDEN_GITLAB_TOKEN", BOT_TOKEN);
        command.env("ASYNCWARDEN_GITLAB_HOOKS_FILE", self.file());
        command.envs(secrets.iter().copied()).stdin(Stdio::null());
        let ended = Ended::from(command.output().await.unwrap());
        let hidden = self.hooks_text();
        let hidden = hidden.split('"').skip(1).step_by(2).filter(|text| text.len() > 20);
        for secret in hidden.chain([TOKEN, SIGNING, BOT_TOKEN]) {
            assert!(!ended.all().contains(secret), "a secret is shown: {}", ended.all());
        }
        ended
    }

    fn project(&self, name: &str) -> i64 {
        self.simulator.state().repository(name).unwrap().id
    }

    fn hooks(&self) -> Vec<InstalledHook> {
        self.simulator.state().gitlab.hooks.clone()
    }

    /// Tells of the project's merge request whoever has a hook for it. Returns what was answered.
    async fn announce(&self, name: &str) -> Vec<u16> {
        let project = self.project(name);
        let told = self.simulator.announce(project, 1, &Event::Opened).await;
        told.into_iter().map(|it| it.status).collect()
    }

    async fn end(self) {
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        self.service.shutdown().await;
        self.server.stop().await;
    }
}

async fn serve(platform: &str, folder: PathBuf, secrets: &[(&str, &str)]) -> app::Running {
    let mut settings = Settings::on(StoreSettings::Embedded(folder.join("store")));
    settings.listen = "127.0.0.1:0".to_owned();
    settings.workers = 0;
    settings.timings =
        Timings { backoff: Duration::ZERO, calls: Waits::NONE, ..Timings::default() };
    let named = |name: &str| {
        let of = secrets.iter().filter(|(it, _)| *it == name);
        of.flat_map(|(_, value)| value.split(',')).map(Into::into).collect()
    };
    settings.gitlab = Some(GitLabSettings {
        url: platform.parse().unwrap(),
        token: BOT_TOKEN.into(),
        token_file: None,
        hooks: vec![HookSecrets::for_all(
            named("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN"),
            named("ASYNCWARDEN_GITLAB_SIGNING_TOKEN"),
        )],
        hooks_file: Some(HooksFile::at(folder.join("hooks.toml")).read().unwrap()),
    });
    App::start(settings).await.unwrap()
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// Asserts that it did its work, and said all that.
    #[track_caller]
    fn did(&self, parts: &[&str]) {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        for part in parts {
            assert!(self.out.contains(part), "{part:?} is not in {}", self.out);
        }
    }

    /// Asserts that it failed, and said why in one line.
    #[track_caller]
    fn refused(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(2), "{}", self.all());
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in {}", self.err);
        }
    }
}
