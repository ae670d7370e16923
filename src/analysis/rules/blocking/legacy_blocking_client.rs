use super::calls;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Blocks, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW505",
    name: "legacy-blocking-client",
    item: Some(Item(45)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("legacy_blocking_client.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    calls::report(
        module,
        report,
        &[Blocks::Legacy],
        "does its network I/O on the event loop, so every other task waits",
    );
}
