use super::entry::shuts_down;
use crate::analysis::rules::advice;
use crate::analysis::rules::concurrency::pools::is_entry;
use crate::analysis::rules::coroutines::tasks::awaits_it;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ExprKind, StmtKind};
use crate::python::kept::Keeper;
use crate::python::{Call, Expr, Function, Module, Stmt, Tag, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW406",
    name: "cancelled-tasks-not-gathered",
    item: Some(Item(36)),
    also: &[Item(23)],
    severity: Severity::Medium,
    category: Category::Cancellation,
    page: include_str!("cancelled_tasks_not_gathered.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.method() != Some("cancel") || call.expr().is_dead() {
            continue;
        }
        let Some(around) = turn(call) else { continue };
        let Some(source) = source(around.iter, 0) else { continue };
        let Some(function) = call.expr().function() else { continue };
        let told = match source.of {
            Of::All => stops_the_loop(function, around.stmt),
            Of::Kept(keeper) => {
                function.is_async()
                    && shuts_down(call)
                    && holds_tasks(keeper)
                    && !is_entry(function)
            }
        };
        if !told {
            continue;
        }
        if is_waited_for(&source, around.stmt, function) {
            report.satisfied(call.callee());
        } else {
            state(call, around, &source, function, report);
        }
    }
}

/// A loop, or a comprehension, that cancels one task after the other.
#[derive(Clone, Copy)]
struct Turn<'m> {
    /// The statement.
    stmt: Stmt<'m>,
    /// What it goes through.
    iter: Expr<'m>,
    /// Whether the cancellation is all that it does.
    only: bool,
}

fn turn(cancel: Call<'_>) -> Option<Turn<'_>> {
    let module = cancel.module();
    let receiver = cancel.receiver()?;
    let name = receiver.as_name()?;
    for outer in cancel.expr().ancestors() {
        let ExprKind::Comprehension { clauses, .. } = outer.kind() else { continue };
        let [Clause::For { iter, .. }, ..] = clauses[..] else { return None };
        let dropped = outer.is_dropped();
        return dropped.then(|| Turn { stmt: outer.stmt(), iter: module.expr(iter), only: true });
    }
    let own = cancel.expr().stmt().ancestors();
    let own = own.take_while(|it| it.function() == cancel.expr().function());
    for stmt in own {
        let StmtKind::For { target, iter, body, .. } = stmt.kind() else { continue };
        let target = module.expr(*target);
        let binds = target.as_name() == Some(name)
            || target.children().iter().any(|it| it.as_name() == Some(name));
        if binds {
            return Some(Turn { stmt, iter: module.expr(*iter), only: body.len() == 1 });
        }
    }
    None
}

/// Where tasks come from that are cancelled.
struct Source<'m> {
    of: Of<'m>,
    /// How the function writes what holds them.
    texts: Vec<&'m str>,
}

#[derive(Clone, Copy)]
enum Of<'m> {
    /// `asyncio.all_tasks()`.
    All,
    /// What is kept beyond the function.
    Kept(Keeper<'m>),
}

fn source(iter: Expr<'_>, depth: u32) -> Option<Source<'_>> {
    if depth > 6 {
        return None;
    }
    if let Some(keeper) = iter.keeper() {
        return Some(Source { of: Of::Kept(keeper), texts: vec![iter.text()] });
    }
    match iter.kind() {
        ExprKind::Name => {
            let own = iter.function()?.expressions();
            let mut bound =
                own.filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&iter)));
            let mut found = source(bound.next()?, depth + 1)?;
            found.texts.push(iter.text());
            bound.next().is_none().then_some(found)
        }
        ExprKind::Comprehension { clauses, .. } => match clauses.first()? {
            Clause::For { iter: inner, .. } => source(iter.module().expr(*inner), depth + 1),
            Clause::If(_) => None,
        },
        ExprKind::Call { .. } => {
            let call = iter.as_call()?;
            if call.is_any(&["asyncio.all_tasks", "asyncio.Task.all_tasks"]) {
                return Some(Source { of: Of::All, texts: vec!["all_tasks("] });
            }
            let copies = ["builtins.list", "builtins.tuple", "builtins.set", "builtins.reversed"];
            if call.is_any(&copies) {
                return source(call.positional(0)?, depth + 1);
            }
            let parts = matches!(call.method(), Some("values" | "items" | "copy"));
            source(call.receiver().filter(|_| parts)?, depth + 1)
        }
        // All but the current one: `asyncio.all_tasks() - {asyncio.current_task()}`.
        ExprKind::Binary(parts) => source(iter.module().expr(*parts.first()?), depth + 1),
        _ => None,
    }
}

