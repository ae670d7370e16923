//! Shows a review of a sample pull request on a simulated platform.

use super::Outcome;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_args: Args) -> anyhow::Result<Outcome> {
    anyhow::bail!("not there yet")
}
