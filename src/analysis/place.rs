//! Where in a change a finding can be shown.

use super::Place;
use crate::change::{FileChange, LineKind, Tree};

/// The lines of a file's new version that a change shows as changed.
pub(super) struct Shown {
    /// Added lines, in order; where lines are only removed, those on either side of the gap.
    lines: Vec<u32>,
}

impl Shown {
    pub(super) fn new(change: &FileChange) -> Self {
        let mut lines = Vec::new();
        for hunk in &change.hunks {
            let numbered: Vec<_> = hunk.numbered().collect();
            for (index, line) in numbered.iter().enumerate() {
                match line.kind {
                    LineKind::Added => lines.push(line.new),
                    LineKind::Context => {}
                    LineKind::Removed => {
                        // Lines replaced are added ones, too; only a gap shows nothing of its own.
                        let behind =
                            numbered[index..].iter().find(|it| it.kind != LineKind::Removed);
                        let before =
                            numbered[..index].iter().rev().find(|it| it.kind != LineKind::Removed);
                        let replaced = [behind, before]
                            .into_iter()
                            .flatten()
                            .any(|it| it.kind == LineKind::Added);
                        if !replaced {
                            lines.extend([behind, before].into_iter().flatten().map(|it| it.new));
                        }
                    }
                }
            }
        }
        lines.sort_unstable();
        lines.dedup();
        Self { lines }
    }

    pub(super) fn touches(&self, place: &Place) -> bool {
        self.first_within(place).is_some()
    }

    pub(super) fn first_within(&self, place: &Place) -> Option<u32> {
        let at = self.lines.partition_point(|line| *line < place.line);
        self.lines.get(at).copied().filter(|line| *line <= place.end_line)
    }

    /// The nearest changed line, preferably within the definition that spans these lines.
    pub(super) fn nearest(&self, line: u32, around: (u32, u32)) -> Option<u32> {
        let outside = |it: &u32| *it < around.0 || *it > around.1;
        self.lines.iter().copied().min_by_key(|it| (outside(it), it.abs_diff(line)))
    }
}

/// A line of a file as a place, without the space around its code.
pub(super) fn whole_line(path: &str, line: u32, tree: &dyn Tree) -> Place {
    let bytes = tree.read(path).unwrap_or_default();
    let text = bytes.split(|byte| *byte == b'\n').nth(line.saturating_sub(1) as usize);
    let text = String::from_utf8_lossy(text.unwrap_or_default());
    let column = |text: &str| text.chars().count() as u32 + 1;
    let indent = &text[..text.len() - text.trim_start().len()];
    let (column, end_column) = (column(indent), column(text.trim_end()));
    let path = path.to_owned();
    Place { path, line, end_line: line, column, end_column: end_column.max(column) }
}
