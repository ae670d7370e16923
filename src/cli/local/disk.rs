//! Files on disk.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use ignore::WalkBuilder;

use crate::change::{Tree, is_python, visible};

/// Files below a folder, or a choice of files anywhere, as they are on disk now.
pub(in crate::cli) struct DiskTree {
    root: PathBuf,
    /// Where a file is whose path is not simply below the root.
    elsewhere: BTreeMap<String, PathBuf>,
    paths: Vec<String>,
}

impl DiskTree {
    /// The files below a folder.
    pub(in crate::cli) fn below(root: &Path, paths: Vec<String>) -> Self {
        Self { root: root.to_owned(), elsewhere: BTreeMap::new(), paths }
    }
}

impl Tree for DiskTree {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let place = match self.elsewhere.get(path) {
            Some(place) => place.clone(),
            // A path from a diff must not lead out of the repository.
            None if is_inside(path) => self.root.join(path),
            None => return None,
        };
        // As in git, a link's content is its target's name and no code.
        let regular = std::fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_file());
        if !regular && !self.elsewhere.contains_key(path) {
            return None;
        }
        std::fs::read(place).ok().map(Arc::from)
    }

    fn paths(&self) -> Vec<String> {
        self.paths.clone()
    }
}

fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The files below a folder that are not ignored, relative to it, in byte order.
pub(super) fn files_below(root: &Path) -> Vec<String> {
    let walk = WalkBuilder::new(root).require_git(false).build();
    let files = walk
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut paths: Vec<String> = files
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root).ok()?;
            Some(slashed(path))
        })
        .collect();
    paths.sort();
    paths
}

/// The Python files that the arguments name: files themselves, and what is not ignored below folders. Their paths are
/// relative to the current folder where they are below it.
///
/// # Errors
/// When an argument is not there, or a file can't be opened.
pub(in crate::cli) fn python_files(
    current: &Path,
    arguments: &[PathBuf],
) -> anyhow::Result<DiskTree> {
    let mut elsewhere = BTreeMap::new();
    for argument in arguments {
        let place = current.join(argument);
        let meta = std::fs::metadata(&place)
            .with_context(|| format!("`{}` can't be read", argument.display()))?;
        if meta.is_dir() {
            let walk = WalkBuilder::new(&place).require_git(false).build();
            for entry in walk {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        // One folder that can't be entered is no reason to leave out the others.
                        eprintln!("asyncwarden: not analysed: {}", visible(&error.to_string()));
                        continue;
                    }
                };
                let file = entry.file_type().is_some_and(|kind| kind.is_file());
                if file && is_python(&entry.path().to_string_lossy()) {
                    elsewhere.insert(shown(current, entry.path()), entry.path().to_owned());
                }
            }
        } else if meta.is_file() {
            // A file that was asked for by its name is not just passed over.
            std::fs::File::open(&place)
                .with_context(|| format!("`{}` can't be read", argument.display()))?;
            elsewhere.insert(shown(current, &place), place);
        } else {
            bail!("`{}` is neither a file nor a folder", argument.display());
        }
    }
    let paths = elsewhere.keys().cloned().collect();
    Ok(DiskTree { root: current.to_owned(), elsewhere, paths })
}

/// A path as a person reads it: relative to the current folder if it is below, without `.` and `..`.
fn shown(current: &Path, place: &Path) -> String {
    let mut plain = PathBuf::new();
    for part in place.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    slashed(plain.strip_prefix(current).unwrap_or(&plain))
}

fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { path.into_owned() } else { path.replace('\\', "/") }
}
