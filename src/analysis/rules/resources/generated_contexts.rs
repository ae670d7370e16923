//! Part of AW302: context managers made of generators by a decorator.

use super::cleaning::clean_ups;
use crate::analysis::rules::advice;
use crate::analysis::rules::classes::is_stub;
use crate::analysis::{Confidence, Report};
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::flow::{Ways, exits, may_reach};
use crate::python::{Call, Expr, Function, Module, Stmt, TextEdit};

pub(super) fn check(function: Function<'_>, report: &mut Report) {
    for decorator in function.decorators() {
        if decorator.is("contextlib.contextmanager") && function.is_async() {
            wrong_decorator(function, decorator, report);
        } else if decorator.is("contextlib.asynccontextmanager") {
            if function.is_async() && function.node().is_generator {
                unprotected(function, report);
            } else {
                not_an_async_generator(function, report);
            }
        }
    }
}

fn wrong_decorator(function: Function<'_>, decorator: Expr<'_>, report: &mut Report) {
    let name = function.name();
    let draft = report.finding(
        decorator,
        format!("`contextmanager` makes nothing of an `async def`: `with {name}(…)` raises an exception before its body runs; use `asynccontextmanager`, and `async with`"),
    );
    if function.node().is_generator {
        let (text, mut edits) =
            function.module().reference(decorator, "contextlib.asynccontextmanager");
        edits.push(TextEdit::replace(decorator, text));
        draft.fix("Use `asynccontextmanager`", edits);
    }
}

fn not_an_async_generator(function: Function<'_>, report: &mut Report) {
    let node = function.node();
    let says_more = function.body().any(|stmt| {
        !matches!(stmt.kind(), StmtKind::Raise { .. } | StmtKind::Pass)
            && !matches!(stmt.kind(), StmtKind::Expr(id)
                if matches!(stmt.module().expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis))
    });
    if node.decorators.len() > 1 || is_stub(function) || !says_more {
        return;
    }
    let name = function.name();
    if node.is_generator {
        report
            .finding(
                function.name_span(),
                format!("`asynccontextmanager` needs an asynchronous generator, and this is a plain one: `async with {name}(…)` raises `TypeError`; write `async def {name}`"),
            )
            .fix("Make it `async def`", vec![TextEdit::before(function.span(), "async ")]);
    } else if node.is_async {
        report
            .finding(
                function.name_span(),
                format!("`{name}` never yields, so `async with {name}(…)` raises an exception instead of running its body; `yield` where the body belongs"),
            )
            .confidence(Confidence::Likely);
    }
}

/// A `yield` with a clean-up behind it that an exception in the body of the `async with` skips.
fn unprotected(function: Function<'_>, report: &mut Report) {
    if is_a_lifespan(function) {
        return;
    }
    let yields = function.expressions().filter(|it| matches!(it.kind(), ExprKind::Yield(_)));
    let mut safe = None;
    for given in yields {
        let around = Around::of(given.stmt());
        let behind = clean_ups(function).filter(|it| it.span().start > given.span().end);
        let behind: Vec<Call<'_>> = behind
            .filter(|it| may_reach(given.stmt(), it.expr().stmt(), &[], Ways::Regular))
            .collect();
        let mut skipped = behind.iter().filter(|it| !around.guards(**it, &behind));
        // What it stands in cleans up by itself, and what is behind the `yield` may be for success only.
        if let Some(skipped) = skipped.next().filter(|_| !around.entered) {
            let what = advice::name_of(*skipped);
            report
                .finding(
                    given,
                    format!("an exception or a cancellation inside `async with {}(…)` comes out of this `yield`, so `{what}` behind it never runs; put the `yield` in a `try` and the clean-up in its `finally`", function.name()),
                )
                .confidence(Confidence::Likely)
                .related(skipped.callee(), "this is skipped");
            return;
        }
        if around.entered || !around.tries.is_empty() {
            safe = Some(given);
        }
    }
    if let Some(given) = safe {
        report.satisfied(given);
    }
}

/// What stands around a `yield`.
struct Around<'m> {
    /// The `try` statements that it is tried by.
    tries: Vec<Stmt<'m>>,
    /// Whether it runs within a `with`.
    entered: bool,
}

impl<'m> Around<'m> {
    fn of(given: Stmt<'m>) -> Self {
        let module = given.module();
        let mut around = Self { tries: Vec::new(), entered: false };
        for stmt in given.ancestors().take_while(|it| it.function() == given.function()) {
            match stmt.kind() {
                StmtKind::Try { body, .. } if holds(module, body, given) => around.tries.push(stmt),
                StmtKind::With { .. } => around.entered = true,
                _ => {}
            }
        }
        around
    }

    /// Whether a clean-up runs as well when an exception comes out of the `yield`, or is meant not to.
    fn guards(&self, call: Call<'m>, all: &[Call<'m>]) -> bool {
        self.tries.iter().any(|stmt| {
            let module = stmt.module();
            let StmtKind::Try { handlers, otherwise, finally, .. } = stmt.kind() else {
                return false;
            };
            let own = |call: Call<'m>| {
                let at = call.expr().stmt();
                finally.as_ref().is_some_and(|block| holds(module, block, at))
                    || handlers.iter().any(|it| holds(module, &it.body, at))
            };
            let goes_on = |block: &[StmtId]| exits(&module, block, Ways::Regular).falls;
            own(call)
                || holds(module, otherwise, call.expr().stmt())
                || handlers.iter().any(|it| goes_on(&it.body))
                || all.iter().any(|it| own(*it) && it.text() == call.text())
                || repeated(*stmt, call)
        })
    }
}

/// Whether the same is called in one of the handlers, or in the `finally`.
fn repeated(stmt: Stmt<'_>, call: Call<'_>) -> bool {
    let StmtKind::Try { handlers, .. } = stmt.kind() else { return false };
    handlers.iter().any(|it| stmt.module().slice(it.span).contains(call.callee().text()))
}

fn holds(module: Module<'_>, block: &[StmtId], stmt: Stmt<'_>) -> bool {
    block.iter().any(|id| module.stmt(*id).span().contains(stmt.span()))
}

/// Whether a framework runs it once for the whole program, and no code of anybody's within it.
fn is_a_lifespan(function: Function<'_>) -> bool {
    let module = function.module();
    let first = function.node().params.first();
    let name = first.map_or("", |param| module.slice(param.name));
    function.name().contains("lifespan")
        || matches!(name, "app" | "_app" | "_" | "application")
        || module.text().contains(&format!("lifespan={}", function.name()))
}
