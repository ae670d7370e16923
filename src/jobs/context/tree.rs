//! The trees that an analysis reads, with the bytes that are at hand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Contexts, Scope};
use crate::change::{ContentId, Tree};
use crate::forge::ListedFile;

/// An unchanged file that is longer, in bytes, is generated or data.
const LONGEST: u64 = 1 << 20;

/// The bytes that a review has at hand, of both sides, and what its analysis asked for in vain.
pub(in crate::jobs) struct Contents {
    scope: Scope,
    shared: Arc<Contexts>,
    here: Mutex<Here>,
}

#[derive(Default)]
struct Here {
    /// What the shared cache gave or got: it may drop it at any time.
    held: HashMap<ContentId, Arc<[u8]>>,
    /// By path.
    wanted: BTreeMap<String, ListedFile>,
    /// What the platform does not give: it is not asked for again.
    absent: HashSet<ContentId>,
}

impl Contents {
    pub(in crate::jobs) fn new(scope: Scope, shared: Arc<Contexts>) -> Self {
        Self { scope, shared, here: Mutex::default() }
    }

    /// The bytes of this name, if they are at hand.
    pub(in crate::jobs) fn get(&self, id: ContentId) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.here().held.get(&id) {
            return Some(bytes.clone());
        }
        let bytes = self.shared.contents.get(&(self.scope, id))?;
        self.here().held.insert(id, bytes.clone());
        Some(bytes)
    }

    /// Keeps bytes for this review and later ones of the repository.
    pub(in crate::jobs) fn put(&self, id: ContentId, bytes: Arc<[u8]>) {
        self.shared.contents.insert((self.scope, id), bytes.clone());
        self.here().held.insert(id, bytes);
    }

    /// Notes that the platform does not give this.
    pub(super) fn give_up(&self, id: ContentId) {
        self.here().absent.insert(id);
    }

    /// What was asked for in vain since this was called last.
    pub(super) fn take_wanted(&self) -> BTreeMap<String, ListedFile> {
        std::mem::take(&mut self.here().wanted)
    }

    fn want(&self, path: &str, file: ListedFile) {
        let mut here = self.here();
        let possible = file.size.is_none_or(|size| size <= LONGEST);
        if possible && !here.absent.contains(&file.id) {
            here.wanted.insert(path.to_owned(), file);
        }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One side of a change: all paths and what they hold, and the bytes as far as they are at hand.
pub(in crate::jobs) struct RepositoryTree {
    files: BTreeMap<String, ListedFile>,
    contents: Arc<Contents>,
}

impl RepositoryTree {
    pub(in crate::jobs) fn new(
        files: BTreeMap<String, ListedFile>,
        contents: Arc<Contents>,
    ) -> Self {
        Self { files, contents }
    }

    /// What the files hold.
    pub(in crate::jobs) fn content_ids(&self) -> Vec<ContentId> {
        self.files.values().map(|file| file.id).collect()
    }
}

impl Tree for RepositoryTree {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let file = self.files.get(path)?;
        let bytes = self.contents.get(file.id);
        if bytes.is_none() {
            self.contents.want(path, *file);
        }
        bytes
    }

    fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.files.get(path).map(|file| file.id)
    }
}
