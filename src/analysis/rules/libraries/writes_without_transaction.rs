use std::collections::HashSet;

use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::libraries::sql::{Driver, Effect, Executed, executed};
use crate::analysis::rules::ownership::{Owner, owner};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::flow::{Ways, may_reach};
use crate::python::{Call, Expr, Function, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW609",
    name: "writes-without-transaction",
    item: Some(Item(55)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("writes_without_transaction.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let entered = || matches!(fate(call.expr()), Fate::Entered(_));
        if call.method() == Some("transaction")
            && entered()
            && call.receiver().and_then(Driver::of).is_some()
        {
            report.satisfied(call.callee());
        }
    }
    for function in module.functions_in_focus().filter(|it| it.is_async()) {
        let all: Vec<Executed<'_>> =
            function.expressions().filter_map(Expr::as_call).filter_map(executed).collect();
        if all.is_empty() {
            continue;
        }
        begun_by_hand(&all, report);
        if all.iter().all(|it| it.effect != Effect::Begins) {
            torn(function, &all, report);
        }
        uncommitted(function, &all, report);
    }
}

/// Reports a transaction that is begun by a statement and that nothing rolls back.
fn begun_by_hand(all: &[Executed<'_>], report: &mut Report) {
    for begun in all.iter().filter(|it| it.effect == Effect::Begins) {
        let on = begun.on.text();
        match begun.driver {
            Driver::AsyncpgPool => {
                report
                    .finding(
                        begun.call.callee(),
                        format!("`{on}` runs this and each further statement on whichever connection is free, so they are not in one transaction; use `async with {on}.acquire() as connection, connection.transaction():`"),
                    )
                    .severity(Severity::High);
            }
            Driver::Asyncpg | Driver::Databases => {
                let rolls_back = all.iter().any(|it| it.sql.to_lowercase().starts_with("rollback"));
                report
                    .finding(
                        begun.call.callee(),
                        format!("When something behind this raises or is cancelled before its `COMMIT`, the transaction stays open, with its locks; use `async with {on}.transaction():`, which ends it on every way"),
                    )
                    .confidence(if rolls_back { Confidence::Possible } else { Confidence::Likely });
            }
            _ => {}
        }
    }
}

/// Reports writes that follow each other on one connection, each of which is committed by itself.
fn torn<'m>(function: Function<'m>, all: &[Executed<'m>], report: &mut Report) {
    let started_by_hand =
        function.text().contains("transaction") && function.text().contains(".start(");
    let writes: Vec<&Executed<'m>> = all
        .iter()
        .filter(|it| it.effect == Effect::Writes && it.driver.commits_each())
        .filter(|it| !is_in_transaction(it.call))
        .collect();
    if started_by_hand || writes.len() < 2 {
        return;
    }
    let mut told: HashSet<&str> = HashSet::new();
    for pair in writes.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        let on = first.on.text();
        if on != second.on.text() || told.contains(on) || !follows(function, first, second) {
            continue;
        }
        let Some(confidence) = confidence(function, first) else { continue };
        told.insert(on);
        let line = function.module().lines().line(first.call.span().start);
        let (one, other) = (first.brief(), second.brief());
        let instead = match first.driver {
            Driver::AsyncpgPool => {
                format!("`async with {on}.acquire() as connection, connection.transaction():`")
            }
            _ => format!("`async with {on}.transaction():`"),
        };
        report
            .finding(
                second.call.callee(),
                format!("When this `{other}` fails or is cancelled, the `{one}` of line {line} stays, because each is committed by itself; put both under {instead}"),
            )
            .confidence(confidence)
            .related(
                function.module().site(first.call.callee().span()),
                "committed by itself before that".to_owned(),
            );
    }
}

/// How sure it is that nobody around holds a transaction; `None` if somebody may well.
fn confidence(function: Function<'_>, write: &Executed<'_>) -> Option<Confidence> {
    let module = function.module();
    if write.driver == Driver::AsyncpgPool {
        return Some(Confidence::Likely);
    }
    let name = write.on.as_name();
    let bound_here = name.is_some()
        && !function.node().params.iter().any(|param| Some(module.slice(param.name)) == name);
    if bound_here {
        Some(Confidence::Likely)
    } else {
        (!may_be_held(function)).then_some(Confidence::Possible)
    }
}

/// How many calls deep callers are followed.
const DEEPEST: u32 = 3;

/// Whether a caller runs the function in a transaction of its own; or nothing calls it that is known, and the file has some.
fn may_be_held(function: Function<'_>) -> bool {
    let callers = function.callers();
    let unknown = callers.is_empty() && function.module().text().contains(".transaction(");
    unknown || is_held(&callers, 0)
}

fn is_held(callers: &[Call<'_>], depth: u32) -> bool {
    callers.iter().any(|call| {
        let outer = call.expr().function().filter(|_| depth < DEEPEST);
        is_in_transaction(*call) || outer.is_some_and(|it| is_held(&it.callers(), depth + 1))
    })
}

/// Whether the call stands in a block that is a transaction.
fn is_in_transaction(call: Call<'_>) -> bool {
    let module = call.module();
    let function = call.expr().function();
    let mut around = call.expr().stmt().ancestors().take_while(|it| it.function() == function);
    around.any(|stmt| {
        let StmtKind::With { items, .. } = stmt.kind() else { return false };
        items.iter().any(|item| {
            let text = module.expr(item.context).text();
            ["transaction", "begin", "atomic", "tx"].iter().any(|it| text.contains(it))
        })
    })
}

/// Whether the second write comes behind the first, in the same turn of a loop, with nothing between that waits for anything
/// but their connection.
fn follows<'m>(function: Function<'m>, first: &Executed<'m>, second: &Executed<'m>) -> bool {
    let module = function.module();
    let (from, to) = (first.call.expr().stmt(), second.call.expr().stmt());
    let block = |stmt: Stmt<'m>| {
        let mut around = stmt.ancestors().take_while(|it| it.function() == Some(function));
        around.find(|it| matches!(it.kind(), StmtKind::With { .. }))
    };
    if from == to || block(from) != block(to) {
        return false;
    }
    let heads: Vec<Expr<'m>> = from
        .ancestors()
        .chain(to.ancestors())
        .filter_map(|it| match it.kind() {
            StmtKind::For { iter, .. } => Some(module.expr(*iter)),
            StmtKind::While { test, .. } => Some(module.expr(*test)),
            _ => None,
        })
        .filter(|it| it.stmt().function() == Some(function))
        .collect();
    let between = first.call.span().end..second.call.span().start;
    let elsewhere = |expr: Expr<'m>| {
        let ExprKind::Await(inner) = expr.kind() else { return false };
        let on = module.expr(*inner).as_call().and_then(Call::receiver);
        between.contains(&expr.span().start)
            && expr.span().end <= between.end
            && on.is_none_or(|it| it.text() != first.on.text())
    };
    !function.expressions().any(elsewhere) && may_reach(from, to, &heads, Ways::Regular)
}

