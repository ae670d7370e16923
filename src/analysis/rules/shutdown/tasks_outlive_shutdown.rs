use super::entry::{Turns, endless_loop, only_yield, run_by, starts_up, turns};
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::tasks::{awaits_it, container};
use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::analysis::rules::home::{End, end};
use crate::analysis::rules::lasting::{ending, kept_at_last};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::kept::Keeper;
use crate::python::library::Names;
use crate::python::{Call, Expr, Function, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW405",
    name: "tasks-outlive-shutdown",
    item: Some(Item(35)),
    also: &[Item(40)],
    severity: Severity::High,
    category: Category::Cancellation,
    page: include_str!("tasks_outlive_shutdown.md"),
    check,
};

/// What ends a task.
const ENDS: Names<'static> = Names::of(&["cancel"]);

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let makes = call.has(Tag::MakesTask)
            && !call.has(Tag::KeepsTask)
            && !call.is("asyncio.run_coroutine_threadsafe");
        if !makes || call.expr().is_dead() {
            continue;
        }
        let Some(function) = call.expr().function() else { continue };
        match kept(call) {
            Some(Kept::One(keeper)) => one(call, keeper, report),
            Some(Kept::Several(keeper)) => several(call, keeper, report),
            None => over_a_yield(call, function, report),
        }
    }
}

/// The place that keeps a task beyond the function that makes it.
#[derive(Clone, Copy)]
enum Kept<'m> {
    /// An attribute, variable or entry of its own.
    One(Keeper<'m>),
    /// A list, set or mapping with others.
    Several(Keeper<'m>),
}

fn kept(call: Call<'_>) -> Option<Kept<'_>> {
    let made = call.expr();
    match fate(made) {
        Fate::Bound(_) => {
            let [target] = made.bound_to()[..] else { return None };
            let local = target.as_name().is_some() && !outlives_its_function(target);
            if !local {
                return put(target);
            }
            if target.uses().into_iter().any(ends_here) {
                return None;
            }
            let added = target.uses().into_iter().find_map(|used| match fate(used) {
                Fate::Argument(add) => added_to(add),
                Fate::Bound(_) => match used.bound_to()[..] {
                    [further] => put(further).and_then(several_of),
                    _ => None,
                },
                _ => None,
            });
            added.map(Kept::Several).or_else(|| kept_at_last(target).map(Kept::One))
        }
        Fate::Argument(add) => added_to(add).map(Kept::Several),
        Fate::Stored => {
            let [target] = container(made)?.bound_to()[..] else { return None };
            target.keeper().map(Kept::Several)
        }
        _ => None,
    }
}

/// Where an assignment puts it: `self.task = …`, `self.tasks[name] = …`.
fn put(target: Expr<'_>) -> Option<Kept<'_>> {
    if let ExprKind::Subscript { value, .. } = target.kind() {
        let named = |it: &Keeper<'_>| {
            it.name().starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, '"' | '\''))
        };
        let own = target.keeper().filter(named).map(Kept::One);
        return own.or_else(|| target.module().expr(*value).keeper().map(Kept::Several));
    }
    target.keeper().map(Kept::One)
}

