use super::gathered::deal_with_failures;
use super::gathers::gathers;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtKind, Unpack};
use crate::python::{Call, Context, Expr, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW209",
    name: "gather-fails-fast",
    item: Some(Item(17)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("gather_fails_fast.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls() {
        if !gathers(call) || call.expr().context() == Context::Never {
            continue;
        }
        let asked = call.keyword("return_exceptions");
        if asked.is_some_and(|value| !matches!(value.kind(), ExprKind::Bool(false))) {
            report.satisfied(call.callee());
        } else if gathers_several(call)
            && !are_done(call)
            && !cancels_the_rest(call)
            && !deal_with_failures(call)
        {
            state(call, report);
        }
    }
}

/// Whether more than one awaitable may be given. `**options` may hold what is missing.
fn gathers_several(call: Call<'_>) -> bool {
    let args = call.args();
    let given = args.iter().filter(|arg| arg.keyword.is_none() && arg.unpack != Unpack::DoubleStar);
    let unpacked = args.iter().any(|arg| arg.unpack == Unpack::Star);
    !args.iter().any(|arg| arg.unpack == Unpack::DoubleStar) && (unpacked || given.count() > 1)
}

/// Whether it only takes the results of what has ended: `done, pending = await asyncio.wait(…)`, `gather(*done)`.
fn are_done(call: Call<'_>) -> bool {
    let [only] = call.args()[..] else { return false };
    let Some(name) = only.value.as_name() else { return false };
    call.expr().module().calls().filter(|wait| wait.is("asyncio.wait")).any(|wait| {
        wait.expr().function() == call.expr().function()
            && matches!(wait.expr().stmt().kind(), StmtKind::Assign { targets, .. }
                if targets.iter().any(|id| first_of(call.expr().module().expr(*id)).as_name() == Some(name)))
    })
}

/// The first name of an unpacking.
fn first_of(target: Expr<'_>) -> Expr<'_> {
    match target.kind() {
        ExprKind::Tuple(parts) | ExprKind::List(parts) => {
            parts.first().map_or(target, |id| target.module().expr(*id))
        }
        _ => target,
    }
}

/// Whether a `try` around it cancels what is left.
fn cancels_the_rest(call: Call<'_>) -> bool {
    let module = call.expr().module();
    let function = call.expr().function();
    let tries = call.expr().stmt().ancestors().filter(|stmt| stmt.function() == function);
    tries.into_iter().any(|stmt| {
        let StmtKind::Try { body, handlers, finally, .. } = stmt.kind() else { return false };
        let within = |id: &_| module.stmt(*id).span().contains(call.span());
        let after =
            handlers.iter().flat_map(|handler| &handler.body).chain(finally.iter().flatten());
        body.iter().any(within) && after.into_iter().any(|id| cancels(module.stmt(*id)))
    })
}

fn cancels(stmt: Stmt<'_>) -> bool {
    let span = stmt.span();
    stmt.module().calls().any(|call| {
        span.contains(call.span())
            && call.method().is_some_and(|method| method == "cancel" || method.contains("cancel_"))
    })
}

fn state(call: Call<'_>, report: &mut Report) {
    let groups = report.target() >= PythonVersion(3, 11);
    let advice = if is_unpacked(call) {
        if groups {
            "an `asyncio.TaskGroup` would cancel and await them"
        } else {
            "cancel them in an `except`, or pass `return_exceptions=True`"
        }
    } else if groups {
        "pass `return_exceptions=True` and look at every result, or use an `asyncio.TaskGroup`, which cancels the rest"
    } else {
        "pass `return_exceptions=True` and look at every result"
    };
    let unpacked = is_unpacked(call);
    let draft = report.finding(
        call.callee(),
        format!("The first failure leaves this `gather` at once; the other awaitables run on with nobody waiting for them, and their results are lost: {advice}"),
    );
    if unpacked {
        draft.severity(Severity::Low);
    }
}

/// Whether the results are unpacked into names: all of them are needed.
fn is_unpacked(call: Call<'_>) -> bool {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return false };
    let Fate::Bound(stmt) = fate(awaited) else { return false };
    let StmtKind::Assign { targets, .. } = stmt.kind() else { return false };
    targets.iter().any(|id| {
        matches!(call.expr().module().expr(*id).kind(), ExprKind::Tuple(_) | ExprKind::List(_))
    })
}
