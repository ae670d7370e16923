//! Where a comment about a finding can hang.

use super::{CommentPlace, Dialect};
use crate::analysis::Place;
use crate::change::{ChangeSet, FileChange, FileChangeKind, Hunk};

/// More lines than this are not marked as a range: the comment would hang far below the line that it speaks of.
const LONGEST_RANGE: u32 = 10;

/// Where a comment about this place can hang; `None` when the platform would take it nowhere.
pub(super) fn comment_place(
    place: &Place,
    change: &ChangeSet,
    dialect: &Dialect,
) -> Option<CommentPlace> {
    let file = change.file(&place.path).filter(|file| file.kind != FileChangeKind::Deleted)?;
    let range = if file.shown { clip(file, place) } else { None };
    let range = range.or_else(|| {
        let whole = dialect.comments_outside_hunks && file.kind != FileChangeKind::Added;
        (whole || (dialect.comments_outside_hunks && inside(file, place.line)))
            .then_some((place.line, place.line))
    });
    match range {
        Some((start_line, line)) => {
            Some(CommentPlace::Lines { path: place.path.clone(), start_line, line })
        }
        None => dialect.file_comments.then(|| CommentPlace::File { path: place.path.clone() }),
    }
}

/// The hunk's lines in the new version, first and last; `None` when it has none.
pub(super) fn new_lines(hunk: &Hunk) -> Option<(u32, u32)> {
    let count = hunk.new_len();
    (count > 0).then(|| (hunk.new_start, hunk.new_start + (count - 1)))
}

/// Whether one hunk that a reader sees shows all these lines.
pub(super) fn one_hunk_shows(file: &FileChange, first: u32, last: u32) -> bool {
    file.shown
        && file.hunks.iter().filter_map(new_lines).any(|(from, to)| from <= first && last <= to)
}

fn inside(file: &FileChange, line: u32) -> bool {
    file.hunks.iter().filter_map(new_lines).any(|(from, to)| (from..=to).contains(&line))
}

/// The part of the place that the first hunk shows that shows any of it.
fn clip(file: &FileChange, place: &Place) -> Option<(u32, u32)> {
    let last = place.end_line.max(place.line);
    file.hunks.iter().filter_map(new_lines).find_map(|(from, to)| {
        let (start, end) = (place.line.max(from), last.min(to));
        let end = if end.saturating_sub(start) < LONGEST_RANGE { end } else { start };
        (start <= end).then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::LineKind;

    fn file(kind: FileChangeKind, shown: bool) -> FileChange {
        // Two hunks: new lines 1 to 6 and 50 to 52.
        let lines = |n| vec![LineKind::Added; n];
        let hunk = |start, n| Hunk { old_start: start, new_start: start, lines: lines(n) };
        let hunks = vec![hunk(1, 6), hunk(50, 3)];
        FileChange { path: "a.py".into(), old_path: None, kind, hunks, shown }
    }

    fn hangs(line: u32, end_line: u32, file: FileChange, outside: bool, files: bool) -> String {
        let place = Place { path: "a.py".into(), line, end_line, column: 1, end_column: 2 };
        let dialect = Dialect {
            comments_outside_hunks: outside,
            file_comments: files,
            ..super::super::fixture::DIALECT
        };
        match comment_place(&place, &ChangeSet { files: vec![file] }, &dialect) {
            Some(CommentPlace::Lines { start_line, line, .. }) => format!("{start_line}-{line}"),
            Some(CommentPlace::File { .. }) => "file".to_owned(),
            None => "nowhere".to_owned(),
        }
    }

    #[test]
    fn a_comment_hangs_in_one_hunk_or_on_the_file_or_nowhere() {
        use FileChangeKind::{Added, Deleted, Modified};
        for (line, end_line, kind, shown, outside, files, expected) in [
            (2, 2, Modified, true, false, true, "2-2"),
            (2, 4, Modified, true, false, true, "2-4"),
            (5, 9, Modified, true, false, true, "5-6"),
            (40, 51, Modified, true, false, true, "50-51"),
            (4, 51, Modified, true, false, true, "4-6"),
            (30, 31, Modified, true, false, true, "file"),
            (30, 31, Modified, true, false, false, "nowhere"),
            (30, 31, Modified, true, true, true, "30-30"),
            (30, 31, Added, true, true, true, "file"),
            (2, 2, Modified, false, false, true, "file"),
            (2, 3, Modified, false, true, true, "2-2"),
            (2, 3, Added, false, true, true, "2-2"),
            (2, 2, Deleted, true, true, true, "nowhere"),
        ] {
            let found = hangs(line, end_line, file(kind, shown), outside, files);
            assert_eq!(
                found, expected,
                "{line}-{end_line} {kind:?} shown={shown} {outside} {files}"
            );
        }
    }

    proptest::proptest! {
        /// Where lines can carry a comment, it hangs on lines of one hunk, and on the place that it speaks of.
        #[test]
        fn a_range_never_leaves_its_hunk(
            gaps in proptest::collection::vec((1..9_u32, 0..4_usize, 0..4_usize, 0..4_usize), 0..5),
            line in 1..60_u32, more in 0..20_u32,
        ) {
            let mut hunks = Vec::new();
            let (mut old, mut new) = (1, 1);
            for (gap, context, removed, added) in gaps {
                (old, new) = (old + gap, new + gap);
                let repeat = |kind, count| std::iter::repeat_n(kind, count);
                let lines: Vec<LineKind> = repeat(LineKind::Context, context)
                    .chain(repeat(LineKind::Removed, removed))
                    .chain(repeat(LineKind::Added, added))
                    .collect();
                let mut hunk = Hunk { old_start: old, new_start: new, lines };
                let (old_len, new_len) = (hunk.old_len(), hunk.new_len());
                hunk.old_start -= u32::from(old_len == 0);
                hunk.new_start -= u32::from(new_len == 0);
                (old, new) = (old + old_len, new + new_len);
                hunks.push(hunk);
            }
            let file = FileChange { hunks, ..file(FileChangeKind::Modified, true) };
            let place =
                Place { path: "a.py".into(), line, end_line: line + more, column: 1, end_column: 2 };
            let change = ChangeSet { files: vec![file.clone()] };
            let shown = (line..=line + more).find(|line| file.hunk_showing(*line).is_some());
            match comment_place(&place, &change, &super::super::fixture::DIALECT) {
                Some(CommentPlace::Lines { start_line, line: last, .. }) => {
                    proptest::prop_assert_eq!(Some(start_line), shown);
                    let (first_in, last_in) = (file.hunk_showing(start_line), file.hunk_showing(last));
                    proptest::prop_assert!(first_in.zip(last_in).is_some_and(|(a, b)| std::ptr::eq(a, b)));
                    proptest::prop_assert!(start_line <= last && last <= line + more);
                }
                _ => proptest::prop_assert_eq!(shown, None),
            }
        }
    }

    #[test]
    fn a_long_range_is_marked_by_its_first_line() {
        let lines = vec![LineKind::Added; 100];
        let hunks = vec![Hunk { old_start: 1, new_start: 1, lines }];
        let file = FileChange { hunks, ..file(FileChangeKind::Added, true) };
        assert_eq!(hangs(5, 14, file.clone(), false, false), "5-14");
        assert_eq!(hangs(5, 15, file, false, false), "5-5");
    }
}
