use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Function, Module, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW217",
    name: "get-event-loop-in-coroutine",
    item: Some(Item(11)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("get_event_loop_in_coroutine.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_on_the_loop() {
        if call.is("asyncio.get_running_loop") {
            report.satisfied(call.callee());
        }
        // Only in a coroutine it is sure that a loop runs; functions that it calls may be called from elsewhere, too.
        let coroutine = call.expr().function().is_some_and(Function::is_async);
        if !coroutine || !call.is("asyncio.get_event_loop") {
            continue;
        }
        let (name, mut edits) = module.reference(call.expr(), "asyncio.get_running_loop");
        edits.push(TextEdit::replace(call.callee(), name));
        report
            .finding(
                call.callee(),
                "A loop is running here, and `get_event_loop` is deprecated for finding it: `asyncio.get_running_loop` says what is meant",
            )
            .fix("Use `asyncio.get_running_loop`", edits);
    }
}
