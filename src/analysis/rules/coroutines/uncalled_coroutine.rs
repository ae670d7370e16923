//! The other half of AW202: a coroutine function given where a plain function, or a coroutine, is wanted.

use crate::analysis::Report;
use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::{ParamKind, Unpack};
use crate::python::{Call, Expr, Hand, Kind, Module, Runner, TextEdit, Value};

/// Takes a coroutine (or several), so that a coroutine function is one call short.
const WANT_COROUTINES: &[&str] = &[
    "asyncio.run",
    "uvloop.run",
    "asyncio.Runner.run",
    "asyncio.AbstractEventLoop.run_until_complete",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.AbstractEventLoop.create_task",
    "asyncio.TaskGroup.create_task",
    "asyncio.run_coroutine_threadsafe",
    "asyncio.wait_for",
    "asyncio.shield",
    "asyncio.gather",
];

pub(super) fn check(call: Call<'_>, report: &mut Report) {
    if call.is_any(WANT_COROUTINES) {
        let all = call.is("asyncio.gather");
        let given =
            call.args().into_iter().filter(|arg| arg.keyword.is_none() && arg.unpack == Unpack::No);
        for arg in given.take(if all { usize::MAX } else { 1 }) {
            if is_coroutine_function(arg.value) {
                not_called(call, arg.value, report);
            }
        }
        return;
    }
    let Some(fact) = call.fact() else { return };
    if fact.kind == Kind::Decorator {
        return;
    }
    for hand in fact.hands.iter().filter(|hand| !hand.awaits) {
        let Some(given) = handed(call, *hand).filter(|given| is_coroutine_function(*given)) else {
            continue;
        };
        if hand.to != Runner::Caller || is_misled(call) {
            called_for_nothing(call, given, hand.to, report);
        }
    }
}

/// The argument that is handed over.
pub(super) fn handed(call: Call<'_>, hand: Hand) -> Option<Expr<'_>> {
    let by_name = hand.keyword.and_then(|keyword| call.keyword(keyword));
    by_name.or_else(|| call.positional(usize::from(hand.position)))
}

/// Whether a built-in that calls the function makes nothing of the coroutines: `map` leaves them to whoever takes its
/// items, and only when nobody does they are lost.
fn is_misled(call: Call<'_>) -> bool {
    if !call.is("builtins.map") {
        return true;
    }
    let mut call = call;
    loop {
        match fate(call.expr()) {
            Fate::Dropped => return true,
            Fate::Argument(outer)
                if outer.is_any(&["builtins.list", "builtins.tuple", "builtins.set"]) =>
            {
                call = outer;
            }
            _ => return false,
        }
    }
}

fn is_coroutine_function(expr: Expr<'_>) -> bool {
    let values = expr.values();
    !values.is_empty() && values.iter().all(|value| makes_a_coroutine(value, &expr.module()))
}

fn makes_a_coroutine(value: &Value, module: &Module) -> bool {
    match value {
        Value::Function(id) | Value::Method(id) => module.project().function(*id).is_coroutine(),
        Value::External(name) => {
            module.library().fact(name).is_some_and(|fact| fact.kind == Kind::Coroutine)
        }
        Value::Partial(inner) => makes_a_coroutine(inner, module),
        _ => false,
    }
}

fn not_called(call: Call<'_>, given: Expr<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let function = advice::quoted(given, "the function");
    let draft = report.finding(
        given,
        format!("`{name}` wants a coroutine and gets the function {function}, so it raises `TypeError`; call it: `{}()`", given.text()),
    );
    if takes_no_arguments(given) {
        draft.fix("Call the coroutine function", vec![TextEdit::after(given, "()")]);
    }
}

fn takes_no_arguments(given: Expr<'_>) -> bool {
    let [Value::Function(id)] = given.values()[..] else { return false };
    let function = given.module().project().function(id);
    function.node().params.iter().all(|param| {
        param.default.is_some() || matches!(param.kind, ParamKind::Star | ParamKind::DoubleStar)
    })
}

fn called_for_nothing(call: Call<'_>, given: Expr<'_>, to: Runner, report: &mut Report) {
    let name = advice::name_of(call);
    let function = advice::quoted(given, "this coroutine function");
    let advice = match to {
        Runner::Loop => "give it a function that starts a task with `asyncio.create_task`",
        Runner::Thread | Runner::Process => {
            "await the coroutine, or give it a synchronous function"
        }
        Runner::Caller => "give it a synchronous function, or await the coroutines yourself",
    };
    report.finding(
        given,
        format!("`{name}` only calls {function}, which makes a coroutine that nobody awaits, so its body never runs; {advice}"),
    );
}
