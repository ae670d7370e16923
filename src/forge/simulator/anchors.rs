//! Where a thread hangs, and where after a push.

use super::diff::{self, FileDiff};
use super::model::{State, Thread};

/// Which version of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before the change.
    Old,
    /// After it.
    New,
}

/// A place in a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// Lines of a file; the thread is shown below the last one.
    Lines {
        /// Path after the change (of a deleted file, before it).
        path: String,
        /// First line with its side, in a thread on several lines.
        start: Option<(Side, u32)>,
        /// Side of the last line.
        side: Side,
        /// 1-based last line.
        line: u32,
    },
    /// A file as a whole.
    File {
        /// Path after the change.
        path: String,
    },
}

impl Anchor {
    /// The file.
    pub fn path(&self) -> &str {
        match self {
            Anchor::Lines { path, .. } | Anchor::File { path } => path,
        }
    }

    /// Side and number of the last line.
    pub fn last_line(&self) -> Option<(Side, u32)> {
        match self {
            Anchor::Lines { side, line, .. } => Some((*side, *line)),
            Anchor::File { .. } => None,
        }
    }
}

impl Thread {
    /// The lines that a suggestion in it replaces: from so many lines above its last line to so many below; without
    /// `offsets`, its own range.
    pub fn replaced(&self, file: &FileDiff, offsets: Option<(u32, u32)>) -> Vec<String> {
        let place = self.current.as_ref().unwrap_or(&self.original);
        let Anchor::Lines { start, line, .. } = place else { return Vec::new() };
        let (first, last) = match offsets {
            Some((above, below)) => (line.saturating_sub(above), line.saturating_add(below)),
            None => (start.map_or(*line, |(_, start)| start), *line),
        };
        let text = file.new.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let (skip, end) = (first.saturating_sub(1) as usize, last as usize);
        text.split('\n').take(end).skip(skip).map(str::to_owned).collect()
    }
}

impl State {
    /// Finds out where each thread of a change request hangs at its newest version.
    pub(super) fn hang_anew(&mut self, key: (i64, i64)) {
        let Some(change) = self.changes.get(&key) else { return };
        let diff = self.change_diff(change);
        let places: Vec<Option<Anchor>> =
            change.threads.iter().map(|thread| self.moved(thread, change.head(), &diff)).collect();
        if let Some(change) = self.changes.get_mut(&key) {
            for (thread, place) in change.threads.iter_mut().zip(places) {
                thread.current = place;
            }
        }
    }

    /// A thread's place at a new head; `None` when its line was changed since, or the diff shows it no more.
    fn moved(&self, thread: &Thread, head: &str, diff: &[FileDiff]) -> Option<Anchor> {
        let file = diff.iter().find(|file| file.path == thread.original.path())?;
        let Anchor::Lines { path, start, side, line } = &thread.original else {
            return Some(thread.original.clone());
        };
        let shift = |side: Side, line: u32| match side {
            Side::Old => Some(line),
            Side::New => {
                let before = self.commits.get(&thread.original_head)?.files.get(path)?;
                let after = self.commits.get(head)?.files.get(path)?;
                diff::follow_line(before, after, line)
            }
        };
        let line = shift(*side, *line)?;
        let start = match *start {
            Some((side, line)) => Some((side, shift(side, line)?)),
            None => None,
        };
        file.shows(*side, line).then(|| Anchor::Lines {
            path: path.clone(),
            start,
            side: *side,
            line,
        })
    }
}
