//! Positions of discussions: which lines GitLab takes, and in which words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::super::diff::{FileDiff, FileStatus};
use super::super::model::{Change, State, Version};
use super::super::{Anchor, Side};
use super::reply::Refusal;

/// A position that was found good.
pub(super) struct Position {
    pub anchor: Anchor,
    /// SHA of the head that it is about.
    pub head: String,
    /// GitLab's name of the line, of a place that is one.
    pub line_code: Option<String>,
    /// What the client got wrong without being refused.
    pub violations: Vec<String>,
}

/// The version since which a comment can hang on a file as a whole.
const FILES: (u32, u32) = (16, 4);

/// What GitLab says of a line that it can't find, also when a SHA is wrong.
fn no_such_line() -> Refusal {
    Refusal::note(&[("line_code", &["can't be blank", "must be a valid line code"])])
}

/// Refuses what lacks a part that is looked at before anything else.
pub(super) fn require_fields(state: &State, sent: &Value) -> Result<(), Refusal> {
    let fields = ["base_sha", "start_sha", "head_sha", "position_type"];
    let missing: Vec<String> = fields
        .iter()
        .filter(|name| text(sent, name).is_none())
        .map(|name| format!("position[{name}] is missing"))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::parameter(missing.join(", ")));
    }
    let kind = text(sent, "position_type").unwrap_or_default();
    let known = ["text", "image"].contains(&kind) || (kind == "file" && state.gitlab.is(FILES));
    if !known {
        return Err(Refusal::parameter("position[position_type] does not have a valid value"));
    }
    Ok(())
}

/// Reads and checks `position`.
pub(super) fn read(state: &State, change: &Change, sent: &Value) -> Result<Position, Refusal> {
    require_fields(state, sent)?;
    let kind = text(sent, "position_type").unwrap_or_default();
    let (old_line, new_line) = (line(sent, "old_line")?, line(sent, "new_line")?);
    let version = version_of(change, sent).ok_or_else(no_such_line)?;
    // Comments on a diff that is folded are taken: the lines are found in the whole diff.
    let diff = state.diff(&version.merge_base, &version.head);
    let mut violations = Vec::new();
    let (old_path, new_path) = paths(sent, &mut violations);
    let file = diff.iter().find(|file| {
        old_path.is_none_or(|path| path == file.old_path)
            && new_path.is_none_or(|path| path == file.path)
    });
    let file =
        file.filter(|_| old_path.is_some() || new_path.is_some()).ok_or_else(no_such_line)?;
    let head = version.head.clone();
    if kind == "file" {
        let lines = ["old_line", "new_line", "line_range"];
        if lines.iter().any(|name| sent.get(name).is_some_and(|value| !value.is_null())) {
            violations.push("a position on a file has lines".to_owned());
        }
        let anchor = Anchor::File { path: file.path.clone() };
        return Ok(Position { anchor, head, line_code: None, violations });
    }
    // There is no diff to find a changed line in; unchanged ones are found in the file.
    if state.gitlab.too_large.contains(&file.path) && (old_line.is_none() || new_line.is_none()) {
        return Err(no_such_line());
    }
    let anchor = lines(sent, file, old_line, new_line, &mut violations)?;
    let line_code = Numbers::of(file).code(file, (old_line, new_line));
    Ok(Position { anchor, head, line_code, violations })
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn line(value: &Value, name: &str) -> Result<Option<u32>, Refusal> {
    let read = match value.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_u64().and_then(|line| u32::try_from(line).ok()),
    };
    read.map(Some).ok_or_else(|| Refusal::parameter(format!("position[{name}] is invalid")))
}

/// The version that all three SHAs are of.
fn version_of<'c>(change: &'c Change, sent: &Value) -> Option<&'c Version> {
    change.versions.iter().rev().find(|version| {
        text(sent, "base_sha") == Some(&version.merge_base)
            && text(sent, "start_sha") == Some(&version.target)
            && text(sent, "head_sha") == Some(&version.head)
    })
}

fn paths<'v>(sent: &'v Value, violations: &mut Vec<String>) -> (Option<&'v str>, Option<&'v str>) {
    let paths = (text(sent, "old_path"), text(sent, "new_path"));
    if paths.0.is_none() || paths.1.is_none() {
        violations.push("a position lacks one of its two paths".to_owned());
    }
    paths
}

/// A position on lines: exactly one line of the diff, or an unchanged one outside of it.
fn lines(
    sent: &Value,
    file: &FileDiff,
    old_line: Option<u32>,
    new_line: Option<u32>,
    violations: &mut Vec<String>,
) -> Result<Anchor, Refusal> {
    if old_line.is_none() && new_line.is_none() {
        let line_code: &[&str] = &["can't be blank", "must be a valid line code"];
        return Err(Refusal::note(&[("line_code", line_code), ("position", &["is incomplete"])]));
    }
    let numbers = Numbers::of(file);
    if !numbers.has(file, old_line, new_line) {
        return Err(no_such_line());
    }
    let (side, line) = match (old_line, new_line) {
        (_, Some(line)) => (Side::New, line),
        (Some(line), None) => (Side::Old, line),
        (None, None) => return Err(no_such_line()),
    };
    let start = match sent.get("line_range").filter(|range| !range.is_null()) {
        Some(range) => Some(range_start(range, file, &numbers, (old_line, new_line), violations)?),
        None => None,
    };
    Ok(Anchor::Lines {
        path: file.path.clone(),
        start: start.filter(|start| *start != (side, line)),
        side,
        line,
    })
}

