use super::loops::{self, Duty};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Module, Span, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW408",
    name: "default-executor-not-shut-down",
    item: Some(Item(38)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Leak,
    page: include_str!("default_executor_not_shut_down.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    // The loop can't do it before.
    if report.target() < PythonVersion(3, 9) {
        return;
    }
    let duty = Duty {
        method: "shutdown_default_executor",
        needed_by: handed_over,
        otherwise: "nobody waits for the threads of its default executor, to which `{}` hands work: what they still do is lost, or fails on the closed loop",
    };
    loops::check(module, report, &duty);
}

/// Something that is handed to the default executor.
fn handed_over(module: Module<'_>) -> Option<(Span, String)> {
    // What runs a loop of its own in a thread is handed over by another loop.
    let runs_a_loop = |call: &Call<'_>| {
        call.args().iter().flat_map(|arg| arg.value.functions()).any(|given| {
            given.expressions().filter_map(Expr::as_call).any(|it| it.has(Tag::RunsLoop))
        })
    };
    let to_default = |call: &Call<'_>| {
        (call.is("asyncio.to_thread")
            || call.method() == Some("run_in_executor")
                && call.positional(0).is_some_and(|it| matches!(it.kind(), ExprKind::None)))
            && !runs_a_loop(call)
    };
    let found = module.calls().find(to_default)?;
    Some((found.callee().span(), advice::name_of(found)))
}
