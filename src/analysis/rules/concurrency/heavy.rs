//! Work for the processor that takes long: known calls, long loops, functions that call themselves several times.

use std::collections::{HashMap, HashSet};

use crate::analysis::rules::blocking::calls;
use crate::analysis::rules::reach::is_in_a_branch;
use crate::python::ast::{Clause, ComprehensionKind, ExprKind, StmtKind};
use crate::python::{Blocks, Call, Expr, Fact, Function, Span, Stmt, Tag};

/// From how many rounds on a loop counts as long.
pub(super) const MANY: u64 = 100_000;

/// Most functions that are looked through for one call.
const MOST_FUNCTIONS: usize = 50;

/// Something that keeps the processor busy.
#[derive(Clone, Copy)]
pub(super) enum Heavy<'m> {
    /// A library's function that is known for it.
    Call(Call<'m>),
    /// A loop or comprehension with so many rounds: what is iterated over.
    Rounds(Expr<'m>, u64),
    /// A function that calls itself more than once, so that its time doubles with each step.
    Doubles(Call<'m>),
    /// A loop within a loop over the same thing.
    Quadratic(Expr<'m>),
}

impl<'m> Heavy<'m> {
    /// Where it is.
    pub(super) fn place(self) -> Expr<'m> {
        match self {
            Heavy::Call(call) | Heavy::Doubles(call) => call.callee(),
            Heavy::Rounds(expr, _) | Heavy::Quadratic(expr) => expr,
        }
    }
}

/// A way from a call to heavy work in the functions that it runs.
pub(super) struct Way<'m> {
    /// The calls on the way, from within the first function.
    pub(super) links: Vec<Expr<'m>>,
    pub(super) end: Heavy<'m>,
}

impl Way<'_> {
    /// Whether it is not sure that the work is done once the way is entered: a step on it is taken in a branch only.
    pub(super) fn is_conditional(&self) -> bool {
        let steps = self.links.iter().copied().chain([self.end.place()]);
        !self.links.is_empty() && steps.into_iter().any(is_in_a_branch)
    }
}

/// All heavy work in the function's own code.
pub(super) fn in_function(function: Function<'_>) -> Vec<Heavy<'_>> {
    let mut all: Vec<Heavy<'_>> =
        function.expressions().filter_map(Expr::as_call).filter_map(known).collect();
    all.extend(function.statements().filter_map(long_loop));
    all.extend(function.expressions().filter_map(long_comprehension));
    all.extend(doubles(function));
    all
}

/// A call of a library that computes for long, or a builtin over a long range.
pub(super) fn known(call: Call<'_>) -> Option<Heavy<'_>> {
    if calls::blocking(call, &[Blocks::Cpu]).is_some() {
        return (!is_small(call)).then_some(Heavy::Call(call));
    }
    let aggregates = [
        "builtins.sum",
        "builtins.list",
        "builtins.tuple",
        "builtins.set",
        "builtins.max",
        "builtins.min",
        "builtins.sorted",
        "builtins.any",
        "builtins.all",
        "functools.reduce",
    ];
    if !call.is_any(&aggregates) {
        return None;
    }
    // A million numbers take a hundredth of a second even in C.
    let range = call.args().into_iter().map(|arg| arg.value).find_map(|it| Some((it, rounds(it)?)));
    range
        .filter(|(_, rounds)| *rounds >= 10 * MANY)
        .map(|(range, rounds)| Heavy::Rounds(range, rounds))
}

/// Most pixels of an image that is dealt with at once.
const FEW_PIXELS: u64 = 1_000_000;

/// Whether the image was made here, of a size that is written out and small.
fn is_of_a_small_image(call: Call<'_>) -> bool {
    let Some(image) = call.receiver() else { return false };
    let small = |made: Call<'_>| {
        let size = made.positional(1).or_else(|| made.keyword("size"));
        let Some(ExprKind::Tuple(sides)) = size.map(Expr::kind) else { return false };
        let sides: Option<Vec<i64>> =
            sides.iter().map(|id| number(made.module().expr(*id), 0)).collect();
        sides.is_some_and(|it| {
            it.into_iter().map(i64::unsigned_abs).fold(1, u64::saturating_mul) <= FEW_PIXELS
        })
    };
    let own = call.expr().function().into_iter().flat_map(Function::expressions);
    own.filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&image)))
        .any(|it| it.as_call().is_some_and(|made| made.is("PIL.Image.new") && small(made)))
}

