use super::gathered::{calls_of, deal_with_failures};
use super::gathers::gathers;
use super::wait_misused::{leaves_some, made_here};
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::remarks;
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module};

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
    for call in module.calls_in_focus().filter(|call| !call.expr().is_dead()) {
        if call.is("asyncio.wait") {
            waited(call, report);
            continue;
        }
        let asked = || {
            let value = call.keyword("return_exceptions");
            value.is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)))
        };
        if !gathers(call) || !asked() {
            continue;
        }
        if is_kept(call) && call.expr().function().is_some_and(asks) {
            report.satisfied(call.callee());
            continue;
        }
        if waits_for_cancelled(call) {
            continue;
        }
        if drops(call) && !deal_with_failures(call) {
            let draft = report.finding(
                call.callee(),
                "With `return_exceptions=True` a failure is only a value in the list, and the list is dropped here, so every failure is silent; look at the results and log or raise what is an exception",
            );
            if is_seen_elsewhere(call) || is_for_people(module.path()) {
                draft.confidence(Confidence::Possible);
            }
        } else if let Some(used) = unchecked(call) {
            let line = module.lines().line(used.span().start);
            let message = format!(
                "With `return_exceptions=True` a failure is a value among the results, and line {line} takes all of them for results; ask `isinstance(…, BaseException)` before"
            );
            report.finding(call.callee(), message).confidence(Confidence::Likely);
        }
    }
}

/// Whether the results get a name that is used.
fn is_kept(call: Call<'_>) -> bool {
    matches!(fate(call.expr()), Fate::Awaited(awaited) if matches!(fate(awaited), Fate::Bound(_)))
        && !drops(call)
}

/// `await asyncio.wait(tasks)` that waits for all, with tasks that are made for it and that nobody looks at afterwards.
fn waited(call: Call<'_>, report: &mut Report) {
    let all = !leaves_some(call) && call.args().len() == 1;
    if all && drops(call) && made_here(call) && !waits_for_cancelled(call) {
        let message = "`asyncio.wait` raises nothing: a task that fails keeps its exception, and nobody looks at these tasks again, so this goes on as if all had gone well; use `asyncio.gather`, or ask each task for its result";
        let unseen = !is_seen_elsewhere(call) && !deal_with_failures(call);
        let confidence = if unseen { Confidence::Likely } else { Confidence::Possible };
        report.finding(call.callee(), message).confidence(confidence);
    }
}

/// Whether somebody else may see the failures: what is gathered was not made here, is looked at by a callback, or a comment
/// says that it is left to others.
fn is_seen_elsewhere(call: Call<'_>) -> bool {
    let given = call.args().into_iter().filter(|arg| arg.keyword.is_none());
    let watched = |function: Function<'_>| {
        let mut own = function.expressions().filter_map(Expr::as_call);
        own.any(|other| other.method() == Some("add_done_callback"))
    };
    given.into_iter().any(|arg| calls_of(arg.value, 0).is_empty())
        || call.expr().function().is_some_and(watched)
        || remarks::says(call.module(), call.expr().stmt(), &remarks::LETS_FAIL)
}

/// The place that takes the results for what they should be, if the function asks nowhere whether one is an exception.
fn unchecked(call: Call<'_>) -> Option<Expr<'_>> {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return None };
    if asks(awaited.function()?) {
        return None;
    }
    match fate(awaited) {
        Fate::Used => items_taken(awaited).then_some(awaited),
        Fate::Bound(_) => {
            let [target] = awaited.bound_to()[..] else { return None };
            let names = match target.kind() {
                ExprKind::Name => vec![target],
                ExprKind::Tuple(_) | ExprKind::List(_) => target.children(),
                _ => return None,
            };
            names.into_iter().filter(|name| name.as_name().is_some()).find_map(taken_for_results)
        }
        _ => None,
    }
}

/// Whether the function asks somewhere whether something is an exception.
fn asks(function: Function<'_>) -> bool {
    let words =
        ["isinstance(", "type(", "Exception", "Error", "issubclass(", " err", " exc", "raise "];
    let text = function.text().replace("return_exceptions", "");
    words.iter().any(|word| text.contains(word))
}

/// The first use of the name that makes sense for a result only, if all its uses are such.
fn taken_for_results(name: Expr<'_>) -> Option<Expr<'_>> {
    let uses = name.uses();
    let takes = |used: &&Expr<'_>| match fate(**used) {
        Fate::Attribute(_) => true,
        Fate::Used => is_subscripted(**used) || items_taken(**used),
        Fate::Argument(call) => {
            call.is_any(&["builtins.zip", "builtins.enumerate"]) && items_taken(call.expr())
        }
        _ => false,
    };
    let idle = |used: &Expr<'_>| matches!(fate(*used), Fate::Tested | Fate::Compared);
    uses.iter().find(takes).copied().filter(|_| uses.iter().all(|it| takes(&it) || idle(it)))
}

fn is_subscripted(used: Expr<'_>) -> bool {
    used.parent_expr().is_some_and(|it| matches!(it.kind(), ExprKind::Subscript { .. }))
}

/// Whether a loop over this takes an attribute of an item or calculates with it, and neither asks an item anything nor hands it
/// to somebody who may.
fn items_taken(iter: Expr<'_>) -> bool {
    let module = iter.module();
    let StmtKind::For { target, iter: of, .. } = iter.stmt().kind() else { return false };
    let target = module.expr(*target);
    if *of != iter.id() {
        return false;
    }
    let names = if target.as_name().is_some() { vec![target] } else { target.children() };
    names.into_iter().filter(|name| name.as_name().is_some()).any(|name| {
        let uses = name.uses();
        let adds = |used: &Expr<'_>| matches!(used.stmt().kind(), StmtKind::AugAssign { .. });
        let takes =
            |used: &Expr<'_>| adds(used) || matches!(fate(*used), Fate::Attribute(_) | Fate::Used);
        !uses.is_empty() && uses.iter().all(takes)
    })
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
    let shuts_down = [
        "close",
        "stop",
        "shutdown",
        "cleanup",
        "teardown",
        "__aexit__",
        "cancel",
        "disconnect",
        "terminate",
    ]
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
