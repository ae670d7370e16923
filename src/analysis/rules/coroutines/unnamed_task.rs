use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, Unpack};
use crate::python::{Call, Expr, Module, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW207",
    name: "unnamed-task",
    item: Some(Item(15)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("unnamed_task.md"),
    check,
};

/// What makes a task and takes a name for it.
const NAMING: [&str; 3] = [
    "asyncio.create_task",
    "asyncio.AbstractEventLoop.create_task",
    "asyncio.TaskGroup.create_task",
];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus().filter(|call| call.is_any(&NAMING)) {
        if call.expr().is_dead() || call.unpacks() {
            continue;
        }
        if call.keyword("name").is_some() || is_named_later(call) {
            report.satisfied(call.callee());
            continue;
        }
        let name = coroutine(call);
        let shown = name.unwrap_or("poll");
        let draft = report.finding(
            call.callee(),
            format!("Without a name the task shows up as `Task-17` in logs, warnings and stack dumps; give it one: `name=\"{shown}\"`"),
        );
        if let (Some(name), Some(last)) = (name, call.args().last()) {
            let edit = TextEdit::after(last.value, format!(", name=\"{name}\""));
            draft.fix(format!("Name the task `{name}`"), vec![edit]);
        }
    }
}

/// The name of the coroutine function whose call is given.
fn coroutine(call: Call<'_>) -> Option<&str> {
    let given = call.positional(0).or_else(|| call.keyword("coro"))?;
    let plain = call.args().iter().all(|arg| arg.unpack == Unpack::No);
    task_name(given.as_call().filter(|_| plain)?)
}

/// A name for the task that runs what the call gives.
pub(super) fn task_name(work: Call<'_>) -> Option<&str> {
    work.method().map(|name| name.trim_start_matches('_')).filter(|name| !name.is_empty())
}

/// Whether `set_name` is called on the task.
fn is_named_later(call: Call<'_>) -> bool {
    call.expr().bound_to().into_iter().flat_map(Expr::uses).any(|used| {
        used.parent_expr().is_some_and(|outer| match outer.kind() {
            ExprKind::Attribute { name, .. } => outer.module().slice(*name) == "set_name",
            _ => false,
        })
    })
}
