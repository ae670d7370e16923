//! What has to be done at GitHub before the service can work there.

mod create_app;
mod local_page;

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
    /// Make a GitHub App for the service, with no more permissions than it needs, and keep its credentials.
    CreateApp(Box<create_app::Args>),
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::CreateApp(args) => create_app::run(args),
    }
}
