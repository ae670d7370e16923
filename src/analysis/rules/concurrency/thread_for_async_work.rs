use super::threads;
use crate::analysis::rules::advice;
use crate::analysis::rules::blocking::calls;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Blocks, Call, Context, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW103",
    name: "thread-for-async-work",
    item: Some(Item(3)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("thread_for_async_work.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus().filter(|call| call.is("threading.Thread")) {
        let context = call.expr().context();
        let Some(target) = call.argument(1, "target") else { continue };
        if context == Context::Never {
            continue;
        }
        if let Some(run) = runs_a_loop(target) {
            own_loop(report, call, run, context);
        } else if context == Context::Loop {
            in_coroutine(report, call, target);
        }
    }
    for call in module.calls_on_the_loop() {
        if call.is_any(&["asyncio.to_thread", "asyncio.AbstractEventLoop.run_in_executor"]) {
            report.satisfied(call.callee());
        }
    }
}

/// The call that runs a loop, if that is all the target does.
fn runs_a_loop(target: Expr<'_>) -> Option<Expr<'_>> {
    if target.fact().is_some_and(|fact| fact.has(Tag::RunsLoop)) {
        return Some(target);
    }
    let [function] = threads::functions(target)[..] else { return None };
    let mut own = function.expressions().filter_map(Expr::as_call);
    let run = own.find(|call| call.has(Tag::RunsLoop))?;
    let works = |call: Call<'_>| calls::blocks(call);
    let only = !function.expressions().filter_map(Expr::as_call).any(works);
    only.then(|| run.callee())
}

fn own_loop(report: &mut Report, call: Call<'_>, run: Expr<'_>, context: Context) {
    let draft = report.finding(
        call.callee(),
        format!("This thread only runs an event loop of its own (`{}`), so nothing in it may be shared with other coroutines, and errors end it unseen; run its coroutine as a task of the loop that is there already", run.text()),
    );
    // Synchronous code that keeps a loop in the background, or waits for a coroutine, may have no loop to use instead.
    if context != Context::Loop {
        draft.confidence(Confidence::Possible);
    } else {
        draft.confidence(Confidence::Likely);
    }
    if run.text() != call.argument(1, "target").map_or("", Expr::text) {
        draft.related(run, "the loop runs here");
    }
}

fn in_coroutine(report: &mut Report, call: Call<'_>, target: Expr<'_>) {
    let functions = threads::functions(target);
    if functions.iter().any(|function| lives_on(*function))
        || waits_for_the_outside(target, &functions)
        || functions.iter().any(|function| tells_the_loop(*function))
    {
        return;
    }
    let thread = advice::thread(report.target());
    let asynchronous = functions.iter().any(|function| function.is_async());
    if asynchronous {
        // Another rule says that nothing awaits it.
        return;
    }
    let daemon = call.keyword("daemon").is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)));
    let unknown = functions.is_empty() && target.fact().is_none();
    let what = advice::quoted(target, "this function");
    report
        .finding(
            call.callee(),
            format!("This coroutine starts a thread for {what} by hand: nobody awaits it, its errors and its result are lost, and nothing limits how many there are; use `await` with {thread}, or a coroutine if it only waits"),
        )
        .confidence(if daemon || unknown { Confidence::Possible } else { Confidence::Likely });
}

/// Whether the function loops until the program ends: a pool's thread would be lost to it.
fn lives_on(function: Function<'_>) -> bool {
    function.statements().any(|stmt| match stmt.kind() {
        StmtKind::While { test, .. } => {
            let test = stmt.module().expr(*test);
            !matches!(test.kind(), ExprKind::Compare(_))
        }
        _ => false,
    })
}

/// Whether the thread tells a loop when it is done, so that somebody awaits that.
fn tells_the_loop(function: Function<'_>) -> bool {
    let mut own = function.expressions().filter_map(Expr::as_call);
    own.any(|call| {
        matches!(call.method(), Some("call_soon_threadsafe" | "run_coroutine_threadsafe"))
    })
}

/// Whether the thread is there for a library that blocks and has no asynchronous form.
fn waits_for_the_outside(target: Expr<'_>, functions: &[Function<'_>]) -> bool {
    let legacy = |fact: crate::python::Fact<'_>| {
        fact.blocks
            .is_some_and(|with| matches!(with, Blocks::Legacy | Blocks::Console | Blocks::Network))
            && fact.instead.is_none_or(|it| it == "`asyncio.to_thread`")
    };
    target.fact().is_some_and(legacy)
        || functions.iter().any(|function| {
            let mut own = function.expressions().filter_map(Expr::as_call);
            own.any(|call| call.fact().is_some_and(legacy))
        })
}
