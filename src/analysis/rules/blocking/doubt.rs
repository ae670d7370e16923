//! Blocking calls of which it is not sure that they matter: nothing else runs meanwhile, or there is nothing to wait for.

use crate::analysis::Severity;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::libraries::is_handler;
use crate::analysis::selection::is_for_people;
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::{Blocks, Call, Expr, Fact, Function, Module, Stmt, Tag};

/// Classes of files whose instances may be in memory as well.
const FILES_OF_ANY_KIND: [&str; 7] = [
    "io.BufferedIOBase",
    "io.IOBase",
    "io.RawIOBase",
    "io.TextIOBase",
    "typing.BinaryIO",
    "typing.IO",
    "typing.TextIO",
];

/// Whether it is not sure that something else waits meanwhile, or that the call waits.
pub(super) fn is_doubtful(call: Call<'_>, fact: Fact<'_>) -> bool {
    match fact.blocks {
        Some(Blocks::Console) => asks_at_the_terminal(call),
        Some(Blocks::Process) => {
            call.name().is_some_and(|name| name.starts_with("webbrowser."))
                || is_for_people(call.module().path())
                || has_ended(call)
        }
        Some(Blocks::Thread) => {
            is_over(call)
                || is_behind_a_wait(call)
                || is_alone(call)
                || is_without_a_loop(call)
                || is_known_to_have_some(call)
        }
        Some(Blocks::File) => {
            let kind = call.receiver().and_then(Expr::class);
            kind.is_some_and(|class| FILES_OF_ANY_KIND.contains(&class.as_str()))
                || is_gone_through_later(call)
                || is_told_that_it_is_ready(call)
                || is_for_people(call.module().path())
                    && !call.expr().function().is_some_and(is_handler)
        }
        _ => false,
    }
}

/// Whether the function around is the one that the loop calls when a descriptor is ready: `loop.add_reader(tun, self.on_ready)`.
fn is_told_that_it_is_ready(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function().filter(|_| call.receiver().is_some()) else {
        return false;
    };
    call.module()
        .calls()
        .filter(|it| matches!(it.method(), Some("add_reader" | "add_writer")))
        .any(|it| it.positional(1).is_some_and(|callback| callback.functions().contains(&function)))
}

/// Whether a process is asked for what it has left behind where a condition says that it has ended.
fn has_ended(call: Call<'_>) -> bool {
    let Some(process) = call.receiver() else { return false };
    let module = call.module();
    let function = call.expr().function();
    let polls = format!("{}.poll() is not None", process.text());
    call.expr().stmt().ancestors().take_while(|it| it.function() == function).any(|stmt| {
        let StmtKind::If { branches, .. } = stmt.kind() else { return false };
        branches.iter().any(|(test, body)| {
            module.expr(*test).text().contains(&polls)
                && body.iter().any(|id| module.stmt(*id).span().contains(call.span()))
        })
    })
}

/// Calls that give what asks the disk only when somebody goes through it.
const LAZY: [&str; 6] = [
    "glob.iglob",
    "os.walk",
    "pathlib.Path.glob",
    "pathlib.Path.iterdir",
    "pathlib.Path.rglob",
    "pathlib.Path.walk",
];

/// Whether such a call's result is only kept here, for a thread to go through, say.
fn is_gone_through_later(call: Call<'_>) -> bool {
    let goes_through = |used: Expr<'_>| matches!(fate(used), Fate::Used);
    call.is_any(&LAZY)
        && matches!(fate(call.expr()), Fate::Bound(_) | Fate::Returned)
        && !call.expr().bound_to().into_iter().flat_map(Expr::uses).any(goes_through)
}

/// How bad it is to end a pool: that takes long only while jobs are left, and where something else ends with it few wait.
pub(super) fn end_of_a_pool(call: Call<'_>) -> Option<Severity> {
    let function = call.expr().function().filter(|_| call.method() == Some("shutdown"))?;
    let ends = ["close", "cleanup", "disconnect", "__aexit__", "shutdown", "stop", "teardown"];
    let last = ends.iter().any(|word| function.name().contains(word)) || stands_in_a_finally(call);
    Some(if last { Severity::Low } else { Severity::Medium })
}

fn stands_in_a_finally(call: Call<'_>) -> bool {
    let module = call.module();
    let within = |id: &StmtId| module.stmt(*id).span().contains(call.span());
    let mut around = call.expr().stmt().ancestors();
    around.any(|stmt| match stmt.kind() {
        StmtKind::Try { finally: Some(finally), .. } => finally.iter().any(within),
        _ => false,
    })
}

/// Whether it asks a person in a program for the terminal, in which nothing else runs meanwhile, as a rule.
pub(in crate::analysis::rules) fn asks_at_the_terminal(call: Call<'_>) -> bool {
    let module = call.module();
    call.fact().is_some_and(|fact| fact.blocks == Some(Blocks::Console))
        && (is_for_people(module.path())
            || has_a_dialogue(call)
            || talks(call) && !runs_several_things(module))
}

/// Whether the function asks several times: a menu, in which nothing else runs, as a rule.
fn has_a_dialogue(call: Call<'_>) -> bool {
    let asks = |it: &Call<'_>| it.fact().is_some_and(|fact| fact.blocks == Some(Blocks::Console));
    let own = call.expr().function().into_iter().flat_map(Function::expressions);
    own.filter_map(Expr::as_call).filter(asks).take(2).count() > 1
}

