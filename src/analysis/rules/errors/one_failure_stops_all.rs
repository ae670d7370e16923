use std::collections::HashSet;

use super::services::{is_started_at_home, service};
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::{gathers, is_of_a_test, named};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW704",
    name: "one-failure-stops-all",
    item: Some(Item(60)),
    also: &[Item(57)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("one_failure_stops_all.md"),
    check,
};

/// What ends the process.
const EXITS: [&str; 5] = ["sys.exit", "os._exit", "builtins.exit", "builtins.quit", "os.abort"];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus().filter(|it| !it.expr().is_dead()) {
        if gathers(call) && call.keyword("return_exceptions").is_none() {
            together(call.callee(), "gather", &gathered(call), report);
        }
    }
    for stmt in module.statements_in_focus().filter(|it| !it.is_dead()) {
        if let Some((group, started)) = grouped(stmt) {
            together(group, "task group", &started, report);
        }
    }
    for (starter, function) in tasks(module) {
        for call in function.expressions().filter_map(Expr::as_call) {
            if call.is_any(&EXITS) && !is_of_a_test(function) {
                exits(call, function, starter, report);
            }
        }
    }
}

/// Functions that the module runs as tasks, beside others, each with the first call that makes a task of it.
fn tasks<'m>(module: &Module<'m>) -> Vec<(Call<'m>, Function<'m>)> {
    let makes = module.calls().filter(|it| it.has(Tag::MakesTask));
    let started = makes.filter_map(|it| Some((it, it.positional(0)?.as_call()?.function()?)));
    let mut seen = HashSet::new();
    let said_there = |it: &Function<'m>| it.module() != *module && is_started_at_home(*it);
    let beside =
        |(_, it): &(Call<'m>, Function<'m>)| it.is_async() && seen.insert(*it) && !said_there(it);
    started.filter(beside).collect()
}

/// What the call is given, each with the function that runs.
fn gathered<'m>(call: Call<'m>) -> Vec<Call<'m>> {
    call.args()
        .iter()
        .filter(|it| it.keyword.is_none())
        .filter_map(|it| it.value.as_call())
        .collect()
}

/// A task group, and what is started in it.
fn grouped<'m>(stmt: Stmt<'m>) -> Option<(Expr<'m>, Vec<Call<'m>>)> {
    let StmtKind::With { is_async: true, items, body } = stmt.kind() else { return None };
    let module = stmt.module();
    let group = items
        .iter()
        .map(|it| module.expr(it.context))
        .find(|context| context.as_call().is_some_and(|call| call.is("asyncio.TaskGroup")))?;
    let calls = body.iter().flat_map(|id| module.stmt(*id).expressions()).filter_map(Expr::as_call);
    let started = calls.filter(|it| it.has(Tag::KeepsTask) && it.has(Tag::MakesTask));
    Some((group, started.filter_map(|it| it.positional(0)?.as_call()).collect()))
}

fn together(place: Expr<'_>, what: &str, started: &[Call<'_>], report: &mut Report) {
    let services: Vec<_> =
        started.iter().filter_map(|it| Some((*it, service(it.function()?)?))).collect();
    if started.len() < 2 || services.is_empty() || place.function().is_some_and(is_of_a_test) {
        return;
    }
    let Some((call, service, exposed)) =
        services.iter().find_map(|(call, service)| Some((call, service, service.exposed?)))
    else {
        return report.satisfied(place);
    };
    let others = started.iter().filter(|it| it.id() != call.id());
    let Some(other) = others.map(|it| advice::name_of(*it)).next() else { return };
    let name = service.function.name();
    let cause = advice::quoted(exposed, "what it awaits");
    let effect = match what {
        "gather" => format!("this `gather` with it, and whatever waits for `{other}` beside it"),
        _ => format!("the whole group with it: `{other}` is cancelled, too"),
    };
    report
        .finding(
            place,
            format!(
                "One error of {cause} ends the loop of `{name}`, and {effect}; let each service deal with the errors of a turn \
                 itself (`try` inside its loop, log, go on), so that one bad item does not stop all"
            ),
        )
        .confidence(if what == "gather" { Confidence::Likely } else { Confidence::Possible })
        .related(service.turns.module().site(exposed), "what raises here ends the loop")
        .related(call.callee(), "started here beside the others");
}

fn exits(call: Call<'_>, function: Function<'_>, starter: Call<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let effect = if call.is_any(&["os._exit", "os.abort"]) {
        "ends the process on the spot: no `finally`, no `__aexit__`, no buffer of the other tasks is written"
    } else {
        "raises `SystemExit` through the event loop, which stops in the middle of what all other tasks do"
    };
    let is_main = function.name().contains("main") || is_child(call) || expects_exit(call.module());
    // In another file it is shown where that one is started.
    let at_home = call.module() == starter.module();
    let draft = report.finding(
            if at_home { call.callee() } else { starter.callee() },
            format!(
                "`{name}` in `{}`, which runs as a task beside others, {effect}; set an `asyncio.Event` that the main coroutine waits for, and let that \
                 shut down in order",
                function.name()
            ),
        );
    draft.confidence(if is_main { Confidence::Possible } else { Confidence::Likely });
    if !at_home {
        draft.related(call.callee(), "it ends the program here");
    }
}

/// Whether the file catches `SystemExit` somewhere: who runs the loop takes care of what is left then.
fn expects_exit(module: Module<'_>) -> bool {
    module.statements().any(|stmt| match stmt.kind() {
        StmtKind::Try { handlers, .. } => handlers
            .iter()
            .flat_map(|handler| named(&module, handler))
            .any(|it| it.is("builtins.SystemExit")),
        _ => false,
    })
}

/// Whether it is what a child process does behind `fork`.
fn is_child(call: Call<'_>) -> bool {
    call.expr().function().is_some_and(|it| {
        let mut own = it.expressions();
        own.any(|expr| matches!(expr.kind(), ExprKind::Attribute { .. }) && expr.is("os.fork"))
    })
}
