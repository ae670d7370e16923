//! Ranges of a file's text, and lines.

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// 0-based first byte.
    pub start: u32,
    /// 0-based byte just behind the range.
    pub end: u32,
}

impl Span {
    /// The range from one byte to just before another.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }
    /// The empty range at a byte.
    pub fn at(byte: u32) -> Self {
        Self { start: byte, end: byte }
    }
    /// The range from the start of this one to the end of another.
    pub fn to(self, other: Span) -> Self {
        Self { start: self.start, end: other.end }
    }
    /// Whether the other range lies within this one.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
    /// The range as an index of a string.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where the lines of a text begin. Lines end with `\n` only, as diffs count them; a lone carriage return or a form
/// feed ends none.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn of(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|end| end as u32 + 1)).collect();
        Self { starts }
    }

    /// 1-based line of a byte.
    pub fn line(&self, byte: u32) -> u32 {
        self.starts.partition_point(|start| *start <= byte) as u32
    }

    /// 0-based byte at which a 1-based line begins; the last line's for lines behind it.
    pub fn start(&self, line: u32) -> u32 {
        let index = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        self.starts[index]
    }

    /// How many lines there are; the last one may be empty.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// 1-based line and 1-based column, in Unicode scalar values, of a byte.
    pub fn position(&self, text: &str, byte: u32) -> (u32, u32) {
        let line = self.line(byte);
        let before = &text.as_bytes()[self.start(line) as usize..(byte as usize).min(text.len())];
        let column = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32 + 1;
        (line, column)
    }
}
