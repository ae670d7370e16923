//! The words of code, told apart by their hashes.

use std::collections::HashSet;

use crate::python::index::hash;

/// A set of words. Two words may count as one: then more is looked at than need be.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(HashSet<u32>);

/// Words that stand everywhere and tell nothing of what code is about.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
    "pass", "raise", "return", "try", "while", "with", "yield", "self", "cls", "str", "int", "float", "bool", "bytes",
    "dict", "list", "set", "tuple", "object", "type", "len", "isinstance", "print", "range", "super", "getattr", "hasattr",
    "enumerate", "zip", "min", "max", "sum", "any", "all", "sorted", "repr", "Exception", "ValueError", "TypeError",
    "KeyError", "RuntimeError", "Any", "Optional", "List", "Dict", "Union", "r", "f", "b", "_",
];

impl Words {
    pub(super) fn extend<'a>(&mut self, words: impl IntoIterator<Item = &'a String>) {
        self.0.extend(words.into_iter().map(|it| hash(it.as_bytes())));
    }

    pub(super) fn extend_by_hashes(&mut self, words: &[u32]) {
        self.0.extend(words);
    }

    pub(super) fn contains(&self, word: u32) -> bool {
        self.0.contains(&word)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Words {
    fn from_iter<T: IntoIterator<Item = S>>(words: T) -> Self {
        Self(words.into_iter().map(|it| hash(it.as_ref().as_bytes())).collect())
    }
}

/// Whether a word tells something.
pub(super) fn is_telling(word: &str) -> bool {
    !COMMON.contains(&word)
}

/// The names and keywords in a text, those in strings and comments included.
pub(in crate::analysis) fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c == '_' || c.is_alphanumeric();
    text.split(move |c| !inside(c))
        .filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The hashes of a text's words, in order, each once.
pub(in crate::analysis) fn hashes(text: &str) -> Vec<u32> {
    let mut all: Vec<u32> = identifiers(text).map(|it| hash(it.as_bytes())).collect();
    all.sort_unstable();
    all.dedup();
    all
}
