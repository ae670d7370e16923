//! How findings name code and what they advise, for the Python that the project supports.

use crate::policy::PythonVersion;
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Fact};

/// How a blocking call leaves the event loop: the function that hands it to a thread.
pub(super) fn thread(target: PythonVersion) -> &'static str {
    if target >= PythonVersion(3, 9) { "`asyncio.to_thread`" } else { "`loop.run_in_executor`" }
}

/// What to write instead of a blocking call, as the rest of a sentence.
pub(super) fn instead_of(fact: Fact<'_>, target: PythonVersion) -> String {
    let thread = thread(target);
    match fact.instead {
        Some(advice) if advice != "`asyncio.to_thread`" => {
            format!("use {advice}, or hand the call to a thread with {thread}")
        }
        _ => format!("hand the call to a thread with {thread}"),
    }
}

/// What is called, as a message names it: its text if that is short, else the last name.
pub(super) fn name_of(call: Call<'_>) -> String {
    name(call.callee())
}

/// A link of a call chain, as a message names it: what is called, or the property that is read.
pub(super) fn link(expr: Expr<'_>) -> String {
    name(place(expr))
}

/// Most steps of a call chain that a message names.
const MOST_STEPS: usize = 6;

/// A call chain as a message shows it, the middle of a long one left out: `handler → load → requests.get`.
pub(super) fn chain(steps: &[String]) -> String {
    match steps.len().checked_sub(MOST_STEPS) {
        None | Some(0) => steps.join(" → "),
        Some(_) => {
            let (first, last) = (&steps[..3], &steps[steps.len() - 2..]);
            format!("{} → … → {}", first.join(" → "), last.join(" → "))
        }
    }
}

/// Where a link of a call chain is shown.
pub(super) fn place(expr: Expr<'_>) -> Expr<'_> {
    expr.as_call().map_or(expr, Call::callee)
}

/// What has no name that a message could quote.
const UNNAMED: &str = "this call";

fn name(expr: Expr<'_>) -> String {
    let text = expr.text();
    if text.len() <= 48 && !text.contains(['\n', '`']) {
        return text.to_owned();
    }
    match expr.kind() {
        ExprKind::Attribute { name, .. } => expr.module().slice(*name).to_owned(),
        _ => UNNAMED.to_owned(),
    }
}

/// An expression as a message quotes it, or a word for it when it is long.
pub(super) fn quoted(expr: Expr<'_>, otherwise: &str) -> String {
    let text = expr.text();
    if text.len() <= 60 && !text.contains(['\n', '`']) {
        return format!("`{text}`");
    }
    match expr.as_call().map(|call| name(call.callee())) {
        Some(name) if name != UNNAMED => format!("`{name}(…)`"),
        _ => otherwise.to_owned(),
    }
}
