use super::calls;
use super::waiting::is_measurement;
use crate::analysis::rules::advice;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::ast::{ComprehensionKind, ExprKind, StmtKind};
use crate::python::{Blocks, Call, Function, Module, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW501",
    name: "blocking-sleep",
    item: Some(Item(41)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_sleep.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let sleep = sleep_of(module);
    for call in module.calls_on_the_loop() {
        if let Some(fact) = calls::blocking(call, &[Blocks::Sleep]) {
            if is_measurement(call) {
                measuring(call, report);
                continue;
            }
            // What other sleeps take is known to those who made them.
            if !call.is("time.sleep") {
                let (name, instead) =
                    (advice::name_of(call), advice::instead_of(fact, report.target()));
                let message = format!(
                    "`{name}` stops every task on the event loop until it is over; {instead}"
                );
                report.finding(call.callee(), message);
                continue;
            }
            let text = call.text();
            let named = if text.len() <= 60 { text } else { "time.sleep" };
            let message = if can_await(call) {
                format!(
                    "`{named}` stops every task on the event loop until it is over; write `await {sleep}(…)`"
                )
            } else {
                format!(
                    "`{named}` runs on the event loop's thread and stops every task until it is over; use `loop.call_later` or a coroutine with `await {sleep}(…)`"
                )
            };
            let draft = report.finding(call.callee(), message);
            if call.positional(0).is_some_and(|it| matches!(it.text(), "0" | "0.0")) {
                draft.severity(Severity::Low);
            }
            if can_await(call) {
                let (name, mut edits) = module.reference(call.expr(), sleep);
                edits.push(TextEdit::replace(call.callee(), format!("await {name}")));
                draft.fix(format!("Await `{sleep}`"), edits);
            }
        } else if call.is_any(&["asyncio.sleep", "anyio.sleep", "trio.sleep"]) {
            report.satisfied(call.callee());
        }
    }
}

/// `psutil.cpu_percent(interval=1)` and its like sleep while they measure.
fn measuring(call: Call<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let thread = advice::thread(report.target());
    report.finding(
        call.callee(),
        format!("`{name}` sleeps for its interval and stops every task on the event loop meanwhile; hand it to a thread with {thread}, or call it without an interval"),
    );
}

/// Whether `await` may be put in front of the call.
fn can_await(call: Call<'_>) -> bool {
    let generator = |kind: &ExprKind| {
        matches!(kind, ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. })
    };
    call.expr().function().is_some_and(Function::is_async)
        && !call.expr().ancestors().any(|outer| generator(outer.kind()))
}

/// The sleep of the library that the file works with: asyncio's, unless it imports only another one.
fn sleep_of(module: &Module) -> &'static str {
    let imports = |library: &str| {
        module.statements().any(|stmt| match stmt.kind() {
            StmtKind::Import(names) => {
                names.iter().any(|it| it.name.split('.').next() == Some(library))
            }
            StmtKind::ImportFrom { module, level: 0, .. } => {
                module.split('.').next() == Some(library)
            }
            _ => false,
        })
    };
    match () {
        () if imports("asyncio") => "asyncio.sleep",
        () if imports("trio") => "trio.sleep",
        () if imports("anyio") => "anyio.sleep",
        () => "asyncio.sleep",
    }
}