/// Whether one of the files that deal with it puts tasks of its own making there.
fn holds_tasks(keeper: Keeper<'_>) -> bool {
    keeper.files().into_iter().any(|module| puts_tasks(module, keeper))
}

fn puts_tasks<'m>(module: Module<'m>, keeper: Keeper<'m>) -> bool {
    let made = |expr: Expr<'_>| {
        expr.as_call().is_some_and(|it| it.has(Tag::MakesTask) && !it.has(Tag::KeepsTask))
    };
    let is_it = |expr: Expr<'m>| keeper.is_named_by(expr);
    let bound_task = |expr: Expr<'_>| {
        made(expr)
            || expr.as_name().is_some_and(|_| {
                let own = expr.function().into_iter().flat_map(Function::expressions);
                own.into_iter().any(|it| {
                    made(it)
                        && it.bound_to().into_iter().map(Expr::uses).any(|uses| {
                            // Who makes it and waits for it is told of its end.
                            uses.contains(&expr) && !uses.iter().any(|used| awaits_it(*used))
                        })
                })
            })
    };
    module.expressions().any(|expr| {
        if let Some(add) = expr.as_call() {
            let adds = matches!(add.method(), Some("add" | "append"));
            return adds
                && add.receiver().is_some_and(is_it)
                && add.positional(0).is_some_and(bound_task);
        }
        match expr.stmt().kind() {
            StmtKind::Assign { targets, value } if targets.contains(&expr.id()) => {
                let same = match expr.kind() {
                    ExprKind::Subscript { value, .. } => is_it(module.expr(*value)),
                    _ => is_it(expr),
                };
                let value = module.expr(*value);
                same && (bound_task(value) || value.children().into_iter().any(made))
            }
            _ => false,
        }
    })
}

/// Whether the function stops or closes the loop behind the statement.
fn stops_the_loop(function: Function<'_>, stmt: Stmt<'_>) -> bool {
    let stops = [
        "asyncio.AbstractEventLoop.stop",
        "asyncio.AbstractEventLoop.close",
        "sys.exit",
        "os._exit",
    ];
    let mut calls = function.expressions().filter_map(Expr::as_call);
    calls.any(|call| call.span().start > stmt.span().start && call.is_any(&stops))
}

/// Whether the function, or for a kept container anything else of its class, waits for the tasks.
fn is_waited_for(source: &Source<'_>, cancelling: Stmt<'_>, function: Function<'_>) -> bool {
    let waits = |read: Expr<'_>| awaits_it(read) || is_awaited_in_turn(read);
    if let Of::Kept(keeper) = source.of
        && (keeper.reads().into_iter().any(waits) || waited_for_elsewhere(keeper, waits))
    {
        return true;
    }
    let kept_elsewhere = |it: Expr<'_>| {
        it.as_call().is_some_and(|call| matches!(call.method(), Some("add" | "append")))
    };
    if cancelling
        .expressions()
        .any(|it| matches!(it.kind(), ExprKind::Await(_)) || kept_elsewhere(it))
    {
        return true;
    }
    let mentions = |text: &str| source.texts.iter().any(|it| text.contains(it));
    let own = function.expressions().filter(|it| it.span().start >= cancelling.span().end);
    own.into_iter().any(|expr| match expr.kind() {
        // Whatever it waits for gives the tasks time to end, unless it has a name of its own.
        ExprKind::Await(inner) => {
            let inner = function.module().expr(*inner);
            let called = inner.as_call().and_then(Call::function);
            mentions(expr.text())
                || is_awaited_in_turn_of(expr, &source.texts)
                || inner.as_call().is_some_and(is_named_for_the_end)
                || inner.as_call().is_some_and(|it| {
                    it.has(Tag::Gathers) || it.is("asyncio.wait") || it.is("asyncio.sleep")
                })
                || called.is_some_and(|it| mentions(it.text()))
        }
        ExprKind::Call { .. } => expr.as_call().is_some_and(|call| {
            call.has(Tag::RunsLoop)
                || call.has(Tag::Gathers)
                || call.method() == Some("add_done_callback")
        }),
        _ => false,
    })
}

