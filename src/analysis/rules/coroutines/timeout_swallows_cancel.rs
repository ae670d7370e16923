use super::gathered::calls_of;
use super::tasks::awaits_it;
use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW219",
    name: "timeout-swallows-cancel",
    item: Some(Item(22)),
    also: &[Item(23)],
    severity: Severity::Medium,
    category: Category::Timeout,
    page: include_str!("timeout_swallows_cancel.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        if call.is("asyncio.wait") {
            if let Some(sleep) = races_sleep(call) {
                race(call, sleep, report);
            } else if let Some(cancel) = cancels_pending(call).filter(|_| !only_events(call)) {
                cancelled(call, cancel, report);
            }
        } else if call
            .is_any(&["asyncio.AbstractEventLoop.call_later", "asyncio.AbstractEventLoop.call_at"])
        {
            later(call, report);
        }
    }
}

fn builtin(target: PythonVersion) -> &'static str {
    if target >= PythonVersion(3, 11) { "`asyncio.timeout`" } else { "`asyncio.wait_for`" }
}

/// A `sleep` among what `asyncio.wait(…, return_when=FIRST_COMPLETED)` waits for.
fn races_sleep(call: Call<'_>) -> Option<Call<'_>> {
    call.keyword("return_when").filter(|it| it.text().contains("FIRST_COMPLETED"))?;
    let given = call.argument(0, "fs")?;
    let module = given.module();
    let (ExprKind::List(parts) | ExprKind::Set(parts) | ExprKind::Tuple(parts)) = given.kind()
    else {
        return None;
    };
    parts
        .iter()
        .map(|id| module.expr(*id))
        .find_map(|it| is_sleep(it).or_else(|| sleeping_task(it)))
}

/// The `sleep` of which the task with this name was made.
fn sleeping_task(task: Expr<'_>) -> Option<Call<'_>> {
    let name = task.as_name()?;
    let mut calls = task.function()?.expressions().filter_map(Expr::as_call);
    let made = calls.find(|it| {
        let targets = it.expr().bound_to();
        targets.iter().any(|it| it.as_name() == Some(name) && it.uses().contains(&task))
    })?;
    is_sleep(made.expr())
}

/// The `sleep` that an expression is, or makes a task of.
fn is_sleep(expr: Expr<'_>) -> Option<Call<'_>> {
    let call = expr.as_call()?;
    if call.is("asyncio.sleep") {
        return Some(call);
    }
    call.positional(0)
        .filter(|_| call.has(Tag::MakesTask))?
        .as_call()
        .filter(|it| it.is("asyncio.sleep"))
}

fn race(call: Call<'_>, sleep: Call<'_>, report: &mut Report) {
    let draft = report.finding(
        call.callee(),
        format!("A race against `sleep` is a time-out made by hand: the loser runs on unless it is cancelled and awaited, also when this task is cancelled meanwhile; {} does all of that", builtin(report.target())),
    );
    draft.confidence(Confidence::Likely);
    if !call.span().contains(sleep.span()) {
        draft.related(sleep.callee(), "the time-out starts here");
    }
}

/// Where the tasks that `asyncio.wait` left pending are cancelled and then not awaited.
fn cancels_pending(call: Call<'_>) -> Option<Call<'_>> {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return None };
    let Fate::Bound(stmt) = fate(awaited) else { return None };
    let module = awaited.module();
    let StmtKind::Assign { targets, .. } = stmt.kind() else { return None };
    let [target] = targets[..] else { return None };
    let ExprKind::Tuple(parts) = module.expr(target).kind() else { return None };
    let pending = module.expr(*parts.last()?);
    let uses = pending.uses();
    let cancel = uses.iter().find_map(|used| {
        let StmtKind::For { iter, target, body, .. } = used.stmt().kind() else { return None };
        let only = *iter == used.id() && body.len() == 1;
        let uses = if only { module.expr(*target).uses() } else { return None };
        uses.into_iter().find_map(|task| {
            let outer = task.parent_expr()?.parent_expr()?.as_call()?;
            let own = outer.receiver() == Some(task) && used.stmt().span().contains(task.span());
            (own && outer.method() == Some("cancel")).then_some(outer)
        })
    })?;
    let function = call.expr().function()?;
    let behind = |it: &Expr<'_>| it.span().start > cancel.span().end;
    let waits = uses.iter().any(|used| {
        !used.stmt().span().contains(cancel.span()) && (awaits_it(*used) || behind(used))
    });
    // Somebody may wait for the tasks by another name: the list that `asyncio.wait` was given.
    let given = call.argument(0, "fs")?;
    let by_other = function.expressions().filter(behind).any(|it| {
        it.as_call().is_some_and(|call| call.has(Tag::Gathers) || call.is("asyncio.wait"))
            || (matches!(it.kind(), ExprKind::Await(_)) && mentions(given, it))
    });
    (!waits && !by_other && !call.expr().in_loop() && Function::is_async(function))
        .then_some(cancel)
}

/// Whether all tasks only wait for something to be set: there is nothing to clean up in them.
fn only_events(call: Call<'_>) -> bool {
    let made = call.argument(0, "fs").map(|it| calls_of(it, 0)).unwrap_or_default();
    let waits = |it: &Call<'_>| it.method() == Some("wait") && it.args().is_empty();
    !made.is_empty() && made.iter().all(waits)
}

/// Whether one of the names in what is given is awaited.
fn mentions(given: Expr<'_>, awaited: Expr<'_>) -> bool {
    given.children().iter().chain([&given]).any(|it| {
        it.as_name().is_some_and(|name| {
            awaited.children().iter().any(|inner| inner.as_name() == Some(name))
        })
    })
}

fn cancelled(call: Call<'_>, cancel: Call<'_>, report: &mut Report) {
    let name = advice::name_of(cancel);
    report
        .finding(
            cancel.callee(),
            format!("`{name}` only asks the pending tasks to end: they are still running when this goes on, and what they raise is lost; await them with `asyncio.gather(*pending, return_exceptions=True)`"),
        )
        .confidence(Confidence::Likely)
        .related(call.callee(), "they were left pending here");
}

/// `loop.call_later(seconds, task.cancel)`.
fn later(call: Call<'_>, report: &mut Report) {
    let Some(given) = call.argument(1, "callback") else { return };
    let ExprKind::Attribute { name, value } = given.kind() else { return };
    let module = given.module();
    if module.slice(*name) != "cancel" {
        return;
    }
    let task = module.expr(*value);
    let current = task.as_call().is_some_and(|it| it.is("asyncio.current_task"));
    let known = current
        || task.is_instance("asyncio.Task")
        || given.is_any(&["asyncio.Task.cancel", "asyncio.Future.cancel"]);
    if !known {
        return;
    }
    report
        .finding(
            given,
            format!("A time-out that cancels the task can't be told from somebody else's cancellation, so one of the two is lost; {} keeps them apart", builtin(report.target())),
        )
        .confidence(Confidence::Likely);
}