fn several_of(kept: Kept<'_>) -> Option<Keeper<'_>> {
    match kept {
        Kept::Several(keeper) => Some(keeper),
        Kept::One(_) => None,
    }
}

/// The container that the call adds something to.
fn added_to(add: Call<'_>) -> Option<Keeper<'_>> {
    let adds = matches!(add.method(), Some("append" | "add"));
    add.receiver().filter(|_| adds)?.keeper()
}

/// Whether a use waits for the task, cancels it, or hands it to somebody who may.
fn ends_here(used: Expr<'_>) -> bool {
    match fate(used) {
        Fate::Attribute(attribute) => attribute.last_name() == "cancel",
        Fate::Returned | Fate::Lambda(_) => true,
        Fate::Awaited(_) => true,
        _ => awaits_it(used),
    }
}

fn one(call: Call<'_>, keeper: Keeper<'_>, report: &mut Report) {
    if keeper
        .reads()
        .into_iter()
        .any(|read| matches!(fate(read), Fate::Awaited(_)) || awaits_it(read))
    {
        report.satisfied(call.callee());
        return;
    }
    match end(keeper, ENDS) {
        End::GivenBack => report.satisfied(call.callee()),
        End::Elsewhere => {}
        End::Never if is_used_elsewhere(keeper) => {}
        End::Never => state(call, keeper, false, report),
    }
}

fn several(call: Call<'_>, keeper: Keeper<'_>, report: &mut Report) {
    let mut handled = keeper.reads().into_iter().filter(|read| !only_keeps(*read)).peekable();
    if handled.peek().is_some() {
        if handled.any(|read| matches!(read.stmt().kind(), StmtKind::For { .. }) || awaits_it(read))
        {
            report.satisfied(call.callee());
        }
    } else if !is_used_elsewhere(keeper) {
        state(call, keeper, true, report);
    }
}

/// Whether a use of a container of tasks only adds to it, takes from it, or asks how many there are.
fn only_keeps(read: Expr<'_>) -> bool {
    match fate(read) {
        Fate::Attribute(attribute) => {
            matches!(attribute.last_name(), "add" | "append" | "discard" | "remove")
        }
        Fate::Argument(call) => call.is("builtins.len"),
        Fate::Tested | Fate::Compared | Fate::Formatted => true,
        // `self.tasks[name] = task`
        Fate::Used => read.parent_expr().is_some_and(Expr::is_store),
        _ => false,
    }
}

/// Whether other files use an attribute or variable of this name.
fn is_used_elsewhere(keeper: Keeper<'_>) -> bool {
    let name = keeper.name().trim_matches(['"', '\'']);
    let uses = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        [".", "import ", ", ", "\"", "'"].iter().any(|it| text.contains(&format!("{it}{name}")))
    };
    keeper.texts_elsewhere(&[]).is_none_or(|texts| texts.iter().any(|text| uses(text)))
}

/// A task that a lifespan, or another generator that is a context manager, makes before it yields and holds by a local name.
fn over_a_yield(call: Call<'_>, function: Function<'_>, report: &mut Report) {
    let Some(only) = only_yield(function).filter(|it| it.span().start > call.span().end) else {
        return;
    };
    let uses = match fate(call.expr()) {
        // What nobody keeps is another rule's finding.
        Fate::Bound(_) => match call.expr().bound_to()[..] {
            [name] if name.as_name().is_some() && !outlives_its_function(name) => name.uses(),
            _ => return,
        },
        _ => return,
    };
    if uses.iter().any(|used| ends_here(*used)) {
        report.satisfied(call.callee());
        return;
    }
    let configures = |used: &Expr<'_>| match fate(*used) {
        Fate::Attribute(attribute) => {
            matches!(attribute.last_name(), "add_done_callback" | "set_name" | "done")
        }
        Fate::Tested | Fate::Compared | Fate::Formatted => true,
        _ => false,
    };
    if !uses.iter().all(configures) {
        return;
    }
    let what = what(call);
    let name = function.name();
    report
        .finding(
            call.callee(),
            format!("`{name}` starts {what} before its `yield` and never ends it behind: it runs on while the rest is shut down, uses what is closed already, and is killed wherever it stands; cancel it behind the `yield`, in a `finally`, and await it"),
        )
        .confidence(Confidence::Likely)
        .related(only, "the application runs from here");
}

/// What the task runs, as a message names it.
fn what(call: Call<'_>) -> String {
    let given = call.positional(0).and_then(Expr::as_call);
    given
        .map_or("the task".to_owned(), |it| format!("the task that runs `{}`", advice::name_of(it)))
}

fn state(call: Call<'_>, keeper: Keeper<'_>, several: bool, report: &mut Report) {
    let run = run_by(call);
    let endless = run.and_then(endless_loop);
    if run.is_some() && endless.is_none() {
        return;
    }
    let own = endless.is_some_and(|it| turns(it) == Turns::Own);
    let ended_by = keeper.class().and_then(ending);
    let made_in = call.expr().function();
    let hooked = keeper.class().is_none() && made_in.is_some_and(starts_up);
    let confidence = match (own, ended_by.is_some() || hooked) {
        (true, true) => Confidence::Likely,
        // The runner of the loop may be all that ends the object.
        (true, false) => Confidence::Possible,
        (false, true) if !several => Confidence::Possible,
        _ => return,
    };
    let name = advice::quoted(keeper.target(), "this container");
    let what = what(call);
    let text = keeper.target().text();
    let never = if own { ", which never ends by itself" } else { "" };
    let cancel = if several {
        format!("cancel each task in {name}")
    } else {
        format!("call `{text}.cancel()`")
    };
    let message = match ended_by {
        Some(method) => {
            let method = method.qualified_name();
            format!(
                "`{method}` ends its object and not {what}{never}: it runs on with what is closed already, and keeps the object alive; {cancel} there, and await it"
            )
        }
        None => format!(
            "Nothing ever cancels {what}{never}: it runs on while the rest shuts down, uses what is closed already, and is killed wherever it stands; {cancel} when the program stops, and await it"
        ),
    };
    let draft = report.finding(call.callee(), message);
    draft.confidence(confidence);
    if let Some(method) = ended_by {
        draft.related(method.module().site(method.name_span()), "this leaves it running");
    }
}