/// Whether what is compressed or hashed is a literal, or what is drawn on is small.
fn is_small(call: Call<'_>) -> bool {
    is_of_a_small_image(call) || is_a_short_text(call)
}

fn is_a_short_text(call: Call<'_>) -> bool {
    call.positional(0).is_some_and(|it| matches!(it.kind(), ExprKind::Str))
        && call.name().is_some_and(|name| name.contains("compress"))
}

/// A loop of many rounds that never gives control back, counted with the loops around it. Of loops within each other that are
/// all long, the outermost one.
pub(super) fn long_loop(stmt: Stmt<'_>) -> Option<Heavy<'_>> {
    let (iter, own) = own_rounds(stmt)?;
    let function = stmt.function();
    let mut around: Vec<Stmt<'_>> =
        stmt.ancestors().take_while(|it| it.function() == function).collect();
    around.retain(|outer| matches!(outer.kind(), StmtKind::For { .. } | StmtKind::While { .. }));
    if gives_control_back(stmt) {
        return None;
    }
    // How often the body of the loops around runs, from the outermost one on.
    let mut so_far: u64 = 1;
    for outer in around.into_iter().rev() {
        let Some((_, rounds)) = own_rounds(outer).filter(|_| !gives_control_back(outer)) else {
            continue;
        };
        let total = so_far.saturating_mul(rounds);
        if total >= MANY {
            return None;
        }
        if matches!(outer.kind(), StmtKind::For { .. }) {
            so_far = total;
        }
    }
    let total = so_far.saturating_mul(own);
    (total >= MANY).then_some(Heavy::Rounds(iter, total))
}

/// What a loop goes over, and how many rounds that makes by itself.
fn own_rounds(stmt: Stmt<'_>) -> Option<(Expr<'_>, u64)> {
    let module = stmt.module();
    let (head, rounds) = match stmt.kind() {
        StmtKind::For { iter, is_async: false, .. } => {
            let iter = module.expr(*iter);
            (iter, rounds(iter))
        }
        StmtKind::While { test, .. } => {
            let test = module.expr(*test);
            (test, counted(stmt, test))
        }
        _ => return None,
    };
    Some((head, rounds?))
}

fn long_comprehension(expr: Expr<'_>) -> Option<Heavy<'_>> {
    let ExprKind::Comprehension { clauses, kind, .. } = expr.kind() else { return None };
    let module = expr.module();
    // A generator that nobody runs through here costs nothing here.
    if *kind == ComprehensionKind::Generator && expr.parent_expr().and_then(Expr::as_call).is_none()
    {
        return None;
    }
    let mut total: Option<(Expr<'_>, u64)> = None;
    for clause in clauses {
        match clause {
            Clause::For { is_async: true, .. } => return None,
            Clause::For { iter, .. } => {
                let iter = module.expr(*iter);
                if let Some(rounds) = rounds(iter) {
                    let so_far = total.map_or(1, |(_, so_far)| so_far);
                    total = Some((iter, so_far.saturating_mul(rounds)));
                }
            }
            Clause::If(_) => {}
        }
    }
    let waits = |it: &Expr<'_>| matches!(it.kind(), ExprKind::Await(_));
    if expr.stmt().expressions().filter(|it| expr.span().contains(it.span())).any(|it| waits(&it)) {
        return None;
    }
    total.filter(|(_, rounds)| *rounds >= MANY).map(|(iter, rounds)| Heavy::Rounds(iter, rounds))
}

/// Loops within loops over the same thing, in a function's own code. Nobody knows how long the thing is.
pub(super) fn quadratic(stmt: Stmt<'_>) -> Option<Heavy<'_>> {
    let StmtKind::For { iter, is_async: false, .. } = stmt.kind() else { return None };
    let module = stmt.module();
    let iter = module.expr(*iter);
    if gives_control_back(stmt)
        || !matches!(iter.kind(), ExprKind::Name | ExprKind::Attribute { .. })
    {
        return None;
    }
    let function = stmt.function();
    let mut around = stmt.ancestors().take_while(|it| it.function() == function);
    let same = around.any(|outer| match outer.kind() {
        StmtKind::For { iter: other, is_async: false, .. } => {
            module.expr(*other).text() == iter.text() && !gives_control_back(outer)
        }
        _ => false,
    });
    same.then_some(Heavy::Quadratic(iter))
}

/// Whether something in the statement lets other tasks run, or waits for something else than the processor.
fn gives_control_back(stmt: Stmt<'_>) -> bool {
    let function = stmt.function();
    stmt.expressions().filter(|it| it.function() == function).any(|it| match it.kind() {
        ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => true,
        ExprKind::Call { .. } => it.as_call().is_some_and(calls::blocks),
        _ => false,
    })
}

/// The function calls itself at two places or more of one expression or branch: `fib(n - 1) + fib(n - 2)`.
fn doubles(function: Function<'_>) -> Option<Heavy<'_>> {
    let remembers = |it: Expr<'_>| {
        let it = it.as_call().map_or(it, Call::callee);
        it.is_any(&["functools.lru_cache", "functools.cache"])
    };
    if function.name().is_empty() || function.is_async() || function.decorators().any(remembers) {
        return None;
    }
    let own: Vec<Call<'_>> = function
        .expressions()
        .filter_map(Expr::as_call)
        .filter(|call| call.method() == Some(function.name()) && call.function() == Some(function))
        .collect();
    // Both in one sum or product: in different branches only one of them runs.
    let sums = |call: &Call<'_>| {
        let binary = call.expr().ancestors().find(|it| matches!(it.kind(), ExprKind::Binary(_)));
        binary.is_some_and(|it| {
            own.iter().filter(|other| it.span().contains(other.span())).count() > 1
        })
    };
    own.iter().copied().find(|call| sums(call)).map(Heavy::Doubles)
}

/// The first heavy work in functions that were looked at.
pub(super) type Known<'m> = HashMap<Function<'m>, Option<Heavy<'m>>>;

/// The shortest way from the functions that an expression runs to heavy work; waiting functions are not followed.
pub(super) fn reached<'m>(entry: Expr<'m>, known: &mut Known<'m>) -> Option<Way<'m>> {
    let mut seen = HashSet::new();
    let mut level: Vec<(Function<'m>, Vec<Expr<'m>>)> =
        entry.runs().into_iter().map(|it| (it, Vec::new())).collect();
    while !level.is_empty() {
        let mut next = Vec::new();
        for (function, links) in level {
            if seen.len() >= MOST_FUNCTIONS || !seen.insert(function) {
                continue;
            }
            let first = || in_function(function).into_iter().next();
            if let Some(end) = *known.entry(function).or_insert_with(first) {
                return Some(Way { links, end });
            }
            for expr in function.expressions() {
                for callee in expr.runs() {
                    let mut links = links.clone();
                    links.push(expr);
                    next.push((callee, links));
                }
            }
        }
        level = next;
    }
    None
}

/// Whether a library's function computes with the interpreter's lock held, so that threads don't help.
pub(super) fn keeps_the_lock(call: Call<'_>) -> bool {
    call.fact().is_some_and(holds_the_lock)
}

/// Whether calling the thing from outside computes in Python.
pub(super) fn holds_the_lock(fact: Fact<'_>) -> bool {
    fact.blocks == Some(Blocks::Cpu) && !fact.has(Tag::ReleasesGil)
}

/// How many rounds an iteration has, if a `range` of known numbers says so.
fn rounds(iter: Expr<'_>) -> Option<u64> {
    let call = iter.as_call()?;
    if call.is_any(&["builtins.enumerate", "builtins.reversed", "tqdm.tqdm", "builtins.list"]) {
        return rounds(call.positional(0)?);
    }
    if !call.is_any(&["builtins.range", "tqdm.trange"]) {
        return None;
    }
    let numbers: Vec<i64> =
        call.args().iter().map(|arg| number(arg.value, 0)).collect::<Option<_>>()?;
    let (from, to, step) = match numbers[..] {
        [to] => (0, to, 1),
        [from, to] => (from, to, 1),
        [from, to, step] if step != 0 => (from, to, step),
        _ => return None,
    };
    Some((to.saturating_sub(from) / step).max(0).unsigned_abs())
}

/// How many rounds `while i < 1_000_000` has, when the body counts `i` up by a number.
fn counted(stmt: Stmt<'_>, test: Expr<'_>) -> Option<u64> {
    let ExprKind::Compare(parts) = test.kind() else { return None };
    let module = test.module();
    let [name, limit] = parts[..] else { return None };
    let name = module.expr(name).as_name()?;
    let limit = number(module.expr(limit), 0)?.unsigned_abs();
    let StmtKind::While { body, .. } = stmt.kind() else { return None };
    let step = body.iter().find_map(|id| match module.stmt(*id).kind() {
        StmtKind::AugAssign { target, value } if module.expr(*target).text() == name => {
            let (target, value) = (module.expr(*target), module.expr(*value));
            let between = Span { start: target.span().end, end: value.span().start };
            // `i *= 2` and `i >>= 1` are there soon.
            let steps = matches!(module.slice(between).trim(), "+=" | "-=");
            if steps { number(value, 0) } else { None }
        }
        _ => None,
    })?;
    Some(limit / step.unsigned_abs().max(1))
}

/// The whole number that an expression of literals and constants of the module is.
fn number(expr: Expr<'_>, depth: u32) -> Option<i64> {
    if depth > 4 {
        return None;
    }
    match expr.kind() {
        ExprKind::Number => literal(expr.text()),
        ExprKind::Unary(inner) if expr.text().starts_with('-') => {
            Some(-number(expr.module().expr(*inner), depth + 1)?)
        }
        ExprKind::Binary(parts) => {
            let module = expr.module();
            let [left, right] = parts[..] else { return None };
            let (left, right) = (module.expr(left), module.expr(right));
            let between = module.slice(Span { start: left.span().end, end: right.span().start });
            let (a, b) = (number(left, depth + 1)?, number(right, depth + 1)?);
            match between.trim_matches([' ', '(', ')']) {
                "**" => a.checked_pow(u32::try_from(b).ok()?),
                "*" => a.checked_mul(b),
                "+" => a.checked_add(b),
                "-" => a.checked_sub(b),
                "<<" => a.checked_shl(u32::try_from(b).ok()?),
                _ => None,
            }
        }
        ExprKind::Call { .. } => {
            let call = expr.as_call()?;
            call.is("builtins.int").then(|| number(call.positional(0)?, depth + 1))?
        }
        ExprKind::Name => constant(expr, depth),
        _ => None,
    }
}

/// What a name in capitals is set to at the top of the module.
fn constant(name: Expr<'_>, depth: u32) -> Option<i64> {
    let text = name.as_name()?;
    if text.chars().any(char::is_lowercase) {
        return None;
    }
    let module = name.module();
    let value = module.body().find_map(|stmt| match stmt.kind() {
        StmtKind::Assign { targets, value }
            if targets.iter().any(|it| module.expr(*it).text() == text) =>
        {
            Some(*value)
        }
        StmtKind::AnnAssign { target, value: Some(value), .. }
            if module.expr(*target).text() == text =>
        {
            Some(*value)
        }
        _ => None,
    })?;
    number(module.expr(value), depth + 1)
}

fn literal(text: &str) -> Option<i64> {
    let text = text.replace('_', "");
    if let Some(hex) = text.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).ok();
    }
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number.abs() < 1e15).then_some(number as i64)
}
