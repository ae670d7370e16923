//! Asynchronous iterables that are iterated over as if they were plain ones, or by hand.

use super::async_sources::is_async_source;
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ExprId, ExprKind, Parent, StmtKind, Unpack};
use crate::python::{Call, Expr, Function, Module, Stmt, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW304",
    name: "sync-iteration-of-async-source",
    item: Some(Item(28)),
    also: &[Item(9)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("sync_iteration_of_async_source.md"),
    check,
};

/// Built-in functions that iterate over their first argument, or over all of them.
const CONSUMERS: [&str; 15] = [
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.sorted",
    "builtins.sum",
    "builtins.any",
    "builtins.all",
    "builtins.min",
    "builtins.max",
    "builtins.enumerate",
    "builtins.iter",
    "builtins.next",
    "builtins.zip",
];

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus().filter(|stmt| !stmt.is_dead()) {
        match stmt.kind() {
            StmtKind::For { is_async: false, iter, .. } => looped(stmt, module.expr(*iter), report),
            StmtKind::For { is_async: true, iter, .. } => report.satisfied(module.expr(*iter)),
            StmtKind::While { .. } => by_hand(stmt, report),
            _ => {}
        }
    }
    for expr in module.expressions_in_focus() {
        match expr.kind() {
            ExprKind::Comprehension { clauses, .. } if !expr.is_dead() => {
                for clause in clauses {
                    comprehended(module, clause, report);
                }
            }
            ExprKind::Call { .. } => {
                if let Some(call) = expr.as_call().filter(|it| !it.expr().is_dead()) {
                    consumed(call, report);
                    taken_apart(call.expr(), report);
                }
            }
            _ => {}
        }
    }
}

fn looped(stmt: Stmt<'_>, iter: Expr<'_>, report: &mut Report) {
    if !is_async_source(iter) {
        return;
    }
    let in_coroutine = stmt.function().is_some_and(Function::is_async);
    let place = if in_coroutine { "" } else { ", in an `async def`" };
    let what = advice::quoted(iter, "this");
    let draft = report.finding(
        iter,
        format!("{what} has no `__iter__`, so iterating over it raises `TypeError`; write `async for`{place}"),
    );
    draft.confidence(Confidence::Likely);
    if in_coroutine {
        draft.fix("Use `async for`", vec![TextEdit::before(stmt.span(), "async ")]);
    }
}

fn comprehended(module: &Module<'_>, clause: &Clause, report: &mut Report) {
    match clause {
        Clause::For { is_async: true, iter, .. } => report.satisfied(module.expr(*iter)),
        Clause::For { iter, .. } if is_async_source(module.expr(*iter)) => {
            let iter = module.expr(*iter);
            let what = advice::quoted(iter, "this");
            report
                .finding(iter, format!("{what} has no `__iter__`, so iterating over it raises `TypeError`; write `async for`"))
                .confidence(Confidence::Likely);
        }
        _ => {}
    }
}

/// A function that iterates over what it is given.
fn consumed(call: Call<'_>, report: &mut Report) {
    let joins = || {
        let text = call.receiver().is_some_and(|it| matches!(it.kind(), ExprKind::Str));
        call.method() == Some("join") && text
    };
    let given = if call.is_any(&CONSUMERS) || joins() {
        call.positional(0)
    } else if call.is_any(&["builtins.map", "builtins.filter"]) {
        call.positional(1)
    } else {
        let starred = call.args().into_iter().find(|arg| arg.unpack == Unpack::Star);
        starred.map(|arg| arg.value)
    };
    let Some(given) = given.filter(|it| is_async_source(*it)) else { return };
    let name = advice::name_of(call);
    let what = match given.kind() {
        ExprKind::Comprehension { .. } => {
            "a generator expression that awaits is an asynchronous one".to_owned()
        }
        _ => format!("{} is an asynchronous iterable", advice::quoted(given, "this")),
    };
    let (cure, fix) = collected(call, given);
    let draft = report.finding(
        given,
        format!("{what}, over which `{name}(…)` can't iterate: it raises `TypeError`; {cure}"),
    );
    draft.confidence(Confidence::Likely);
    let in_coroutine = call.expr().function().is_some_and(Function::is_async);
    if let Some(edits) = fix.filter(|_| in_coroutine) {
        draft.fix("Collect with an asynchronous comprehension", edits);
    }
}

