//! Loops that work for as long as the program runs, and what an exception in one of their turns does.

use super::boundary::{is_broad, tries_around};
use super::work::asks_outside;
use crate::analysis::rules::coroutines::{is_cancelled, is_careful, named};
use crate::python::ast::{Handler, StmtKind};
use crate::python::{Call, Expr, ExprKind, Function, Module, Stmt, Tag};

/// Methods that wait for work, for time or for a sign, or hand it on within the process; and those that only tell.
const HARMLESS: [&str; 28] = [
    "sleep",
    "wait",
    "wait_for",
    "get",
    "put",
    "join",
    "acquire",
    "release",
    "gather",
    "checkpoint",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "sleep_until",
    "get_nowait",
    "put_nowait",
    "shield",
    "drain",
    "read",
    "receive",
    "recv",
    "__anext__",
    "anext",
    "readexactly",
    "readline",
    "readuntil",
];

/// An endless loop of a coroutine function.
pub(super) struct Service<'m> {
    pub(super) function: Function<'m>,
    pub(super) turns: Stmt<'m>,
    /// What may end it by an exception that nothing in a turn stops.
    pub(super) exposed: Option<Expr<'m>>,
    /// Whether errors are dealt with in a turn.
    pub(super) is_guarded: bool,
}

/// Whether the file of a function makes a task of it, so that what is to say of that is said there.
pub(super) fn is_started_at_home(function: Function<'_>) -> bool {
    let mut tasks = function.module().calls().filter(|it| it.has(Tag::MakesTask));
    tasks.any(|it| {
        it.positional(0).and_then(Expr::as_call).and_then(Call::function) == Some(function)
    })
}

/// The endless loop that a coroutine function runs.
pub(super) fn service(function: Function<'_>) -> Option<Service<'_>> {
    if !function.is_async() || function.node().is_generator {
        return None;
    }
    let module = function.module();
    let turns = function.statements().find(|stmt| is_endless(*stmt))?;
    if tries_around(turns).any(|outer| stops_errors(&module, outer)) {
        return None;
    }
    // Whose author has thought of errors in a turn lets those pass that he means to.
    let considers = turns.with_inner().any(|it| stops_errors(&module, it));
    let mut awaits = turns.expressions().filter(|it| {
        !considers && it.function() == Some(function) && matches!(it.kind(), ExprKind::Await(_))
    });
    let exposed = awaits.find_map(|awaited| {
        let ExprKind::Await(operand) = awaited.kind() else { return None };
        let operand = module.expr(*operand);
        let fails = operand.as_call().is_some_and(may_fail);
        (fails && !is_stopped(awaited, turns)).then_some(operand)
    });
    Some(Service { function, turns, exposed, is_guarded: considers })
}

/// `while True`, or a loop for as long as the program runs: `while self.running`, `while not stop.is_set()`.
fn is_endless(stmt: Stmt<'_>) -> bool {
    let StmtKind::While { test, .. } = stmt.kind() else { return false };
    let module = stmt.module();
    let test = module.expr(*test);
    let leaves = stmt.with_inner().any(|it| {
        it.function() == stmt.function() && matches!(it.kind(), StmtKind::Return(Some(_)))
    });
    let expires = |it: Stmt<'_>| match it.kind() {
        StmtKind::Try { handlers, .. } => {
            handlers.iter().any(|handler| times_out(&module, handler) && breaks(&module, handler))
        }
        _ => false,
    };
    let ends = stmt.with_inner().any(|it| it.function() == stmt.function() && expires(it));
    let lasting = match test.kind() {
        ExprKind::Bool(true) => true,
        ExprKind::Number => test.text() != "0",
        ExprKind::Attribute { .. } => true,
        ExprKind::Not(inner) => {
            let inner = module.expr(*inner);
            let asked = inner.as_call().is_some_and(|call| call.method() == Some("is_set"));
            asked || matches!(inner.kind(), ExprKind::Attribute { .. })
        }
        _ => false,
    };
    lasting && !leaves && !ends
}

/// Whether the handler is for a time that is up.
fn times_out(module: &Module<'_>, handler: &Handler) -> bool {
    named(module, handler)
        .iter()
        .any(|it| it.is_any(&["asyncio.TimeoutError", "builtins.TimeoutError"]))
}

/// Whether the handler ends the loop around it: nothing came for long enough.
fn breaks(module: &Module<'_>, handler: &Handler) -> bool {
    handler.body.iter().any(|id| matches!(module.stmt(*id).kind(), StmtKind::Break))
}

/// Whether an exception of a turn is stopped before it ends the loop: somebody has thought of errors there.
fn is_stopped(awaited: Expr<'_>, turns: Stmt<'_>) -> bool {
    let module = awaited.module();
    let span = turns.span();
    let stmt = awaited.stmt();
    let own = std::iter::once(stmt).filter(|it| matches!(it.kind(), StmtKind::Try { .. }));
    own.chain(tries_around(stmt))
        .take_while(|outer| span.contains(outer.span()))
        .any(|outer| stops_errors(&module, outer))
        || is_suppressed(stmt)
}

/// Whether a `try` has a handler for more than cancellation and the end of what is read.
fn stops_errors(module: &Module<'_>, stmt: Stmt<'_>) -> bool {
    const ENDS: [&str; 5] = [
        "asyncio.QueueShutDown",
        "builtins.StopAsyncIteration",
        "builtins.KeyboardInterrupt",
        "asyncio.TimeoutError",
        "builtins.TimeoutError",
    ];
    let StmtKind::Try { handlers, .. } = stmt.kind() else { return false };
    handlers.iter().any(|handler| {
        is_broad(module, handler)
            || !named(module, handler).iter().all(|it| is_cancelled(*it) || it.is_any(&ENDS))
    })
}

/// Whether it stands in a `with` that may swallow errors: one of a name that says so, or one that is unknown.
fn is_suppressed(stmt: Stmt<'_>) -> bool {
    let module = stmt.module();
    let around = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    around.into_iter().any(|outer| match outer.kind() {
        StmtKind::With { items, .. } => items.iter().any(|item| {
            let text = module.expr(item.context).text().to_ascii_lowercase();
            ["suppress", "error", "exception", "catch", "ignore"].iter().any(|it| text.contains(it))
        }),
        _ => false,
    })
}

/// Whether awaiting the call may raise for a reason that a turn should survive.
fn may_fail(call: Call<'_>) -> bool {
    let method = call.method().unwrap_or_default();
    if is_harmless(call) || method.contains("sleep") || method.contains("wait") {
        return false;
    }
    match call.function() {
        Some(function) => !is_careful(function) && does_more(function, 0),
        None => true,
    }
}

/// Whether the call only waits or hands on, as its name says; unless it is known to ask something outside the process.
fn is_harmless(call: Call<'_>) -> bool {
    call.method().is_some_and(|method| HARMLESS.contains(&method)) && !asks_outside(call)
}

/// Whether a function of the repository does anything that may fail.
fn does_more(function: Function<'_>, depth: u32) -> bool {
    let mut awaits = function.expressions().filter_map(|it| match it.kind() {
        ExprKind::Await(operand) => Some(function.module().expr(*operand)),
        _ => None,
    });
    awaits.any(|awaited| {
        let stopped = tries_around(awaited.stmt()).any(|it| stops_errors(&awaited.module(), it));
        !stopped
            && awaited.as_call().is_some_and(|call| {
                !is_harmless(call)
                    && match call.function() {
                        Some(inner) => {
                            depth < 3 && inner != function && does_more(inner, depth + 1)
                        }
                        None => true,
                    }
            })
    })
}
