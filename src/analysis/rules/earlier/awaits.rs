//! What was awaited before the change, and is only called now.

use std::collections::{BTreeMap, BTreeSet};

use super::threads::{is_surely_awaited, is_waited_for};
use super::{ASKS, home, written};
use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Fact, Function, Kind, Module, Value};

/// What a function did with the results of what it calls by one name.
#[derive(Default)]
struct Used<'m> {
    /// How often it waited for one.
    awaited: usize,
    /// Where it did not.
    plain: Vec<Call<'m>>,
    /// What got a result that was waited for.
    takers: BTreeSet<String>,
}

/// Calls whose results a function waited for before the change, and takes as they come now.
pub(in crate::analysis::rules) fn no_longer_awaited<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<Call<'m>> {
    if !before.text().contains("await ") || before.text() == module.text() {
        return Vec::new();
    }
    let earlier = calls_by_name(before);
    let mut found = Vec::new();
    for (what, now) in calls_by_name(module) {
        let Some(was) = earlier.get(&what) else { continue };
        if was.awaited <= now.awaited || now.plain.len() <= was.plain.len() {
            continue;
        }
        let old: BTreeSet<String> = was.plain.iter().map(|it| written_stmt(it.expr())).collect();
        let new = now.plain.into_iter().filter(|it| !old.contains(&written_stmt(it.expr())));
        found.extend(new.filter(|it| is_for_awaiting(*it) && is_taken_as_result(*it, &was.takers)));
    }
    found.sort_by_key(|it| it.span());
    found
}

fn written_stmt(expr: Expr<'_>) -> String {
    let stmt = expr.stmt();
    if stmt.is_simple() { stmt.text().split_whitespace().collect() } else { written(expr) }
}

fn calls_by_name<'m>(module: &Module<'m>) -> BTreeMap<(String, String), Used<'m>> {
    let mut found: BTreeMap<(String, String), Used<'m>> = BTreeMap::new();
    for call in module.calls_in_focus().filter(|it| !it.expr().is_dead()) {
        let Some(home) = home(call.expr()) else { continue };
        let used = found.entry((home, written(call.callee()))).or_default();
        if is_waited_for(call.expr()) || is_collected(call.expr()) {
            used.awaited += 1;
            used.takers.extend(taker(call.expr()));
        } else {
            used.plain.push(call);
        }
    }
    found
}

/// What gets the value of the awaited call: the text of the function that it is an argument of.
fn taker(expr: Expr<'_>) -> Option<String> {
    let awaited = expr.parent_expr().filter(|_| expr.is_awaited())?;
    match fate(awaited) {
        Fate::Argument(outer) => Some(written(outer.callee())),
        _ => None,
    }
}

/// Whether it is one of several things that something awaited is given: `asyncio.wait([f(), g()])`, `gather(*[f(x) for x in xs])`.
fn is_collected(expr: Expr<'_>) -> bool {
    let within = |it: &Expr<'_>| {
        matches!(
            it.kind(),
            ExprKind::List(_)
                | ExprKind::Tuple(_)
                | ExprKind::Set(_)
                | ExprKind::Starred(_)
                | ExprKind::Comprehension { .. }
        )
    };
    let outer = expr.ancestors().find(|it| !within(it));
    outer
        .and_then(Expr::as_call)
        .is_some_and(|call| call.expr().is_awaited() || call.fact().is_some_and(Fact::is_awaitable))
}

/// Whether what is called may make something to be awaited, and a loop runs where it is called.
fn is_for_awaiting(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function().filter(|it| it.is_async()) else { return false };
    if ASKS.iter().any(|asks| function.text().contains(asks)) {
        return false;
    }
    let project = call.module().project();
    let asynchronous = |function: Function<'_>| {
        let declared = function.declared_result().unwrap_or_default();
        function.is_async() && !function.node().is_generator
            || declared.iter().any(|it| matches!(it, Value::Awaitable(_)))
    };
    call.is_coroutine()
        || call.callee().values().iter().all(|value| match value {
            Value::Function(id) | Value::Method(id) => asynchronous(project.function(*id)),
            Value::External(name) => call.module().library().fact(name).is_none_or(|fact| {
                fact.is_lazy() || fact.is_awaitable() && fact.kind != Kind::Future
            }),
            Value::Unknown | Value::Callable(_) | Value::None => true,
            _ => false,
        })
}

/// Whether what the call gives is taken for its result: it is dropped, or goes where a result went before.
fn is_taken_as_result(call: Call<'_>, takers: &BTreeSet<String>) -> bool {
    match fate(call.expr()) {
        Fate::Dropped | Fate::Tested | Fate::Compared | Fate::Formatted | Fate::Used => true,
        Fate::Attribute(_) | Fate::Returned => true,
        Fate::Argument(outer) => takers.contains(&written(outer.callee())),
        Fate::Bound(_) => call.expr().bound_to().iter().all(|target| {
            target.uses().into_iter().all(|it| !is_surely_awaited(it) && !is_handed_on(it))
        }),
        Fate::Stored => !is_part_of_a_list(call.expr()),
        Fate::Awaited(_) | Fate::Entered(_) | Fate::Lambda(_) => false,
    }
}

/// Whether something that looks after awaitables gets it: `create_task(it)`, `gather(*them)`, `tasks.append(it)`.
fn is_handed_on(used: Expr<'_>) -> bool {
    const TAKE: [&str; 10] = [
        "task",
        "gather",
        "wait",
        "shield",
        "spawn",
        "start_soon",
        "schedule",
        "append",
        "future",
        "run",
    ];
    let starred = used.parent_expr().is_some_and(|it| matches!(it.kind(), ExprKind::Starred(_)));
    starred
        || match fate(used) {
            Fate::Argument(call) => {
                let name = call.method().unwrap_or_default().to_lowercase();
                TAKE.iter().any(|it| name.contains(it))
            }
            Fate::Awaited(_) | Fate::Entered(_) | Fate::Returned => true,
            _ => false,
        }
}

/// Whether it stands in a list, tuple or comprehension, which somebody may wait for.
fn is_part_of_a_list(expr: Expr<'_>) -> bool {
    expr.parent_expr().is_some_and(|outer| {
        matches!(
            outer.kind(),
            ExprKind::List(_)
                | ExprKind::Tuple(_)
                | ExprKind::Set(_)
                | ExprKind::Comprehension { .. }
        )
    })
}
