use super::reads::{changes_its_object, reads, shares};
use crate::analysis::rules::{advice, earlier};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{Clause, ComprehensionKind, ExprId, ExprKind, StmtId, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW208",
    name: "sequential-awaits",
    item: Some(Item(16)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("sequential_awaits.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for function in module.functions_in_focus().filter(|it| it.is_async()) {
        let body: Vec<StmtId> = function.body().map(Stmt::id).collect();
        in_block(module, &body, report);
        for stmt in function.statements().filter(|stmt| !stmt.is_dead()) {
            match stmt.kind() {
                StmtKind::For { is_async: false, body, .. } => {
                    in_loop(stmt, report);
                    in_turn(stmt, report);
                    in_block(module, body, report);
                }
                StmtKind::While { body, .. } => in_block(module, body, report),
                StmtKind::If { branches, otherwise } => {
                    for (_, block) in branches {
                        in_block(module, block, report);
                    }
                    in_block(module, otherwise, report);
                }
                StmtKind::Try { body, .. } => in_block(module, body, report),
                _ => {}
            }
        }
        for expr in function.expressions() {
            in_comprehension(expr, report);
        }
    }
    for call in module.calls_in_focus().filter(|call| call.has(Tag::Gathers)) {
        report.satisfied(call.callee());
    }
    if let Some(before) = report.before() {
        for call in earlier::no_longer_together(module, &before) {
            report
                .finding(
                    call.callee(),
                    format!("`{}` ran together with others before this change and waits for its turn now, so the caller waits for the sum of their times; {}", advice::name_of(call), together(report.target())),
                )
                .confidence(Confidence::Likely);
        }
    }
}

/// `name = await call(…)`: the name and the call.
fn awaited_read<'m>(stmt: Stmt<'m>) -> Option<(Expr<'m>, Call<'m>)> {
    let StmtKind::Assign { targets, value } = stmt.kind() else { return None };
    let [target] = targets[..] else { return None };
    let module = stmt.module();
    let ExprKind::Await(inner) = module.expr(*value).kind() else { return None };
    let target = module.expr(target);
    target.as_name()?;
    Some((target, module.expr(*inner).as_call()?))
}

/// Neighbours that read independently of each other.
fn in_block(module: &Module, block: &[StmtId], report: &mut Report) {
    let mut at = 0;
    while at < block.len() {
        let run = run_at(module, block, at);
        if let [(_, first), .., (_, last)] = run[..] {
            pair(first, last, run.len(), report);
        }
        at += run.len().max(1);
    }
}

/// The longest row of reads from here on of which none needs another.
fn run_at<'m>(module: &Module<'m>, block: &[StmtId], at: usize) -> Vec<(Expr<'m>, Call<'m>)> {
    let mut run: Vec<(Expr<'m>, Call<'m>)> = Vec::new();
    for id in &block[at..] {
        let Some((target, call)) = awaited_read(module.stmt(*id)) else { break };
        let names: Vec<&str> = run.iter().filter_map(|(name, _)| name.as_name()).collect();
        let independent = run.iter().all(|(_, other)| !shares(*other, call));
        if reads(call).is_none() || mentions(call.expr(), &names) || !independent {
            break;
        }
        run.push((target, call));
    }
    run
}

/// Whether one of the names is read within the expression.
fn mentions(expr: Expr<'_>, names: &[&str]) -> bool {
    expr.as_name().is_some_and(|name| names.contains(&name))
        || expr.children().into_iter().any(|it| mentions(it, names))
}

fn pair(first: Call<'_>, last: Call<'_>, count: usize, report: &mut Report) {
    if is_ordered(first.expr().stmt()) {
        return;
    }
    let confidence = reads(first).zip(reads(last)).map_or(Confidence::Possible, |(a, b)| a.min(b));
    let (one, other) = (advice::name_of(first), advice::name_of(last));
    let several = if count == 2 { "Neither needs the other" } else { "None needs the others" };
    let draft = report.finding(
        last.callee(),
        format!("{several}, yet `{other}` only starts when `{one}` is done, so the caller waits for the sum of their times; {}", together(report.target())),
    );
    draft.confidence(confidence).related(first.callee(), "the first one is awaited here");
}

