use super::earlier_guards;
use super::state::{self, State};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Span, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW111",
    name: "race-across-await",
    item: Some(Item(2)),
    also: &[Item(8)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("race_across_await.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let own = |stmt: &Stmt<'_>| {
        stmt.context() == Context::Loop && stmt.function().is_some_and(Function::is_async)
    };
    for stmt in module.statements_in_focus().filter(own) {
        let race = in_one_statement(stmt)
            .or_else(|| check_then_act(stmt))
            .or_else(|| through_a_local(stmt));
        let Some(race) = race else { continue };
        if state::is_guarded(race.written.stmt()) {
            report.satisfied(race.written);
            continue;
        }
        let name = advice::quoted(race.written, "This state");
        let message = match race.kind {
            Kind::Update => format!(
                "{name} is read before the `await` and written behind it, so what other tasks write meanwhile is lost; await first and then update it, or hold an `asyncio.Lock`"
            ),
            Kind::Fill => format!(
                "{name} is filled after an `await` behind the check that it is missing, so two tasks can both find it missing and fill it, and the work of one is lost; hold an `asyncio.Lock` over both, or store the task"
            ),
        };
        let draft = report.finding(race.written, message);
        draft.confidence(race.confidence);
        if race.read.stmt() != race.written.stmt() {
            draft.related(race.read, "it is looked at here");
            draft.because(race.awaited);
        }
    }
    if let Some(before) = report.before() {
        for it in earlier_guards::unlocked(module, &before, true) {
            report
                .finding(
                    it.stmt.span(),
                    format!("this was done under `{}` before this change; without it, two tasks can be here at once, and each sees what the other has half done", it.lock),
                )
                .confidence(Confidence::Likely);
        }
    }
    for call in module.calls_on_the_loop() {
        if call.is("asyncio.Lock") || (call.has(Tag::Lock) && call.expr().is_awaited()) {
            report.satisfied(call.callee());
        }
    }
}

/// A write that depends on a read from before an `await`.
struct Race<'m> {
    kind: Kind,
    read: Expr<'m>,
    awaited: Expr<'m>,
    written: Expr<'m>,
    confidence: Confidence,
}

enum Kind {
    /// The new value is worked out from the old one.
    Update,
    /// The new value is made because there was none.
    Fill,
}

