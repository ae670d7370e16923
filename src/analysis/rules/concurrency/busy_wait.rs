use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::{Call, Expr, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW112",
    name: "busy-wait",
    item: Some(Item(2)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("busy_wait.md"),
    check,
};

const SLEEPS: [&str; 8] = [
    "asyncio.sleep",
    "trio.sleep",
    "trio.sleep_until",
    "anyio.sleep",
    "anyio.sleep_until",
    "trio.lowlevel.checkpoint",
    "anyio.lowlevel.checkpoint",
    "curio.sleep",
];

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        let StmtKind::While { test, body, .. } = stmt.kind() else { continue };
        if stmt.is_dead() {
            continue;
        }
        let test = module.expr(*test);
        let Some(condition) = awaited_condition(module, test, body) else { continue };
        match condition {
            Some(condition) => state(report, stmt, condition),
            None => {
                report
                    .finding(
                        test,
                        format!("`while {}` wakes up again and again for nothing; to wait for ever, await an event that is never set, or what should end the wait", test.text()),
                    )
                    .confidence(Confidence::Possible);
            }
        }
    }
    for call in module.calls_on_the_loop() {
        if call.is_any(&[
            "asyncio.Event.wait",
            "asyncio.Condition.wait",
            "asyncio.Condition.wait_for",
        ]) {
            report.satisfied(call.callee());
        }
    }
}

fn state(report: &mut Report, stmt: Stmt<'_>, condition: Expr<'_>) {
    let Some(confidence) = about_shared_state(condition) else { return };
    let StmtKind::While { test, .. } = stmt.kind() else { return };
    let text = condition.text();
    let what = if text.len() <= 60 && !text.contains('\n') {
        format!("`{text}`")
    } else {
        "a condition".to_owned()
    };
    report
        .finding(
            stmt.module().expr(*test),
            format!("This loop looks at {what} over and over, so it burns time and still notices late; let whoever changes it set an `asyncio.Event` (or notify an `asyncio.Condition`), and await that"),
        )
        .confidence(confidence);
}

/// What a loop waits for that does nothing but sleep: its condition, or that under which it is left. `Some(None)` when
/// nothing ends it; `None` when the loop does something else.
fn awaited_condition<'m>(
    module: &Module<'m>,
    test: Expr<'m>,
    body: &[StmtId],
) -> Option<Option<Expr<'m>>> {
    let statements: Vec<Stmt<'m>> = body.iter().map(|id| module.stmt(*id)).collect();
    let statements: Vec<Stmt<'m>> = statements.into_iter().filter(|it| !is_idle(*it)).collect();
    if let [only] = statements[..]
        && is_endless(test)
        && let Some(condition) = sleeps_under(only)
    {
        return Some(Some(condition));
    }
    let sleeps = statements.iter().filter(|stmt| is_sleep(**stmt)).count();
    if sleeps != 1 {
        return None;
    }
    let rest: Vec<Stmt<'m>> = statements.into_iter().filter(|stmt| !is_sleep(*stmt)).collect();
    let endless = is_endless(test);
    match rest[..] {
        [] => Some((!endless).then_some(test)),
        [only] if endless => Some(Some(leaves_under(only)?)),
        // A flag that is taken back once it was seen.
        [only] if resets(only, test) => Some(Some(test)),
        _ => None,
    }
}

pub(super) fn is_endless(test: Expr<'_>) -> bool {
    matches!(test.kind(), ExprKind::Bool(true))
        || matches!(test.kind(), ExprKind::Number if test.text() != "0")
}

/// Whether the statement does nothing but to set a local name to a constant, in each turn the same.
fn is_idle(stmt: Stmt<'_>) -> bool {
    let StmtKind::Assign { targets, value } = stmt.kind() else { return false };
    let module = stmt.module();
    let local = |id: &_| module.expr(*id).as_name().is_some() && !module.expr(*id).is_global();
    matches!(module.expr(*value).kind(), ExprKind::Number) && targets.iter().all(local)
}

