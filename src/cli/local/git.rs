//! The `git` program: revisions and diffs. No setting of the user changes what it answers.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use anyhow::bail;

use super::store::{Store, hex, id_of};

/// Branches that a change is taken to start from, if no base is named.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// Fixes what git's settings could change about a diff.
const DIFF: [&str; 22] = [
    "-c",
    "core.quotePath=true",
    "-c",
    "diff.suppressBlankEmpty=false",
    "-c",
    "diff.orderFile=/dev/null",
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--text",
    "-M",
    "-l1000",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "-U3",
    "--inter-hunk-context=0",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--ignore-submodules=all",
    "--submodule=short",
];

/// The files whose diffs are of use.
const PYTHON: [&str; 3] = ["--", "*.py", "*.pyw"];

/// Paths of a working tree's files.
#[derive(Default)]
pub(in crate::cli) struct WorkTree {
    /// All that are not ignored, in byte order.
    pub(in crate::cli) paths: Vec<String>,
    /// Those that git does not know yet.
    pub(in crate::cli) untracked: Vec<String>,
}

/// A repository, read as far as possible without the `git` program, else through it.
#[derive(Clone)]
pub(in crate::cli) struct Git {
    root: PathBuf,
    bare: bool,
    store: Option<Arc<Store>>,
}

impl Git {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// When there is none, or git is not installed.
    pub(in crate::cli) fn around(folder: &Path) -> anyhow::Result<Self> {
        if let Some(store) = Store::around(folder) {
            let (root, store) = (store.root().to_owned(), Some(Arc::new(store)));
            return Ok(Self { root, bare: false, store });
        }
        let found = run(folder, ["rev-parse", "--show-toplevel"])?;
        if found.status.success() {
            let root = path_of(trimmed(&found.stdout));
            return Ok(Self { root, bare: false, store: None });
        }
        let bare = run(folder, ["rev-parse", "--is-bare-repository"])?;
        if bare.status.success() && trimmed(&bare.stdout) == b"true" {
            return Ok(Self { root: folder.to_owned(), bare: true, store: None });
        }
        let reason = complaint(&found);
        if reason.contains("not a git repository") {
            bail!(
                "`{}` is not in a git repository; run this inside of one, or give a diff with --diff",
                folder.display()
            );
        }
        bail!("git can't read this repository: {reason}")
    }

    /// The folder that paths are relative to.
    pub(in crate::cli) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder with all that git keeps, if it is read without the program.
    pub(in crate::cli) fn kept_at(&self) -> Option<&Path> {
        self.store().map(Store::common)
    }

    /// Whether there is no working tree.
    pub(in crate::cli) fn is_bare(&self) -> bool {
        self.bare
    }

