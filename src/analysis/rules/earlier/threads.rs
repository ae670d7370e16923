//! What a file handed to threads before the change: a call that was made in a thread is one that blocks.

use std::collections::{BTreeMap, BTreeSet};

use super::{ASKS, home, written};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::index::is_stdlib;
use crate::python::{Call, Context, Expr, Fact, Function, Module, Runner, Stmt};

/// Words that stand where something is handed to a thread. Who takes a call out of one uses fewer of them.
const THREADS: [&str; 5] = ["thread", "executor", "sync_to_async", "_bound", "submit"];

/// Most functions of a file that are looked at.
const MOST: usize = 200;

/// A call on the event loop that was made in a thread before the change.
pub(in crate::analysis::rules) struct TakenOut<'m> {
    pub(in crate::analysis::rules) call: Call<'m>,
    /// Whether the thread was given just what is called now, and not a function around it.
    pub(in crate::analysis::rules) itself: bool,
    /// Whether the event loop is sure to run it: the function around it was asynchronous before, but may be handed to a
    /// thread by others now.
    pub(in crate::analysis::rules) surely: bool,
}

/// What a function handed to threads, and what it called on the event loop.
#[derive(Default)]
struct Earlier {
    handed: Vec<Handed>,
    on_the_loop: BTreeSet<String>,
}

/// A callable that was handed to a thread.
#[derive(Default)]
struct Handed {
    /// What was handed over, as it is written.
    what: String,
    /// What a function of the file calls that was handed over, and by which name it is known there.
    body: Vec<String>,
    function: Option<String>,
}

/// Calls that a change took out of threads: made on the event loop now, and before it by the same function in a thread.
pub(in crate::analysis::rules) fn taken_out<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<TakenOut<'m>> {
    let threads = |text: &str| THREADS.iter().map(|word| text.matches(word).count()).sum::<usize>();
    if threads(before.text()) <= threads(module.text()) {
        return Vec::new();
    }
    let mut earlier: BTreeMap<String, Earlier> = BTreeMap::new();
    for by in before.calls_in_focus().filter(|call| !call.expr().is_dead()) {
        let Some(home) = home(by.expr()) else { continue };
        for callable in handed(by) {
            if let Some(handed) = look_at(before, callable) {
                earlier.entry(home.clone()).or_default().handed.push(handed);
            }
        }
    }
    if earlier.is_empty() {
        return Vec::new();
    }
    for call in before.calls_on_the_loop().filter(|call| !is_waited_for(call.expr())) {
        if let Some(earlier) = home(call.expr()).and_then(|home| earlier.get_mut(&home)) {
            earlier.on_the_loop.insert(written(call.callee()));
        }
    }
    let asynchronous = |it: &Function<'_>| it.is_async();
    let before: BTreeSet<String> =
        before.functions().filter(asynchronous).map(Function::qualified_name).collect();
    let names: BTreeSet<String> = module.functions().map(Function::qualified_name).collect();
    let mut now: BTreeMap<String, Vec<Call<'m>>> = BTreeMap::new();
    for call in module.calls_in_focus() {
        let Some(home) = home(call.expr()) else { continue };
        let here = match call.expr().context() {
            Context::Loop => true,
            // Whoever awaited the function calls it where it stood.
            Context::Unknown => before.contains(&home),
            Context::Thread | Context::Never => false,
        };
        if !here || is_harmless(call) || call.is_coroutine() || is_waited_for(call.expr()) {
            continue;
        }
        let Some(earlier) = earlier.get(&home) else { continue };
        if !earlier.on_the_loop.contains(&written(call.callee())) {
            now.entry(home).or_default().push(call);
        }
    }
    let mut found = Vec::new();
    for (home, calls) in now.iter().take(MOST) {
        for handed in earlier.get(home).iter().flat_map(|it| &it.handed) {
            found.extend(handed.among(calls, &names));
        }
    }
    found.sort_by_key(|it| it.call.span());
    found.dedup_by_key(|it| it.call.span());
    found
}

impl Handed {
    /// Those of a function's calls that it made in a thread by handing this over.
    fn among<'m>(&self, calls: &[Call<'m>], names: &BTreeSet<String>) -> Vec<TakenOut<'m>> {
        let same = |call: &&Call<'m>| written(call.callee()) == self.what;
        let itself: Vec<TakenOut<'m>> =
            calls.iter().filter(same).map(|call| taken(*call, true)).collect();
        // The function around the calls is gone, so its code stands here now.
        let dissolved = self.function.as_ref().is_none_or(|name| !names.contains(name));
        if !itself.is_empty() || !dissolved {
            return itself;
        }
        let first = calls.iter().find(|call| self.body.contains(&written(call.callee())));
        first.map(|call| taken(*call, false)).into_iter().collect()
    }
}

