//! Shows a review of a sample pull request on a simulated platform: nothing to set up, nothing leaves the machine.

pub mod history;
mod own;
mod sample;
mod show;
mod terminal;
mod words;

use std::fs::DirBuilder;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use super::Outcome;
use crate::app::App;
use crate::forge::ForgeKind;
use crate::forge::gitlab::HookSecrets;
use crate::forge::simulator::{
    APP_ID, APP_PRIVATE_KEY, BOT_TOKEN, Event, Receiver, Signing, Simulator, State, WEBHOOK_SECRET,
    page,
};
use crate::settings::{GitHubSettings, GitLabSettings, LogSettings, Settings, StoreSettings};
use crate::store::{Store, jobs};

/// How long a small review may take before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any demo.
const FOR_EVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// What each changed file adds to it: many times what a debug build needs.
const PATIENCE_FOR_FILE: Duration = Duration::from_millis(500);

/// What the command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Without --repository, --base and --head it shows a review of a sample. With any of them it shows a \
    review of a change between two commits of your own repository, from their merge base on, as a pull request \
    would be reviewed. Nothing is written to the repository, and nothing leaves the machine."
)]
pub struct Args {
    #[command(flatten)]
    own: own::OwnChange,
    /// Which platform is simulated.
    #[arg(long, default_value = "github", value_parser = forge_names())]
    forge: ForgeKind,
    /// End after printing the review.
    #[arg(long)]
    once: bool,
    /// Port for the simulated platform on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

impl Args {
    /// Whether the dashboard gets a made-up history. Who only wants the text, or sees a change of their own, has no use for
    /// it.
    fn has_history(&self) -> bool {
        !self.once && !self.own.is_asked_for()
    }
}

fn forge_names() -> impl TypedValueParser<Value = ForgeKind> {
    PossibleValuesParser::new(["github", "gitlab"])
        .try_map(|name| ForgeKind::from_name(&name).ok_or("no such platform"))
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Ok(filter) = std::env::var("ASYNCWARDEN_LOG") {
        crate::telemetry::start(&LogSettings { filter, ..LogSettings::default() });
    }
    tokio::runtime::Runtime::new()?.block_on(demo(args))?;
    Ok(Outcome::Passed)
}

/// The change request that is shown.
#[derive(Debug, Clone)]
struct Scene {
    repository: i64,
    /// `owner/name` of the repository.
    name: String,
    number: i64,
    /// How many files it changes.
    files: u32,
}

async fn demo(args: &Args) -> anyhow::Result<()> {
    let simulator = Simulator::new();
    let scene = match args.own.is_asked_for() {
        true => own::open(&simulator, &args.own)?,
        false => sample::open(&simulator),
    };
    let server = simulator
        .start(args.port)
        .await
        .with_context(|| format!("the simulated platform can't listen on port {}", args.port))?;
    let folder = Folder::new()?;
    let mut settings = settings(args.forge, server.url(), &folder.0)?;
    settings.made_up = args.has_history();
    if settings.made_up {
        let store = Store::open(&settings.store).await?;
        history::fill(&store, &simulator, server.url(), args.forge, Utc::now()).await?;
        store.close().await;
    }
    let app = App::start(settings).await.context("the service did not start")?;
    let service = format!("http://{}", app.addr);

    let ended = tokio::select! {
        shown = review(args, &simulator, &scene, &service, &app.store) => shown.map(|()| args.once),
        stopped = stop_signal() => stopped.map(|()| true),
    };
    if let Ok(false) = ended {
        stop_signal().await?;
    }
    app.shutdown().await;
    server.stop().await;
    ended.map(|_| ())
}

/// Sends the webhook, waits until the review is complete, prints it.
async fn review(
    args: &Args,
    simulator: &Simulator,
    scene: &Scene,
    service: &str,
    store: &Store,
) -> anyhow::Result<()> {
    let (repository, number) = (scene.repository, scene.number);
    let receiver = receiver(args.forge, service);
    let status = simulator.deliver(&receiver, repository, number, &Event::Opened).await?;
    if status != 202 {
        bail!("the service answered the webhook with {status} instead of 202");
    }
    let complete = |state: &State| is_complete(state, args.forge, repository, number).then_some(());
    let patience = PATIENCE + PATIENCE_FOR_FILE * scene.files;
    if simulator.wait_for(patience, complete).await.is_none() {
        let seconds = patience.as_secs();
        bail!("the review was not complete after {seconds} s; ASYNCWARDEN_LOG=debug shows why");
    }
    // The gate has its conclusion before its last annotations.
    let _ = tokio::time::timeout(patience, idle(store)).await;
    let page = page::path(args.forge, &scene.name, number);
    let review = show::review(&simulator.state(), args.forge, repository, number);
    let addresses = show::addresses(&format!("{}{page}", simulator.url()), service, args);
    anstream::print!("{review}{addresses}");
    Ok(std::io::stdout().flush()?)
}

/// Ends when the service has nothing left to do.
async fn idle(store: &Store) -> anyhow::Result<()> {
    let mut often = tokio::time::interval(Duration::from_millis(50));
    loop {
        often.tick().await;
        let mut tx = store.read().await?;
        let depth = jobs::depth(&mut tx).await?;
        tx.commit().await?;
        if depth.queued + depth.running == 0 {
            return Ok(());
        }
    }
}

/// Whether the gate at the head has its conclusion.
fn is_complete(state: &State, forge: ForgeKind, repository: i64, number: i64) -> bool {
    let Some(change) = state.change(repository, number) else { return false };
    match forge {
        ForgeKind::GitHub => state
            .checks
            .iter()
            .any(|check| check.head_sha == change.head() && check.conclusion.is_some()),
        ForgeKind::GitLab => state.statuses.iter().any(|status| {
            status.sha == change.head()
                && !matches!(status.state.as_str(), "created" | "pending" | "running")
        }),
    }
}

/// The service's settings: the embedded store in a folder, a free port, the simulated platform.
fn settings(forge: ForgeKind, platform: &str, folder: &Path) -> anyhow::Result<Settings> {
    let mut settings = Settings::on(StoreSettings::Embedded(folder.to_owned()));
    // The comments link to the service's pages, so the port has to be known before the start.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    settings.listen = free.to_string();
    settings.public_url = Some(format!("http://{free}"));
    // Change requests that nobody spoke of for days are part of the history.
    settings.timings.reconcile = FOR_EVER;
    // Nobody has to be spared here.
    settings.timings.calls.between_writes = Duration::ZERO;
    let url = platform.parse()?;
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
    Ok(settings)
}

fn receiver(forge: ForgeKind, service: &str) -> Receiver {
    let secret = WEBHOOK_SECRET.to_owned();
    Receiver {
        url: format!("{service}/webhooks/{}", forge.as_str()),
        forge,
        signing: match forge {
            ForgeKind::GitHub => Signing::Digest(secret),
            ForgeKind::GitLab => Signing::Token(secret),
        },
    }
}

/// Ends when somebody presses Ctrl-C, or when the process is asked to terminate.
async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// A temporary folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("asyncwarden-demo-{}", Uuid::new_v4()));
        let mut builder = DirBuilder::new();
        // It may hold findings in somebody's own code, in a folder that all may read.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| format!("can't make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is left to the system's cleaning of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_store_of_a_demo_is_its_owner_s_alone() {
        let folder = Folder::new().unwrap();
        let mode = std::fs::metadata(&folder.0).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{mode:o}");
    }
}
