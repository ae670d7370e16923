use std::collections::HashSet;

use super::pools::{self, Kept, kept};
use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::openers::Origin;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW107",
    name: "executor-not-shut-down",
    item: Some(Item(7)),
    also: &[Item(38)],
    severity: Severity::High,
    category: Category::Leak,
    page: include_str!("executor_not_shut_down.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let mut seen = HashSet::new();
    let running = |call: &Call<'_>| !call.expr().is_dead();
    for call in module.calls_in_focus().filter(running) {
        // A function may make it for whoever calls.
        let Some(origin) = Origin::of(call).filter(|it| pools::makes(it.by)) else { continue };
        match kept(call) {
            // A name that gets another pool, behind a `fork`, say: one place is enough.
            Kept::Target(target) if !seen.insert(target.text()) => {}
            Kept::With => report.satisfied(call.callee()),
            Kept::Other => {}
            Kept::Nobody => state(report, origin, call, Confidence::Certain),
            Kept::Local(uses) if uses.iter().any(|used| ends(*used)) => {
                report.satisfied(call.callee());
            }
            Kept::Local(_) => state(report, origin, call, Confidence::Certain),
            Kept::Target(target) if is_ended(target) => report.satisfied(call.callee()),
            Kept::Target(target) => {
                // Another module may import a public name and end the pool.
                let hidden = target.last_name().starts_with('_');
                // What a class or another object holds is theirs to end, here or elsewhere.
                let own = target.text().strip_prefix("self.").is_some_and(|it| !it.contains('.'));
                // One of the module's own lives as long as the process, which waits for its threads at the end.
                let lasting = origin.by.is(pools::THREADS) && call.expr().function().is_none();
                let inside = own || (hidden && target.as_name().is_some() && !lasting);
                let sure = if inside { Confidence::Likely } else { Confidence::Possible };
                state(report, origin, call, sure);
            }
        }
    }
}

fn state(report: &mut Report, origin: Origin<'_>, call: Call<'_>, confidence: Confidence) {
    let name = advice::name_of(call);
    let workers = if origin.by.is(pools::PROCESSES) { "processes" } else { "threads" };
    let per_call = call.expr().function().is_some_and(|it| it.name() != "__init__")
        && !matches!(kept(call), Kept::Target(_));
    let message = if per_call {
        format!(
            "Nothing shuts this `{name}` down, so each call leaves its {workers} behind; use a `with` block, or share one pool that is shut down at the end"
        )
    } else {
        format!(
            "Nothing shuts this `{name}` down, so work it has accepted keeps the program from ending, or is lost; call `shutdown` when the program stops, or use a `with` block"
        )
    };
    let draft = report.finding(call.callee(), message);
    draft.confidence(if origin.is_direct() {
        confidence
    } else {
        confidence.min(Confidence::Likely)
    });
    origin.shown(draft);
    if per_call {
        draft.severity(Severity::Critical);
    }
}

/// Whether something in the file ends the pool that the target holds: `self.pool.shutdown()`, `with POOL:`,
/// `atexit.register(POOL.shutdown)`; or takes it over.
fn is_ended(target: Expr<'_>) -> bool {
    let name = target.last_name();
    let same = |expr: &Expr<'_>| {
        !expr.is_store()
            && expr.last_name() == name
            && expr.as_name().is_some() == target.as_name().is_some()
    };
    target.module().expressions().filter(same).any(ends)
}

/// Whether a use of a pool ends it, or gives it to somebody who may.
fn ends(used: Expr<'_>) -> bool {
    match fate(used) {
        Fate::Entered(_) => true,
        Fate::Attribute(attribute) => {
            matches!(attribute.last_name(), "shutdown" | "__exit__" | "_threads")
        }
        _ => pools::is_given_away(used),
    }
}
