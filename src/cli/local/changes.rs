//! What changed, and both sides of it: between commits, up to the working tree, or by a diff.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::disk::{DiskTree, files_below};
use super::git::{Git, WorkTree};
use super::objects::{CommitTree, Objects};
use super::patched::PatchedTree;
use crate::change::{
    ChangeSet, FileChange, FileChangeKind, FileDiff, Tree, hunks_between, is_python, parse_diff,
};

/// Files that hold a repository's settings.
pub(in crate::cli) const SETTINGS: [&str; 3] = [".asyncwarden.toml", "pyproject.toml", "setup.cfg"];

/// A change with the files on both sides.
pub(in crate::cli) struct Change {
    pub(in crate::cli) base: Box<dyn Tree>,
    pub(in crate::cli) head: Box<dyn Tree>,
    pub(in crate::cli) files: ChangeSet,
}

impl Change {
    /// The change as it is when some files on disk have been written anew.
    pub(in crate::cli) fn with_rewritten(&self, paths: &[String]) -> ChangeSet {
        let mut files = self.files.clone();
        for path in paths {
            let new = self.head.read(path).unwrap_or_default();
            match files.files.iter_mut().find(|file| file.path == *path) {
                Some(file) => {
                    let old = file.old_path.as_deref().and_then(|it| self.base.read(it));
                    file.hunks = hunks_between(&old.unwrap_or_default(), &new);
                }
                // A finding may be in a file that the change does not touch.
                None => {
                    let old = self.base.read(path).unwrap_or_default();
                    files.files.push(FileChange {
                        old_path: Some(path.clone()),
                        kind: FileChangeKind::Modified,
                        ..added(path.clone(), &old, &new)
                    });
                }
            }
        }
        files
    }
}

/// The change between two commits.
pub(in crate::cli) fn between(git: &Git, base: &str, head: &str) -> anyhow::Result<Change> {
    let objects = Objects::open(git);
    let base_tree = CommitTree::open(objects.clone(), base)?;
    let head_tree = CommitTree::open(objects, head)?;
    let files = match differences(&base_tree, &head_tree) {
        Some(files) => files,
        None => files_of(&parse(&git.diff(base, Some(head))?)?),
    };
    Ok(Change { base: Box::new(base_tree), head: Box::new(head_tree), files })
}

/// The Python files that differ between two commits, as their trees tell. `None` when git has to be asked: whether a
/// file that is gone and one that is new are alike, it knows best.
fn differences(base: &CommitTree, head: &CommitTree) -> Option<ChangeSet> {
    let deltas = base.differences(head, &is_python)?;
    let gone: Vec<_> = deltas.iter().filter(|it| it.new.is_none()).collect();
    let new: Vec<_> = deltas.iter().filter(|it| it.old.is_none()).collect();
    let mut moved = BTreeMap::new();
    if !gone.is_empty() && !new.is_empty() {
        // Only what is the same, byte for byte, and only once on either side.
        for file in &new {
            let mut from = gone.iter().filter(|it| it.old == file.new);
            let (from, other) = (from.next()?, from.next());
            let twice = new.iter().filter(|it| it.new == file.new).count() > 1;
            if other.is_some() || twice {
                return None;
            }
            moved.insert(file.path.as_str(), from.path.as_str());
        }
    }
    let mut files = ChangeSet::default();
    for delta in deltas.iter().filter(|it| !moved.values().any(|from| *from == it.path)) {
        let from = moved.get(delta.path.as_str()).copied();
        let kind = match (delta.old, delta.new) {
            _ if from.is_some() => FileChangeKind::Renamed,
            (None, _) => FileChangeKind::Added,
            (_, None) => FileChangeKind::Deleted,
            _ => FileChangeKind::Modified,
        };
        let read = |tree: &CommitTree, there: bool| match there && from.is_none() {
            true => tree.read(&delta.path),
            false => Some(Arc::default()),
        };
        let old = read(base, delta.old.is_some())?;
        let new = read(head, delta.new.is_some())?;
        let old_path = match kind {
            FileChangeKind::Added => None,
            _ => Some(from.unwrap_or(&delta.path).to_owned()),
        };
        let (path, hunks) = (delta.path.clone(), hunks_between(&old, &new));
        files.files.push(FileChange { path, old_path, kind, hunks, shown: true });
    }
    Some(files)
}

