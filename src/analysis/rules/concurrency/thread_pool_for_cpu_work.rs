use super::heavy::{self, Heavy};
use super::pools::{Executor, executor_of};
use super::threads;
use crate::analysis::rules::advice;
use crate::analysis::rules::blocking::calls;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Blocks, Expr, Function, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW106",
    name: "thread-pool-for-cpu-work",
    item: Some(Item(6)),
    also: &[Item(1)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("thread_pool_for_cpu_work.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for it in threads::handed(module) {
        if executor_of(it.by) == Executor::Unknown || it.by.is("threading.Thread") {
            continue;
        }
        let what = advice::quoted(it.callable, "this function");
        let message = format!(
            "{what} computes in Python, and threads take turns at that, so the event loop gets slower while it runs and several take as long as one after the other; use a `ProcessPoolExecutor`"
        );
        let known = it.callable.fact().is_some_and(heavy::holds_the_lock);
        let functions = threads::functions(it.callable);
        // What waits for something as well is in a thread for that.
        if functions.iter().any(|it| waits(*it, DEEPEST)) {
            continue;
        }
        let busy = functions.into_iter().find_map(busy);
        if let Some(place) = busy {
            report
                .finding(it.callable, message)
                .confidence(Confidence::Likely)
                .related(place, "it computes here");
        } else if known {
            report.finding(it.callable, message).confidence(Confidence::Likely);
        }
    }
    for call in module.calls_in_focus() {
        if call.is(super::pools::PROCESSES) {
            report.satisfied(call.callee());
        }
    }
}

/// How many functions deep it is looked whether something waits.
const DEEPEST: u32 = 3;

/// Whether the function, or one that it calls, waits for the network, or whatever else is slow.
fn waits(function: Function<'_>, depth: u32) -> bool {
    function.expressions().filter_map(Expr::as_call).any(|call| {
        let waits = calls::blocking(call, &calls::WAITS).is_some_and(|fact| {
            !fact.cheap && !matches!(fact.blocks, Some(Blocks::File | Blocks::Console))
        });
        waits || depth > 0 && call.function().is_some_and(|it| waits_within(it, depth - 1))
    })
}

fn waits_within(function: Function<'_>, depth: u32) -> bool {
    !function.is_async() && waits(function, depth)
}

/// Where the function, or one that it calls, computes in Python itself.
fn busy(function: Function<'_>) -> Option<Expr<'_>> {
    let python = |found: &Heavy<'_>| match found {
        Heavy::Call(call) => heavy::keeps_the_lock(*call),
        Heavy::Rounds(..) | Heavy::Doubles(_) => true,
        Heavy::Quadratic(_) => false,
    };
    if let Some(found) = heavy::in_function(function).into_iter().find(python) {
        return Some(found.place());
    }
    let mut known = heavy::Known::new();
    let mut running = function.expressions().filter(|it| !it.runs().is_empty());
    let way = running.find_map(|it| heavy::reached(it, &mut known))?;
    python(&way.end).then(|| way.end.place())
}
