//! Event loops that a file runs and closes by hand, and what it forgets before it closes them.

use crate::analysis::{Confidence, Report};
use crate::python::{Call, Expr, Function, Module, TextEdit};

/// What runs a loop and ends it well.
pub(super) const RUNNERS: [&str; 3] = ["asyncio.run", "asyncio.Runner", "uvloop.run"];

const RUNS: [&str; 2] =
    ["asyncio.AbstractEventLoop.run_forever", "asyncio.AbstractEventLoop.run_until_complete"];

/// The calls by which the file runs event loops by hand.
pub(super) fn runs<'m>(module: &Module<'m>) -> impl Iterator<Item = Call<'m>> {
    module.calls().filter(|call| call.is_any(&RUNS) && by_hand(*call))
}

/// The calls of a method of event loops in synchronous code.
pub(super) fn calls<'m>(
    module: &Module<'m>,
    method: &'static str,
) -> impl Iterator<Item = Call<'m>> {
    let of_a_loop = move |call: &Call<'m>| {
        call.method() == Some(method)
            && call.name().is_some_and(|it| it.starts_with("asyncio.AbstractEventLoop."))
    };
    module.calls().filter(of_a_loop)
}

fn by_hand(call: Call<'_>) -> bool {
    !call.expr().is_dead() && !call.expr().function().is_some_and(Function::is_async)
}

/// Whether the loop was made in the function and has not run when it is closed: something else went wrong first.
fn is_fresh(close: Call<'_>) -> bool {
    let Some(function) = close.expr().function() else { return false };
    let own = || function.expressions().filter_map(Expr::as_call);
    let name = close.receiver().and_then(Expr::as_name);
    let made = own().any(|call| {
        call.method() == Some("new_event_loop")
            && call.expr().bound_to().iter().any(|it| it.as_name() == name)
    });
    let mut runs = own().filter(|it| it.is_any(&RUNS)).peekable();
    made && runs.peek().is_some() && runs.all(|it| it.span().start > close.span().end)
}

/// Whether the function that closes the loop is no method, or runs it as well.
fn runs_beside(close: Call<'_>) -> bool {
    let Some(function) = close.expr().function() else { return true };
    let mut own = function.expressions().filter_map(Expr::as_call);
    function.class().is_none() || own.any(|call| call.is_any(&RUNS))
}

/// Something that has to be shut down before a loop is closed.
pub(super) struct Duty {
    /// The loop's method that does it.
    pub(super) method: &'static str,
    /// What the program has that needs it: the first in a file, and how a message names it.
    pub(super) needed_by: for<'m> fn(Module<'m>) -> Option<(crate::python::Span, String)>,
    /// What happens without it.
    pub(super) otherwise: &'static str,
}

/// Reports the `close` of a loop in front of which a duty is forgotten.
pub(super) fn check(module: &Module<'_>, report: &mut Report, duty: &Duty) {
    for call in module.calls_in_focus().filter(|call| call.is_any(&RUNNERS)) {
        report.satisfied(call.callee());
    }
    let done = module.calls().any(|call| call.method() == Some(duty.method));
    let runs: Vec<Call<'_>> = runs(module).collect();
    let Some(close) = calls(module, "close")
        .find(|it| by_hand(*it) && !is_fresh(*it))
        .filter(|_| !runs.is_empty())
    else {
        return;
    };
    if done {
        report.satisfied(close.callee());
        return;
    }
    let mut code = vec![*module];
    for run in runs {
        let started = run.positional(0).and_then(Expr::as_call).and_then(Call::function);
        code.extend(started.map(Function::module));
    }
    let Some((place, (span, name))) =
        code.into_iter().find_map(|it| Some((it, (duty.needed_by)(it)?)))
    else {
        return;
    };
    let Some(receiver) = close.receiver() else { return };
    let text = receiver.text();
    let step = format!("{text}.run_until_complete({text}.{}())", duty.method);
    let otherwise = duty.otherwise.replace("{}", &name);
    let draft = report.finding(
        close.callee(),
        format!("This loop is closed by hand, and {otherwise}; call `{step}` before, or let `asyncio.run` do all of that"),
    );
    // A method that only closes the loop may do so for those who run it, and what another file has may never be used here.
    let own = runs_beside(close) && place == *module;
    draft.confidence(if own { Confidence::Likely } else { Confidence::Possible });
    draft.related(place.site(span), "this needs it");
    if close.expr().is_dropped() {
        let start = close.expr().stmt().span().start;
        let begin = module.lines().start(module.lines().line(start));
        let indent = module.text().get(begin as usize..start as usize).unwrap_or_default();
        if indent.trim().is_empty() {
            let edit = TextEdit::before(close.expr().stmt(), format!("{step}\n{indent}"));
            draft.fix(format!("Call `{}` before", duty.method), vec![edit]);
        }
    }
}
