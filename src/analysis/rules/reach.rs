//! What code on the event loop reaches through synchronous functions of the repository.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use crate::python::ast::StmtKind;
use crate::python::{Call, Context, Expr, Function, Module, Runner, Stmt};

/// Most functions that are looked through for one file.
const MOST_FUNCTIONS: usize = 600;

/// Longest way from code on the event loop, in calls.
const LONGEST: u32 = 12;

/// A way from code on the event loop to a call in a synchronous function.
pub(super) struct Chain<'m> {
    /// The calls (or properties) on the way, the one on the event loop first. Only that one is in the module that was asked
    /// about, for sure.
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

/// What was seen of the functions on the way.
#[derive(Default)]
struct Seen<'m> {
    steps: HashMap<Function<'m>, Step<'m>>,
    /// Functions that make such a call themselves, in the order in which they were met.
    makers: VecDeque<Function<'m>>,
    callers: HashMap<Function<'m>, Vec<(Function<'m>, Expr<'m>)>>,
}

/// For each place of a module on the event loop from which such a call is reached, in whatever file, a shortest way. Calls on
/// the event loop itself are not among the ends. Looks through [`MOST_FUNCTIONS`] at most, nearest ones first.
pub(super) fn chains<'m>(
    module: &Module<'m>,
    is_end: impl Fn(&Call<'m>) -> bool,
) -> Vec<Chain<'m>> {
    let entries = entries(module);
    let mut seen = explore(module, &entries, is_end);
    while let Some(callee) = seen.makers.pop_front() {
        for (caller, expr) in seen.callers.remove(&callee).unwrap_or_default() {
            if let Entry::Vacant(place) = seen.steps.entry(caller) {
                place.insert(Step::Through(expr, callee));
                seen.makers.push_back(caller);
            }
        }
    }
    entries.into_iter().filter_map(|(entry, callee)| follow(entry, callee, &seen.steps)).collect()
}

/// Where code of the module that runs on the event loop runs a synchronous function, or hands one of another file to the loop.
fn entries<'m>(module: &Module<'m>) -> Vec<(Expr<'m>, Function<'m>)> {
    let mut entries = Vec::new();
    for expr in module.expressions() {
        if expr.context() == Context::Loop {
            entries.extend(expr.runs().into_iter().map(|callee| (expr, callee)));
        }
        for given in expr.as_call().map(|call| call.handed(Runner::Loop)).unwrap_or_default() {
            // Functions of this file that the loop calls are on the loop themselves.
            let others = given.functions().into_iter().filter(|it| it.module() != *module);
            entries.extend(others.filter(|it| !it.is_async()).map(|callee| (given, callee)));
        }
    }
    entries.retain(|(_, callee)| !reports_itself(module, *callee));
    entries
}

/// Whether what the function does is on the event loop by itself, and found there.
fn reports_itself<'m>(module: &Module<'m>, function: Function<'m>) -> bool {
    function.module() == *module && function.context() == Context::Loop
}

fn explore<'m>(
    module: &Module<'m>,
    entries: &[(Expr<'m>, Function<'m>)],
    is_end: impl Fn(&Call<'m>) -> bool,
) -> Seen<'m> {
    let mut seen = Seen::default();
    let mut queue: VecDeque<(Function<'m>, u32)> = VecDeque::new();
    let mut known = HashSet::new();
    let first = entries.iter().map(|(_, callee)| *callee).filter(|callee| known.insert(*callee));
    queue.extend(first.map(|callee| (callee, 1)));
    while let Some((function, depth)) = queue.pop_front() {
        if asks_for_the_loop(function) || reports_itself(module, function) {
            continue;
        }
        for expr in function.expressions().filter(|it| !it.is_dead()) {
            if let Some(call) = expr.as_call().filter(|call| is_end(call))
                && !seen.steps.contains_key(&function)
            {
                seen.steps.insert(function, Step::Here(call));
                seen.makers.push_back(function);
            }
            for callee in expr.runs() {
                seen.callers.entry(callee).or_default().push((function, expr));
                if depth < LONGEST && known.len() < MOST_FUNCTIONS && known.insert(callee) {
                    queue.push_back((callee, depth + 1));
                }
            }
        }
    }
    seen
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
