//! Who owns a resource that an expression has opened: this function, or somebody else.

use super::fate::{Fate, fate, outlives_its_function};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::flow::{Ways, always_passes};
use crate::python::{Call, Expr, Function, Stmt, Tag};

/// Who owns it.
pub(super) enum Owner<'m> {
    /// A `with` statement.
    With(Stmt<'m>),
    /// A local name: what it is used for, in the order of the file.
    Local { name: Expr<'m>, uses: Vec<Expr<'m>> },
    /// Nobody: it is used where it stands and then forgotten.
    Nobody,
    /// Somebody else: it is returned, stored, or handed over.
    Other,
}

/// Who owns what the call opens. For `await connect()` that is the awaited result.
pub(super) fn owner<'m>(call: Call<'m>) -> Owner<'m> {
    let mut expr = call.expr();
    loop {
        match fate(expr) {
            Fate::Awaited(awaited) => expr = awaited,
            Fate::Entered(stmt) => return Owner::With(stmt),
            Fate::Dropped | Fate::Attribute(_) => return Owner::Nobody,
            Fate::Bound(_) => return of_name(expr),
            _ => return Owner::Other,
        }
    }
}

fn of_name(expr: Expr<'_>) -> Owner<'_> {
    let [name] = expr.bound_to()[..] else { return Owner::Other };
    if name.as_name().is_none() || outlives_its_function(name) {
        return Owner::Other;
    }
    let uses = name.uses();
    if uses.iter().any(|used| escapes(*used, name)) {
        return Owner::Other;
    }
    Owner::Local { name, uses }
}

/// Whether a use hands the resource to somebody who may close it.
pub(super) fn escapes<'m>(used: Expr<'m>, name: Expr<'m>) -> bool {
    if used.function() != name.function() {
        return true;
    }
    match fate(used) {
        Fate::Returned | Fate::Stored | Fate::Bound(_) | Fate::Lambda(_) => true,
        Fate::Attribute(attribute) => is_handed_on(attribute),
        Fate::Argument(call) => !is_lent(call),
        _ => false,
    }
}

/// A bound method that is passed on instead of called: `stack.push_async_callback(client.aclose)`.
fn is_handed_on(attribute: Expr<'_>) -> bool {
    let called = attribute
        .parent_expr()
        .and_then(Expr::as_call)
        .is_some_and(|call| call.callee() == attribute);
    !called
        && matches!(
            fate(attribute),
            Fate::Argument(_) | Fate::Stored | Fate::Returned | Fate::Bound(_)
        )
}

/// Whether a call only uses what it is given: a function of this file that does not keep it.
fn is_lent(call: Call<'_>) -> bool {
    if call.has(Tag::Closes) {
        return false;
    }
    let Some(function) = call.function().filter(|it| !is_stub(*it)) else { return false };
    let keeps = ["self.", ".append(", ".add(", "return ", "yield", "close("];
    !function.text().lines().any(|line| {
        let line = line.trim();
        keeps.iter().any(|word| line.contains(word))
            && function.node().params.iter().any(|param| {
                let name = function.module().slice(param.name);
                !matches!(name, "self" | "cls") && kept(line, name)
            })
    })
}

/// Whether only derived classes say what the function does.
fn is_stub(function: Function<'_>) -> bool {
    function.body().all(|stmt| match stmt.kind() {
        StmtKind::Pass | StmtKind::Raise { .. } => true,
        StmtKind::Expr(_) => {
            stmt.expressions().all(|it| matches!(it.kind(), ExprKind::Str | ExprKind::Ellipsis))
        }
        _ => false,
    })
}

/// Whether a line of text keeps, returns or closes the name itself, not something made with it.
fn kept(line: &str, name: &str) -> bool {
    let ends = |rest: &str| {
        !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '('))
    };
    let stored = line.split_once("= ").is_some_and(|(target, value)| {
        // An object that is made around it owns it.
        let around = value.split_once('(').is_some_and(|(class, rest)| {
            let class = class.rsplit('.').next().unwrap_or_default();
            class.starts_with(|c: char| c.is_ascii_uppercase())
                && rest.strip_prefix(name).is_some_and(|rest| rest.starts_with([',', ')']))
        });
        target.contains('.') && (around || value.strip_prefix(name).is_some_and(ends))
    });
    let returned = ["return ", "yield "]
        .iter()
        .filter_map(|word| line.strip_prefix(word))
        .any(|value| value.strip_prefix(name).is_some_and(ends));
    let put = [".append(", ".add("].iter().any(|word| line.contains(&format!("{word}{name})")));
    let closed =
        line.contains(&format!("{name}.close(")) || line.contains(&format!("{name}.aclose("));
    stored || returned || put || closed
}

/// How surely a resource is closed.
pub(super) enum Closed {
    /// On every way that counts.
    Always,
    /// Not when something raises on the way, or under a condition.
    Sometimes,
    /// Nothing closes it.
    Never,
}

/// How surely one of the marks closes what the name is bound to.
pub(super) fn closed(name: Expr<'_>, marks: &[Expr<'_>]) -> Closed {
    let from = name.stmt();
    if marks.is_empty() {
        Closed::Never
    } else if marks.iter().any(|mark| is_chosen_at_the_end(*mark))
        || always_passes(from, marks, Ways::All)
        // What stands between the opening and the `try` is not held against it.
        || (always_passes(from, marks, Ways::Regular) && marks.iter().any(|mark| in_finally(*mark)))
    {
        Closed::Always
    } else {
        Closed::Sometimes
    }
}

/// Whether it stands in a `finally` under a condition: whether the resource is the function's own, say.
fn is_chosen_at_the_end(mark: Expr<'_>) -> bool {
    let module = mark.module();
    let mut chosen = false;
    for stmt in mark.stmt().ancestors().take_while(|it| it.function() == mark.function()) {
        match stmt.kind() {
            StmtKind::If { .. } => chosen = true,
            StmtKind::Try { finally, .. } => {
                let within = |id: &_| module.stmt(*id).span().contains(mark.span());
                if finally.iter().flatten().any(within) {
                    return chosen;
                }
            }
            _ => {}
        }
    }
    false
}

/// The statement that waits for something in front of the only mark in its `finally`: when that fails or is cancelled, the
/// mark is not reached.
pub(super) fn waits_before<'m>(marks: &[Expr<'m>]) -> Option<Expr<'m>> {
    let [mark] = marks else { return None };
    let module = mark.module();
    let mut own = mark.stmt();
    for around in mark.stmt().ancestors().take_while(|it| it.function() == mark.function()) {
        if let StmtKind::Try { finally: Some(finally), .. } = around.kind()
            && let Some(at) = finally.iter().position(|id| *id == own.id())
        {
            let before = finally[..at].iter().map(|id| module.stmt(*id));
            // What is guarded there is dealt with.
            return before.filter(|it| it.is_simple()).flat_map(Stmt::expressions).find(|it| {
                matches!(it.kind(), ExprKind::Await(_)) && it.function() == mark.function()
            });
        }
        own = around;
    }
    None
}

/// Whether it stands in a `finally`, an `except`, or among the items of a `with`.
fn in_finally(mark: Expr<'_>) -> bool {
    let module = mark.module();
    mark.entered_by().is_some()
        || mark.stmt().ancestors().any(|stmt| match stmt.kind() {
            StmtKind::Try { finally, handlers, .. } => {
                let within = |id: &_| module.stmt(*id).span().contains(mark.span());
                finally.iter().flatten().any(within)
                    || handlers.iter().any(|handler| handler.body.iter().any(within))
            }
            _ => false,
        })
}
