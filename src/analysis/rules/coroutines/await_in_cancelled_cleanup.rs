use super::cancellation::{Cancellation, Tried, is_cancelled, is_task, named};
use super::scopes::{Flavour, flavour, is_in_a_scope, is_protected, is_shielded};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{Clause, ExprKind, Handler, StmtId, StmtKind};
use crate::python::{Expr, Function, Module, Span, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW218",
    name: "await-in-cancelled-cleanup",
    item: Some(Item(21)),
    also: &[Item(23), Item(22)],
    severity: Severity::Low,
    category: Category::Cancellation,
    page: include_str!("await_in_cancelled_cleanup.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let flavour = flavour(module);
    let cancellation = Cancellation::of(module);
    let mut said = Vec::new();
    for stmt in module.statements_in_focus() {
        let StmtKind::Try { handlers, finally, body, .. } = stmt.kind() else { continue };
        let Some(function) = cancellation.coroutine_of(stmt) else { continue };
        let tried = Tried { stmt, function, body, handlers, finally: finally.as_deref() };
        // Under asyncio cancellation arrives once, so that only a `try` that waits can be left by it.
        if flavour == Flavour::Asyncio && tried.awaits().is_empty() {
            continue;
        }
        for handler in handlers.iter().filter(|it| catches(module, &tried, it)) {
            waits(&tried, &handler.body, flavour, &mut said, report);
        }
        if let Some(finally) = tried.finally {
            waits(&tried, finally, flavour, &mut said, report);
        }
        if flavour == Flavour::Levels {
            for handler in handlers.iter().filter(|it| !catches(module, &tried, it)) {
                raising(&tried, handler, &said, report);
            }
        }
    }
    let exits = module.functions_in_focus().filter(|it| it.is_async() && it.name() == "__aexit__");
    if flavour == Flavour::Levels {
        exits.for_each(|it| leaving(it, &said, report));
    }
}

/// An `__aexit__` runs in the cancelled scope too, when it is that which ends the body of the `async with`.
fn leaving(exit: Function<'_>, said: &[Span], report: &mut Report) {
    for (awaited, place) in waiting(exit, &exit.node().body) {
        let hands_on = awaited.as_call().is_some_and(|it| it.method() == Some("__aexit__"));
        if said.contains(&place)
            || hands_on
            || is_protected(awaited, None)
            || ends_at_once(awaited, Flavour::Levels)
        {
            continue;
        }
        let what = advice::quoted(awaited, "this");
        report
            .finding(
                place,
                format!("When the scope around the `async with` is cancelled, {what} in `__aexit__` raises `Cancelled` at once, so the clean-up is not done; put it under a `CancelScope(shield=True)` with a deadline"),
            )
            .confidence(Confidence::Possible);
    }
}

/// Whether the handler runs when the coroutine is cancelled.
fn catches(module: &Module, tried: &Tried<'_>, handler: &Handler) -> bool {
    let all = named(module, handler);
    let broad =
        handler.exceptions.is_none() || all.iter().any(|it| it.is("builtins.BaseException"));
    (broad || all.iter().any(|it| is_cancelled(*it))) && !tried.is_caught_before(handler)
}

/// What of a clean-up waits without protection: the first under asyncio, all under anyio and trio.
fn waits(
    tried: &Tried<'_>,
    block: &[StmtId],
    flavour: Flavour,
    said: &mut Vec<Span>,
    report: &mut Report,
) {
    for (awaited, place) in waiting(tried.function, block) {
        if said.contains(&place)
            || is_protected(awaited, Some(tried.stmt))
            || is_shielded(tried.stmt)
            || ends_at_once(awaited, flavour)
            || is_dealt_with(awaited, tried.stmt)
        {
            continue;
        }
        said.push(place);
        state(awaited, place, flavour, is_in_a_scope(tried.stmt), report);
        if flavour == Flavour::Asyncio {
            break;
        }
    }
}

/// Whether a `try` between the two catches the cancellation that arrives at the `await`.
fn is_dealt_with(awaited: Expr<'_>, outermost: Stmt<'_>) -> bool {
    let module = &awaited.module();
    let mut around = awaited.stmt().ancestors().take_while(|stmt| *stmt != outermost);
    around.any(|stmt| {
        let StmtKind::Try { body, handlers, .. } = stmt.kind() else { return false };
        body.iter().any(|id| module.stmt(*id).span().contains(awaited.span()))
            && handlers.iter().any(|it| named(module, it).iter().any(|it| is_cancelled(*it)))
    })
}

/// What the block waits for, and where that is shown.
fn waiting<'m>(function: Function<'m>, block: &[StmtId]) -> Vec<(Expr<'m>, Span)> {
    let module = function.module();
    let function = Some(function);
    let mut found: Vec<(Expr<'m>, Span)> = Vec::new();
    let expressions = block.iter().flat_map(|id| module.stmt(*id).expressions());
    for expr in expressions.filter(|it| it.function() == function) {
        if let ExprKind::Await(inner) = expr.kind() {
            found.push((module.expr(*inner), expr.span()));
        }
    }
    let statements = block.iter().flat_map(|id| module.stmt(*id).with_inner());
    for stmt in statements.filter(|it| it.function() == function) {
        found.extend(enters(stmt));
    }
    found.sort_by_key(|(_, place)| place.start);
    found
}

/// What an asynchronous statement waits for. A nursery does not wait for anything of its own.
fn enters(stmt: Stmt<'_>) -> Option<(Expr<'_>, Span)> {
    let module = stmt.module();
    let word = Span::new(stmt.span().start, stmt.span().start + "async".len() as u32);
    match stmt.kind() {
        StmtKind::For { is_async: true, iter, .. } => Some((module.expr(*iter), word)),
        StmtKind::With { is_async: true, items, .. } => {
            let harmless = [
                "trio.open_nursery",
                "anyio.create_task_group",
                "asyncio.timeout",
                "asyncio.TaskGroup",
            ];
            let waits = items.iter().map(|item| module.expr(item.context));
            let waits = waits
                .into_iter()
                .find(|it| !it.as_call().is_some_and(|call| call.is_any(&harmless)));
            waits.map(|it| (it, word))
        }
        _ => None,
    }
}

/// Whether what is awaited ends by itself at once, or was cancelled just before.
fn ends_at_once(awaited: Expr<'_>, flavour: Flavour) -> bool {
    let Some(call) = awaited.as_call() else {
        return flavour == Flavour::Asyncio && awaited.is_awaited() && is_task(awaited);
    };
    let bare = call.args().is_empty();
    match flavour {
        Flavour::Levels => {
            (call.method() == Some("aclose") && bare && call.receiver().is_some())
                || call.method().is_some_and(|it| it.starts_with("__aexit"))
                || (call.method() == Some("set") && bare)
                || call.function().is_some_and(only_checks)
                || call.function().is_some_and(never_waits)
                || is_shielded_from_here(awaited)
                || (bare && call.text().contains("lowlevel.cancel_shielded_checkpoint"))
                || call.is_any(&["trio.aclose_forcefully", "anyio.aclose_forcefully"])
        }
        // That what was just closed is closed is waited for, and has to be.
        Flavour::Asyncio => {
            is_task(awaited)
                || call.is("asyncio.sleep")
                || bare && call.method() == Some("wait_closed")
        }
    }
}

/// Whether all that the coroutine of the repository waits for is a checkpoint that is shielded.
fn only_checks(function: Function<'_>) -> bool {
    let mut awaits = function.expressions().filter_map(|it| match it.kind() {
        ExprKind::Await(operand) => Some(it.module().expr(*operand)),
        _ => None,
    });
    let shielded = |it: Expr<'_>| it.text().contains("cancel_shielded_checkpoint()");
    function.is_async() && awaits.next().is_some_and(shielded) && awaits.all(shielded)
}

/// Whether the coroutine of the repository gives control to the loop nowhere, so that cancellation can't arrive in it.
fn never_waits(function: Function<'_>) -> bool {
    let waits = |expr: Expr<'_>| match expr.kind() {
        ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::Opaque(_) => true,
        ExprKind::Comprehension { clauses, .. } => {
            clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
        }
        _ => false,
    };
    let enters = |stmt: Stmt<'_>| {
        matches!(
            stmt.kind(),
            StmtKind::With { is_async: true, .. }
                | StmtKind::For { is_async: true, .. }
                | StmtKind::Opaque(..)
        )
    };
    let says_something = |stmt: Stmt<'_>| {
        !matches!(stmt.kind(), StmtKind::Pass | StmtKind::Raise { .. })
            && !stmt.expressions().all(|it| matches!(it.kind(), ExprKind::Str | ExprKind::Ellipsis))
    };
    function.is_async()
        && function.body().any(says_something)
        && !function.expressions().any(waits)
        && !function.statements().any(enters)
}

