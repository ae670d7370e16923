//! What code on the event loop reaches through synchronous functions of the repository.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Runner, Runs, Set, Stmt, Table};

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

impl Chain<'_> {
    /// Whether it is not sure that the way is gone to its end once it is entered: behind its first link a step is taken in a
    /// branch only.
    pub(super) fn is_conditional(&self) -> bool {
        let behind = self.links.iter().skip(1).copied().chain([self.end.expr()]);
        self.links.len() > 1 && behind.into_iter().any(is_in_a_branch)
    }
}

/// The expression and all that it is made of.
fn parts(expr: Expr<'_>) -> Vec<Expr<'_>> {
    let (mut all, mut at) = (vec![expr], 0);
    while let Some(part) = all.get(at) {
        all.extend(part.children());
        at += 1;
    }
    all
}

/// Whether a condition that is about what the function is given, or about a setting, decides whether the expression is
/// evaluated: `open(file) if isinstance(file, str) else file`.
pub(super) fn is_chosen(expr: Expr<'_>) -> bool {
    let Some(function) = expr.function() else { return false };
    let module = expr.module();
    let given: Vec<&str> = function.node().params.iter().map(|it| module.slice(it.name)).collect();
    let decides = |test: Expr<'_>| {
        parts(test).into_iter().any(|it| {
            let name = it.last_name();
            let setting = name.len() > 1 && !name.contains(char::is_lowercase);
            let own = it.as_name().is_some_and(|it| !matches!(it, "self" | "cls"));
            setting || own && given.contains(&name)
        })
    };
    let side = expr.ancestors().any(|outer| match outer.kind() {
        ExprKind::Conditional { test, .. } => {
            let test = module.expr(*test);
            !test.span().contains(expr.span()) && decides(test)
        }
        _ => false,
    });
    let branch = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::If { branches, .. } => {
            branches.iter().any(|(test, _)| decides(module.expr(*test)))
        }
        _ => false,
    };
    side || expr.stmt().ancestors().take_while(|it| it.function() == Some(function)).any(branch)
}

/// Whether the expression is evaluated under a condition within its function: in a branch, an `except`, or one side of a
/// conditional expression.
pub(super) fn is_in_a_branch(expr: Expr<'_>) -> bool {
    let function = expr.function();
    let module = expr.module();
    let chosen = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::If { .. } | StmtKind::Match { .. } => true,
        StmtKind::Try { handlers, .. } => {
            let within = |id: &_| module.stmt(*id).span().contains(expr.span());
            handlers.iter().any(|handler| handler.body.iter().any(within))
        }
        _ => false,
    };
    let side = expr.ancestors().any(|outer| match outer.kind() {
        ExprKind::Conditional { test, .. } => !module.expr(*test).span().contains(expr.span()),
        _ => false,
    });
    side || expr.stmt().ancestors().take_while(|it| it.function() == function).any(chosen)
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
    steps: Table<Function<'m>, Step<'m>>,
    /// Functions that lead to such a call, in the order in which that was found out.
    leading: VecDeque<Function<'m>>,
    links: Vec<Link<'m>>,
    /// For each function, the links that run it, each with the position of the thing that it runs it for.
    run_by: Table<Function<'m>, Vec<(usize, Option<usize>)>>,
}

/// An expression in a function that runs other functions.
struct Link<'m> {
    caller: Function<'m>,
    expr: Expr<'m>,
    /// For each thing that the expression may be about, whether it leads there.
    leads: Vec<bool>,
}

impl<'m> Seen<'m> {
    fn add(&mut self, caller: Function<'m>, expr: Expr<'m>, runs: &Runs<'m>) {
        let link = self.links.len();
        self.links.push(Link { caller, expr, leads: vec![false; runs.either.len()] });
        for (position, way) in runs.either.iter().enumerate() {
            for callee in way {
                self.run_by.entry(*callee).or_default().push((link, Some(position)));
            }
        }
        for callee in &runs.always {
            self.run_by.entry(*callee).or_default().push((link, None));
        }
    }

