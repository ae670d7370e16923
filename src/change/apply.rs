//! From one version of a file and its diff to the other version.

use super::{ApplyError, FileDiff, LineKind, TextLine};

/// Which way a diff is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    OldToNew,
    NewToOld,
}

impl FileDiff<'_> {
    /// The new text of a file whose old text is this.
    ///
    /// # Errors
    /// [`ApplyError`] when the diff is not one of this text.
    pub fn apply(&self, old: &[u8]) -> Result<Vec<u8>, ApplyError> {
        self.convert(old, Direction::OldToNew)
    }

    /// The old text of a file whose new text is this.
    ///
    /// # Errors
    /// [`ApplyError`] when the diff is not one of this text.
    pub fn reverse(&self, new: &[u8]) -> Result<Vec<u8>, ApplyError> {
        self.convert(new, Direction::NewToOld)
    }

    fn convert(&self, text: &[u8], direction: Direction) -> Result<Vec<u8>, ApplyError> {
        let (dropped, start): (_, fn(&super::TextHunk<'_>) -> u32) = match direction {
            Direction::OldToNew => (LineKind::Removed, |hunk| hunk.old_start),
            Direction::NewToOld => (LineKind::Added, |hunk| hunk.new_start),
        };
        let mut input = text.split_inclusive(|byte| *byte == b'\n');
        // Lines of the input that were taken so far.
        let mut reached = 0;
        let mut output = Vec::with_capacity(text.len());
        for hunk in &self.hunks {
            let spans_lines = hunk.lines.iter().any(|line| takes(line, dropped));
            let before = start(hunk) - u32::from(spans_lines);
            while reached < before {
                reached += 1;
                output.extend_from_slice(input.next().ok_or(ApplyError { line: reached })?);
            }
            for line in &hunk.lines {
                if takes(line, dropped) {
                    reached += 1;
                    let found = input.next().ok_or(ApplyError { line: reached })?;
                    if !same(line, found) {
                        return Err(ApplyError { line: reached });
                    }
                }
                if line.kind != dropped {
                    output.extend_from_slice(line.text);
                    output.extend_from_slice(if line.newline { b"\n" } else { b"" });
                }
            }
        }
        for line in input {
            output.extend_from_slice(line);
        }
        Ok(output)
    }
}

/// Whether the line is in the version that the diff is applied to.
fn takes(line: &TextLine<'_>, dropped: LineKind) -> bool {
    line.kind == LineKind::Context || line.kind == dropped
}

fn same(line: &TextLine<'_>, found: &[u8]) -> bool {
    match found.strip_suffix(b"\n") {
        Some(text) => line.newline && line.text == text,
        None => !line.newline && line.text == found,
    }
}
