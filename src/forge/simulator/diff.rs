//! Diffs as the platforms make them: unified, three lines of context, the enclosing definition behind the header.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError};

use imara_diff::{Algorithm, Diff as LineDiff, InternedInput};

use super::anchors::Side;
use super::model::{Change, State};
use super::renames::renames;

/// Lines of context around a change.
const CONTEXT: u32 = 3;

/// One file of a diff.
#[derive(Debug, Clone)]
pub struct FileDiff {
    /// Path after the change; of a deleted file, the path it had.
    pub path: String,
    /// Path before the change; the same but for a renamed file.
    pub old_path: String,
    /// What happened.
    pub status: FileStatus,
    /// Content before; `None` for an added file.
    pub old: Option<Arc<[u8]>>,
    /// Content after; `None` for a removed file.
    pub new: Option<Arc<[u8]>>,
    /// Hunks; none for a binary file, for a pure rename, or when the platform cuts the diff.
    pub hunks: Vec<Hunk>,
    /// Number of added lines, also of a diff that is cut.
    pub additions: u32,
    /// Number of removed lines, also of a diff that is cut.
    pub deletions: u32,
    /// Has NUL bytes on either side.
    pub binary: bool,
    /// The platform doesn't show the diff.
    pub cut: bool,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// It was not there.
    Added,
    /// Its content changed.
    Modified,
    /// It is gone.
    Removed,
    /// It has another name, perhaps other content too.
    Renamed,
}

/// A run of changed lines with context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// 1-based first old line; the one before when there are none.
    pub old_start: u32,
    /// Number of old lines.
    pub old_len: u32,
    /// 1-based first new line; the one before when there are none.
    pub new_start: u32,
    /// Number of new lines.
    pub new_len: u32,
    /// What stands behind the header.
    pub heading: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk: its numbers where it has them, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based number before; `None` for an added line.
    pub old: Option<u32>,
    /// 1-based number after; `None` for a removed line.
    pub new: Option<u32>,
    /// Without the line feed; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// It ends the file and has no line feed.
    pub no_newline: bool,
}

impl FileDiff {
    /// Whether a hunk shows the line.
    pub fn shows(&self, side: Side, line: u32) -> bool {
        self.hunk_of(side, line).is_some()
    }

    /// The hunk that shows the line.
    pub fn hunk_of(&self, side: Side, line: u32) -> Option<usize> {
        self.hunks.iter().position(|hunk| {
            hunk.lines.iter().any(|own| match side {
                Side::Old => own.old == Some(line),
                Side::New => own.new == Some(line),
            })
        })
    }

    /// The hunks as text with a line feed at the end, without `---` and `+++`; `None` where there are none.
    pub fn patch(&self) -> Option<String> {
        if self.hunks.is_empty() {
            return None;
        }
        let mut patch = String::new();
        for hunk in &self.hunks {
            hunk.write(&mut patch);
        }
        Some(patch)
    }
}

impl Hunk {
    /// `@@ -1,2 +1,3 @@ def f():`
    pub fn header(&self) -> String {
        let range = |start: u32, len: u32| match len {
            1 => start.to_string(),
            _ => format!("{start},{len}"),
        };
        let old = range(self.old_start, self.old_len);
        let new = range(self.new_start, self.new_len);
        format!("@@ -{old} +{new} @@ {}", self.heading).trim_end().to_owned()
    }

    fn write(&self, patch: &mut String) {
        let _ = writeln!(patch, "{}", self.header());
        for line in &self.lines {
            let sign = match (line.old, line.new) {
                (None, _) => '+',
                (_, None) => '-',
                _ => ' ',
            };
            let _ = writeln!(patch, "{sign}{}", line.text);
            if line.no_newline {
                let _ = writeln!(patch, "\\ No newline at end of file");
            }
        }
    }
}

impl State {
    /// The diff of a change request as the platform shows it: merge base to head.
    pub fn change_diff(&self, change: &Change) -> Arc<[FileDiff]> {
        let version = change.version();
        let files = self.diff(&version.merge_base, &version.head);
        if change.cut.is_empty() {
            return files;
        }
        let mut files = files.to_vec();
        for file in files.iter_mut().filter(|file| change.cut.contains(&file.path)) {
            file.cut = true;
            file.hunks.clear();
        }
        files.into()
    }

