//! Functions, methods and lambdas.

use super::super::ast::*;
use super::super::decorated::Nature;
use super::super::lower::ScopeOwner;
use super::super::{Context, FunctionRef, Module, Span};
use super::{Class, Expr, Function, Stmt};

impl<'m> Function<'m> {
    /// Its number in its file.
    pub fn id(self) -> FunctionId {
        self.id
    }
    /// What names it in the repository.
    pub fn reference(self) -> FunctionRef {
        FunctionRef { file: self.module.id(), id: self.id }
    }
    /// The module it is in.
    pub fn module(self) -> Module<'m> {
        self.module
    }
    /// Its syntax.
    pub fn node(self) -> &'m FunctionNode {
        &self.module.syntax().functions[self.id.0 as usize]
    }
    /// The whole definition, without decorators.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Its name; empty for a lambda.
    pub fn name(self) -> &'m str {
        self.module.slice(self.node().name)
    }
    /// Where its name is; the whole for a lambda.
    pub fn name_span(self) -> Span {
        let node = self.node();
        if node.name.start == node.name.end { node.span } else { node.name }
    }
    /// Its name with the classes and functions it is in: `Client.fetch`, `main.<locals>.inner` is written `main.inner`.
    pub fn qualified_name(self) -> String {
        let name = if self.name().is_empty() { "<lambda>" } else { self.name() };
        match self.module.qualified(self.node().outer) {
            outer if outer.is_empty() => name.to_owned(),
            outer => format!("{outer}.{name}"),
        }
    }
    /// `async def`.
    pub fn is_async(self) -> bool {
        self.node().is_async
    }
    /// Whether calling it makes a coroutine: `async def` and not a generator, and no decorator makes something else of it;
    /// or a decorator of the repository makes a coroutine function of it.
    pub fn is_coroutine(self) -> bool {
        self.nature() == Nature::Coroutine
    }
    /// Whether it is read like an attribute.
    pub fn is_property(self) -> bool {
        self.decorators().any(|it| it.is_any(&["builtins.property", "functools.cached_property"]))
    }
    /// Whether calling it makes a synchronous context manager of what it yields.
    pub fn is_context_manager(self) -> bool {
        self.decorators().any(|it| it.is("contextlib.contextmanager"))
    }
    /// The class it is a method of.
    pub fn class(self) -> Option<Class<'m>> {
        match self.module.names().scope(self.node().outer).owner {
            ScopeOwner::Class(id) => Some(self.module.class(id)),
            _ => None,
        }
    }
    /// The class of the method that it is, or is defined in.
    pub fn outer_class(self) -> Option<Class<'m>> {
        let mut function = self;
        for _ in 0..8 {
            if let Some(class) = function.class() {
                return Some(class);
            }
            let outer = self.module.names().scope(function.node().outer).function?;
            function = self.module.function(outer);
        }
        None
    }
    /// The function that it is defined in, through all that lie between; itself, if it is in none.
    pub fn outermost(self) -> Function<'m> {
        let outer = |it: &Function<'m>| {
            let id = self.module.names().scope(it.node().outer).function?;
            Some(self.module.function(id))
        };
        std::iter::successors(Some(self), outer).last().unwrap_or(self)
    }
    /// The statements of its body.
    pub fn body(self) -> impl Iterator<Item = Stmt<'m>> {
        self.node().body.iter().map(move |id| self.module.stmt(*id))
    }
    /// The decorators.
    pub fn decorators(self) -> impl Iterator<Item = Expr<'m>> {
        self.node().decorators.iter().map(move |id| self.module.expr(*id))
    }
    /// Expressions of its own code (not of functions nested in it), in the order of the file.
    pub fn expressions(self) -> impl Iterator<Item = Expr<'m>> {
        let (from, to) = self.node().exprs;
        self.module.project.answers.effort.go_through((from, to));
        let all = (from..to).map(move |id| self.module.expr(ExprId(id)));
        all.filter(move |expr| expr.function() == Some(self))
    }
    /// Expressions of its code and of the functions nested in it, in the order of the file.
    pub fn expressions_with_inner(self) -> impl Iterator<Item = Expr<'m>> {
        let (from, to) = self.node().exprs;
        self.module.project.answers.effort.go_through((from, to));
        (from..to).map(move |id| self.module.expr(ExprId(id)))
    }
    /// Statements of its own code, in the order of the file.
    pub fn statements(self) -> impl Iterator<Item = Stmt<'m>> {
        let (from, to) = self.node().stmts;
        let all = (from..to).map(move |id| self.module.stmt(StmtId(id)));
        all.filter(move |stmt| stmt.function() == Some(self))
    }
    /// Where its body runs.
    pub fn context(self) -> Context {
        if self.is_async() {
            return Context::Loop;
        }
        self.context_by_itself().unwrap_or_else(|| self.module.contexts().of(self.id))
    }
    /// How the event loop comes to run a synchronous function of this file: the calls (or reads of properties) that lead
    /// there, the one in asynchronous code first. `None` when it is not called from there, or is asynchronous itself.
    pub fn chain_from_loop(self) -> Option<Vec<Expr<'m>>> {
        self.module.call_graph().chain(self)
    }
}
