//! What the authors say beside their code: a comment that gives a reason for what a rule would ask about.

use crate::python::{Module, Span};

/// Most lines of a comment above a statement that are read.
const MOST_LINES: u32 = 6;

/// Whether a comment above the range, or behind it on one of its lines, has one of these words (in lower case).
pub(super) fn says(module: Module<'_>, span: impl Into<Span>, words: &[&str]) -> bool {
    let span = span.into();
    let (first, last) = (module.lines().line(span.start), module.lines().line(span.end));
    let above = (first.saturating_sub(MOST_LINES).max(1)..first).rev();
    let above = above.map(|line| text(module, line).trim()).take_while(|it| it.starts_with('#'));
    let beside = (first..=last).filter_map(|line| Some(text(module, line).split_once('#')?.1));
    above.chain(beside).any(|comment| {
        let comment = comment.to_lowercase();
        words.iter().any(|word| comment.contains(word))
    })
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
