use super::calls;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Blocks, Fact, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW502",
    name: "blocking-http",
    item: Some(Item(42)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_http.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    calls::report(
        module,
        report,
        &[Blocks::Http],
        "waits for the peer on the event loop, so every other task waits too",
    );
    let asynchronous = |name: &str| {
        ["aiohttp.", "httpx.Async", "openai.Async", "anthropic.Async"]
            .iter()
            .any(|library| name.starts_with(library))
    };
    for call in module.calls_on_the_loop() {
        if call.fact().is_some_and(Fact::is_awaitable)
            && call.name().is_some_and(|name| asynchronous(&name))
        {
            report.satisfied(call.callee());
        }
    }
}
