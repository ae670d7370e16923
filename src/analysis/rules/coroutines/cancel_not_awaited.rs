use std::collections::HashMap;

use super::tasks::{Made, awaits_it, made_tasks};
use crate::analysis::rules::advice;
use crate::analysis::rules::concurrency::pools::is_entry;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::shutdown::entry::shuts_down;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtId, StmtKind};
use crate::python::flow::may_pass_by;
use crate::python::{Call, Context, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW215",
    name: "cancel-not-awaited",
    item: Some(Item(23)),
    also: &[Item(36), Item(35)],
    severity: Severity::Medium,
    category: Category::Cancellation,
    page: include_str!("cancel_not_awaited.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let of_names = made_tasks(module).into_iter().filter_map(|made| match made {
        Made::Local(uses) => local(&uses),
        Made::Several(uses) => several(&uses),
    });
    let mut cancels: Vec<Call<'_>> = of_names.chain(attributes(module)).collect();
    cancels.sort_by_key(|call| call.span().start);
    let mut ways: HashMap<Function<'_>, Option<u32>> = HashMap::new();
    cancels.retain(|cancel| {
        let Some(function) = cancel.expr().function() else { return true };
        let last = *ways.entry(function).or_insert_with(|| last_way(function));
        last.is_none_or(|start| start <= cancel.span().end)
            && !is_entry(function)
            && !is_timer(*cancel)
    });
    for call in module.calls_in_focus().filter(|it| it.method() == Some("cancel") && is_told(*it)) {
        if !cancels.contains(&call) && is_awaited_behind(call) {
            report.satisfied(call.callee());
        }
    }
    for together in cancels.chunk_by(|a, b| a.expr().function() == b.expr().function()) {
        state(together, report);
    }
    for made in made_tasks(module) {
        if let Made::Local(uses) = made
            && let Some((cancel, waiting)) = passed_by(&uses)
        {
            left_early(cancel, waiting, report);
        }
    }
    for call in module.calls_in_focus().filter(|call| call.has(Tag::Shields)) {
        shielded(call, report);
    }
}

/// Whether the task that is cancelled only waits, or sleeps first and does something once then: cancelled before, it has nothing
/// to clean up.
fn is_timer(cancel: Call<'_>) -> bool {
    let Some(task) = cancel.receiver() else { return false };
    let makes = |call: &Call<'_>| {
        call.has(Tag::MakesTask)
            && call.expr().bound_to().iter().any(|target| target.text() == task.text())
    };
    let started = cancel.module().calls().filter(makes).filter_map(|it| it.positional(0));
    let mut started = started.filter_map(Expr::as_call).peekable();
    started.peek().is_some()
        && started.all(|call| {
            call.is("asyncio.sleep")
                || call.is_any(&ONLY_WAITING)
                || call.function().is_some_and(sleeps_first)
        })
}

/// What waits for something of this program and has nothing to clean up.
const ONLY_WAITING: [&str; 4] =
    ["asyncio.Condition.wait", "asyncio.Event.wait", "asyncio.Queue.get", "asyncio.Queue.join"];

fn sleeps_first(function: Function<'_>) -> bool {
    let module = function.module();
    let mut awaits = function.expressions().filter_map(|it| match it.kind() {
        ExprKind::Await(operand) => Some((it, module.expr(*operand))),
        _ => None,
    });
    awaits.next().is_some_and(|(awaited, operand)| {
        let alone =
            awaited.stmt().parent().is_none_or(|it| matches!(it.kind(), StmtKind::Function(_)));
        alone && operand.as_call().is_some_and(|call| call.is("asyncio.sleep"))
    })
}

/// Whether the function waits after the cancellation for what it cancels: the task, or those that the loop around goes through.
fn is_awaited_behind(cancel: Call<'_>) -> bool {
    let (Some(function), Some(task)) = (cancel.expr().function(), cancel.receiver()) else {
        return false;
    };
    let module = cancel.module();
    let tasks = match cancel.expr().stmt().ancestors().next().map(Stmt::kind) {
        Some(StmtKind::For { iter, .. }) => module.expr(*iter),
        _ => task,
    };
    let names = |given: Expr<'_>| given.text().trim_start_matches('*') == tasks.text();
    function.expressions().any(|expr| {
        let ExprKind::Await(awaited) = expr.kind() else { return false };
        let awaited = module.expr(*awaited);
        let args = awaited.as_call().into_iter().flat_map(Call::args);
        expr.span().start > cancel.span().end
            && (names(awaited) || args.into_iter().any(|arg| names(arg.value)))
    })
}

