use crate::analysis::rules::advice;
use crate::analysis::{Category, Draft, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, ExprKind, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW603",
    name: "connector-without-limits",
    item: Some(Item(49)),
    also: &[Item(63)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("connector_without_limits.md"),
    check,
};

/// What limits how many connections a client opens, and by which argument: at which position, called what, and whether 0 means
/// "as many as you like" (otherwise `None` does).
const LIMITS: [(&str, usize, &str, bool); 3] = [
    // aiohttp's documentation: "limit=0: no limit"; positions before it are keyword-only.
    ("aiohttp.TCPConnector", usize::MAX, "limit", true),
    ("aiohttp.UnixConnector", usize::MAX, "limit", true),
    ("httpx.Limits", usize::MAX, "max_connections", false),
];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let Some((_, at, keyword, zero)) = LIMITS.iter().find(|it| call.is(it.0)) else { continue };
        if call.expr().is_dead() {
            continue;
        }
        let Some(limit) = call.argument(*at, keyword) else { continue };
        let value = limit.literal().unwrap_or(limit);
        if lifts(value, *zero) {
            let draft = state(call, limit, keyword, report);
            if value != limit {
                draft.related(value, "that is its value");
            }
        } else {
            report.satisfied(call.callee());
        }
    }
}

/// Whether the value means that there is no limit.
fn lifts(limit: Expr<'_>, zero: bool) -> bool {
    match limit.kind() {
        ExprKind::None => true,
        ExprKind::Number => zero && limit.text() == "0",
        _ => false,
    }
}

fn state<'r>(
    call: Call<'_>,
    limit: Expr<'_>,
    keyword: &str,
    report: &'r mut Report,
) -> &'r mut Draft {
    let name = advice::name_of(call);
    report.finding(
        limit,
        format!("`{name}` with `{}` opens as many connections as there are requests at once, until file descriptors run out or the other end refuses; name a limit, such as `{keyword}=100`", call.text().split(['(', ')']).nth(1).filter(|it| it.len() < 40 && !it.contains('\n')).unwrap_or(keyword)),
    )
}
