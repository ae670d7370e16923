//! What the authors say beside their code: a comment that gives a reason for what a rule would ask about.

use crate::python::{Module, Span};

/// Most lines of a comment above a statement that are read.
const MOST_LINES: u32 = 6;

/// Whether a comment above the range, or behind it on one of its lines, has one of these words (in lower case).
pub(super) fn says(module: Module<'_>, span: impl Into<Span>, words: &[&str]) -> bool {
    let span = span.into();
    let (first, last) = (module.lines().line(span.start), module.lines().line(span.end));
    let beside = (first..=last).filter_map(|line| Some(text(module, line).split_once('#')?.1));
    above(module, first).chain(beside).any(|comment| {
        let comment = comment.to_lowercase();
        words.iter().any(|word| comment.contains(word))
    })
}

/// Whether a comment of more than a few words, which are those of linters, stands right above the range.
pub(super) fn explains(module: Module<'_>, span: impl Into<Span>) -> bool {
    let first = module.lines().line(span.into().start);
    above(module, first).any(|comment| comment.split_whitespace().count() > 3)
}

/// The lines of the comment above a line, the nearest first.
fn above(module: Module<'_>, line: u32) -> impl Iterator<Item = &str> {
    let lines = (line.saturating_sub(MOST_LINES).max(1)..line).rev();
    lines.map(move |it| text(module, it).trim()).take_while(|it| it.starts_with('#'))
}

fn text(module: Module<'_>, line: u32) -> &str {
    module.slice(Span::new(module.lines().start(line), module.lines().start(line + 1)))
}

/// Words of those who know that something fails here, and let it.
pub(super) const LETS_FAIL: [&str; 14] = [
    "best effort",
    "best-effort",
    "doesn't matter",
    "does not matter",
    "don't care",
    "elsewhere",
    "handled",
    "ignor",
    "logged",
    "non-fatal",
    "not fatal",
    "retriev",
    "suppress",
    "swallow",
];