/// `await self.wait()`, `await self.join()`: of the object itself.
fn is_named_for_the_end(call: Call<'_>) -> bool {
    let own = call.receiver().is_some_and(|it| it.as_name() == Some("self"));
    own && call.method().is_some_and(|name| {
        name.split('_').any(|word| matches!(word, "wait" | "join" | "drain" | "finished"))
    })
}

/// Whether another file waits for what a variable of a module keeps.
fn waited_for_elsewhere<'m>(keeper: Keeper<'m>, waits: impl Fn(Expr<'m>) -> bool) -> bool {
    let own = keeper.target().module();
    let others = keeper.files().into_iter().filter(|it| *it != own && keeper.class().is_none());
    others
        .flat_map(Module::expressions)
        .any(|it| keeper.is_named_by(it) && !it.is_store() && waits(it))
}

/// Whether a loop goes through what is read here and waits in each turn.
fn is_awaited_in_turn(read: Expr<'_>) -> bool {
    let stmt = read.stmt();
    matches!(stmt.kind(), StmtKind::For { .. })
        && stmt.expressions().any(|it| matches!(it.kind(), ExprKind::Await(_)))
}

fn is_awaited_in_turn_of(awaited: Expr<'_>, texts: &[&str]) -> bool {
    awaited.stmt().ancestors().any(|stmt| match stmt.kind() {
        StmtKind::For { iter, .. } => {
            let iter = stmt.module().expr(*iter).text();
            texts.iter().any(|it| iter.contains(it))
        }
        _ => false,
    })
}

fn state(
    cancel: Call<'_>,
    turn: Turn<'_>,
    source: &Source<'_>,
    function: Function<'_>,
    report: &mut Report,
) {
    let tasks = advice::quoted(turn.iter, "the tasks");
    let name = function.name();
    let message = match source.of {
        Of::All => format!(
            "`{name}` stops the loop before the tasks it cancels have ended: their `finally` blocks never run (\"Task was destroyed but it is pending!\"); wait for them first with `asyncio.gather(…, return_exceptions=True)`"
        ),
        Of::Kept(_) => format!(
            "`cancel` only asks: `{name}` goes on before the tasks in {tasks} have ended, so their clean-up runs behind the shutdown, or never, and their errors are lost; `await asyncio.gather(*{}, return_exceptions=True)` behind the loop",
            short(turn.iter)
        ),
    };
    let draft = report.finding(cancel.callee(), message);
    draft.confidence(Confidence::Likely);
    let plain = matches!(turn.iter.kind(), ExprKind::Name | ExprKind::Attribute { .. })
        || turn.iter.as_call().is_some_and(|it| it.method() == Some("values"));
    if turn.only && plain && function.is_async() && matches!(source.of, Of::Kept(_)) {
        let module = cancel.module();
        let lines = module.lines();
        let start = turn.stmt.span().start;
        let begin = lines.start(lines.line(start));
        let indent = module.text().get(begin as usize..start as usize).unwrap_or_default();
        if indent.trim().is_empty() {
            let (gather, mut edits) = module.reference(cancel.expr(), "asyncio.gather");
            let line =
                format!("\n{indent}await {gather}(*{}, return_exceptions=True)", turn.iter.text());
            edits.push(TextEdit::after(turn.stmt, line));
            draft.fix("Wait for the cancelled tasks", edits);
        }
    }
}

fn short(iter: Expr<'_>) -> &str {
    let text = iter.text();
    if text.len() <= 40 && !text.contains(['\n', '`']) { text } else { "tasks" }
}