/// An asynchronous generator that is indexed, unpacked or spread out where it is made.
fn taken_apart(made: Expr<'_>, report: &mut Report) {
    let module = made.module();
    let outer = made.parent_expr();
    let unpacks =
        |id: &ExprId| matches!(module.expr(*id).kind(), ExprKind::Tuple(_) | ExprKind::List(_));
    let unpacked = || match made.stmt().kind() {
        StmtKind::Assign { targets, value } => *value == made.id() && targets.iter().any(unpacks),
        _ => false,
    };
    let (done, cure) = match outer.map(Expr::kind) {
        Some(ExprKind::Subscript { value, .. }) if *value == made.id() => (
            "has no items by number",
            "take the first in an `async for`, or collect them with `[… async for … in …]`",
        ),
        // In a coroutine, that does not compile, which AW201 says.
        Some(ExprKind::YieldFrom(_)) if !made.function().is_some_and(Function::is_async) => {
            ("has no `__iter__`", "yield its items in an `async for`")
        }
        Some(ExprKind::Starred(_)) | None if outer.is_some() || unpacked() => {
            ("has no `__iter__`", "collect its items with `[… async for … in …]` first")
        }
        _ => return,
    };
    let in_a_call = outer.and_then(Expr::parent_expr).is_some_and(|it| it.as_call().is_some());
    if in_a_call || !is_async_source(made) {
        return;
    }
    let what = advice::quoted(made, "this");
    report
        .finding(
            made,
            format!(
                "{what} is an asynchronous generator and {done}, so this raises `TypeError`; {cure}"
            ),
        )
        .confidence(Confidence::Likely);
}

/// What to write instead, and how to get there.
fn collected(call: Call<'_>, given: Expr<'_>) -> (String, Option<Vec<TextEdit>>) {
    let alone = call.args().len() == 1;
    let brackets = match call.name().as_deref() {
        Some("builtins.list") => Some(("[", "]")),
        Some("builtins.set") => Some(("{", "}")),
        _ => None,
    };
    if !matches!(given.kind(), ExprKind::Comprehension { .. }) {
        let what = advice::quoted(given, "…");
        let what = what.trim_matches('`');
        let (open, close) = brackets.unwrap_or(("[", "]"));
        let text = format!("{open}item async for item in {what}{close}");
        let fix = brackets.filter(|_| alone && what == given.text());
        return (
            format!("write `{text}`"),
            fix.map(|_| vec![TextEdit::replace(call.expr(), text)]),
        );
    }
    let inner = given.text();
    let inner = inner.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(inner).trim();
    let unwrapped = brackets
        .filter(|_| alone)
        .map(|(open, close)| vec![TextEdit::replace(call.expr(), format!("{open}{inner}{close}"))]);
    // `any(await f(x) for x in xs)`: the brackets of the call may be the generator's.
    let fix = unwrapped.or_else(|| {
        let own = alone && matches!(given.parent(), Parent::Expr(id) if id == call.id());
        own.then(|| {
            vec![TextEdit::replace(
                crate::python::Span::new(call.callee().span().end, call.span().end),
                format!("([{inner}])"),
            )]
        })
    });
    ("put it in `[…]`, which is awaited first".to_owned(), fix)
}

/// `while True:` around `__anext__`, or around reading a line and looking whether it was the last.
fn by_hand(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::While { test, body, .. } = stmt.kind() else { return };
    let module = stmt.module();
    let endless = matches!(module.expr(*test).text(), "True" | "1");
    let Some(first) = body.first().map(|id| module.stmt(*id)).filter(|_| endless) else { return };
    let next = match first.kind() {
        StmtKind::Try { body, .. } => body.first().map(|id| module.stmt(*id)),
        _ => Some(first),
    };
    let Some(StmtKind::Assign { value, targets }) = next.map(Stmt::kind) else { return };
    let ExprKind::Await(operand) = module.expr(*value).kind() else { return };
    let Some(call) = module.expr(*operand).as_call() else { return };
    let name = targets.first().map_or("", |id| module.expr(*id).text());
    let stops = first.text().contains("except StopAsyncIteration");
    let source = if stops && call.method() == Some("__anext__") {
        call.receiver()
    } else if stops && call.is("builtins.anext") && call.args().len() == 1 {
        call.positional(0)
    } else if reads_lines(call) && body.get(1).is_some_and(|id| ends(module.stmt(*id), name)) {
        call.receiver()
    } else {
        None
    };
    let Some(source) = source else { return };
    let source = advice::quoted(source, "…");
    report
        .finding(
            call.callee(),
            format!("this loop does by hand what `async for {name} in {}` does, which also ends by itself", source.trim_matches('`')),
        )
        .severity(Severity::Low)
        .confidence(Confidence::Likely);
}

/// Whether it reads a line of something that may be iterated over by lines.
fn reads_lines(call: Call<'_>) -> bool {
    let own =
        |name: String| name == "asyncio.StreamReader.readline" || name.starts_with("aiofiles.");
    call.method() == Some("readline") && call.args().is_empty() && call.name().is_some_and(own)
}

/// `if not line: break`.
fn ends(stmt: Stmt<'_>, name: &str) -> bool {
    let module = stmt.module();
    let StmtKind::If { branches, otherwise } = stmt.kind() else { return false };
    let [(test, block)] = &branches[..] else { return false };
    let breaks = matches!(block[..], [id] if matches!(module.stmt(id).kind(), StmtKind::Break));
    let words: Vec<&str> = module.expr(*test).text().split_whitespace().collect();
    otherwise.is_empty() && breaks && words == ["not", name]
}