fn together(target: PythonVersion) -> &'static str {
    if target >= PythonVersion(3, 11) {
        "run them together, in an `asyncio.TaskGroup` or with `asyncio.gather`"
    } else {
        "run them together with `asyncio.gather`"
    }
}

/// Whether something around says that order matters: a lock, a transaction, a limiter, another loop.
fn is_ordered(stmt: Stmt<'_>) -> bool {
    let function = stmt.function();
    stmt.ancestors().take_while(|it| it.function() == function).any(|outer| match outer.kind() {
        StmtKind::With { is_async: true, items, .. } => items.iter().any(|item| {
            let context = outer.module().expr(item.context);
            !context.as_call().is_some_and(|call| {
                call.has(Tag::Session) || call.fact().is_some_and(|fact| fact.has(Tag::Pool))
            })
        }),
        StmtKind::While { .. } => true,
        _ => false,
    })
}

/// `for x in xs: found.append(await read(x))`, and nothing else in the loop that waits or leaves it.
fn in_loop(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::For { target, iter, body, otherwise, .. } = stmt.kind() else { return };
    let module = stmt.module();
    if !otherwise.is_empty() || !is_a_collection(module.expr(*iter)) || is_ordered(stmt) {
        return;
    }
    let Some(function) = stmt.function() else { return };
    let within =
        |expr: &Expr<'_>| body.iter().any(|id| module.stmt(*id).span().contains(expr.span()));
    let mut awaits = Vec::new();
    for expr in function.expressions().filter(within) {
        match expr.kind() {
            ExprKind::Await(inner) => awaits.push(module.expr(*inner)),
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => return,
            _ => {}
        }
    }
    let [only] = awaits[..] else { return };
    let Some(call) = only.as_call() else { return };
    if !body.iter().all(|id| goes_on(module.stmt(*id))) || carries(stmt, call) {
        return;
    }
    each(call, module.expr(*target), report);
}

/// First words of the names of commands that are given to each of several things.
const COMMANDS: [&str; 18] = [
    "stop",
    "close",
    "aclose",
    "start",
    "connect",
    "disconnect",
    "shutdown",
    "notify",
    "refresh",
    "reload",
    "restart",
    "play",
    "pause",
    "resume",
    "handle",
    "process",
    "terminate",
    "ping",
];

/// `for x in xs: await x.stop()`: a command to each, and nothing else in the loop that waits or leaves it. Whether their order
/// matters is for people to know.
fn in_turn(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::For { target, iter, otherwise, .. } = stmt.kind() else { return };
    let module = stmt.module();
    let iter = module.expr(*iter);
    let counts = ["range", "page", "batch", "chunk", "attempt", "retr"];
    let group = is_a_collection(iter)
        || iter.as_call().is_some_and(|call| !counts.iter().any(|it| call.text().contains(it)));
    if !otherwise.is_empty() || !group || is_ordered(stmt) {
        return;
    }
    let Some(function) = stmt.function() else { return };
    let inner = function.statements().filter(|it| *it != stmt && stmt.span().contains(it.span()));
    let simple = |it: Stmt<'_>| goes_on(it) || matches!(it.kind(), StmtKind::If { .. });
    if !inner.into_iter().all(simple) {
        return;
    }
    let own = function.expressions().filter(|it| stmt.span().contains(it.span()));
    let waits = own.filter(|it| matches!(it.kind(), ExprKind::Await(_) | ExprKind::Yield(_)));
    let [only] = waits.collect::<Vec<_>>()[..] else { return };
    let ExprKind::Await(inner) = only.kind() else { return };
    let Some(call) = module.expr(*inner).as_call().filter(|_| only.is_dropped()) else { return };
    let word = call.method().map(|it| it.trim_start_matches('_'));
    let word = word.and_then(|it| it.split('_').next()).unwrap_or_default();
    if !COMMANDS.contains(&word) || reads(call).is_some() {
        return;
    }
    let names = names_in(module.expr(*target));
    let to_item = call.receiver().is_some_and(|it| mentions(it, &names));
    let with_item = || {
        call.args().iter().any(|arg| mentions(arg.value, &names))
            && call.function().is_some_and(|it| it.is_coroutine() && !changes_its_object(it))
    };
    if to_item || with_item() {
        let message = format!(
            "`{}` is awaited for one item after the other, so the time is the sum of all; if their order does not matter, {}",
            advice::name_of(call),
            together(report.target())
        );
        report.finding(call.callee(), message).confidence(Confidence::Possible);
    }
}

