use std::collections::HashSet;

use super::boundary::{is_closing, logger};
use super::services::{Service, is_started_at_home, service};
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::{awaits_it, is_of_a_test};
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW701",
    name: "worker-without-error-boundary",
    item: Some(Item(57)),
    also: &[Item(60)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("worker_without_error_boundary.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for service in module.functions_in_focus().filter_map(service).filter(|it| it.is_guarded) {
        if let StmtKind::While { test, .. } = service.turns.kind() {
            report.satisfied(module.expr(*test));
        }
    }
    let mut seen = HashSet::new();
    for call in module.calls_in_focus().filter(|it| !it.expr().is_dead()) {
        if !call.has(Tag::MakesTask) || call.has(Tag::KeepsTask) {
            continue;
        }
        let started = call.positional(0).and_then(Expr::as_call).and_then(Call::function);
        let Some(service) = started.and_then(service) else { continue };
        let elsewhere = service.function.module() != *module;
        if elsewhere && is_started_at_home(service.function) || !seen.insert(service.function) {
            continue;
        }
        match service.exposed {
            None => {}
            Some(_) if is_watched(call) || is_of_a_test(service.function) => {}
            Some(exposed) => state(&service, exposed, call, report),
        }
    }
}

/// Whether somebody is told when the task ends: who awaits it other than to end it, or has a callback for that.
fn is_watched(call: Call<'_>) -> bool {
    let told = |used: Expr<'_>| match fate(used) {
        Fate::Attribute(attribute) => attribute.text().ends_with("add_done_callback"),
        Fate::Returned | Fate::Argument(_) | Fate::Stored | Fate::Bound(_) => true,
        _ => awaits_it(used),
    };
    let maker = call.expr().function();
    let ends = |used: &Expr<'_>| {
        used.function().is_some_and(|it| {
            is_closing(&it.qualified_name())
                || cancels(it.text()) && !(Some(it) == maker && is_looked_at(*used))
        })
    };
    let [target] = call.expr().bound_to()[..] else {
        return match fate(call.expr()) {
            Fate::Argument(add) => !matches!(add.method(), Some("append" | "add")),
            Fate::Dropped => false,
            _ => true,
        };
    };
    let uses = match target.keeper() {
        Some(keeper) => [keeper.reads(), keeper.reads_elsewhere()].concat(),
        None => target.uses(),
    };
    let added = |used: &Expr<'_>| match fate(*used) {
        Fate::Argument(call) => matches!(call.method(), Some("append" | "add" | "discard")),
        _ => false,
    };
    uses.into_iter().filter(|it| !ends(it) && !added(it)).any(told)
}

/// Whether the task is one of those that the first to end of is waited for: how it ended is asked then.
fn is_looked_at(used: Expr<'_>) -> bool {
    let looks = |call: Call<'_>| call.is_any(&["asyncio.wait", "asyncio.as_completed"]);
    let listed = used.parent_expr().is_some_and(|it| {
        matches!(it.kind(), ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Tuple(_))
    });
    let mut around = used.ancestors().filter_map(Expr::as_call);
    let own = || used.function().into_iter().flat_map(Function::expressions);
    around.any(looks) || listed && own().filter_map(Expr::as_call).any(looks)
}

fn cancels(text: &str) -> bool {
    text.contains(".cancel(")
}

fn state(service: &Service<'_>, exposed: Expr<'_>, call: Call<'_>, report: &mut Report) {
    let name = service.function.name();
    let what = advice::quoted(exposed, "what it awaits");
    let logger = logger(exposed.module()).unwrap_or("logging");
    let StmtKind::While { test, .. } = service.turns.kind() else { return };
    let at_home = service.turns.module() == call.module();
    // It is shown in the file that is looked at: at the loop, or where a loop of another file is started.
    let place = if at_home { service.turns.module().expr(*test) } else { call.callee() };
    let draft = report.finding(
        place,
        format!(
            "`{name}` runs as a task, and the first error of {what} ends its loop for good: nobody is told and nothing starts it again, while the \
             rest of the program goes on as if it worked; put a turn into `try` and `except Exception: {logger}.exception(…)`"
        ),
    );
    draft.confidence(Confidence::Likely).related(exposed, "what raises here ends the loop");
    if at_home {
        draft.related(call.callee(), "its task is made here");
    }
}
