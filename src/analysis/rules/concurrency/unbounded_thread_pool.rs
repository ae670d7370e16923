use super::{executor_per_call, pools};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW105",
    name: "unbounded-thread-pool",
    item: Some(Item(5)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("unbounded_thread_pool.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in pools::made(module).filter(|call| call.is(pools::THREADS) && !call.unpacks()) {
        match call.argument(0, "max_workers") {
            Some(workers) if !matches!(workers.kind(), ExprKind::None) => {
                report.satisfied(call.callee());
            }
            _ if runs_one_thing(call) => {}
            _ => {
                // That it is made anew for each call is the greater trouble, and reported.
                let confidence = if executor_per_call::repeated(call).is_some() {
                    Confidence::Possible
                } else {
                    Confidence::Likely
                };
                report
                    .finding(
                        call.callee(),
                        format!("`{}` has no `max_workers` here, so the number of its threads depends on the machine (up to 32, or five for each CPU on older Pythons), not on how much the work and the servers behind it can take; set `max_workers`", advice::name_of(call)),
                    )
                    .confidence(confidence);
            }
        }
    }
}

/// Whether all that the pool is given is one call, for which it starts one thread: `with ThreadPoolExecutor() as pool: pool.submit(f)`.
fn runs_one_thing(made: Call<'_>) -> bool {
    if made.expr().entered_by().is_none() {
        return false;
    }
    let uses: Vec<Expr<'_>> = made.expr().bound_to().into_iter().flat_map(Expr::uses).collect();
    let [only] = uses[..] else { return false };
    let inner = only.function() != made.expr().function();
    let submits = only.method_call().filter(|it| it.method() == Some("submit"));
    submits.is_some_and(|call| {
        let repeated = call.expr().in_loop()
            || call
                .expr()
                .ancestors()
                .any(|it| matches!(it.kind(), ExprKind::Comprehension { .. }));
        !repeated && !inner
    })
}
