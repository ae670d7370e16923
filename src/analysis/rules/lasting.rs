//! Resources that are kept beyond the function that opened them, and whether anything gives them back.

use super::advice;
use super::fate::{Fate, fate};
use super::home::{End, Treatment, end, treatment};
use super::openers::Origin;
use crate::analysis::{Confidence, Draft, Report};
use crate::python::kept::Keeper;
use crate::python::{Call, Class, Expr, Fact, Function, Module, Resource};

/// Methods by which objects are ended, the most telling first.
const ENDINGS: [&str; 14] = [
    "aclose",
    "close",
    "__aexit__",
    "stop",
    "shutdown",
    "async_stop",
    "cleanup",
    "disconnect",
    "teardown",
    "terminate",
    "finish",
    "quit",
    "on_shutdown",
    "close_session",
];

/// Reports the resources of a kind that live on and that nothing in the repository gives back; and states where one is given
/// back.
pub(super) fn check(module: &Module<'_>, report: &mut Report, wanted: fn(&Fact<'_>) -> bool) {
    for call in module.calls_in_focus() {
        if is_entered(call, wanted) {
            report.satisfied(call.callee());
            continue;
        }
        let Some((origin, resource, keeper)) = opened(call, wanted) else { continue };
        match end(keeper, resource.closed_by) {
            End::GivenBack => report.satisfied(call.callee()),
            End::Elsewhere => {}
            End::Never => origin.shown(state(call, resource, keeper, report)),
        }
    }
}

/// Whether the call opens such a resource for the length of a `with`, also one that it is given to by a name.
fn is_entered(call: Call<'_>, wanted: fn(&Fact<'_>) -> bool) -> bool {
    let opens = |fact: &Fact<'_>| wanted(fact) && fact.resource.is_some();
    let fact = Origin::of(call).and_then(Origin::fact);
    if call.expr().is_dead() || !fact.is_some_and(|it| opens(&it)) {
        return false;
    }
    let expr = match fate(call.expr()) {
        Fate::Awaited(awaited) => awaited,
        _ => call.expr(),
    };
    let enters = |used: Expr<'_>| matches!(fate(used), Fate::Entered(_));
    enters(expr) || expr.bound_to().into_iter().flat_map(Expr::uses).any(enters)
}

/// The resource that a call opens, and the place that keeps it beyond the function.
fn opened<'m>(
    call: Call<'m>,
    wanted: fn(&Fact<'_>) -> bool,
) -> Option<(Origin<'m>, Resource<'m>, Keeper<'m>)> {
    let origin = Origin::of(call)?;
    let resource = origin.fact().filter(|fact| wanted(fact))?.resource?;
    // What is made at import time is another rule's business.
    let made_here = call.expr().function().is_some();
    if !origin.is_open() || !made_here || call.expr().is_dead() {
        return None;
    }
    let mut expr = call.expr();
    if let Fate::Awaited(awaited) = fate(expr) {
        expr = awaited;
    }
    let Fate::Bound(_) = fate(expr) else { return None };
    let [target] = expr.bound_to()[..] else { return None };
    // What the function itself gives back, or leaves to an exit stack, is only lent to the place that keeps it.
    let ends = |used: Expr<'_>| treatment(used, resource.closed_by, 0) == Treatment::Ends;
    if target.uses().into_iter().any(ends) {
        return None;
    }
    Some((origin, resource, kept_at_last(target)?))
}

/// The place that keeps it: the target, or where a local name for it is put.
pub(super) fn kept_at_last(target: Expr<'_>) -> Option<Keeper<'_>> {
    if let Some(keeper) = target.keeper() {
        return Some(keeper);
    }
    let mut kept = target.uses().into_iter().filter_map(|used| match fate(used) {
        Fate::Bound(_) => match used.bound_to()[..] {
            [further] => Some(further),
            _ => None,
        },
        _ => None,
    });
    kept.next().filter(|_| kept.next().is_none())?.keeper()
}

fn state<'r>(
    call: Call<'_>,
    resource: Resource<'_>,
    keeper: Keeper<'_>,
    report: &'r mut Report,
) -> &'r mut Draft {
    let name = advice::quoted(keeper.target(), "this attribute");
    let what = resource.what;
    let close = resource.closed_by.first().unwrap_or("close");
    let text = keeper.target().text();
    let awaited = if resource.asynchronous { "await " } else { "" };
    let place = match keeper.class().and_then(ending) {
        Some(method) => format!("in `{}`", method.qualified_name()),
        None => match keeper.class() {
            Some(class) => {
                format!("in a method of `{}` that its owner awaits at the end", class.name())
            }
            None => "when the program stops".to_owned(),
        },
    };
    report
        .finding(
            call.callee(),
            format!("Nothing ever closes the {what} in {name}, so it stays open, with what it holds at the other end, until the process dies; call `{awaited}{text}.{close}()` {place}"),
        )
        .confidence(Confidence::Likely)
}

/// The method that ends instances of the class.
pub(super) fn ending(class: Class<'_>) -> Option<Function<'_>> {
    ENDINGS.iter().find_map(|name| class.method(name))
}
