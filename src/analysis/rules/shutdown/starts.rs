//! What a program starts with, by what its code does, not by what it is called.

use crate::python::{Call, Context, Expr, Function};

/// How many calls deep the way from a program's start is followed back.
const DEEPEST: u32 = 4;

/// Whether a program's start leads to the code: it is a module's own, or that of a function that such code calls, that is a
/// command, or that the project declares as a script.
pub(super) fn leads_to(expr: Expr<'_>) -> bool {
    leads(expr, 0)
}

fn leads(expr: Expr<'_>, depth: u32) -> bool {
    expr.context() == Context::Unknown
        && expr.function().is_none_or(|function| is_started(function, depth))
}

fn is_started(function: Function<'_>, depth: u32) -> bool {
    !function.is_async()
        && (is_command(function)
            || function.is_declared_script()
            || is_given(function)
            || depth < DEEPEST
                && function.callers().into_iter().any(|call| leads(call.expr(), depth + 1)))
}

/// Whether a library for command lines runs it: `@click.command()`, `@app.command()`.
fn is_command(function: Function<'_>) -> bool {
    function.decorators().any(|decorator| {
        let name = decorator.as_call().map_or(decorator, Call::callee).last_name();
        matches!(name, "command" | "callback" | "group")
    })
}

/// Whether the module itself gives it to something that runs it: `typer.run(main)`.
fn is_given(function: Function<'_>) -> bool {
    const RUNNERS: [&str; 4] = ["typer.run", "fire.Fire", "absl.app.run", "fire.core.Fire"];
    function.module().calls().filter(|it| it.expr().function().is_none()).any(|call| {
        call.is_any(&RUNNERS)
            && call.positional(0).is_some_and(|given| given.functions().contains(&function))
    })
}
