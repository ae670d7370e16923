//! The files of one side of a change, as the analysis reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ContentId;

/// The files of a repository at one commit, or of a work tree. Paths are relative to the repository's root,
/// with `/` between segments.
pub trait Tree: Send + Sync {
    /// The bytes of a file; `None` when it is not there or could not be had.
    fn read(&self, path: &str) -> Option<Arc<[u8]>>;

    /// Paths of all files, in byte order. A file may be listed whose bytes are not at hand: [`Tree::read`] gives `None`
    /// then.
    fn paths(&self) -> Vec<String>;

    /// All files with git's names for their bytes, in byte order of paths; `None` where these are not all at hand.
    fn listing(&self) -> Option<Vec<(String, ContentId)>> {
        None
    }

    /// Git's name for the file's bytes, where it is known without reading them. Files of the same name hold the same.
    fn content_id(&self, path: &str) -> Option<ContentId> {
        let _ = path;
        None
    }
}

impl<T: Tree + ?Sized> Tree for Arc<T> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        (**self).read(path)
    }

    fn paths(&self) -> Vec<String> {
        (**self).paths()
    }

    fn listing(&self) -> Option<Vec<(String, ContentId)>> {
        (**self).listing()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        (**self).content_id(path)
    }
}

/// A tree that is held in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl MemoryTree {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl Tree for MemoryTree {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.files.get(path).cloned()
    }

    fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }
}

impl<P: Into<String>, B: Into<Arc<[u8]>>> FromIterator<(P, B)> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}
