use std::collections::BTreeSet;

use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, ExprKind, Function, Module, Stmt, StmtKind, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW706",
    name: "unbounded-queue",
    item: Some(Item(62)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("unbounded_queue.md"),
    check,
};

const QUEUES: [&str; 3] = ["asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue"];

/// What the repair sets.
const SIZE: u32 = 100;

fn check(module: &Module, report: &mut Report) {
    let before = report.before();
    let bounded = before.map(|before| bounded(&before)).unwrap_or_default();
    for call in module.calls_in_focus() {
        if !call.is_any(&QUEUES) || call.unpacks() || call.expr().is_dead() {
            continue;
        }
        match call.argument(0, "maxsize") {
            Some(size) if !size.literal().unwrap_or(size).is_zero() => {
                report.satisfied(call.callee());
            }
            _ if kept_in(call).is_some_and(|it| bounded.contains(&it)) => no_longer(call, report),
            size => unbounded(call, size, report),
        }
    }
}

/// What keeps a queue: the name or attribute, and the class or function that it is of.
fn kept_in(call: Call<'_>) -> Option<String> {
    let [target] = call.expr().bound_to()[..] else { return None };
    let function = target.function();
    let of = match function.and_then(Function::outer_class) {
        Some(class) if target.as_name().is_none() => class.name().to_owned(),
        _ => function.map(Function::qualified_name).unwrap_or_default(),
    };
    Some(format!("{of} {}", target.text()))
}

/// What kept queues that had a bound, and none without.
fn bounded(before: &Module<'_>) -> BTreeSet<String> {
    let has_bound = |call: &Call<'_>| call.argument(0, "maxsize").is_some_and(|it| !it.is_zero());
    let queues = before.calls().filter(|it| it.is_any(&QUEUES));
    let (with, without): (Vec<_>, Vec<_>) = queues.partition(has_bound);
    let without: BTreeSet<String> = without.into_iter().filter_map(kept_in).collect();
    with.into_iter().filter_map(kept_in).filter(|it| !without.contains(it)).collect()
}

fn no_longer(call: Call<'_>, report: &mut Report) {
    report
        .finding(
            call.callee(),
            "This queue had a `maxsize` before this change; without one it grows until memory runs out while its consumer is slower than what fills it",
        )
        .confidence(Confidence::Likely);
}

fn unbounded(call: Call<'_>, size: Option<Expr<'_>>, report: &mut Report) {
    let [target] = call.expr().bound_to()[..] else { return };
    let uses = match target.keeper() {
        Some(keeper) => keeper.reads(),
        None => target.uses(),
    };
    let calls: Vec<Call<'_>> = uses.iter().filter_map(|used| called(*used)).collect();
    let is = |call: &&Call<'_>, methods: &[&str]| {
        call.method().is_some_and(|method| methods.contains(&method))
    };
    let puts: Vec<Call<'_>> =
        calls.iter().filter(|it| is(it, &["put", "put_nowait"])).copied().collect();
    let consumed = calls.iter().any(|it| is(&it, &["get", "get_nowait"]));
    let Some(put) = puts.iter().copied().find(|put| goes_on(*put)).filter(|_| consumed) else {
        return;
    };
    // Somebody looks at how much is in it before more is put.
    if calls.iter().any(|it| it.method() == Some("qsize") && is_compared(*it)) {
        return;
    }
    let queue = target.text();
    let how = match put.method() {
        Some("put_nowait") => "`put_nowait` never waits",
        _ => "`put` never waits when there is no `maxsize`",
    };
    let draft = report.finding(
        call.callee(),
        format!("`{queue}` has no bound: while its consumer is slower than what fills it, it grows until memory runs out ({how}); give it a `maxsize`, so that the producer waits"),
    );
    draft.confidence(Confidence::Likely).related(put, "filled here for as long as data comes");
    // Where somebody puts without waiting, a bound makes that fail.
    if puts.iter().all(|put| put.method() == Some("put"))
        && uses.iter().all(|it| called(*it).is_some())
    {
        let edit = match size {
            Some(size) => TextEdit::replace(size, SIZE.to_string()),
            None => {
                let end = call.span().end - 1;
                TextEdit::before(crate::python::Span::at(end), format!("maxsize={SIZE}"))
            }
        };
        draft.fix(format!("Bound the queue to {SIZE} items"), vec![edit]);
    }
}

/// Whether the call's result is compared with something other than nothing.
fn is_compared(call: Call<'_>) -> bool {
    let Fate::Compared = fate(call.expr()) else { return false };
    call.expr().parent_expr().is_some_and(|it| it.children().iter().all(|side| !side.is_zero()))
}

/// The method call on a use.
fn called(used: Expr<'_>) -> Option<Call<'_>> {
    let Fate::Attribute(attribute) = fate(used) else { return None };
    attribute.parent_expr()?.as_call().filter(|call| call.callee() == attribute)
}

/// Whether it is put for as long as data comes: in an endless loop, in a loop over an asynchronous source, or in what is called
/// for each message.
fn goes_on(put: Call<'_>) -> bool {
    let function = put.expr().function();
    let endless = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::While { test, .. } => {
            let test = stmt.module().expr(*test);
            matches!(test.kind(), ExprKind::Bool(true) | ExprKind::Number)
        }
        StmtKind::For { is_async, .. } => *is_async,
        _ => false,
    };
    let within = put.expr().stmt().ancestors().take_while(|it| it.function() == function);
    within.into_iter().any(endless) || function.is_some_and(is_called_per_message)
}

/// Whether a function is called whenever something arrives.
fn is_called_per_message(function: Function<'_>) -> bool {
    const NAMES: [&str; 8] = [
        "data_received",
        "datagram_received",
        "on_message",
        "on_data",
        "on_event",
        "message_received",
        "received",
        "callback",
    ];
    NAMES.contains(&function.name())
}
