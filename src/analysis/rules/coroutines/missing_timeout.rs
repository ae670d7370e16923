use super::cancellation::is_task;
use super::{early_timeout, idle_timeout};
use crate::analysis::rules::advice;
use crate::analysis::rules::earlier::{self, Unwrapped};
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Fact, Function, Hangs, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW214",
    name: "missing-timeout",
    item: Some(Item(22)),
    also: &[],
    severity: Severity::High,
    category: Category::Timeout,
    page: include_str!("missing_timeout.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        if call.has(Tag::Bounds) {
            bounds(call, report);
        } else if let Some(fact) = call.fact() {
            if let Some(why) = fact.hangs.filter(|_| fact.is_lazy() && call.expr().is_awaited()) {
                waits(call, fact, why, report);
            } else if fact.is_lazy() || fact.has(Tag::Session) {
                switched_off(call, fact, report);
            }
        }
    }
    for stmt in module.statements_in_focus().filter(|stmt| !stmt.is_dead()) {
        idle_timeout::check(stmt, report);
        early_timeout::check(stmt, report);
    }
    if let Some(before) = report.before() {
        for it in earlier::unwrapped(module, &before, bounds_time) {
            no_longer(&it, report);
        }
    }
}

/// Names of what bounds the time of something, whoever offers it.
const BOUNDING: [&str; 8] = [
    "wait_for",
    "timeout",
    "timeout_at",
    "timeout_after",
    "with_timeout",
    "fail_after",
    "move_on_after",
    "ceil_timeout",
];

/// Whether the call bounds the time of what it is given, or of what it is entered for.
fn bounds_time(expr: Expr<'_>) -> bool {
    let Some(call) = expr.as_call() else { return false };
    let unknown = || {
        call.fact().is_none()
            && call.function().is_none()
            && call.method().is_some_and(|name| BOUNDING.contains(&name.trim_start_matches('_')))
    };
    (call.has(Tag::Bounds) || unknown()) && !call.args().iter().any(|it| is_none(it.value))
}

/// States what had a time-out before the change.
fn no_longer(it: &Unwrapped<'_>, report: &mut Report) {
    if it.what.is_time_bound() {
        return;
    }
    let name = advice::quoted(it.what.as_call().map_or(it.what, Call::callee), "This");
    let by = it.by.split('(').next().unwrap_or_default();
    report
        .finding(
            it.what.as_call().map_or(it.what, Call::callee),
            format!("{name} stood under `{by}` before this change and waits without a limit now, so a peer that stopped answering holds this task for ever; keep the time-out"),
        )
        .severity(Severity::Medium)
        .confidence(Confidence::Likely);
}

/// `wait_for(…, None)` and its like bound nothing.
fn bounds(call: Call<'_>, report: &mut Report) {
    let endless = call.fact().is_some_and(|fact| given_timeout(call, fact).is_some_and(is_none));
    if endless && !call.expr().is_time_bound() {
        let name = advice::name_of(call);
        let message = format!(
            "`{name}` with a time-out of `None` waits for ever; give it a number of seconds"
        );
        let draft = report.finding(call.callee(), message).severity(Severity::Medium);
        // Whoever waits for a task of this program, and says so, waits for as long as that takes.
        if call.positional(0).is_some_and(is_task) {
            draft.confidence(Confidence::Possible);
        }
    } else if !endless {
        report.satisfied(call.callee());
    }
}

/// A request whose time-out, which is on by default, is switched off.
fn switched_off(call: Call<'_>, fact: Fact<'_>, report: &mut Report) {
    let Some(timeout) = given_timeout(call, fact) else { return };
    if !(is_none(timeout) || is_endless_timeout(timeout)) || call.expr().is_time_bound() {
        return;
    }
    let name = advice::name_of(call);
    let given = advice::quoted(timeout, "this");
    let message = format!(
        "With {given} as time-out `{name}` waits for ever for a peer that stopped answering; give it a number of seconds"
    );
    let draft = report.finding(call.callee(), message);
    if streams(call) {
        draft.confidence(Confidence::Possible);
    }
}

/// Whether the response is entered and passed on piece by piece, for as long as the peer sends.
fn streams(call: Call<'_>) -> bool {
    let pieces = ["iter_chunked", "iter_any", "iter_chunks", "aiter_", "StreamResponse"];
    call.expr().entered_by().is_some_and(|stmt| {
        stmt.expressions().any(|it| pieces.iter().any(|piece| it.last_name().starts_with(piece)))
    })
}