    /// The full id of the commit that a revision names.
    pub(in crate::cli) fn commit(&self, revision: &str) -> anyhow::Result<String> {
        if let Some(id) = self.store().and_then(|store| store.commit(revision)) {
            return Ok(hex(&id));
        }
        let commit = format!("{revision}^{{commit}}");
        let output =
            self.run(["rev-parse", "--verify", "--quiet", "--end-of-options", commit.as_str()])?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(trimmed(&output.stdout)).into_owned());
        }
        if revision == "HEAD" {
            bail!(
                "this repository has no commit yet; `asyncwarden check` looks at files without history"
            );
        }
        if self.is_shallow()? {
            bail!(
                "`{revision}` is not in this shallow clone; get the history with `git fetch --unshallow` \
                 (in CI, check out with full depth)"
            );
        }
        bail!("this repository has no revision `{revision}`")
    }

    /// The commit at which two lines of development parted; the first one when they have nothing in common.
    pub(in crate::cli) fn merge_base(&self, base: &str, head: &str) -> anyhow::Result<String> {
        let found = self.store().and_then(|store| store.merge_base(&id_of(base)?, &id_of(head)?));
        if let Some(id) = found {
            return Ok(hex(&id));
        }
        let output = self.run(["merge-base", base, head])?;
        match output.status.code() {
            Some(0) => Ok(String::from_utf8_lossy(trimmed(&output.stdout)).into_owned()),
            Some(1) => {
                if self.is_shallow()? {
                    eprintln!(
                        "asyncwarden: this clone is too shallow for the merge base; comparing with the base itself"
                    );
                }
                Ok(base.to_owned())
            }
            _ => bail!("git can't find a merge base: {}", complaint(&output)),
        }
    }

    /// The first line of a commit's message.
    pub(in crate::cli) fn subject(&self, commit: &str) -> anyhow::Result<String> {
        let subject = self.output(["log", "-1", "--no-show-signature", "--format=%s", commit])?;
        Ok(String::from_utf8_lossy(trimmed(&subject)).into_owned())
    }

    /// The tip of the default branch.
    pub(in crate::cli) fn default_branch(&self) -> anyhow::Result<String> {
        for name in DEFAULT_BRANCHES {
            if let Some(id) = self.store().and_then(|store| store.commit(name)) {
                return Ok(hex(&id));
            }
            let commit = format!("{name}^{{commit}}");
            let output = self.run(["rev-parse", "--verify", "--quiet", commit.as_str()])?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(trimmed(&output.stdout)).into_owned());
            }
        }
        bail!(
            "the default branch is not known (no origin/HEAD, main or master); name what to compare with: --base REV"
        )
    }

    /// The diff of Python files between two commits, or from one to the working tree.
    pub(in crate::cli) fn diff(&self, base: &str, head: Option<&str>) -> anyhow::Result<Vec<u8>> {
        self.output(DIFF.into_iter().chain([base]).chain(head).chain(PYTHON))
    }

    /// The files of the working tree that are not ignored.
    pub(in crate::cli) fn work_tree(&self) -> anyhow::Result<WorkTree> {
        let args = ["ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"];
        let mut files = WorkTree::default();
        for name in split(&self.output(args)?) {
            // A letter says what git knows of the file: `?` if nothing.
            let Some((known, path)) = name.split_once(' ') else { continue };
            if known == "?" {
                files.untracked.push(path.to_owned());
            }
            files.paths.push(path.to_owned());
        }
        files.paths.sort();
        files.paths.dedup();
        Ok(files)
    }

    /// The repository's objects, if they can be read without the program.
    pub(super) fn store(&self) -> Option<&Store> {
        self.store.as_deref()
    }

    /// Runs git and gives what it printed.
    pub(super) fn output<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<Vec<u8>> {
        let output = self.run(args)?;
        if !output.status.success() {
            bail!("git failed: {}", complaint(&output));
        }
        Ok(output.stdout)
    }

    /// A git command in this repository.
    pub(super) fn command(&self) -> Command {
        command(&self.root)
    }

    fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> anyhow::Result<Output> {
        run(&self.root, args)
    }

    fn is_shallow(&self) -> anyhow::Result<bool> {
        let output = self.run(["rev-parse", "--is-shallow-repository"])?;
        Ok(trimmed(&output.stdout) == b"true")
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_DIFF_OPTS")
        .env_remove("GIT_EXTERNAL_DIFF");
    command
}

fn run<'a>(folder: &Path, args: impl IntoIterator<Item = &'a str>) -> anyhow::Result<Output> {
    command(folder).args(args.into_iter().map(OsStr::new)).output().map_err(started)
}

/// Says why git could not be started.
pub(super) fn started(error: std::io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::NotFound {
        anyhow::anyhow!("the `git` program was not found; install it, or give a diff with --diff")
    } else {
        anyhow::Error::new(error).context("git can't be started")
    }
}

/// What git complains about, on one line.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let line = line.or_else(|| text.lines().next()).unwrap_or("it gives no reason");
    line.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned()
}

fn trimmed(output: &[u8]) -> &[u8] {
    output.strip_suffix(b"\n").unwrap_or(output)
}

fn split(names: &[u8]) -> Vec<String> {
    let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
