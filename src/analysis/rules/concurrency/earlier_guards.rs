//! What kept tasks and threads apart before the change that is reviewed, and does not any more.

use std::collections::BTreeSet;

use super::state;
use crate::analysis::rules::earlier::written;
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Stmt};

/// Shortest statement that is told by its text.
const SHORTEST: usize = 8;

/// What a function did under a lock before the change, and does without it now.
pub(super) struct Unlocked<'m> {
    pub(super) stmt: Stmt<'m>,
    /// The lock, as it was written.
    pub(super) lock: String,
}

/// What the file's functions did under locks before, and do without any now. `asynchronous` tells locks for tasks from those
/// for threads. One place for each function and lock.
pub(super) fn unlocked<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
    asynchronous: bool,
) -> Vec<Unlocked<'m>> {
    let mut found = Vec::new();
    if !before.text().contains("ock") {
        return found;
    }
    for stmt in before.statements() {
        let StmtKind::With { items, is_async, .. } = stmt.kind() else { continue };
        let context = items.first().map(|item| before.expr(item.context));
        let Some(lock) = context.filter(|it| *is_async == asynchronous && is_lock(*it)) else {
            continue;
        };
        let Some(name) = stmt.function().map(Function::qualified_name) else { continue };
        let own = |it: &Function<'_>| it.qualified_name() == name;
        let mut now = module.functions().filter(own);
        let (Some(function), None) = (now.next(), now.next()) else { continue };
        let lock = written(lock);
        let kept = function.text().split_whitespace().collect::<String>().contains(&lock);
        // Where it is taken as often as before, it was moved to whom the function calls.
        let moved = times_taken(module, &lock) >= times_taken(before, &lock);
        if kept || moved || is_called_under_a_lock(module, function) {
            continue;
        }
        // Without a place to switch at, tasks do not come between.
        let waits = |it: Expr<'_>| matches!(it.kind(), ExprKind::Await(_));
        if asynchronous && !stmt.expressions().any(waits) {
            continue;
        }
        let under: BTreeSet<String> = stmt.with_inner().filter_map(told).collect();
        let same = |it: &Stmt<'_>| {
            told(*it).is_some_and(|text| under.contains(&text)) && !state::is_guarded(*it)
        };
        let mut same = function.statements().filter(same).peekable();
        let first = same.peek().copied();
        let matters =
            |it: &Stmt<'_>| it.expressions().any(waits) || it.expressions().any(is_shared);
        if let Some(stmt) = same.find(matters).and(first) {
            found.push(Unlocked { stmt, lock });
        }
    }
    found.sort_by_key(|it| it.stmt.span());
    found.dedup_by_key(|it| it.stmt.span());
    found
}

/// The text by which a simple statement is told, without the white space in it.
fn told(stmt: Stmt<'_>) -> Option<String> {
    let text: String = stmt.text().split_whitespace().collect();
    (stmt.is_simple() && text.len() >= SHORTEST).then_some(text)
}

fn is_lock(context: Expr<'_>) -> bool {
    let named = context.as_call().map_or(context, Call::callee);
    let last = named.text().rsplit('.').next().unwrap_or_default().to_lowercase();
    last.contains("lock") && !last.contains("block") && !last.contains("clock")
        || last.contains("mutex")
}

/// How often the file takes a lock by `with`.
fn times_taken(module: &Module<'_>, lock: &str) -> usize {
    let takes = |stmt: &Stmt<'_>| match stmt.kind() {
        StmtKind::With { items, .. } => {
            items.iter().any(|item| written(module.expr(item.context)) == lock)
        }
        _ => false,
    };
    module.statements().filter(takes).count()
}

fn is_shared(expr: Expr<'_>) -> bool {
    state::named(expr).is_some()
}

/// Whether the lock was moved to where the function is called.
fn is_called_under_a_lock(module: &Module<'_>, function: Function<'_>) -> bool {
    let name = Some(function.name());
    module.calls().any(|call| call.method() == name && state::is_guarded(call.expr().stmt()))
}

/// A call that the loop was given from another thread before, and that the thread makes itself now.
pub(super) struct Unguarded<'m> {
    pub(super) call: Call<'m>,
}

/// What was handed to the loop by `call_soon_threadsafe` or `run_coroutine_threadsafe` before, and is called, or started as a
/// task, by the same synchronous function now.
pub(super) fn unguarded<'m>(module: &Module<'m>, before: &Module<'_>) -> Vec<Unguarded<'m>> {
    let mut found = Vec::new();
    if !before.text().contains("_threadsafe") {
        return found;
    }
    for handed in before.calls() {
        let coroutine = match handed.method() {
            Some("call_soon_threadsafe") => false,
            Some("run_coroutine_threadsafe") => true,
            _ => continue,
        };
        let Some(given) = handed.positional(0) else { continue };
        let Some(function) = handed.expr().function().filter(|it| !it.is_async()) else { continue };
        let what = given.as_call().filter(|_| coroutine).map_or(given, Call::callee);
        let (name, what) = (function.qualified_name(), written(what));
        let calls = |function: Function<'_>| {
            function.expressions().filter_map(Expr::as_call).any(|it| written(it.callee()) == what)
        };
        if !coroutine && calls(function) {
            continue;
        }
        let own = |it: &Function<'_>| {
            it.qualified_name() == name && !it.is_async() && it.context() != Context::Loop
        };
        for function in module.functions().filter(own) {
            if function.text().contains("_threadsafe") {
                continue;
            }
            let made = function.expressions().filter_map(Expr::as_call);
            let now = made.filter(|it| written(it.callee()) == what);
            let starts = |it: &Call<'m>| {
                let outer = it.expr().parent_expr().and_then(Expr::as_call);
                outer.filter(|it| matches!(it.method(), Some("create_task" | "ensure_future")))
            };
            if coroutine {
                found.extend(now.filter_map(|it| starts(&it)).map(|call| Unguarded { call }));
            } else {
                found.extend(now.map(|call| Unguarded { call }));
            }
        }
    }
    found.sort_by_key(|it| it.call.span());
    found.dedup_by_key(|it| it.call.span());
    found
}
