use super::entry::{Turns, endless_loop, turns};
use super::starts::leads_to;
use crate::analysis::rules::advice;
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW404",
    name: "no-signal-handling",
    item: Some(Item(34)),
    also: &[],
    severity: Severity::Critical,
    category: Category::Practice,
    page: include_str!("no_signal_handling.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let own = module.text().contains("add_signal_handler");
    if !own {
        let mut told = Vec::new();
        for call in module.calls().filter(|call| call.is("signal.signal")) {
            // The same handler for a further signal is the same defect.
            let handler = call.positional(1).map(Expr::text);
            if !told.contains(&handler) && unsafe_handler(call, report) {
                told.push(handler);
            }
        }
    }
    for call in module.calls() {
        if call.method() == Some("add_signal_handler") {
            report.satisfied(call.callee());
        }
        let Some(kind) = entry(call) else { continue };
        if own {
            report.satisfied(call.callee());
        } else if !is_handled_elsewhere(module) {
            state(call, kind, report);
        }
    }
}

/// How a program runs until somebody stops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    /// The loop is run by hand, until it is stopped.
    ByHand,
    /// It serves clients, or waits for ever.
    Serves,
    /// It works in a loop without an end.
    Works,
}

/// What the program's own entry runs, when that goes on until somebody stops it.
fn entry(call: Call<'_>) -> Option<Service> {
    let runs = call.is("asyncio.AbstractEventLoop.run_forever");
    if !(runs || call.is_any(&["asyncio.run", "uvloop.run"])) || !leads_to(call.expr()) {
        return None;
    }
    if runs {
        return Some(Service::ByHand);
    }
    let main = call.positional(0)?.as_call()?.function()?;
    service(main, 0)
}

/// Libraries whose servers and clients deal with signals themselves.
const OWNERS: [&str; 12] = [
    "uvicorn.",
    "hypercorn.",
    "aiohttp.web.",
    "discord.",
    "nextcord.",
    "disnake.",
    "aiogram.",
    "telegram.",
    "aiorun.",
    "taskiq.",
    "arq.",
    "faststream.",
];

fn service(function: Function<'_>, depth: u32) -> Option<Service> {
    let calls: Vec<Call<'_>> = function.expressions().filter_map(Expr::as_call).collect();
    let owned = |call: &Call<'_>| {
        call.name().is_some_and(|name| OWNERS.iter().any(|it| name.starts_with(it)))
    };
    if calls.iter().any(owned) {
        return None;
    }
    let serves = ["asyncio.Server.serve_forever", "asyncio.AbstractServer.serve_forever"];
    let for_ever = |call: &Call<'_>| {
        call.is_any(&serves)
            || call.is("asyncio.Event.wait") && call.receiver().is_some_and(is_made_here)
            || call.expr().is_awaited() && call.is("asyncio.Future")
    };
    if calls.iter().any(for_ever) {
        return Some(Service::Serves);
    }
    if endless_loop(function).is_some_and(|it| turns(it) == Turns::Own) {
        return Some(Service::Works);
    }
    let awaited = calls.iter().filter(|it| depth < 2 && it.expr().is_awaited());
    awaited.filter_map(|it| it.function()).find_map(|it| service(it, depth + 1))
}

/// An event that nobody else can set: `asyncio.Event().wait()`.
fn is_made_here(receiver: Expr<'_>) -> bool {
    receiver.as_call().is_some()
}

/// Whether any file of the repository deals with signals, or with how the program is stopped.
fn is_handled_elsewhere(module: &Module) -> bool {
    let index = module.project().index();
    ["add_signal_handler", "SIGTERM", "open_signal_receiver"]
        .iter()
        .any(|word| module.text().contains(word) || !index.mentioning(word, 1).is_empty())
}

fn state(call: Call<'_>, service: Service, report: &mut Report) {
    let text = call.module().text();
    let tidies = ["finally:", "async with ", ".close()"].iter().any(|it| text.contains(it));
    let name = advice::name_of(call);
    let lost = if tidies {
        "no `finally` runs, nothing is closed"
    } else {
        "requests are cut off half-way"
    };
    let advice = match service {
        Service::ByHand => {
            "register `loop.add_signal_handler(signal.SIGTERM, loop.stop)`, and clean up behind"
        }
        _ => {
            "in the main coroutine, register `loop.add_signal_handler(signal.SIGTERM, stop.set)` and wait for that event"
        }
    };
    let watched = is_for_people(call.module().path()) || is_a_command(call.module());
    let draft = report.finding(
        call.callee(),
        format!("SIGTERM (a deploy, `docker stop`) kills what `{name}` runs wherever it stands: {lost}; {advice}"),
    );
    draft.confidence(if watched { Confidence::Possible } else { Confidence::Likely });
    match (service, tidies) {
        (Service::ByHand, true) => {}
        (Service::Serves, true) => {
            draft.severity(Severity::High);
        }
        (Service::Works, true) => {
            draft.severity(Severity::Medium);
        }
        (_, false) => {
            draft.severity(Severity::Low);
        }
    }
}

/// Whether the file is a command that somebody watches and ends at the terminal: it reads its arguments and prints what it sees.
fn is_a_command(module: Module<'_>) -> bool {
    let text = module.text();
    let reads = ["sys.argv", "argparse", "import click", "import typer"];
    reads.iter().any(|it| text.contains(it))
        && text.contains("KeyboardInterrupt")
        && module.calls().any(|call| call.is("builtins.print"))
}

/// `signal.signal` with a handler that touches the loop's own objects. Whether it is one.
fn unsafe_handler(call: Call<'_>, report: &mut Report) -> bool {
    let Some(given) = call.positional(1) else { return false };
    let handlers = match given.kind() {
        ExprKind::Lambda(id) => vec![call.module().function(*id)],
        _ => given.functions(),
    };
    // One that raises ends the wait by itself.
    let raises = |function: &Function<'_>| {
        function.statements().any(|it| matches!(it.kind(), StmtKind::Raise { .. }))
    };
    let touches = |function: &Function<'_>| {
        let mut calls = function.expressions().filter_map(Expr::as_call);
        calls.find(|it| it.has(Tag::LoopOnly)).map(advice::name_of)
    };
    let Some(touched) = handlers.iter().filter(|it| !raises(it)).find_map(touches) else {
        return false;
    };
    let signal = call.positional(0).map_or("the signal", Expr::text);
    report
        .finding(
            call.callee(),
            format!("A handler of `signal.signal` runs between two steps of whatever runs then, and wakes no event loop: what `{touched}` does is noticed when something else happens, which may be never; register it with `loop.add_signal_handler({signal}, …)`"),
        )
        .severity(Severity::High)
        .confidence(Confidence::Likely);
    true
}
