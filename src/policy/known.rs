//! What a repository says about names outside of it.

use crate::python::{Blocks, Kind};

/// One `[[catalogue]]` entry: a fact about a dotted name, in addition to the built-in ones or instead of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// Canonical dotted name: `acme.client.fetch`, `acme.Session.get`.
    pub name: String,
    /// What calling it does.
    pub kind: Kind,
    /// Calling it holds the thread up, and with what.
    pub blocks: Option<Blocks>,
    /// What to write instead on the event loop: a dotted name, without markup.
    pub instead: Option<String>,
    /// Dotted class of the result.
    pub gives: Option<String>,
    /// A dotted name that it is another name of; its facts are that one's.
    pub same_as: Option<String>,
}

/// Names of kinds, as settings write them.
pub(super) const KINDS: [(&str, Kind); 8] = [
    ("function", Kind::Function),
    ("coroutine", Kind::Coroutine),
    ("awaitable-context", Kind::AwaitableContext),
    ("future", Kind::Future),
    ("async-context", Kind::AsyncContext),
    ("async-iterator", Kind::AsyncIterator),
    ("class", Kind::Class),
    ("decorator", Kind::Decorator),
];

/// Names of what blocks, as settings write them.
pub(super) const BLOCKS: [(&str, Blocks); 10] = [
    ("sleep", Blocks::Sleep),
    ("http", Blocks::Http),
    ("file", Blocks::File),
    ("database", Blocks::Database),
    ("process", Blocks::Process),
    ("network", Blocks::Network),
    ("console", Blocks::Console),
    ("thread", Blocks::Thread),
    ("legacy", Blocks::Legacy),
    ("cpu", Blocks::Cpu),
];
