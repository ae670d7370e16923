//! A parsed file by itself: what its bytes say, before anything is asked.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::ast::ExprId;
use super::bind::Names;
use super::lower::Syntax;
use super::order::Order;
use super::{Lines, Note};

/// A parsed Python file. A pure function of its path and bytes, shared between threads; what is found out about it is kept
/// elsewhere ([`super::Project`]).
#[derive(Debug)]
pub struct Source {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) lines: Lines,
    pub(super) syntax: Syntax,
    pub(super) names: Names,
    pub(super) notes: Vec<Note>,
    pub(super) errors: usize,
    /// How the statements stand to each other; worked out when it is asked for first.
    pub(super) order: OnceLock<Order>,
    /// Calls by the last name of what is called; put together when they are asked for first.
    pub(super) calls_by_name: OnceLock<HashMap<String, Vec<ExprId>>>,
}

impl Source {
    /// Path of the file, relative to the repository's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file's text. Bytes that are not UTF-8 are replaced one for one, so that spans fit the file. Empty when nothing
    /// could be read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file's lines.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What was not read, and why.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How many places the parser could not make sense of.
    pub fn errors(&self) -> usize {
        self.errors
    }
}
