//! A tree with some files replaced.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::Tree;

/// Another tree, but for some files.
pub(super) struct PatchedTree<T> {
    pub(super) under: Arc<T>,
    /// What stands instead; `None` for a file that is not there.
    pub(super) files: BTreeMap<String, Option<Arc<[u8]>>>,
}

impl<T: Tree> Tree for PatchedTree<T> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        match self.files.get(path) {
            Some(file) => file.clone(),
            None => self.under.read(path),
        }
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.under.paths();
        paths.retain(|path| !self.files.contains_key(path));
        paths.extend(
            self.files.iter().filter(|(_, file)| file.is_some()).map(|(path, _)| path.clone()),
        );
        paths.sort();
        paths
    }
}
