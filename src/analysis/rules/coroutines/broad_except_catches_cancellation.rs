//! Handlers for everything, which catch cancellation along with it.

use super::cancellation::{Cancellation, Outcome, Tried, let_pass, named, outcome};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Handler, StmtKind};
use crate::python::{Expr, Module, Span, TextEdit};

pub(in super::super) const RULE: Rule = Rule {
    code: "AW216",
    name: "broad-except-catches-cancellation",
    item: Some(Item(24)),
    also: &[Item(21)],
    severity: Severity::High,
    category: Category::Cancellation,
    page: include_str!("broad_except_catches_cancellation.md"),
    check,
};

/// How a handler comes to catch cancellation without naming it.
enum Broad<'m> {
    /// `except:`
    Bare,
    /// `except BaseException`, perhaps among others.
    Base(Expr<'m>),
    /// `except Exception`, where the target includes a Python in which cancellation is one.
    Exception(Expr<'m>),
}

fn check(module: &Module, report: &mut Report) {
    let cancellation = Cancellation::of(module);
    for tried in cancellation.tries() {
        for handler in tried.handlers {
            if !tried.is_caught_before(handler)
                && let Some(broad) = broad(module, handler, report)
            {
                check_handler(&cancellation, &tried, handler, &broad, report);
            } else if named(module, handler).iter().any(|it| it.is("builtins.Exception"))
                && !tried.awaits().is_empty()
            {
                // Cancellation passes by: it is no `Exception` on any target, or was caught before.
                report.satisfied(handler.head);
            }
        }
    }
}

fn broad<'m>(module: &Module<'m>, handler: &Handler, report: &Report) -> Option<Broad<'m>> {
    if handler.exceptions.is_none() {
        return Some(Broad::Bare);
    }
    let named = named(module, handler);
    // What a function gives is not known to be that class itself, whatever it is declared to give.
    let named: Vec<Expr<'_>> = named.into_iter().filter(|it| it.as_call().is_none()).collect();
    if let Some(base) = named.iter().find(|it| it.is("builtins.BaseException")) {
        return Some(Broad::Base(*base));
    }
    let exception = named.iter().find(|it| it.is("builtins.Exception"));
    exception
        .filter(|_| report.target() < report.except_exception_below())
        .map(|it| Broad::Exception(*it))
}

fn check_handler(
    cancellation: &Cancellation<'_>,
    tried: &Tried<'_>,
    handler: &Handler,
    broad: &Broad<'_>,
    report: &mut Report,
) {
    match outcome(tried, handler) {
        Outcome::Raised => report.satisfied(handler.head),
        Outcome::Considered => {}
        Outcome::Swallowed(_) if cancellation.expects(tried.function, &tried.awaits()) => {}
        Outcome::Swallowed(ways) => {
            let (message, mut confidence) = message(broad, report);
            // A task of its own that ends with the handler has nothing left that could be cancelled.
            let ends = cancellation.ends_with(tried, handler, &ways);
            if ends || is_raised_around(tried) || speaks_of_it(&tried.stmt.module(), handler) {
                confidence = Confidence::Possible;
            }
            let finding = report.finding(handler.head, message).confidence(confidence);
            let (title, edit) = fix(&tried.stmt.module(), handler, broad);
            finding.fix(title, vec![edit]);
        }
    }
}

/// Whether the `try` stands in a handler that raises at its end what it has caught: that goes on, whatever happens to its
/// clean-up.
fn is_raised_around(tried: &Tried<'_>) -> bool {
    let module = tried.stmt.module();
    let outer = tried.stmt.ancestors().take_while(|it| it.function() == Some(tried.function));
    outer.into_iter().any(|stmt| {
        let StmtKind::Try { handlers, .. } = stmt.kind() else { return false };
        handlers.iter().any(|handler| {
            let last = handler.body.last().map(|id| module.stmt(*id).kind());
            handler.span.contains(tried.stmt.span())
                && matches!(last, Some(StmtKind::Raise { exception: None, .. }))
        })
    })
}

/// Whether a comment in the handler speaks of cancellation: its author has thought of it.
fn speaks_of_it(module: &Module, handler: &Handler) -> bool {
    let comments = module.slice(handler.span).lines().filter_map(|it| it.split_once('#'));
    comments.into_iter().any(|(_, comment)| comment.to_lowercase().contains("cancel"))
}

fn message(broad: &Broad<'_>, report: &Report) -> (String, Confidence) {
    let caught = match broad {
        Broad::Bare => "a bare `except:`",
        Broad::Base(_) => "`except BaseException`",
        Broad::Exception(_) => {
            let message = format!(
                "`except Exception` around an `await` catches `CancelledError` on Python below {}, which the project \
                 supports ({} and later): the task can't be cancelled; add `except asyncio.CancelledError: raise` before it",
                report.except_exception_below(),
                report.target(),
            );
            return (message, Confidence::Likely);
        }
    };
    let message = format!(
        "{caught} around an `await` catches `CancelledError` too, and does not raise it again: the task can't be cancelled, so \
         time-outs and shutdown wait for it in vain; catch `Exception`"
    );
    (message, Confidence::Certain)
}

fn fix(module: &Module, handler: &Handler, broad: &Broad<'_>) -> (&'static str, TextEdit) {
    match broad {
        Broad::Bare => {
            let start = handler.span.start;
            let word = Span::new(start, start + "except".len() as u32);
            ("Catch `Exception`", TextEdit::after(word, " Exception"))
        }
        Broad::Base(base) => ("Catch `Exception`", TextEdit::replace(*base, "Exception")),
        Broad::Exception(exception) => {
            ("Let cancellation pass", let_pass(module, handler, *exception))
        }
    }
}
