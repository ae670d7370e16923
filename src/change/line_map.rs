//! Which line of one version is which line of the other.

use super::{FileChange, FileChangeKind, Hunk, LineKind};

/// Pairs the unchanged lines of a file's two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMap {
    /// Runs of unchanged lines, in order.
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    old: u32,
    new: u32,
    /// `None` for the last run, which goes on to the end of the file.
    len: Option<u32>,
}

impl LineMap {
    /// The map that these hunks leave: what no hunk shows is unchanged. Hunks are in the order of their lines, as
    /// [`parse_patch`](super::parse_patch) and [`hunks_between`](super::hunks_between) give them.
    pub fn new(hunks: &[Hunk]) -> Self {
        let mut runs = Vec::new();
        let (mut old, mut new) = (1, 1);
        for line in hunks.iter().flat_map(Hunk::numbered) {
            match line.kind {
                // The run up to the next changed line is added when that line comes.
                LineKind::Context => {}
                LineKind::Added => {
                    push(&mut runs, old, new, line.new.saturating_sub(new));
                    (old, new) = (line.old, line.new.saturating_add(1));
                }
                LineKind::Removed => {
                    push(&mut runs, old, new, line.old.saturating_sub(old));
                    (old, new) = (line.old.saturating_add(1), line.new);
                }
            }
        }
        runs.push(Run { old, new, len: None });
        Self { runs }
    }

    /// The map of a file that is in one version only.
    pub fn empty() -> Self {
        Self { runs: Vec::new() }
    }

    /// The old number of a line of the new version; `None` when the line was added or modified.
    pub fn old_line(&self, new_line: u32) -> Option<u32> {
        let at = self.runs.partition_point(|run| run.new <= new_line).checked_sub(1)?;
        let run = self.runs[at];
        run.holds(new_line - run.new).then(|| run.old.saturating_add(new_line - run.new))
    }

    /// The new number of a line of the old version; `None` when the line was removed or modified.
    pub fn new_line(&self, old_line: u32) -> Option<u32> {
        let at = self.runs.partition_point(|run| run.old <= old_line).checked_sub(1)?;
        let run = self.runs[at];
        run.holds(old_line - run.old).then(|| run.new.saturating_add(old_line - run.old))
    }
}

impl Run {
    fn holds(self, offset: u32) -> bool {
        self.len.is_none_or(|len| offset < len)
    }
}

fn push(runs: &mut Vec<Run>, old: u32, new: u32, len: u32) {
    if len > 0 {
        runs.push(Run { old, new, len: Some(len) });
    }
}

impl FileChange {
    /// Which line of one version is which of the other; nothing is, in an added or deleted file.
    pub fn line_map(&self) -> LineMap {
        match self.kind {
            FileChangeKind::Added | FileChangeKind::Deleted => LineMap::empty(),
            FileChangeKind::Modified | FileChangeKind::Renamed => LineMap::new(&self.hunks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hunks_between;
    use super::*;

    #[test]
    fn unchanged_lines_keep_their_partner_and_changed_ones_have_none() {
        let map = LineMap::new(&hunks_between(b"a\nb\nc\nd\ne\n", b"a\nB\nB2\nc\ne\nf\n"));
        let olds: Vec<_> = (1..=6).map(|line| map.old_line(line)).collect();
        assert_eq!(olds, [Some(1), None, None, Some(3), Some(5), None]);
        let news: Vec<_> = (1..=5).map(|line| map.new_line(line)).collect();
        assert_eq!(news, [Some(1), None, Some(4), None, Some(5)]);
        assert_eq!(map.old_line(0), None);
    }

    #[test]
    fn a_file_of_one_version_has_no_pairs() {
        assert_eq!(LineMap::empty().old_line(1), None);
        let map = LineMap::new(&hunks_between(b"", b"a\n"));
        assert_eq!(map.old_line(1), None);
    }

    #[test]
    fn a_file_without_hunks_is_unchanged() {
        let map = LineMap::new(&[]);
        assert_eq!((map.old_line(7), map.new_line(7)), (Some(7), Some(7)));
    }
}
