//! Asynchronous generators that are left in the middle, or that hand out control within a scope of cancellation.

use super::async_sources::{bound_by, is_async_generator};
use super::yields_within;
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::flow::{Ways, exits};
use crate::python::{Call, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW305",
    name: "async-generator-not-closed",
    item: Some(Item(29)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Leak,
    page: include_str!("async_generator_not_closed.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus().filter(|stmt| !stmt.is_dead()) {
        if let StmtKind::For { is_async: true, iter, body, .. } = stmt.kind() {
            left(module, module.expr(*iter), body, report);
        }
    }
    for call in module.calls_in_focus() {
        let closes = call.is_any(&["contextlib.aclosing", "async_generator.aclosing"])
            || call.method() == Some("aclose")
                && call.receiver().is_some_and(|it| made(it).is_some());
        if closes {
            report.satisfied(call.callee());
        }
    }
    for function in module.functions_in_focus().filter(|it| it.node().is_generator) {
        yields_within::check(function, report);
    }
}

/// `async for … in rows(): … break` over a generator that still has something to clean up.
fn left(module: &Module<'_>, iter: Expr<'_>, body: &[StmtId], report: &mut Report) {
    let Some(call) = made(iter) else { return };
    let Some(generator) = call.function().filter(|it| is_async_generator(*it)) else { return };
    if iter.as_name().is_some() && is_closed_later(call) {
        return;
    }
    let ways = exits(module, body, Ways::Regular);
    let leaves = |id: &&StmtId| !matches!(module.stmt(**id).kind(), StmtKind::Continue);
    let Some(way) = ways.leaves.iter().find(leaves) else { return };
    let Some(cleaned) = cleans_up(generator) else { return };
    let word =
        module.stmt(*way).text().split(|c: char| !c.is_alphabetic()).next().unwrap_or("this");
    let name = advice::name_of(call);
    let cure = if report.target() >= PythonVersion(3, 10) {
        format!("iterate within `async with contextlib.aclosing({name}(…)) as …`")
    } else {
        "keep the generator in a name and `await` its `aclose()` in a `finally`".to_owned()
    };
    report
        .finding(
            iter,
            format!("`{word}` leaves `{name}(…)` suspended, and what it cleans up then waits for the garbage collector, at some later time and in another task; {cure}"),
        )
        .confidence(Confidence::Likely)
        .related(module.stmt(*way), "the loop is left here")
        .related(cleaned, "this is left open meanwhile");
}

/// The call that makes what is iterated over: itself, or what its name is bound to.
fn made(iter: Expr<'_>) -> Option<Call<'_>> {
    iter.as_call().or_else(|| bound_by(iter)?.as_call())
}

/// Whether the name that the generator is bound to is handed to something, or closed.
fn is_closed_later(call: Call<'_>) -> bool {
    let uses = call.expr().bound_to().into_iter().flat_map(Expr::uses);
    uses.into_iter().any(|used| used.parent_expr().is_some())
}

/// The `with` or `try … finally` that a generator yields in.
fn cleans_up<'m>(generator: Function<'m>) -> Option<Stmt<'m>> {
    let module = generator.module();
    let yields = generator.expressions().filter(|it| matches!(it.kind(), ExprKind::Yield(_)));
    let around = |given: Expr<'m>| {
        let own = given.stmt().ancestors().take_while(|it| it.function() == Some(generator));
        own.into_iter().find(|stmt| match stmt.kind() {
            StmtKind::With { items, .. } => {
                let idle = |call: Call<'_>| call.has(Tag::Suppresses) || call.has(Tag::Bounds);
                let held = |id| !module.expr(id).as_call().is_some_and(idle);
                items.iter().any(|item| held(item.context))
            }
            StmtKind::Try { finally: Some(block), body, .. } => {
                let inner = |id: &StmtId| module.stmt(*id).span().contains(given.span());
                let does = |id: &StmtId| module.stmt(*id).text().contains("await ");
                body.iter().any(inner) && block.iter().any(does)
            }
            _ => false,
        })
    };
    yields.into_iter().find_map(around)
}
