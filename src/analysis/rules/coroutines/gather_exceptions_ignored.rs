use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW210",
    name: "gather-exceptions-ignored",
    item: Some(Item(18)),
    also: &[Item(58)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("gather_exceptions_ignored.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls() {
        let asked = call.is("asyncio.gather")
            && call
                .keyword("return_exceptions")
                .is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)));
        if !asked || call.expr().context() == Context::Never || waits_for_cancelled(call) {
            continue;
        }
        if drops(call) {
            report.finding(
                call.callee(),
                "With `return_exceptions=True` a failure is only a value in the list, and the list is dropped here, so every failure is silent; look at the results and log or raise what is an exception",
            );
        }
    }
}

/// Whether nobody takes the results.
fn drops(call: Call<'_>) -> bool {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return false };
    match fate(awaited) {
        Fate::Dropped => true,
        Fate::Bound(_) => {
            let targets = awaited.bound_to();
            let unused = |target: &Expr<'_>| target.as_name().is_some() && target.uses().is_empty();
            !targets.is_empty() && awaited.function().is_some() && targets.iter().all(unused)
        }
        _ => false,
    }
}

/// Whether it waits for tasks that have just been cancelled (their exceptions are the cancellation), or cleans up: in
/// a `finally`, an `except`, or a function that shuts something down.
fn waits_for_cancelled(call: Call<'_>) -> bool {
    let module = call.expr().module();
    let Some(function) = call.expr().function() else { return false };
    let cancels = module.calls().any(|other| {
        other.expr().function() == Some(function)
            && other.span().start < call.span().start
            && other.method().is_some_and(|method| method == "cancel" || method.contains("cancel_"))
    });
    let closes = call.args().iter().any(|arg| {
        let text = arg.value.text();
        ["close(", "stop(", "shutdown(", "disconnect(", "cancel"]
            .iter()
            .any(|word| text.contains(word))
    });
    let name = function.name();
    let shuts_down =
        ["close", "stop", "shutdown", "cleanup", "teardown", "__aexit__", "cancel", "disconnect"]
            .iter()
            .any(|word| name.contains(word));
    cancels || closes || shuts_down || in_clean_up(call)
}

fn in_clean_up(call: Call<'_>) -> bool {
    let module = call.expr().module();
    call.expr().stmt().ancestors().any(|stmt| match stmt.kind() {
        StmtKind::Try { handlers, finally, .. } => {
            let within = |id: &_| module.stmt(*id).span().contains(call.span());
            finally.iter().flatten().any(within)
                || handlers.iter().any(|handler| handler.body.iter().any(within))
        }
        _ => false,
    })
}