/// A task that a local name holds, and that is cancelled and then forgotten.
fn local<'m>(uses: &[Expr<'m>]) -> Option<Call<'m>> {
    let cancel = uses.iter().rev().find_map(|used| method(*used, "cancel"))?;
    let waits = uses.iter().any(|used| escapes(*used) || is_behind(*used, cancel));
    (is_told(cancel) && !waits).then_some(cancel)
}

/// The cancellation of a task for which the function waits behind it, but not on each way; and where it waits.
fn passed_by<'m>(uses: &[Expr<'m>]) -> Option<(Call<'m>, Expr<'m>)> {
    let cancel = uses.iter().rev().find_map(|used| method(*used, "cancel"))?;
    let behind: Vec<Expr<'m>> =
        uses.iter().copied().filter(|used| is_behind(*used, cancel)).collect();
    let plain = behind.iter().all(|it| awaits_it(*it) && it.span().start > cancel.span().end);
    let told = is_told(cancel) && plain && !uses.iter().any(|used| escapes(*used));
    let waiting = *behind.first().filter(|_| told)?;
    may_pass_by(cancel.expr().stmt(), &behind).then_some((cancel, waiting))
}

/// Reports a way that leaves before the task is waited for.
fn left_early(cancel: Call<'_>, waiting: Expr<'_>, report: &mut Report) {
    let task = cancel.receiver().map_or("the task", |it| it.text());
    let line = waiting.module().lines().line(waiting.span().start);
    report
        .finding(
            cancel.callee(),
            format!("`cancel` only asks `{task}` to end, and on some way this function returns before line {line} waits for it: its clean-up runs on behind this code then, and its exception is lost; wait for it first"),
        )
        .confidence(Confidence::Possible)
        .related(waiting, "it is waited for here");
}

/// Where the function lets the loop turn once for the last time, or waits for the end of a task: tasks that it has cancelled
/// before hear of it then.
fn last_way(function: Function<'_>) -> Option<u32> {
    let gives_way = |call: &Call<'_>| {
        call.positional(0).is_some_and(|it| it.text() == "0") && call.is("asyncio.sleep")
            || is_told_of_the_end(*call)
    };
    let ways = function.expressions().filter_map(Expr::as_call).filter(gives_way);
    ways.map(|call| call.span().start).last()
}

/// Whether the call waits for an event, which the task sets when it ends.
fn is_told_of_the_end(call: Call<'_>) -> bool {
    call.is("asyncio.Event.wait")
        && call.receiver().is_some_and(|event| {
            let name = event.text().to_lowercase();
            ["exit", "done", "stop", "end", "finish", "close"].iter().any(|it| name.contains(it))
        })
}

/// Whether the cancellation is a statement of a coroutine, which could wait for the task.
fn is_told(cancel: Call<'_>) -> bool {
    cancel.expr().is_dropped()
        && cancel.expr().context() == Context::Loop
        && cancel.expr().function().is_some_and(Function::is_async)
}

/// A call of this method of what is used.
fn method<'m>(used: Expr<'m>, name: &str) -> Option<Call<'m>> {
    used.method_call().filter(|call| call.method() == Some(name))
}

/// Whether somebody else may wait for what is used here: it is handed to something that does more than wait for it.
fn escapes(used: Expr<'_>) -> bool {
    match fate(used) {
        Fate::Awaited(_) | Fate::Tested | Fate::Compared | Fate::Formatted => false,
        Fate::Attribute(_) => method(used, "add_done_callback").is_some(),
        _ => !awaits_it(used),
    }
}