    /// Goes back from the functions that make such calls to all that lead there, shortest ways first. An expression leads
    /// there when whatever it may be about does.
    fn spread(&mut self) {
        while let Some(callee) = self.leading.pop_front() {
            for (link, position) in self.run_by.remove(&callee).unwrap_or_default() {
                let link = &mut self.links[link];
                if let Some(position) = position {
                    link.leads[position] = true;
                    if !link.leads.iter().all(|leads| *leads) {
                        continue;
                    }
                }
                if let Entry::Vacant(place) = self.steps.entry(link.caller) {
                    place.insert(Step::Through(link.expr, callee));
                    self.leading.push_back(link.caller);
                }
            }
        }
    }

    /// The function by which what an expression runs leads there, if whatever it may be about does.
    fn led_by(&self, runs: &Runs<'m>) -> Option<Function<'m>> {
        let leads = |callee: &&Function<'m>| self.steps.contains_key(*callee);
        let always = runs.always.iter().find(leads);
        let mut ways = runs.either.iter().map(|way| way.iter().find(leads));
        let first = ways.next().flatten().filter(|_| ways.all(|way| way.is_some()));
        always.or(first).copied()
    }
}

/// For each place of a module on the event loop from which such a call is reached, in whatever file, a shortest way. Calls on
/// the event loop itself are not among the ends. Looks through [`MOST_FUNCTIONS`] at most, nearest ones first.
pub(super) fn chains<'m>(
    module: &Module<'m>,
    is_end: impl Fn(&Call<'m>) -> bool,
) -> Vec<Chain<'m>> {
    let entries = entries(module);
    let mut seen = explore(module, &entries, is_end);
    seen.spread();
    let chain =
        |(entry, runs): &(Expr<'m>, Runs<'m>)| follow(*entry, seen.led_by(runs)?, &seen.steps);
    entries.iter().filter_map(chain).collect()
}

/// Where code of the module that runs on the event loop runs a synchronous function, or hands one of another file to the loop.
fn entries<'m>(module: &Module<'m>) -> Vec<(Expr<'m>, Runs<'m>)> {
    let mut entries = Vec::new();
    for expr in module.expressions_in_focus() {
        if expr.context() == Context::Loop {
            entries.push((expr, expr.may_run()));
        }
        for given in expr.as_call().map(|call| call.handed(Runner::Loop)).unwrap_or_default() {
            // Functions of this file that the loop calls are on the loop themselves.
            let others = given.functions().into_iter().filter(|it| it.module() != *module);
            let always = others.filter(|it| !it.is_async()).collect();
            entries.push((given, Runs { always, either: Vec::new() }));
        }
    }
    for (_, runs) in &mut entries {
        for way in runs.either.iter_mut().chain([&mut runs.always]) {
            way.retain(|callee| !reports_itself(module, *callee));
        }
    }
    entries.retain(|(_, runs)| !runs.is_empty());
    entries
}

/// Whether what the function does is on the event loop by itself, and found there.
fn reports_itself<'m>(module: &Module<'m>, function: Function<'m>) -> bool {
    function.module() == *module && function.context() == Context::Loop
}

fn explore<'m>(
    module: &Module<'m>,
    entries: &[(Expr<'m>, Runs<'m>)],
    is_end: impl Fn(&Call<'m>) -> bool,
) -> Seen<'m> {
    let mut seen = Seen::default();
    let mut queue: VecDeque<(Function<'m>, u32)> = VecDeque::new();
    let mut known = Set::default();
    let first =
        entries.iter().flat_map(|(_, runs)| runs.always.iter().chain(runs.either.iter().flatten()));
    let first = first.copied().filter(|callee| known.insert(*callee));
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
                seen.leading.push_back(function);
            }
            let runs = expr.may_run();
            for callee in runs.always.iter().chain(runs.either.iter().flatten()) {
                if depth < LONGEST && known.len() < MOST_FUNCTIONS && known.insert(*callee) {
                    queue.push_back((*callee, depth + 1));
                }
            }
            if !runs.is_empty() {
                seen.add(function, expr, &runs);
            }
        }
    }
    seen
}

fn follow<'m>(
    entry: Expr<'m>,
    callee: Function<'m>,
    steps: &Table<Function<'m>, Step<'m>>,
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
