use super::calls;
use crate::analysis::rules::libraries::beside_aiofiles;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Blocks, Fact, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW503",
    name: "blocking-file-io",
    item: Some(Item(43)),
    also: &[Item(4), Item(51)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_file_io.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let beside = beside_aiofiles(module);
    calls::report_if(
        module,
        report,
        &[Blocks::File],
        "waits for the disk on the event loop, so every other task waits too",
        |call| !beside(call),
    );
    let asynchronous = |name: &str| {
        ["aiofiles.", "anyio.Path", "anyio.AsyncFile", "anyio.open_file", "aioshutil."]
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
