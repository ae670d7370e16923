//! Functions, their parameters, and classes.

use super::super::Span;
use super::{Argument, Block, ExprId, ScopeId, StmtId};

/// A function, method or lambda.
#[derive(Debug, Clone)]
pub struct FunctionNode {
    /// Its name; empty for a lambda.
    pub name: Span,
    /// From `async`, `def` or `lambda` to the end of the body.
    pub span: Span,
    /// `async def`.
    pub is_async: bool,
    /// The statement, for a `def`.
    pub stmt: Option<StmtId>,
    /// The expression, for a lambda.
    pub expr: Option<ExprId>,
    /// The decorators in order.
    pub decorators: Vec<ExprId>,
    /// The parameters in order.
    pub params: Vec<Param>,
    /// The annotation of the result.
    pub returns: Option<ExprId>,
    /// The body of a `def`.
    pub body: Block,
    /// The body of a lambda.
    pub value: Option<ExprId>,
    /// The scope of its body.
    pub scope: ScopeId,
    /// The scope it is defined in.
    pub outer: ScopeId,
    /// Whether its own body has a `yield`.
    pub is_generator: bool,
    /// Numbers of the expressions within it, from the first to just behind the last.
    pub(in crate::python) exprs: (u32, u32),
    /// Numbers of the statements within it, likewise.
    pub(in crate::python) stmts: (u32, u32),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: Span,
    /// What kind.
    pub kind: ParamKind,
    /// Its annotation.
    pub annotation: Option<ExprId>,
    /// Its default.
    pub default: Option<ExprId>,
}

/// What kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// By position or keyword.
    Plain,
    /// By keyword only.
    KeywordOnly,
    /// `*args`
    Star,
    /// `**kwargs`
    DoubleStar,
}

/// A class.
#[derive(Debug, Clone)]
pub struct ClassNode {
    /// Its name.
    pub name: Span,
    /// The whole definition.
    pub span: Span,
    /// The statement.
    pub stmt: StmtId,
    /// The decorators in order.
    pub decorators: Vec<ExprId>,
    /// What stands between the parentheses.
    pub bases: Vec<Argument>,
    /// The body.
    pub body: Block,
    /// The scope of its body.
    pub scope: ScopeId,
    /// The scope it is defined in.
    pub outer: ScopeId,
}
