//! What stood under something that bounds or limits it before the change, and does not any more.

use std::collections::BTreeMap;

use super::{home, written};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Module};

/// Something that is waited for without what was around it.
pub(in crate::analysis::rules) struct Unwrapped<'m> {
    pub(in crate::analysis::rules) what: Expr<'m>,
    /// What was around it, as it was written.
    pub(in crate::analysis::rules) by: String,
}

/// How often something was waited for, with something around it and without.
#[derive(Default)]
struct Waits<'m> {
    wrapped: Vec<Expr<'m>>,
    bare: Vec<Expr<'m>>,
}

/// What functions waited for under something that `wraps` knows, and wait for without it now. `wraps` sees a call around
/// the awaited thing, or the context of a `with` around it.
pub(in crate::analysis::rules) fn unwrapped<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
    wraps: impl Fn(Expr<'_>) -> bool,
) -> Vec<Unwrapped<'m>> {
    if before.text() == module.text() {
        return Vec::new();
    }
    let earlier = waits(before, &wraps);
    if earlier.values().all(|it| it.wrapped.is_empty()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (what, now) in waits(module, &wraps) {
        let Some(was) = earlier.get(&what) else { continue };
        let Some(by) = was.wrapped.first() else { continue };
        if was.wrapped.len() > now.wrapped.len() && now.bare.len() > was.bare.len() {
            let by = written(*by);
            found.extend(now.bare.into_iter().map(|what| Unwrapped { what, by: by.clone() }));
        }
    }
    found.sort_by_key(|it| it.what.span());
    found
}

/// What is waited for in a module, by function and by how it is written: a call by what it calls. What is around it, or it
/// itself where nothing is.
fn waits<'m>(
    module: &Module<'m>,
    wraps: &impl Fn(Expr<'_>) -> bool,
) -> BTreeMap<(String, String), Waits<'m>> {
    let mut found: BTreeMap<(String, String), Waits<'m>> = BTreeMap::new();
    for expr in module.expressions_in_focus().filter(|it| !it.is_dead()) {
        let Some((thing, wrapper)) = waited(expr, wraps) else { continue };
        let Some(home) = home(expr) else { continue };
        let name = thing.as_call().map_or(thing, Call::callee);
        let waits = found.entry((home, written(name))).or_default();
        match wrapper.or_else(|| around(expr, wraps)) {
            Some(wrapper) => waits.wrapped.push(wrapper),
            None => waits.bare.push(thing),
        }
    }
    found
}

/// What the expression waits for, and the call around it if that wraps.
fn waited<'m>(
    expr: Expr<'m>,
    wraps: &impl Fn(Expr<'_>) -> bool,
) -> Option<(Expr<'m>, Option<Expr<'m>>)> {
    let module = expr.module();
    let within = |wrapper: Expr<'m>| {
        let call = wrapper.as_call().filter(|_| wraps(wrapper))?;
        call.positional(0).or_else(|| call.args().first().map(|it| it.value))
    };
    match expr.kind() {
        ExprKind::Await(inner) | ExprKind::YieldFrom(inner) => {
            let inner = module.expr(*inner);
            match within(inner) {
                Some(thing) => Some((thing, Some(inner))),
                None => Some((inner, None)),
            }
        }
        // Waited for elsewhere: `tasks.append(wait_for(f(), 3))`.
        ExprKind::Call { .. } if !expr.is_awaited() => match within(expr) {
            Some(thing) => Some((thing, Some(expr))),
            None => {
                let given = expr.parent_expr().and_then(Expr::as_call);
                let given = given.filter(|it| it.callee() != expr && !wraps(it.expr()));
                given.map(|_| (expr, None))
            }
        },
        _ => None,
    }
}

/// The context of a `with` of the same function around the expression that wraps.
fn around<'m>(expr: Expr<'m>, wraps: &impl Fn(Expr<'_>) -> bool) -> Option<Expr<'m>> {
    let function = expr.function();
    let own = expr.stmt().ancestors().take_while(|it| it.function() == function);
    own.into_iter().find_map(|stmt| {
        let StmtKind::With { items, .. } = stmt.kind() else { return None };
        let mut contexts = items.iter().map(|item| stmt.module().expr(item.context));
        contexts.find(|it| wraps(*it))
    })
}
