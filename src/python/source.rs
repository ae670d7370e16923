//! A parsed file by itself: what its bytes say, before anything is asked.

use super::table::{Set, Table};
use std::sync::OnceLock;

use super::ast::{ExprId, ExprKind, Parent, StmtId};
use super::bind::Names;
use super::index::hash;
use super::lower::Syntax;
use super::order::Order;
use super::{Lines, Note, Span};

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
    /// Words that stand for something without calling it, by their hashes; collected when they are asked for first.
    pub(super) given: OnceLock<Set<u32>>,
    /// The statement of each expression; worked out when it is asked for first.
    pub(super) stmts: OnceLock<Vec<StmtId>>,
    /// All calls; looked for when they are asked for first.
    pub(super) calls: OnceLock<Vec<ExprId>>,
    /// Calls by the last name of what is called; put together when they are asked for first.
    pub(super) calls_by_name: OnceLock<Table<String, Vec<ExprId>>>,
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

    /// The statement that an expression is a part of.
    pub(super) fn stmt_of(&self, expr: ExprId) -> StmtId {
        let all = self.stmts.get_or_init(|| {
            let mut known: Vec<StmtId> = Vec::with_capacity(self.syntax.exprs.len());
            for at in 0..self.syntax.exprs.len() {
                let mut parent = self.syntax.exprs[at].parent;
                known.push(loop {
                    match parent {
                        Parent::Stmt(id) => break id,
                        Parent::Expr(id) => match known.get(id.0 as usize) {
                            Some(stmt) => break *stmt,
                            None => parent = self.syntax.exprs[id.0 as usize].parent,
                        },
                    }
                });
            }
            known
        });
        all[expr.0 as usize]
    }

    /// Whether a name stands anywhere but where it is called: it may be handed to somebody. Names in strings count.
    pub(super) fn gives(&self, name: &str) -> bool {
        let all = self.given.get_or_init(|| {
            let text = |span: Span| self.text.get(span.range()).unwrap_or_default();
            let mut all = Set::default();
            for (at, expr) in self.syntax.exprs.iter().enumerate() {
                let called = || match expr.parent {
                    Parent::Expr(id) => matches!(
                        self.syntax.exprs[id.0 as usize].kind,
                        ExprKind::Call { callee, .. } if callee.0 as usize == at
                    ),
                    Parent::Stmt(_) => false,
                };
                let word = match &expr.kind {
                    ExprKind::Name if !called() => text(expr.span),
                    ExprKind::Attribute { name, .. } if !called() => text(*name),
                    ExprKind::Str => text(expr.span).trim_matches(['"', '\'']),
                    _ => continue,
                };
                all.insert(hash(word.as_bytes()));
            }
            all
        });
        all.contains(&hash(name.as_bytes()))
    }

    /// How many places the parser could not make sense of.
    pub fn errors(&self) -> usize {
        self.errors
    }
}