    /// The diff between two commits, in the order of the paths. Almost every request needs it, so it is kept.
    pub fn diff(&self, from: &str, to: &str) -> Arc<[FileDiff]> {
        let key = (from.to_owned(), to.to_owned());
        let mut known = self.diffs.lock().unwrap_or_else(PoisonError::into_inner);
        let diff = known
            .entry(key)
            .or_insert_with(|| between(&self.commits[from].files, &self.commits[to].files).into());
        Arc::clone(diff)
    }
}

/// The files of a diff, shared.
pub(super) type Diff = Arc<[FileDiff]>;

type Files = BTreeMap<String, Arc<[u8]>>;

/// What differs, in the order of the paths.
fn between(before: &Files, after: &Files) -> Vec<FileDiff> {
    let renames = renames(before, after);
    let mut files = Vec::new();
    for (path, new) in after.iter().filter(|(path, new)| before.get(*path) != Some(new)) {
        let old = renames.get(path).unwrap_or(path);
        files.push(file_diff(old, path, before.get(old), Some(new)));
    }
    let kept = |path: &String| after.contains_key(path) || renames.values().any(|old| old == path);
    let gone = before.iter().filter(|(path, _)| !kept(path));
    files.extend(gone.map(|(path, old)| file_diff(path, path, Some(old), None)));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn file_diff(
    old_path: &str,
    path: &str,
    old: Option<&Arc<[u8]>>,
    new: Option<&Arc<[u8]>>,
) -> FileDiff {
    let (before, after) = (old.map_or(&[][..], |old| old), new.map_or(&[][..], |new| new));
    let binary = before.contains(&0) || after.contains(&0);
    let hunks = if binary { Vec::new() } else { hunks(before, after) };
    let count = |which: fn(&Line) -> bool| {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| which(line));
        u32::try_from(lines.count()).unwrap_or(u32::MAX)
    };
    FileDiff {
        path: path.to_owned(),
        old_path: old_path.to_owned(),
        status: match (old, new) {
            (None, _) => FileStatus::Added,
            (_, None) => FileStatus::Removed,
            _ if old_path != path => FileStatus::Renamed,
            _ => FileStatus::Modified,
        },
        old: old.cloned(),
        new: new.cloned(),
        additions: count(|line| line.old.is_none()),
        deletions: count(|line| line.new.is_none()),
        hunks,
        binary,
        cut: false,
    }
}

/// Where a line of the old version is in the new one; `None` when it was changed.
pub(super) fn follow_line(before: &[u8], after: &[u8], line: u32) -> Option<u32> {
    let mut shift: i64 = 0;
    for change in changes(before, after) {
        if line.saturating_sub(1) < change.before.start {
            break;
        }
        if change.before.contains(&(line - 1)) {
            return None;
        }
        shift += change.after.len() as i64 - change.before.len() as i64;
    }
    u32::try_from(i64::from(line) + shift).ok()
}

fn changes(before: &[u8], after: &[u8]) -> Vec<imara_diff::Hunk> {
    let input = InternedInput::new(before, after);
    let mut diff = LineDiff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    diff.hunks().collect()
}