fn taken(call: Call<'_>, itself: bool) -> TakenOut<'_> {
    let surely = call.expr().runs_on_the_loop() || is_called_on_the_loop(call.expr());
    TakenOut { call, itself, surely }
}

/// Whether the standard library makes the call, and it is known to be quick.
fn is_harmless(call: Call<'_>) -> bool {
    call.fact().is_some_and(|fact| fact.blocks.is_none())
        && call.name().is_some_and(|name| is_stdlib(name.split('.').next().unwrap_or_default()))
}

/// Whether the function whose code it is is called on the event loop, as far as its file tells.
fn is_called_on_the_loop(expr: Expr<'_>) -> bool {
    expr.function().is_some_and(|function| function.chain_from_loop().is_some())
}

/// The arguments of a call that run in a thread or process: by what is known of it, or by its name where nothing is.
fn handed(by: Call<'_>) -> Vec<Expr<'_>> {
    let mut known = by.handed(Runner::Thread);
    known.extend(by.handed(Runner::Process));
    if known.is_empty() && by.method().is_some_and(names_a_thread) {
        let given = by.args().into_iter().filter(|it| it.keyword.is_none()).map(|it| it.value);
        known.extend(given.take(2).find(|it| {
            matches!(it.kind(), ExprKind::Name | ExprKind::Attribute { .. } | ExprKind::Lambda(_))
                && !it.text().to_lowercase().contains("executor")
                || is_partial(*it)
        }));
    }
    known
}

/// `hass.async_add_executor_job`, `run_blocking_in_thread` and the like.
fn names_a_thread(name: &str) -> bool {
    let known = ["sync_to_async", "database_sync_to_async", "cpu_bound", "io_bound"];
    let hands = ["run", "add", "call", "submit", "to_", "in_", "exec"];
    known.contains(&name)
        || (name.contains("thread") || name.contains("executor"))
            && !name.contains("threadsafe")
            && hands.iter().any(|it| name.contains(it))
}

fn is_partial(expr: Expr<'_>) -> bool {
    expr.as_call().is_some_and(|call| call.is("functools.partial"))
}

fn look_at(before: &Module<'_>, callable: Expr<'_>) -> Option<Handed> {
    if is_partial(callable) {
        return look_at(before, callable.as_call()?.positional(0)?);
    }
    if let ExprKind::Lambda(id) = callable.kind() {
        let body = before.function(*id).expressions().find_map(Expr::as_call)?;
        return Some(Handed { what: written(body.callee()), ..Handed::default() });
    }
    let plain = matches!(callable.kind(), ExprKind::Name | ExprKind::Attribute { .. });
    let what = plain.then(|| written(callable))?;
    let own = |it: &Function<'_>| it.module() == *before && !it.name().is_empty();
    let Some(function) = callable.functions().into_iter().find(own) else {
        return Some(Handed { what, ..Handed::default() });
    };
    let calls = function.expressions().filter_map(Expr::as_call);
    let body = calls.filter(|call| may_wait(*call)).map(|call| written(call.callee())).collect();
    Some(Handed { what, body, function: Some(function.qualified_name()) })
}

/// Methods of strings, containers and logs, which a thread is not there for.
const QUICK: [&str; 32] = [
    "add",
    "append",
    "clear",
    "copy",
    "debug",
    "decode",
    "encode",
    "endswith",
    "error",
    "exception",
    "extend",
    "format",
    "get",
    "group",
    "info",
    "insert",
    "isoformat",
    "items",
    "join",
    "keys",
    "lower",
    "now",
    "pop",
    "replace",
    "setdefault",
    "split",
    "startswith",
    "strip",
    "update",
    "upper",
    "values",
    "warning",
];

/// Whether the call may be what the thread was for: nothing is known of it, and its name does not say that it is quick.
fn may_wait(call: Call<'_>) -> bool {
    let name = call.method().unwrap_or_default();
    let makes = name.trim_start_matches('_').starts_with(char::is_uppercase);
    let builtin = call.name().is_some_and(|it| it.starts_with("builtins."));
    !makes && !builtin && !QUICK.contains(&name) && call.fact().is_none_or(|it| it.blocks.is_some())
}

/// Whether the call's value is waited for, or handed on to what does: then what is called is asynchronous by now.
pub(super) fn is_waited_for(expr: Expr<'_>) -> bool {
    let with = |it: Expr<'_>| {
        let stmt = it.stmt();
        matches!(
            stmt.kind(),
            StmtKind::With { is_async: true, .. } | StmtKind::For { is_async: true, .. }
        ) && stmt.head_expressions().iter().any(|head| head.span().contains(it.span()))
    };
    let waited = |it: Expr<'_>| matches!(it.kind(), ExprKind::Await(_)) || waits_for_arguments(it);
    expr.ancestors().any(waited)
        || with(expr)
        || expr.bound_to().iter().any(|name| name.uses().into_iter().any(is_surely_awaited))
}

/// `asyncio.wait_for(…)` and the like.
fn waits_for_arguments(expr: Expr<'_>) -> bool {
    expr.as_call().is_some_and(|call| call.fact().is_some_and(Fact::is_awaitable))
}

/// Whether it is awaited, and not just when it turns out to be something to await.
pub(super) fn is_surely_awaited(expr: Expr<'_>) -> bool {
    let asks = |outer: Stmt<'_>| {
        let heads = outer.head_expressions();
        matches!(outer.kind(), StmtKind::If { .. })
            && heads.iter().any(|it| ASKS.iter().any(|asks| it.text().contains(asks)))
    };
    let awaited = expr.is_awaited() || expr.parent_expr().is_some_and(waits_for_arguments);
    awaited && !expr.stmt().ancestors().any(asks)
}
