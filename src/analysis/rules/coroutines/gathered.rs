//! What a `gather` is given, and whether any of it can fail.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Stmt, Tag};

/// Whether nothing that is gathered can fail, as far as that is seen: all are calls of coroutine functions of the repository
/// that deal with every exception themselves.
pub(super) fn deal_with_failures(gather: Call<'_>) -> bool {
    let given = gather.args().into_iter().filter(|arg| arg.keyword.is_none());
    let mut any = false;
    for arg in given {
        let calls = calls_of(arg.value, 0);
        any |= !calls.is_empty();
        let careful = |it: Call<'_>| never_fails(it) || it.function().is_some_and(is_careful);
        if calls.is_empty() || !calls.into_iter().all(careful) {
            return false;
        }
    }
    any
}

/// Whether it only waits for something of this program, which fails in no other way than by being cancelled.
fn never_fails(call: Call<'_>) -> bool {
    call.is_any(&[
        "asyncio.Condition.wait",
        "asyncio.Event.wait",
        "asyncio.Lock.acquire",
        "asyncio.Queue.get",
        "asyncio.Queue.join",
        "asyncio.Queue.put",
        "asyncio.Semaphore.acquire",
        "asyncio.sleep",
    ]) || is_of_an_event(call)
}

/// `widget.mounted_event.wait()`
fn is_of_an_event(call: Call<'_>) -> bool {
    call.method() == Some("wait")
        && call.args().is_empty()
        && call.receiver().is_some_and(|it| it.last_name().to_lowercase().contains("event"))
}

/// Whether the call makes a task of what it is given, as far as its name says.
fn makes_task(call: Call<'_>) -> bool {
    call.has(Tag::MakesTask) || call.method().is_some_and(|name| name.contains("create_task"))
}

/// The calls that make what an argument of `gather` holds: `f(x)`, `*[f(x) for x in xs]`, a list under a name. None when
/// not all of them are seen.
pub(super) fn calls_of(expr: Expr<'_>, depth: u32) -> Vec<Call<'_>> {
    let module = expr.module();
    let all = |ids: &[crate::python::ast::ExprId]| {
        let calls: Vec<Vec<Call<'_>>> =
            ids.iter().map(|id| calls_of(module.expr(*id), depth + 1)).collect();
        if calls.iter().any(Vec::is_empty) { Vec::new() } else { calls.concat() }
    };
    if depth > 4 {
        return Vec::new();
    }
    match expr.kind() {
        ExprKind::Starred(inner) => calls_of(module.expr(*inner), depth + 1),
        ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => all(parts),
        ExprKind::Comprehension { elements, .. } => all(elements),
        ExprKind::Call { .. } => {
            let Some(call) = expr.as_call() else { return Vec::new() };
            if call.is_any(&["builtins.list", "builtins.tuple", "builtins.set"]) {
                return call.positional(0).map_or_else(Vec::new, |it| calls_of(it, depth + 1));
            }
            if call.is_any(&["asyncio.all_tasks", "asyncio.Task.all_tasks"]) {
                return Vec::new();
            }
            let task = call.positional(0).filter(|_| makes_task(call));
            task.map_or_else(|| vec![call], |inner| calls_of(inner, depth + 1))
        }
        ExprKind::Name => of_name(expr, depth),
        _ => Vec::new(),
    }
}

/// What a local list holds: what it is made of, and what is appended to it.
fn of_name(name: Expr<'_>, depth: u32) -> Vec<Call<'_>> {
    let Some(function) = name.function() else { return Vec::new() };
    let binds =
        |expr: &Expr<'_>| expr.bound_to().iter().any(|target| target.as_name() == name.as_name());
    let mut all = Vec::new();
    for expr in function.expressions() {
        let part = match expr.kind() {
            ExprKind::List(parts) if parts.is_empty() => continue,
            ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Comprehension { .. }
                if binds(&expr) =>
            {
                calls_of(expr, depth + 1)
            }
            ExprKind::Call { .. } if binds(&expr) => calls_of(expr, depth + 1),
            ExprKind::Call { .. } => {
                let appends = expr.as_call().filter(|call| {
                    matches!(call.method(), Some("append" | "add"))
                        && call.receiver().is_some_and(|it| it.as_name() == name.as_name())
                });
                let Some(given) = appends.and_then(|call| call.positional(0)) else { continue };
                calls_of(given, depth + 1)
            }
            _ => continue,
        };
        if part.is_empty() {
            return Vec::new();
        }
        all.extend(part);
    }
    all
}

/// How many functions deep it is followed who deals with failures.
const DEEPEST: u32 = 3;

/// Whether all that the function awaits stands in a `try` that catches every exception and raises none, or can't fail, or is a
/// function of the repository of which the same is true.
pub(in crate::analysis::rules) fn is_careful(function: Function<'_>) -> bool {
    deals_with_failures(function, DEEPEST)
}

fn deals_with_failures(function: Function<'_>, depth: u32) -> bool {
    let module = function.module();
    let awaited = function.expressions().filter_map(|it| match it.kind() {
        ExprKind::Await(inner) => Some(module.expr(*inner)),
        _ => None,
    });
    let gone_through = function.statements().filter_map(|it| match it.kind() {
        StmtKind::For { is_async: true, iter, .. } => Some(module.expr(*iter)),
        _ => None,
    });
    let mut may_fail =
        awaited.chain(gone_through).filter(|it| !it.as_call().is_some_and(never_fails)).peekable();
    let caught = |it: Expr<'_>| {
        let mut around = it.stmt().ancestors().take_while(|it| it.function() == Some(function));
        around.any(|stmt| catches_all(stmt, it))
    };
    let careful = |call: Call<'_>| {
        let called = call.function().filter(|it| depth > 0 && *it != function);
        called.is_some_and(|it| deals_with_failures(it, depth - 1))
    };
    function.is_async()
        && may_fail.peek().is_some()
        && may_fail.all(|it| caught(it) || it.as_call().is_some_and(careful))
}

fn catches_all(stmt: Stmt<'_>, awaited: Expr<'_>) -> bool {
    let StmtKind::Try { body, handlers, .. } = stmt.kind() else { return false };
    let module = stmt.module();
    let within = |id: &_| module.stmt(*id).span().contains(awaited.span());
    let raises = |id: &_| {
        module.stmt(*id).with_inner().any(|it| matches!(it.kind(), StmtKind::Raise { .. }))
    };
    let broad = handlers.iter().any(|handler| {
        handler.exceptions.is_none_or(|id| {
            module.expr(id).is_any(&["builtins.Exception", "builtins.BaseException"])
        })
    });
    broad
        && body.iter().any(within)
        && !handlers.iter().flat_map(|handler| &handler.body).any(raises)
}
