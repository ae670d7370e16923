//! What `except` clauses and suppressing contexts catch.

use super::super::Tag;
use super::super::ast::*;
use super::super::handles::Expr;
use super::super::module::Module;
use super::graph::Way;

/// What is caught: `Some(true)` surely, `Some(false)` perhaps, `None` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caught {
    /// Exceptions other than cancellation.
    errors: Option<bool>,
    /// Cancellation.
    cancellation: Option<bool>,
}

impl Caught {
    /// Whether it catches what comes by a way of this kind. What a `raise` names is an error, mostly.
    pub(super) fn of(self, way: Way) -> Option<bool> {
        match way {
            Way::Raise => self.errors.or(self.cancellation.map(|_| false)),
            Way::Error => self.errors,
            Way::Cancel => self.cancellation,
            _ => None,
        }
    }
}

/// Exceptions that say that a coroutine was cancelled.
const CANCELLATION: [&str; 4] = [
    "asyncio.CancelledError",
    "asyncio.exceptions.CancelledError",
    "concurrent.futures.CancelledError",
    "trio.Cancelled",
];

/// What a handler catches.
pub(super) fn caught(module: Module<'_>, handler: &Handler) -> Caught {
    match handler.exceptions {
        Some(exceptions) => of_exception(module.expr(exceptions)),
        None => Caught { errors: Some(true), cancellation: Some(true) },
    }
}

/// What the contexts of a `with` keep from the code behind it; `None` if nothing.
pub(super) fn suppressed(module: Module<'_>, items: &[WithItem]) -> Option<Caught> {
    let suppresses = |item: &WithItem| {
        let call = module.expr(item.context).as_call().filter(|it| it.has(Tag::Suppresses))?;
        call.args().into_iter().map(|arg| of_exception(arg.value)).reduce(either)
    };
    items.iter().filter_map(suppresses).reduce(either)
}

fn of_exception(expr: Expr<'_>) -> Caught {
    if let ExprKind::Tuple(parts) = expr.kind() {
        let parts = parts.iter().map(|id| of_exception(expr.module().expr(*id)));
        return parts.reduce(either).unwrap_or(Caught { errors: None, cancellation: None });
    }
    if expr.is("builtins.BaseException") {
        Caught { errors: Some(true), cancellation: Some(true) }
    } else if expr.is("builtins.Exception") {
        Caught { errors: Some(true), cancellation: None }
    } else if CANCELLATION.iter().any(|name| expr.is(name)) {
        Caught { errors: None, cancellation: Some(true) }
    } else {
        Caught { errors: Some(false), cancellation: None }
    }
}

fn either(one: Caught, other: Caught) -> Caught {
    Caught {
        errors: one.errors.max(other.errors),
        cancellation: one.cancellation.max(other.cancellation),
    }
}
