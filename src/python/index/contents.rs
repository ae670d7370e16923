//! What is known about files by what they hold, for whoever has the same file again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Outline;
use crate::change::ContentId;
use crate::python::Source;

/// Outlines and sources by git's name for a file's bytes. The two sides of a change share them, since most files are the
/// same on both; kept for a repository, it makes the next review of it quick.
///
/// Outlines stay as long as this does; of sources it only remembers which are in use.
#[derive(Default)]
pub struct Contents {
    outlines: Mutex<HashMap<ContentId, Kept>>,
    sources: Mutex<HashMap<ContentId, Vec<Weak<Source>>>>,
}

/// An outline.
enum Kept {
    /// As it was handed in.
    Bytes(Box<[u8]>),
    /// Handed in, and read.
    Read(Arc<Outline>),
    /// Found by ourselves.
    New(Arc<Outline>),
}

impl Contents {
    /// Takes an outline that was kept, as [`Outline::to_bytes`] gave it. It is read when it is asked for.
    pub fn insert(&self, id: ContentId, outline: impl Into<Box<[u8]>>) {
        lock(&self.outlines).entry(id).or_insert_with(|| Kept::Bytes(outline.into()));
    }

    /// The outlines that were found and not handed out yet, to be kept: those that nobody handed in.
    pub fn take_found(&self) -> Vec<(ContentId, Vec<u8>)> {
        let mut outlines = lock(&self.outlines);
        let mut found = Vec::new();
        for (id, kept) in outlines.iter_mut() {
            if let Kept::New(outline) = kept {
                found.push((*id, outline.to_bytes()));
                *kept = Kept::Read(Arc::clone(outline));
            }
        }
        found.sort_unstable();
        found
    }

    pub(super) fn outline(&self, id: ContentId) -> Option<Arc<Outline>> {
        let bytes = match lock(&self.outlines).get_mut(&id)? {
            Kept::Read(outline) | Kept::New(outline) => return Some(Arc::clone(outline)),
            Kept::Bytes(bytes) => std::mem::take(bytes),
        };
        // Not under the lock: many threads read outlines at the same time. Whoever comes meanwhile finds no bytes, and
        // makes the outline anew.
        let read = Outline::from_bytes(&bytes).map(Arc::new);
        let mut outlines = lock(&self.outlines);
        match &read {
            Some(outline) => {
                outlines.insert(id, Kept::Read(Arc::clone(outline)));
            }
            None => {
                outlines.remove(&id);
            }
        }
        read
    }

    pub(super) fn keep_outline(&self, id: ContentId, outline: &Arc<Outline>) {
        lock(&self.outlines).insert(id, Kept::New(Arc::clone(outline)));
    }

    /// The source of a file with this path and these bytes, if somebody has it.
    pub(super) fn source(&self, id: ContentId, path: &str) -> Option<Arc<Source>> {
        let sources = lock(&self.sources);
        sources.get(&id)?.iter().filter_map(Weak::upgrade).find(|source| source.path() == path)
    }

    pub(super) fn keep_source(&self, id: ContentId, source: &Arc<Source>) {
        let mut sources = lock(&self.sources);
        let same = sources.entry(id).or_default();
        same.retain(|source| source.strong_count() > 0);
        same.push(Arc::downgrade(source));
    }
}

/// What a thread left that panicked is whole: nothing is changed in steps.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
