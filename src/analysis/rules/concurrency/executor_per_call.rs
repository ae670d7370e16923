use super::pools::{self, Kept, kept, runs_once};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::StmtKind;
use crate::python::{Call, Expr, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW114",
    name: "executor-per-call",
    item: Some(Item(5)),
    also: &[Item(4)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("executor_per_call.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in pools::made(module) {
        if serves_for_long(call) {
            continue;
        }
        let forgotten = matches!(kept(call), Kept::With | Kept::Nobody | Kept::Local(_));
        if !forgotten {
            continue;
        }
        let Some(when) = repeated(call) else { continue };
        let name = advice::name_of(call);
        let workers = if call.is(pools::PROCESSES) { "processes" } else { "threads" };
        report
            .finding(
                call.callee(),
                format!("`{name}` is made {when}, so {workers} are started and ended each time and nothing limits how many there are at once; make one pool for the program and share it"),
            )
            .confidence(Confidence::Likely);
    }
}

/// Whether the pool lasts as long as a loop that uses it, is there for something that ends, or has a thread that waits for a
/// person.
fn serves_for_long(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function() else { return false };
    let loops = |stmt: Stmt<'_>| {
        matches!(stmt.kind(), StmtKind::While { .. }) && stmt.span().start > call.span().start
    };
    let asks = |it: Expr<'_>| it.is_any(&["builtins.input", "getpass.getpass"]);
    let ends = ["close", "shutdown", "stop", "teardown"];
    function.statements().any(loops)
        || ends.iter().any(|word| function.name().contains(word))
        || function.expressions().any(asks)
}

/// When the executor is made again and again, as the rest of a sentence.
pub(super) fn repeated(call: Call<'_>) -> Option<&'static str> {
    if call.expr().in_loop() {
        return Some("in every round of a loop");
    }
    let function = call.expr().function()?;
    let coroutine = function.is_async() && call.expr().runs_on_the_loop();
    (coroutine && !runs_once(function)).then_some("in every call of a coroutine")
}
