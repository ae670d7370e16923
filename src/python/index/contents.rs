//! What is known about files by what they hold, for whoever has the same file again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use foldhash::fast::RandomState;

use super::Sketch;
use crate::change::ContentId;
use crate::python::Source;

/// Outlines and sources by git's name for a file's bytes. The two sides of a change share them, since most files are the
/// same on both; kept for a repository, it makes the next review of it quick.
///
/// Outlines stay as long as this does; of sources it only remembers which are in use.
#[derive(Default)]
pub struct Contents {
    outlines: Mutex<Outlines>,
    sources: Mutex<HashMap<ContentId, Vec<Weak<Source>>>>,
}

/// Where outlines come from that were kept elsewhere.
type Load = Box<dyn FnOnce() -> Vec<(ContentId, Bytes)> + Send>;

#[derive(Default)]
struct Outlines {
    kept: HashMap<ContentId, Kept, RandomState>,
    /// Asked once, when the first outline is wanted.
    load: Option<Load>,
}

/// An outline.
struct Kept {
    bytes: Bytes,
    /// Found by ourselves, and not handed out yet.
    new: bool,
    used: bool,
}

impl Outlines {
    fn insert(&mut self, id: ContentId, bytes: Bytes) {
        self.kept.entry(id).or_insert(Kept { bytes, new: false, used: false });
    }

    /// All of them.
    fn loaded(&mut self) -> &mut Self {
        for (id, bytes) in self.load.take().map(|load| load()).unwrap_or_default() {
            self.insert(id, bytes);
        }
        self
    }
}

impl Contents {
    /// Contents whose outlines were kept somewhere from where they are had when the first one is asked for.
    pub fn kept_at(load: impl FnOnce() -> Vec<(ContentId, Bytes)> + Send + 'static) -> Self {
        let outlines = Outlines { kept: HashMap::default(), load: Some(Box::new(load)) };
        Self { outlines: Mutex::new(outlines), sources: Mutex::default() }
    }

    /// Takes an outline that was kept, as [`Outline::to_bytes`](super::Outline::to_bytes) gave it.
    pub fn insert(&self, id: ContentId, outline: impl Into<Bytes>) {
        lock(&self.outlines).insert(id, outline.into());
    }

    /// The outlines that were found and not handed out yet, to be kept: those that nobody handed in.
    pub fn take_found(&self) -> Vec<(ContentId, Vec<u8>)> {
        let mut outlines = lock(&self.outlines);
        let new = outlines.kept.iter_mut().filter(|(_, kept)| kept.new);
        let mut found: Vec<_> = new
            .map(|(id, kept)| {
                kept.new = false;
                (*id, kept.bytes.to_vec())
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The outlines that somebody asked for.
    pub fn used(&self) -> Vec<(ContentId, Bytes)> {
        let outlines = lock(&self.outlines);
        let used = outlines.kept.iter().filter(|(_, kept)| kept.used);
        used.map(|(id, kept)| (*id, kept.bytes.clone())).collect()
    }

    pub(super) fn sketch(&self, id: ContentId) -> Option<Sketch> {
        let mut outlines = lock(&self.outlines);
        let kept = outlines.loaded().kept.get_mut(&id)?;
        kept.used = true;
        let sketch = Sketch::from_bytes(kept.bytes.clone());
        if sketch.is_none() {
            outlines.kept.remove(&id);
        }
        sketch
    }

    pub(super) fn keep_sketch(&self, id: ContentId, sketch: &Sketch) {
        let kept = Kept { bytes: sketch.bytes().clone(), new: true, used: true };
        lock(&self.outlines).kept.insert(id, kept);
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