fn hunks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let old: Vec<&[u8]> = before.split_inclusive(|byte| *byte == b'\n').collect();
    let new: Vec<&[u8]> = after.split_inclusive(|byte| *byte == b'\n').collect();
    let mut groups: Vec<Vec<imara_diff::Hunk>> = Vec::new();
    for change in changes(before, after) {
        match groups.last_mut() {
            // Changes whose context touches are one hunk.
            Some(group)
                if group.last().is_some_and(|last| {
                    change.before.start.saturating_sub(last.before.end) <= 2 * CONTEXT
                }) =>
            {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups.iter().map(|group| hunk(&old, &new, group)).collect()
}

/// One hunk of changes whose context touches.
fn hunk(old: &[&[u8]], new: &[&[u8]], group: &[imara_diff::Hunk]) -> Hunk {
    let (first, last) = (&group[0], &group[group.len() - 1]);
    let lead = CONTEXT.min(first.before.start);
    let (mut at_old, mut at_new) = (first.before.start - lead, first.after.start - lead);
    let end = (last.before.end + CONTEXT).min(old.len() as u32);
    let (old_first, new_first) = (at_old, at_new);
    let mut lines = Vec::new();
    let context = |lines: &mut Vec<Line>, at_old: &mut u32, at_new: &mut u32, until: u32| {
        while *at_old < until {
            lines.push(line(Some(*at_old), Some(*at_new), old[*at_old as usize]));
            (*at_old, *at_new) = (*at_old + 1, *at_new + 1);
        }
    };
    for change in group {
        context(&mut lines, &mut at_old, &mut at_new, change.before.start);
        lines.extend(change.before.clone().map(|at| line(Some(at), None, old[at as usize])));
        lines.extend(change.after.clone().map(|at| line(None, Some(at), new[at as usize])));
        (at_old, at_new) = (change.before.end, change.after.end);
    }
    context(&mut lines, &mut at_old, &mut at_new, end);
    let (old_len, new_len) = (at_old - old_first, at_new - new_first);
    Hunk {
        old_start: old_first + u32::from(old_len > 0),
        old_len,
        new_start: new_first + u32::from(new_len > 0),
        new_len,
        heading: heading(old, old_first),
        lines,
    }
}

/// The text behind a hunk's header: the last line before it that starts with a letter, as git does it.
fn heading(old: &[&[u8]], first: u32) -> String {
    let starts = |line: &&&[u8]| {
        line.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_$".contains(byte))
    };
    let line = old[..first as usize].iter().rev().find(starts);
    let text = line.map_or(String::new(), |line| String::from_utf8_lossy(line).into_owned());
    text.trim_end().chars().take(80).collect()
}

/// A line of a hunk from 0-based numbers.
fn line(old: Option<u32>, new: Option<u32>, bytes: &[u8]) -> Line {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    Line {
        old: old.map(|at| at + 1),
        new: new.map(|at| at + 1),
        text: String::from_utf8_lossy(text).into_owned(),
        no_newline: bytes.len() == text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines `1` to `n`, some replaced, the last one without a line feed if asked for.
    fn numbers(n: u32, replaced: &[(u32, &str)]) -> String {
        let line = |number| {
            let text = replaced.iter().find(|(at, _)| *at == number).map(|(_, text)| *text);
            text.map_or(format!("{number}\n"), str::to_owned)
        };
        (1..=n).map(line).collect()
    }

    fn patch(before: &str, after: &str) -> String {
        let (before, after) = (before.as_bytes().into(), after.as_bytes().into());
        file_diff("f", "f", Some(&before), Some(&after)).patch().unwrap_or_default()
    }

    #[test]
    fn hunks_have_three_lines_of_context_and_join_when_it_touches() {
        let after = numbers(20, &[(5, "five\n"), (12, "twelve\n")]);
        let joined = patch(&numbers(20, &[]), &after);
        assert!(joined.starts_with("@@ -2,14 +2,14 @@\n 2\n 3\n 4\n-5\n+five\n 6\n"), "{joined}");
        let apart = patch(&numbers(20, &[]), &numbers(20, &[(5, "five\n"), (13, "thirteen\n")]));
        let headers: Vec<&str> = apart.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(headers, ["@@ -2,7 +2,7 @@", "@@ -10,7 +10,7 @@"]);
    }

    #[test]
    fn empty_sides_and_missing_line_feeds_are_written_as_git_writes_them() {
        assert_eq!(patch("", "a\nb"), "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n");
        assert_eq!(patch("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
        assert_eq!(
            patch("a\nb", "a\nb\n"),
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
        );
    }

    #[test]
    fn a_header_names_the_definition_before_it() {
        let before = format!("def outer():\n{}", numbers(9, &[]));
        let hunk = patch(&before, &before.replace("8\n", "eight\n"));
        assert!(hunk.starts_with("@@ -6,5 +6,5 @@ def outer():\n"), "{hunk}");
    }

    #[test]
    fn a_line_is_followed_until_it_changes() {
        let before = numbers(9, &[]);
        let after = numbers(9, &[(2, "a\nb\nc\n"), (6, ""), (8, "eight\n")]);
        let at = |line| follow_line(before.as_bytes(), after.as_bytes(), line);
        assert_eq!(
            [at(1), at(2), at(5), at(6), at(7), at(8), at(9)],
            [Some(1), None, Some(7), None, Some(8), None, Some(10)]
        );
    }
}
