//! Part of AW302: what `__aexit__` does, and what it leaves undone.

use super::broken_async_context_manager::own;
use super::cleaning::{cleans, is_a_cleaners_name};
use crate::analysis::rules::advice;
use crate::analysis::rules::classes::is_stub;
use crate::analysis::{Category, Confidence, Report, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::flow::{self, Ways};
use crate::python::{Call, Class, Expr, Function, Stmt};

pub(super) fn check(class: Class<'_>, exit: Function<'_>, report: &mut Report) {
    if !exit.is_async() || !exit.node().decorators.is_empty() {
        return;
    }
    let found =
        swallows(class, exit, report) || forgets(class, exit, report) || breaks_off(exit, report);
    if !found && exit.expressions().filter_map(Expr::as_call).any(cleans) {
        report.satisfied(exit.name_span());
    }
}

/// It returns `True` whatever has happened.
fn swallows(class: Class<'_>, exit: Function<'_>, report: &mut Report) -> bool {
    let module = exit.module();
    let ways = flow::exits(&module, &exit.node().body, Ways::Regular);
    let name = class.name().to_lowercase();
    let meant =
        ["suppress", "ignor", "swallow", "silen", "catch"].iter().any(|it| name.contains(it));
    let says_true = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Return(Some(value)) => {
            matches!(module.expr(*value).kind(), ExprKind::Bool(true))
        }
        _ => false,
    };
    let leaves: Vec<Stmt<'_>> = ways.leaves.iter().map(|id| module.stmt(*id)).collect();
    if ways.falls || meant || leaves.is_empty() || !leaves.iter().all(|it| says_true(*it)) {
        return false;
    }
    report
        .finding(
            leaves[0],
            format!("returning `True` swallows every exception raised inside `async with {}(…)`, cancellation and time-outs included; return nothing, or `True` only for the exceptions that are meant", class.name()),
        )
        .category(Category::Cancellation)
        .confidence(Confidence::Likely);
    true
}

/// It does nothing, though `__aenter__` opens what a method of the class closes.
fn forgets(class: Class<'_>, exit: Function<'_>, report: &mut Report) -> bool {
    let nothing = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Pass => true,
        StmtKind::Return(value) => value.is_none_or(|id| {
            matches!(stmt.module().expr(id).kind(), ExprKind::None | ExprKind::Bool(false))
        }),
        StmtKind::Expr(id) => {
            matches!(stmt.module().expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis)
        }
        _ => false,
    };
    if !exit.body().all(nothing) || !exit.overrides().is_empty() {
        return false;
    }
    let Some(enter) = own(class, "__aenter__").filter(|it| it.is_async()) else { return false };
    let Some(opened) = enter.expressions().find_map(opens) else { return false };
    let methods = class.methods();
    let closer = methods.iter().find(|it| {
        let name = it.name().trim_matches('_');
        let names = ["close", "aclose", "disconnect", "stop", "shutdown", "cleanup", "release"];
        names.contains(&name) && !is_stub(**it)
    });
    // A limiter's `acquire` is not given back.
    let acquired = opened.method() == Some("acquire")
        && opened.name().is_some_and(|name| name.starts_with("asyncio."));
    let cure = match closer {
        Some(it) if it.is_async() => format!("await `self.{}()` in it", it.name()),
        Some(it) => format!("call `self.{}()` in it", it.name()),
        None if acquired => "release it there".to_owned(),
        None => return false,
    };
    report
        .finding(
            exit.name_span(),
            format!("leaving `async with {}(…)` gives nothing back: `__aenter__` calls `{}`, and this does nothing; {cure}", class.name(), advice::name_of(opened)),
        )
        .confidence(Confidence::Likely)
        .related(opened.callee(), "this is what stays open");
    true
}

