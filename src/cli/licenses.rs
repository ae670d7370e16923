//! Shows the licences of what the program is built from.

use super::Outcome;
use super::output::print;

const LICENSE: &str = include_str!("../../LICENSE");
/// Made by `scripts/third-party.py`. It is in the program, so that the program can be handed on alone.
const THIRD_PARTY: &str = include_str!("../../THIRD-PARTY.txt");

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The program's own licence instead.
    #[arg(long)]
    own: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    print(if args.own { LICENSE } else { THIRD_PARTY })?;
    Ok(Outcome::Passed)
}
