use super::unnamed_task::task_name;
use crate::analysis::rules::advice;
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
    for call in module.calls() {
        if call.is_any(&[
            "asyncio.create_task",
            "asyncio.AbstractEventLoop.create_task",
            "asyncio.TaskGroup.create_task",
        ]) {
            report.satisfied(call.callee());
        }
        if !call.is("asyncio.ensure_future") || call.expr().context() == Context::Never {
            continue;
        }
        let Some(given) = call.positional(0).filter(|given| is_coroutine(*given)) else { continue };
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