/// Reports writes on a connection of its own that nothing commits: closing it takes them back.
fn uncommitted<'m>(function: Function<'m>, all: &[Executed<'m>], report: &mut Report) {
    let connects = |name: &str| {
        let calls = function.expressions().filter_map(Expr::as_call);
        calls.filter(|call| call.is(name)).collect::<Vec<_>>()
    };
    for (driver, connect) in
        [(Driver::Aiosqlite, "aiosqlite.connect"), (Driver::Aiomysql, "aiomysql.connect")]
    {
        let Some(write) = all.iter().find(|it| it.driver == driver && it.effect == Effect::Writes)
        else {
            continue;
        };
        let [made] = connects(connect)[..] else { continue };
        let told = ["isolation_level", "autocommit"].iter().any(|it| made.keyword(it).is_some());
        let text = function.text().to_lowercase();
        let words = [".commit", "\"commit", "'commit", "commit(", "isolation_level", "autocommit"];
        if told || made.unpacks() || words.iter().any(|it| text.contains(it)) {
            continue;
        }
        let uses: Vec<Expr<'m>> = match owner(made) {
            Owner::With(_) => made.expr().bound_to().into_iter().flat_map(Expr::uses).collect(),
            Owner::Local { uses, .. } => uses,
            Owner::Nobody | Owner::Other => continue,
        };
        let given = |used: &Expr<'m>| !matches!(fate(*used), Fate::Attribute(_) | Fate::Entered(_));
        if uses.iter().any(given) {
            continue;
        }
        let connection = made.expr().bound_to().first().map_or("connection", |it| it.text());
        let name = advice::name_of(made);
        report
            .finding(
                write.call.callee(),
                format!("Nothing commits this `{}`, so closing the connection of `{name}` takes it back; call `await {connection}.commit()` behind it", write.brief()),
            )
            .severity(Severity::High)
            .confidence(Confidence::Likely);
    }
}