/// The condition of `if condition: await sleep(…)` that is left otherwise.
fn sleeps_under(stmt: Stmt<'_>) -> Option<Expr<'_>> {
    let StmtKind::If { branches, otherwise } = stmt.kind() else { return None };
    let [(test, block)] = &branches[..] else { return None };
    let module = stmt.module();
    let goes_on = |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Continue);
    let waits = match &block[..] {
        [sleep] => is_sleep(module.stmt(*sleep)),
        [sleep, next] => is_sleep(module.stmt(*sleep)) && goes_on(next),
        _ => false,
    };
    let [only] = otherwise[..] else { return None };
    let leaves = matches!(module.stmt(only).kind(), StmtKind::Break | StmtKind::Return(None));
    (waits && leaves).then(|| module.expr(*test))
}

fn is_sleep(stmt: Stmt<'_>) -> bool {
    let StmtKind::Expr(expr) = stmt.kind() else { return false };
    let ExprKind::Await(inner) = stmt.module().expr(*expr).kind() else { return false };
    stmt.module().expr(*inner).as_call().is_some_and(|call| call.is_any(&SLEEPS))
}

/// The condition of `if condition: break`.
fn leaves_under(stmt: Stmt<'_>) -> Option<Expr<'_>> {
    let StmtKind::If { branches, otherwise } = stmt.kind() else { return None };
    let [(test, block)] = &branches[..] else { return None };
    let [only] = block[..] else { return None };
    let module = stmt.module();
    let leaves = matches!(module.stmt(only).kind(), StmtKind::Break | StmtKind::Return(None));
    (leaves && otherwise.is_empty()).then(|| module.expr(*test))
}

/// `flag = False` in a loop on `flag`.
fn resets(stmt: Stmt<'_>, test: Expr<'_>) -> bool {
    let StmtKind::Assign { targets, value } = stmt.kind() else { return false };
    let module = stmt.module();
    let constant = matches!(module.expr(*value).kind(), ExprKind::Bool(_) | ExprKind::None);
    let [target] = targets[..] else { return false };
    let target = module.expr(target).text();
    let plain = |expr: Expr<'_>| expr.text() == target;
    constant
        && (plain(test)
            || matches!(test.kind(), ExprKind::Not(inner) if plain(module.expr(*inner))))
}

/// How sure it is that the condition is about something that another task of this program changes. `None` when it is not:
/// it asks the outside, the clock, or a task that could be awaited.
fn about_shared_state(condition: Expr<'_>) -> Option<Confidence> {
    let mut confidence = Confidence::Likely;
    let mut todo = vec![condition];
    while let Some(expr) = todo.pop() {
        match expr.kind() {
            ExprKind::Await(_) => return None,
            ExprKind::Call { .. } => match asked(expr.as_call()?) {
                Asked::Outside => return None,
                Asked::Unknown => confidence = Confidence::Possible,
                Asked::State => {}
            },
            _ => {}
        }
        todo.extend(expr.children());
    }
    Some(confidence)
}

/// What a call in a condition asks.
enum Asked {
    State,
    Outside,
    Unknown,
}

fn asked(call: Call<'_>) -> Asked {
    if let Some(name) = call.name() {
        let own =
            ["builtins.", "asyncio.Event", "asyncio.Queue", "threading.", "queue.", "collections."];
        return if own.iter().any(|it| name.starts_with(it)) {
            Asked::State
        } else {
            Asked::Outside
        };
    }
    match call.method() {
        // A task or future, which can be awaited itself; a child process, a file, the clock.
        Some("done" | "poll" | "exists" | "is_file" | "time" | "monotonic" | "is_alive") => {
            Asked::Outside
        }
        Some("is_set" | "empty" | "full" | "qsize" | "locked") => Asked::State,
        _ => Asked::Unknown,
    }
}