/// Whether the function around the call tells people things at the terminal, or is a stand-in for one that may be given.
fn talks(call: Call<'_>) -> bool {
    let Some(own) = call.expr().function() else { return false };
    let function = own.outermost();
    let tells = |it: Expr<'_>| {
        it.as_call().is_some_and(|call| {
            call.is_any(&["builtins.print", "click.echo"])
                || call.callee().text() == "sys.stdout.write"
        })
    };
    function != own || function.expressions_with_inner().any(tells)
}

/// Whether the file starts tasks, so that something may run beside the rest.
fn runs_several_things(module: Module<'_>) -> bool {
    module.calls().any(|call| {
        call.has(Tag::MakesTask)
            || call.has(Tag::Gathers)
            || call.method().is_some_and(|name| name.contains("create_task"))
    })
}

/// Whether a thread's future is asked for what it has, not waited for: its exception, or its result where nothing says that
/// somebody works on it still.
fn is_over(call: Call<'_>) -> bool {
    let of_a_future = call.name().is_some_and(|it| it.starts_with("concurrent.futures.Future."));
    if !of_a_future || !call.args().is_empty() {
        return false;
    }
    let Some(future) = call.receiver() else { return false };
    let Some(function) = call.expr().function() else { return false };
    let submitted = |it: Expr<'_>| {
        let made = it
            .as_call()
            .filter(|made| matches!(made.method(), Some("submit" | "run_coroutine_threadsafe")));
        made.is_some_and(|made| {
            made.expr() == future
                || made.expr().bound_to().iter().any(|name| name.uses().contains(&future))
        })
    };
    // What an attribute holds was put there somewhere in the file.
    let put = |it: Expr<'_>| {
        let made = it.as_call().filter(|made| {
            matches!(made.method(), Some("submit" | "run_coroutine_threadsafe" | "Future"))
        });
        made.is_some_and(|made| made.expr().bound_to().iter().any(|to| to.text() == future.text()))
    };
    let kept = future.as_name().is_none() && future.as_call().is_none();
    let known = if kept {
        call.module().expressions().any(put)
    } else {
        function.expressions().any(submitted)
    };
    !known || call.method() == Some("exception") || is_asked_before(call, future, function)
}

/// Whether the function has awaited the future in some way before, or asked whether it is done.
fn is_asked_before(call: Call<'_>, future: Expr<'_>, function: Function<'_>) -> bool {
    let before = |it: &Expr<'_>| it.span().end <= call.span().start;
    function.expressions().filter(before).any(|it| match it.kind() {
        ExprKind::Await(operand) => call.module().expr(*operand).text().contains(future.text()),
        ExprKind::Call { .. } => it.as_call().is_some_and(|asked| {
            matches!(asked.method(), Some("cancelled" | "done" | "add_done_callback"))
                && asked.receiver().is_some_and(|it| it.text() == future.text())
        }),
        _ => false,
    })
}

/// Whether a thread is joined in a `finally` behind an `await`, which has waited for it already.
fn is_behind_a_wait(call: Call<'_>) -> bool {
    let function = call.expr().function();
    let module = call.module();
    let within = |stmt: Stmt<'_>| stmt.span().contains(call.span());
    let awaits =
        |stmt: Stmt<'_>| stmt.expressions().any(|it| matches!(it.kind(), ExprKind::Await(_)));
    matches!(call.method(), Some("join" | "join_thread"))
        && call.args().is_empty()
        && call.expr().stmt().ancestors().take_while(|it| it.function() == function).any(|stmt| {
            let StmtKind::Try { body, finally: Some(finally), .. } = stmt.kind() else {
                return false;
            };
            finally.iter().any(|id| within(module.stmt(*id)))
                && body.iter().any(|id| awaits(module.stmt(*id)))
        })
}

/// Whether something is taken from a queue where a condition says that there is something.
fn is_known_to_have_some(call: Call<'_>) -> bool {
    let Some(queue) = call.receiver().filter(|_| call.method() == Some("get")) else {
        return false;
    };
    let function = call.expr().function();
    let module = call.module();
    let asks = |test: Expr<'_>| {
        let text = test.text();
        ["empty()", "qsize()"].iter().any(|it| text.contains(&format!("{}.{it}", queue.text())))
    };
    call.expr().stmt().ancestors().take_while(|it| it.function() == function).any(|stmt| match stmt
        .kind()
    {
        StmtKind::If { branches, .. } => branches.iter().any(|(it, _)| asks(module.expr(*it))),
        StmtKind::While { test, .. } => asks(module.expr(*test)),
        _ => false,
    })
}

/// Whether it waits in the branch for those who have no loop running: `if loop is not None: await … else: future.result()`.
fn is_without_a_loop(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function() else { return false };
    let module = call.module();
    let mut around =
        call.expr().stmt().ancestors().take_while(|it| it.function() == Some(function));
    let asked = function.expressions().filter_map(Expr::as_call).filter(|it| {
        matches!(it.method(), Some("get_running_loop" | "_get_running_loop" | "current_task"))
    });
    let names: Vec<&str> = asked.flat_map(|it| it.expr().bound_to()).map(Expr::text).collect();
    around.any(|stmt| match stmt.kind() {
        StmtKind::If { branches, .. } => branches.iter().any(|(test, _)| {
            let test = module.expr(*test).text();
            names.iter().any(|it| test.contains(&format!("{it} is")) || test == *it)
        }),
        _ => false,
    })
}

/// Whether the loop that it holds up is that of a thread of its own, or a program's in which nothing else runs.
fn is_alone(call: Call<'_>) -> bool {
    let class = call.expr().function().and_then(Function::outer_class);
    is_for_people(call.module().path())
        || class.is_some_and(|it| it.external_bases().iter().any(|base| base == "threading.Thread"))
}
