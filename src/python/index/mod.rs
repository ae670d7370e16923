//! The Python files of a repository: which module is which file, and which file mentions a name.

mod debug_mode;
mod names;
mod resolve;
mod roots;
mod stdlib;

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use super::{Source, parse};
use crate::change::{Tree, is_python};

use roots::Roots;

pub(super) use debug_mode::shows as shows_debug_mode;

/// A Python file of a repository: its position among their paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// What an import leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A module, or the `__init__` of a package.
    File(FileId),
    /// A package without `__init__`. It hides nothing: a name that is no module below it may as well be a library's.
    Folder(Folder),
}

/// A folder with Python files somewhere below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder {
    /// The first file below it.
    first: FileId,
    /// Bytes of that file's path that name the folder, without a `/` at the end.
    length: u32,
}

/// The Python files of one side of a change, or of a work tree. Shared by all threads of an analysis; a file's bytes are
/// read only when something asks for them.
pub struct Index<'t> {
    tree: &'t dyn Tree,
    /// In byte order.
    paths: Vec<String>,
    /// What has been parsed, by number.
    sources: Vec<OnceLock<Option<Arc<Source>>>>,
    roots: OnceLock<Roots>,
    /// Whether something in the repository turns asyncio's debug mode on.
    debug_mode: OnceLock<bool>,
}

impl<'t> Index<'t> {
    /// The index of a tree. Reads no file.
    pub fn new(tree: &'t dyn Tree) -> Self {
        let python = |path: &String| is_python(path) || path.ends_with(".pyi");
        let mut paths: Vec<String> = tree.paths().into_iter().filter(python).collect();
        paths.sort_unstable();
        paths.dedup();
        let sources = paths.iter().map(|_| OnceLock::new()).collect();
        Self { tree, paths, sources, roots: OnceLock::new(), debug_mode: OnceLock::new() }
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        let at = self.paths.binary_search_by(|it| it.as_str().cmp(path)).ok()?;
        Some(FileId(at as u32))
    }

    /// Path of a file, relative to the repository's root; empty for a file of another index.
    pub fn path(&self, id: FileId) -> &str {
        self.paths.get(id.0 as usize).map_or("", String::as_str)
    }

    /// All files, in byte order of their paths.
    pub fn files(&self) -> impl ExactSizeIterator<Item = FileId> + use<'t> {
        (0..self.paths.len() as u32).map(FileId)
    }

    /// The bytes of a file, read anew at each call; `None` when they can't be had.
    pub fn bytes(&self, id: FileId) -> Option<Arc<[u8]>> {
        self.tree.read(self.path(id))
    }

    /// A file, parsed at the first call; `None` when its bytes can't be had.
    pub fn source(&self, id: FileId) -> Option<Arc<Source>> {
        let slot = self.sources.get(id.0 as usize)?;
        let read = || Some(Arc::new(parse(self.path(id), &self.bytes(id)?)));
        slot.get_or_init(read).clone()
    }

    /// The file that an import leads to, as seen from a file: `import a.b` is `a.b` at level 0, `from ..a import …` is `a`
    /// at level 2, `from . import …` is the empty name at level 1. In `from a import b`, `b` may be a module too: ask for
    /// `a.b` as well. `None` when the repository has no such module; then it is a library's.
    pub fn resolve(&self, from: FileId, dotted: &str, level: u32) -> Option<Target> {
        resolve::resolve(self, self.path(from), dotted, level)
    }

    /// The module of a name below a package.
    pub fn submodule(&self, of: Target, name: &str) -> Option<Target> {
        let folder = match of {
            Target::Folder(folder) => &self.path(folder.first)[..folder.length as usize],
            Target::File(file) => {
                let (folder, name) = split(self.path(file));
                if !name.starts_with("__init__.") {
                    return None;
                }
                folder
            }
        };
        resolve::below(self, folder, name)
    }

    /// The files in which a name stands as a word, strings and comments included: at most `limit`, in order.
    pub fn mentioning(&self, name: &str, limit: usize) -> Vec<FileId> {
        let mentions =
            |id: &FileId| self.bytes(*id).is_some_and(|bytes| names::mentions(&bytes, name));
        self.files().filter(mentions).take(limit).collect()
    }

    fn roots(&self) -> &Roots {
        self.roots.get_or_init(|| Roots::of(self))
    }

    /// The folder of a path, if Python files lie below it.
    fn folder(&self, path: &str) -> Option<Folder> {
        if path.is_empty() {
            return (!self.paths.is_empty()).then_some(Folder { first: FileId(0), length: 0 });
        }
        let below = |it: &String| match it.get(..path.len()).map(|head| head.cmp(path)) {
            Some(Ordering::Equal) => it.as_bytes().get(path.len()).is_none_or(|byte| *byte < b'/'),
            Some(order) => order.is_lt(),
            None => it.as_str() < path,
        };
        let first = self.paths.partition_point(below);
        let rest = self.paths.get(first)?.strip_prefix(path)?;
        rest.starts_with('/')
            .then_some(Folder { first: FileId(first as u32), length: path.len() as u32 })
    }

    /// Whether a folder has an `__init__`.
    fn is_package(&self, folder: &str) -> bool {
        !folder.is_empty()
            && ["__init__.py", "__init__.pyi"]
                .iter()
                .any(|it| self.file(&join(folder, it)).is_some())
    }
}

/// Folder and name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests;
