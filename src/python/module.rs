//! A parsed file.

use std::sync::Arc;

use super::ast::*;
use super::handles::{Call, Class, Expr, Function, Stmt};
use super::{Library, Lines, Span};

/// A parsed Python file with its names resolved. Rules look at it through the handles that its methods give:
/// [`Call`], [`Expr`], [`Stmt`], [`Function`], [`Class`].
pub struct Module {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) lines: Lines,
    pub(super) library: Arc<dyn Library>,
    pub(super) exprs: Vec<ExprNode>,
    pub(super) stmts: Vec<StmtNode>,
    pub(super) functions: Vec<FunctionNode>,
    pub(super) classes: Vec<ClassNode>,
    pub(super) body: Block,
}

impl Module {
    /// Path of the file, relative to the repository's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file's text. Bytes that are not UTF-8 are replaced one for one, so that spans fit the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a range.
    pub fn slice(&self, span: impl Into<Span>) -> &str {
        self.text.get(span.into().range()).unwrap_or_default()
    }

    /// The file's lines.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What is known about libraries.
    pub fn library(&self) -> &dyn Library {
        &*self.library
    }

    /// All calls, in the order of the file.
    pub fn calls(&self) -> impl Iterator<Item = Call<'_>> {
        self.expressions().filter_map(Expr::as_call)
    }

    /// All calls that run on the event loop (see [`super::Context::Loop`]), in the order of the file.
    pub fn calls_on_the_loop(&self) -> impl Iterator<Item = Call<'_>> {
        self.calls().filter(|call| call.expr().runs_on_the_loop())
    }

    /// All expressions, in the order in which they begin.
    pub fn expressions(&self) -> impl Iterator<Item = Expr<'_>> {
        (0..self.exprs.len()).map(|id| self.expr(ExprId(id as u32)))
    }

    /// All statements, in the order in which they begin.
    pub fn statements(&self) -> impl Iterator<Item = Stmt<'_>> {
        (0..self.stmts.len()).map(|id| self.stmt(StmtId(id as u32)))
    }

    /// All functions, methods and lambdas, in the order of the file.
    pub fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        (0..self.functions.len()).map(|id| self.function(FunctionId(id as u32)))
    }

    /// All classes, in the order of the file.
    pub fn classes(&self) -> impl Iterator<Item = Class<'_>> {
        (0..self.classes.len()).map(|id| self.class(ClassId(id as u32)))
    }

    /// The statements at the top of the file.
    pub fn body(&self) -> impl Iterator<Item = Stmt<'_>> {
        self.body.iter().map(|id| self.stmt(*id))
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> Expr<'_> {
        Expr { module: self, id }
    }

    /// A statement.
    pub fn stmt(&self, id: StmtId) -> Stmt<'_> {
        Stmt { module: self, id }
    }

    /// A function, method or lambda.
    pub fn function(&self, id: FunctionId) -> Function<'_> {
        Function { module: self, id }
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> Class<'_> {
        Class { module: self, id }
    }

    /// How to write a name from outside (`asyncio.sleep`) at an expression, and what has to be inserted into the file for
    /// that (nothing, if it is imported already).
    pub fn reference(&self, at: Expr<'_>, name: &str) -> (String, Vec<TextEdit>) {
        let _ = at;
        (name.to_owned(), Vec::new())
    }
}

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
