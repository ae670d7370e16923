//! What rules hold in their hands: a place in a module's syntax, with the questions that may be asked there.

mod call;
mod class;
mod expr;
mod function;
mod stmt;

pub use call::Arg;

use super::ast::{ClassId, ExprId, FunctionId, StmtId};
use super::{Module, Site, Span};

/// An expression of a module.
#[derive(Clone, Copy)]
pub struct Expr<'m> {
    pub(in crate::python) module: Module<'m>,
    pub(in crate::python) id: ExprId,
}

/// A call.
#[derive(Clone, Copy)]
pub struct Call<'m> {
    pub(in crate::python) expr: Expr<'m>,
}

/// A statement of a module.
#[derive(Clone, Copy)]
pub struct Stmt<'m> {
    pub(in crate::python) module: Module<'m>,
    pub(in crate::python) id: StmtId,
}

/// A function, method or lambda of a module.
#[derive(Clone, Copy)]
pub struct Function<'m> {
    pub(in crate::python) module: Module<'m>,
    pub(in crate::python) id: FunctionId,
}

/// A class of a module.
#[derive(Clone, Copy)]
pub struct Class<'m> {
    pub(in crate::python) module: Module<'m>,
    pub(in crate::python) id: ClassId,
}

macro_rules! handle {
    ($($handle:ident => $span:expr;)*) => {$(
        impl From<$handle<'_>> for Span {
            fn from(handle: $handle<'_>) -> Span {
                let span: fn($handle<'_>) -> Span = $span;
                span(handle)
            }
        }
        impl From<$handle<'_>> for Site {
            fn from(handle: $handle<'_>) -> Site {
                handle.module().site(handle)
            }
        }
        impl PartialEq for $handle<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.id() == other.id() && self.module().id() == other.module().id()
            }
        }
        impl std::hash::Hash for $handle<'_> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                (self.module().id(), self.id()).hash(state);
            }
        }
        impl Eq for $handle<'_> {}
        impl std::fmt::Debug for $handle<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($handle), self.text())
            }
        }
    )*};
}

handle! {
    Expr => |it| it.span();
    Call => |it| it.span();
    Stmt => |it| it.span();
    Function => |it| it.span();
    Class => |it| it.span();
}
