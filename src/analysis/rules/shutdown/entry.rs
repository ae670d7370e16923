//! What a program's start and its end look like: who runs the event loop, what runs for as long as it does, what starts up.

use crate::python::ast::{ExprKind, Handler, StmtKind};
use crate::python::{Call, Expr, Function, Stmt};

/// What a loop without an end waits for in each of its turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turns {
    /// For time, or for somebody in this program: nothing but cancellation ends it.
    Own,
    /// For something that may fail when it is closed: a connection, say.
    Other,
}

/// What waits here for something that only this program gives.
const OWN: [&str; 8] = [
    "asyncio.sleep",
    "asyncio.Queue.get",
    "asyncio.Event.wait",
    "asyncio.Condition.wait",
    "asyncio.Semaphore.acquire",
    "asyncio.Lock.acquire",
    "asyncio.wait_for",
    "asyncio.wait",
];

/// The loop of the function that is left by an exception only: `while True` with neither `break` nor `return`, but for those
/// where cancellation is caught.
pub(super) fn endless_loop(function: Function<'_>) -> Option<Stmt<'_>> {
    let module = function.module();
    function.statements().find(|stmt| match stmt.kind() {
        StmtKind::While { test, .. } => {
            let test = module.expr(*test);
            let always = matches!(test.kind(), ExprKind::Bool(true)) || test.text() == "1";
            always && !is_left(*stmt)
        }
        _ => false,
    })
}

/// What the loop waits for.
pub(super) fn turns(endless: Stmt<'_>) -> Turns {
    let own = |expr: Expr<'_>| {
        expr.function() == endless.function() && expr.as_call().is_some_and(|it| it.is_any(&OWN))
    };
    if endless.expressions().any(own) { Turns::Own } else { Turns::Other }
}

fn is_left(endless: Stmt<'_>) -> bool {
    let own = endless.with_inner().skip(1).filter(|it| it.function() == endless.function());
    own.into_iter().any(|stmt| {
        let leaves = match stmt.kind() {
            StmtKind::Return(_) | StmtKind::Raise { .. } => true,
            StmtKind::Break => loop_of(stmt) == Some(endless),
            _ => false,
        };
        leaves && !is_told_to_end(stmt, endless)
    })
}

/// The loop that a `break` ends.
fn loop_of(stmt: Stmt<'_>) -> Option<Stmt<'_>> {
    stmt.ancestors().find(|it| matches!(it.kind(), StmtKind::For { .. } | StmtKind::While { .. }))
}

/// Whether the statement stands in a handler of cancellation.
fn is_told_to_end(stmt: Stmt<'_>, endless: Stmt<'_>) -> bool {
    let module = stmt.module();
    let cancelled = |handler: &Handler| {
        let caught = handler.exceptions.map(|it| module.expr(it).text()).unwrap_or_default();
        handler.span.contains(stmt.span()) && caught.contains("CancelledError")
    };
    stmt.ancestors().take_while(|it| *it != endless).any(|around| match around.kind() {
        StmtKind::Try { handlers, .. } => handlers.iter().any(cancelled),
        _ => false,
    })
}

/// Whether an asynchronous generator sets something up before it yields, and tears it down behind: a lifespan, a context
/// manager, a fixture. Gives the `yield`, if there is only one.
pub(in crate::analysis::rules) fn only_yield(function: Function<'_>) -> Option<Expr<'_>> {
    if !function.is_async() || !function.node().is_generator {
        return None;
    }
    let mut yields =
        function.expressions().filter(|expr| matches!(expr.kind(), ExprKind::Yield(_)));
    let only = yields.next()?;
    (yields.next().is_none() && !only.in_loop()).then_some(only)
}

/// Whether the function starts something up that is ended elsewhere, as its name says.
pub(super) fn starts_up(function: Function<'_>) -> bool {
    let name = function.name().trim_start_matches('_').to_lowercase();
    ["startup", "start_up", "on_start", "lifespan", "start_background", "before_serving"]
        .iter()
        .any(|word| name.contains(word))
        || matches!(name.as_str(), "start" | "setup" | "run_background_tasks")
}

/// The function whose coroutine a task runs, when it is one of the repository.
pub(super) fn run_by(task: Call<'_>) -> Option<Function<'_>> {
    task.positional(0)?.as_call()?.function()
}

/// Whether the call stands in a method that ends what its object does.
pub(in crate::analysis::rules) fn shuts_down(call: Call<'_>) -> bool {
    const WORDS: [&str; 9] = [
        "close",
        "stop",
        "shutdown",
        "shut_down",
        "cleanup",
        "teardown",
        "aexit",
        "disconnect",
        "cancel",
    ];
    let name = call.expr().function().map(Function::name).unwrap_or_default();
    WORDS.iter().any(|word| name.contains(word))
}
