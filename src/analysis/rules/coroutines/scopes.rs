//! What protects code from cancellation: shields and time-outs of asyncio, cancel scopes of anyio and trio.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt, StmtKind as Kind, Tag};

/// How cancellation comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Once, by an exception at an `await`: asyncio.
    Asyncio,
    /// At every `await` of a cancelled scope: anyio, trio.
    Levels,
}

/// How cancellation comes in a module, by what it imports.
pub(super) fn flavour(module: &Module) -> Flavour {
    let (mut asyncio, mut levels) = (false, false);
    for stmt in module.statements() {
        let mut see = |name: &str| match name.split('.').next().unwrap_or_default() {
            "asyncio" => asyncio = true,
            "anyio" | "trio" => levels = true,
            _ => {}
        };
        match stmt.kind() {
            StmtKind::Import(names) => names.iter().for_each(|alias| see(&alias.name)),
            StmtKind::ImportFrom { module, level: 0, .. } => see(module),
            _ => {}
        }
    }
    if levels && !asyncio { Flavour::Levels } else { Flavour::Asyncio }
}

/// Cancel scopes of anyio and trio.
const SCOPES: [&str; 10] = [
    "trio.CancelScope",
    "trio.move_on_after",
    "trio.move_on_at",
    "trio.fail_after",
    "trio.fail_at",
    "anyio.CancelScope",
    "anyio.move_on_after",
    "anyio.fail_after",
    "trio.open_nursery",
    "anyio.create_task_group",
];

/// Whether the call makes a cancel scope, one of the library's or one that is named like them.
fn is_scope(call: Call<'_>) -> bool {
    call.is_any(&SCOPES) || call.method() == Some("CancelScope")
}

/// Whether a scope of the function itself stands around the statement, so that it may be cancelled there.
pub(super) fn is_in_a_scope(stmt: Stmt<'_>) -> bool {
    let function = stmt.function();
    stmt.ancestors().take_while(|it| it.function() == function).any(|outer| {
        let Kind::With { items, .. } = outer.kind() else { return false };
        let mut calls = items.iter().filter_map(|it| outer.module().expr(it.context).as_call());
        calls.any(is_scope)
    })
}

/// Whether a scope around the statement keeps cancellation off all of it: `with CancelScope(shield=True):`. One with a time
/// limit of its own cancels what it shields.
pub(super) fn is_shielded(stmt: Stmt<'_>) -> bool {
    let function = stmt.function();
    stmt.ancestors().take_while(|it| it.function() == function).any(|outer| {
        let Kind::With { items, .. } = outer.kind() else { return false };
        let calls = items.iter().filter_map(|it| outer.module().expr(it.context).as_call());
        let unlimited = |it: &Call<'_>| is_scope(*it) && it.method() == Some("CancelScope");
        calls.filter(unlimited).filter(|it| it.args().len() == 1).any(|scope| {
            scope.keyword("shield").is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)))
        })
    })
}

/// Whether something between the expression and the statement around it keeps cancellation off, or bounds the time it takes.
pub(super) fn is_protected(expr: Expr<'_>, outermost: Option<Stmt<'_>>) -> bool {
    let own = |it: Expr<'_>| {
        it.as_call().is_some_and(|call| {
            let shields =
                call.has(Tag::Shields) || call.is("asyncio.wait_for") || call.is("asyncio.wait");
            let called = call.function().filter(|it| Some(*it) != expr.function());
            let itself = called.is_some_and(shields_itself);
            shields || itself || call.keyword("timeout").is_some()
        })
    };
    if own(expr) || expr.ancestors().any(own) {
        return true;
    }
    let around = expr.stmt().ancestors().take_while(|stmt| Some(*stmt) != outermost);
    around.into_iter().any(|stmt| {
        let Kind::With { items, .. } = stmt.kind() else { return false };
        items.iter().any(|item| {
            let context = stmt.module().expr(item.context);
            let Some(call) = context.as_call() else { return false };
            if is_scope(call) {
                let given = call.keyword("shield");
                let given = given.is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)));
                return given || is_shielded_by_name(stmt, item.target, expr);
            }
            call.has(Tag::Bounds)
        })
    })
}

/// Whether the function's own code waits under a shield.
fn shields_itself(function: Function<'_>) -> bool {
    function.name().contains("shield")
        || function.statements().any(|stmt| match stmt.kind() {
            Kind::With { items, .. } => items.iter().any(|item| {
                let context = stmt.module().expr(item.context).as_call();
                let given =
                    context.filter(|it| it.is_any(&SCOPES)).and_then(|it| it.keyword("shield"));
                given.is_some_and(|it| matches!(it.kind(), ExprKind::Bool(true)))
            }),
            _ => false,
        })
}

/// Whether the last `scope.shield = …` before the expression says `True`.
fn is_shielded_by_name(
    stmt: Stmt<'_>,
    target: Option<crate::python::ast::ExprId>,
    expr: Expr<'_>,
) -> bool {
    let module = stmt.module();
    let Some(name) = target.and_then(|id| module.expr(id).as_name()) else { return false };
    let Some(function) = stmt.function() else { return false };
    let sets = |it: Stmt<'_>| match it.kind() {
        StmtKind::Assign { targets, value } => {
            let [only] = targets[..] else { return None };
            let text = module.expr(only).text();
            let own = text.strip_prefix(name)?;
            let shield = own == ".shield" || own == ".cancel_scope.shield";
            shield.then(|| matches!(module.expr(*value).kind(), ExprKind::Bool(true)))
        }
        _ => None,
    };
    let before = function
        .statements()
        .filter(|it| stmt.span().contains(it.span()) && it.span().start < expr.span().start);
    before.filter_map(sets).last().unwrap_or(false)
}