/// `self.n += await f()`, `self.n = self.n + await f()`.
fn in_one_statement(stmt: Stmt<'_>) -> Option<Race<'_>> {
    let module = stmt.module();
    match stmt.kind() {
        StmtKind::AugAssign { target, value } => {
            let written = module.expr(*target);
            state::of(written)?;
            let awaited = awaits_in(module.expr(*value)).next()?;
            // A set or mapping is changed in place: nothing that others put into it is lost.
            let between = Span::new(written.span().end, module.expr(*value).span().start);
            let in_place = matches!(module.slice(between).trim(), "|=" | "&=" | "^=");
            let confidence = if in_place { Confidence::Possible } else { sure(awaited) };
            Some(Race { kind: Kind::Update, read: written, awaited, written, confidence })
        }
        StmtKind::Assign { targets, value } => {
            let [target] = targets[..] else { return None };
            let written = module.expr(target);
            state::of(written)?;
            let value = module.expr(*value);
            let awaited = awaits_in(value).next()?;
            let same = |it: &Expr<'_>| !it.is_store() && it.text() == written.text();
            let read = within(value).find(|it| {
                same(it)
                    && (it.span().start < awaited.span().start
                        || awaited.span().contains(it.span()))
            })?;
            // As an argument of what is awaited it is often replaced on purpose.
            // A container that is made anew from what is found is what a refresh does.
            let argument = awaited.span().contains(read.span())
                || matches!(value.kind(), ExprKind::Comprehension { .. });
            let confidence = if argument { Confidence::Possible } else { sure(awaited) };
            Some(Race { kind: Kind::Update, read, awaited, written, confidence })
        }
        _ => None,
    }
}

/// One task that reads a stream, or walks something, owns what it collects.
fn sure(awaited: Expr<'_>) -> Confidence {
    let ExprKind::Await(inner) = awaited.kind() else { return Confidence::Possible };
    let call = awaited.module().expr(*inner).as_call();
    let method = call.and_then(Call::method).unwrap_or_default();
    let collects = ["read", "recv", "receive", "next", "__anext__", "anext", "drain", "get"];
    let around = awaited.function().map_or("", Function::name);
    let of_a_reader =
        |name: &str| collects.iter().any(|it| name.trim_start_matches('_').starts_with(it));
    if of_a_reader(method) || of_a_reader(around) {
        Confidence::Possible
    } else {
        Confidence::Likely
    }
}

/// `if key not in self.cache: self.cache[key] = await load(key)`.
fn check_then_act(stmt: Stmt<'_>) -> Option<Race<'_>> {
    let module = stmt.module();
    let StmtKind::If { branches, .. } = stmt.kind() else { return None };
    let (test, body) = branches.first()?;
    let test = module.expr(*test);
    if awaits_in(test).next().is_some() || !asks_whether_missing(test) {
        return None;
    }
    let reads: Vec<(Expr<'_>, State<'_>)> = within(test)
        .filter(|it| !it.is_store())
        .filter_map(|it| Some((it, state::named(it)?)))
        .collect();
    if reads.is_empty() {
        return None;
    }
    let mut awaited: Option<Expr<'_>> = None;
    for stmt in body.iter().map(|id| module.stmt(*id)) {
        let waits = stmt.expressions().filter(|it| it.function() == stmt.function());
        awaited = awaited
            .or_else(|| waits.into_iter().find(|it| matches!(it.kind(), ExprKind::Await(_))));
        let StmtKind::Assign { targets, .. } = stmt.kind() else { continue };
        let [target] = targets[..] else { continue };
        let written = module.expr(target);
        let Some(state) = state::of(written) else { continue };
        let read = reads.iter().find(|(_, it)| *it == state)?.0;
        // Written before the coroutine waits for the first time: nobody else finds it missing.
        let awaited = awaited?;
        return Some(Race {
            kind: Kind::Fill,
            read,
            awaited,
            written,
            confidence: Confidence::Possible,
        });
    }
    None
}

/// `not x`, `x is None`, `key not in x`.
fn asks_whether_missing(test: Expr<'_>) -> bool {
    let text = test.text();
    matches!(test.kind(), ExprKind::Not(_))
        || text.contains(" is None")
        || text.contains(" not in ")
}

/// `n = self.n`, then `await`, then `self.n = n + 1`.
fn through_a_local(stmt: Stmt<'_>) -> Option<Race<'_>> {
    let module = stmt.module();
    let StmtKind::Assign { targets, value } = stmt.kind() else { return None };
    let [target] = targets[..] else { return None };
    let written = module.expr(target);
    state::of(written)?;
    let value = module.expr(*value);
    let function = stmt.function()?;
    let earlier =
        |from: &Stmt<'_>| from.span().end <= stmt.span().start && from.parent() == stmt.parent();
    for from in function.statements().filter(earlier) {
        let StmtKind::Assign { targets, value: read } = from.kind() else { continue };
        let [local] = targets[..] else { continue };
        let (local, read) = (module.expr(local), module.expr(*read));
        if local.as_name().is_none() || read.text() != written.text() {
            continue;
        }
        let uses = local.uses();
        if !within(value).any(|it| uses.contains(&it)) {
            continue;
        }
        let between = |it: &Expr<'_>| {
            it.span().start >= from.span().end
                && it.span().end <= stmt.span().end
                && matches!(it.kind(), ExprKind::Await(_))
        };
        let awaited = function.expressions().find(between)?;
        return Some(Race {
            kind: Kind::Update,
            read,
            awaited,
            written,
            confidence: Confidence::Possible,
        });
    }
    None
}

/// The expression and all in it, those of functions within it left out.
fn within(expr: Expr<'_>) -> impl Iterator<Item = Expr<'_>> {
    let function = expr.function();
    let span = expr.span();
    expr.stmt()
        .expressions()
        .filter(move |it| span.contains(it.span()) && it.function() == function)
}

fn awaits_in(expr: Expr<'_>) -> impl Iterator<Item = Expr<'_>> {
    within(expr).filter(|it| matches!(it.kind(), ExprKind::Await(_)))
}
