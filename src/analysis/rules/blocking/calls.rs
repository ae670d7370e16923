//! Blocking calls on the event loop's thread: what the rules about blocking have in common.

use std::collections::{HashMap, HashSet};

pub(in crate::analysis::rules) use super::brief::is_brief;
use super::brief::is_momentary;
pub(in crate::analysis::rules) use super::doubt::asks_at_the_terminal;
use super::doubt::{end_of_a_pool, is_doubtful};
use super::waiting::waits;
use crate::analysis::rules::advice;
use crate::analysis::{Confidence, Report, Severity};
use crate::python::ast::ExprKind;
use crate::python::{Blocks, Call, Expr, Fact, Function, Kind, Module};

/// Reports calls on the loop that block in one of these ways. `what` says what happens meanwhile.
pub(in crate::analysis::rules) fn report(
    module: &Module,
    report: &mut Report,
    kinds: &[Blocks],
    what: &str,
) {
    report_if(module, report, kinds, what, |_| true);
}

/// [`report`] of those calls that the condition holds for.
pub(in crate::analysis::rules) fn report_if<'m>(
    module: &Module<'m>,
    report: &mut Report,
    kinds: &[Blocks],
    what: &str,
    wanted: impl Fn(Call<'m>) -> bool,
) {
    let mut opened = HashSet::new();
    let mut with_longer: HashMap<Function<'m>, bool> = HashMap::new();
    for call in module.calls_on_the_loop().filter(|call| wanted(*call)) {
        let follows = call.receiver().is_some_and(|receiver| {
            opened.contains(&root(receiver).id()) || is_opened_at_once(receiver, kinds)
        });
        let mut opens = follows;
        if let Some(fact) = blocking(call, kinds) {
            let path = |class| module.library().derives(class, "pathlib.PurePath");
            opens |= fact.kind == Kind::Class || fact.gives.is_some_and(|class| !path(class));
            let instead = advice::instead_of(fact, report.target());
            let name = advice::name_of(call);
            let draft = report.finding(call.callee(), format!("`{name}` {what}; {instead}"));
            if fact.cheap || follows || is_momentary(call) {
                draft.severity(Severity::Low);
            } else if is_brief(call) {
                draft.severity(Severity::Medium);
                // Whoever moves the longer calls of the function to a thread moves this one along.
                let along = call.expr().function().is_some_and(|function| {
                    let longer = || has_longer(function, kinds);
                    *with_longer.entry(function).or_insert_with(longer)
                });
                if along {
                    draft.confidence(Confidence::Possible);
                }
            } else if let Some(severity) = end_of_a_pool(call) {
                draft.severity(severity);
            }
            if is_doubtful(call, fact) {
                draft.confidence(Confidence::Possible);
            }
        }
        if !opens {
            continue;
        }
        // What this call gives is opened here: a repair of the opening changes all that follows from it.
        let names = call.expr().bound_to().into_iter().filter(|name| name.as_name().is_some());
        opened.extend(names.flat_map(Expr::uses).map(Expr::id));
    }
}

/// Whether the function's own code blocks in one of these ways for more than a moment.
fn has_longer(function: Function<'_>, kinds: &[Blocks]) -> bool {
    let mut own = function.expressions().filter_map(Expr::as_call);
    own.any(|call| blocking(call, kinds).is_some() && !is_brief(call))
}

/// The fact of a call that really blocks here, in one of these ways.
pub(in crate::analysis::rules) fn blocking<'m>(
    call: Call<'m>,
    kinds: &[Blocks],
) -> Option<Fact<'m>> {
    let fact = call.fact()?;
    let with = fact.blocks.filter(|with| kinds.contains(with))?;
    let reported = !call.expr().is_awaited() && waits(call, with) && !is_wrapped(call);
    reported.then_some(fact)
}

/// Ways of blocking other than computing.
pub(in crate::analysis::rules) const WAITS: [Blocks; 9] = [
    Blocks::Sleep,
    Blocks::Http,
    Blocks::File,
    Blocks::Database,
    Blocks::Process,
    Blocks::Network,
    Blocks::Console,
    Blocks::Thread,
    Blocks::Legacy,
];

/// Whether the call waits for something for more than a moment.
pub(in crate::analysis::rules) fn blocks(call: Call<'_>) -> bool {
    blocking(call, &WAITS).is_some_and(|fact| !fact.cheap)
}

/// Whether the file that is opened here becomes an asynchronous one at once.
fn is_wrapped(call: Call<'_>) -> bool {
    let outer = call.expr().parent_expr().and_then(Expr::as_call);
    outer.is_some_and(|outer| outer.is_any(&["anyio.wrap_file", "trio.wrap_file"]))
}

/// Whether the object is what a blocking call right before gives: `open(path).read()`.
fn is_opened_at_once(receiver: Expr<'_>, kinds: &[Blocks]) -> bool {
    receiver.as_call().is_some_and(|call| blocking(call, kinds).is_some())
}

/// The first name of `a.b().c`.
fn root(expr: Expr<'_>) -> Expr<'_> {
    let mut expr = expr;
    loop {
        let inner = match expr.kind() {
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => *value,
            ExprKind::Call { callee, .. } => *callee,
            _ => return expr,
        };
        expr = expr.module().expr(inner);
    }
}
