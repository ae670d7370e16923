use super::retries::{Delay, Retry, retries};
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::is_of_a_test;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Expr, Module, StmtKind, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW703",
    name: "retry-without-backoff",
    item: Some(Item(59)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("retry_without_backoff.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        for retry in retries(stmt) {
            match retry.delay() {
                Delay::None => at_once(&retry, report),
                Delay::Constant(delay) => constant(&retry, delay, report),
                Delay::Grows => report.satisfied(retry.handler.head),
                Delay::Unknown => {}
            }
        }
        if let StmtKind::Function(id) = stmt.kind() {
            let retries = |it: &Expr<'_>| it.as_call().is_some_and(|call| call.has(Tag::Retries));
            if let Some(decorator) = module.function(*id).decorators().find(retries) {
                report.satisfied(decorator);
            }
        }
    }
}

fn at_once(retry: &Retry<'_>, report: &mut Report) {
    let what = advice::quoted(retry.awaited, "what failed");
    let effect = if retry.is_capped {
        "so all attempts are over within milliseconds and meet the same outage"
    } else {
        "so for as long as the other side is down this hammers it, and the log, as fast as the loop turns"
    };
    let unsure = !retry.asks_outside || retry.repairs || is_of_a_test(retry.function);
    report
        .finding(
            retry.handler.head,
            format!(
                "{what} is tried again at once when it failed, {effect}; wait before the next turn, longer each time and with some chance in it: \
                 `await asyncio.sleep(min(60, 2 ** attempt) * random.uniform(0.5, 1))`"
            ),
        )
        .confidence(if unsure { Confidence::Possible } else { Confidence::Likely });
}

fn constant(retry: &Retry<'_>, delay: Expr<'_>, report: &mut Report) {
    if !retry.asks_outside || is_of_a_test(retry.function) {
        return;
    }
    let what = advice::quoted(retry.awaited, "what failed");
    let seconds = if delay.text() == "1" { " second" } else { " seconds" };
    let unit = if matches!(delay.kind(), crate::python::ExprKind::Number) { seconds } else { "" };
    let delay_text = format!("{}{unit}", advice::quoted(delay, "the same time"));
    report
        .finding(
            delay,
            format!(
                "{what} is tried again after {delay_text} each time: all clients that lost the same server come back together, again and again; \
                 let the delay grow up to a limit, with some chance in it: `min(60, 2 ** attempt) * random.uniform(0.5, 1)`"
            ),
        )
        .severity(Severity::Low)
        .confidence(Confidence::Likely)
        .because(retry.stmt.module().site(retry.handler.head));
}
