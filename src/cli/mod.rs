//! The command line: subcommands and output formats.

mod check;
mod completions;
mod config;
mod demo;
mod doctor;
mod github;
mod gitlab;
mod healthcheck;
mod licenses;
mod local;
mod man;
mod migrate;
mod on_store;
mod output;
mod queue;
mod repair;
mod repository;
mod review;
mod rules;
mod serve;
mod store;
mod supervisor;

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::change::visible;

pub use demo::history as demo_history;
pub use rules::rules_table;

/// Reviews changes to Python code that uses asyncio, against a checklist of 63 items.
#[derive(Debug, Parser)]
#[command(name = "asyncwarden", version, about, propagate_version = true)]
pub struct Cli {
    /// With `--version`: say what this build is.
    #[arg(long, requires = "version")]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Review what a change causes, in a git repository or from a diff; no server, no database.
    Review(review::Args),
    /// Analyse whole files and folders.
    Check(check::Args),
    /// List the rules, or explain one.
    Rules(rules::Args),
    /// Run the service: webhooks, workers, dashboard.
    Serve(serve::Args),
    /// Check the settings, or show what they are.
    Config(config::Args),
    /// Ask everything that the service needs whether it works, and say what to do about what doesn't.
    Doctor(doctor::Args),
    /// Bring the store's schema up to date.
    Migrate(migrate::Args),
    /// Look at the queue and at deliveries, ask again for reviews that were given up, take deliveries again.
    Queue(queue::Args),
    /// Have the reviews of a repository wait, and let them go on.
    Repository(repository::Args),
    /// Move what the store keeps to another store, or delete what it keeps of a repository.
    Store(store::Args),
    /// Make a GitHub App for the service.
    Github(github::Args),
    /// Set webhooks at GitLab for the service.
    Gitlab(gitlab::Args),
    /// Show a review of a sample pull request on a simulated platform.
    Demo(demo::Args),
    /// Ask the service on this machine whether it is well.
    Healthcheck(healthcheck::Args),
    /// Write a shell's completions to standard output.
    Completions(completions::Args),
    /// Write the manual's pages.
    Man(man::Args),
    /// Show the licences of what the program is built from.
    #[command(visible_alias = "licences")]
    Licenses(licenses::Args),
}

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0: nothing reaches the gate's threshold.
    Passed,
    /// Exit code 1: the gate failed.
    GateFailed,
    /// Exit code 1: what was asked after is not well; what, was said.
    Unwell,
    /// Exit code 2: what was looked at can't be used; all that is wrong was said.
    Unusable,
}

/// Reads the arguments and runs the subcommand. What is wrong with the arguments is one line on standard error, as all
/// that goes wrong is.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => cli.run(),
        // Without a subcommand the help says what there is.
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(2)
        }
        Err(error) if error.use_stderr() => {
            let _ = writeln!(std::io::stderr(), "asyncwarden: {}", in_one_line(&error.to_string()));
            ExitCode::from(2)
        }
        Err(shown) if shown.kind() == ErrorKind::DisplayVersion && asked_for_all() => {
            let _ = std::io::stdout().write_all(crate::version::verbose().as_bytes());
            ExitCode::SUCCESS
        }
        // Help or the version, asked for.
        Err(shown) => {
            let _ = shown.print();
            ExitCode::SUCCESS
        }
    }
}

/// The parser shows the version as soon as it reads of it, and what stands behind is not looked at.
fn asked_for_all() -> bool {
    std::env::args_os().any(|argument| argument == "--verbose")
}

/// The parser's message without the usage and the pointer to the help below it.
fn in_one_line(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let lines = message.lines().map(str::trim);
    let lines = lines.take_while(|line| !line.starts_with("Usage:"));
    let words: Vec<&str> = lines
        .filter(|line| !line.starts_with("For more information"))
        .flat_map(str::split_whitespace)
        .collect();
    words.join(" ")
}

impl Cli {
    /// Runs the subcommand. Exit code 2 and one line on standard error when it could not do its work.
    pub fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Review(args) => review::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Rules(args) => rules::run(&args),
            Command::Serve(args) => serve::run(args),
            Command::Config(args) => config::run(args),
            Command::Doctor(args) => doctor::run(args),
            Command::Migrate(args) => migrate::run(args),
            Command::Queue(args) => queue::run(args),
            Command::Repository(args) => repository::run(args),
            Command::Store(args) => store::run(args),
            Command::Github(args) => github::run(&args),
            Command::Gitlab(args) => gitlab::run(&args),
            Command::Demo(args) => demo::run(&args),
            Command::Healthcheck(args) => healthcheck::run(args),
            Command::Completions(args) => completions::run(&args),
            Command::Man(args) => man::run(&args),
            Command::Licenses(args) => licenses::run(&args),
        };
        match outcome {
            Ok(Outcome::Passed) => ExitCode::SUCCESS,
            Ok(Outcome::GateFailed | Outcome::Unwell) => ExitCode::from(1),
            Ok(Outcome::Unusable) => ExitCode::from(2),
            Err(error) => {
                // One line, whatever the causes say; and nobody need be listening.
                let line = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = writeln!(std::io::stderr(), "asyncwarden: {}", visible(&line));
                ExitCode::from(2)
            }
        }
    }
}
