//! Part of AW702: callbacks that are told of a task's or the loop's failure, and drop it.

use super::exception_swallowed::is_explained;
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::awaits_it;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::remarks;
use crate::analysis::{Confidence, Report};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module};

pub(super) fn check(module: &Module<'_>, report: &mut Report) {
    for call in module.calls_in_focus().filter(|it| !it.expr().is_dead()) {
        match call.method() {
            Some("add_done_callback") => check_callback(call, report),
            Some("set_exception_handler") => check_handler(call, report),
            _ => {}
        }
    }
    if let Some(before) = report.before() {
        no_longer_looking(module, &before, report);
    }
}

/// States callbacks that looked at the exception before the change.
fn no_longer_looking(module: &Module<'_>, before: &Module<'_>, report: &mut Report) {
    let looked = |function: &Function<'_>| {
        let name = function.qualified_name();
        let own = before.functions().filter(|it| it.qualified_name() == name);
        let mut earlier = own.peekable();
        earlier.peek().is_some() && earlier.all(|it| matches!(look(it), Some(Look::Looks)))
    };
    for call in module.calls_in_focus().filter(|it| it.method() == Some("add_done_callback")) {
        let Some(function) = call.positional(0).and_then(callable) else { continue };
        let blind = matches!(look(function), Some(Look::Drops | Look::Ignores));
        if blind && function.module() == *module && !function.name().is_empty() && looked(&function)
        {
            report
                .finding(
                    function.name_span(),
                    "This callback looked at the task's exception before this change and does not any more, so that the task fails without a trace; \
                     log what `exception()` gives",
                )
                .confidence(Confidence::Likely);
        }
    }
}

/// What a callback does with the exception of the task that it is given.
enum Look {
    /// Looks at it, or gives the task to somebody who may.
    Looks,
    /// Asks for it and drops it.
    Drops,
    /// Does something else.
    Ignores,
}

fn check_callback(call: Call<'_>, report: &mut Report) {
    let Some((given, function)) = call.positional(0).and_then(|it| Some((it, callable(it)?)))
    else {
        return;
    };
    match look(function) {
        None => {}
        Some(Look::Looks) => report.satisfied(given),
        Some(_) if call.receiver().is_none_or(is_awaited_somewhere) => {}
        Some(Look::Drops) => {
            report
                .finding(
                    given,
                    format!(
                        "{} takes the task's exception and drops it, so that asyncio takes it for handled and reports nothing: \
                         the task fails without a trace; log what `exception()` gives",
                        advice::quoted(given, "This callback")
                    ),
                )
                .confidence(if is_meant(call, function) {
                    Confidence::Possible
                } else {
                    Confidence::Likely
                });
        }
        Some(Look::Ignores) => {
            report
                .finding(
                    given,
                    "This callback treats a task that failed like one that is done; ask `task.cancelled()` and `task.exception()` first, \
                     and log the exception",
                )
                .confidence(Confidence::Possible);
        }
    }
}

/// Whether a comment in the callback, or beside the call, says why the exception is dropped.
fn is_meant(call: Call<'_>, function: Function<'_>) -> bool {
    is_explained(&function.module(), function.span())
        || is_explained(&call.module(), call.expr().stmt().span())
        || remarks::explains(call.module(), call.expr().stmt())
}

/// The function or lambda that is handed over.
fn callable(given: Expr<'_>) -> Option<Function<'_>> {
    match given.kind() {
        ExprKind::Lambda(id) => Some(given.module().function(*id)),
        _ => match given.functions()[..] {
            [function] => Some(function),
            _ => None,
        },
    }
}

fn look(function: Function<'_>) -> Option<Look> {
    let module = function.module();
    let mut params = function.node().params.iter().map(|it| module.slice(it.name)).peekable();
    params.next_if(|it| matches!(*it, "self" | "cls"));
    let task = params.next()?;
    let mut dropped = false;
    let (from, to) = (function.span().start, function.span().end);
    let all = module.expressions().skip_while(|it| it.span().end <= from);
    let all = all.take_while(|it| it.span().start < to);
    for used in all.filter(|it| it.as_name() == Some(task) && !it.is_store()) {
        let Fate::Attribute(attribute) = fate(used) else { return Some(Look::Looks) };
        let asked = attribute.parent_expr().and_then(Expr::as_call);
        let Some(asked) = asked.filter(|it| it.callee() == attribute) else {
            return Some(Look::Looks);
        };
        match asked.method() {
            Some("exception") if is_dropped(asked) => dropped = true,
            Some("cancelled" | "done" | "get_name" | "get_loop") => {}
            _ => return Some(Look::Looks),
        }
    }
    Some(if dropped { Look::Drops } else { Look::Ignores })
}

/// Whether nobody takes what the call gives: a statement, what a lambda returns, the end of `cancelled() or exception()`.
fn is_dropped(call: Call<'_>) -> bool {
    let mut expr = call.expr();
    while let Some(outer) = expr.parent_expr() {
        match outer.kind() {
            ExprKind::Boolean(parts) if parts.last() == Some(&expr.id()) => expr = outer,
            ExprKind::Conditional { test, .. } if *test != expr.id() => expr = outer,
            _ => break,
        }
    }
    matches!(fate(expr), Fate::Dropped | Fate::Lambda(_))
}

/// Whether what the callback is added to is awaited somewhere in the file, or handed to somebody.
fn is_awaited_somewhere(task: Expr<'_>) -> bool {
    if task.as_call().is_some() {
        return false;
    }
    let local = task.as_name().is_some() && !task.is_global();
    let module = task.module();
    let same = |it: &Expr<'_>| {
        it.text() == task.text() && !it.is_store() && (!local || it.function() == task.function())
    };
    let keeps = |it: Expr<'_>| match fate(it) {
        Fate::Argument(call) => !matches!(call.method(), Some("add" | "append" | "discard")),
        Fate::Returned | Fate::Lambda(_) | Fate::Stored => true,
        _ => awaits_it(it),
    };
    module.expressions().filter(same).any(keeps)
}

/// `loop.set_exception_handler(lambda *_: None)`
fn check_handler(call: Call<'_>, report: &mut Report) {
    let Some(given) = call.positional(0) else { return };
    let Some(function) = callable(given) else { return };
    let module = function.module();
    let nothing = match function.node().value {
        Some(value) => {
            let value = module.expr(value).kind();
            matches!(value, ExprKind::None | ExprKind::Ellipsis | ExprKind::Bool(_))
        }
        None => function.body().all(|stmt| match stmt.kind() {
            StmtKind::Pass | StmtKind::Return(None) => true,
            StmtKind::Expr(id) => {
                matches!(module.expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis)
            }
            _ => false,
        }),
    };
    if nothing {
        report.finding(
            given,
            "An exception handler that does nothing silences the loop: tasks and callbacks that fail with nobody waiting for them leave no \
             trace; log `context[\"exception\"]`, then call `loop.default_exception_handler(context)`",
        );
    }
}
