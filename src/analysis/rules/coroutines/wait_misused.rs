use super::unnamed_task::task_name;
use crate::analysis::rules::advice;
use crate::analysis::rules::concurrency::pools::is_entry;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{Clause, ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Stmt, Tag, TextEdit, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW211",
    name: "wait-misused",
    item: Some(Item(19)),
    also: &[Item(23)],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("wait_misused.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus().filter(|call| call.is("asyncio.wait")) {
        if call.expr().is_dead() {
            continue;
        }
        let bare = given_coroutine(call);
        if let Some(coroutine) = bare {
            coroutines(call, coroutine, report);
        } else if leaves_some(call) && forgets_pending(call) && !ends_the_program(call) {
            forgotten(call, report);
        } else {
            report.satisfied(call.callee());
        }
    }
    for stmt in module.statements_in_focus().filter(|stmt| stmt.context() == Context::Loop) {
        polled(stmt, report);
    }
}

/// A coroutine among what is waited for, which has to be tasks.
fn given_coroutine(call: Call<'_>) -> Option<Expr<'_>> {
    let given = call.argument(0, "fs")?;
    let module = given.module();
    let display = if given.as_name().is_some() {
        let function = given.function()?;
        let binds = |expr: &Expr<'_>| {
            matches!(
                expr.kind(),
                ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Comprehension { .. }
            ) && expr.bound_to().iter().any(|target| target.uses().contains(&given))
        };
        function.expressions().find(binds)?
    } else {
        given
    };
    let items = match display.kind() {
        ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => parts,
        ExprKind::Comprehension { elements, .. } => elements,
        _ => return None,
    };
    items.iter().map(|id| module.expr(*id)).find(|it| it.as_call().is_some_and(Call::is_coroutine))
}

fn coroutines(call: Call<'_>, coroutine: Expr<'_>, report: &mut Report) {
    let what = advice::quoted(coroutine, "a coroutine");
    let draft = report.finding(
        call.callee(),
        format!("`asyncio.wait` takes tasks, and {what} is a coroutine: Python 3.11 raises `TypeError`, and before that the tasks in its result were not what was given; make tasks with `asyncio.create_task`"),
    );
    draft.severity(Severity::High).confidence(Confidence::Certain);
    if !call.span().contains(coroutine.span()) {
        draft.related(coroutine, "the coroutine is made here");
    }
    if coroutine.function().is_some_and(Function::is_async) && only_item(coroutine) {
        let (name, mut edits) = coroutine.module().reference(coroutine, "asyncio.create_task");
        edits.push(TextEdit::before(coroutine, format!("{name}(")));
        let named = coroutine.as_call().and_then(task_name);
        let named = named.map(|it| format!(", name=\"{it}\"")).unwrap_or_default();
        edits.push(TextEdit::after(coroutine, format!("{named})")));
        draft.fix("Make a task of it", edits);
    }
}

/// Whether making a task of this one item is enough.
fn only_item(coroutine: Expr<'_>) -> bool {
    coroutine.parent_expr().is_some_and(|outer| match outer.kind() {
        ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => parts.len() == 1,
        ExprKind::Comprehension { .. } => true,
        _ => false,
    })
}

/// Whether some may not be done when it returns: it has a time-out, or returns at the first.
pub(super) fn leaves_some(call: Call<'_>) -> bool {
    let given = |it: Expr<'_>| !matches!(it.kind(), ExprKind::None);
    call.keyword("timeout").is_some_and(given)
        || call
            .keyword("return_when")
            .is_some_and(|it| !it.is("asyncio.ALL_COMPLETED") && it.text().contains("FIRST"))
}

/// Whether the program ends behind it, and what is left is cancelled and awaited with the loop.
fn ends_the_program(call: Call<'_>) -> bool {
    call.expr().function().is_some_and(|function| {
        let behind = |it: Expr<'_>| {
            matches!(it.kind(), ExprKind::Await(_)) && it.span().start > call.span().end
        };
        is_entry(function) && !function.expressions().any(behind)
    })
}

