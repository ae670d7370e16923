//! Expressions.

use super::super::Span;
use super::{ExprId, FunctionId, Parent, ScopeId};

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
