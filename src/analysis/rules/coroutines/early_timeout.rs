//! Part of AW214: a time-out that is made before it is entered.

use crate::analysis::rules::advice;
use crate::analysis::{Confidence, Report, Severity};
use crate::python::Stmt;
use crate::python::ast::StmtKind;

/// Time-outs whose time runs from where they are made.
const RELATIVE: [&str; 5] = [
    "asyncio.timeout",
    "async_timeout.timeout",
    "anyio.move_on_after",
    "trio.move_on_after",
    "trio.fail_after",
];

pub(super) fn check(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::Assign { targets, value } = stmt.kind() else { return };
    let module = stmt.module();
    let Some(call) = module.expr(*value).as_call().filter(|it| it.is_any(&RELATIVE)) else {
        return;
    };
    let [target] = targets[..] else { return };
    let uses = module.expr(target).uses();
    if !uses.iter().any(|it| it.entered_by().is_some_and(|with| with.function() == stmt.function()))
    {
        return;
    }
    let name = advice::name_of(call);
    report
        .finding(
            call.callee(),
            format!("The time of `{name}` runs from here, not from the `with` that enters it, so what lies between shortens it; make it in the `with`"),
        )
        .severity(Severity::Low)
        .confidence(Confidence::Possible);
}
