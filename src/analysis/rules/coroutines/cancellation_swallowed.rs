//! Cancellation that is caught and goes no further.

use super::cancellation::{
    Cancellation, Outcome, Tried, awaits_within, is_cancelled, is_of_a_test, let_pass, named,
    outcome, raises_sometimes,
};
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Handler, StmtId};
use crate::python::flow::{Exits, Ways, exits};
use crate::python::{Call, Module, Span, Stmt, StmtKind, Tag, TextEdit};

pub(in super::super) const RULE: Rule = Rule {
    code: "AW213",
    name: "cancellation-swallowed",
    item: Some(Item(21)),
    also: &[Item(23)],
    severity: Severity::High,
    category: Category::Cancellation,
    page: include_str!("cancellation_swallowed.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let cancellation = Cancellation::of(module);
    for tried in cancellation.tries() {
        for handler in tried.handlers {
            if named(module, handler).iter().any(|it| is_cancelled(*it)) {
                check_handler(&cancellation, &tried, handler, report);
            }
        }
        if let Some(finally) = tried.finally {
            check_finally(module, finally, report);
        }
    }
    check_suppressed(module, &cancellation, report);
}

fn check_handler<'m>(
    cancellation: &Cancellation<'m>,
    tried: &Tried<'m>,
    handler: &Handler,
    report: &mut Report,
) {
    if tried.is_caught_before(handler) {
        return;
    }
    match outcome(tried, handler) {
        Outcome::Raised => report.satisfied(handler.head),
        Outcome::Considered => {}
        Outcome::Swallowed(_) if cancellation.expects(tried.function, &tried.awaits()) => {}
        Outcome::Swallowed(_) if is_raised_behind(tried.stmt) || waits_for_the_end(tried) => {}
        Outcome::Swallowed(ways) => {
            let module = &tried.stmt.module();
            let raised = |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Raise { .. });
            let yields = |id: &StmtId| {
                matches!(module.stmt(*id).kind(), StmtKind::Expr(_) | StmtKind::Assign { .. })
            };
            let message = if !ways.falls
                && !ways.leaves.is_empty()
                && ways.leaves.iter().all(yields)
            {
                "a `yield` here hands control out before the cancellation has gone on, and whoever takes the item may never \
                 come back: the task can't be cancelled here; clean up, then `raise`"
            } else if !ways.falls && ways.leaves.iter().all(raised) {
                "raising another exception here hides the cancellation: the task ends as failed, not as cancelled, and \
                 whoever cancelled it gets an error; clean up, then `raise`"
            } else {
                "`CancelledError` is caught and not raised again: the task goes on as if nobody had cancelled it, so \
                 time-outs and shutdown wait for it in vain; clean up, then `raise`"
            };
            let unsure = Cancellation::waits_for_tasks(&tried.awaits())
                || raises_sometimes(tried, handler)
                || !ways.falls && ways.leaves.iter().all(|id| tells_of_the_end(module, *id))
                || waits_to_be_told(tried)
                // A command ends with it, and says so.
                || is_for_people(module.path())
                || is_considered_in_words(module, handler);
            let confidence = if unsure { Confidence::Possible } else { Confidence::Likely };
            let ends = cancellation.ends_with(tried, handler, &ways);
            let finding = report.finding(handler.head, message).confidence(confidence);
            if ends {
                // Nobody waits for more than its end, which comes at once.
                finding.confidence(Confidence::Possible).severity(Severity::Low);
            }
            if let Some(edit) = reraise(module, handler, &ways) {
                finding.fix("Raise the cancellation again", vec![edit]);
            } else if let [first, _, ..] = named(module, handler)[..] {
                finding.fix("Let cancellation pass", vec![let_pass(module, handler, first)]);
            }
        }
    }
}

/// Whether the statement raises an exception that is named for what has happened, so that whoever cancels is meant to see it:
/// `raise RequestCancelled() from error`, `raise ConnectionClosed`.
fn tells_of_the_end(module: &Module, id: StmtId) -> bool {
    let StmtKind::Raise { exception: Some(exception), .. } = module.stmt(id).kind() else {
        return false;
    };
    let exception = module.expr(*exception);
    let name = exception.as_call().map_or(exception, Call::callee).last_name();
    ["Abort", "Cancel", "Closed", "Disconnect", "Interrupt"].iter().any(|it| name.contains(it))
}

/// Whether the statement stands in a handler of the cancellation, which raises it again at its end: it is on its way already.
fn is_raised_behind(stmt: Stmt<'_>) -> bool {
    let module = stmt.module();
    let around = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    let within = |id: &StmtId| module.stmt(*id).span().contains(stmt.span());
    let catches = |handler: &Handler| {
        let all = named(&module, handler);
        all.is_empty() || all.iter().any(|it| is_cancelled(*it) || it.is("builtins.BaseException"))
    };
    let raises = |handler: &Handler| {
        let last = handler.body.last().map(|id| module.stmt(*id).kind());
        matches!(last, Some(StmtKind::Raise { exception: None, .. }))
    };
    around.into_iter().any(|outer| {
        let StmtKind::Try { handlers, .. } = outer.kind() else { return false };
        handlers.iter().any(|it| it.body.iter().any(within) && catches(it) && raises(it))
    })
}

