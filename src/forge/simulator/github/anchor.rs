//! Which lines of a diff take a comment.

use super::super::{Anchor, FileDiff, Side};
use super::call::Fields;
use super::reply::Refusal;

const NOT_IN_DIFF: [&str; 2] = [
    "Pull request review thread line must be part of the diff",
    "Pull request review thread diff hunk can't be blank",
];
const OTHER_HUNK: &str =
    "Pull request review thread start line must be part of the same hunk as the line.";
const REVERSED: &str = "Pull request review thread start line must precede the end line.";

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Old => "LEFT",
        Side::New => "RIGHT",
    }
}

/// The lines that `line`, `side`, `start_line` and `start_side` name; `None` without `line`.
pub(super) fn lines(fields: &Fields, path: &str) -> Result<Option<Anchor>, Refusal> {
    let side = |name| {
        Ok(match fields.one_of(name, &["LEFT", "RIGHT"])? {
            Some("LEFT") => Some(Side::Old),
            Some(_) => Some(Side::New),
            None => None,
        })
    };
    let number = |name| -> Result<Option<u32>, Refusal> {
        // A number that no line has is answered like any line that is not shown.
        Ok(fields.number(name)?.map(|line| u32::try_from(line).unwrap_or(0)))
    };
    let Some(line) = number("line")? else { return Ok(None) };
    let end_side = side("side")?.unwrap_or(Side::New);
    let start = number("start_line")?;
    let start_side = side("start_side")?.unwrap_or(end_side);
    let start = start.map(|start| (start_side, start));
    Ok(Some(Anchor::Lines { path: path.to_owned(), start, side: end_side, line }))
}

/// What is wrong with an anchor in a file's diff; empty when it is taken.
pub(super) fn complaints(file: &FileDiff, anchor: &Anchor) -> Vec<&'static str> {
    let Anchor::Lines { start, side, line, .. } = anchor else { return Vec::new() };
    let Some((hunk, end)) = find(file, *side, *line) else { return NOT_IN_DIFF.to_vec() };
    let Some((start_side, start_line)) = start else { return Vec::new() };
    if start_side == side && start_line >= line {
        return vec![REVERSED];
    }
    match find(file, *start_side, *start_line) {
        Some((start_hunk, start)) if start_hunk == hunk && start < end => Vec::new(),
        Some((start_hunk, _)) if start_hunk == hunk => vec![REVERSED],
        _ => vec![OTHER_HUNK],
    }
}

/// The hunk that shows a line and the line's offset in it.
fn find(file: &FileDiff, side: Side, line: u32) -> Option<(usize, usize)> {
    let hunk = file.hunk_of(side, line)?;
    let at = file.hunks[hunk].lines.iter().position(|own| match side {
        Side::Old => own.old == Some(line),
        Side::New => own.new == Some(line),
    })?;
    Some((hunk, at))
}