/// Whether the use comes after the cancellation and waits for the task, or asks it how it ended.
fn is_behind(used: Expr<'_>, cancel: Call<'_>) -> bool {
    let asks = ["done", "cancelled", "result", "exception", "get_coro"];
    let waits = awaits_it(used) || asks.iter().any(|name| method(used, name).is_some());
    waits && (used.span().start > cancel.span().end || is_repeated(used, cancel))
}

/// Whether a loop around both may lead from the cancellation to the use.
fn is_repeated(used: Expr<'_>, cancel: Call<'_>) -> bool {
    cancel.expr().stmt().ancestors().any(|stmt| {
        matches!(stmt.kind(), StmtKind::While { .. } | StmtKind::For { .. })
            && stmt.span().contains(used.span())
    })
}

/// Tasks in a container that a local name holds: `for task in tasks: task.cancel()`.
fn several<'m>(uses: &[Expr<'m>]) -> Option<Call<'m>> {
    let cancelled = uses.iter().rev().find_map(|used| cancelled_in_loop(*used));
    let cancel = cancelled.filter(|cancel| is_told(*cancel))?;
    let waits = |used: &Expr<'_>| {
        if cancelled_in_loop(*used).is_some() {
            return false;
        }
        match fate(*used) {
            Fate::Tested | Fate::Compared | Fate::Formatted => false,
            Fate::Attribute(_) => {
                !["append", "add", "extend"].iter().any(|name| method(*used, name).is_some())
            }
            _ => {
                !awaits_it(*used)
                    || used.span().start > cancel.span().end
                    || is_repeated(*used, cancel)
            }
        }
    };
    (!uses.iter().any(waits)).then_some(cancel)
}

/// The cancellation in a loop over the tasks that does nothing else with them.
fn cancelled_in_loop(used: Expr<'_>) -> Option<Call<'_>> {
    let stmt = used.stmt();
    let StmtKind::For { target, iter, body, .. } = stmt.kind() else { return None };
    if *iter != used.id() {
        return None;
    }
    let module = used.module();
    let uses = module.expr(*target).uses();
    let inside = |it: &Expr<'_>| stmt.span().contains(it.span());
    let cancel = uses.iter().filter(|it| inside(it)).find_map(|it| method(*it, "cancel"))?;
    let only = uses
        .iter()
        .all(|it| method(*it, "cancel").is_some() || method(*it, "done").is_some() || !inside(it));
    (only && body.len() == 1).then_some(cancel)
}

/// `self.task.cancel()` in a class no method of which waits for the task; also by the name of a loop over such attributes.
fn attributes<'m>(module: &Module<'m>) -> Vec<Call<'m>> {
    let mut found = Vec::new();
    for call in module.calls_in_focus() {
        let cancels = call.method() == Some("cancel") && is_told(call) && shuts_down(call);
        let Some(receiver) = call.receiver().filter(|_| cancels) else { continue };
        let held = match receiver.kind() {
            ExprKind::Attribute { .. } => vec![receiver],
            ExprKind::Name => listed_attributes(receiver),
            _ => continue,
        };
        if !held.is_empty() && held.into_iter().all(is_never_awaited) {
            found.push(call);
        }
    }
    found
}

/// The attributes in the display that the loop around goes through by this name: `for task in (self.a, self.b)`.
fn listed_attributes(name: Expr<'_>) -> Vec<Expr<'_>> {
    let module = name.module();
    let own = name.stmt().ancestors().filter(|it| it.function() == name.function());
    let display = own.into_iter().find_map(|stmt| match stmt.kind() {
        StmtKind::For { target, iter, .. } => {
            (module.expr(*target).as_name() == name.as_name()).then_some(module.expr(*iter))
        }
        _ => None,
    });
    let Some(display) = display else { return Vec::new() };
    match display.kind() {
        ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) => display.children(),
        _ => Vec::new(),
    }
}

