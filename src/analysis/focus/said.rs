//! What the changed lines of a file say.

use std::collections::HashMap;

use super::words::{identifiers, is_telling};
use crate::change::{FileChange, LineKind};
use crate::python::{Module, Span, comments};

/// Modules whose import decides how code of the whole file is read, and in which threads it runs.
const DECISIVE: [&str; 7] =
    ["asyncio", "anyio", "trio", "curio", "threading", "concurrent", "multiprocessing"];

/// The changed lines of one version of a file.
#[derive(Default)]
pub(super) struct Said<'m> {
    /// Of each changed line that holds code.
    pub(super) spans: Vec<Span>,
    /// The words of those lines that may mean something to other code.
    pub(super) words: Vec<&'m str>,
    /// Of each changed line that holds nothing: it may take a comment away from what it is about.
    pub(super) empty: Vec<Span>,
    /// The names on those lines that are only variables of their functions.
    pub(super) locals: Vec<&'m str>,
    /// Whether something is said that concerns the whole file.
    pub(super) is_general: bool,
    /// Of each changed line that holds a comment and nothing else.
    pub(super) comments: Vec<Span>,
}

impl<'m> Said<'m> {
    /// The lines of this kind, in the version that has them.
    pub(super) fn of(module: Module<'m>, change: &FileChange, kind: LineKind) -> Self {
        let mut said = Self::default();
        let lines = module.lines();
        let mut known = None;
        for line in change.numbered().filter(|it| it.kind == kind) {
            let number = if kind == LineKind::Removed { line.old } else { line.new };
            let start = lines.start(number);
            let end = if number < lines.count() {
                lines.start(number + 1)
            } else {
                module.text().len() as u32
            };
            let span = Span::new(start, end);
            let text = module.slice(span);
            let code = text.trim();
            said.is_general |= is_general(code);
            if code.is_empty() {
                said.empty.push(span);
                continue;
            }
            if code.starts_with('#') {
                let sign = start + (text.len() - text.trim_start().len()) as u32;
                let known: &Vec<Span> = known.get_or_insert_with(|| comments(module.text()));
                if known.binary_search_by_key(&sign, |it| it.start).is_ok() {
                    said.comments.push(span);
                    continue;
                }
            }
            said.spans.push(span);
            let locals: Vec<&str> = module.local_names(span).collect();
            said.words.extend(telling(module.slice(span), &locals));
            said.locals.extend(locals);
        }
        said
    }
}

/// The words of a line but for those that are only names of its function's variables.
fn telling<'m>(line: &'m str, locals: &[&'m str]) -> impl Iterator<Item = &'m str> {
    let mut counts: HashMap<&str, i32> = HashMap::new();
    for word in identifiers(line).filter(|it| is_telling(it)) {
        *counts.entry(word).or_default() += 1;
    }
    for name in locals {
        *counts.entry(name).or_default() -= 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 0).map(|(word, _)| word)
}

/// Whether a line may change how the whole file is read: which findings are suppressed, what names are there at all, which
/// kind of loop runs.
fn is_general(line: &str) -> bool {
    let imports = line.starts_with("import ") || line.starts_with("from ");
    line.contains("asyncwarden:")
        || (imports && line.ends_with('*'))
        || (imports && identifiers(line).any(|it| DECISIVE.contains(&it)))
}
