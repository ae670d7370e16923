use std::collections::BTreeSet;

use super::unnamed_task::task_name;
use crate::analysis::rules::advice;
use crate::analysis::rules::earlier::written;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::ast::StmtKind;
use crate::python::{Call, Context, Expr, Module, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW205",
    name: "ensure-future-for-coroutine",
    item: Some(Item(13)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("ensure_future_for_coroutine.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let before = report.before();
    let started = before.map(|before| started(&before)).unwrap_or_default();
    for call in module.calls_in_focus() {
        if call.is_any(&[
            "asyncio.create_task",
            "asyncio.AbstractEventLoop.create_task",
            "asyncio.TaskGroup.create_task",
        ]) {
            report.satisfied(call.callee());
        }
        if !call.is("asyncio.ensure_future") || call.expr().is_dead() {
            continue;
        }
        let is_one = |given: &Expr<'_>| is_coroutine(*given) || started.contains(&thing(*given));
        let Some(given) = call.positional(0).filter(is_one) else { continue };
        let what = advice::quoted(given, "a coroutine");
        let draft = report.finding(
            call.callee(),
            format!("{what} is a coroutine, for which `create_task` is meant: it returns a `Task`, takes a name, and fails at once where no loop runs"),
        );
        if call.expr().context() == Context::Loop && call.args().len() == 1 {
            let (name, mut edits) = module.reference(call.expr(), "asyncio.create_task");
            edits.push(TextEdit::replace(call.callee(), name));
            if let Some(name) = given.as_call().and_then(task_name) {
                edits.push(TextEdit::after(given, format!(", name=\"{name}\"")));
            }
            draft.fix("Use `asyncio.create_task`", edits);
        }
    }
}

/// How the thing that is started is written: a call by what it calls.
fn thing(given: Expr<'_>) -> String {
    written(given.as_call().map_or(given, Call::callee))
}

/// What `create_task` was given, which takes nothing but coroutines, and `ensure_future` was not.
fn started(before: &Module<'_>) -> BTreeSet<String> {
    let given = |method: &str| -> BTreeSet<String> {
        let starts = before.calls().filter(|it| it.method() == Some(method));
        starts.filter_map(|it| it.positional(0)).map(thing).collect()
    };
    given("create_task").difference(&given("ensure_future")).cloned().collect()
}

/// Whether it is a call that makes a coroutine, or a name that is bound to such a call and nothing else.
pub(super) fn is_coroutine(given: Expr<'_>) -> bool {
    if let Some(call) = given.as_call() {
        return call.is_coroutine();
    }
    let Some(name) = given.as_name() else { return false };
    let Some(function) = given.function() else { return false };
    let bindings = given.module().calls().filter(|call| call.expr().function() == Some(function));
    let binds = |call: &Call<'_>| {
        matches!(call.expr().stmt().kind(), StmtKind::Assign { .. })
            && call
                .expr()
                .bound_to()
                .iter()
                .any(|target| target.as_name() == Some(name) && target.uses().contains(&given))
    };
    let mut bindings = bindings.filter(binds).peekable();
    bindings.peek().is_some() && bindings.all(Call::is_coroutine)
}