/// Whether the attribute of `self` holds a task that the class makes and never waits for.
fn is_never_awaited(held: Expr<'_>) -> bool {
    let module = held.module();
    let ExprKind::Attribute { value, name } = held.kind() else { return false };
    let Some(class) = held.function().and_then(Function::outer_class) else { return false };
    if module.expr(*value).text() != "self" {
        return false;
    }
    let mut made = false;
    for expr in module.expressions() {
        let ExprKind::Attribute { value: of, name: it } = expr.kind() else { continue };
        if module.slice(*it) != module.slice(*name) {
            continue;
        }
        let waits = if expr.text() != held.text() {
            // Of another object: it may be this one, under another name.
            module.expr(*of).text() != "self"
        } else if !class.span().contains(expr.span()) || expr == held {
            continue;
        } else if let Some(value) = assigned(expr) {
            let task = is_new_task(value);
            made |= task;
            // It is started again.
            task && expr.function() == held.function()
        } else {
            waits_for(expr)
        };
        if waits {
            return false;
        }
    }
    made && !held.keeper().is_some_and(|it| it.reads_elsewhere().into_iter().any(awaits_it))
}

/// Whether somebody may wait for the task in the attribute, as far as this use tells.
fn waits_for(expr: Expr<'_>) -> bool {
    match fate(expr) {
        Fate::Tested | Fate::Compared | Fate::Formatted => false,
        Fate::Attribute(_) => method(expr, "add_done_callback").is_some(),
        _ => true,
    }
}

/// What is assigned to the attribute where it stands.
fn assigned(target: Expr<'_>) -> Option<Expr<'_>> {
    let value = match target.stmt().kind() {
        StmtKind::Assign { targets, value } if targets.contains(&target.id()) => *value,
        StmtKind::AnnAssign { target: it, value: Some(value), .. } if *it == target.id() => *value,
        _ => return None,
    };
    Some(target.module().expr(value))
}

fn is_new_task(value: Expr<'_>) -> bool {
    let call = value.as_call();
    call.is_some_and(|call| call.has(Tag::MakesTask) && !call.has(Tag::KeepsTask))
}

fn state(cancels: &[Call<'_>], report: &mut Report) {
    let [cancel, others @ ..] = cancels else { return };
    let what = cancel.receiver().map_or("the task".to_owned(), |it| advice::quoted(it, "the task"));
    let draft = report.finding(
            cancel.callee(),
            format!("`cancel` only asks {what} to end, and nobody waits until it has: its clean-up runs on behind this code, or never, and its exception is lost; await it afterwards with `asyncio.gather(…, return_exceptions=True)`"),
        );
    draft.confidence(Confidence::Likely);
    for other in others {
        draft.related(other.callee(), "and so is this one");
    }
}

/// `shield` of a coroutine, whose task nobody else holds.
fn shielded(call: Call<'_>, report: &mut Report) {
    let Some(given) = call.positional(0).and_then(Expr::as_call) else { return };
    let task = given.has(Tag::MakesTask) && !given.has(Tag::KeepsTask);
    // The outer future holds the task, and somebody holds that.
    let kept = call.expr().bound_to().iter().any(|target| target.as_name().is_none());
    if kept || call.expr().is_dead() || !(task || given.is_coroutine()) {
        return;
    }
    let draft = report.finding(
            call.callee(),
            format!("When this is cancelled, the shielded task of `{}` runs on and nothing keeps it: it may be collected half-way, and its exception is lost; make the task first, keep it, and shield that", advice::name_of(given)),
        );
    // A time limit cancels as a matter of course; what else does is the program's end, or a peer that has gone away, and then
    // the task goes on with what it works on.
    let bound = call.expr().is_time_bound();
    draft.confidence(if bound { Confidence::Likely } else { Confidence::Possible });
    // Where something ends anyway, little is left that could collect the task.
    if shuts_down(call) || call.expr().stmt().ancestors().any(|it| ends_with(it, call)) {
        draft.severity(Severity::Low);
    }
}

/// Whether the call stands in the statement's `finally` or in one of its handlers.
fn ends_with(stmt: Stmt<'_>, call: Call<'_>) -> bool {
    let StmtKind::Try { handlers, finally, .. } = stmt.kind() else { return false };
    let within = |id: &StmtId| stmt.module().stmt(*id).span().contains(call.span());
    finally.iter().flatten().any(within) || handlers.iter().flat_map(|it| &it.body).any(within)
}
