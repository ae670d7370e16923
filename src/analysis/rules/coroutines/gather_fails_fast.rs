use super::gathered::{calls_of, deal_with_failures};
use super::gathers::gathers;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::remarks;
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtKind, Unpack};
use crate::python::{Call, Expr, Function, Module, Stmt};

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
    for call in module.calls_in_focus() {
        if !gathers(call) || call.expr().is_dead() {
            continue;
        }
        let asked = call.keyword("return_exceptions");
        if asked.is_some_and(|value| !matches!(value.kind(), ExprKind::Bool(false))) {
            report.satisfied(call.callee());
        } else if gathers_several(call)
            && !are_done(call)
            && !cancels_the_rest(call)
            && !deal_with_failures(call)
            && !remarks::says(*module, call.expr().stmt(), &NEVER_FAILS)
        {
            state(call, report);
        }
    }
}

/// What authors say of coroutines that can't fail.
const NEVER_FAILS: [&str; 4] = ["never raise", "never fail", "does not raise", "doesn't raise"];

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

/// What is done with the results.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Results {
    /// Nobody takes them.
    Dropped,
    /// One after the other is dealt with: what did not fail would be of use.
    InTurn,
    /// All of them are needed, or nobody knows.
    Together,
}

fn results(call: Call<'_>) -> Results {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return Results::Together };
    match fate(awaited) {
        Fate::Dropped => Results::Dropped,
        Fate::Used if is_gone_through(awaited) => Results::InTurn,
        Fate::Bound(_) => {
            let uses: Vec<Expr<'_>> = awaited.bound_to().into_iter().flat_map(Expr::uses).collect();
            let any = uses.into_iter().any(is_gone_through);
            if any { Results::InTurn } else { Results::Together }
        }
        _ => Results::Together,
    }
}

/// Whether a loop goes over the results, alone or beside something else: `for item, result in zip(items, results)`.
fn is_gone_through(results: Expr<'_>) -> bool {
    let beside = results.parent_expr().and_then(Expr::as_call);
    let beside = beside.filter(|it| it.is_any(&["builtins.zip", "builtins.enumerate"]));
    let iter = beside.map_or(results, Call::expr);
    let comprehended = |it: Expr<'_>| matches!(it.kind(), ExprKind::Comprehension { .. });
    match iter.stmt().kind() {
        // `for success, result in results`: each says itself how it went.
        StmtKind::For { iter: of, target, .. } if *of == iter.id() => {
            beside.is_some() || iter.module().expr(*target).as_name().is_some()
        }
        _ => {
            matches!(results.kind(), ExprKind::Await(_))
                && iter.parent_expr().is_some_and(comprehended)
        }
    }
}

/// Whether nothing of what is gathered is made here, or kept by the object: whoever made it waits for it, or looks after it.
fn is_of_others(call: Call<'_>) -> bool {
    let given = call.args().into_iter().filter(|arg| arg.keyword.is_none());
    given.into_iter().all(|arg| {
        let text = arg.value.text().trim_start_matches('*');
        calls_of(arg.value, 0).is_empty() && !text.starts_with("self.")
    })
}

/// Whether failing together seems to be meant: somebody wrote so, needs all the results, or looks on.
fn is_meant(call: Call<'_>) -> bool {
    call.keyword("return_exceptions").is_some()
        || results(call) == Results::Together
        || is_of_others(call)
        || is_for_people(call.module().path())
}

/// Whether the function had a `gather` that lets all of them end before the change that is reviewed.
fn settled_before(call: Call<'_>, report: &Report<'_>) -> bool {
    let name = call.expr().function().map(Function::qualified_name);
    report.before().is_some_and(|before| {
        before.calls().any(|it| {
            gathers(it)
                && it.expr().function().map(Function::qualified_name) == name
                && it
                    .keyword("return_exceptions")
                    .is_some_and(|value| matches!(value.kind(), ExprKind::Bool(true)))
        })
    })
}

fn state(call: Call<'_>, report: &mut Report) {
    let settled = settled_before(call, report);
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
    let lost = match results(call) {
        Results::Dropped => "what they raise is lost",
        Results::InTurn | Results::Together => "their results are lost",
    };
    let draft = report.finding(
        call.callee(),
        format!("The first failure leaves this `gather` at once; the other awaitables run on with nobody waiting for them, and {lost}: {advice}"),
    );
    if is_unpacked(call) {
        draft.severity(Severity::Low);
    } else if !settled && is_meant(call) {
        draft.confidence(Confidence::Possible);
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
