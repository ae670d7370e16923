//! Makes a GitHub App: a person confirms it in a browser, and its credentials go into files or to a secret store.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use chrono::Utc;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::local_page::{self, Kept};
use crate::cli::Outcome;
use crate::forge::github::app::{CreatedApp, Creation, Extent, NewApp, app_name};
use crate::settings::{AppFolder, Arguments, Setup, base_url};

/// How long GitHub's part may take.
const PATIENCE: Duration = Duration::from_secs(3600);
const USUAL_API: &str = "https://api.github.com";

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Organization that owns the App; without it, the account that confirms it does.
    #[arg(long, value_name = "ORG")]
    organization: Option<String>,
    /// Where GitHub and people reach the service.
    #[arg(long, env = "ASYNCWARDEN_PUBLIC_URL", value_name = "URL")]
    url: String,
    /// Where people reach GitHub; for GitHub Enterprise Server `https://HOST`.
    #[arg(long, value_name = "URL", default_value = "https://github.com")]
    github: String,
    /// The App's name; GitHub asks for another if it is taken. Without it GitHub asks for one.
    #[arg(long)]
    name: Option<String>,
    /// Folder for the credentials, or `-` to print them as environment settings for a secret store. Default: where the
    /// service looks for them.
    #[arg(long, value_name = "DIR|-")]
    output: Option<String>,
    /// Overwrite credentials that are there.
    #[arg(long)]
    force: bool,
    /// Let the App resolve threads whose finding is fixed. GitHub lets only those do so who may write code, so it asks for
    /// `contents: write`; without it such threads are hidden as outdated.
    #[arg(long)]
    resolve_threads: bool,
    /// Don't ask to read merge queues, which older GitHub Enterprise Servers don't know.
    #[arg(long)]
    no_merge_queue: bool,
    /// Let other accounts install the App.
    #[arg(long)]
    public: bool,
    /// Port on 127.0.0.1 for the page that leads to GitHub; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder of the credentials, if --output doesn't say.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_APP_DIR", value_name = "DIR", hide = true)]
    github_app_dir: Option<PathBuf>,
    /// Folder of the embedded store, below which the credentials are by default.
    #[arg(long, env = "ASYNCWARDEN_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// PEM file with certificates of authorities that are trusted beside the system's own.
    #[arg(long, env = "ASYNCWARDEN_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// Where the credentials go.
pub(super) enum Output {
    /// Into files in this folder; others are overwritten or not.
    Files(AppFolder, bool),
    /// Onto standard output.
    Printed,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let settings = Arguments {
        github_app_dir: args.output.clone().map(PathBuf::from).or(args.github_app_dir.clone()),
        data_dir: args.data_dir.clone(),
        ca_file: args.ca_file.clone(),
        ..Arguments::default()
    };
    let setup = settings.resolve_setup()?;
    let output = output(args, &setup)?;
    if let Output::Files(folder, force) = &output {
        // GitHub gives the credentials once: better to know before.
        folder.prepare(*force).with_context(|| {
            let hint = if *force { "" } else { " (--force overwrites)" };
            format!("the credentials can't be kept in {}{hint}", folder.path().display())
        })?;
    }
    tokio::runtime::Runtime::new()?.block_on(create(args, setup, output))?;
    Ok(Outcome::Passed)
}

fn output(args: &Args, setup: &Setup) -> anyhow::Result<Output> {
    match &setup.app_folder {
        _ if args.output.as_deref() == Some("-") => Ok(Output::Printed),
        Some(folder) => Ok(Output::Files(folder.clone(), args.force)),
        None => bail!("--output says where the credentials go"),
    }
}

