//! Reviews a change on this machine.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::Outcome;
use super::local::{self, Cache, Change, Counted, Git, user_folder};
use super::output::{OutputArgs, Report};
use super::repair::Repairing;
use crate::analysis::{Request, analyse, analyse_thoroughly};
use crate::policy::Policy;

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --base, the change starts where it left the default branch (origin/HEAD, else main \
    or master). Without --head, it ends with the working tree, uncommitted and untracked files included. What is \
    reviewed is the difference from the merge base of both, as in a pull request.\n\nExit code: 0 when the gate \
    passed, 1 when it failed, 2 when the review could not be done."
)]
pub struct Args {
    /// Where the change starts: any revision that git knows.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Where the change ends [default: the working tree].
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    /// With a FILE (`-`: standard input): review this unified diff, the files on disk are its new side. Without: show the
    /// repairs as a diff instead of the findings.
    #[arg(long, value_name = "FILE")]
    diff: Option<Option<PathBuf>>,
    /// Make the repairs that are known to be safe in the working tree.
    #[arg(long, conflicts_with = "head")]
    fix: bool,
    /// Where to keep what is found out about a repository's files between reviews of commits [default:
    /// $ASYNCWARDEN_CACHE_DIR, else `asyncwarden` in the user's cache folder].
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Keep nothing, and use nothing that was kept.
    #[arg(long)]
    no_cache: bool,
    /// Look at all functions of the changed files, also where the change can make no difference: a check of ourselves.
    #[arg(long, hide = true)]
    thorough: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (change, cache) = match &args.diff {
        Some(Some(_)) if args.base.is_some() || args.head.is_some() => {
            bail!("`--diff FILE` names the whole change; leave out --base and --head")
        }
        Some(Some(diff)) => (by_diff(diff)?, None),
        _ => by_git(args)?,
    };
    // From the base, so that a change can't loosen its own gate.
    let (policy, problems) = Policy::from_files(|path| change.base.read(path));
    let files: Vec<String> = change.files.files.iter().map(|file| file.path.clone()).collect();
    let head = Counted::new(change.head.as_ref(), &files, args.output.quiet);
    let request = Request {
        base: change.base.as_ref(),
        head: &head,
        change: &change.files,
        policy: &policy,
        known: cache.as_ref().map(Cache::contents),
        go_on: None,
    };
    let analysis = if args.thorough { analyse_thoroughly(&request) } else { analyse(&request) };
    drop(head);
    if let Some(cache) = cache {
        cache.save();
    }
    let repairing = Repairing::of(args.fix, matches!(args.diff, Some(None)));
    let report = Report {
        analysis: &analysis,
        head: change.head.as_ref(),
        policy: &policy,
        problems: &problems,
    };
    let again = |written: &[String]| {
        let files = change.with_rewritten(written);
        // Nothing that is kept of files knows what they hold now.
        let request = Request {
            base: change.base.as_ref(),
            head: change.head.as_ref(),
            change: &files,
            policy: &policy,
            known: None,
            go_on: None,
        };
        if args.thorough { analyse_thoroughly(&request) } else { analyse(&request) }
    };
    args.output.write_repaired(report, repairing, &root()?, again)
}

/// The folder that paths are relative to.
fn root() -> anyhow::Result<PathBuf> {
    let current = current_dir()?;
    let git = Git::around(&current).ok().filter(|git| !git.is_bare());
    Ok(git.as_ref().map_or(current.as_path(), Git::root).to_owned())
}

fn by_git(args: &Args) -> anyhow::Result<(Change, Option<Cache>)> {
    let (base, head) = (args.base.as_deref(), args.head.as_deref());
    let git = Git::around(&current_dir()?)?;
    if git.is_bare() && head.is_none() {
        bail!(
            "a bare repository has no working tree to review; name the end of the change: --head REV"
        );
    }
    let head_commit = git.commit(head.unwrap_or("HEAD"))?;
    let base_commit = match base {
        Some(base) => git.commit(base)?,
        None => git.default_branch()?,
    };
    let start = git.merge_base(&base_commit, &head_commit)?;
    match head {
        Some(_) => Ok((local::between(&git, &start, &head_commit)?, cache(args, &git))),
        // Nobody says what files on disk hold without reading them.
        None => Ok((local::to_work_tree(&git, &start)?, None)),
    }
}

fn cache(args: &Args, git: &Git) -> Option<Cache> {
    let folder = args.cache_dir.clone().or_else(user_folder).filter(|_| !args.no_cache)?;
    Some(Cache::of(&folder, git.kept_at()?))
}

fn by_diff(file: &PathBuf) -> anyhow::Result<Change> {
    let mut diff = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut diff).context("standard input can't be read")?;
    } else {
        diff =
            std::fs::read(file).with_context(|| format!("`{}` can't be read", file.display()))?;
    }
    let current = current_dir()?;
    let git = Git::around(&current).ok().filter(|git| !git.is_bare());
    let root = git.as_ref().map_or(current.as_path(), Git::root);
    local::from_diff(root, git.as_ref(), &diff)
}

fn current_dir() -> anyhow::Result<PathBuf> {
    std::env::current_dir().context("the current folder can't be read")
}
