//! What ran concurrently before the change, and runs in turn now.

use std::collections::{BTreeMap, BTreeSet};

use super::{home, written};
use crate::analysis::rules::coroutines::gathers;
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Function, Module, Tag};

/// Calls that were awaited together with others of their function before, and are awaited one after the other now: for each
/// function the last, or one in a loop.
pub(in crate::analysis::rules) fn no_longer_together<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<Call<'m>> {
    if before.text() == module.text() {
        return Vec::new();
    }
    let (earlier, now) = (together(before), together(module));
    if earlier.is_empty() {
        return Vec::new();
    }
    let was_awaited: BTreeSet<_> = awaited(before).into_keys().collect();
    let mut in_turn: BTreeMap<String, Vec<Call<'m>>> = BTreeMap::new();
    for ((home, name), calls) in awaited(module) {
        let key = (home.clone(), name);
        if earlier.contains(&key) && !now.contains(&key) && !was_awaited.contains(&key) {
            in_turn.entry(home).or_default().extend(calls);
        }
    }
    let mut found = Vec::new();
    for calls in in_turn.into_values() {
        let looped = calls.iter().find(|it| it.expr().in_loop());
        let last = calls.iter().max_by_key(|it| it.span()).filter(|_| calls.len() > 1);
        found.extend(looped.or(last).copied());
    }
    found.sort_by_key(|it| it.span());
    found
}

/// What functions give to `gather`, or start in a task group.
fn together(module: &Module<'_>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for call in module.calls_in_focus().filter(|it| !it.expr().is_dead()) {
        if !gathers(call) && !call.has(Tag::KeepsTask) {
            continue;
        }
        let Some(home) = home(call.expr()) else { continue };
        for arg in call.args().into_iter().filter(|it| it.keyword.is_none()) {
            let mut names = Vec::new();
            collect(arg.value, 0, &mut names);
            found.extend(names.into_iter().map(|name| (home.clone(), name)));
        }
    }
    found
}

/// Names of what is called in an argument: itself, the parts of a display, the element of a comprehension, and what a local list is made of.
fn collect(given: Expr<'_>, depth: u32, names: &mut Vec<String>) {
    let module = given.module();
    match given.kind() {
        _ if depth > 4 => {}
        ExprKind::Call { .. } => {
            let Some(call) = given.as_call() else { return };
            names.push(written(call.callee()));
            if call.has(Tag::MakesTask) {
                call.args().into_iter().for_each(|it| collect(it.value, depth + 1, names));
            }
        }
        ExprKind::Starred(inner) => collect(module.expr(*inner), depth + 1, names),
        ExprKind::List(parts) | ExprKind::Tuple(parts) => {
            parts.iter().for_each(|id| collect(module.expr(*id), depth + 1, names));
        }
        ExprKind::Conditional { then, otherwise, .. } => {
            [*then, *otherwise].iter().for_each(|id| collect(module.expr(*id), depth + 1, names));
        }
        ExprKind::Comprehension { elements, .. } => {
            elements.iter().for_each(|id| collect(module.expr(*id), depth + 1, names));
        }
        ExprKind::Name => {
            let own = given.function().into_iter().flat_map(Function::expressions);
            for made in own.filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&given))) {
                collect(made, depth + 1, names);
            }
        }
        _ => {}
    }
}

/// Calls that functions await by themselves.
fn awaited<'m>(module: &Module<'m>) -> BTreeMap<(String, String), Vec<Call<'m>>> {
    let mut found: BTreeMap<(String, String), Vec<Call<'m>>> = BTreeMap::new();
    for call in module.calls_in_focus().filter(|it| it.expr().is_awaited()) {
        let Some(home) = home(call.expr()) else { continue };
        found.entry((home, written(call.callee()))).or_default().push(call);
    }
    found
}