/// The change from a commit to the working tree, with files that git does not know yet.
pub(in crate::cli) fn to_work_tree(git: &Git, base: &str) -> anyhow::Result<Change> {
    let base_tree = CommitTree::open(Objects::open(git), base)?;
    // Both take their time, and neither waits for the other.
    let (files, diff) = std::thread::scope(|scope| {
        let diff = scope.spawn(|| git.diff(base, None));
        (git.work_tree(), diff.join())
    });
    let WorkTree { paths, untracked } = files?;
    let diff = diff.map_err(|_| anyhow::anyhow!("the diff failed"))??;
    let head = DiskTree::below(git.root(), paths);
    let mut files = files_of(&parse(&diff)?);
    for path in untracked.into_iter().filter(|path| is_python(path)) {
        let Some(text) = head.read(&path) else { continue };
        // It may be in the base: taken out of the index, but left on disk.
        files.files.retain(|file| file.path != path);
        files.files.push(match base_tree.read(&path) {
            Some(old) => FileChange {
                old_path: Some(path.clone()),
                kind: FileChangeKind::Modified,
                ..added(path, &old, &text)
            },
            None => added(path, b"", &text),
        });
    }
    Ok(Change { base: Box::new(base_tree), head: Box::new(head), files })
}

/// The change that a diff describes, with the files below a folder as its head. The base is the head with the diff
/// taken back.
pub(in crate::cli) fn from_diff(
    root: &Path,
    git: Option<&Git>,
    diff: &[u8],
) -> anyhow::Result<Change> {
    let diffs = parse(diff)?;
    let paths = match git {
        Some(git) => git.work_tree()?.paths,
        None => files_below(root),
    };
    let head = Arc::new(DiskTree::below(root, paths));
    let mut files = files_of(&diffs);
    for file in &mut files.files {
        // Only a copy's diff does not show its lines, which are all new.
        if file.kind == FileChangeKind::Added && file.hunks.is_empty() {
            let text = head.read(&file.path).unwrap_or_default();
            file.hunks = hunks_between(b"", &text);
        }
    }
    let base = PatchedTree { under: head.clone(), files: taken_back(&diffs, head.as_ref())? };
    Ok(Change { base: Box::new(base), head: Box::new(head), files })
}

/// The base's version of each file that a diff changes; `None` for one that it adds.
fn taken_back(
    diffs: &[FileDiff<'_>],
    head: &dyn Tree,
) -> anyhow::Result<BTreeMap<String, Option<Arc<[u8]>>>> {
    let mut files = BTreeMap::new();
    let matters = |path: &str| is_python(path) || SETTINGS.contains(&path);
    for diff in diffs.iter().filter(|diff| !diff.special) {
        let old_path = diff.old_path.as_deref().unwrap_or_default();
        if !matters(&diff.path) && !matters(old_path) {
            continue;
        }
        if diff.kind == FileChangeKind::Added || diff.copied {
            files.insert(diff.path.clone(), None);
            continue;
        }
        let text = match diff.kind {
            FileChangeKind::Deleted => Arc::default(),
            _ => head.read(&diff.path).with_context(|| {
                format!("`{}` is in the diff but can't be read on disk; the disk must have the new side of the diff", diff.path)
            })?,
        };
        let old = diff.reverse(&text).map_err(|error| {
            let (path, line) = (&diff.path, error.line);
            anyhow::anyhow!("`{path}` on disk is not the new side of the diff: line {line} differs")
        })?;
        if diff.kind == FileChangeKind::Renamed {
            files.insert(diff.path.clone(), None);
        }
        files.insert(old_path.to_owned(), Some(old.into()));
    }
    Ok(files)
}

fn parse(diff: &[u8]) -> anyhow::Result<Vec<FileDiff<'_>>> {
    parse_diff(diff).context("the diff can't be read")
}

/// The Python files among them. A file that became a link is gone as a file.
fn files_of(diffs: &[FileDiff<'_>]) -> ChangeSet {
    let python = diffs.iter().filter(|diff| !diff.special && is_python(&diff.path));
    let mut seen = BTreeSet::new();
    python.map(FileDiff::change).filter(|file| seen.insert(file.path.clone())).collect()
}

fn added(path: String, old: &[u8], new: &[u8]) -> FileChange {
    let hunks = hunks_between(old, new);
    FileChange { path, old_path: None, kind: FileChangeKind::Added, hunks, shown: true }
}
