use super::loops::{self, Duty};
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Module, Span};

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
    let found = module
        .functions()
        .find(|it| it.is_async() && it.node().is_generator && it.decorators().next().is_none())?;
    Some((found.name_span(), found.name().to_owned()))
}