/// Whether nobody looks after those that are not done: the second part of the result is not used, and the tasks, which
/// were made here, are neither.
fn forgets_pending(call: Call<'_>) -> bool {
    let Fate::Awaited(awaited) = fate(call.expr()) else { return false };
    let module = awaited.module();
    let ignored = match fate(awaited) {
        Fate::Dropped => true,
        Fate::Bound(stmt) => match stmt.kind() {
            StmtKind::Assign { targets, .. } => targets.iter().all(|id| {
                let ExprKind::Tuple(parts) = module.expr(*id).kind() else { return false };
                parts.last().is_some_and(|last| {
                    let last = module.expr(*last);
                    last.as_name().is_some() && last.uses().is_empty()
                })
            }),
            _ => false,
        },
        // `(await asyncio.wait(…))[0]`
        Fate::Used => true,
        _ => false,
    };
    ignored && !awaited.in_loop() && (made_here(call) || has_nameless(call))
}

/// Whether one of the tasks is made where it is given, so that nobody can name it afterwards.
fn has_nameless(call: Call<'_>) -> bool {
    let Some(given) = call.argument(0, "fs") else { return false };
    let (ExprKind::List(parts) | ExprKind::Set(parts) | ExprKind::Tuple(parts)) = given.kind()
    else {
        return false;
    };
    let made = |it: Call<'_>| {
        it.has(Tag::MakesTask)
            || it
                .method()
                .is_some_and(|name| name.contains("create_task") || name == "ensure_future")
    };
    parts.iter().filter_map(|id| given.module().expr(*id).as_call()).any(made)
}

/// Whether the tasks are made here and nothing deals with them after the call.
pub(super) fn made_here(call: Call<'_>) -> bool {
    let Some(given) = call.argument(0, "fs") else { return false };
    let module = given.module();
    let function = given.function();
    let behind = |it: &Expr<'_>| it.span().start > call.span().end;
    let names: Vec<Expr<'_>> = match given.kind() {
        ExprKind::Name => std::iter::once(given).chain(listed(given)).collect(),
        ExprKind::List(parts) | ExprKind::Set(parts) | ExprKind::Tuple(parts) => {
            let parts: Vec<Expr<'_>> = parts.iter().map(|id| module.expr(*id)).collect();
            // What is wrapped goes on by itself.
            let wrapped =
                |it: &Expr<'_>| it.as_call().is_some_and(|it| it.is("asyncio.wrap_future"));
            let other = |it: &Expr<'_>| it.as_name().is_none() && it.as_call().is_none();
            if parts.iter().any(|it| other(it) || wrapped(it)) {
                return false;
            }
            parts.into_iter().filter(|it| it.as_name().is_some()).collect()
        }
        ExprKind::Comprehension { .. } => Vec::new(),
        _ => return false,
    };
    let parameter = |name: &str| {
        function.is_none_or(|function| {
            function.node().params.iter().any(|param| module.slice(param.name) == name)
        })
    };
    names.iter().all(|name| {
        let text = name.text();
        !parameter(text)
            && !is_kept(*name)
            && !is_chosen(*name)
            && !is_taken_over(*name)
            && module.expressions().all(|it| {
                it.function() != function
                    || it.as_name() != Some(text)
                    || !behind(&it)
                    || it.is_store()
            })
    })
}

/// Whether the name is bound to some of the tasks that somebody else keeps: `[task for task in self.tasks if not task.done()]`.
fn is_chosen(name: Expr<'_>) -> bool {
    let own = name.function().into_iter().flat_map(Function::expressions);
    own.filter(|it| it.bound_to().iter().any(|target| target.uses().contains(&name))).any(|it| {
        let ExprKind::Comprehension { elements, clauses, .. } = it.kind() else { return false };
        let item = elements.first().and_then(|id| it.module().expr(*id).as_name());
        clauses.iter().any(|clause| match clause {
            Clause::For { target, iter, .. } => {
                let kept = it.module().expr(*iter).keeper().is_some();
                kept && item.is_some() && it.module().expr(*target).as_name() == item
            }
            Clause::If(_) => false,
        })
    })
}

