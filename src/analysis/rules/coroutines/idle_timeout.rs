//! Part of AW214: a time-out or cancel scope around code that never waits.

use crate::analysis::rules::advice;
use crate::analysis::{Confidence, Report, Severity};
use crate::python::ast::{Clause, ExprKind, StmtId, StmtKind};
use crate::python::{Expr, Stmt, Tag};

/// Scopes that end at an `await`, but for those that the library tags as bounds.
const SCOPES: [&str; 2] = ["trio.CancelScope", "anyio.CancelScope"];

/// Contexts that wait only for what is started in them.
const GROUPS: [&str; 3] = ["trio.open_nursery", "anyio.create_task_group", "asyncio.TaskGroup"];

pub(super) fn check(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::With { items, body, .. } = stmt.kind() else { return };
    let module = stmt.module();
    let scope = |it: &Expr<'_>| is_scope(*it);
    let scopes: Vec<Expr<'_>> =
        items.iter().map(|item| module.expr(item.context)).filter(scope).collect();
    if scopes.is_empty() || waits(stmt, body) {
        return;
    }
    for scope in scopes {
        // A context that is entered under the scope may wait.
        let later = items.iter().map(|item| module.expr(item.context));
        let later = later.filter(|it| it.span().start > scope.span().end);
        let asynchronous = matches!(stmt.kind(), StmtKind::With { is_async: true, .. });
        if asynchronous && later.into_iter().any(|it| !is_scope(it)) {
            continue;
        }
        let name = scope.as_call().map_or("this".to_owned(), advice::name_of);
        report
            .finding(
                scope,
                format!("Nothing under `{name}` waits, and only an `await` can be interrupted, so it never does anything; put the waiting under it, or leave it out"),
            )
            .severity(Severity::Medium)
            .confidence(Confidence::Likely);
    }
}

fn is_scope(context: Expr<'_>) -> bool {
    context.as_call().is_some_and(|call| call.has(Tag::Bounds) || call.is_any(&SCOPES))
}

/// Whether the body may wait, or hand control out by `yield`.
fn waits(stmt: Stmt<'_>, body: &[StmtId]) -> bool {
    let module = stmt.module();
    let function = stmt.function();
    let expressions = body.iter().flat_map(|id| module.stmt(*id).expressions());
    let mut own = expressions.filter(|it| it.function() == function);
    let expression = own.any(|it| match it.kind() {
        ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => true,
        ExprKind::Comprehension { clauses, .. } => {
            clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
        }
        _ => false,
    });
    let mut statements = body.iter().flat_map(|id| module.stmt(*id).with_inner());
    expression || statements.any(|it| it.function() == function && is_asynchronous(it))
}

/// Whether an asynchronous statement waits.
fn is_asynchronous(stmt: Stmt<'_>) -> bool {
    let module = stmt.module();
    match stmt.kind() {
        StmtKind::For { is_async: true, .. } => true,
        StmtKind::With { is_async: true, items, body } => items.iter().any(|item| {
            let context = module.expr(item.context);
            if context.as_call().is_some_and(|call| call.is_any(&GROUPS)) {
                return starts(stmt, body);
            }
            !is_scope(context)
        }),
        _ => false,
    }
}

/// Whether something is started in the body of a task group.
fn starts(stmt: Stmt<'_>, body: &[StmtId]) -> bool {
    let mut own = body.iter().flat_map(|id| stmt.module().stmt(*id).expressions());
    own.any(|it| {
        it.function() == stmt.function()
            && it.as_call().is_some_and(|call| {
                matches!(call.method(), Some("start_soon" | "create_task" | "start"))
            })
    })
}