async fn create(args: &Args, setup: Setup, output: Output) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .await
        .with_context(|| format!("cannot listen on port {} of 127.0.0.1", args.port))?;
    let origin = format!("http://{}", listener.local_addr()?);
    let creation = begin(args, &origin, setup)?;
    let printed = matches!(output, Output::Printed);
    let page = local_page::serve(listener, creation, output);
    let address = format!("{origin}{}", page.path);
    say(&format!(
        "Open this address in a browser on this machine, and confirm the App at {}:\n\n  {address}\n\n\
         (From another machine: ssh -L {port}:127.0.0.1:{port} first.)\n",
        args.github,
        port = origin.rsplit(':').next().unwrap_or_default(),
    ))?;
    let kept = tokio::select! {
        kept = page.kept => kept.map_err(|_| anyhow!("the page ended"))?,
        () = tokio::time::sleep(PATIENCE) => bail!("nobody came back from GitHub within an hour"),
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            bail!("stopped; an App that was confirmed by then has no key and can be deleted");
        }
    };
    page.stop.cancel();
    // The browser gets the last page first.
    let _ = tokio::time::timeout(Duration::from_secs(5), page.server).await;
    let Kept { app, folder } = kept;
    if printed {
        std::io::stdout()
            .write_all(as_environment(&app, args.url.trim_end_matches('/')).as_bytes())?;
    }
    say(&next(&app, folder.as_deref()))
}

/// What is for the person, and not for whoever reads the credentials from standard output.
fn say(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stderr().write_all(text.as_bytes())?)
}

fn begin(args: &Args, origin: &str, setup: Setup) -> anyhow::Result<Creation> {
    let name = args.name.as_deref().map(app_name).transpose();
    let app = NewApp {
        public_url: base_url("--url", &args.url)?,
        redirect_url: format!("{origin}{}", local_page::CREATED),
        name: name.map_err(|problem| anyhow!("--name: {problem}"))?.map(str::to_owned),
        public: args.public,
        extent: Extent { resolve_threads: args.resolve_threads, merge_queue: !args.no_merge_queue },
    };
    let web = base_url("--github", &args.github)?;
    let organization = args.organization.clone();
    Ok(Creation::begin(web, organization, app, setup.authorities, Utc::now()))
}

/// The credentials as environment settings. Line ends of the key are written `\n`, which the service reads.
fn as_environment(app: &CreatedApp, public_url: &str) -> String {
    let mut text = String::new();
    let mut set = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}='{value}'");
    };
    let key = app.private_key.expose_secret().trim_end().replace('\r', "").replace('\n', "\\n");
    set("ASYNCWARDEN_PUBLIC_URL", public_url);
    set("ASYNCWARDEN_GITHUB_APP_ID", &app.id.to_string());
    set("ASYNCWARDEN_GITHUB_PRIVATE_KEY", &key);
    if let Some(secret) = &app.webhook_secret {
        set("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", secret.expose_secret());
    }
    let api = app.api_url.as_str().trim_end_matches('/');
    if api != USUAL_API {
        set("ASYNCWARDEN_GITHUB_API_URL", api);
    }
    set("ASYNCWARDEN_GITHUB_CLIENT_ID", &app.client_id);
    set("ASYNCWARDEN_GITHUB_CLIENT_SECRET", app.client_secret.expose_secret());
    text
}

fn next(app: &CreatedApp, folder: Option<&Path>) -> String {
    let mut text = format!("The App {} is made (number {}). What to do next:\n", app.slug, app.id);
    match folder {
        Some(folder) => {
            let folder = folder.display();
            let _ = writeln!(text, "- Start the service with ASYNCWARDEN_GITHUB_APP_DIR={folder}");
        }
        None => text.push_str("- Start the service with the settings that were printed\n"),
    }
    if app.webhook_secret.is_none() {
        text.push_str("- GitHub made no webhook secret: set one in the App's settings, and ASYNCWARDEN_GITHUB_WEBHOOK_SECRET\n");
    }
    let _ = writeln!(text, "- Install the App on your repositories: {}", app.install_url());
    text.push_str("- To gate merges, require the check `asyncwarden`, pinned to the App\n");
    text
}
