use crate::analysis::rules::openers::Origin;
use crate::analysis::rules::ownership::{Closed, Owner, closed, owner, waits_before};
use crate::analysis::rules::wrapping::{self, Opened};
use crate::analysis::rules::{advice, earlier};
use crate::analysis::{Category, Confidence, Draft, Item, Report, Rule, Severity};
use crate::python::{Call, Expr, Fact, Module, Resource};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW301",
    name: "resource-without-async-with",
    item: Some(Item(25)),
    also: &[Item(40)],
    severity: Severity::Critical,
    category: Category::Leak,
    page: include_str!("resource_without_async_with.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    // Files of aiofiles have a rule of their own.
    check_those(module, report, |fact| !is_of_aiofiles(fact));
    if let Some(before) = report.before() {
        for call in earlier::no_longer_entered(module, &before) {
            report
                .finding(
                    call.callee(),
                    format!("`{}` was entered with `async with` before this change; now nothing closes what it gives when the code behind it raises or is cancelled", advice::name_of(call)),
                )
                .severity(Severity::High)
                .confidence(Confidence::Likely);
        }
    }
}

/// Whether it opens a file with aiofiles.
pub(in crate::analysis::rules) fn is_of_aiofiles(fact: &Fact<'_>) -> bool {
    fact.resource.is_some() && fact.gives == Some("aiofiles.AsyncFile")
}

/// Reports the resources of a kind that a coroutine opens and does not close on every path; and states where one is.
pub(in crate::analysis::rules) fn check_those(
    module: &Module<'_>,
    report: &mut Report,
    wanted: fn(&Fact<'_>) -> bool,
) {
    for call in module.calls_in_focus() {
        let Some((origin, resource)) = opens(call, wanted) else { continue };
        match owner(call) {
            Owner::With(_) => report.satisfied(call.callee()),
            Owner::Nobody => forgotten(call, origin, resource, report),
            Owner::Local { name, uses } => {
                // One statement later the name is bound.
                let marks: Vec<_> =
                    uses.into_iter().filter(|used| closes(*used, resource)).collect();
                let draft = match closed(name, &marks) {
                    Closed::Always => {
                        match waits_before(&marks) {
                            Some(waiting) => late(call, name, waiting, resource, report),
                            None => report.satisfied(call.callee()),
                        }
                        continue;
                    }
                    Closed::Sometimes => left_open(call, origin, name, resource, true, report),
                    Closed::Never => left_open(call, origin, name, resource, false, report),
                };
                let opened = Opened { call, by: origin.by, resource };
                if let Some((title, edits)) = wrapping::rest_of_block(opened, name, &marks) {
                    draft.fix(title, edits);
                }
            }
            Owner::Other => {}
        }
    }
}

/// The resource that a coroutine opens here, itself or by a function that opens it for its callers.
fn opens<'m>(call: Call<'m>, wanted: fn(&Fact<'_>) -> bool) -> Option<(Origin<'m>, Resource<'m>)> {
    let function = call.expr().function()?;
    if !function.is_async() || call.expr().is_dead() {
        return None;
    }
    let origin = Origin::of(call).filter(|it| it.is_open())?;
    let resource = origin.fact().filter(wanted)?.resource?;
    resource.asynchronous.then_some((origin, resource))
}

/// Whether a use gives the resource back, or enters it.
fn closes(used: Expr<'_>, resource: Resource<'_>) -> bool {
    if used.entered_by().is_some() {
        return true;
    }
    let Some(call) = used.parent_expr().and_then(Expr::parent_expr).and_then(Expr::as_call) else {
        return false;
    };
    call.receiver() == Some(used)
        && call.method().is_some_and(|method| resource.closed_by.contains(method))
}

fn forgotten(call: Call<'_>, origin: Origin<'_>, resource: Resource<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let what = resource.what;
    let instead = match wrapping::can_be_entered(origin.by) {
        true => "open it with `async with`",
        false => "give it a name, and close it in a `finally`",
    };
    let draft = report.finding(
        call.callee(),
        format!("The {what} that `{name}` opens is used once and never closed, so each call leaks it; {instead}"),
    );
    origin.shown(draft);
    let opened = Opened { call, by: origin.by, resource };
    if let Some((title, edits)) = wrapping::statement(opened) {
        draft.fix(title, edits);
    }
}

/// Reports a `finally` that waits for something else before it closes.
fn late(
    call: Call<'_>,
    variable: Expr<'_>,
    waiting: Expr<'_>,
    resource: Resource<'_>,
    report: &mut Report,
) {
    let awaited = waiting.children().first().and_then(|it| it.as_call());
    // Several things are often closed one after the other.
    let ends = awaited.and_then(Call::method).is_some_and(|it| {
        ["close", "stop", "cancel", "shutdown", "exit", "wait", "gather", "sleep", "release"]
            .iter()
            .any(|word| it.contains(word))
    });
    let (variable, what) = (variable.text(), resource.what);
    let close = resource.closed_by.first().unwrap_or("close");
    let first = advice::quoted(waiting, "what the `finally` awaits first");
    report
        .finding(
            call.callee(),
            format!("The {what} `{variable}` stays open when {first} raises or is cancelled, which stands before `{variable}.{close}()` in the `finally`; close it in a `finally` of its own, or use `async with`"),
        )
        .severity(Severity::High)
        .confidence(if ends { Confidence::Possible } else { Confidence::Likely })
        .related(waiting, "this is waited for first");
}

fn left_open<'r>(
    call: Call<'_>,
    origin: Origin<'_>,
    variable: Expr<'_>,
    resource: Resource<'_>,
    sometimes: bool,
    report: &'r mut Report,
) -> &'r mut Draft {
    let variable = variable.text();
    let what = resource.what;
    let close = resource.closed_by.first().unwrap_or("close");
    let instead = match wrapping::can_be_entered(origin.by) {
        true => "use `async with`, or close it in a `finally`",
        false => "close it in a `finally`",
    };
    let message = if sometimes {
        format!(
            "The {what} `{variable}` is not closed when something between here and `{variable}.{close}()` raises or is cancelled, which leaks it; {instead}"
        )
    } else {
        format!("The {what} `{variable}` is never closed, so each call leaks it; {instead}")
    };
    let certain = !sometimes && origin.is_direct();
    let confidence = if certain { Confidence::Certain } else { Confidence::Likely };
    let draft = report.finding(call.callee(), message).confidence(confidence);
    origin.shown(draft);
    draft
}
