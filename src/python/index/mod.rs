//! The Python files of a repository: which module is which file, and which file mentions a name.

mod contents;
mod debug_mode;
mod names;
mod outline;
mod resolve;
mod roots;
mod scripts;
mod sources;
mod stdlib;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::atomic::{self, AtomicBool};
use std::sync::{Arc, Mutex, OnceLock};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{Source, parse};
use crate::change::{ContentId, Tree, is_python};

pub use contents::Contents;
use contents::lock;
pub use outline::{ImportOf, MemberKind, MemberOf, Outline, Sketch, hash};
use roots::Roots;
use sources::Sources;
pub use stdlib::is_stdlib;

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
    /// Names of the files' contents by number, where the tree knows all of them.
    ids: Option<Vec<ContentId>>,
    /// What is known about files of this and other trees.
    contents: Arc<Contents>,
    sources: Sources,
    /// By number.
    sketches: Vec<OnceLock<Option<Sketch>>>,
    /// Whether all sketches are there.
    outlined: AtomicBool,
    /// Files that mention a word, by its hash.
    mentions: Mutex<HashMap<u32, Arc<[FileId]>>>,
    roots: OnceLock<Roots>,
    /// Where imports lead, by the importing folder and what is imported.
    resolved: Mutex<HashMap<Box<str>, Option<Target>, RandomState>>,
    /// Whether something in the repository turns asyncio's debug mode on.
    debug_mode: OnceLock<bool>,
    scripts: OnceLock<Vec<(String, String)>>,
}

impl<'t> Index<'t> {
    /// The index of a tree. Reads no file.
    pub fn new(tree: &'t dyn Tree) -> Self {
        Self::with(tree, Arc::default())
    }

    /// The index of a tree, some of whose files may be known already: from the other side of a change, or from an earlier
    /// review. Reads no file.
    pub fn with(tree: &'t dyn Tree, contents: Arc<Contents>) -> Self {
        let python = |path: &String| is_python(path) || path.ends_with(".pyi");
        let (mut paths, ids): (Vec<String>, _) = match tree.listing() {
            Some(files) => {
                let python = files.into_iter().filter(|(path, _)| python(path));
                let (paths, ids): (_, Vec<ContentId>) = python.unzip();
                (paths, Some(ids))
            }
            None => (tree.paths().into_iter().filter(python).collect(), None),
        };
        if ids.is_none() {
            paths.sort_unstable();
            paths.dedup();
        }
        Self {
            tree,
            contents,
            sources: Sources::new(paths.len()),
            sketches: paths.iter().map(|_| OnceLock::new()).collect(),
            ids,
            outlined: AtomicBool::new(false),
            mentions: Mutex::default(),
            roots: OnceLock::new(),
            resolved: Mutex::default(),
            debug_mode: OnceLock::new(),
            scripts: OnceLock::new(),
            paths,
        }
    }

    /// What is known about the files by what they hold, to be handed to another index.
    pub fn contents(&self) -> &Arc<Contents> {
        &self.contents
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
        let path = self.path(id);
        self.sources.get(id, || {
            let content = self.content_id(id);
            let known = content.and_then(|content| self.contents.source(content, path));
            if known.is_some() {
                return known;
            }
            let source = Arc::new(parse(path, &self.bytes(id)?));
            if let Some(content) = content {
                self.contents.keep_source(content, &source);
            }
            Some(source)
        })
    }

    /// What is known of a file's words; `None` when its bytes can't be had.
    pub fn sketch(&self, id: FileId) -> Option<&Sketch> {
        let slot = self.sketches.get(id.0 as usize)?;
        slot.get_or_init(|| self.find_sketch(id)).as_ref()
    }

    fn find_sketch(&self, id: FileId) -> Option<Sketch> {
        let content = self.content_id(id);
        let known = content.and_then(|content| self.contents.sketch(content));
        if known.is_some() {
            return known;
        }
        let sketch = Sketch::of(&self.bytes(id)?);
        if let Some(content) = content {
            self.contents.keep_sketch(content, &sketch);
        }
        Some(sketch)
    }

    /// Git's name for what a file holds, where it is known.
    fn content_id(&self, id: FileId) -> Option<ContentId> {
        match &self.ids {
            Some(ids) => ids.get(id.0 as usize).copied(),
            None => self.tree.content_id(self.path(id)),
        }
    }

    /// The file that an import leads to, as seen from a file: `import a.b` is `a.b` at level 0, `from ..a import …` is `a`
    /// at level 2, `from . import …` is the empty name at level 1. In `from a import b`, `b` may be a module too: ask for
    /// `a.b` as well. `None` when the repository has no such module; then it is a library's.
    pub fn resolve(&self, from: FileId, dotted: &str, level: u32) -> Option<Target> {
        let from = self.path(from);
        // All files of a folder see the same.
        let key = format!("{}\0{level}\0{dotted}", split(from).0);
        if let Some(known) = lock(&self.resolved).get(key.as_str()) {
            return *known;
        }
        let target = resolve::resolve(self, from, dotted, level);
        lock(&self.resolved).insert(key.into(), target);
        target
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

    /// The files in whose code a name stands as a word, be it only in an annotation that is a string: at most `limit`, in
    /// order. The first call makes the sketches of all files.
    pub fn mentioning(&self, name: &str, limit: usize) -> Vec<FileId> {
        let word = hash(name.as_bytes());
        let known = lock(&self.mentions).get(&word).cloned();
        let files = known.unwrap_or_else(|| {
            let files: Arc<[FileId]> = self.find_mentions(name, word).into();
            lock(&self.mentions).insert(word, Arc::clone(&files));
            files
        });
        files.iter().take(limit).copied().collect()
    }

    fn find_mentions(&self, name: &str, word: u32) -> Vec<FileId> {
        if !self.outlined.load(atomic::Ordering::Acquire) {
            // No lock is held around it: a thread that waits for its part may take up another file's analysis, which asks
            // here as well.
            (0..self.paths.len() as u32).into_par_iter().for_each(|id| {
                self.sketch(FileId(id));
            });
            self.outlined.store(true, atomic::Ordering::Release);
        }
        let mentions = |id: &FileId| {
            let Some(sketch) = self.sketch(*id) else { return false };
            let doubtful = || self.bytes(*id).is_some_and(|bytes| names::mentions(&bytes, name));
            sketch.mentions(word) || sketch.is_doubtful() && doubtful()
        };
        self.files().filter(mentions).collect()
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
