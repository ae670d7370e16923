//! Executors: where they are made, who keeps them, and which of them a call uses.

use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Function, Module, Tag};

pub(super) const THREADS: &str = "concurrent.futures.ThreadPoolExecutor";
pub(super) const PROCESSES: &str = "concurrent.futures.ProcessPoolExecutor";

/// The places where executors are made, code that never runs left out.
pub(super) fn made<'m>(module: &Module<'m>) -> impl Iterator<Item = Call<'m>> {
    module.calls_in_focus().filter(|call| makes(*call)).filter(|call| !call.expr().is_dead())
}

/// Whether the call makes an executor.
pub(super) fn makes(call: Call<'_>) -> bool {
    call.is_any(&[THREADS, PROCESSES])
}

/// What becomes of an executor.
pub(super) enum Kept<'m> {
    /// A `with` statement ends it.
    With,
    /// It is handed to `loop.run_in_executor` or used where it stands, then forgotten.
    Nobody,
    /// A local name, with its uses.
    Local(Vec<Expr<'m>>),
    /// A module's name, or an attribute of an object: the target.
    Target(Expr<'m>),
    /// Somebody else has it: returned, put into a container, handed on.
    Other,
}

/// What becomes of the executor that the call makes.
pub(super) fn kept(call: Call<'_>) -> Kept<'_> {
    match fate(call.expr()) {
        Fate::Entered(_) => Kept::With,
        Fate::Dropped | Fate::Attribute(_) => Kept::Nobody,
        Fate::Argument(taker) if runs_in_it(taker) => Kept::Nobody,
        Fate::Bound(_) => match call.expr().bound_to()[..] {
            [target] if target.as_name().is_some() && !outlives_its_function(target) => {
                of_local(target)
            }
            [target] if matches!(target.kind(), ExprKind::Attribute { .. } | ExprKind::Name) => {
                Kept::Target(target)
            }
            _ => Kept::Other,
        },
        _ => Kept::Other,
    }
}

fn of_local(name: Expr<'_>) -> Kept<'_> {
    let uses = name.uses();
    if uses.iter().any(|used| is_given_away(*used)) { Kept::Other } else { Kept::Local(uses) }
}

/// Whether a use of an executor gives it to somebody who may keep it or end it: anything but running something in it.
pub(super) fn is_given_away(used: Expr<'_>) -> bool {
    match fate(used) {
        Fate::Returned | Fate::Stored | Fate::Lambda(_) | Fate::Bound(_) => true,
        Fate::Argument(taker) => !runs_in_it(taker),
        _ => false,
    }
}

fn runs_in_it(taker: Call<'_>) -> bool {
    taker.method() == Some("run_in_executor")
}

/// Which executor runs what a call hands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Executor {
    /// Threads: the loop's default, a pool of threads, a thread of its own.
    Threads,
    /// Processes, which share no memory.
    Processes,
    /// Nobody knows.
    Unknown,
}

/// Which executor runs what the call hands over: the argument of `run_in_executor`, the receiver of `submit`.
pub(super) fn executor_of(call: Call<'_>) -> Executor {
    let executor = match call.method() {
        Some("run_in_executor") => match call.argument(0, "executor") {
            Some(executor) if !matches!(executor.kind(), ExprKind::None) => executor,
            Some(_) => return Executor::Threads,
            None => return Executor::Unknown,
        },
        Some("submit" | "map") => match call.receiver() {
            Some(receiver) => receiver,
            None => return Executor::Threads,
        },
        _ => return Executor::Threads,
    };
    if executor.is_instance(PROCESSES) {
        Executor::Processes
    } else if executor.is_instance(THREADS) {
        Executor::Threads
    } else {
        Executor::Unknown
    }
}

/// Names of functions that a program calls once.
const ONCE: [&str; 16] = [
    "main",
    "_main",
    "amain",
    "async_main",
    "main_async",
    "run",
    "serve",
    "start",
    "startup",
    "setup",
    "on_startup",
    "lifespan",
    "app_lifespan",
    "initialize",
    "init",
    "bootstrap",
];

/// Whether the function runs once in the life of the program, as far as its name, its decorators and its calls say: what
/// `asyncio.run` is given, set-up, a lifespan.
pub(in crate::analysis::rules) fn runs_once(function: Function<'_>) -> bool {
    if ONCE.contains(&function.name()) || function.name().starts_with("setup_") {
        return true;
    }
    let context = |decorator: Expr<'_>| {
        let decorator = decorator.as_call().map_or(decorator, Call::callee);
        decorator.is("contextlib.asynccontextmanager")
            || decorator.fact().is_some_and(|fact| fact.has(Tag::TestHarness))
    };
    if function.decorators().any(context) {
        return true;
    }
    is_entry(function)
}

/// Whether the file runs the event loop for the function: when that returns, `asyncio.run` cancels and awaits what is left.
pub(in crate::analysis::rules) fn is_entry(function: Function<'_>) -> bool {
    let runs = |call: Call<'_>| {
        call.has(Tag::RunsLoop) || matches!(call.method(), Some("asyncio_run" | "run_async"))
    };
    let starts = |call: Call<'_>| {
        runs(call)
            && call.positional(0).and_then(Expr::as_call).and_then(Call::function) == Some(function)
    };
    function.module().calls().any(starts)
}
