//! A repository's objects, read without the `git` program: starting it costs more than most reviews.
//!
//! It reads what nearly all repositories consist of: loose objects and packs (with alternates), references as files and
//! packed, work trees that share a repository, shallow clones. Of anything else (other formats of objects or references,
//! objects that a partial clone lacks, revisions in git's richer notations) it knows nothing and says so with `None`;
//! then the program is asked. Nothing is ever written, and no configuration is obeyed.

mod history;
mod inflate;
mod object;
mod pack;
mod refs;
#[cfg(test)]
mod tests;
mod trees;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub(super) use object::{Id, hex, id as id_of};
pub(super) use trees::Delta;

use object::{Entry, Kind, Object};
use pack::Pack;

/// Variables that tell the `git` program to look elsewhere.
const REDIRECTIONS: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
];

/// Deepest chain of alternates, as in git.
const MAX_ALTERNATES: usize = 5;

/// A repository with a work tree.
pub(in crate::cli) struct Store {
    root: PathBuf,
    /// Where `HEAD` is; differs from `common` in a further work tree.
    own: PathBuf,
    common: PathBuf,
    /// Folders of objects: the repository's and its alternates'.
    folders: Vec<PathBuf>,
    packs: Vec<Pack>,
    /// Commits whose parents are not there.
    shallow: HashSet<Id>,
    trees: Mutex<HashMap<Id, Arc<[Entry]>>>,
}

impl Store {
    /// The repository whose work tree a folder is in; `None` when it is not of the usual kind.
    pub(in crate::cli) fn around(folder: &Path) -> Option<Self> {
        if REDIRECTIONS.iter().any(|name| std::env::var_os(name).is_some()) {
            return None;
        }
        let folder = folder.canonicalize().ok()?;
        let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
        let ceilings: Vec<PathBuf> = std::env::split_paths(&ceilings).collect();
        let open_to = |above: &&Path| **above == *folder || !ceilings.iter().any(|it| it == above);
        let mut above = folder.ancestors().take_while(open_to);
        let root =
            above.find(|above| above.join(".git").exists() || above.join("HEAD").exists())?;
        Self::open(root)
    }

    fn open(root: &Path) -> Option<Self> {
        let place = root.join(".git");
        let own = if place.is_dir() { place } else { pointed_to(&place, "gitdir:")? };
        let common = match std::fs::read_to_string(own.join("commondir")) {
            Ok(path) => own.join(path.trim_end()),
            Err(_) => own.clone(),
        };
        let config = std::fs::read_to_string(common.join("config")).ok()?;
        // A submodule's settings name the work tree that it was found by.
        if is_of_another_kind(&config, own == root.join(".git")) {
            return None;
        }
        let mut folders = vec![common.join("objects")];
        for _ in 0..MAX_ALTERNATES {
            let named: Vec<PathBuf> =
                folders.iter().flat_map(|folder| alternates(folder)).collect();
            let known = folders.len();
            for folder in named {
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
            if folders.len() == known {
                break;
            }
        }
        let packs = folders.iter().flat_map(|folder| pack::below(&folder.join("pack"))).collect();
        let shallow = std::fs::read_to_string(common.join("shallow")).unwrap_or_default();
        let shallow = shallow.lines().filter_map(object::id).collect();
        let trees = Mutex::default();
        Some(Self { root: root.to_owned(), own, common, folders, packs, shallow, trees })
    }

    /// The work tree's folder.
    pub(in crate::cli) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder with the objects and the settings, the same for all its work trees.
    pub(in crate::cli) fn common(&self) -> &Path {
        &self.common
    }

    /// The bytes of a blob.
    pub(super) fn blob(&self, id: &Id) -> Option<Vec<u8>> {
        self.object(id).filter(|object| object.kind == Kind::Blob).map(|object| object.bytes)
    }

    /// The entries of a tree, in git's order.
    pub(super) fn tree(&self, id: &Id) -> Option<Arc<[Entry]>> {
        if let Some(tree) = self.trees.lock().ok()?.get(id) {
            return Some(tree.clone());
        }
        let object = self.object(id).filter(|object| object.kind == Kind::Tree)?;
        let tree: Arc<[Entry]> = object::entries(&object.bytes)?.into();
        self.trees.lock().ok()?.insert(*id, tree.clone());
        Some(tree)
    }

    /// The tree of a commit.
    pub(super) fn tree_of(&self, commit: &Id) -> Option<Id> {
        let object = self.object(commit).filter(|object| object.kind == Kind::Commit)?;
        object::field(&object.bytes, "tree").and_then(object::id)
    }

    fn object(&self, id: &Id) -> Option<Object> {
        let packed = self.packs.iter().find_map(|pack| pack.object(id, &|base| self.object(base)));
        packed.or_else(|| self.folders.iter().find_map(|folder| object::loose(folder, id)))
    }
}

/// Whether a repository's settings say that its objects or references are kept in another way, or its files elsewhere.
fn is_of_another_kind(config: &str, is_main: bool) -> bool {
    let settings = config.lines().filter_map(|line| line.split_once('='));
    settings.into_iter().any(|(key, value)| {
        match (key.trim().to_ascii_lowercase().as_str(), value.trim()) {
            ("objectformat", value) => value != "sha1",
            ("refstorage", value) => value != "files",
            ("worktree", _) => is_main,
            _ => false,
        }
    })
}

/// The path that a file of one line holds behind a word.
fn pointed_to(file: &Path, word: &str) -> Option<PathBuf> {
    let text = std::fs::read_to_string(file).ok()?;
    let path = text.strip_prefix(word)?.trim();
    Some(file.parent()?.join(path))
}

/// Further folders of objects that a folder of objects names.
fn alternates(folder: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(folder.join("info/alternates")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| folder.join(line)).collect()
}
