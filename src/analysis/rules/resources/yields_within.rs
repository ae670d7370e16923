//! Part of AW305: generators that hand out control while they are in a scope of cancellation, or hold something to clean up.

use crate::analysis::rules::advice;
use crate::analysis::{Confidence, Report, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Stmt, Tag};

/// Scopes that belong to the task that enters them, and must be left in the same order; and contexts of libraries that open
/// one within.
const SCOPES: [&str; 28] = [
    "asyncio.TaskGroup",
    "anyio.create_task_group",
    "anyio.CancelScope",
    "anyio.move_on_after",
    "anyio.fail_after",
    "anyio.from_thread.BlockingPortal",
    "anyio.from_thread.start_blocking_portal",
    "trio.open_nursery",
    "trio.CancelScope",
    "trio.move_on_after",
    "trio.move_on_at",
    "trio.fail_after",
    "trio.fail_at",
    "trio_asyncio.open_loop",
    "trio_parallel.open_worker_context",
    "trio_util.move_on_when",
    "trio_util.run_and_cancelling",
    "trio_websocket.open_websocket",
    "trio_websocket.open_websocket_url",
    "trio_websocket.serve_websocket",
    "qtrio.open_emissions_nursery",
    "qtrio.enter_emissions_channel",
    "asgi_lifespan.LifespanManager",
    "apscheduler.AsyncScheduler",
    "mcp.client.sse.sse_client",
    "mcp.client.stdio.stdio_client",
    "mcp.client.streamable_http.streamablehttp_client",
    "mcp.client.websocket.websocket_client",
];

/// What is around a `yield`.
enum Around<'m> {
    Scope(Call<'m>),
    Context(Expr<'m>),
}

pub(super) fn check(function: Function<'_>, report: &mut Report) {
    if !function.node().decorators.is_empty() {
        return;
    }
    let yields: Vec<Expr<'_>> =
        function.expressions().filter(|it| matches!(it.kind(), ExprKind::Yield(_))).collect();
    let goes_on = yields.len() > 1 || yields.iter().any(|it| it.in_loop());
    // One that yields once may be a context manager that whoever takes it makes of it.
    if !goes_on && function.is_handed_over() {
        return;
    }
    let mut said: Vec<Stmt<'_>> = Vec::new();
    for given in yields {
        let Some((stmt, around)) = around(given, function) else { continue };
        if said.contains(&stmt) {
            continue;
        }
        said.push(stmt);
        match around {
            Around::Scope(call) => within_scope(given, call, report),
            Around::Context(context) => within_context(given, context, function, report),
        }
    }
}

/// The scope that the `yield` stands in; in an asynchronous generator the innermost context, if there is none.
fn around<'m>(given: Expr<'m>, function: Function<'m>) -> Option<(Stmt<'m>, Around<'m>)> {
    let module = function.module();
    let own = given.stmt().ancestors().take_while(|it| it.function() == Some(function));
    let contexts = own.into_iter().flat_map(|stmt| match stmt.kind() {
        StmtKind::With { items, .. } => {
            items.iter().map(|item| (stmt, module.expr(item.context))).collect()
        }
        _ => Vec::new(),
    });
    let contexts: Vec<(Stmt<'m>, Expr<'m>)> = contexts.collect();
    let scope = |(stmt, context): &(Stmt<'m>, Expr<'m>)| {
        let call = context.as_call().filter(|it| it.is_any(&SCOPES) || it.has(Tag::Bounds))?;
        Some((*stmt, Around::Scope(call)))
    };
    let holds = |context: Expr<'_>| !context.as_call().is_some_and(|it| it.has(Tag::Suppresses));
    contexts.iter().find_map(scope).or_else(|| {
        let held = contexts.iter().find(|(_, context)| holds(*context));
        held.filter(|_| function.is_async())
            .map(|(stmt, context)| (*stmt, Around::Context(*context)))
    })
}

fn within_scope(given: Expr<'_>, scope: Call<'_>, report: &mut Report) {
    let name = advice::name_of(scope);
    report
        .finding(
            given,
            format!("this `yield` hands control out within `{name}(…)`: when that cancels, it hits whatever the caller does meanwhile, and a generator that is dropped leaves the scope in another task, which raises an exception; yield outside of it, or pass the items on by a queue"),
        )
        .confidence(Confidence::Likely)
        .related(scope.callee(), "the scope is entered here");
}

/// Something stays open for as long as whoever iterates likes. Where the file itself shows who does, that is judged there.
fn within_context(given: Expr<'_>, context: Expr<'_>, function: Function<'_>, report: &mut Report) {
    let module = function.module();
    let known = module.calls().any(|call| call.function() == Some(function));
    if known || function.is_handed_over() {
        return;
    }
    let what = advice::quoted(context, "the context around it");
    report
        .finding(
            given,
            format!("{what} stays open over this `yield`: who stops iterating early leaves it to the garbage collector, which closes it later and in another task; close it with `aclose` in a `finally` of the loop that iterates, or decorate this with `asynccontextmanager` if it is meant for `async with`"),
        )
        .severity(Severity::Low)
        .confidence(Confidence::Possible);
}
