use crate::analysis::rules::reach::asks_for_the_loop;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::StmtKind;
use crate::python::{Call, Context, Expr, Function, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW203",
    name: "manual-loop-entry",
    item: Some(Item(11)),
    also: &[Item(39)],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("manual_loop_entry.md"),
    check,
};

/// What gives an event loop to run by hand.
const LOOPS: [&str; 3] =
    ["asyncio.get_event_loop", "asyncio.new_event_loop", "uvloop.new_event_loop"];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls() {
        if call.is_any(&["asyncio.run", "asyncio.Runner"]) {
            report.satisfied(call.callee());
        }
        if !call.is_any(&LOOPS) || !is_plain_entry(call) {
            continue;
        }
        let uses = uses(call);
        let method = |name: &str| uses.iter().copied().find(|it| it.method() == Some(name));
        if method("run_forever").is_some() || method("is_running").is_some() {
            continue;
        }
        match method("run_until_complete") {
            Some(run) => runs_by_hand(call, run, method("close").is_some(), &uses, report),
            None if call.expr().function().is_none() => at_import(call, report),
            None => {}
        }
    }
}

/// Whether no loop runs where the call stands, and nothing there asks whether one does.
fn is_plain_entry(call: Call<'_>) -> bool {
    let function = call.expr().function();
    call.expr().context() == Context::Unknown
        && !function.is_some_and(asks_for_the_loop)
        && !function.is_some_and(Function::is_async)
}

/// The calls of the loop's methods, where the loop is used at once or by a local name. Empty when it goes elsewhere.
fn uses(call: Call<'_>) -> Vec<Call<'_>> {
    let targets = call.expr().bound_to();
    if targets.is_empty() {
        return method_on(call.expr()).into_iter().collect();
    }
    targets.into_iter().flat_map(Expr::uses).filter_map(method_on).collect()
}

/// The call of one of the expression's methods.
fn method_on(expr: Expr<'_>) -> Option<Call<'_>> {
    let attribute = expr.parent_expr()?;
    attribute.parent_expr()?.as_call().filter(|it| it.receiver() == Some(expr))
}

fn runs_by_hand(
    call: Call<'_>,
    run: Call<'_>,
    closed: bool,
    uses: &[Call<'_>],
    report: &mut Report,
) {
    let several = uses.iter().filter(|it| it.method() == Some("run_until_complete")).count() > 1;
    let advice = if several && report.target() >= PythonVersion(3, 11) {
        "`asyncio.Runner` runs several one after the other, and does all of that"
    } else {
        "`asyncio.run` makes the loop, runs the coroutine and does all of that"
    };
    let missing = if closed {
        "nothing cancels the tasks that are left, or closes asynchronous generators and the executor"
    } else {
        "nothing cancels the tasks that are left, or closes the loop"
    };
    let gone = if call.is("asyncio.get_event_loop") {
        "; from Python 3.14 `get_event_loop` raises `RuntimeError` where no loop is set"
    } else {
        ""
    };
    let draft = report
        .finding(run.callee(), format!("This loop is run by hand, so {missing}{gone}: {advice}"));
    draft.severity(if closed { Severity::Low } else { Severity::Medium });
    draft.confidence(Confidence::Likely);
    if call.span().start < run.callee().span().start && !run.span().contains(call.span()) {
        draft.related(call.callee(), "the loop comes from here");
    }
}

fn at_import(call: Call<'_>, report: &mut Report) {
    if !call.is("asyncio.get_event_loop")
        || matches!(call.expr().stmt().kind(), StmtKind::Function(_))
    {
        return;
    }
    report
        .finding(
            call.callee(),
            "A loop taken when the module is imported is not the one that `asyncio.run` runs, and from Python 3.14 there is none to take (`RuntimeError`); ask for the running loop where it is needed",
        )
        .confidence(Confidence::Likely);
}
