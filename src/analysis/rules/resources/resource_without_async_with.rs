use crate::analysis::rules::ownership::{Closed, Owner, closed, owner};
use crate::analysis::rules::{advice, earlier, wrapping};
use crate::analysis::{Category, Confidence, Draft, Item, Report, Rule, Severity};
use crate::python::{Call, Context, Expr, Fact, Kind, Module, Resource};

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
        let Some(resource) = opens(call, wanted) else { continue };
        match owner(call) {
            Owner::With(_) => report.satisfied(call.callee()),
            Owner::Nobody => forgotten(call, resource, report),
            Owner::Local { name, uses } => {
                // One statement later the name is bound.
                let marks: Vec<_> =
                    uses.into_iter().filter(|used| closes(*used, resource)).collect();
                let draft = match closed(name, &marks) {
                    Closed::Always => {
                        report.satisfied(call.callee());
                        continue;
                    }
                    Closed::Sometimes => left_open(call, name, resource, true, report),
                    Closed::Never => left_open(call, name, resource, false, report),
                };
                if let Some((title, edits)) = wrapping::rest_of_block(call, resource, name, &marks)
                {
                    draft.fix(title, edits);
                }
            }
            Owner::Other => {}
        }
    }
}

/// The resource that a coroutine opens here.
fn opens<'m>(call: Call<'m>, wanted: fn(&Fact<'_>) -> bool) -> Option<Resource<'m>> {
    let function = call.expr().function()?;
    let fact = call.fact().filter(wanted)?;
    if !function.is_async() || call.expr().context() == Context::Never {
        return None;
    }
    // A coroutine function's resource exists when it is awaited.
    let exists = fact.kind != Kind::Coroutine || call.expr().is_awaited();
    fact.resource.filter(|resource| resource.asynchronous && exists)
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

fn forgotten(call: Call<'_>, resource: Resource<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let what = resource.what;
    let instead = match wrapping::can_be_entered(call) {
        true => "open it with `async with`",
        false => "give it a name, and close it in a `finally`",
    };
    let draft = report.finding(
        call.callee(),
        format!("The {what} that `{name}` opens is used once and never closed, so each call leaks it; {instead}"),
    );
    if let Some((title, edits)) = wrapping::statement(call, resource) {
        draft.fix(title, edits);
    }
}

fn left_open<'r>(
    call: Call<'_>,
    variable: Expr<'_>,
    resource: Resource<'_>,
    sometimes: bool,
    report: &'r mut Report,
) -> &'r mut Draft {
    let variable = variable.text();
    let what = resource.what;
    let close = resource.closed_by.first().unwrap_or("close");
    let instead = match wrapping::can_be_entered(call) {
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
    let confidence = if sometimes { Confidence::Likely } else { Confidence::Certain };
    report.finding(call.callee(), message).confidence(confidence)
}
