//! What code on the event loop reaches through synchronous functions of the same file.

use std::collections::{HashMap, VecDeque};

use crate::python::ast::StmtKind;
use crate::python::{Call, Context, Expr, Function, Module, Stmt};

/// A way from code on the event loop to a call in a synchronous function.
pub(super) struct Chain<'m> {
    /// The calls (or properties) on the way, the one on the event loop first.
    pub(super) links: Vec<Expr<'m>>,
    /// The call that is reached.
    pub(super) end: Call<'m>,
}

/// One step from a function towards a call that is looked for.
#[derive(Clone, Copy)]
enum Step<'m> {
    /// The function makes the call itself.
    Here(Call<'m>),
    /// The function runs another one that leads there.
    Through(Expr<'m>, Function<'m>),
}

/// For each place on the event loop from which one of the calls is reached, a shortest way. Calls on the event loop itself
/// are not among the ends.
pub(super) fn chains<'m>(
    module: &Module<'m>,
    ends: impl Iterator<Item = Call<'m>>,
) -> Vec<Chain<'m>> {
    let mut steps: HashMap<Function<'m>, Step<'m>> = HashMap::new();
    let mut queue = VecDeque::new();
    for call in ends {
        let Some(function) = call.expr().function() else { continue };
        let synchronous = !function.is_async() && call.expr().context() != Context::Loop;
        if synchronous && !asks_for_the_loop(function) && !steps.contains_key(&function) {
            steps.insert(function, Step::Here(call));
            queue.push_back(function);
        }
    }
    if steps.is_empty() {
        return Vec::new();
    }
    let mut entries = Vec::new();
    let mut callers: HashMap<Function<'m>, Vec<(Function<'m>, Expr<'m>)>> = HashMap::new();
    for expr in module.expressions() {
        for callee in expr.runs() {
            match (expr.context(), expr.function()) {
                (Context::Never, _) | (_, None) => {}
                (Context::Loop, _) => entries.push((expr, callee)),
                (_, Some(caller)) => {
                    callers.entry(callee).or_default().push((caller, expr));
                }
            }
        }
    }
    while let Some(callee) = queue.pop_front() {
        for (caller, expr) in callers.remove(&callee).unwrap_or_default() {
            steps.entry(caller).or_insert_with(|| {
                queue.push_back(caller);
                Step::Through(expr, callee)
            });
        }
    }
    entries.into_iter().filter_map(|(entry, callee)| follow(entry, callee, &steps)).collect()
}

fn follow<'m>(
    entry: Expr<'m>,
    callee: Function<'m>,
    steps: &HashMap<Function<'m>, Step<'m>>,
) -> Option<Chain<'m>> {
    let mut links = vec![entry];
    let mut at = callee;
    loop {
        match *steps.get(&at)? {
            Step::Here(end) => return Some(Chain { links, end }),
            Step::Through(expr, next) => {
                links.push(expr);
                at = next;
            }
        }
    }
}

/// Whether the function finds out whether a loop runs and does one thing or the other.
pub(super) fn asks_for_the_loop(function: Function<'_>) -> bool {
    let mut own = function.expressions().filter_map(Expr::as_call);
    own.any(|call| match call.method() {
        Some("is_running") => true,
        Some("get_running_loop" | "_get_running_loop" | "current_task") => {
            let stmt = call.expr().stmt();
            let decides =
                |stmt: Stmt<'_>| matches!(stmt.kind(), StmtKind::If { .. } | StmtKind::Try { .. });
            decides(stmt)
                || stmt.ancestors().take_while(|it| it.function() == Some(function)).any(decides)
        }
        _ => false,
    })
}
