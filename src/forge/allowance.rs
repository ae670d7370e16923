//! How many bytes of files are taken into memory, so that no change takes the process down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Sink;
use crate::change::ContentId;

/// Bytes that may still be taken.
#[derive(Debug)]
pub struct Allowance {
    left: AtomicU64,
    spent: AtomicBool,
}

impl Allowance {
    /// So many.
    pub fn new(most: u64) -> Self {
        Self { left: AtomicU64::new(most), spent: AtomicBool::new(false) }
    }

    /// Takes so many. `false` when there are not as many left; from then on there are none.
    pub fn take(&self, bytes: usize) -> bool {
        let less = |left: u64| left.checked_sub(bytes as u64);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok();
        if !taken {
            self.spent.store(true, Ordering::Relaxed);
        }
        taken && !self.is_spent()
    }

    /// Whether some were refused.
    pub fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed)
    }
}

/// A sink that several calls hand files to, until it wants no more.
pub(super) struct Stopping<'s> {
    sink: &'s Sink,
    full: AtomicBool,
}

impl<'s> Stopping<'s> {
    pub(super) fn new(sink: &'s Sink) -> Self {
        Self { sink, full: AtomicBool::new(false) }
    }

    pub(super) fn put(&self, id: ContentId, bytes: Arc<[u8]>) {
        if !(self.sink)(id, bytes) {
            self.full.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_any_more_ends_it() {
        let bytes = Allowance::new(10);
        assert!(bytes.take(4) && bytes.take(6) && !bytes.is_spent());
        let bytes = Allowance::new(10);
        assert!(!bytes.take(11) && bytes.is_spent());
        assert!(!bytes.take(1), "smaller ones after it don't get in by chance");
    }
}
