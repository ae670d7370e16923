use super::loops::{self, Duty};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Function, Module, Span, StmtKind};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW407",
    name: "asyncgens-not-shut-down",
    item: Some(Item(37)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Leak,
    page: include_str!("asyncgens_not_shut_down.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let duty = Duty {
        method: "shutdown_asyncgens",
        needed_by: generator,
        otherwise: "asynchronous generators that were left half-way, such as `{}`, stay where they are: their `finally` blocks never run",
    };
    loops::check(module, report, &duty);
}

/// An asynchronous generator of the file that is no context manager.
fn generator(module: Module<'_>) -> Option<(Span, String)> {
    let is_plain = |it: &Function<'_>| {
        it.is_async() && it.node().is_generator && it.decorators().next().is_none()
    };
    if let Some(found) = module.functions().find(is_plain) {
        return Some((found.name_span(), found.name().to_owned()));
    }
    // Another file may have it, and this one go through it.
    module.statements().find_map(|stmt| {
        let StmtKind::For { is_async: true, iter, .. } = stmt.kind() else { return None };
        let call = module.expr(*iter).as_call()?;
        call.function().filter(is_plain)?;
        Some((call.callee().span(), advice::name_of(call)))
    })
}
