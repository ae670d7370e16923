//! From bytes to syntax and names, within bounds.
//!
//! Bounds, so that no file costs more than its share: at most [`MAX_BYTES`] of a file are read, cut at a statement at the
//! left margin; the parser may take a number of steps that grows with the bytes; nesting is read to a fixed depth; of one
//! name, a fixed number of bindings and uses is looked at. So time grows with a file's size, and memory stays below some
//! 400 MiB for 2 MiB of dense code.

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::lower::Syntax;
use super::syntax::GRAMMAR;
use super::{Lines, Source, Span, bind, lower, strict};

/// Most bytes of a file that are read.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Steps of the parser per byte, in the hundreds after which it asks whether to go on.
const STEPS_PER_BYTE: usize = 40;

/// Why a file could not be read in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// Bytes were replaced.
    NotUtf8,
    /// They were taken for spaces.
    NulBytes,
    /// UTF-16 or UTF-32. Nothing was read.
    OtherEncoding,
    /// Only the first [`MAX_BYTES`] were read.
    TooLarge,
    /// The parser gave up. Nothing was read.
    TooCostly,
    /// Parts were passed over.
    TooDeep,
    /// The parser could not make sense of something; with the 1-based line.
    Broken(u32),
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Note::NotUtf8 => f.write_str("is not UTF-8; the other bytes were passed over"),
            Note::NulBytes => f.write_str("has NUL bytes; they were taken for spaces"),
            Note::OtherEncoding => f.write_str("is UTF-16 or UTF-32, and was not analysed"),
            Note::TooLarge => {
                write!(f, "is too large; only its first {} MiB were analysed", MAX_BYTES >> 20)
            }
            Note::TooCostly => f.write_str("takes too long to parse, and was not analysed"),
            Note::TooDeep => {
                write!(
                    f,
                    "nests deeper than {} levels; what is deeper was not analysed",
                    lower::MAX_DEPTH
                )
            }
            Note::Broken(line) => {
                write!(
                    f,
                    "has a syntax error at line {line}; the rest was analysed as far as possible"
                )
            }
        }
    }
}

/// Parses a file. Whatever the bytes, it returns, and within the bounds above.
pub fn parse(path: &str, bytes: &[u8]) -> Source {
    let mut notes = Vec::new();
    let other = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if other {
        notes.push(Note::OtherEncoding);
    }
    let bytes = if other { &[] } else { cut(bytes, &mut notes) };
    let mut text = decode(bytes, &mut notes);
    let (syntax, broken) = syntax_of(&text).unwrap_or_else(|| {
        notes.push(Note::TooCostly);
        text.clear();
        (Syntax::empty(), Vec::new())
    });
    let lines = Lines::of(&text);
    if syntax.too_deep {
        notes.push(Note::TooDeep);
    }
    if let Some(first) = broken.first().filter(|_| !notes.contains(&Note::TooLarge)) {
        notes.push(Note::Broken(lines.line(*first)));
    }
    let names = bind::bind(&syntax, &text);
    let (path, errors) = (path.to_owned(), broken.len());
    let (order, given, stmts, calls, calls_by_name) = Default::default();
    Source {
        path,
        text,
        lines,
        syntax,
        names,
        notes,
        errors,
        order,
        given,
        stmts,
        calls,
        calls_by_name,
    }
}

/// The syntax of a text, and where the parser could not make sense of it; `None` when it takes too many steps. The quick
/// parser reads what is well-formed, the general one the rest.
fn syntax_of(text: &str) -> Option<(Syntax, Vec<u32>)> {
    if let Ok(syntax) = strict::parse(text) {
        return Some((syntax, Vec::new()));
    }
    let tree = tree_of(text)?;
    Some((lower::lower(&tree, text), errors(&tree)))
}

/// Where the parser could not make sense of the text: 0-based bytes, in order.
fn errors(tree: &Tree) -> Vec<u32> {
    let mut errors = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            errors.push(node.start_byte() as u32);
        }
        if (node.has_error() && cursor.goto_first_child()) || cursor.goto_next_sibling() {
            continue;
        }
        loop {
            if !cursor.goto_parent() {
                return errors;
            }
            if cursor.goto_next_sibling() {
                break;
            }
        }
    }
}

/// The part of a file that is read: all of it, or what ends in front of a line that is not indented.
fn cut<'b>(bytes: &'b [u8], notes: &mut Vec<Note>) -> &'b [u8] {
    if bytes.len() <= MAX_BYTES {
        return bytes;
    }
    notes.push(Note::TooLarge);
    let head = &bytes[..MAX_BYTES];
    let starts =
        |at: &usize| matches!(bytes[*at + 1], b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'@' | b'#');
    let end = memchr::memrchr_iter(b'\n', &head[..MAX_BYTES - 1]).take(10_000).find(starts);
    &head[..end.map_or(MAX_BYTES, |end| end + 1)]
}

/// The bytes as text of the same length: what is not UTF-8 becomes `_`, a NUL a space.
fn decode(bytes: &[u8], notes: &mut Vec<Note>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '_'));
        if !chunk.invalid().is_empty() && !notes.contains(&Note::NotUtf8) {
            notes.push(Note::NotUtf8);
        }
    }
    if memchr::memchr(0, bytes).is_some() {
        notes.push(Note::NulBytes);
        text = text.replace('\0', " ");
    }
    text
}

/// The parser's tree; `None` when it takes too many steps.
pub(super) fn tree_of(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&GRAMMAR.language).ok()?;
    let lone = lone_returns_as_newlines(text);
    let bytes = lone.as_deref().unwrap_or(text.as_bytes());
    let mut left = 1_000 + bytes.len() * STEPS_PER_BYTE / 100;
    let mut progress = |_: &ParseState| match left.checked_sub(1) {
        Some(fewer) => {
            left = fewer;
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

/// Python ends a line at a lone carriage return, the parser does not.
fn lone_returns_as_newlines(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    memchr::memchr_iter(b'\r', bytes).find(lone)?;
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() {
        if bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            bytes[at] = b'\n';
        }
    }
    Some(bytes)
}

/// The comments of a file, in order, each with the sign that begins it. Strings that look like comments are none.
pub fn comments(text: &str) -> Vec<Span> {
    if let Ok(comments) = strict::comments(text) {
        return comments;
    }
    let Some(tree) = tree_of(text) else { return Vec::new() };
    let mut comments = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if GRAMMAR.kind(node.kind_id()) == super::syntax::Kind::Comment {
            comments.push(Span::new(node.start_byte() as u32, node.end_byte() as u32));
        }
        if cursor.goto_first_child() || cursor.goto_next_sibling() {
            continue;
        }
        loop {
            if !cursor.goto_parent() {
                return comments;
            }
            if cursor.goto_next_sibling() {
                break;
            }
        }
    }
}
