//! Hunks with their text: the part of a diff below a file's header.

use super::reader::Reader;
use super::{DiffError, Hunk, LineKind};

/// Longest file that hunks may speak of, in lines. Keeps sums of line numbers within their type.
const MOST_LINES: u32 = i32::MAX as u32;

/// A hunk as a diff has it: with the text of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHunk<'a> {
    /// 1-based first line in the old version; the line before it when the hunk has no old lines.
    pub old_start: u32,
    /// 1-based first line in the new version; the line before it when the hunk has no new lines.
    pub new_start: u32,
    /// Its lines in the order of the diff.
    pub lines: Vec<TextLine<'a>>,
}

/// A line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLine<'a> {
    /// What it is.
    pub kind: LineKind,
    /// Its bytes without the `\n`.
    pub text: &'a [u8],
    /// Whether a `\n` follows; `false` only for the last line of a file.
    pub newline: bool,
}

impl TextHunk<'_> {
    /// The hunk without its text.
    pub fn hunk(&self) -> Hunk {
        Hunk {
            old_start: self.old_start,
            new_start: self.new_start,
            lines: self.lines.iter().map(|line| line.kind).collect(),
        }
    }
}

/// Reads hunks without a file header, as platforms give them for one file (an empty text has none).
///
/// # Errors
/// [`DiffError`] when the text is no diff, or was cut: a caller computes hunks with
/// [`hunks_between`](super::hunks_between) then.
pub fn parse_patch(patch: &str) -> Result<Vec<Hunk>, DiffError> {
    let mut reader = Reader::new(patch.as_bytes());
    if reader.at("--- ") {
        reader.next();
    }
    if reader.at("+++ ") {
        reader.next();
    }
    let hunks = hunks(&mut reader)?;
    match reader.next() {
        None => Ok(hunks.iter().map(TextHunk::hunk).collect()),
        Some(_) => Err(reader.error("a hunk header was expected")),
    }
}

/// All hunks up to the first line that starts none. They are in order and do not overlap.
pub(super) fn hunks<'a>(reader: &mut Reader<'a>) -> Result<Vec<TextHunk<'a>>, DiffError> {
    let mut hunks = Vec::new();
    // How many lines both versions have before the hunk.
    let mut reached = (0, 0);
    while reader.at("@@ ") {
        let header = Header::read(reader)?;
        let before = header.lines_before();
        if before.0 < reached.0 || before.1 < reached.1 {
            return Err(reader.error("the hunk starts before the end of the one above it"));
        }
        hunks.push(header.body(reader)?);
        reached = (before.0 + header.old_len, before.1 + header.new_len);
    }
    if reader.at("@@@") {
        return Err(reader.error_ahead("a combined diff (of a merge) can't be reviewed"));
    }
    let surplus = reader.peek().is_some_and(|line| match line.split_first() {
        Some((b'+' | b' ', _)) => true,
        // A mail's signature or the next file.
        Some((b'-', rest)) => !rest.starts_with(b"- ") && !rest.starts_with(b"-- "),
        _ => false,
    });
    if surplus && !hunks.is_empty() {
        return Err(reader.error_ahead("the hunk above has fewer lines by its header"));
    }
    Ok(hunks)
}

#[derive(Clone, Copy)]
struct Header {
    old_start: u32,
    old_len: u32,
    new_start: u32,
    new_len: u32,
}

