//! What was cleaned up when a coroutine was cancelled, and is not any more.

use std::collections::{BTreeMap, BTreeSet};

use super::ends::ENDING;
use super::written;
use crate::analysis::rules::coroutines::{awaits_within, is_cancelled, named};
use crate::python::ast::{ExprKind, Handler, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt};

/// Methods that take something back, beside those that end it.
const TAKING_BACK: [&str; 12] = [
    "cancel",
    "clean_up",
    "clear",
    "delete",
    "discard",
    "force_disconnect",
    "pop",
    "remove",
    "reset",
    "rollback",
    "unlink",
    "unregister",
];

/// Something that takes back or ends what a coroutine has begun.
pub(in crate::analysis::rules) struct Cleanup<'m> {
    /// As it is written: `session.rollback`, `self._connection = None`.
    pub(in crate::analysis::rules) text: String,
    /// What it is done to.
    pub(in crate::analysis::rules) thing: &'m str,
}

/// What the statement cleans up.
pub(in crate::analysis::rules) fn cleans_up(stmt: Stmt<'_>) -> Vec<Cleanup<'_>> {
    let module = stmt.module();
    let mut found = Vec::new();
    for call in stmt.expressions().filter_map(Expr::as_call) {
        let method = call.method().unwrap_or_default().trim_start_matches('_');
        let ends = ENDING.contains(&method) || TAKING_BACK.contains(&method);
        if let Some(receiver) = call.receiver().filter(|_| ends) {
            found.push(Cleanup { text: written(call.callee()), thing: receiver.text() });
        }
    }
    for inner in stmt.with_inner() {
        let StmtKind::Assign { targets, value } = inner.kind() else { continue };
        let [target] = targets[..] else { continue };
        let target = module.expr(target);
        let resets = matches!(module.expr(*value).kind(), ExprKind::None)
            && matches!(target.kind(), ExprKind::Attribute { .. });
        if resets {
            found.push(Cleanup { text: inner.text().to_owned(), thing: target.text() });
        }
    }
    found
}

/// What functions clean up when they are cancelled, and what they wait for meanwhile: a call by what it calls.
pub(in crate::analysis::rules) type OnCancellation =
    BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Works it out for a module.
pub(in crate::analysis::rules) fn on_cancellation(module: &Module<'_>) -> OnCancellation {
    let mut found = OnCancellation::new();
    for stmt in module.statements_in_focus() {
        let StmtKind::Try { body, handlers, finally, .. } = stmt.kind() else { continue };
        let Some(function) = stmt.function().filter(|it| it.is_async()) else { continue };
        let awaited: BTreeSet<String> =
            awaits_within(function, body).into_iter().map(waited_for).collect();
        let caught = handlers.iter().filter(|it| raises_cancellation(module, it));
        let blocks = caught.map(|it| &it.body).chain(finally);
        let done = blocks.flatten().flat_map(|id| cleans_up(module.stmt(*id)));
        for cleanup in done {
            let known = found.entry(function.qualified_name()).or_default();
            known.entry(cleanup.text).or_default().extend(awaited.iter().cloned());
        }
    }
    found
}

fn waited_for(awaited: Expr<'_>) -> String {
    written(awaited.as_call().map_or(awaited, Call::callee))
}

/// Whether the handler catches cancellation, cleans up, and lets it go on.
fn raises_cancellation(module: &Module<'_>, handler: &Handler) -> bool {
    let last = handler.body.last().map(|id| module.stmt(*id).kind());
    let catches = handler.exceptions.is_none()
        || named(module, handler)
            .iter()
            .any(|it| it.is("builtins.BaseException") || is_cancelled(*it));
    catches && matches!(last, Some(StmtKind::Raise { .. }))
}

/// Something a coroutine waits for without the clean-up it had before.
pub(in crate::analysis::rules) struct NotCleanedUp<'m> {
    pub(in crate::analysis::rules) awaited: Expr<'m>,
    pub(in crate::analysis::rules) cleanup: String,
}

/// Where functions wait for what they waited for before, and what they cleaned up then when they were cancelled is not done on
/// any cancellation now. One place for each function.
pub(in crate::analysis::rules) fn no_longer_on_cancellation<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<NotCleanedUp<'m>> {
    if before.text() == module.text() {
        return Vec::new();
    }
    let (earlier, now) = (on_cancellation(before), on_cancellation(module));
    let mut found = Vec::new();
    for function in module.functions_in_focus().filter(|it| it.is_async()) {
        let name = function.qualified_name();
        let Some(was) = earlier.get(&name) else { continue };
        let is = now.get(&name);
        let gone = was.iter().find(|(text, _)| is.is_none_or(|it| !it.contains_key(*text)));
        let Some((cleanup, awaited)) = gone else { continue };
        if is_done_by_a_context(function, cleanup) {
            continue;
        }
        let same = |it: &Expr<'m>| match it.kind() {
            ExprKind::Await(inner) => awaited.contains(&waited_for(module.expr(*inner))),
            _ => false,
        };
        let waits = function.expressions().filter(|it| !it.is_dead()).find(same);
        found.extend(waits.map(|awaited| NotCleanedUp { awaited, cleanup: cleanup.clone() }));
    }
    found
}

/// Whether the thing is entered in a `with` of the function now, which ends it, or handed to something that may.
fn is_done_by_a_context(function: Function<'_>, cleanup: &str) -> bool {
    let thing = cleanup.rsplit_once('.').map_or(cleanup, |(thing, _)| thing);
    let module = function.module();
    function.statements().any(|stmt| match stmt.kind() {
        StmtKind::With { items, .. } => items.iter().any(|item| {
            let context = module.expr(item.context);
            let bound = item.target.map(|id| module.expr(id).text());
            bound == Some(thing) || context.text().contains(thing)
        }),
        _ => false,
    })
}
