//! Writes what a shell needs to complete the program's command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::output::print;
use super::{Cli, Outcome};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "asyncwarden", &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Outcome::Passed)
}
