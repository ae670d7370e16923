//! How often a function makes what it opens: for each request, in each turn of a loop, or once in the life of a program.

use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::StmtKind;
use crate::python::{Call, Expr, Function, Stmt, Tag};

/// Whether a framework calls the function for each request, message or event.
pub(in crate::analysis::rules) fn is_handler(function: Function<'_>) -> bool {
    const REQUESTS: &[&str] =
        &["aiohttp.web.Request", "starlette.requests.Request", "starlette.websockets.WebSocket"];
    let module = function.module();
    let decorated = function.decorators().any(|decorator| {
        let target = decorator.as_call().map_or(decorator, Call::callee);
        target.fact().is_some_and(|fact| fact.has(Tag::Handler))
    });
    let annotated = function.node().params.iter().filter_map(|param| param.annotation).any(|id| {
        let annotation = module.expr(id);
        annotation.name().is_some_and(|name| {
            REQUESTS
                .iter()
                .any(|request| name == *request || module.library().derives(&name, request))
        })
    });
    decorated || annotated
}

/// Whether the function runs once in the life of a program, as far as the file and its name say.
pub(super) fn runs_once(function: Function<'_>) -> bool {
    const NAMES: &[&str] = &[
        "main",
        "_main",
        "amain",
        "async_main",
        "run",
        "start",
        "startup",
        "setup",
        "init",
        "lifespan",
        "serve",
        "demo",
    ];
    let name = function.name();
    let started = || {
        function.module().calls().any(|call| {
            call.function() == Some(function)
                && (call.expr().function().is_none()
                    || matches!(fate(call.expr()), Fate::Argument(outer) if outer.has(Tag::RunsLoop)))
        })
    };
    NAMES.contains(&name)
        || name.starts_with("test")
        || name.starts_with("__")
        || name.contains("setup")
        || function.node().is_generator
        || started()
}

/// Whether the function does something that a program does once in a while: it connects, signs in, installs; or it downloads
/// the one thing that it knows of.
pub(super) fn is_seldom_called(function: Function<'_>) -> bool {
    const SELDOM: [&str; 14] = [
        "authenticate",
        "authorize",
        "check_for_updates",
        "check_latest",
        "check_version",
        "connect",
        "init",
        "install",
        "log_in",
        "login",
        "register",
        "sign_in",
        "start_",
        "validate",
    ];
    let name = function.name().trim_start_matches('_');
    let module = function.module();
    let params = function.node().params.iter().map(|param| module.slice(param.name));
    let given = params.into_iter().any(|name| !matches!(name, "self" | "cls"));
    const NOW_AND_THEN: [&str; 4] = ["heartbeat", "refresh", "telemetry", "_once"];
    SELDOM.iter().any(|it| name.starts_with(it))
        || NOW_AND_THEN.iter().any(|it| name.contains(it))
        // It keeps what it got.
        || function.text().to_lowercase().contains("cache")
        || (name.starts_with("download") && !given)
}

/// Whether it repeats what stands in it.
pub(super) fn is_loop(stmt: Stmt<'_>) -> bool {
    matches!(stmt.kind(), StmtKind::For { .. } | StmtKind::While { .. })
}

/// The innermost loop around the call, within its function.
pub(super) fn looped(call: Call<'_>) -> Option<Stmt<'_>> {
    let function = call.expr().function();
    call.expr()
        .stmt()
        .ancestors()
        .take_while(|stmt| stmt.function() == function)
        .find(|stmt| is_loop(*stmt))
}

/// Whether what it is made with differs from turn to turn: its own proxy, cookies, credentials. Then one
/// can't serve all.
pub(super) fn is_meant_for_one_turn(call: Call<'_>) -> bool {
    let Some(turns) = looped(call) else { return false };
    let names = call.args().into_iter().flat_map(|arg| names_in(arg.value)).collect::<Vec<_>>();
    names.iter().any(|name| {
        let span = turns.span();
        name.values().is_empty() || bound_within(*name, span)
    })
}

fn bound_within(name: Expr<'_>, span: crate::python::Span) -> bool {
    let module = name.module();
    module.statements().filter(|stmt| span.contains(stmt.span())).any(|stmt| {
        let targets: Vec<_> = match stmt.kind() {
            StmtKind::For { target, .. } => vec![*target],
            StmtKind::Assign { targets, .. } => targets.clone(),
            StmtKind::With { items, .. } => items.iter().filter_map(|item| item.target).collect(),
            _ => Vec::new(),
        };
        targets
            .into_iter()
            .flat_map(|id| names_in(module.expr(id)))
            .any(|it| it.text() == name.text())
    })
}

fn names_in(expr: Expr<'_>) -> Vec<Expr<'_>> {
    if expr.as_name().is_some() {
        return vec![expr];
    }
    expr.children().into_iter().flat_map(names_in).collect()
}
