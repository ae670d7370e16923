//! A file's syntax: statements and expressions in arenas, free of the parser's types.

use super::Span;

/// Number of an expression within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);
/// Number of a statement within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub(super) u32);
/// Number of a function (or lambda) within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(super) u32);
/// Number of a class within its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(super) u32);
/// Number of a scope within its module; 0 is the module itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(super) u32);

/// What an expression hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parent {
    /// Another expression.
    Expr(ExprId),
    /// A statement.
    Stmt(StmtId),
}

/// An expression. Parentheses around it are not part of it.
#[derive(Debug, Clone)]
pub struct ExprNode {
    /// Where it is.
    pub span: Span,
    /// What it hangs on.
    pub parent: Parent,
    /// The scope in which its names are looked up.
    pub scope: ScopeId,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `x`; its text is its span's.
    Name,
    /// `value.name`.
    Attribute {
        /// What stands before the dot.
        value: ExprId,
        /// The name behind the dot.
        name: Span,
    },
    /// `callee(args)`.
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments in order.
        args: Vec<Argument>,
    },
    /// `await x`.
    Await(ExprId),
    /// `yield x`.
    Yield(Option<ExprId>),
    /// `yield from x`.
    YieldFrom(ExprId),
    /// `lambda …: …`.
    Lambda(FunctionId),
    /// A list, set or dictionary comprehension or generator expression.
    Comprehension {
        /// Which.
        kind: ComprehensionKind,
        /// The element; of a dictionary, key and value.
        elements: Vec<ExprId>,
        /// The `for` and `if` parts.
        clauses: Vec<Clause>,
    },
    /// `value[index, …]`.
    Subscript {
        /// What is indexed.
        value: ExprId,
        /// The indices.
        indices: Vec<ExprId>,
    },
    /// A chain of arithmetic operators of whatever kinds.
    Binary(Vec<ExprId>),
    /// `a or b or c` / `a and b and c`.
    Boolean(Vec<ExprId>),
    /// `not x`.
    Not(ExprId),
    /// `-x`, `+x`, `~x`.
    Unary(ExprId),
    /// `a < b <= c`.
    Compare(Vec<ExprId>),
    /// `then if test else otherwise`.
    Conditional {
        /// The condition.
        test: ExprId,
        /// The value if it holds.
        then: ExprId,
        /// The value if not.
        otherwise: ExprId,
    },
    /// `target := value`.
    Walrus {
        /// The name.
        target: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `(a, b)` or `a, b`.
    Tuple(Vec<ExprId>),
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `{a, b}`.
    Set(Vec<ExprId>),
    /// `{a: b, **c}`; the key is missing where a mapping is unpacked.
    Dict(Vec<(Option<ExprId>, ExprId)>),
    /// A string or bytes literal without interpolations, or several side by side.
    Str,
    /// A string with interpolated expressions.
    Format(Vec<ExprId>),
    /// A number.
    Number,
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `...`
    Ellipsis,
    /// `*x` outside a call's arguments.
    Starred(ExprId),
    /// `a:b:c` in a subscript.
    Slice(Vec<ExprId>),
    /// What could not be read, or is nested too deep; with the parts that could.
    Opaque(Vec<ExprId>),
}

impl ExprKind {
    /// The expressions directly within one of this kind, in the order of the file. A lambda's body is not among them.
    pub fn children(&self) -> Vec<ExprId> {
        match self {
            ExprKind::Attribute { value, .. } => vec![*value],
            ExprKind::Call { callee, args } => {
                std::iter::once(*callee).chain(args.iter().map(|arg| arg.value)).collect()
            }
            ExprKind::Await(it)
            | ExprKind::YieldFrom(it)
            | ExprKind::Not(it)
            | ExprKind::Unary(it)
            | ExprKind::Starred(it) => vec![*it],
            ExprKind::Yield(it) => it.iter().copied().collect(),
            ExprKind::Comprehension { elements, clauses, .. } => {
                let clauses = clauses.iter().flat_map(|clause| match clause {
                    Clause::For { target, iter, .. } => vec![*target, *iter],
                    Clause::If(test) => vec![*test],
                });
                elements.iter().copied().chain(clauses).collect()
            }
            ExprKind::Subscript { value, indices } => {
                std::iter::once(*value).chain(indices.iter().copied()).collect()
            }
            ExprKind::Conditional { test, then, otherwise } => vec![*then, *test, *otherwise],
            ExprKind::Walrus { target, value } => vec![*target, *value],
            ExprKind::Dict(pairs) => {
                pairs.iter().flat_map(|(key, value)| key.iter().copied().chain([*value])).collect()
            }
            ExprKind::Binary(parts)
            | ExprKind::Boolean(parts)
            | ExprKind::Compare(parts)
            | ExprKind::Tuple(parts)
            | ExprKind::List(parts)
            | ExprKind::Set(parts)
            | ExprKind::Format(parts)
            | ExprKind::Slice(parts)
            | ExprKind::Opaque(parts) => parts.clone(),
            ExprKind::Name
            | ExprKind::Lambda(_)
            | ExprKind::Str
            | ExprKind::Number
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Ellipsis => Vec::new(),
        }
    }
}

/// Which comprehension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// `[…]`
    List,
    /// `{…}`
    Set,
    /// `{… : …}`
    Dict,
    /// `(…)`
    Generator,
}

/// A part of a comprehension.
#[derive(Debug, Clone, Copy)]
pub enum Clause {
    /// `for target in iter`.
    For {
        /// `async for`.
        is_async: bool,
        /// What is bound.
        target: ExprId,
        /// What is iterated over.
        iter: ExprId,
    },
    /// `if test`.
    If(ExprId),
}

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The keyword's place, if it has one.
    pub keyword: Option<Span>,
    /// Whether it is unpacked.
    pub unpack: Unpack,
    /// The value.
    pub value: ExprId,
}

/// Whether an argument is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpack {
    /// `x`
    No,
    /// `*x`
    Star,
    /// `**x`
    DoubleStar,
}

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
    pub(super) exprs: (u32, u32),
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
    pub(super) exprs: (u32, u32),
    /// Numbers of the statements within it, likewise.
    pub(super) stmts: (u32, u32),
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
