//! Analyses whole files and folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::Outcome;
use super::local::{Counted, python_files};
use super::output::{OutputArgs, Report};
use super::repair::Repairing;
use crate::analysis::check_tree;
use crate::change::Tree;
use crate::policy::Policy;

/// Files and folders that mark a project's root.
const MARKS: [&str; 3] = [".asyncwarden.toml", "pyproject.toml", ".git"];

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 when the gate passed, 1 when it failed, 2 when the files could not be read."
)]
pub struct Args {
    /// Files, and folders with all Python files below them that are neither hidden nor ignored by git.
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Make the repairs that are known to be safe in the files.
    #[arg(long)]
    fix: bool,
    /// Show the repairs as a diff instead of the findings.
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let current = std::env::current_dir().context("the current folder can't be read")?;
    let tree = python_files(&current, &args.paths)?;
    let files = tree.paths();
    let root = args.paths.first().map_or(current.clone(), |path| project_root(&current.join(path)));
    let (policy, problems) =
        Policy::from_files(|name| std::fs::read(root.join(name)).ok().map(Arc::from));

    let counted = Counted::new(&tree, &files, args.output.quiet);
    let analysis = check_tree(&counted, &files, &policy);
    drop(counted);
    let report = Report { analysis: &analysis, head: &tree, policy: &policy, problems: &problems };
    let again = |_: &[String]| check_tree(&tree, &files, &policy);
    args.output.write_repaired(report, Repairing::of(args.fix, args.diff), &current, again)
}

/// The nearest folder above a path that has the marks of a project's root; else the path's own folder.
fn project_root(path: &Path) -> PathBuf {
    let own = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let own = own.canonicalize().unwrap_or_else(|_| own.to_owned());
    let root = own.ancestors().find(|folder| MARKS.iter().any(|mark| folder.join(mark).exists()));
    root.unwrap_or(&own).to_owned()
}
