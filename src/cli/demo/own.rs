//! A change of one's own: two commits of a git repository become a change request on the simulated platform.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::Scene;
use crate::cli::local::{self, Files, Git};
use crate::forge::simulator::{Commit, NewChange, Simulator, State};

/// Owner of the repository on the platform.
const OWNER: &str = "local";
/// Author of the change request.
const AUTHOR: &str = "you";

/// Which change it is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OwnChange {
    /// Show a review of a change in this git repository, instead of the sample [default: the current folder].
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// Where the change starts: any revision that git knows [default: the default branch].
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Where the change ends [default: HEAD].
    #[arg(long, value_name = "REV")]
    head: Option<String>,
}

impl OwnChange {
    /// Whether any of it is given.
    pub(super) fn is_asked_for(&self) -> bool {
        self.repository.is_some() || self.base.is_some() || self.head.is_some()
    }
}

/// Puts both sides of the change on the platform and opens the change request.
pub(super) fn open(simulator: &Simulator, args: &OwnChange) -> anyhow::Result<Scene> {
    let folder = match &args.repository {
        Some(folder) => folder.clone(),
        None => std::env::current_dir().context("the current folder can't be read")?,
    };
    let folder =
        folder.canonicalize().with_context(|| format!("`{}` can't be read", folder.display()))?;
    let git = Git::around(&folder)?;
    let wanted = args.head.as_deref().unwrap_or("HEAD");
    let head = git.commit(wanted)?;
    let target = match &args.base {
        Some(base) => git.commit(base)?,
        None => git.default_branch()?,
    };
    // The platform's diff starts at the merge base too: it becomes the tip of the target branch.
    let base = git.merge_base(&target, &head)?;
    let [before, after] = local::both_sides(&git, &base, &head, &local::SETTINGS)?;
    let title = git.subject(&head)?;
    let into = args.base.as_deref().unwrap_or("main");
    let from = if wanted == into { short(&head) } else { wanted };

    let mut state = simulator.state();
    add_commit(&mut state, &base, Vec::new(), before);
    add_commit(&mut state, &head, vec![base.clone()], after);
    let name = format!("{OWNER}/{}", name_of(&git));
    let repository = state.add_repository_at(&name, into, &base);
    state.set_branch(repository, from, &head);
    let change = NewChange { author: AUTHOR.to_owned(), ..NewChange::from_branch(from, &title) };
    let number = state.open_change(repository, change);
    let files = state.change(repository, number).map_or(0, |it| state.change_diff(it).len());
    if files == 0 {
        bail!("nothing changed between the merge base {} and {}", short(&base), short(&head));
    }
    Ok(Scene { repository, name, number, files: u32::try_from(files).unwrap_or(u32::MAX) })
}

/// Adds a commit under the id that git knows it by.
fn add_commit(state: &mut State, sha: &str, parents: Vec<String>, files: Files) {
    let sha = sha.to_owned();
    let commit = Commit { sha: sha.clone(), parents, message: String::new(), files };
    state.commits.insert(sha, commit);
}

/// The folder's name, in characters that the platforms take.
fn name_of(git: &Git) -> String {
    let name = git.root().file_name().unwrap_or_default().to_string_lossy();
    let allowed = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
    let name = name.strip_suffix(".git").unwrap_or(&name);
    let name: String = name.chars().map(|char| if allowed(char) { char } else { '-' }).collect();
    if name.is_empty() { "repository".to_owned() } else { name }
}

/// Enough of an id for a person.
fn short(sha: &str) -> &str {
    &sha[..sha.len().min(8)]
}
