use super::ensure_future_for_coroutine::is_coroutine;
use super::tasks::container;
use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::analysis::rules::layout::indent;
use crate::analysis::rules::shutdown::entry::only_yield;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Runner, Stmt, Tag, TextEdit, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW206",
    name: "dangling-task",
    item: Some(Item(14)),
    also: &[Item(58)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("dangling_task.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        let Some(confidence) = makes_task(call) else { continue };
        match loss(call) {
            Some(_) if is_done_at_once(call) => {}
            Some(loss) => state(call, loss, confidence, report),
            None => report.satisfied(call.callee()),
        }
    }
}

/// How sure it is that the call makes a task that only its result refers to.
fn makes_task(call: Call<'_>) -> Option<Confidence> {
    if call.has(Tag::MakesTask) && !call.has(Tag::KeepsTask) {
        return match may_be_a_task_already(call) {
            false => Some(Confidence::Certain),
            true => is_made_for_it(call).then_some(Confidence::Possible),
        };
    }
    if call.function().is_some_and(gives_its_task) {
        return Some(Confidence::Likely);
    }
    // What an attribute named `loop` offers as `create_task` is an event loop's, whoever owns it.
    let receiver = call.receiver().filter(|_| call.method() == Some("create_task"))?;
    let ExprKind::Attribute { name, .. } = receiver.kind() else { return None };
    let unknown = receiver.values().iter().all(|value| *value == Value::Unknown);
    let named = matches!(call.expr().module().slice(*name), "loop" | "_loop" | "event_loop");
    (unknown && named).then_some(Confidence::Likely)
}

/// Whether the function makes a task, keeps it nowhere and gives it back: who calls it has to keep it.
fn gives_its_task(function: Function<'_>) -> bool {
    let node = function.node();
    if node.is_async || node.is_generator || !function.leaves_function() {
        return false;
    }
    let makes = |it: Expr<'_>| {
        let call = it.as_call();
        call.is_some_and(|call| call.has(Tag::MakesTask) && !call.has(Tag::KeepsTask))
    };
    let only_returned = |it: Expr<'_>| {
        let bound = |made: &Expr<'_>| {
            makes(*made) && made.bound_to().iter().any(|name| name.uses().contains(&it))
        };
        let Some(made) = function.expressions().find(bound) else { return false };
        let [name] = made.bound_to()[..] else { return false };
        name.as_name().is_some()
            && !outlives_its_function(name)
            && name.uses().iter().all(|used| *used == it || is_configured(*used))
    };
    let mut returned = function.returned_expressions().peekable();
    returned.peek().is_some() && returned.all(|it| makes(it) || only_returned(it))
}

/// `ensure_future` gives a task that is handed to it back: somebody may keep that.
fn may_be_a_task_already(call: Call<'_>) -> bool {
    let given = call.positional(0).filter(|_| call.is("asyncio.ensure_future"));
    given.is_some_and(|given| given.as_call().is_none() && !is_coroutine(given))
}

/// Whether the argument is a local name of what a call gives, and used for nothing else: if that is a coroutine, its task is lost.
fn is_made_for_it(call: Call<'_>) -> bool {
    let Some(given) = call.positional(0).filter(|it| it.as_name().is_some()) else { return false };
    let own = given.function().into_iter().flat_map(Function::expressions);
    let mut made = own.filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&given)));
    let (Some(only), None) = (made.next(), made.next()) else { return false };
    let unknown =
        || only.as_call().is_some_and(|it| it.fact().is_none() && it.function().is_none());
    only.as_call().is_some_and(|it| !it.has(Tag::MakesTask))
        && unknown()
        && only.bound_to().iter().all(|to| to.uses().len() == 1)
}

