use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Context, Expr, Function, Module, Span, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW506",
    name: "no-debug-mode-testing",
    item: Some(Item(46)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("no_debug_mode_testing.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let Some(place) = first_run(module) else { return };
    if module.runs_in_debug_mode() {
        report.satisfied(place);
        return;
    }
    report
        .finding(
            place,
            "Nothing in this repository turns asyncio's debug mode on, so callbacks that hold up the event loop and coroutines that nobody awaits go unnoticed until production; run the tests with `PYTHONASYNCIODEBUG=1` (or `python -X dev`)",
        )
        .confidence(Confidence::Likely);
}

/// The first place where the file starts an event loop for a program or a test: `asyncio.run`, an asynchronous test.
fn first_run(module: &Module) -> Option<Span> {
    let starts = |expr: &Expr<'_>| {
        expr.as_call().is_some_and(|call| call.has(Tag::RunsLoop))
            && matches!(expr.context(), Context::Unknown)
    };
    let run = module.expressions().find(starts).map(Expr::span);
    let test = |it: &Function<'_>| it.is_async() && it.name().starts_with("test_");
    let tested = module.functions().find(test).map(Function::name_span);
    run.into_iter().chain(tested).min()
}
