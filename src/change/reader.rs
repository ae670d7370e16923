//! Lines of a diff, with their numbers for messages.

use super::DiffError;

/// Walks the lines of a diff. They end at `\n` only: a carriage return or form feed belongs to the code.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(diff: &'a [u8]) -> Self {
        Self { rest: diff, number: 0 }
    }

    /// The next line without its `\n`; the reader stays before it.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        Some(&self.rest[..end])
    }

    /// The next line without its `\n`; the reader goes behind it.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.rest = self.rest.get(line.len() + 1..).unwrap_or_default();
        self.number += 1;
        Some(line)
    }

    /// Whether the next line starts so.
    pub(super) fn at(&self, prefix: &str) -> bool {
        self.rest.starts_with(prefix.as_bytes())
    }

    /// An error about the line that was read last.
    pub(super) fn error(&self, what: impl Into<String>) -> DiffError {
        DiffError { line: self.number, what: what.into() }
    }

    /// An error about the line that comes next.
    pub(super) fn error_ahead(&self, what: impl Into<String>) -> DiffError {
        DiffError { line: self.number + 1, what: what.into() }
    }
}
