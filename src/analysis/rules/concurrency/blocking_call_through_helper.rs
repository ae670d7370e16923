use crate::analysis::rules::advice;
use crate::analysis::rules::blocking::calls;
use crate::analysis::rules::reach::{self, Chain};
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::{Expr, ExprKind, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW113",
    name: "blocking-call-through-helper",
    item: Some(Item(4)),
    also: &[Item(45)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_call_through_helper.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for chain in reach::chains(module, |call| calls::blocks(*call)) {
        if !is_asked_of_what_blocks(chain.links[0]) {
            state(report, &chain);
        }
    }
}

/// Whether a method of what the expression gives is called, and blocks itself: one finding there is enough.
fn is_asked_of_what_blocks(expr: Expr<'_>) -> bool {
    let method = expr.parent_expr().filter(|it| matches!(it.kind(), ExprKind::Attribute { .. }));
    let call = method.and_then(|it| it.parent_expr()?.as_call().filter(|call| call.callee() == it));
    call.is_some_and(calls::blocks)
}

fn state(report: &mut Report, chain: &Chain<'_>) {
    let all = || chain.links.iter().copied().chain([chain.end.expr()]);
    let path =
        all().map(|link| format!("`{}`", advice::link(link))).collect::<Vec<_>>().join(" → ");
    let entry = advice::link(chain.links[0]);
    let thread = advice::thread(report.target());
    let draft = report.finding(
        advice::place(chain.links[0]),
        format!("`{entry}` blocks the event loop ({path}), so every other task waits; hand it to a thread with {thread}, or make the chain asynchronous"),
    );
    for link in &chain.links[1..] {
        draft.related(advice::place(*link), format!("`{}` is called here", advice::link(*link)));
    }
    draft.related(chain.end.callee(), format!("`{}` blocks", advice::name_of(chain.end)));
}
