//! Where one piece of work is started for each item of something.

use crate::analysis::rules::coroutines::gathers;
use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::{Clause, ExprKind, Parent, StmtKind};
use crate::python::{Call, Expr, Module, Stmt, Tag};

/// Work that is started for each item, all at once.
pub(super) struct Fan<'m> {
    /// The call that makes the work for an item.
    pub(super) work: Call<'m>,
    /// What starts it: `gather`, `create_task`.
    pub(super) starter: Call<'m>,
    /// What is bound to the item.
    pub(super) item: Option<Expr<'m>>,
    /// What the items come from.
    pub(super) items: Expr<'m>,
    /// The loop, when it is a statement.
    pub(super) turns: Option<Stmt<'m>>,
}

/// All of them in a module.
pub(super) fn fans<'m>(module: &Module<'m>) -> Vec<Fan<'m>> {
    let mut found = Vec::new();
    for call in module.calls_in_focus() {
        if call.has(Tag::MakesTask) {
            found.extend(started_in_turns(call));
        } else if takes_all(call) {
            found.extend(
                call.args()
                    .iter()
                    .filter(|it| it.keyword.is_none())
                    .flat_map(|arg| taken(call, arg.value, 0)),
            );
        }
    }
    found
}

/// Whether the call runs all that it is given at once.
fn takes_all(call: Call<'_>) -> bool {
    gathers(call) || call.is_any(&["asyncio.wait", "asyncio.as_completed"])
}

/// `create_task(work(item))` in a loop over items.
fn started_in_turns<'m>(starter: Call<'m>) -> Option<Fan<'m>> {
    let work = starter.positional(0)?.as_call()?;
    let mut parent = starter.expr().parent();
    while let Parent::Expr(id) = parent {
        let outer = starter.module().expr(id);
        if let ExprKind::Comprehension { clauses, .. } = outer.kind() {
            return of_clauses(clauses, starter, work);
        }
        parent = outer.parent();
    }
    in_statement(starter, work, starter.expr().stmt())
}

/// The innermost loop over items around a statement, if no `while` stands between.
fn in_statement<'m>(starter: Call<'m>, work: Call<'m>, stmt: Stmt<'m>) -> Option<Fan<'m>> {
    let module = starter.module();
    let around = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    for outer in around {
        match outer.kind() {
            StmtKind::For { target, iter, is_async: false, .. } => {
                let (item, items) = (Some(module.expr(*target)), module.expr(*iter));
                return Some(Fan { work, starter, item, items, turns: Some(outer) });
            }
            StmtKind::While { .. } | StmtKind::For { .. } => return None,
            _ => {}
        }
    }
    None
}

fn of_clauses<'m>(clauses: &[Clause], starter: Call<'m>, work: Call<'m>) -> Option<Fan<'m>> {
    let module = starter.module();
    match clauses.first()? {
        Clause::For { is_async: false, target, iter } => {
            let (item, items) = (Some(module.expr(*target)), module.expr(*iter));
            Some(Fan { work, starter, item, items, turns: None })
        }
        _ => None,
    }
}

/// What an argument of `gather` (or of `wait`) consists of.
fn taken<'m>(starter: Call<'m>, given: Expr<'m>, depth: u32) -> Vec<Fan<'m>> {
    let module = given.module();
    if depth > 3 {
        return Vec::new();
    }
    match given.kind() {
        ExprKind::Starred(inner) => taken(starter, module.expr(*inner), depth + 1),
        ExprKind::Comprehension { elements, clauses, .. } => {
            let made = elements.first().and_then(|id| module.expr(*id).as_call());
            // A task is found where it is made.
            let work = made.filter(|it| !it.has(Tag::MakesTask) && !it.expr().is_awaited());
            work.and_then(|work| of_clauses(clauses, starter, work)).into_iter().collect()
        }
        ExprKind::Name => of_name(starter, given, depth),
        _ => Vec::new(),
    }
}

/// What a local list consists of: what it is made of, and what is appended to it in loops.
fn of_name<'m>(starter: Call<'m>, name: Expr<'m>, depth: u32) -> Vec<Fan<'m>> {
    let Some(function) = name.function() else { return Vec::new() };
    let mut found = Vec::new();
    for expr in function.expressions() {
        match expr.kind() {
            ExprKind::Comprehension { .. } => {
                let binds = expr.bound_to().iter().any(|it| it.uses().contains(&name));
                if binds {
                    found.extend(taken(starter, expr, depth + 1));
                }
            }
            ExprKind::Call { .. } => {
                let appended = expr.as_call().filter(|call| {
                    matches!(call.method(), Some("append" | "add"))
                        && call.receiver().is_some_and(|it| it.text() == name.text())
                        && matches!(fate(expr), Fate::Dropped)
                });
                let work = appended.and_then(|it| it.positional(0)).and_then(Expr::as_call);
                if let Some(work) = work.filter(|it| !it.has(Tag::MakesTask)) {
                    found.extend(in_statement(starter, work, expr.stmt()));
                }
            }
            _ => {}
        }
    }
    found
}
