use super::cancellation::{is_cancelled, named};
use crate::analysis::rules::earlier::{self, Cleanup, cleans_up, on_cancellation};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, Handler, StmtId, StmtKind};
use crate::python::{Expr, Function, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW220",
    name: "cleanup-skips-cancellation",
    item: Some(Item(21)),
    also: &[Item(23), Item(24)],
    severity: Severity::Medium,
    category: Category::Cancellation,
    page: include_str!("cleanup_skips_cancellation.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let before = report.before();
    let earlier = before.as_ref().map(on_cancellation).unwrap_or_default();
    for stmt in module.statements_in_focus().filter(|it| !it.is_dead()) {
        let StmtKind::Try { body, handlers, finally, .. } = stmt.kind() else { continue };
        let Some(function) = stmt.function().filter(|it| it.is_async()) else { continue };
        if finally.is_some() && handlers.is_empty() || !waits(function, body) {
            continue;
        }
        if handlers.iter().any(|it| catches_all(module, it)) {
            continue;
        }
        let Some(handler) = handlers.iter().find(|it| is_for_exceptions(module, it)) else {
            continue;
        };
        let ends = finally.iter().flatten().flat_map(|id| cleans_up(module.stmt(*id)));
        let ends: Vec<Cleanup<'_>> = ends.collect();
        if let Some(cleanup) = skipped(module, handler, &ends)
            && report.target() >= report.except_exception_below()
        {
            let was = earlier.get(&function.qualified_name());
            let known = was.is_some_and(|it| it.contains_key(&cleanup.text));
            state(handler, &cleanup, known, report);
        }
    }
    if let Some(before) = before {
        for it in earlier::no_longer_on_cancellation(module, &before) {
            report
                .finding(
                    it.awaited,
                    format!("before this change `{}` was done also when this was cancelled; now cancellation skips it, and leaves things as they are; do it in a `finally`, or for `BaseException`", it.cleanup),
                )
                .confidence(Confidence::Likely);
        }
    }
}

/// Whether cancellation can arrive in the block.
fn waits(function: Function<'_>, body: &[StmtId]) -> bool {
    let module = function.module();
    let waits = |expr: Expr<'_>| {
        expr.function() == Some(function)
            && matches!(expr.kind(), ExprKind::Await(_) | ExprKind::Yield(_))
    };
    let enters = |stmt: Stmt<'_>| {
        stmt.function() == Some(function)
            && matches!(
                stmt.kind(),
                StmtKind::With { is_async: true, .. } | StmtKind::For { is_async: true, .. }
            )
    };
    body.iter().any(|id| {
        let stmt = module.stmt(*id);
        stmt.expressions().any(waits) || stmt.with_inner().any(enters)
    })
}

/// Whether the handler runs when the coroutine is cancelled.
fn catches_all(module: &Module, handler: &Handler) -> bool {
    handler.exceptions.is_none()
        || named(module, handler)
            .iter()
            .any(|it| it.is("builtins.BaseException") || is_cancelled(*it))
}

fn is_for_exceptions(module: &Module, handler: &Handler) -> bool {
    named(module, handler).iter().any(|it| it.is("builtins.Exception"))
}

/// What a handler that raises again cleans up, and nothing else does.
fn skipped<'m>(
    module: &Module<'m>,
    handler: &Handler,
    ends: &[Cleanup<'m>],
) -> Option<Cleanup<'m>> {
    let last = module.stmt(*handler.body.last()?);
    if !matches!(last.kind(), StmtKind::Raise { .. }) {
        return None;
    }
    let mut done = handler.body.iter().flat_map(|id| cleans_up(module.stmt(*id)));
    done.find(|it| ends.iter().all(|end| end.thing != it.thing))
}

fn state(handler: &Handler, cleanup: &Cleanup<'_>, known: bool, report: &mut Report) {
    let confidence = if known { Confidence::Likely } else { Confidence::Possible };
    report
        .finding(
            handler.head,
            format!("Cancellation is no `Exception`, so `{}` is not done when this is cancelled or times out; catch `BaseException` for it, or do it in a `finally`", cleanup.text),
        )
        .confidence(confidence);
}
