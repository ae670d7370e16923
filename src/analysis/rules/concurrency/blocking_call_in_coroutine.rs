use super::thread_lock_across_await::is_primitive;
use crate::analysis::rules::blocking::calls;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Blocks, Fact, Module, Runner};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW104",
    name: "blocking-call-in-coroutine",
    item: Some(Item(4)),
    also: &[Item(45)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_call_in_coroutine.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    calls::report_if(
        module,
        report,
        &[Blocks::Process, Blocks::Network, Blocks::Console, Blocks::Thread],
        "blocks the event loop until it returns, so every other task waits",
        |call| !is_primitive(call),
    );
    for call in module.calls_on_the_loop() {
        let hands =
            call.fact().is_some_and(|fact| fact.hands.iter().any(|hand| hand.to == Runner::Thread));
        if hands && call.fact().is_some_and(Fact::is_awaitable) {
            report.satisfied(call.callee());
        }
    }
}
