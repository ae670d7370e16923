//! Writes the manual's pages.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::output::print;
use super::{Cli, Outcome};
use crate::version::VERSION;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder for the pages, one for each command; it is made if need be. Without it the program's own page is written to
    /// standard output.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    // There is help on each command; pages on `help` would say the same again.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    match &args.folder {
        Some(folder) => {
            let write = || {
                std::fs::create_dir_all(folder)?;
                write_pages(&program, folder)
            };
            write().with_context(|| format!("cannot write to {}", folder.display()))?;
        }
        None => {
            let mut text = Vec::new();
            page(&program).render(&mut text)?;
            print(&String::from_utf8(text)?)?;
        }
    }
    Ok(Outcome::Passed)
}

fn write_pages(command: &Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        write_pages(below, folder)?;
    }
    page(command).generate_to(folder)?;
    Ok(())
}

/// A command's page, under its whole name: `asyncwarden-queue-dead`.
fn page(command: &Command) -> Man {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let version = format!("asyncwarden {VERSION}");
    Man::new(command.clone()).title(name).source(version).manual("asyncwarden's manual")
}
