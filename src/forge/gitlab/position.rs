//! Where a discussion hangs, in GitLab's words: three commits, both paths, and the line's number in each version that
//! has it.
//!
//! Source: GitLab Discussions API, "Create a new thread in the merge request diff", and "Parameters for multiline
//! comments".

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::look_up::Names;
use crate::change::{FileChange, FileChangeKind, LineKind};
use crate::review::CommentPlace;

/// A line of the new version as GitLab addresses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    /// `None` for an added line.
    old: Option<u32>,
    new: u32,
    /// The number that the old version has reached there; it differs from `old` only by being known of added lines.
    reached: u32,
    /// Whether a hunk shows it.
    shown: bool,
}

/// The position for a comment on this file; `None` where no line can carry it.
pub(super) fn position(names: &Names, file: &FileChange, place: &CommentPlace) -> Option<Value> {
    match place {
        CommentPlace::File { .. } => Some(on_file(names, file)),
        CommentPlace::Lines { start_line, line, .. } => on_lines(names, file, *start_line, *line),
    }
}

/// The position of a comment on the file as a whole.
pub(super) fn on_file(names: &Names, file: &FileChange) -> Value {
    commits_and_paths(names, file, "file")
}

fn on_lines(names: &Names, file: &FileChange, start_line: u32, line: u32) -> Option<Value> {
    if file.kind == FileChangeKind::Deleted {
        return None;
    }
    let last = find(file, line)?;
    let mut position = commits_and_paths(names, file, "text");
    position["new_line"] = json!(last.new);
    if let Some(old) = last.old {
        position["old_line"] = json!(old);
    }
    if start_line < line {
        let first = find(file, start_line)?;
        let path = &file.path;
        position["line_range"] =
            json!({ "start": end_of_range(path, first), "end": end_of_range(path, last) });
    }
    Some(position)
}

fn commits_and_paths(names: &Names, file: &FileChange, kind: &str) -> Value {
    json!({
        "position_type": kind,
        "base_sha": names.base,
        "start_sha": names.start,
        "head_sha": names.head,
        "old_path": file.old_path.as_ref().unwrap_or(&file.path),
        "new_path": file.path,
    })
}

fn end_of_range(path: &str, line: Line) -> Value {
    let kind = match (line.old, line.shown) {
        (None, _) => json!("new"),
        (Some(_), true) => Value::Null,
        (Some(_), false) => json!("expanded"),
    };
    json!({
        "line_code": line_code(path, line.reached, line.new),
        "type": kind,
        "old_line": line.old,
        "new_line": line.new,
    })
}

fn line_code(path: &str, old: u32, new: u32) -> String {
    format!("{}_{old}_{new}", hex::encode(Sha1::digest(path.as_bytes())))
}

