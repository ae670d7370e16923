use super::earlier_guards;
use super::threads::{self, Origin};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW102",
    name: "loop-api-from-thread",
    item: Some(Item(2)),
    also: &[Item(8)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("loop_api_from_thread.md"),
    check,
};

/// What starts a task, and so needs a coroutine at hand.
const STARTS: [&str; 4] = [
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.AbstractEventLoop.create_task",
    "asyncio.TaskGroup.create_task",
];

fn check(module: &Module, report: &mut Report) {
    for it in threads::handed(module) {
        // `executor.submit(queue.put_nowait, item)`
        if let Some(name) = unsafe_name(it.callable) {
            let what = advice::quoted(it.callable, "this callable");
            let message = message(&what, &name, it.callable);
            report.finding(it.callable, message);
        }
    }
    for it in threads::in_threads(module) {
        let root = match it.from {
            Origin::Handed(handed) => threads::functions(handed.callable).into_iter().next(),
            Origin::Run(run) => Some(run),
        };
        if has_own_loop(it.function) || root.is_some_and(has_own_loop) {
            continue;
        }
        for call in it.function.expressions().filter_map(Expr::as_call) {
            if call.expr().module() == *module {
                look_at(call, it.from, report);
            }
        }
    }
    if let Some(before) = report.before() {
        for it in earlier_guards::unguarded(module, &before) {
            let name = advice::name_of(it.call);
            report
                .finding(
                    it.call.callee(),
                    format!("`{name}` was handed to the event loop's thread before this change and is called in whatever thread this is now; keep `loop.call_soon_threadsafe` or `asyncio.run_coroutine_threadsafe`"),
                )
                .confidence(Confidence::Likely);
        }
    }
    for call in module.calls_in_focus() {
        let safe =
            ["asyncio.AbstractEventLoop.call_soon_threadsafe", "asyncio.run_coroutine_threadsafe"];
        if call.is_any(&safe) {
            report.satisfied(call.callee());
        }
    }
}

fn look_at(call: Call<'_>, from: Origin<'_>, report: &mut Report) {
    let Some(name) = unsafe_name(call.callee()) else { return };
    let what = format!("`{}`", advice::name_of(call));
    let draft = report.finding(call.callee(), message(&what, &name, call.callee()));
    match from {
        Origin::Handed(handed) => {
            draft.related(handed.callable, "a thread gets it here");
        }
        Origin::Run(run) => {
            draft
                .confidence(Confidence::Likely)
                .related(run.module().site(run.name_span()), "the thread begins here");
        }
    }
}

/// The canonical name of something that only the loop's own thread may call.
fn unsafe_name(callable: Expr<'_>) -> Option<String> {
    // Handing on work from a worker thread is harmless, and does not fit the words of this finding.
    let harmless =
        ["asyncio.AbstractEventLoop.create_future", "asyncio.AbstractEventLoop.run_in_executor"];
    let only = callable.fact().is_some_and(|fact| fact.has(Tag::LoopOnly));
    callable.name().filter(|name| only && !harmless.contains(&name.as_str()))
}

fn message(what: &str, name: &str, callable: Expr<'_>) -> String {
    let advice = if STARTS.contains(&name) {
        "use `asyncio.run_coroutine_threadsafe(coroutine, loop)`".to_owned()
    } else if name.contains("AbstractEventLoop.call_")
        || name.contains("Event.set")
        || name.contains("Queue.")
    {
        let text = callable.text();
        let text = if name.contains("AbstractEventLoop") { "callback" } else { text };
        format!("use `loop.call_soon_threadsafe({text}, …)`").replace(".set, …", ".set")
    } else {
        "hand it to the loop with `loop.call_soon_threadsafe`".to_owned()
    };
    format!(
        "{what} is called in a thread, but only the event loop's own thread may do that: waiters are not woken up, or its state breaks; {advice}"
    )
}

/// Whether the function makes or runs an event loop itself: then it is that loop's thread.
fn has_own_loop(function: Function<'_>) -> bool {
    function.expressions().filter_map(Expr::as_call).any(|call| {
        call.has(Tag::RunsLoop)
            || call.is_any(&["asyncio.new_event_loop", "asyncio.set_event_loop"])
    })
}