/// The first line of a range. GitLab keeps what is sent and shows nonsense if it is wrong.
fn range_start(
    range: &Value,
    file: &FileDiff,
    numbers: &Numbers,
    last: (Option<u32>, Option<u32>),
    violations: &mut Vec<String>,
) -> Result<(Side, u32), Refusal> {
    let mut ends = Vec::new();
    for name in ["start", "end"] {
        let end = range.get(name).filter(|end| end.is_object());
        let end = end.ok_or_else(|| {
            Refusal::parameter(format!("position[line_range][{name}] is missing"))
        })?;
        let pair = (line(end, "old_line")?, line(end, "new_line")?);
        match text(end, "line_code") {
            None => violations.push(format!("the {name} of a range has no line code")),
            Some(code) => {
                let right = numbers.code(file, pair);
                if right.as_deref() != Some(code) {
                    violations.push(format!(
                        "the {name} of a range has the line code {code}, not {right:?}"
                    ));
                }
            }
        }
        let kind = match pair {
            (None, Some(_)) => Some("new"),
            (Some(_), None) => Some("old"),
            _ => None,
        };
        let sent = text(end, "type");
        // Only what no hunk shows has to be expanded.
        let expanded = sent == Some("expanded") && kind.is_none() && !numbers.shows(pair);
        if sent != kind && !expanded {
            violations.push(format!("the {name} of a range has the type {sent:?}, not {kind:?}"));
        }
        if !numbers.has(file, pair.0, pair.1) {
            violations.push(format!("the {name} of a range is no line of the file: {pair:?}"));
        }
        ends.push(pair);
    }
    if numbers.reached(ends[0]) > numbers.reached(ends[1]) {
        violations.push("a range starts after its end".to_owned());
    }
    if ends[1] != last {
        violations.push("a range does not end at the position's line".to_owned());
    }
    match ends[0] {
        (_, Some(line)) => Ok((Side::New, line)),
        (Some(line), None) => Ok((Side::Old, line)),
        (None, None) => Err(Refusal::parameter("position[line_range][start] is invalid")),
    }
}

/// Which lines of both versions of a file belong together.
struct Numbers {
    /// Added lines with the old number reached there.
    added: BTreeMap<u32, u32>,
    /// Removed lines with the new number reached there.
    removed: BTreeMap<u32, u32>,
    /// Unchanged lines that the hunks show, by their old numbers.
    context: BTreeSet<u32>,
    old_len: u32,
}

impl Numbers {
    fn of(file: &FileDiff) -> Self {
        let count = |bytes: &Option<std::sync::Arc<[u8]>>| {
            let lines = bytes.iter().flat_map(|bytes| bytes.split_inclusive(|byte| *byte == b'\n'));
            u32::try_from(lines.count()).unwrap_or(u32::MAX)
        };
        let mut numbers = Self {
            added: BTreeMap::new(),
            removed: BTreeMap::new(),
            context: BTreeSet::new(),
            old_len: count(&file.old),
        };
        for hunk in &file.hunks {
            // As GitLab counts, from what the header says: the old number in a new file is 0.
            let (mut old, mut new) = (hunk.old_start, hunk.new_start);
            for own in &hunk.lines {
                match (own.old, own.new) {
                    (None, Some(at)) => drop(numbers.added.insert(at, old)),
                    (Some(at), None) => drop(numbers.removed.insert(at, new)),
                    (Some(at), Some(_)) => drop(numbers.context.insert(at)),
                    (None, None) => {}
                }
                old += u32::from(own.old.is_some());
                new += u32::from(own.new.is_some());
            }
        }
        numbers
    }

    /// Whether there is such a line: added, removed, or unchanged with both numbers.
    fn has(&self, file: &FileDiff, old: Option<u32>, new: Option<u32>) -> bool {
        match (old, new) {
            (None, Some(new)) => self.added.contains_key(&new),
            (Some(old), None) => self.removed.contains_key(&old),
            (Some(old), Some(new)) => {
                !matches!(file.status, FileStatus::Added | FileStatus::Removed)
                    && self.new_number(old) == Some(new)
            }
            (None, None) => false,
        }
    }

    /// Whether a hunk shows it.
    fn shows(&self, pair: (Option<u32>, Option<u32>)) -> bool {
        match pair {
            (Some(old), Some(_)) => self.context.contains(&old),
            _ => true,
        }
    }

    /// Both numbers as they are reached at a line, by which lines are in order.
    fn reached(&self, (old, new): (Option<u32>, Option<u32>)) -> (u32, u32) {
        let of_added = || new.and_then(|new| self.added.get(&new).copied());
        let of_removed = || old.and_then(|old| self.removed.get(&old).copied());
        let new = new.or_else(of_removed).unwrap_or_default();
        (new, old.or_else(of_added).unwrap_or_default())
    }

