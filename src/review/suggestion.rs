//! A fix as a block that the author can apply with one click.

use super::SuggestionStyle;
use super::markdown::fence;
use super::place::one_hunk_shows;
use crate::analysis::{Edit, Finding, replaced};
use crate::change::{FileChange, Tree};

/// More lines than this are not suggested: nobody reads them in a comment.
const MOST_LINES: u32 = 15;

/// Whole lines that replace whole lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// 1-based first replaced line of the head's file.
    pub(super) start_line: u32,
    /// 1-based last replaced line.
    pub(super) line: u32,
    /// What stands there afterwards, without the last line's end; empty to delete the lines.
    text: String,
    /// Whether nothing stands there afterwards.
    deletes: bool,
}

impl Suggestion {
    /// The findings' fixes together as a suggestion; `None` unless it can be exact: each has one, all edits and the findings'
    /// lines lie in one hunk that the reader sees, and the lines can be rebuilt from the head's text.
    pub(super) fn of(findings: &[&Finding], file: &FileChange, head: &dyn Tree) -> Option<Self> {
        let mut edits: Vec<Edit> = Vec::new();
        for finding in findings {
            // Several may need the same import.
            let new = finding.fix.as_ref()?.edits.iter().filter(|it| !edits.contains(it));
            let new: Vec<_> = new.cloned().collect();
            edits.extend(new);
        }
        let bytes = head.read(&file.path)?;
        let text = std::str::from_utf8(&bytes).ok()?;
        if edits.iter().any(|edit| edit.place.path != file.path) {
            return None;
        }
        let lines = Lines::new(text);
        let (first, last) = range(&edits, &lines)?;
        let own = findings.iter().map(|it| it.place.line);
        let (first, last) = own.fold((first, last), |(a, b), line| (a.min(line), b.max(line)));
        if last - first >= MOST_LINES || !one_hunk_shows(file, first, last) {
            return None;
        }
        let (start, end) = (lines.start(first)?, lines.end(last)?);
        let old = text.get(start..end)?;
        let new = apply(text, start, end, &edits)?;
        let whole = new.is_empty() || new.ends_with('\n') || !old.ends_with('\n');
        // A carriage return or a byte order mark would not survive the way through the platform.
        let safe = !new.contains(['\r', '\u{feff}']) && !old.contains(['\r', '\u{feff}']);
        (whole && safe && new != old).then(|| Self {
            start_line: first,
            line: last,
            deletes: new.is_empty(),
            text: new.strip_suffix('\n').unwrap_or(&new).to_owned(),
        })
    }

    /// The block in Markdown, to hang on `start_line..=line`; `None` when the platform would take a line of it for a
    /// command.
    pub(super) fn render(&self, style: SuggestionStyle, slash_commands: bool) -> Option<String> {
        if slash_commands && self.text.lines().any(|line| line.starts_with('/')) {
            return None;
        }
        let fence = fence(&self.text);
        let info = match style {
            SuggestionStyle::CommentRange => "suggestion".to_owned(),
            // The comment hangs on the last line.
            SuggestionStyle::Offsets => format!("suggestion:-{}+0", self.line - self.start_line),
        };
        let text = &self.text;
        let end = if self.deletes { "" } else { "\n" };
        Some(format!("{fence}{info}\n{text}{end}{fence}"))
    }
}

/// Where the lines of a text start.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        if starts.last() == Some(&text.len()) {
            starts.pop();
        }
        Self { text, starts }
    }

    /// 1-based number of the line that holds this byte; `None` behind the end.
    fn of(&self, byte: usize) -> Option<u32> {
        (byte <= self.text.len() && !(byte == self.text.len() && self.text.ends_with('\n')))
            .then(|| self.starts.partition_point(|start| *start <= byte))
            .and_then(|line| u32::try_from(line).ok())
    }

    fn start(&self, line: u32) -> Option<usize> {
        self.starts.get(usize::try_from(line).ok()?.checked_sub(1)?).copied()
    }

    /// The byte behind the line's end.
    fn end(&self, line: u32) -> Option<usize> {
        self.start(line)?;
        Some(self.start(line + 1).unwrap_or(self.text.len()))
    }
}

/// First and last line that the edits touch.
fn range(edits: &[Edit], lines: &Lines<'_>) -> Option<(u32, u32)> {
    let first = edits.iter().map(|edit| edit.start_byte).min()?;
    // An edit that takes a line's end along does not touch the next line.
    let last = edits.iter().map(|edit| edit.end_byte.max(edit.start_byte + 1) - 1).max()?;
    Some((lines.of(first)?, lines.of(last)?))
}

/// The text from `start` to `end` with the edits made; `None` when they overlap or do not fit the text.
fn apply(text: &str, start: usize, end: usize, edits: &[Edit]) -> Option<String> {
    let within = |edit: &Edit| {
        let range = edit.start_byte.checked_sub(start)?..edit.end_byte.checked_sub(start)?;
        Some((range, edit.replacement.clone()))
    };
    let edits = edits.iter().map(within).collect::<Option<Vec<_>>>()?;
    String::from_utf8(replaced(text.get(start..end)?.as_bytes(), edits)?).ok()
}
