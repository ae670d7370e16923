use super::{executor_per_call, pools};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::Module;
use crate::python::ast::ExprKind;

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
                        format!("`{}` has no `max_workers` here, so the number of its threads depends on the machine (up to 32, or five for each CPU on older Pythons), not on what the work and its peers bear; set `max_workers`", advice::name_of(call)),
                    )
                    .confidence(confidence);
            }
        }
    }
}
