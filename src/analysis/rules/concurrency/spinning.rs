//! Part of AW101: loops that go round without ever letting other tasks run.

use super::busy_wait::is_endless;
use crate::analysis::rules::blocking::calls;
use crate::analysis::{Confidence, Report};
use crate::python::ast::{Clause, ExprKind, StmtId, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt};

/// Why a loop never gives control back.
enum Spin<'m> {
    /// Nothing in it waits, and nothing ends it.
    Endless,
    /// It only looks at its condition.
    Looks(Expr<'m>),
    /// While these conditions don't hold, it does nothing but to ask them.
    Idle(Expr<'m>),
}

pub(super) fn check(module: &Module<'_>, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        let StmtKind::While { test, body, .. } = stmt.kind() else { continue };
        let in_coroutine = stmt.function().is_some_and(Function::is_async);
        if !in_coroutine || stmt.is_dead() {
            continue;
        }
        let test = module.expr(*test);
        if let Some((spin, confidence)) = spin(stmt, test, body) {
            let what = match spin {
                Spin::Endless => "This loop never ends, and nothing in it awaits".to_owned(),
                Spin::Looks(test) => {
                    format!("This loop does nothing but to look at {}", told(test))
                }
                Spin::Idle(test) => {
                    format!(
                        "While {} does not hold, this loop awaits nothing and changes nothing",
                        told(test)
                    )
                }
            };
            report
                .finding(
                    test,
                    format!("{what}: it keeps the event loop for itself, and what it waits for can't happen; await something in every round, such as an `asyncio.Event`"),
                )
                .confidence(confidence);
        }
    }
}

fn told(test: Expr<'_>) -> String {
    let text = test.text();
    if text.len() <= 60 && !text.contains('\n') {
        format!("`{text}`")
    } else {
        "its condition".to_owned()
    }
}

fn spin<'m>(stmt: Stmt<'m>, test: Expr<'m>, body: &[StmtId]) -> Option<(Spin<'m>, Confidence)> {
    let module = stmt.module();
    let statements: Vec<Stmt<'m>> = body.iter().map(|id| module.stmt(*id)).collect();
    if !is_endless(test) {
        let looks =
            !waits(test) && only_looks(test) && statements.iter().all(|it| says_nothing(*it));
        return looks.then_some((Spin::Looks(test), Confidence::Likely));
    }
    // The loop within keeps the thread, not this one.
    let keeps = |it: Stmt<'_>| match it.kind() {
        StmtKind::While { test, .. } => is_endless(module.expr(*test)),
        _ => false,
    };
    if stmt.with_inner().any(|it| it != stmt && keeps(it)) {
        return idle(stmt, &statements);
    }
    // Code around it may be there for the exception that ends it.
    let foresees = |it: Stmt<'_>| {
        matches!(it.kind(), StmtKind::Try { .. } | StmtKind::With { .. })
            && it.function() == stmt.function()
    };
    if stmt.ancestors().any(foresees) {
        return None;
    }
    if !stmt.expressions().any(gives_way) && !stmt.with_inner().any(|it| is_way_out(stmt, it)) {
        // What is called may raise, and end the loop so.
        let calls = stmt.expressions().any(|it| it.as_call().is_some());
        let confidence = if calls { Confidence::Possible } else { Confidence::Likely };
        return Some((Spin::Endless, confidence));
    }
    idle(stmt, &statements)
}

/// Whether a round may pass all statements by.
fn idle<'m>(stmt: Stmt<'m>, statements: &[Stmt<'m>]) -> Option<(Spin<'m>, Confidence)> {
    let mut tests = Vec::new();
    for statement in statements {
        tests.extend(passed_by(*statement)?);
    }
    let first = *tests.first()?;
    if tests.iter().any(|it| waits(*it)) {
        return None;
    }
    if tests.iter().all(|it| only_looks(*it)) {
        return Some((Spin::Idle(first), Confidence::Likely));
    }
    // What is asked may change things, and the loop end by it.
    let left = stmt.with_inner().any(|it| is_way_out(stmt, it));
    (!left).then_some((Spin::Idle(first), Confidence::Possible))
}

/// Methods and functions that tell how something stands, and change nothing.
const TELLING: [&str; 16] = [
    "done",
    "cancelled",
    "is_set",
    "empty",
    "full",
    "qsize",
    "locked",
    "poll",
    "is_alive",
    "running",
    "exists",
    "is_file",
    "time",
    "monotonic",
    "perf_counter",
    "len",
];

/// Whether asking for the condition changes nothing.
fn only_looks(test: Expr<'_>) -> bool {
    !is_within(test, |it| match it.kind() {
        ExprKind::Call { .. } => {
            let method = it.as_call().and_then(Call::method);
            !method.is_some_and(|it| TELLING.contains(&it))
        }
        ExprKind::Walrus { .. } => true,
        _ => false,
    })
}

/// The conditions under which a round passes the statement by without doing anything; `None` if it always does something.
fn passed_by(stmt: Stmt<'_>) -> Option<Vec<Expr<'_>>> {
    let module = stmt.module();
    match stmt.kind() {
        StmtKind::If { branches, otherwise } if otherwise.is_empty() => {
            Some(branches.iter().map(|(test, _)| module.expr(*test)).collect())
        }
        StmtKind::While { test, otherwise, .. } if otherwise.is_empty() => {
            let test = module.expr(*test);
            (!is_endless(test)).then(|| vec![test])
        }
        _ => says_nothing(stmt).then(Vec::new),
    }
}

fn says_nothing(stmt: Stmt<'_>) -> bool {
    match stmt.kind() {
        StmtKind::Pass | StmtKind::Continue => true,
        StmtKind::Expr(id) => {
            matches!(stmt.module().expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis)
        }
        _ => false,
    }
}

/// Whether something in it lets other tasks run, or waits for something else than the processor, which other rules say.
fn waits(expr: Expr<'_>) -> bool {
    is_within(expr, gives_way)
}

/// The same for the expression without its parts.
fn gives_way(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) | ExprKind::Opaque(_) => {
            true
        }
        ExprKind::Comprehension { clauses, .. } => {
            clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
        }
        ExprKind::Call { .. } => expr.as_call().is_some_and(calls::blocks),
        _ => false,
    }
}

fn is_within(expr: Expr<'_>, is: impl Fn(Expr<'_>) -> bool) -> bool {
    let mut todo = vec![expr];
    while let Some(it) = todo.pop() {
        if is(it) {
            return true;
        }
        todo.extend(it.children());
    }
    false
}

/// Whether the statement may leave the loop, or let other tasks run.
fn is_way_out(outer: Stmt<'_>, stmt: Stmt<'_>) -> bool {
    if stmt.function() != outer.function() {
        return false;
    }
    match stmt.kind() {
        StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert(_)
        | StmtKind::Opaque(..) => true,
        StmtKind::With { is_async, .. } => *is_async,
        StmtKind::For { is_async, .. } => *is_async,
        StmtKind::Break => {
            let repeats =
                |it: &Stmt<'_>| matches!(it.kind(), StmtKind::While { .. } | StmtKind::For { .. });
            stmt.ancestors().find(repeats) == Some(outer)
        }
        _ => false,
    }
}
