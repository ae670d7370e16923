//! Parsed files, as many as fit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::FileId;
use super::contents::lock;
use crate::python::Source;

/// Most bytes of text whose sources are held. A source takes some ten times its text.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The sources of an index' files. The ones that were parsed longest ago go when there are too many; who still holds one keeps
/// it, and the next one to ask has it parsed again, which gives the same.
pub(super) struct Sources {
    slots: Vec<Mutex<Option<Arc<Source>>>>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// Oldest first.
    files: VecDeque<FileId>,
    bytes: usize,
}

impl Sources {
    pub(super) fn new(files: usize) -> Self {
        Self { slots: (0..files).map(|_| Mutex::default()).collect(), held: Mutex::default() }
    }

    /// The source of a file; whoever asks for the same one meanwhile waits.
    pub(super) fn get(
        &self,
        id: FileId,
        parse: impl FnOnce() -> Option<Arc<Source>>,
    ) -> Option<Arc<Source>> {
        let mut slot = lock(self.slots.get(id.0 as usize)?);
        if let Some(source) = &*slot {
            return Some(Arc::clone(source));
        }
        let source = parse()?;
        *slot = Some(Arc::clone(&source));
        // A slot is never held while waiting for the list.
        drop(slot);
        let mut held = lock(&self.held);
        held.files.push_back(id);
        held.bytes += source.text().len();
        while held.bytes > MOST_BYTES && held.files.len() > 1 {
            let Some(oldest) = held.files.pop_front() else { break };
            let gone = self.slots.get(oldest.0 as usize).and_then(|slot| lock(slot).take());
            held.bytes -= gone.map_or(0, |source| source.text().len());
        }
        Some(source)
    }
}
