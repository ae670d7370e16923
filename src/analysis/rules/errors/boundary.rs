//! Where the exceptions of a coroutine are stopped, and what becomes of them there.

use crate::analysis::rules::coroutines::named;
use crate::python::ast::{Handler, StmtId, StmtKind};
use crate::python::{Call, Expr, ExprKind, Function, Module, Stmt};

/// Words in the names of what gives something back or takes it down. A failure there is nothing that anybody can do about.
const CLOSING: [&str; 32] = [
    "close",
    "stop",
    "cancel",
    "disconnect",
    "shutdown",
    "shut_down",
    "rollback",
    "cleanup",
    "clean_up",
    "teardown",
    "tear_down",
    "terminate",
    "kill",
    "unlink",
    "remove",
    "delete",
    "release",
    "logout",
    "unsubscribe",
    "abort",
    "dispose",
    "unregister",
    "detach",
    "hangup",
    "__aexit__",
    "__del__",
    "drain",
    "finish",
    "flush",
    "unload",
    "destroy",
    "finaliz",
];

/// Whether something of this name (or text) gives back what was taken.
pub(super) fn is_closing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    CLOSING.iter().any(|word| text.contains(word))
}

/// Whether a handler catches every error.
pub(super) fn is_broad(module: &Module<'_>, handler: &Handler) -> bool {
    handler.exceptions.is_none()
        || named(module, handler)
            .iter()
            .any(|it| it.is_any(&["builtins.Exception", "builtins.BaseException"]))
}

/// Whether a handler does nothing at all: `pass`, `...`, `continue`.
pub(super) fn is_silent(module: &Module<'_>, body: &[StmtId]) -> bool {
    body.iter().all(|id| {
        let stmt = module.stmt(*id);
        match stmt.kind() {
            StmtKind::Pass | StmtKind::Continue => true,
            StmtKind::Expr(id) => {
                matches!(module.expr(*id).kind(), ExprKind::Ellipsis | ExprKind::Str)
            }
            StmtKind::Return(None) => stmt.function().is_some_and(returns_nothing),
            StmtKind::Opaque(parts, block) => parts.is_empty() && block.is_empty(),
            _ => false,
        }
    })
}

fn returns_nothing(function: Function<'_>) -> bool {
    function.statements().all(|it| !matches!(it.kind(), StmtKind::Return(Some(_))))
}

/// The `try` statements of the function in whose body the statement stands, inner ones first.
pub(super) fn tries_around<'m>(stmt: Stmt<'m>) -> impl Iterator<Item = Stmt<'m>> {
    let function = stmt.function();
    let module = stmt.module();
    stmt.ancestors().take_while(move |it| it.function() == function).filter(move |outer| {
        let StmtKind::Try { body, .. } = outer.kind() else { return false };
        body.iter().any(|id| module.stmt(*id).span().contains(stmt.span()))
    })
}

/// The logger that a file uses, as it writes it.
pub(super) fn logger(module: Module<'_>) -> Option<&str> {
    let says = |it: &str| matches!(it, "exception" | "error" | "warning" | "info" | "debug");
    let all = module.calls().filter(|call| call.method().is_some_and(says));
    let objects = all.filter_map(Call::receiver);
    let of_module = |it: &Expr<'_>| it.is_global() && it.text().to_lowercase().contains("log");
    objects.filter(of_module).map(Expr::text).next()
}
