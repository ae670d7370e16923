//! Classes that are nothing but an asynchronous context manager.

use super::broken_async_context_manager::own;
use crate::analysis::rules::classes::is_stub;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Class, Function, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW303",
    name: "hand-written-context-manager",
    item: Some(Item(27)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("hand_written_context_manager.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for class in module.classes() {
        if is_nothing_else(class) {
            let name = class.name();
            report
                .finding(
                    class.node().name,
                    format!("`{name}` has only `__aenter__` and `__aexit__`; a generator with `@contextlib.asynccontextmanager` says the same in one function, with the clean-up in its `finally`"),
                )
                .confidence(Confidence::Likely);
        }
    }
    for function in module.functions_in_focus().filter(|it| it.is_async()) {
        if let Some(decorator) =
            function.decorators().find(|it| it.is("contextlib.asynccontextmanager"))
        {
            report.satisfied(decorator);
        }
    }
}

fn is_nothing_else(class: Class<'_>) -> bool {
    let names = ["__init__", "__aenter__", "__aexit__"];
    let plain = class.node().bases.is_empty() && class.node().decorators.is_empty();
    let only = class.methods().iter().all(|it| names.contains(&it.name()));
    let (Some(enter), Some(exit)) = (own(class, "__aenter__"), own(class, "__aexit__")) else {
        return false;
    };
    let module = class.module();
    let says = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Function(_) => true,
        StmtKind::Expr(id) => matches!(module.expr(*id).kind(), ExprKind::Str),
        _ => false,
    };
    let body = class.node().body.iter().map(|id| module.stmt(*id));
    plain
        && only
        && own(class, "__init__").is_some()
        && enter.is_async()
        && exit.is_async()
        && !is_stub(exit)
        && !is_stub(enter)
        && body.into_iter().all(says)
        && !gives_itself(enter)
        && !decides(exit)
        && class.subclasses().is_empty()
}

/// Whether the object itself is what the body gets: then its attributes are its interface.
fn gives_itself(enter: Function<'_>) -> bool {
    let module = enter.module();
    enter.statements().any(|stmt| match stmt.kind() {
        StmtKind::Return(Some(value)) => module.expr(*value).text() == "self",
        _ => false,
    })
}

/// Whether it says what becomes of an exception.
fn decides(exit: Function<'_>) -> bool {
    exit.statements().any(|stmt| matches!(stmt.kind(), StmtKind::Return(Some(_))))
}