/// An operation without a time-out of its own.
fn waits(call: Call<'_>, fact: Fact<'_>, why: Hangs, report: &mut Report) {
    let given = given_timeout(call, fact);
    let endless = |timeout| is_none(timeout) || timeout.is_zero();
    if given.is_some_and(|timeout| !endless(timeout))
        || call.unpacks()
        || call.expr().is_time_bound()
    {
        return;
    }
    // A socket that is handed over is connected.
    let connected = call.is("asyncio.open_connection") && call.keyword("sock").is_some();
    if connected || is_meant_to_wait(call) || is_bounded_by_callers(call) || reads_a_pipe(call) {
        return;
    }
    let name = advice::name_of(call);
    let (who, severity) = match why {
        Hangs::Network => ("a peer that stopped answering", Severity::High),
        Hangs::Other => ("a process that never ends", Severity::Medium),
    };
    let advice = match (fact.timeouts.first(), report.target() >= PythonVersion(3, 11)) {
        (Some(keyword), _) => format!("give it a `{keyword}`"),
        (None, true) => "put it under `asyncio.timeout` or `asyncio.wait_for`".to_owned(),
        (None, false) => "put it under `asyncio.wait_for`".to_owned(),
    };
    report
        .finding(
            call.callee(),
            format!("`{name}` waits for ever for {who}, with all that this task holds; {advice}"),
        )
        .severity(severity)
        .confidence(confidence(call));
}

/// What is opened here is this function's to bound; of what comes from elsewhere its owner may know better.
fn confidence(call: Call<'_>) -> Confidence {
    if is_for_people(call.module().path()) {
        return Confidence::Possible;
    }
    let Some(receiver) = call.receiver() else { return Confidence::Likely };
    let Some(name) = receiver.as_name() else { return Confidence::Possible };
    let Some(function) = receiver.function() else { return Confidence::Possible };
    let module = receiver.module();
    let parameter = function.node().params.iter().any(|param| module.slice(param.name) == name);
    if parameter { Confidence::Possible } else { Confidence::Likely }
}

/// Whether the reader is connected to a pipe of this process in the same function: its terminal, mostly, at which a person sits.
fn reads_a_pipe(call: Call<'_>) -> bool {
    let made = |it: Call<'_>| {
        it.is("asyncio.StreamReader")
            && it.expr().bound_to().iter().any(|name| {
                call.receiver().is_some_and(|receiver| name.as_name() == receiver.as_name())
            })
    };
    let own = || call.expr().function().into_iter().flat_map(Function::expressions);
    own().filter_map(Expr::as_call).any(made)
        && own().filter_map(Expr::as_call).any(|it| it.method() == Some("connect_read_pipe"))
}

/// Loops that read until a connection ends, and the last wait for a process that was just killed or has closed its pipes.
fn is_meant_to_wait(call: Call<'_>) -> bool {
    let function = call.expr().function();
    let loops =
        call.expr().stmt().ancestors().take_while(|stmt| stmt.function() == function).any(|stmt| {
            matches!(stmt.kind(), StmtKind::While { .. } | StmtKind::For { is_async: true, .. })
        });
    let condition = matches!(call.expr().stmt().kind(), StmtKind::While { .. });
    loops || condition || follows_the_end(call)
}

fn follows_the_end(call: Call<'_>) -> bool {
    let Some(receiver) = call.receiver() else { return false };
    let pipe = format!("{}.stdout", receiver.text());
    call.expr().module().calls().any(|other| {
        let ends = match other.method() {
            Some("kill" | "send_signal" | "communicate") => receiver.text(),
            // All that the process has to say.
            Some("read") if other.args().is_empty() => pipe.as_str(),
            _ => return false,
        };
        other.span().start < call.span().start
            && other.expr().function() == call.expr().function()
            && other.receiver().is_some_and(|it| it.text() == ends)
    })
}

/// Whether the function is only called under time-outs, as far as the file shows.
fn is_bounded_by_callers(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function() else { return false };
    let mut callers = calls_of(function).peekable();
    callers.peek().is_some() && callers.all(|caller| caller.expr().is_time_bound())
}

fn calls_of(function: Function<'_>) -> impl Iterator<Item = Call<'_>> {
    function.module().calls().filter(move |call| call.function() == Some(function))
}

fn given_timeout<'m>(call: Call<'m>, fact: Fact<'_>) -> Option<Expr<'m>> {
    let named = fact.timeouts.iter().find_map(|keyword| call.keyword(keyword));
    named.or_else(|| call.positional(usize::from(fact.timeout_at?)))
}

fn is_none(expr: Expr<'_>) -> bool {
    matches!(expr.kind(), ExprKind::None)
}

/// `ClientTimeout(total=None)`, `httpx.Timeout(None)`: every limit that is given is none.
fn is_endless_timeout(expr: Expr<'_>) -> bool {
    expr.as_call().is_some_and(|call| {
        let args = call.args();
        call.is_any(&["aiohttp.ClientTimeout", "httpx.Timeout"])
            && !call.unpacks()
            && !args.is_empty()
            && args.iter().all(|arg| is_none(arg.value))
    })
}