/// How the task is lost.
#[derive(Clone, Copy)]
enum Loss<'m> {
    /// Nobody takes it.
    Dropped,
    /// Only this name refers to it, which dies with the function.
    Name(&'m str),
    /// Only a list or set with this name refers to it, which dies with the function and which nobody reads.
    Container(&'m str),
}

fn loss(call: Call<'_>) -> Option<Loss<'_>> {
    match fate(call.expr()) {
        Fate::Dropped | Fate::Tested => Some(Loss::Dropped),
        Fate::Attribute(attribute) => configures(attribute)
            .filter(|outer| matches!(fate(outer.expr()), Fate::Dropped))
            .map(|_| Loss::Dropped),
        Fate::Lambda(lambda) => is_callback(lambda).then_some(Loss::Dropped),
        Fate::Bound(_) => bound(call),
        Fate::Stored => container(call.expr()).and_then(forgotten),
        Fate::Argument(add) => added_to(add).and_then(|list| binding(list)).and_then(forgotten),
        _ => None,
    }
}

/// The local name of a list or set that is made here and never read but to add to it. While the function waits for something
/// else, the list holds the tasks.
fn forgotten(display: Expr<'_>) -> Option<Loss<'_>> {
    let [name] = display.bound_to()[..] else { return None };
    let text = name.as_name().filter(|_| !outlives_its_function(name))?;
    let waits = |it: Expr<'_>| {
        matches!(it.kind(), ExprKind::Await(_)) && it.span().start > display.span().start
    };
    if name.function()?.expressions().any(waits) {
        return None;
    }
    name.uses().into_iter().all(|used| added_to_by(used).is_some()).then_some(Loss::Container(text))
}

/// The list or set that the call adds something to.
fn added_to(call: Call<'_>) -> Option<Expr<'_>> {
    let adds = matches!(call.method(), Some("append" | "add"));
    call.receiver().filter(|it| adds && it.as_name().is_some())
}

/// The call that adds something to what is used here.
fn added_to_by(used: Expr<'_>) -> Option<Call<'_>> {
    let call = used.parent_expr()?.parent_expr()?.as_call()?;
    (added_to(call) == Some(used) && call.expr().is_dropped()).then_some(call)
}

/// The display that the name was bound to in its function, if that is all that it was bound to.
fn binding(name: Expr<'_>) -> Option<Expr<'_>> {
    let own = name.function()?.expressions();
    let mut bound = own.filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&name)));
    let display = bound.next()?;
    let empty = match display.kind() {
        ExprKind::List(_) => true,
        ExprKind::Call { .. } => {
            display.as_call().is_some_and(|it| it.is_any(&["builtins.set", "builtins.list"]))
        }
        _ => false,
    };
    (empty && bound.next().is_none()).then_some(display)
}

fn bound(call: Call<'_>) -> Option<Loss<'_>> {
    let targets = call.expr().bound_to();
    let mut lost = None;
    for target in &targets {
        let name = target.as_name()?;
        if outlives_its_function(*target) {
            return None;
        }
        if !target.uses().iter().all(|used| is_configured(*used)) {
            return None;
        }
        lost = Some(Loss::Name(name));
    }
    lost.filter(|_| !runs_the_loop_after(call) && !is_held_over_a_yield(call))
}

/// Whether the function is a lifespan or another context manager that yields behind the call: its names live for as long as
/// what it is the context of.
fn is_held_over_a_yield(call: Call<'_>) -> bool {
    let only = call.expr().function().and_then(only_yield);
    only.is_some_and(|it| it.span().start > call.span().end)
}

/// Whether the function runs the loop itself behind the call: its names live for as long.
fn runs_the_loop_after(call: Call<'_>) -> bool {
    let own = call.expr().function().into_iter().flat_map(Function::expressions);
    own.filter_map(Expr::as_call).any(|other| {
        other.span().start > call.span().end
            && (other.has(Tag::RunsLoop)
                || matches!(other.method(), Some("run_forever" | "run_until_complete")))
    })
}

/// Whether the task only puts something into a queue without a bound, as far as the file says: it is done in one step, and
/// nothing in it can fail.
fn is_done_at_once(call: Call<'_>) -> bool {
    let Some(put) = call.positional(0).and_then(Expr::as_call) else { return false };
    let Some(queue) = put.receiver().filter(|_| put.method() == Some("put")) else { return false };
    let mut made = call.module().calls().filter(|made| {
        made.is("asyncio.Queue")
            && made.expr().bound_to().iter().any(|it| is_called_alike(*it, queue))
    });
    made.next().is_some_and(|first| [first].into_iter().chain(made).all(|it| it.args().is_empty()))
}

/// Whether both are called the same where they stand: `queue` and `self.queue`.
fn is_called_alike(one: Expr<'_>, other: Expr<'_>) -> bool {
    one.text() == other.text()
        || !one.last_name().is_empty() && one.last_name() == other.last_name()
}

/// Whether the use does something to the task and keeps no hold of it.
fn is_configured(used: Expr<'_>) -> bool {
    matches!(fate(used), Fate::Attribute(attribute) if configures(attribute).is_some())
}

/// A call of a method that does something to the task and keeps no hold of it.
fn configures(attribute: Expr<'_>) -> Option<Call<'_>> {
    let call = attribute.parent_expr()?.as_call().filter(|call| call.callee() == attribute)?;
    matches!(call.method(), Some("add_done_callback" | "set_name" | "remove_done_callback"))
        .then_some(call)
}

/// Whether something is called when the task is done.
fn is_watched(call: Call<'_>) -> bool {
    let watches = |used: Expr<'_>| match fate(used) {
        Fate::Attribute(attribute) => {
            configures(attribute).is_some_and(|it| it.method() == Some("add_done_callback"))
        }
        _ => false,
    };
    // `add_done_callback(tasks.discard)` looks at nothing.
    let looks = |it: Call<'_>| {
        it.method() == Some("add_done_callback")
            && it.positional(0).is_none_or(|given| given.last_name() != "discard")
    };
    let made_by = call.function();
    let by_its_maker =
        made_by.is_some_and(|it| it.expressions().filter_map(Expr::as_call).any(looks));
    by_its_maker
        || watches(call.expr())
        || call.expr().bound_to().iter().any(|target| target.uses().into_iter().any(watches))
}

/// Whether the lambda is given to something that drops what it returns.
fn is_callback(lambda: Function<'_>) -> bool {
    let Some(expr) = lambda.node().expr.map(|id| lambda.module().expr(id)) else { return false };
    let Some(call) = expr.parent_expr().and_then(Expr::as_call) else { return false };
    call.fact().is_some_and(|fact| fact.hands.iter().any(|hand| hand.to == Runner::Loop))
}

fn state(call: Call<'_>, loss: Loss<'_>, confidence: Confidence, report: &mut Report) {
    let runs =
        call.positional(0).map(|given| advice::quoted(given, "")).filter(|it| !it.is_empty());
    let task = match runs.filter(|_| call.function().is_none()) {
        Some(what) => format!("the task that runs {what}"),
        None => format!("the task that `{}` makes", advice::name_of(call)),
    };
    let how = match loss {
        Loss::Dropped => format!("Nothing keeps {task}"),
        Loss::Name("_") => {
            format!("Only `_` keeps {task}, and that is gone when the function returns")
        }
        Loss::Container(name) => format!(
            "Only the local `{name}`, which nobody reads, keeps {task}, and that is gone when the function returns"
        ),
        Loss::Name(name) => format!(
            "Only the local `{name}` keeps {task}, and that is gone when the function returns"
        ),
    };
    let rest = match (is_watched(call), report.target() >= PythonVersion(3, 11)) {
        (true, _) => {
            "and then its done-callback never runs; keep it in a set until that callback takes it out"
        }
        (false, true) => {
            "and its exception is never seen; await it, start it in an `asyncio.TaskGroup`, or keep it in a set until it is done"
        }
        (false, false) => {
            "and its exception is never seen; await it, or keep it in a set until it is done"
        }
    };
    let message = format!("{how}: it may be collected before it is finished, {rest}");
    let draft = report.finding(call.callee(), message);
    draft.confidence(confidence);
    if let Some((title, edits)) = repair(call) {
        draft.fix(title, edits);
    }
}

fn repair(call: Call<'_>) -> Option<(String, Vec<TextEdit>)> {
    in_the_group(call).or_else(|| in_the_set(call)).or_else(|| in_a_new_set(call))
}

/// Starts the task in the `TaskGroup` whose body the call stands in.
fn in_the_group(call: Call<'_>) -> Option<(String, Vec<TextEdit>)> {
    let module = call.expr().module();
    let function = call.expr().function()?;
    if call.args().iter().any(|arg| !matches!(arg.keyword, None | Some("name" | "context"))) {
        return None;
    }
    let group =
        call.expr().stmt().ancestors().filter(|stmt| stmt.function() == Some(function)).find_map(
            |stmt| {
                let StmtKind::With { is_async: true, items, .. } = stmt.kind() else { return None };
                items.iter().find_map(|item| {
                    let made = module.expr(item.context).as_call()?;
                    made.is("asyncio.TaskGroup").then_some(module.expr(item.target?))?.as_name()
                })
            },
        )?;
    let title = format!("Start it in the task group `{group}`");
    Some((title, vec![TextEdit::replace(call.callee(), format!("{group}.create_task"))]))
}

/// Keeps the task in the set in which the file (or the class) keeps tasks already.
fn in_the_set(call: Call<'_>) -> Option<(String, Vec<TextEdit>)> {
    let module = call.expr().module();
    let function = call.expr().function()?;
    let alone = call.expr().is_dropped() && matches!(call.expr().stmt().kind(), StmtKind::Expr(_));
    if !alone {
        return None;
    }
    let set = module.calls().find_map(|other| {
        let set = keeps_tasks(other)?;
        let reachable = match set.kind() {
            ExprKind::Name => outlives_its_function(set) || is_of_the_module(set),
            ExprKind::Attribute { .. } => {
                set.text().starts_with("self.")
                    && function.class().is_some()
                    && set.function().and_then(Function::class) == function.class()
            }
            _ => false,
        };
        reachable.then_some(set.text())
    })?;
    Some((format!("Keep the task in `{set}`"), kept_in(call, function, set)?))
}

/// Keeps the task in a set of its own, behind the imports of the file.
fn in_a_new_set(call: Call<'_>) -> Option<(String, Vec<TextEdit>)> {
    const SET: &str = "background_tasks";
    let module = call.expr().module();
    let function = call.expr().function()?;
    let alone = call.expr().is_dropped() && matches!(call.expr().stmt().kind(), StmtKind::Expr(_));
    let is_import =
        |it: &Stmt<'_>| matches!(it.kind(), StmtKind::Import(_) | StmtKind::ImportFrom { .. });
    let last = module.body().filter(is_import).last()?;
    if !alone || module.text().contains(SET) || last.span().start > call.span().start {
        return None;
    }
    let mut edits = vec![TextEdit::after(last, format!("\n\n{SET} = set()"))];
    edits.extend(kept_in(call, function, SET)?);
    Some((format!("Keep the task in a set, `{SET}`, until it is done"), edits))
}

/// Gives the task a name, and puts it into a set until it is done. The call is a statement of its own.
fn kept_in(call: Call<'_>, function: Function<'_>, set: &str) -> Option<Vec<TextEdit>> {
    let taken = |name: &str| function.text().contains(name);
    let name = ["task", "background_task", "kept_task"]
        .into_iter()
        .find(|name| !taken(&format!("{name} ")))?;
    let indent = indent(call.expr().stmt())?;
    let after =
        format!("\n{indent}{set}.add({name})\n{indent}{name}.add_done_callback({set}.discard)");
    Some(vec![
        TextEdit::before(call.span(), format!("{name} = ")),
        TextEdit::after(call.span(), after),
    ])
}

/// The set that the call makes a home for tasks: it is given one, or the callback of one takes it out.
fn keeps_tasks(call: Call<'_>) -> Option<Expr<'_>> {
    let given = call.positional(0)?;
    match call.method()? {
        "add" => {
            let module = call.module();
            let makes = |it: Expr<'_>| {
                it.as_call().is_some_and(|it| it.has(Tag::MakesTask) && !it.has(Tag::KeepsTask))
            };
            let is_task = makes(given)
                || module.expressions().any(|it| {
                    makes(it) && it.bound_to().iter().any(|name| name.uses().contains(&given))
                });
            call.receiver().filter(|_| is_task)
        }
        "add_done_callback" => match given.kind() {
            ExprKind::Attribute { value, name } => {
                let module = call.module();
                let takes_out = matches!(module.slice(*name), "discard" | "remove");
                takes_out.then(|| module.expr(*value))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a name is assigned at the top of the module.
fn is_of_the_module(name: Expr<'_>) -> bool {
    name.module().body().any(|stmt| match stmt.kind() {
        StmtKind::Assign { targets, .. } => {
            targets.iter().any(|id| name.module().expr(*id).as_name() == name.as_name())
        }
        StmtKind::AnnAssign { target, .. } => {
            name.module().expr(*target).as_name() == name.as_name()
        }
        _ => false,
    })
}
