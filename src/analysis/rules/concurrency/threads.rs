//! What runs in threads of this program, and how it got there.

use std::collections::HashSet;

use super::pools::{Executor, executor_of};
use crate::python::{Call, Expr, Function, Module, Runner, Value};

/// Most functions that one thread is followed through.
const MOST_FUNCTIONS: usize = 200;

/// A callable that a call hands to a thread.
#[derive(Clone, Copy)]
pub(super) struct Handed<'m> {
    /// The call.
    pub(super) by: Call<'m>,
    /// The argument.
    pub(super) callable: Expr<'m>,
}

/// What calls hand to threads (not to processes), in the order of the file; code that never runs left out.
pub(super) fn handed<'m>(module: &Module<'m>) -> Vec<Handed<'m>> {
    let mut all = Vec::new();
    for by in module.calls().filter(|call| !call.expr().is_dead()) {
        all.extend(by.handed(Runner::Thread).into_iter().map(|callable| Handed { by, callable }));
    }
    all.retain(|it| executor_of(it.by) != Executor::Processes);
    all
}

/// The functions of the repository that a callable may be, `functools.partial` looked through.
pub(super) fn functions(callable: Expr<'_>) -> Vec<Function<'_>> {
    fn function<'m>(module: Module<'m>, value: &Value) -> Option<Function<'m>> {
        match value {
            Value::Function(it) | Value::Method(it) => Some(module.project().function(*it)),
            Value::Partial(inner) => function(module, inner),
            _ => None,
        }
    }
    let module = callable.module();
    callable.values().iter().filter_map(|value| function(module, value)).collect()
}

/// A function that runs in a thread.
pub(super) struct InThread<'m> {
    pub(super) function: Function<'m>,
    /// Where the thread gets what leads here.
    pub(super) from: Origin<'m>,
}

/// How a thread comes to run something.
#[derive(Clone, Copy)]
pub(super) enum Origin<'m> {
    /// It is handed over.
    Handed(Handed<'m>),
    /// It is `run` of a class of threads.
    Run(Function<'m>),
}

/// All functions that run in threads: those handed over, `run` of classes of threads, and the synchronous ones that
/// they call. A function that the event loop runs as well is among them.
pub(super) fn in_threads<'m>(module: &Module<'m>) -> Vec<InThread<'m>> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    for it in handed(module) {
        for root in functions(it.callable) {
            follow(root, Origin::Handed(it), &mut seen, &mut all);
        }
    }
    for class in module.classes() {
        let is_thread = |base: &String| module.library().derives(base, "threading.Thread");
        if class.external_bases().iter().any(is_thread) {
            let run = class.methods().into_iter().find(|method| method.name() == "run");
            if let Some(run) = run {
                follow(run, Origin::Run(run), &mut seen, &mut all);
            }
        }
    }
    all
}

fn follow<'m>(
    root: Function<'m>,
    from: Origin<'m>,
    seen: &mut HashSet<Function<'m>>,
    all: &mut Vec<InThread<'m>>,
) {
    let mut todo = vec![root];
    while let Some(function) = todo.pop() {
        let unwanted = function.is_async() || function.node().is_generator;
        if unwanted || all.len() >= MOST_FUNCTIONS || !seen.insert(function) {
            continue;
        }
        all.push(InThread { function, from });
        todo.extend(function.expressions().flat_map(Expr::runs));
    }
}
