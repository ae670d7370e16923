//! Tasks that a function makes and holds by a local name.

use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::python::ast::{ComprehensionKind, ExprKind, Parent};
use crate::python::{Call, Expr, Module, Tag};

/// Tasks that a local name holds.
pub(super) enum Made<'m> {
    /// One: where the name is read.
    Local(Vec<Expr<'m>>),
    /// Several, in a list or set: where the name is read.
    Several(Vec<Expr<'m>>),
}

/// The tasks that functions of the module make and hold by one local name each, those in task groups left out.
pub(super) fn made_tasks<'m>(module: &Module<'m>) -> Vec<Made<'m>> {
    let makes = |call: &Call<'_>| {
        call.has(Tag::MakesTask) && !call.has(Tag::KeepsTask) && !call.expr().is_dead()
    };
    let mut all = Vec::new();
    for call in module.calls_in_focus().filter(makes) {
        if let Some(uses) = held(call.expr()) {
            all.push(Made::Local(uses));
        } else if let Some(uses) = container(call.expr()).and_then(held) {
            all.push(Made::Several(uses));
        }
    }
    all
}

/// The display or comprehension that an expression is an item of, and that is a list or a set.
pub(in crate::analysis::rules) fn container(expr: Expr<'_>) -> Option<Expr<'_>> {
    let Parent::Expr(outer) = expr.parent() else { return None };
    let outer = expr.module().expr(outer);
    match outer.kind() {
        ExprKind::List(parts) | ExprKind::Set(parts) => {
            (parts.first() == Some(&expr.id())).then_some(outer)
        }
        ExprKind::Comprehension {
            kind: ComprehensionKind::List | ComprehensionKind::Set,
            elements,
            ..
        } => elements.contains(&expr.id()).then_some(outer),
        _ => None,
    }
}

/// The uses of the only name, a local one, that the expression is bound to.
fn held(expr: Expr<'_>) -> Option<Vec<Expr<'_>>> {
    if expr.is_awaited() {
        return None;
    }
    let [name] = expr.bound_to()[..] else { return None };
    let local = name.as_name().is_some() && !outlives_its_function(name);
    let uses = if local { name.uses() } else { return None };
    uses.iter().all(|it| it.function() == name.function()).then_some(uses)
}

/// Calls that wait for the tasks they are given.
const WAITING: [&str; 5] = [
    "asyncio.wait",
    "asyncio.wait_for",
    "asyncio.gather",
    "asyncio.shield",
    "asyncio.as_completed",
];

/// Whether a task (or a container of tasks) is awaited here, directly or by `gather` and its like.
pub(in crate::analysis::rules) fn awaits_it(used: Expr<'_>) -> bool {
    let mut expr = used;
    // Through `*tasks`, `[task, other]`, `list(tasks)` to what takes it.
    for _ in 0..6 {
        match fate(expr) {
            Fate::Awaited(_) => return true,
            Fate::Argument(call) if call.is_any(&WAITING) => return true,
            _ => {}
        }
        let Some(outer) = expr.parent_expr() else { return false };
        match outer.kind() {
            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) | ExprKind::Starred(_) => {
                expr = outer;
            }
            _ => return false,
        }
    }
    false
}
