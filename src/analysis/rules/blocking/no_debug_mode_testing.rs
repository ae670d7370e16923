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
    let Some((place, name)) = first_run(module) else { return };
    if module.runs_in_debug_mode() {
        report.satisfied(place);
        return;
    }
    report
        .finding(
            place,
            format!("Nothing in this repository turns asyncio's debug mode on for what `{name}` runs, so callbacks that hold up the event loop and coroutines that nobody awaits go unnoticed until production; run the tests with `PYTHONASYNCIODEBUG=1` (or `python -X dev`)"),
        )
        .confidence(Confidence::Likely);
}

/// The first place where the file starts an event loop for a program or a test: `asyncio.run`, an asynchronous test.
fn first_run<'m>(module: &Module<'m>) -> Option<(Span, &'m str)> {
    let starts = |expr: &Expr<'_>| {
        expr.as_call().is_some_and(|call| call.has(Tag::RunsLoop))
            && matches!(expr.context(), Context::Unknown)
    };
    let run = module.expressions().find(starts).and_then(Expr::as_call);
    let run = run.map(|call| (call.span(), call.callee().text()));
    let test = |it: &Function<'_>| it.is_async() && it.name().starts_with("test_");
    let tested = module.functions().find(test).map(|it| (it.name_span(), it.name()));
    run.into_iter().chain(tested).min()
}