/// Whether the name is bound to a task that somebody else has made: `self.running.pop(key)`, `tasks.get(name)`.
fn is_taken_over(name: Expr<'_>) -> bool {
    let own = name.function().into_iter().flat_map(Function::expressions);
    let mut bound =
        own.filter(|it| it.bound_to().iter().any(|target| target.uses().contains(&name)));
    bound.any(|it| it.as_call().is_some_and(|call| matches!(call.method(), Some("pop" | "get"))))
}

/// The names in the list or set that the name was bound to.
fn listed<'m>(name: Expr<'m>) -> Vec<Expr<'m>> {
    let own = name.function().into_iter().flat_map(Function::expressions);
    let displays = |it: &Expr<'_>| matches!(it.kind(), ExprKind::List(_) | ExprKind::Set(_));
    let sides = |it: Expr<'m>| match it.kind() {
        ExprKind::Conditional { .. } => it.children(),
        _ => vec![it],
    };
    let bound = own.filter(|it| it.bound_to().iter().any(|target| target.uses().contains(&name)));
    let displays = bound.flat_map(sides).filter(displays);
    displays.flat_map(Expr::children).filter(|it| it.as_name().is_some()).collect()
}

/// Whether what the name is bound to is kept elsewhere, too: `self.task = task = create_task(…)`, `tasks.add(task)`.
fn is_kept(name: Expr<'_>) -> bool {
    let module = name.module();
    let put = |it: Expr<'_>| match fate(it) {
        Fate::Argument(call) => matches!(call.method(), Some("add" | "append")),
        _ => false,
    };
    let same = |it: &Expr<'_>| {
        it.function() == name.function() && it.as_name() == name.as_name() && !it.is_store()
    };
    if module.expressions().filter(same).any(put) {
        return true;
    }
    let own = name.function().into_iter().flat_map(Function::expressions);
    own.filter_map(Expr::as_call).any(|call| {
        let targets = call.expr().bound_to();
        let bound =
            targets.iter().any(|it| it.as_name() == name.as_name() && it.uses().contains(&name));
        bound && targets.iter().any(|it| it.as_name().is_none())
    })
}

fn forgotten(call: Call<'_>, report: &mut Report) {
    let groups = report.target() >= PythonVersion(3, 11);
    let advice = if groups {
        "cancel and await them, or use `asyncio.timeout`, which does"
    } else {
        "cancel and await them, or use `asyncio.wait_for`, which does"
    };
    report
        .finding(
            call.callee(),
            format!("`asyncio.wait` neither raises nor cancels: the tasks that are not done when it returns run on, and nobody looks at them; {advice}"),
        )
        .confidence(Confidence::Likely);
}

/// `while not task.done(): await asyncio.sleep(…)`.
fn polled(stmt: Stmt<'_>, report: &mut Report) {
    let StmtKind::While { test, body, .. } = stmt.kind() else { return };
    let module = stmt.module();
    let [only] = body[..] else { return };
    let sleeps = match module.stmt(only).kind() {
        StmtKind::Expr(id) => match module.expr(*id).kind() {
            ExprKind::Await(inner) => {
                module.expr(*inner).as_call().is_some_and(|call| call.is("asyncio.sleep"))
            }
            _ => false,
        },
        _ => false,
    };
    if !sleeps {
        return;
    }
    let ExprKind::Not(inner) = module.expr(*test).kind() else { return };
    let Some(call) = module.expr(*inner).as_call() else { return };
    let Some(task) =
        call.receiver().filter(|_| call.method() == Some("done") && call.args().is_empty())
    else {
        return;
    };
    let known = task.values().iter().all(|value| matches!(value, Value::Awaitable(_)))
        || task.is_instance("asyncio.Future");
    let named = ["task", "fut"].iter().any(|word| task.text().to_lowercase().contains(word));
    let threads = task.is_instance("concurrent.futures.Future");
    if threads || !(known || named) {
        return;
    }
    let confidence = if known { Confidence::Certain } else { Confidence::Likely };
    let name = advice::quoted(task, "the task");
    report
        .finding(
            call.callee(),
            format!("Asking {name} again and again wakes the loop for nothing and notices the end late; await it, or `asyncio.wait` for it with a `timeout`"),
        )
        .confidence(confidence);
}
