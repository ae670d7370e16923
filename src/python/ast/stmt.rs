//! Statements.

use super::super::Span;
use super::{ClassId, ExprId, FunctionId, ScopeId, StmtId};

/// A statement.
#[derive(Debug, Clone)]
pub struct StmtNode {
    /// Where it is, without what follows on its line.
    pub span: Span,
    /// The statement it stands in; `None` at the top of the module.
    pub parent: Option<StmtId>,
    /// The scope whose code it is.
    pub scope: ScopeId,
    /// Numbers of the expressions within it, from the first to just behind the last.
    pub(in crate::python) exprs: (u32, u32),
    /// What it is.
    pub kind: StmtKind,
}

/// Statements in order.
pub type Block = Vec<StmtId>;

/// What a statement is.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// An expression by itself.
    Expr(ExprId),
    /// `a = b = value`.
    Assign {
        /// What is assigned to, in order.
        targets: Vec<ExprId>,
        /// The value.
        value: ExprId,
    },
    /// `target += value`.
    AugAssign {
        /// What is changed.
        target: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `target: annotation = value`.
    AnnAssign {
        /// What is declared.
        target: ExprId,
        /// Its type.
        annotation: ExprId,
        /// Its value.
        value: Option<ExprId>,
    },
    /// `return value`.
    Return(Option<ExprId>),
    /// `raise exception from cause`.
    Raise {
        /// The exception; missing in a bare `raise`.
        exception: Option<ExprId>,
        /// The cause.
        cause: Option<ExprId>,
    },
    /// `del a, b`.
    Delete(Vec<ExprId>),
    /// `pass`.
    Pass,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `global a, b`.
    Global(Vec<Span>),
    /// `nonlocal a, b`.
    Nonlocal(Vec<Span>),
    /// `assert test, message`.
    Assert(Vec<ExprId>),
    /// `import a.b as c`.
    Import(Vec<Alias>),
    /// `from a.b import c as d`.
    ImportFrom {
        /// The module without leading dots; empty in `from . import x`.
        module: String,
        /// How many leading dots.
        level: u32,
        /// The names; empty for `*`.
        names: Vec<Alias>,
        /// `import *`.
        star: bool,
    },
    /// `if … elif … else`.
    If {
        /// Conditions and what they guard.
        branches: Vec<(ExprId, Block)>,
        /// The last branch.
        otherwise: Block,
    },
    /// `for target in iter`.
    For {
        /// `async for`.
        is_async: bool,
        /// What is bound.
        target: ExprId,
        /// What is iterated over.
        iter: ExprId,
        /// The loop's body.
        body: Block,
        /// What runs when the loop was not left by `break`.
        otherwise: Block,
    },
    /// `while test`.
    While {
        /// The condition.
        test: ExprId,
        /// The loop's body.
        body: Block,
        /// What runs when the loop was not left by `break`.
        otherwise: Block,
    },
    /// `with a as b, c`.
    With {
        /// `async with`.
        is_async: bool,
        /// The contexts.
        items: Vec<WithItem>,
        /// What runs within.
        body: Block,
    },
    /// `try`.
    Try {
        /// What is tried.
        body: Block,
        /// The handlers.
        handlers: Vec<Handler>,
        /// What runs when nothing was raised.
        otherwise: Block,
        /// What runs in the end.
        finally: Option<Block>,
        /// Where the word `finally` is.
        finally_span: Option<Span>,
    },
    /// `match subject`.
    Match {
        /// What is matched.
        subject: Vec<ExprId>,
        /// The cases.
        cases: Vec<Case>,
    },
    /// `def` or `async def`.
    Function(FunctionId),
    /// `class`.
    Class(ClassId),
    /// What could not be read, is nested too deep, or does nothing; with the parts that could be read.
    Opaque(Vec<ExprId>, Block),
}

/// A name bound by an import.
#[derive(Debug, Clone)]
pub struct Alias {
    /// The dotted name that is imported.
    pub name: String,
    /// The name it is bound to: that behind `as`, else the first part of the dotted name.
    pub bound: String,
    /// Whether there is an `as`.
    pub renamed: bool,
    /// Where it is.
    pub span: Span,
}

/// One context of a `with`.
#[derive(Debug, Clone, Copy)]
pub struct WithItem {
    /// The context manager.
    pub context: ExprId,
    /// What is bound.
    pub target: Option<ExprId>,
}

/// An `except` clause.
#[derive(Debug, Clone)]
pub struct Handler {
    /// From `except` to the end of its body.
    pub span: Span,
    /// From `except` to the colon.
    pub head: Span,
    /// What is caught; `None` in a bare `except:`.
    pub exceptions: Option<ExprId>,
    /// `except*`.
    pub star: bool,
    /// The name that the exception is bound to.
    pub name: Option<ExprId>,
    /// What runs.
    pub body: Block,
}

/// A `case` of a `match`.
#[derive(Debug, Clone)]
pub struct Case {
    /// Names that the pattern looks up: classes and constants.
    pub pattern: Vec<ExprId>,
    /// Names that the pattern binds.
    pub captures: Vec<ExprId>,
    /// Matches whatever comes: `case _:` or `case name:`, without a guard.
    pub irrefutable: bool,
    /// The condition behind the pattern.
    pub guard: Option<ExprId>,
    /// What runs.
    pub body: Block,
}
