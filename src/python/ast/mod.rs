//! A file's syntax: statements and expressions in arenas, free of the parser's types.

mod definition;
mod expr;
mod stmt;

pub use definition::{ClassNode, FunctionNode, Param, ParamKind};
pub use expr::{Argument, Clause, ComprehensionKind, ExprKind, ExprNode, Unpack};
pub use stmt::{Alias, Block, Case, Handler, StmtKind, StmtNode, WithItem};

/// Number of an expression within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(in crate::python) u32);
/// Number of a statement within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub(in crate::python) u32);
/// Number of a function (or lambda) within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(in crate::python) u32);
/// Number of a class within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(in crate::python) u32);
/// Number of a scope within its module; 0 is the module itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(in crate::python) u32);

/// What an expression hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parent {
    /// Another expression.
    Expr(ExprId),
    /// A statement.
    Stmt(StmtId),
}
