//! What a file did before the change that is reviewed: where code of today can't be resolved, what its authors did with it
//! yesterday says what they know of it, and what they took away shows what was there for a reason.

mod awaits;
mod cleanups;
mod ends;
mod gathers;
mod threads;
mod wrappers;

pub(super) use awaits::no_longer_awaited;
pub(super) use cleanups::{Cleanup, cleans_up, no_longer_on_cancellation, on_cancellation};
pub(super) use ends::{NotEnded, no_longer_ended, no_longer_entered};
pub(super) use gathers::no_longer_together;
pub(super) use threads::taken_out;
pub(super) use wrappers::{Unwrapped, unwrapped};

use crate::python::Expr;

/// Questions whether something is to be awaited.
const ASKS: [&str; 3] = ["iscoroutine", "isawaitable", "Awaitable"];

/// The qualified name of the outermost function that the expression is in.
fn home(expr: Expr<'_>) -> Option<String> {
    Some(expr.function()?.outermost().qualified_name())
}

/// The text of an expression without the white space that says nothing.
pub(super) fn written(expr: Expr<'_>) -> String {
    expr.text().split_whitespace().collect()
}
