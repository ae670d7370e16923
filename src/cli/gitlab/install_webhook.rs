//! Sets webhooks by GitLab's interface, so that nobody has to type them in.

use anyhow::{anyhow, bail};
use url::Url;

use super::given::GivenSettings;
use super::work::{Work, say};
use crate::cli::Outcome;
use crate::forge::ForgeError;
use crate::forge::gitlab::hooks::PlaceKind;
use crate::forge::gitlab::{GitLab, GitLabConfig};
use crate::settings::GitLabSetup;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Full path of the project or group, or a project's number.
    #[arg(value_name = "PROJECT|GROUP")]
    target: String,
    /// Set a webhook in every project of the group, also below it, instead of one for the group.
    #[arg(long)]
    pub(super) each_project: bool,
    /// Make a secret for this project or group alone, and put it into ASYNCWARDEN_GITLAB_HOOKS_FILE first. Its former
    /// secret counts until the webhook has the new one.
    #[arg(long, conflicts_with = "remove")]
    pub(super) new_secret: bool,
    /// Set the external status check `asyncwarden`, too (GitLab Ultimate).
    #[arg(long)]
    pub(super) status_check: bool,
    /// Of several webhooks with the service's address, keep the oldest alone.
    #[arg(long, conflicts_with = "remove")]
    pub(super) remove_doubles: bool,
    /// Take the webhook away; with --status-check the check, too.
    #[arg(long)]
    pub(super) remove: bool,
    /// Don't have GitLab make a test call.
    #[arg(long)]
    pub(super) no_test: bool,
    /// Let GitLab call the service without looking at its certificate.
    #[arg(long)]
    pub(super) no_tls_verification: bool,
    /// Only say what would be done.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    settings: GivenSettings,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let setup = args.settings.arguments().resolve_gitlab_setup()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(install(args, &setup))?;
    Ok(Outcome::Passed)
}

async fn install(args: &Args, setup: &GitLabSetup) -> anyhow::Result<()> {
    let config = GitLabConfig {
        authorities: setup.authorities.clone(),
        ..GitLabConfig::new(setup.url.as_str(), setup.token.clone())
    };
    let gitlab = GitLab::new(&config)?;
    let place = gitlab.place(&args.target).await?.ok_or_else(|| {
        anyhow!("this token's user sees no project and no group {} at {}", args.target, setup.url)
    })?;
    let places = match (place.kind, args.each_project) {
        (PlaceKind::Project, true) => {
            bail!("{} is a project: leave --each-project out", place.full_path)
        }
        (PlaceKind::Group, true) => gitlab.projects_of(&place).await?,
        (PlaceKind::Group, false) if args.status_check => bail!(
            "external status checks belong to projects: --each-project sets one in every project of the group"
        ),
        _ => vec![place],
    };
    let base = setup.public_url.as_str().trim_end_matches('/');
    let work = Work {
        args,
        setup,
        url: Url::parse(&format!("{base}/webhooks/gitlab"))?,
        version: gitlab.version().await?,
        gitlab,
    };
    let mut failed = 0;
    for place in &places {
        match work.on(place).await {
            Err(error) if places.len() > 1 && !ends_all(&error) => {
                failed += 1;
                say(place, &format!("failed: {error:#}"))?;
            }
            done => done?,
        }
    }
    if failed > 0 {
        bail!("{failed} of {} projects failed, as said above", places.len());
    }
    if places.is_empty() {
        bail!("there is no project in {}", args.target);
    }
    Ok(())
}

/// Whether the other projects would fare no better.
fn ends_all(error: &anyhow::Error) -> bool {
    let cause = error.chain().find_map(|cause| cause.downcast_ref::<ForgeError>());
    cause.is_some_and(|cause| !matches!(cause, ForgeError::Status { .. }))
}