/// An awaited call on `self`, or on an attribute of it, that opens something by its name.
fn opens(expr: Expr<'_>) -> Option<Call<'_>> {
    const OPENERS: [&str; 8] =
        ["connect", "open", "start", "acquire", "login", "setup", "initialize", "init"];
    let call = expr.as_call().filter(|_| expr.is_awaited())?;
    let own = call.receiver()?.text().split('.').next() == Some("self");
    let word = call.method()?.trim_matches('_').split('_').next()?;
    (own && OPENERS.contains(&word)).then_some(call)
}

/// Something that may fail stands in front of a clean-up, with no `try` around it.
fn breaks_off(exit: Function<'_>, report: &mut Report) -> bool {
    let mut first: Option<Risk<'_>> = None;
    let mut cancelled: Vec<&str> = Vec::new();
    for stmt in exit.body() {
        let calls: Vec<Call<'_>> = stmt.expressions().filter_map(Expr::as_call).collect();
        if let Some(risk) = first
            && let Some(later) = calls.iter().find(|it| cleans(**it) && risk.is_other(**it))
        {
            skipped(risk, *later, report);
            return true;
        }
        if first.is_none() && !is_careful(stmt) {
            first = stmt.expressions().find_map(|expr| Risk::of(expr, &cancelled));
        }
        let cancels = calls.iter().filter(|it| it.method() == Some("cancel"));
        cancelled.extend(cancels.filter_map(|it| it.receiver()).map(Expr::text));
    }
    false
}

/// Whether what the statement raises does not end the function.
fn is_careful(stmt: Stmt<'_>) -> bool {
    match stmt.kind() {
        StmtKind::Try { .. } | StmtKind::With { .. } => true,
        StmtKind::If { .. } => stmt
            .with_inner()
            .any(|it| matches!(it.kind(), StmtKind::Try { .. } | StmtKind::With { .. })),
        _ => false,
    }
}

/// Something awaited that may raise.
#[derive(Clone, Copy)]
struct Risk<'m> {
    expr: Expr<'m>,
    /// A task that was just cancelled: awaiting it does raise.
    cancelled: bool,
}

impl<'m> Risk<'m> {
    fn of(expr: Expr<'m>, cancelled: &[&str]) -> Option<Self> {
        let ExprKind::Await(operand) = expr.kind() else { return None };
        let operand = expr.module().expr(*operand);
        if cancelled.contains(&operand.text()) {
            return Some(Self { expr: operand, cancelled: true });
        }
        let call = operand.as_call()?;
        let gathers = call.keyword("return_exceptions").is_some();
        // What is done behind it depends on what this gives: it is no clean-up itself.
        let decides = !expr.bound_to().is_empty();
        let harmless = gathers || decides || call.is_any(&["asyncio.sleep", "asyncio.wait"]);
        (!harmless).then_some(Self { expr: operand, cancelled: false })
    }

    /// Whether a clean-up is about something else.
    fn is_other(self, later: Call<'m>) -> bool {
        let root = |it: Call<'m>| it.receiver().map(Expr::text);
        let own = self.expr.as_call();
        // `writer.close()` and `await writer.wait_closed()` belong together.
        own.is_none_or(|it| root(it) != root(later) || root(it) == Some("self"))
            && self.expr.text() != later.receiver().map_or("", Expr::text)
    }
}

fn skipped(risk: Risk<'_>, later: Call<'_>, report: &mut Report) {
    let behind = advice::name_of(later);
    let what = advice::quoted(risk.expr, "this");
    if risk.cancelled {
        report
            .finding(
                risk.expr,
                format!("awaiting {what}, which was just cancelled, raises `CancelledError`, so `{behind}` behind it never runs; await it in a `try` with `except asyncio.CancelledError`, or put the rest in a `finally`"),
            )
            .confidence(Confidence::Likely)
            .related(later.callee(), "this is skipped");
        return;
    }
    let closes = risk.expr.as_call().and_then(Call::method).is_some_and(is_a_cleaners_name);
    report
        .finding(
            risk.expr,
            format!("when {what} raises or is cancelled, `{behind}` behind it never runs and what it closes stays open; put it in a `finally`"),
        )
        .severity(Severity::Medium)
        .confidence(if closes { Confidence::Possible } else { Confidence::Likely })
        .related(later.callee(), "this is skipped");
}
