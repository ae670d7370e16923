//! What was given back before the change, and is not any more.

use std::collections::{BTreeMap, BTreeSet};

use super::{home, written};
use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module};

/// Methods that give something back or end it.
pub(in crate::analysis::rules) const ENDING: [&str; 15] = [
    "abort",
    "aclose",
    "cleanup",
    "close",
    "detach",
    "disconnect",
    "dispose",
    "kill",
    "release",
    "shutdown",
    "stop",
    "terminate",
    "unsubscribe",
    "wait_closed",
    "wait_stopped",
];

/// Something that its owner ended before the change.
pub(in crate::analysis::rules) struct NotEnded<'m> {
    /// Where it is made; or, for what is still told to close, where it is told so.
    pub(in crate::analysis::rules) at: Expr<'m>,
    pub(in crate::analysis::rules) name: &'m str,
    /// What was called on it.
    pub(in crate::analysis::rules) method: String,
    /// Whether it is told to close, and only the wait for that is gone.
    pub(in crate::analysis::rules) is_told: bool,
}

/// Whose something is (a class, a function, the module), and how it is written there.
type Owned = (String, String);

/// What a file makes and ended before the change, and does not end any more.
pub(in crate::analysis::rules) fn no_longer_ended<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<NotEnded<'m>> {
    if before.text() == module.text() {
        return Vec::new();
    }
    let (earlier, now) = (ends(before), ends(module));
    let mut found = Vec::new();
    for (owned, was) in &earlier {
        let is = now.get(owned);
        let method = was.iter().next().map(|(method, _)| method.clone()).unwrap_or_default();
        match is {
            None if !is_given_on(module, owned) => {
                let made = made(module, owned);
                found.extend(made.map(|at| NotEnded {
                    at,
                    name: at.text(),
                    method,
                    is_told: false,
                }));
            }
            Some(is) if was.contains_key("wait_closed") && !is.contains_key("wait_closed") => {
                let told = is.get("close").map(|call| NotEnded {
                    at: call.callee(),
                    name: call.receiver().map_or("", Expr::text),
                    method: "wait_closed".to_owned(),
                    is_told: true,
                });
                found.extend(told);
            }
            _ => {}
        }
    }
    found.sort_by_key(|it| it.at.span());
    found
}

/// What is ended in a module, and by which methods.
fn ends<'m>(module: &Module<'m>) -> BTreeMap<Owned, BTreeMap<String, Call<'m>>> {
    let mut found: BTreeMap<Owned, BTreeMap<String, Call<'m>>> = BTreeMap::new();
    for call in module.calls().filter(|it| !it.expr().is_dead()) {
        let Some(receiver) = call.receiver() else { continue };
        let method = call.method().filter(|it| ENDING.contains(it));
        let Some((owned, method)) = owned(receiver).zip(method) else { continue };
        found.entry(owned).or_default().entry(method.to_owned()).or_insert(call);
    }
    found
}

/// Whose it is: an attribute of `self` the class's, a local name the function's.
fn owned(thing: Expr<'_>) -> Option<Owned> {
    if !matches!(thing.kind(), ExprKind::Name | ExprKind::Attribute { .. }) {
        return None;
    }
    let text = written(thing);
    if text.starts_with("self.") {
        let class = thing.function().and_then(Function::outer_class)?;
        return Some((class.name().to_owned(), text));
    }
    if thing.as_name().is_some() && !thing.is_global() {
        return Some((home(thing)?, text));
    }
    Some((String::new(), text))
}

/// Where it is made: the name that a call's result is bound to.
fn made<'m>(module: &Module<'m>, wanted: &Owned) -> Option<Expr<'m>> {
    let last = wanted.1.rsplit('.').next().unwrap_or_default();
    let named = module.expressions().filter(|it| it.is_store() && it.last_name() == last);
    named.filter(|it| owned(*it).as_ref() == Some(wanted)).find(|it| is_bound_to_a_call(*it))
}

fn is_bound_to_a_call(target: Expr<'_>) -> bool {
    let module = target.module();
    let value = match target.stmt().kind() {
        StmtKind::Assign { value, .. } | StmtKind::AnnAssign { value: Some(value), .. } => {
            module.expr(*value)
        }
        _ => return false,
    };
    let value = match value.kind() {
        ExprKind::Await(inner) => module.expr(*inner),
        _ => value,
    };
    value.as_call().is_some()
}

/// Whether somebody else may end it: it is entered, handed to a call, returned or stored, or its method is.
fn is_given_on(module: &Module<'_>, wanted: &Owned) -> bool {
    let last = wanted.1.rsplit('.').next().unwrap_or_default();
    let mut named = module.expressions().filter(|it| !it.is_store() && it.last_name() == last);
    named.any(|used| {
        owned(used).as_ref() == Some(wanted)
            && match fate(used) {
                Fate::Entered(_) | Fate::Returned | Fate::Awaited(_) => true,
                Fate::Argument(call) => call.method().is_some_and(takes_over),
                Fate::Attribute(attribute) => {
                    ENDING.contains(&attribute.last_name()) && used.method_call().is_none()
                }
                _ => false,
            }
    })
}

/// Whether a function's name says that it ends what it is given.
fn takes_over(name: &str) -> bool {
    let words = ["enter", "push", "closing", "callback", "finalize", "gather", "wait"];
    words.iter().chain(&ENDING).any(|word| name.contains(word))
}

/// Calls of a file's functions that were contexts of an `async with` before, and are made without one now.
pub(in crate::analysis::rules) fn no_longer_entered<'m>(
    module: &Module<'m>,
    before: &Module<'_>,
) -> Vec<Call<'m>> {
    if !before.text().contains("async with ") || before.text() == module.text() {
        return Vec::new();
    }
    let named = |call: Call<'_>| Some((home(call.expr())?, written(call.callee())));
    let entered = |call: &Call<'_>| {
        let stmt = call.expr().entered_by();
        stmt.is_some_and(|it| matches!(it.kind(), StmtKind::With { is_async: true, .. }))
    };
    let names = |module: &Module<'_>| -> BTreeSet<_> {
        module.calls().filter(entered).filter_map(named).collect()
    };
    let (was, is) = (names(before), names(module));
    let bare: BTreeSet<_> = before.calls().filter(|it| !entered(it)).filter_map(named).collect();
    let gone: BTreeSet<_> =
        was.into_iter().filter(|it| !is.contains(it) && !bare.contains(it)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let mut calls: Vec<Call<'m>> = module.calls().collect();
    calls.retain(|it| named(*it).is_some_and(|name| gone.contains(&name)));
    calls.retain(|it| !is_looked_after(*it));
    calls
}

/// Whether what the call makes is entered, handed on or ended in some way.
fn is_looked_after(call: Call<'_>) -> bool {
    let over = |used: Expr<'_>| match fate(used) {
        Fate::Entered(_) | Fate::Argument(_) | Fate::Returned => true,
        _ => used
            .method_call()
            .and_then(Call::method)
            .is_some_and(|it| ENDING.contains(&it) || it.starts_with("__a")),
    };
    let targets = call.expr().bound_to();
    let local = targets.iter().all(|it| it.as_name().is_some());
    match fate(call.expr()) {
        Fate::Dropped => false,
        Fate::Bound(_) | Fate::Awaited(_) if local && !targets.is_empty() => {
            targets.into_iter().flat_map(Expr::uses).any(over)
        }
        _ => true,
    }
}
