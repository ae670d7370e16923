use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::reach::asks_for_the_loop;
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{StmtId, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Span, Stmt, TextEdit};

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
    for call in module.calls_in_focus() {
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
    let otherwise = if several && report.target() >= PythonVersion(3, 11) {
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
    let draft = report.finding(
        run.callee(),
        format!(
            "`{}` runs this loop by hand, so {missing}{gone}: {otherwise}",
            advice::name_of(run)
        ),
    );
    let lasts = closed || is_of_others(call) || is_for_people(call.module().path());
    draft.severity(if lasts { Severity::Low } else { Severity::Medium });
    draft.confidence(Confidence::Likely);
    if call.span().start < run.callee().span().start && !run.span().contains(call.span()) {
        draft.related(call.callee(), "the loop comes from here");
    }
    if let Some(edits) = with_run(call, run, uses) {
        draft.fix("Run it with `asyncio.run`", edits);
    }
}

/// Lets `asyncio.run` do what the loop is made for, when that is to run one coroutine and nothing else in the file takes a
/// loop by hand.
fn with_run(call: Call<'_>, run: Call<'_>, uses: &[Call<'_>]) -> Option<Vec<TextEdit>> {
    let module = call.module();
    let only = module.calls().filter(|it| it.is_any(&LOOPS) && !in_a_coroutine(*it)).count() == 1;
    let plain = run.args().len() == 1 && run.positional(0)?.as_call()?.is_coroutine();
    if !only || !plain {
        return None;
    }
    let (written, mut edits) = module.reference(run.callee(), "asyncio.run");
    match call.expr().bound_to()[..] {
        [] => edits.push(TextEdit::replace(run.callee(), written)),
        [name] => {
            let whole = surroundings(call, run, name, uses)?;
            let rest = Span::new(run.callee().span().end, run.expr().stmt().span().end);
            let first = Span::new(run.expr().stmt().span().start, run.callee().span().start);
            let text = format!("{}{written}{}", module.slice(first), module.slice(rest));
            edits.push(TextEdit::replace(whole, text));
        }
        _ => return None,
    }
    Some(edits)
}

fn in_a_coroutine(call: Call<'_>) -> bool {
    call.expr().function().is_some_and(Function::is_async)
}

/// From the statement that makes the loop to the one that closes it, when nothing else stands there than `set_event_loop`,
/// the run, and a `try` whose `finally` closes: then `asyncio.run` replaces all of it.
fn surroundings(call: Call<'_>, run: Call<'_>, name: Expr<'_>, uses: &[Call<'_>]) -> Option<Span> {
    let made = call.expr().stmt();
    let is_set = |stmt: &Stmt<'_>| {
        let StmtKind::Expr(id) = stmt.kind() else { return false };
        stmt.module().expr(*id).as_call().is_some_and(|it| it.is("asyncio.set_event_loop"))
    };
    let is_close = |stmt: &Stmt<'_>| {
        uses.iter().any(|it| it.method() == Some("close") && it.expr().stmt() == *stmt)
            && matches!(stmt.kind(), StmtKind::Expr(_))
    };
    let behind = made.following();
    let set = behind.iter().take_while(|it| is_set(it)).count();
    let mut rest = behind.get(set..)?.iter().copied();
    let ran = rest.next()?;
    let module = call.module();
    let last = match ran.kind() {
        StmtKind::Try { body, handlers, otherwise, finally: Some(finally), .. } => {
            let closes = |id: &StmtId| is_close(&module.stmt(*id));
            let bare = handlers.is_empty() && otherwise.is_empty() && finally.iter().all(closes);
            (bare && body[..] == [run.expr().stmt().id()]).then_some(ran)?
        }
        _ if ran == run.expr().stmt() => rest.next().filter(|it| is_close(it)).unwrap_or(ran),
        _ => return None,
    };
    let whole = made.span().to(last.span());
    let given = run.positional(0)?.span();
    let replaced = |used: &Expr<'_>| whole.contains(used.span()) && !given.contains(used.span());
    let all_replaced = name.uses().iter().all(replaced);
    (all_replaced && !module.slice(whole).contains('#')).then_some(whole)
}

/// Whether the loop is not the function's own to close: a method, or a function within another, takes the one that is there;
/// or the loop is handed on.
fn is_of_others(call: Call<'_>) -> bool {
    let inner =
        call.expr().function().is_some_and(|it| it.class().is_some() || it.outermost() != it);
    let handed = |used: Expr<'_>| matches!(fate(used), Fate::Returned | Fate::Stored);
    inner && call.is("asyncio.get_event_loop")
        || call.expr().bound_to().into_iter().flat_map(Expr::uses).any(handed)
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
