use std::collections::HashSet;

use super::thread_lock_across_await::is_primitive;
use crate::analysis::rules::blocking::calls;
use crate::analysis::rules::{advice, earlier, reach};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Blocks, Call, Context, Expr, Fact, Function, Module, Runner};

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
    taken_out(module, report);
    made_synchronous(module, report);
    for call in module.calls_on_the_loop() {
        let hands =
            call.fact().is_some_and(|fact| fact.hands.iter().any(|hand| hand.to == Runner::Thread));
        if hands && call.fact().is_some_and(Fact::is_awaitable) {
            report.satisfied(call.callee());
        }
    }
}

/// States what blocks in functions that were coroutine functions before the change: who awaited them calls them now. One place
/// for each function.
fn made_synchronous(module: &Module, report: &mut Report) {
    let Some(before) = report.before().filter(|it| it.text() != module.text()) else { return };
    let names = |module: &Module, asynchronous: bool| -> HashSet<String> {
        let those = module.functions().filter(|it| it.is_async() == asynchronous);
        those.map(Function::qualified_name).collect()
    };
    let earlier: HashSet<String> =
        names(&before, true).difference(&names(&before, false)).cloned().collect();
    let now: HashSet<String> = names(module, false);
    if earlier.is_disjoint(&now) {
        return;
    }
    let mut said = HashSet::new();
    for call in module.calls_in_focus().filter(|it| calls::blocks(*it) && !calls::is_brief(*it)) {
        let Some(function) = call.expr().function() else { continue };
        let name = function.qualified_name();
        let unclear = !function.is_async() && function.context() == Context::Unknown;
        if !unclear || !earlier.contains(&name) || !said.insert(name) {
            continue;
        }
        report
            .finding(
                call.callee(),
                format!("`{}` was a coroutine function before this change; called from where it was awaited, `{}` stops every task on the event loop", function.name(), advice::name_of(call)),
            )
            .severity(Severity::High)
            .confidence(Confidence::Possible);
    }
}

/// States the calls that a change took out of a thread, of which nothing else is known that blocks.
fn taken_out(module: &Module, report: &mut Report) {
    let Some(before) = report.before() else { return };
    let known = |call: &Call<'_>| call.fact().is_some_and(|it| it.blocks.is_some());
    let mut calls = earlier::taken_out(module, &before);
    calls.retain(|it| !known(&it.call));
    if calls.is_empty() {
        return;
    }
    let chains = reach::chains(module, |call| calls::blocks(*call));
    let through: HashSet<Expr<'_>> = chains.iter().map(|chain| chain.links[0]).collect();
    for it in calls.iter().filter(|it| !through.contains(&it.call.expr())) {
        let name = advice::name_of(it.call);
        let thread = advice::thread(report.target());
        let what = if it.itself { "" } else { " and what follows it" };
        let confidence = if it.surely { Confidence::Likely } else { Confidence::Possible };
        report
            .finding(
                it.call.callee(),
                format!("`{name}`{what} ran in a thread before this change and runs on the event loop now, so every other task waits for it; keep handing it to a thread with {thread}"),
            )
            .severity(Severity::High)
            .confidence(confidence);
    }
}
