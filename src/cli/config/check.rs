//! `asyncwarden config check`: all that is wrong, at once.

use std::fmt::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::repository;
use crate::cli::Outcome;
use crate::cli::output::print;
use crate::settings::{Overview, Sourced};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Check a repository's own settings instead: its folder, or a file that goes to its root.
    #[arg(long, value_name = "DIR|FILE")]
    repository: Option<PathBuf>,
    /// How it is said.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    settings: Sourced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each thing.
    Text,
    /// One object.
    Json,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Found {
    /// What can't be used.
    pub(super) errors: Vec<String>,
    /// What can be used, and should be looked at.
    pub(super) warnings: Vec<String>,
}

/// Runs the command. Exit code 2 when something can't be used.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let found = match &args.repository {
        Some(path) => repository::check(path)?,
        None => service(args.settings),
    };
    print(&match args.format {
        Format::Text => found.text(),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&found)?),
    })?;
    Ok(if found.errors.is_empty() { Outcome::Passed } else { Outcome::Unusable })
}

fn service(settings: Sourced) -> Found {
    let overview = Overview::of(settings);
    match overview.resolve() {
        Ok(settings) => Found { errors: Vec::new(), warnings: overview.warnings(&settings) },
        Err(errors) => Found {
            errors: errors.iter().map(ToString::to_string).collect(),
            warnings: overview.unknown,
        },
    }
}

impl Found {
    fn text(&self) -> String {
        let mut text = String::new();
        let errors = self.errors.iter().map(|error| ("error", error));
        for (kind, line) in errors.chain(self.warnings.iter().map(|line| ("warning", line))) {
            let _ = writeln!(text, "{kind}: {line}");
        }
        let (errors, warnings) = (self.errors.len(), self.warnings.len());
        let _ = match (errors, warnings) {
            (0, 0) => writeln!(text, "nothing is wrong with the settings"),
            (0, n) => writeln!(text, "the settings can be used; {}", counted(n, "warning")),
            (n, 0) => writeln!(text, "the settings can't be used; {}", counted(n, "error")),
            (n, m) => writeln!(
                text,
                "the settings can't be used; {}, {}",
                counted(n, "error"),
                counted(m, "warning")
            ),
        };
        text
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