impl Header {
    /// Reads `@@ -a[,b] +c[,d] @@ text`.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DiffError> {
        let line = reader.next().unwrap_or_default();
        let header = Self::parse(line).ok_or_else(|| {
            reader.error("the hunk header does not read `@@ -line,count +line,count @@`")
        })?;
        let valid = |start, len| len == 0 || start > 0;
        if valid(header.old_start, header.old_len) && valid(header.new_start, header.new_len) {
            Ok(header)
        } else {
            Err(reader.error("a hunk that has lines can't start at line 0"))
        }
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"@@ -")?;
        let (old_start, old_len, rest) = range(rest)?;
        let (new_start, new_len, rest) = range(rest.strip_prefix(b" +")?)?;
        rest.starts_with(b" @@").then_some(Self { old_start, old_len, new_start, new_len })
    }

    /// How many lines of the old and of the new version come before the hunk.
    fn lines_before(self) -> (u32, u32) {
        let before = |start: u32, len| if len == 0 { start } else { start - 1 };
        (before(self.old_start, self.old_len), before(self.new_start, self.new_len))
    }

    fn body<'a>(self, reader: &mut Reader<'a>) -> Result<TextHunk<'a>, DiffError> {
        let mut lines: Vec<TextLine<'a>> = Vec::new();
        let (mut old_left, mut new_left) = (self.old_len, self.new_len);
        while old_left > 0 || new_left > 0 || reader.at("\\") {
            let Some(line) = reader.next() else {
                return Err(reader.error_ahead(format!(
                    "the diff ends inside a hunk: {old_left} old and {new_left} new lines are missing"
                )));
            };
            let (kind, text) = match line.split_first() {
                Some((b' ', text)) => (LineKind::Context, text),
                Some((b'+', text)) => (LineKind::Added, text),
                Some((b'-', text)) => (LineKind::Removed, text),
                // "\ No newline at end of file", in the language of whoever made the diff.
                Some((b'\\', _)) => {
                    if let Some(last) = lines.last_mut() {
                        last.newline = false;
                    }
                    continue;
                }
                // Mailers and editors strip the blank of an empty context line.
                None | Some((b'\r', [])) => (LineKind::Context, line),
                Some(_) => {
                    return Err(reader.error("a line of a hunk starts with ` `, `+`, `-` or `\\`"));
                }
            };
            let too_many = || reader.error("the hunk has more lines than its header says");
            if kind != LineKind::Added {
                old_left = old_left.checked_sub(1).ok_or_else(too_many)?;
            }
            if kind != LineKind::Removed {
                new_left = new_left.checked_sub(1).ok_or_else(too_many)?;
            }
            lines.push(TextLine { kind, text, newline: true });
        }
        Ok(TextHunk { old_start: self.old_start, new_start: self.new_start, lines })
    }
}

/// Reads `start[,len]`; a missing length is 1.
fn range(text: &[u8]) -> Option<(u32, u32, &[u8])> {
    let (start, rest) = number(text)?;
    let (len, rest) = match rest.strip_prefix(b",") {
        Some(rest) => number(rest)?,
        None => (1, rest),
    };
    (start.checked_add(len)? <= MOST_LINES).then_some((start, len, rest))
}

fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(patch: &str) -> Vec<(char, u32, u32)> {
        let hunks = parse_patch(patch).expect("a valid patch");
        hunks
            .iter()
            .flat_map(Hunk::numbered)
            .map(|line| (sign(line.kind), line.old, line.new))
            .collect()
    }

    fn sign(kind: LineKind) -> char {
        match kind {
            LineKind::Context => ' ',
            LineKind::Added => '+',
            LineKind::Removed => '-',
        }
    }

    fn refusal(patch: &str) -> String {
        parse_patch(patch).expect_err("not a valid patch").to_string()
    }

    #[test]
    fn lines_have_their_numbers_on_both_sides() {
        let patch = "@@ -4,3 +4,4 @@ def f():\n a\n-b\n+B\n+C\n d\n@@ -20 +20,0 @@\n-x";
        assert_eq!(
            numbered(patch),
            [(' ', 4, 4), ('-', 5, 5), ('+', 6, 5), ('+', 6, 6), (' ', 6, 7), ('-', 20, 21)]
        );
    }

    #[test]
    fn separators_inside_a_line_do_not_end_it() {
        let patch = "@@ -1,2 +1,2 @@\n a\r\n-b\x0c\u{2028}c\r\n\\ No newline at end of file\n+d\n";
        assert_eq!(numbered(patch), [(' ', 1, 1), ('-', 2, 2), ('+', 3, 2)]);
    }

    #[test]
    fn an_empty_line_is_context_and_file_headers_may_come_first() {
        let patch = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@\n\n+a\n b\n";
        assert_eq!(numbered(patch), [(' ', 1, 1), ('+', 2, 2), (' ', 2, 3)]);
        assert_eq!(numbered(""), []);
    }

    #[test]
    fn what_was_cut_or_contradicts_itself_is_refused() {
        let cut = "@@ -1,3 +1,3 @@\n a\n-b\n";
        assert!(refusal(cut).starts_with("line 4 of the diff: the diff ends inside a hunk"));
        assert!(refusal("@@ -1 +1 @@\n-a\n+b\n+c\n").starts_with("line 4 of the diff"));
        assert!(refusal("@@ -1 +1 @@\n-a\n-b\n").contains("more lines"));
        assert!(refusal("@@ -0,2 +1 @@\n").contains("line 0"));
        assert!(refusal("@@ -5 +5 @@\n-a\n+b\n@@ -2 +6 @@\n-a\n+b\n").contains("starts before"));
        assert!(refusal("@@ -5 +5 @@\n-a\n+b\n@@ -6 +2 @@\n-a\n+b\n").contains("starts before"));
        assert!(refusal("@@ -4294967295 +4294967295 @@\n").contains("hunk header"));
        assert!(refusal("@@@ -1 -1 +1 @@@\n").contains("combined"));
        assert!(refusal("hello").contains("hunk header"));
    }
}
