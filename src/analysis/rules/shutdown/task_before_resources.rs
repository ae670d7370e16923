use super::entry::run_by;
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Class, Context, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW402",
    name: "task-before-resources",
    item: Some(Item(32)),
    also: &[],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("task_before_resources.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    // In a notebook a loop runs at the top.
    let notebook = module
        .expressions()
        .any(|it| matches!(it.kind(), ExprKind::Await(_)) && it.function().is_none());
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        match call.expr().function() {
            None if call.is("asyncio.create_task") && !notebook => at_import(call, report),
            Some(function) if call.is("asyncio.create_task") && function.name() == "__init__" => {
                in_constructor(call, function, report);
            }
            Some(function) if function.is_async() && call.has(Tag::MakesTask) => {
                before_attributes(call, function, report);
            }
            _ => {}
        }
    }
}

fn at_import(call: Call<'_>, report: &mut Report) {
    report.finding(
        call.callee(),
        format!(
            "`{}` is called while the file is imported, and no event loop runs then: it raises `RuntimeError: no running event loop`; make the task in a coroutine that the program runs",
            advice::name_of(call)
        ),
    );
}

/// A task that the constructor makes, of a class that is instantiated while no loop runs.
fn in_constructor(call: Call<'_>, function: Function<'_>, report: &mut Report) {
    let Some(class) = function.class() else { return };
    let made = class
        .instantiations()
        .into_iter()
        .find(|made| made.expr().function().is_none() && made.expr().context() == Context::Unknown);
    match made {
        Some(made) => {
            report
                .finding(
                    call.callee(),
                    format!("`{}` is made where no event loop runs, so this raises `RuntimeError: no running event loop`; start the task in a coroutine method that the program awaits", class.name()),
                )
                .confidence(Confidence::Likely)
                .related(made.callee(), "it is made here, at import");
        }
        None => report.satisfied(call.callee()),
    }
}

/// A task that may read an attribute before the method that starts it has set that.
fn before_attributes(call: Call<'_>, function: Function<'_>, report: &mut Report) {
    let Some(worker) = run_by(call) else { return };
    // The worker may be a method that a base class has.
    let own = |it: &Class<'_>| it.method(worker.name()) == Some(worker);
    let Some(class) = function.class().filter(own) else { return };
    if worker == function {
        return;
    }
    let late = function.statements().find_map(|stmt| {
        let name = assigned(stmt)?;
        let behind = stmt.span().start > call.span().end;
        let starts = function.expressions().any(|it| {
            matches!(it.kind(), ExprKind::Await(_))
                && it.span().start > call.span().end
                && it.span().end <= stmt.span().end
        });
        // A branch that is not taken may be another way to begin.
        let straight = stmt.parent() == call.expr().stmt().parent();
        (behind && starts && straight && !is_set_before(class, function, stmt, name))
            .then_some((stmt, name))
    });
    let Some((stmt, name)) = late else { return report.satisfied(call.callee()) };
    let Some(read) = read_at_once(worker, name) else { return report.satisfied(call.callee()) };
    let worker_name = worker.name();
    report
        .finding(
            call.callee(),
            format!("`{worker_name}` starts at the next `await`, before `self.{name}` is set: it fails with an `AttributeError`, or works with an old value; start it behind"),
        )
        .severity(Severity::Medium)
        .confidence(Confidence::Likely)
        .related(read, format!("`{worker_name}` reads it here"))
        .related(call.module().site(stmt.span()), "it is set here");
}

/// The attribute of `self` that the statement assigns.
fn assigned(stmt: Stmt<'_>) -> Option<&str> {
    let target = match stmt.kind() {
        StmtKind::Assign { targets, .. } => *targets.first()?,
        StmtKind::AnnAssign { target, value: Some(_), .. } => *target,
        _ => return None,
    };
    own_attribute(stmt.module().expr(target))
}

fn own_attribute(expr: Expr<'_>) -> Option<&str> {
    let ExprKind::Attribute { value, name } = expr.kind() else { return None };
    let own = expr.module().expr(*value).as_name() == Some("self");
    own.then(|| expr.module().slice(*name))
}

/// Whether the attribute has a value of use before the statement: the method or another one sets it to something.
fn is_set_before(class: Class<'_>, function: Function<'_>, stmt: Stmt<'_>, name: &str) -> bool {
    let methods = class.with_bases().into_iter().flat_map(Class::methods);
    methods.flat_map(Function::statements).any(|it| {
        let value = match it.kind() {
            StmtKind::Assign { value, .. } | StmtKind::AnnAssign { value: Some(value), .. } => {
                *value
            }
            _ => return false,
        };
        let earlier = it.function() != Some(function) || it.span().start < stmt.span().start;
        let none = matches!(it.module().expr(value).kind(), ExprKind::None);
        assigned(it) == Some(name) && earlier && !none
    })
}

/// Where a coroutine reads the attribute before anything it waits for is done, and without asking whether it is there.
fn read_at_once<'m>(worker: Function<'m>, name: &str) -> Option<Expr<'m>> {
    let text = worker.text();
    let asks = [
        format!("if self.{name}"),
        format!("while self.{name}"),
        format!("self.{name} is "),
        format!("not self.{name}"),
        format!("\"{name}\""),
    ];
    if asks.iter().any(|it| text.contains(it.as_str())) {
        return None;
    }
    let waits = worker
        .expressions()
        .filter(|it| matches!(it.kind(), ExprKind::Await(_)))
        .map(|it| it.span().end)
        .min()
        .unwrap_or(u32::MAX);
    worker
        .expressions()
        .find(|it| own_attribute(*it) == Some(name) && !it.is_store() && it.span().end <= waits)
}