/// Words in the names of events that tell a program, or a part of it, to end.
const ENDS: [&str; 7] = ["close", "done", "exit", "finish", "quit", "shutdown", "stop"];

/// Whether all that is waited for is to be told to end: cancellation is another way to say so.
fn waits_to_be_told(tried: &Tried<'_>) -> bool {
    tried.awaits().into_iter().all(|awaited| {
        let Some(call) = awaited.as_call() else { return false };
        call.method() == Some("wait")
            && call.args().is_empty()
            && call.receiver().is_some_and(|it| {
                let name = it.last_name().to_lowercase();
                ENDS.iter().any(|word| name.contains(word))
            })
    })
}

/// Whether a comment in the handler says why the cancellation goes no further, in more than a few words.
fn is_considered_in_words(module: &Module, handler: &Handler) -> bool {
    module.slice(handler.span).lines().filter_map(|line| line.split_once('#')).any(|(_, words)| {
        let words = words.to_lowercase();
        let undecided = words.contains("todo") || words.contains("fixme") || words.contains("xxx");
        words.split_whitespace().count() > 4 && !undecided
    })
}

/// Whether all that is waited for never comes, so that to be cancelled is how the function is told to end:
/// `await asyncio.Event().wait()`.
fn waits_for_the_end(tried: &Tried<'_>) -> bool {
    tried.awaits().into_iter().all(|awaited| {
        let Some(call) = awaited.as_call() else { return false };
        let made_in_place = || call.receiver().is_some_and(|it| it.as_call().is_some());
        call.is("asyncio.Event.wait") && made_in_place()
            || call.is_any(&["asyncio.Future", "asyncio.AbstractEventLoop.create_future"])
            || call.is_any(&["anyio.sleep_forever", "trio.sleep_forever"])
    })
}

/// A `raise` at the end of the handler, when that is all that is missing.
fn reraise(module: &Module, handler: &Handler, ways: &Exits) -> Option<TextEdit> {
    let exceptions = named(module, handler);
    let [_] = exceptions[..] else { return None };
    let last = module.stmt(*handler.body.last()?);
    let alone = |at: Span| {
        let start = module.lines().start(module.lines().line(at.start));
        let indent = module.slice(Span::new(start, at.start));
        indent.trim().is_empty().then_some(indent)
    };
    let gives_way = match last.kind() {
        StmtKind::Pass | StmtKind::Break | StmtKind::Continue => true,
        StmtKind::Return(value) => value.is_none(),
        _ => false,
    };
    let only_last = ways.leaves.iter().all(|id| *id == last.id());
    if gives_way && only_last {
        return Some(TextEdit::replace(last, "raise"));
    }
    let indent = alone(last.span()).filter(|_| ways.falls && ways.leaves.is_empty())?;
    Some(TextEdit::after(last, format!("\n{indent}raise")))
}

fn check_finally(module: &Module, finally: &[StmtId], report: &mut Report) {
    for id in exits(module, finally, Ways::Regular).leaves {
        let stmt = module.stmt(id);
        let word = match stmt.kind() {
            StmtKind::Return(_) => "return",
            StmtKind::Break => "break",
            StmtKind::Continue => "continue",
            _ => continue,
        };
        let message = format!(
            "`{word}` in `finally` discards the exception on its way, cancellation included, so the task can't be \
             cancelled here; move it behind the `try`"
        );
        report.finding(stmt, message);
    }
}

/// `with contextlib.suppress(CancelledError)` around an await.
fn check_suppressed(module: &Module, cancellation: &Cancellation<'_>, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        let StmtKind::With { items, body, .. } = stmt.kind() else { continue };
        let Some(function) = cancellation.coroutine_of(stmt) else { continue };
        let swallows = |call: &Call<'_>| {
            call.has(Tag::Suppresses) && call.args().iter().any(|arg| is_cancelled(arg.value))
        };
        let calls = items.iter().filter_map(|item| module.expr(item.context).as_call());
        let Some(call) = calls.into_iter().find(swallows) else { continue };
        let awaits = awaits_within(function, body);
        if awaits.is_empty() || cancellation.expects(function, &awaits) || is_raised_behind(stmt) {
            continue;
        }
        let message = "`CancelledError` is suppressed around an `await`: the task goes on as if nobody had cancelled it; \
                       let it pass, and clean up in `finally`";
        let unsure = Cancellation::waits_for_tasks(&awaits) || is_of_a_test(function);
        let confidence = if unsure { Confidence::Possible } else { Confidence::Likely };
        report.finding(call, message).confidence(confidence);
    }
}
