//! A parsed file.

use super::ast::*;
use super::bind::Names;
use super::callgraph::CallGraph;
use super::context::Contexts;
use super::handles::{Call, Class, Expr, Function, Stmt};
use super::index::FileId;
use super::known::Known;
use super::lower::{ScopeOwner, Syntax};
use super::order::Order;
use super::project::{File, Project, Site};
use super::{Library, Lines, Source, Span};

/// A parsed Python file with its names resolved, in the repository it is part of. Rules look at it through the handles that
/// its methods give: [`Call`], [`Expr`], [`Stmt`], [`Function`], [`Class`].
#[derive(Clone, Copy)]
pub struct Module<'m> {
    pub(super) project: &'m Project<'m>,
    pub(super) file: &'m File,
}

impl<'m> Module<'m> {
    /// The file's number.
    pub fn id(self) -> FileId {
        self.file.id
    }

    /// The repository, as this session of inference sees it.
    pub fn project(self) -> &'m Project<'m> {
        self.project
    }

    /// The file itself.
    pub fn source(self) -> &'m Source {
        &self.file.source
    }

    /// Path of the file, relative to the repository's root.
    pub fn path(self) -> &'m str {
        &self.source().path
    }

    /// The file's text. Bytes that are not UTF-8 are replaced one for one, so that spans fit the file.
    pub fn text(self) -> &'m str {
        &self.source().text
    }

    /// The text of a range.
    pub fn slice(self, span: impl Into<Span>) -> &'m str {
        self.text().get(span.into().range()).unwrap_or_default()
    }

    /// The file's lines.
    pub fn lines(self) -> &'m Lines {
        &self.source().lines
    }

    /// What is known about libraries.
    pub fn library(self) -> &'m dyn Library {
        self.project.library()
    }

    /// A range of this file, as a place in the repository.
    pub fn site(self, span: impl Into<Span>) -> Site {
        Site { file: self.id(), span: span.into() }
    }

    /// Whether the file, or one that says how the repository's tests and programs are run, turns asyncio's debug mode on.
    pub fn runs_in_debug_mode(self) -> bool {
        super::index::shows_debug_mode(self.text().as_bytes())
            || self.project.index().runs_in_debug_mode()
    }

    pub(super) fn syntax(self) -> &'m Syntax {
        &self.source().syntax
    }

    pub(super) fn names(self) -> &'m Names {
        &self.source().names
    }

    pub(super) fn known(self) -> &'m Known {
        &self.file.known
    }

    /// All calls, in the order of the file.
    pub fn calls(self) -> impl Iterator<Item = Call<'m>> {
        let all: &'m [ExprId] = self.source().calls.get_or_init(|| {
            let calls = self.expressions();
            calls.filter(|it| matches!(it.kind(), ExprKind::Call { .. })).map(Expr::id).collect()
        });
        all.iter().filter_map(move |id| self.expr(*id).as_call())
    }

    /// All expressions, in the order in which they begin.
    pub fn expressions(self) -> impl Iterator<Item = Expr<'m>> {
        (0..self.syntax().exprs.len()).map(move |id| self.expr(ExprId(id as u32)))
    }

    /// All statements, in the order in which they begin.
    pub fn statements(self) -> impl Iterator<Item = Stmt<'m>> {
        (0..self.syntax().stmts.len()).map(move |id| self.stmt(StmtId(id as u32)))
    }

    /// All functions, methods and lambdas, in the order of the file.
    pub fn functions(self) -> impl Iterator<Item = Function<'m>> {
        (0..self.syntax().functions.len()).map(move |id| self.function(FunctionId(id as u32)))
    }

    /// All classes, in the order of the file.
    pub fn classes(self) -> impl Iterator<Item = Class<'m>> {
        (0..self.syntax().classes.len()).map(move |id| self.class(ClassId(id as u32)))
    }

    /// The statements at the top of the file.
    pub fn body(self) -> impl Iterator<Item = Stmt<'m>> {
        self.syntax().body.iter().map(move |id| self.stmt(*id))
    }

    /// An expression.
    pub fn expr(self, id: ExprId) -> Expr<'m> {
        Expr { module: self, id }
    }

    /// A statement.
    pub fn stmt(self, id: StmtId) -> Stmt<'m> {
        Stmt { module: self, id }
    }

    /// A function, method or lambda.
    pub fn function(self, id: FunctionId) -> Function<'m> {
        Function { module: self, id }
    }

    /// A class.
    pub fn class(self, id: ClassId) -> Class<'m> {
        Class { module: self, id }
    }

    /// The innermost statement that holds the range.
    pub fn stmt_at(self, span: Span) -> Option<Stmt<'m>> {
        let behind = self.syntax().stmts.partition_point(|stmt| stmt.span.start <= span.start);
        let mut at = Some(self.stmt(StmtId(behind.checked_sub(1)? as u32)));
        while let Some(stmt) = at {
            if stmt.span().contains(span) {
                return Some(stmt);
            }
            at = stmt.parent();
        }
        None
    }

    /// The qualified name and the range of the innermost definition that holds the range; a definition's own name is held
    /// by it.
    pub fn definition_at(self, span: Span) -> Option<(String, Span)> {
        let mut at = self.stmt_at(span);
        while let Some(stmt) = at {
            match stmt.kind() {
                StmtKind::Function(id) => {
                    let function = self.function(*id);
                    return Some((function.qualified_name(), function.span()));
                }
                StmtKind::Class(id) => {
                    let class = self.class(*id);
                    return Some((class.qualified_name(), class.span()));
                }
                _ => at = stmt.parent(),
            }
        }
        None
    }

    /// The name of a scope with those it is in; empty for the module.
    pub(super) fn qualified(self, scope: ScopeId) -> String {
        let mut names = Vec::new();
        let mut at = Some(scope);
        while let Some(id) = at {
            let node = self.names().scope(id);
            match node.owner {
                ScopeOwner::Class(id) => names.push(self.class(id).name()),
                ScopeOwner::Function(id) => names.push(match self.function(id).name() {
                    "" => "<lambda>",
                    name => name,
                }),
                ScopeOwner::Module | ScopeOwner::Comprehension(_) => {}
            }
            at = node.outer;
        }
        names.reverse();
        names.join(".")
    }

    pub(super) fn order(self) -> &'m Order {
        self.source().order.get_or_init(|| Order::new(self))
    }

    pub(super) fn contexts(self) -> &'m Contexts {
        self.known().contexts.get_or_init(|| Contexts::new(self))
    }

    pub(super) fn call_graph(self) -> &'m CallGraph {
        self.known().calls.get_or_init(|| CallGraph::new(self))
    }
}

impl PartialEq for Module<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Module<'_> {}

/// Replaces a range of the file's text; inserts when the range is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl TextEdit {
    /// Replaces a range.
    pub fn replace(span: impl Into<Span>, text: impl Into<String>) -> Self {
        Self { span: span.into(), text: text.into() }
    }
    /// Inserts in front of a range.
    pub fn before(span: impl Into<Span>, text: impl Into<String>) -> Self {
        Self { span: Span::at(span.into().start), text: text.into() }
    }
    /// Inserts behind a range.
    pub fn after(span: impl Into<Span>, text: impl Into<String>) -> Self {
        Self { span: Span::at(span.into().end), text: text.into() }
    }
}
