use super::plain_handles;
use crate::analysis::rules::advice;
use crate::analysis::rules::concurrency::pools::runs_once;
use crate::analysis::rules::earlier::{self, NotEnded};
use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::analysis::rules::home::{End, end};
use crate::analysis::rules::openers::Origin;
use crate::analysis::rules::ownership::{Closed, closed, escapes};
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::ExprKind;
use crate::python::library::Names;
use crate::python::{Call, Expr, Function, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW410",
    name: "handle-left-open",
    item: Some(Item(40)),
    also: &[],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("handle_left_open.md"),
    check,
};

/// A kind of handle that the event loop gives.
struct Handle {
    /// What opens it.
    opened_by: &'static [&'static str],
    /// What it is.
    what: &'static str,
    /// Which part of the result it is, when that is a tuple.
    part: Option<usize>,
    /// Methods any of which gives it back.
    closed_by: Names<'static>,
}

const HANDLES: [Handle; 3] = [
    Handle {
        opened_by: &["asyncio.open_connection", "asyncio.open_unix_connection"],
        what: "connection",
        part: Some(1),
        closed_by: Names::of(&["close", "abort"]),
    },
    Handle {
        opened_by: &[
            "asyncio.AbstractEventLoop.create_connection",
            "asyncio.AbstractEventLoop.create_unix_connection",
            "asyncio.AbstractEventLoop.create_datagram_endpoint",
        ],
        what: "transport",
        part: Some(0),
        closed_by: Names::of(&["close", "abort"]),
    },
    Handle {
        opened_by: &[
            "asyncio.start_server",
            "asyncio.start_unix_server",
            "asyncio.AbstractEventLoop.create_server",
            "asyncio.AbstractEventLoop.create_unix_server",
        ],
        what: "server",
        part: None,
        // It closes itself when `serve_forever` is cancelled.
        closed_by: Names::of(&["close", "serve_forever", "__aexit__"]),
    },
];

/// What starts a process.
const PROCESSES: [&str; 2] = ["asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"];

fn check(module: &Module, report: &mut Report) {
    if let Some(before) = report.before() {
        for it in earlier::no_longer_ended(module, &before) {
            no_longer(&it, report);
        }
    }
    for call in module.calls_in_focus() {
        let Some(function) = call.expr().function().filter(|it| it.is_async()) else { continue };
        if call.expr().is_dead() {
            continue;
        }
        let Some(origin) = Origin::of(call) else { continue };
        if let Some(handle) = HANDLES.iter().find(|it| origin.by.is_any(it.opened_by)) {
            opened(origin, call, handle, function, report);
        } else if call.is_any(&PROCESSES) {
            started(call, report);
        } else if origin.is_open() {
            plain_handles::check(origin, call, function, report);
        }
    }
}

