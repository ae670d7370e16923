use super::tasks::{Made, made_tasks};
use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::{Call, Expr, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW212",
    name: "results-held-back",
    item: Some(Item(20)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("results_held_back.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.is("asyncio.as_completed") {
            report.satisfied(call.callee());
        }
        if call.has(Tag::Gathers) && call.unpacks() && !call.expr().is_dead() {
            gathered(call, report);
        }
    }
    for made in made_tasks(module) {
        if let Made::Several(uses) = made
            && let [only] = uses[..]
        {
            awaited_in_order(only, report);
        }
    }
}

/// `for result in await gather(…)`, also by a name for the results, with an `await` for each.
fn gathered(call: Call<'_>, report: &mut Report) {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return };
    let iterated = match fate(awaited) {
        Fate::Used => Some(awaited),
        Fate::Bound(_) => match awaited.bound_to()[..] {
            [name] if name.as_name().is_some() => match name.uses()[..] {
                [only] => Some(only),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let Some(iter) = iterated else { return };
    let StmtKind::For { iter: of, body, is_async: false, .. } = iter.stmt().kind() else { return };
    if let Some(work) = waits(iter.stmt(), body).filter(|_| *of == iter.id()) {
        let (name, work) = (advice::name_of(call), advice::quoted(work, "what its loop awaits"));
        let why = format!(
            "`{name}` gives the first result only when the slowest is there, and dealing with each waits again for {work}"
        );
        state(call.callee().span(), &why, report);
    }
}

/// `for task in tasks: … await task …` with further waiting for each.
fn awaited_in_order(tasks: Expr<'_>, report: &mut Report) {
    let stmt = tasks.stmt();
    let StmtKind::For { iter, target, body, is_async: false, .. } = stmt.kind() else { return };
    let module = stmt.module();
    let Some(name) = module.expr(*target).as_name().filter(|_| *iter == tasks.id()) else { return };
    let awaits = awaits(stmt, body);
    let of_task = |it: &Expr<'_>| it.as_name() == Some(name);
    if awaits.iter().any(of_task) && awaits.iter().any(|it| !of_task(it)) {
        let list = advice::quoted(tasks, "the list");
        let why = format!(
            "The tasks are awaited in the order of {list}, so one that is slow holds up the work on all that are done"
        );
        state(tasks.span(), &why, report);
    }
}

/// The first thing that the loop's body waits for.
fn waits<'m>(stmt: Stmt<'m>, body: &[StmtId]) -> Option<Expr<'m>> {
    awaits(stmt, body).into_iter().next()
}

fn awaits<'m>(stmt: Stmt<'m>, body: &[StmtId]) -> Vec<Expr<'m>> {
    let module = stmt.module();
    let own = body.iter().flat_map(|id| module.stmt(*id).expressions());
    let own = own.filter(|expr| expr.function() == stmt.function());
    own.filter_map(|expr| match expr.kind() {
        ExprKind::Await(inner) => Some(module.expr(*inner)),
        _ => None,
    })
    .collect()
}

fn state(place: crate::python::Span, why: &str, report: &mut Report) {
    report
        .finding(place, format!("{why}; take the results as they come with `asyncio.as_completed`, or do the work in the coroutine that gets the result"))
        .confidence(Confidence::Likely);
}
