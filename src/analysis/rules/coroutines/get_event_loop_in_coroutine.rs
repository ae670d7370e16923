use std::collections::BTreeMap;

use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
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

const RUNNING: &str = "asyncio.get_running_loop";

fn check(module: &Module, report: &mut Report) {
    if let Some(before) = report.before() {
        no_longer(module, &before, report);
    }
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

/// States where a plain function asked for the running loop before the change, so that one runs there.
fn no_longer(module: &Module, before: &Module, report: &mut Report) {
    let homes = |module: &Module, name: &str| -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for call in module.calls().filter(|it| it.is(name)) {
            let home = call.expr().function().map(Function::qualified_name);
            *found.entry(home.unwrap_or_default()).or_default() += 1;
        }
        found
    };
    let (was, is) = (homes(before, RUNNING), homes(module, RUNNING));
    for call in module.calls_in_focus().filter(|it| it.is("asyncio.get_event_loop")) {
        let Some(function) = call.expr().function().filter(|it| !it.is_async()) else { continue };
        let name = function.qualified_name();
        let count = |it: &BTreeMap<String, usize>| it.get(&name).copied().unwrap_or_default();
        if count(&was) > count(&is) {
            report
                .finding(
                    call.callee(),
                    "`get_running_loop` was called here before this change, so a loop is running; `get_event_loop` is deprecated for finding it, and raises or makes another loop where none is",
                )
                .confidence(Confidence::Likely);
        }
    }
}