/// Whether the function has told a scope before, whichever, to shield what follows: `group.cancel_scope.shield = True`.
fn is_shielded_from_here(awaited: Expr<'_>) -> bool {
    let module = awaited.module();
    let own = awaited.function().into_iter().flat_map(Function::statements);
    own.filter(|stmt| stmt.span().end < awaited.span().start).any(|stmt| {
        let StmtKind::Assign { targets, value } = stmt.kind() else { return false };
        matches!(module.expr(*value).kind(), ExprKind::Bool(true))
            && targets.iter().any(|id| {
                let text = module.expr(*id).text();
                let scope = text.strip_suffix(".cancel_scope.shield");
                scope.is_some_and(|scope| awaited.text().starts_with(scope))
            })
    })
}

fn imports_anyio(module: &Module) -> bool {
    module.statements().any(|stmt| match stmt.kind() {
        StmtKind::Import(names) => names.iter().any(|alias| alias.name.starts_with("anyio")),
        StmtKind::ImportFrom { module, level: 0, .. } => module.starts_with("anyio"),
        _ => false,
    })
}

fn state(awaited: Expr<'_>, place: Span, flavour: Flavour, scoped: bool, report: &mut Report) {
    let what = advice::quoted(awaited, "this");
    if flavour == Flavour::Levels {
        // With asyncio below, cancellation comes from elsewhere as a rule, and once.
        let sure = scoped || !imports_anyio(&awaited.module());
        report
            .finding(
                place,
                format!("In a cancelled scope {what} raises `Cancelled` at once, so this clean-up is not done; put it under a `CancelScope(shield=True)` with a deadline"),
            )
            .severity(if sure { Severity::Medium } else { Severity::Low })
            .confidence(Confidence::Likely);
        return;
    }
    let advice = if report.target() >= PythonVersion(3, 11) {
        "bound it with `asyncio.timeout`, and `asyncio.shield` what has to be done"
    } else {
        "bound it with `asyncio.wait_for`, and `asyncio.shield` what has to be done"
    };
    report
        .finding(
            place,
            format!("While the task is being cancelled {what} may hold it up for ever, and a second cancellation leaves this clean-up half done; {advice}"),
        )
        .confidence(Confidence::Likely);
}

/// An `await` before the `raise` of a handler: when it is cancelled, the exception at hand is lost.
fn raising(tried: &Tried<'_>, handler: &Handler, said: &[Span], report: &mut Report) {
    let module = &tried.stmt.module();
    let own = handler.body.iter().flat_map(|id| module.stmt(*id).with_inner());
    let raises = own.filter(|stmt| {
        matches!(stmt.kind(), StmtKind::Raise { .. })
            && stmt.function() == Some(tried.function)
            && !stmt.is_dead()
    });
    let Some(last) = raises.map(|stmt| stmt.span().start).max() else { return };
    for (awaited, place) in waiting(tried.function, &handler.body) {
        if place.start > last
            || said.contains(&place)
            || is_protected(awaited, Some(tried.stmt))
            || ends_at_once(awaited, Flavour::Levels)
        {
            continue;
        }
        report
            .finding(
                place,
                "When this is cancelled, the exception that is being handled is lost; put it under a `CancelScope(shield=True)` with a deadline",
            )
            .confidence(Confidence::Possible);
    }
}
