//! Looks at settings: the service's, and a repository's own.

mod check;
mod repository;
mod show;

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
    /// Say all that is wrong with the service's settings, or with a repository's own; nothing is started and nobody asked.
    Check(check::Args),
    /// Show what every setting of the service is, and who said so. Of secrets only whether they are set.
    Show(show::Args),
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Check(args) => check::run(args),
        Command::Show(args) => show::run(args),
    }
}