/// What the awaited call is bound to, through a time limit around it.
fn target(call: Call<'_>) -> Option<Expr<'_>> {
    let mut expr = call.expr();
    if let Fate::Argument(outer) = fate(expr) {
        expr = outer.is("asyncio.wait_for").then(|| outer.expr())?;
    }
    match expr.bound_to()[..] {
        [target] if expr.is_awaited() => Some(target),
        _ => None,
    }
}

fn opened(
    origin: Origin<'_>,
    call: Call<'_>,
    handle: &Handle,
    function: Function<'_>,
    report: &mut Report,
) {
    let Some(target) = target(call) else { return };
    let part = match (target.kind(), handle.part) {
        (ExprKind::Tuple(parts) | ExprKind::List(parts), Some(part)) if parts.len() == 2 => {
            target.module().expr(parts[part])
        }
        (_, None) => target,
        _ => return,
    };
    if part.as_name().is_none() || outlives_its_function(part) {
        kept(origin, call, part, handle, report);
        return;
    }
    let uses = part.uses();
    if uses.iter().any(|used| escapes(*used, part)) {
        return;
    }
    let marks: Vec<_> = uses.into_iter().filter(|used| ends(*used, handle.closed_by)).collect();
    let name = part.text();
    let what = handle.what;
    let close = format!("`{name}.close()`");
    match closed(part, &marks) {
        Closed::Always => report.satisfied(call.callee()),
        // What runs for as long as the program is closed with it.
        _ if runs_once(function) || what == "server" && !marks.is_empty() => {}
        Closed::Sometimes => {
            let draft = report
                .finding(
                    call.callee(),
                    format!("The {what} `{name}` stays open when something between here and {close} raises or is cancelled, so each failure leaks a socket; close it in a `finally`"),
                )
                .severity(Severity::High)
                .confidence(Confidence::Likely);
            origin.shown(draft);
        }
        Closed::Never if what == "transport" && is_closed_by_protocol(origin.by) => {}
        Closed::Never => {
            let advice = match what {
                "server" => format!("use `async with {name}:`"),
                "transport" => format!("call {close} in a `finally`"),
                _ => format!("call {close} in a `finally`, and `await {name}.wait_closed()`"),
            };
            let draft = report
                .finding(
                    call.callee(),
                    format!("Nothing closes the {what} `{name}`, so each call of `{}` leaks a socket; {advice}", function.name()),
                )
                .confidence(match what {
                    _ if is_for_people(call.module().path()) => Confidence::Possible,
                    "connection" if origin.is_direct() => Confidence::Certain,
                    _ => Confidence::Likely,
                });
            origin.shown(draft);
        }
    }
}

/// States what was ended before the change.
fn no_longer(it: &NotEnded<'_>, report: &mut Report) {
    let NotEnded { name, method, .. } = it;
    let message = if it.is_told {
        format!(
            "`close` only starts to close `{name}`, and before this change `{method}` waited until it was done; without that its last data may be lost, and its socket is still open when this returns"
        )
    } else {
        format!(
            "`{name}.{method}()` ended this before the change, and nothing ends it any more, so it stays open; end it where its owner ends, or in a `finally`"
        )
    };
    let confidence = if it.is_told { Confidence::Likely } else { Confidence::Possible };
    report.finding(it.at, message).severity(Severity::High).confidence(confidence);
}

/// Whether a protocol of the file closes its transport itself.
fn is_closed_by_protocol(call: Call<'_>) -> bool {
    let text = call.module().text();
    let external = call.positional(0).is_none_or(|it| {
        let given = it.as_call().map_or(it, Call::callee);
        !call.module().classes().any(|class| given.text().contains(class.name()))
    });
    external || ["transport.close(", "transport.abort("].iter().any(|it| text.contains(it))
}

/// Whether a use gives the handle back.
fn ends(used: Expr<'_>, closed_by: Names<'_>) -> bool {
    used.entered_by().is_some() || method(used).is_some_and(|it| closed_by.contains(it))
}

/// The method of what is used that is called here.
fn method(used: Expr<'_>) -> Option<&str> {
    used.method_call().and_then(Call::method)
}

fn kept(origin: Origin<'_>, call: Call<'_>, part: Expr<'_>, handle: &Handle, report: &mut Report) {
    let Some(keeper) = part.keeper() else { return };
    match end(keeper, handle.closed_by) {
        End::GivenBack => report.satisfied(call.callee()),
        End::Elsewhere => {}
        End::Never => {
            let name = advice::quoted(part, "this attribute");
            let text = part.text();
            let what = handle.what;
            let wait = if what == "transport" {
                String::new()
            } else {
                format!(", and `await {text}.wait_closed()`")
            };
            let draft = report
                .finding(
                    call.callee(),
                    format!("Nothing ever closes the {what} in {name}, so its socket stays open until the process dies; call `{text}.close()` where its owner is closed{wait}"),
                )
                .confidence(if may_be_a_bases(part) {
                    Confidence::Possible
                } else {
                    Confidence::Likely
                });
            origin.shown(draft);
        }
    }
}

/// Whether the attribute may be one that a base class from outside the repository knows of, and closes.
fn may_be_a_bases(part: Expr<'_>) -> bool {
    let class = part.function().and_then(Function::outer_class);
    let harmless = |base: &String| base.starts_with("builtins.") || base.starts_with("abc.");
    part.last_name().starts_with('_')
        && class.is_some_and(|it| !it.external_bases().iter().all(harmless))
}

/// Parts of a process that may be handed on without the process.
const PARTS: [&str; 4] = ["stdin", "stdout", "stderr", "returncode"];

fn started(call: Call<'_>, report: &mut Report) {
    let Some(name) = target(call).filter(|it| it.as_name().is_some()) else { return };
    if outlives_its_function(name) {
        return;
    }
    let uses = name.uses();
    if uses.iter().any(|used| !is_part(*used) && escapes(*used, name)) {
        return;
    }
    let calls: Vec<Call<'_>> = uses.iter().filter_map(|used| used.method_call()).collect();
    let is = |call: &Call<'_>, names: &[&str]| call.method().is_some_and(|it| names.contains(&it));
    let waits: Vec<_> = calls.iter().filter(|it| is(it, &["wait", "communicate"])).collect();
    let kills = calls.iter().any(|it| is(it, &["kill", "terminate", "send_signal"]));
    let text = name.text();
    // One that is killed is soon gone, and the loop sees to the rest.
    if waits.is_empty() && kills {
        return;
    }
    if waits.is_empty() {
        let detached =
            call.keyword("start_new_session").is_some() || call.keyword("process_group").is_some();
        report
            .finding(
                call.callee(),
                format!("Nobody waits for the process `{text}`: it may outlive this program, how it ended is never seen, and its pipes stay open; `await {text}.wait()`, in a `finally`"),
            )
            .severity(Severity::High)
            .confidence(if detached { Confidence::Possible } else { Confidence::Likely });
        return;
    }
    let bounded = waits.iter().find(|it| it.expr().is_time_bound());
    match bounded.filter(|_| !kills && !asks_whether_it_runs(&uses)) {
        Some(wait) => {
            let method = wait.method().unwrap_or_default();
            report
                .finding(
                    wait.callee(),
                    format!("When the time is up, only the waiting ends: the process `{text}` runs on, and nobody ever waits for it again; call `{text}.kill()` and `await {text}.wait()` when `{method}` did not finish"),
                )
                .severity(Severity::High)
                .confidence(Confidence::Likely)
                .related(call.callee(), "the process is started here");
        }
        None => report.satisfied(call.callee()),
    }
}

/// Whether the process' number or state leads to what ends it.
fn asks_whether_it_runs(uses: &[Expr<'_>]) -> bool {
    uses.iter().any(|used| match fate(*used) {
        Fate::Attribute(attribute) => attribute.text().ends_with(".pid"),
        _ => false,
    })
}

fn is_part(used: Expr<'_>) -> bool {
    match fate(used) {
        Fate::Attribute(attribute) => match attribute.kind() {
            ExprKind::Attribute { name, .. } => PARTS.contains(&attribute.module().slice(*name)),
            _ => false,
        },
        _ => false,
    }
}