/// Whether the statement is a simple one that neither leaves the loop nor waits otherwise.
fn goes_on(stmt: Stmt<'_>) -> bool {
    matches!(stmt.kind(), StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AnnAssign { .. })
}

/// Whether the call needs what an earlier round has left: a name that the loop's body binds, other than before the call.
fn carries(stmt: Stmt<'_>, call: Call<'_>) -> bool {
    let StmtKind::For { body, .. } = stmt.kind() else { return true };
    let module = stmt.module();
    let mut bound = Vec::new();
    for id in body {
        if let StmtKind::Assign { targets, .. } = module.stmt(*id).kind() {
            bound.extend(targets.iter().filter_map(|id| module.expr(*id).as_name()));
        }
    }
    mentions(call.expr(), &bound)
}

/// Whether the iteration is over things that are there, not over numbers of pages or attempts.
fn is_a_collection(iter: Expr<'_>) -> bool {
    match iter.kind() {
        ExprKind::Name | ExprKind::Attribute { .. } => true,
        ExprKind::List(parts) | ExprKind::Tuple(parts) => parts.len() > 1,
        ExprKind::Call { .. } => iter.as_call().is_some_and(|call| {
            call.is_any(&["builtins.enumerate", "builtins.zip", "builtins.sorted", "builtins.set"])
                || matches!(call.method(), Some("keys" | "values" | "items"))
        }),
        _ => false,
    }
}

fn in_comprehension(expr: Expr<'_>, report: &mut Report) {
    let ExprKind::Comprehension { kind, elements, clauses } = expr.kind() else { return };
    let module = expr.module();
    let [Clause::For { is_async: false, target, iter }] = clauses[..] else { return };
    if *kind == ComprehensionKind::Generator || is_ordered(expr.stmt()) {
        return;
    }
    let awaited = |id: &ExprId| match module.expr(*id).kind() {
        ExprKind::Await(inner) => module.expr(*inner).as_call(),
        _ => None,
    };
    let Some(call) = elements.last().and_then(awaited) else { return };
    if is_a_collection(module.expr(iter)) {
        each(call, module.expr(target), report);
    }
}

/// A read for each item, one after the other.
fn each(call: Call<'_>, item: Expr<'_>, report: &mut Report) {
    let names = names_in(item);
    let Some(confidence) = reads(call) else { return };
    let of_item = call.args().iter().any(|arg| mentions(arg.value, &names))
        || call.receiver().is_some_and(|it| mentions(it, &names));
    if !of_item || call.expr().function().is_none_or(|it| !Function::is_async(it)) {
        return;
    }
    let name = advice::name_of(call);
    report
        .finding(
            call.callee(),
            format!("`{name}` is awaited for one item after the other though none needs another's result, so the time is the sum of all; {}, with a semaphore if there may be many", together(report.target())),
        )
        .confidence(confidence);
}

fn names_in(target: Expr<'_>) -> Vec<&str> {
    match target.as_name() {
        Some(name) => vec![name],
        None => target.children().into_iter().filter_map(Expr::as_name).collect(),
    }
}
