use crate::analysis::rules::advice;
use crate::analysis::rules::libraries::sql::{Driver, Effect, Executed, executed};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW610",
    name: "repeated-statement-not-prepared",
    item: Some(Item(56)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("repeated_statement_not_prepared.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        let many = ["executemany", "execute_many", "copy_records_to_table", "prepare"];
        if call.method().is_some_and(|it| many.contains(&it)) {
            if call.receiver().and_then(Driver::of).is_some() {
                report.satisfied(call.callee());
            }
            continue;
        }
        let Some(turns) = turns(call) else { continue };
        let Some(statement) = executed(call).filter(|it| it.constant) else { continue };
        match statement.effect {
            Effect::Writes if call.method() == Some("execute") => written(&statement, report),
            Effect::Reads if statement.driver == Driver::Asyncpg => read(&statement, turns, report),
            _ => {}
        }
    }
}

/// The loop whose turns do nothing asynchronous but execute this statement, unconditionally.
fn turns(call: Call<'_>) -> Option<Stmt<'_>> {
    if !call.expr().is_awaited() || call.args().len() < 2 {
        return None;
    }
    let stmt = call.expr().stmt();
    let turns = stmt.parent()?;
    let StmtKind::For { is_async: false, body, .. } = turns.kind() else { return None };
    let module = call.module();
    let inner: Vec<Stmt<'_>> = body.iter().map(|id| module.stmt(*id)).collect();
    let waits = |it: &Expr<'_>| matches!(it.kind(), ExprKind::Await(_));
    let awaits = inner.iter().flat_map(|it| it.expressions()).filter(waits).count();
    let leaves = |it: Stmt<'_>| {
        matches!(it.kind(), StmtKind::Break | StmtKind::Return(_) | StmtKind::With { .. })
    };
    let plain = inner.contains(&stmt) && !turns.with_inner().skip(1).any(leaves);
    (plain && awaits == 1).then_some(turns)
}

fn written(statement: &Executed<'_>, report: &mut Report) {
    // What the statement gives is wanted.
    if !matches!(statement.call.expr().stmt().kind(), StmtKind::Expr(_)) {
        return;
    }
    let on = statement.on.text();
    let is_insert = statement.brief().to_ascii_uppercase().starts_with("INSERT");
    let instead = match statement.driver {
        Driver::Databases => format!("`{on}.execute_many(…)`"),
        Driver::Asyncpg | Driver::AsyncpgPool if is_insert => {
            format!("`{on}.executemany(…)` or, for many rows, `{on}.copy_records_to_table(…)`")
        }
        _ => format!("`{on}.executemany(…)`"),
    };
    report
        .finding(
            statement.call.callee(),
            format!("Each turn of the loop waits for this `{}` before it sends the next; give all rows to {instead} at once", statement.brief()),
        )
        .confidence(Confidence::Likely);
}

fn read(statement: &Executed<'_>, turns: Stmt<'_>, report: &mut Report) {
    let on = statement.on.text();
    let StmtKind::For { iter, .. } = turns.kind() else { return };
    let items = turns.module().expr(*iter);
    let items = advice::quoted(items, "the items");
    report
        .finding(
            statement.call.callee(),
            format!("Each turn of the loop waits for one more answer of the server; ask once for all of {items} (`= ANY($1)`), or prepare the statement before the loop with `await {on}.prepare(…)`"),
        )
        .confidence(Confidence::Possible);
}
