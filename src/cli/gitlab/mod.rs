//! What has to be done at GitLab before the service hears of merge requests there.

mod given;
mod install_webhook;
mod secrets;
mod words;
mod work;

use clap::Subcommand;

use super::Outcome;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set the webhook of a project or group, with the secrets that the service knows, and try it.
    InstallWebhook(Box<install_webhook::Args>),
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::InstallWebhook(args) => install_webhook::run(args),
    }
}