/// A line of the new version. Lines outside of the hunks are unchanged; in a new file there are none.
fn find(file: &FileChange, new_line: u32) -> Option<Line> {
    for hunk in &file.hunks {
        // Without old lines, the hunk's start is the line before it, and GitLab's count starts there.
        let before = u32::from(hunk.old_len() == 0);
        let shown =
            hunk.numbered().find(|line| line.kind != LineKind::Removed && line.new == new_line);
        if let Some(line) = shown {
            let old = (line.kind == LineKind::Context).then_some(line.old);
            return Some(Line { old, new: line.new, reached: line.old - before, shown: true });
        }
    }
    let old = file.line_map().old_line(new_line).filter(|_| new_line > 0)?;
    Some(Line { old: Some(old), new: new_line, reached: old, shown: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::parse_patch;

    const PATCH: &str = "@@ -10,6 +10,7 @@\n a\n b\n-c\n+C\n+D\n d\n e\n f\n";
    const CODE: &str = "95593017fae74588ed0ee209c0cbc3bffecff40b";

    fn names() -> Names {
        Names { base: "b".into(), start: "s".into(), head: "h".into(), ..Names::default() }
    }

    fn file(kind: FileChangeKind, old_path: Option<&str>, patch: &str) -> FileChange {
        FileChange {
            path: "pkg/app.py".to_owned(),
            old_path: old_path.map(str::to_owned),
            kind,
            hunks: parse_patch(patch).expect("a patch"),
            shown: true,
        }
    }

    fn lines(file: &FileChange, start_line: u32, line: u32) -> Option<Value> {
        let path = file.path.clone();
        position(&names(), file, &CommentPlace::Lines { path, start_line, line })
    }

    #[test]
    fn a_line_code_is_that_of_the_published_example() {
        assert_eq!(line_code("pkg/app.py", 29, 29), format!("{CODE}_29_29"));
    }

    #[test]
    fn each_kind_of_line_has_its_numbers() {
        let modified = file(FileChangeKind::Modified, Some("pkg/app.py"), PATCH);
        let renamed = file(FileChangeKind::Renamed, Some("old.py"), PATCH);
        let pure = file(FileChangeKind::Renamed, Some("old.py"), "");
        let new = file(FileChangeKind::Added, None, "@@ -0,0 +1,2 @@\n+a\n+b\n");
        for (file, line, old_line, old_path, what) in [
            (&modified, 12, None, "pkg/app.py", "added"),
            (&modified, 13, None, "pkg/app.py", "added"),
            (&modified, 11, Some(11), "pkg/app.py", "context above"),
            (&modified, 14, Some(13), "pkg/app.py", "context below"),
            (&modified, 3, Some(3), "pkg/app.py", "above the hunks"),
            (&modified, 40, Some(39), "pkg/app.py", "below the hunks"),
            (&renamed, 12, None, "old.py", "added, renamed"),
            (&renamed, 40, Some(39), "old.py", "below the hunks, renamed"),
            (&pure, 7, Some(7), "old.py", "renamed only"),
            (&new, 2, None, "pkg/app.py", "new file"),
        ] {
            let mut expected = json!({
                "position_type": "text", "base_sha": "b", "start_sha": "s", "head_sha": "h",
                "old_path": old_path, "new_path": "pkg/app.py", "new_line": line,
            });
            if let Some(old) = old_line {
                expected["old_line"] = json!(old);
            }
            assert_eq!(lines(file, line, line), Some(expected), "{what}");
        }
        assert_eq!(lines(&new, 3, 3), None, "a new file has no other lines");
        assert_eq!(lines(&modified, 0, 0), None);
        let gone = file(FileChangeKind::Deleted, Some("pkg/app.py"), "@@ -1 +0,0 @@\n-a\n");
        assert_eq!(lines(&gone, 1, 1), None);
    }

    #[test]
    fn a_range_hangs_on_its_last_line_and_names_both_ends() {
        let modified = file(FileChangeKind::Modified, Some("pkg/app.py"), PATCH);
        for (start, line, first, last) in [
            (11, 13, ("11_11", json!(null), Some(11)), ("13_13", json!("new"), None)),
            (12, 14, ("13_12", json!("new"), None), ("13_14", json!(null), Some(13))),
            (3, 10, ("3_3", json!("expanded"), Some(3)), ("10_10", json!(null), Some(10))),
        ] {
            let position = lines(&modified, start, line).expect("it has a position");
            assert_eq!(
                (&position["new_line"], &position["old_line"]),
                (&json!(line), &json!(last.2))
            );
            for (end, number, (code, kind, old)) in [("start", start, first), ("end", line, last)] {
                let expected = json!({
                    "line_code": format!("{CODE}_{code}"), "type": kind, "old_line": old, "new_line": number,
                });
                assert_eq!(position["line_range"][end], expected, "{start} to {line}, {end}");
            }
        }
        let new = file(FileChangeKind::Added, None, "@@ -0,0 +1,2 @@\n+a\n+b\n");
        let position = lines(&new, 1, 2).expect("it has a position");
        assert_eq!(position["line_range"]["start"]["line_code"], json!(format!("{CODE}_0_1")));
    }

    #[test]
    fn a_file_as_a_whole_has_no_lines() {
        let renamed = file(FileChangeKind::Renamed, Some("old.py"), PATCH);
        let place = CommentPlace::File { path: renamed.path.clone() };
        let expected = json!({
            "position_type": "file", "base_sha": "b", "start_sha": "s", "head_sha": "h",
            "old_path": "old.py", "new_path": "pkg/app.py",
        });
        assert_eq!(position(&names(), &renamed, &place), Some(expected));
    }
}