    /// The new number of an unchanged line.
    fn new_number(&self, old: u32) -> Option<u32> {
        if old == 0 || old > self.old_len || self.removed.contains_key(&old) {
            return None;
        }
        let removed = self.removed.range(..old).count();
        // Added lines stand before the old line that was reached.
        let added = self.added.values().filter(|reached| **reached <= old).count();
        u32::try_from(i64::from(old) - removed as i64 + added as i64).ok()
    }

    /// `sha1(path)_old_new`, with the number reached where a line has none.
    fn code(&self, file: &FileDiff, pair: (Option<u32>, Option<u32>)) -> Option<String> {
        let (old, new) = match pair {
            (None, Some(new)) => (*self.added.get(&new)?, new),
            (Some(old), None) => (old, *self.removed.get(&old)?),
            (Some(old), Some(new)) => (old, new),
            (None, None) => return None,
        };
        Some(format!("{}_{old}_{new}", hex::encode(Sha1::digest(file.path.as_bytes()))))
    }
}

/// A thread's position as it is shown: at the newest version, or as sent where that has no such line any more.
pub(super) fn shown(state: &State, change: &Change, sent: &Value, at: Option<&Anchor>) -> Value {
    let Some(at) = at else { return sent.clone() };
    let version = change.version();
    if text(sent, "head_sha") == Some(&version.head) {
        return sent.clone();
    }
    let mut shown = sent.clone();
    shown["base_sha"] = json!(version.merge_base);
    shown["start_sha"] = json!(version.target);
    shown["head_sha"] = json!(version.head);
    let Anchor::Lines { side, line, .. } = at else { return shown };
    let diff = state.diff(&version.merge_base, &version.head);
    let file = diff.iter().find(|file| file.path == at.path());
    let unchanged = file.and_then(|file| {
        let numbers = Numbers::of(file);
        (1..=numbers.old_len).find(|old| numbers.new_number(*old) == Some(*line))
    });
    shown["line_range"] = Value::Null;
    (shown["old_line"], shown["new_line"]) = match side {
        Side::Old => (json!(line), Value::Null),
        Side::New => (json!(unchanged), json!(line)),
    };
    shown
}

#[cfg(test)]
mod tests {
    use super::super::super::{NewChange, Simulator};
    use super::*;

    #[test]
    fn only_exact_lines_are_taken() {
        let simulator = Simulator::new();
        let mut state = simulator.state();
        let before: String = (1..=30).map(|n| format!("{n}\n")).collect();
        let after = before.replace("\n5\n", "\nfive\n5b\n").replace("\n9\n", "\n");
        let repository = state.add_repository("a/b", [("f.py", before.as_str())]);
        let head = [("f.py", Some(after.as_str())), ("new.py", Some("x\n"))];
        state.push(repository, "feature", head);
        let number = state.open_change(repository, NewChange::from_branch("feature", "t"));
        let change = state.change(repository, number).expect("it was opened").clone();
        let version = change.version().clone();
        let position = |path: &str, old: Option<u32>, new: Option<u32>| {
            json!({
                "position_type": "text", "base_sha": version.merge_base, "start_sha": version.target,
                "head_sha": version.head, "old_path": path, "new_path": path, "old_line": old, "new_line": new,
            })
        };
        let taken = |sent: &Value| read(&state, &change, sent).is_ok();
        for (path, old, new, good) in [
            ("f.py", None, Some(5), true),
            ("f.py", None, Some(6), true),
            ("f.py", Some(5), None, true),
            ("f.py", Some(9), None, true),
            // Context needs both, and exactly its pair.
            ("f.py", None, Some(7), false),
            ("f.py", Some(6), Some(7), true),
            ("f.py", Some(6), Some(6), false),
            ("f.py", Some(4), None, false),
            // Unchanged lines far from the hunks.
            ("f.py", Some(1), Some(1), true),
            ("f.py", Some(25), Some(25), true),
            ("f.py", Some(25), Some(26), false),
            ("f.py", Some(31), Some(31), false),
            ("new.py", None, Some(1), true),
            ("new.py", Some(1), Some(1), false),
            ("gone.py", None, Some(1), false),
            ("f.py", None, None, false),
        ] {
            assert_eq!(taken(&position(path, old, new)), good, "{path} {old:?} {new:?}");
        }
        let mut other = position("f.py", None, Some(5));
        other["base_sha"] = json!(version.head);
        assert!(!taken(&other), "the SHAs are of one version");
        let diff = state.diff(&version.merge_base, &version.head);
        let numbers = Numbers::of(&diff[0]);
        let code = |old, new| numbers.code(&diff[0], (old, new)).expect("a code");
        assert!(code(None, Some(6)).ends_with("_6_6"), "{}", code(None, Some(6)));
        assert!(code(Some(5), None).ends_with("_5_5"), "{}", code(Some(5), None));
        let fresh = Numbers::of(&diff[1]).code(&diff[1], (None, Some(1))).expect("a code");
        assert!(fresh.ends_with("_0_1"), "{fresh}");
    }
}
