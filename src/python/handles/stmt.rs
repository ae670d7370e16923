//! Statements.

use std::cell::OnceCell;

use super::super::ast::*;
use super::super::flow::{Graph, graph};
use super::super::{Context, Module, Span};
use super::{Expr, Function, Stmt};

impl<'m> Stmt<'m> {
    /// Its number.
    pub fn id(self) -> StmtId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> Module<'m> {
        self.module
    }
    fn node(self) -> &'m StmtNode {
        &self.module.syntax().stmts[self.id.0 as usize]
    }
    /// What it is.
    pub fn kind(self) -> &'m StmtKind {
        &self.node().kind
    }
    /// Where it is.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Whether no other statements stand in it.
    pub fn is_simple(self) -> bool {
        super::super::order::blocks(self.module, self.id).is_empty()
    }
    /// The whole expressions of the statement itself, those of blocks within it left out. Of a definition, only its decorators.
    pub fn head_expressions(self) -> Vec<Expr<'m>> {
        let ids: Vec<ExprId> = match self.kind() {
            StmtKind::If { branches, .. } => branches.iter().map(|(test, _)| *test).collect(),
            StmtKind::For { target, iter, .. } => vec![*target, *iter],
            StmtKind::While { test, .. } => vec![*test],
            StmtKind::With { items, .. } => {
                items.iter().flat_map(|it| std::iter::once(it.context).chain(it.target)).collect()
            }
            StmtKind::Try { handlers, .. } => {
                handlers.iter().filter_map(|handler| handler.exceptions).collect()
            }
            StmtKind::Match { subject, cases } => {
                subject.iter().copied().chain(cases.iter().filter_map(|it| it.guard)).collect()
            }
            StmtKind::Function(id) => self.module.function(*id).node().decorators.clone(),
            StmtKind::Class(id) => self.module.class(*id).node().decorators.clone(),
            StmtKind::Expr(it) => vec![*it],
            StmtKind::Assign { targets, value } => targets.iter().chain([value]).copied().collect(),
            StmtKind::AugAssign { target, value } => vec![*target, *value],
            StmtKind::AnnAssign { target, annotation, value } => {
                [*target, *annotation].into_iter().chain(*value).collect()
            }
            StmtKind::Return(it) => it.iter().copied().collect(),
            StmtKind::Raise { exception, cause } => {
                exception.iter().chain(cause).copied().collect()
            }
            StmtKind::Delete(parts) | StmtKind::Assert(parts) | StmtKind::Opaque(parts, _) => {
                parts.clone()
            }
            _ => Vec::new(),
        };
        ids.into_iter().map(|id| self.module.expr(id)).collect()
    }
    /// All expressions within it, in the order of the file; those of functions defined in it as well.
    pub fn expressions(self) -> impl Iterator<Item = Expr<'m>> {
        let (from, to) = self.node().exprs;
        self.module.project.answers.effort.go_through((from, to));
        (from..to).map(move |id| self.module.expr(ExprId(id)))
    }
    /// The statement and all behind it, in the order of the file, whatever they stand in.
    pub fn onwards(self) -> impl Iterator<Item = Stmt<'m>> {
        let all = self.id.0..self.module.syntax().stmts.len() as u32;
        all.map(move |id| self.module.stmt(StmtId(id)))
    }
    /// The statement and all within it, in the order of the file; those of functions defined in it as well.
    pub fn with_inner(self) -> impl Iterator<Item = Stmt<'m>> {
        let end = self.span().end;
        self.onwards().take_while(move |it| it.span().start < end)
    }
    /// The statements behind it in the block that it stands in.
    pub fn following(self) -> Vec<Stmt<'m>> {
        let holds = |block: &&'m [StmtId]| block.contains(&self.id);
        let block = match self.node().parent {
            Some(parent) => super::super::order::blocks(self.module, parent)
                .into_iter()
                .map(|(_, block)| block)
                .find(holds),
            None => Some(&self.module.syntax().body[..]).filter(holds),
        };
        let behind = block.unwrap_or_default().iter().skip_while(|id| **id != self.id).skip(1);
        behind.map(|id| self.module.stmt(*id)).collect()
    }
    /// The statement it stands in.
    pub fn parent(self) -> Option<Stmt<'m>> {
        self.node().parent.map(|id| self.module.stmt(id))
    }
    /// The statements it stands in, inner ones first, up to the module; function and class definitions are passed.
    pub fn ancestors(self) -> impl Iterator<Item = Stmt<'m>> {
        std::iter::successors(self.parent(), |stmt| stmt.parent())
    }
    /// The function whose code it is.
    pub fn function(self) -> Option<Function<'m>> {
        let id = self.module.names().scope(self.node().scope).function?;
        Some(self.module.function(id))
    }
    /// The control flow of the function whose code it is, or of the module's own.
    pub(in crate::python) fn flow(self) -> &'m Graph {
        let count = self.module.syntax().functions.len();
        let graphs = || (0..=count).map(|_| OnceCell::new()).collect();
        let all = self.module.known().flows.get_or_init(graphs);
        let function = self.module.names().scope(self.node().scope).function;
        let at = function.map_or(count, |id| id.0 as usize);
        all[at].get_or_init(|| graph(self.module, function))
    }
    /// Whether it can never run: it stands behind a `return`, under `if False` or `if TYPE_CHECKING`.
    pub fn is_dead(self) -> bool {
        self.module.order().of(self.id).dead
    }
    /// Where it runs.
    pub fn context(self) -> Context {
        if self.is_dead() {
            return Context::Never;
        }
        self.function().map_or(Context::Unknown, Function::context)
    }
}
