//! Files, sockets and connections of plain libraries that a coroutine opens and nothing closes.

use crate::analysis::rules::advice;
use crate::analysis::rules::concurrency::pools::runs_once;
use crate::analysis::rules::home::{End, end};
use crate::analysis::rules::lasting::kept_at_last;
use crate::analysis::rules::openers::Origin;
use crate::analysis::rules::ownership::{Closed, Owner, closed, owner};
use crate::analysis::{Confidence, Draft, Report, Severity};
use crate::python::{Call, Expr, Function, Resource};

/// What takes a descriptor of the process or a place in a server.
const KINDS: [&str; 3] = ["file", "socket", "connection"];

/// Reports what the call opens when nothing closes it. What is closed on some ways only is left to the garbage collector, which
/// is prompt when a function ends.
pub(super) fn check<'m>(
    origin: Origin<'m>,
    call: Call<'m>,
    function: Function<'m>,
    report: &mut Report,
) {
    let resource = origin.fact().and_then(|fact| fact.resource);
    let Some(resource) = resource.filter(|it| !it.asynchronous && KINDS.contains(&it.what)) else {
        return;
    };
    match owner(call) {
        Owner::With(_) => report.satisfied(call.callee()),
        Owner::Nobody => origin.shown(forgotten(call, resource, report)),
        Owner::Local { name, uses } => {
            let ends = |used: &Expr<'m>| {
                let method = used.method_call().and_then(Call::method);
                used.entered_by().is_some()
                    || method.is_some_and(|it| resource.closed_by.contains(it))
            };
            let marks: Vec<_> = uses.into_iter().filter(ends).collect();
            match closed(name, &marks) {
                Closed::Always => report.satisfied(call.callee()),
                Closed::Never if !runs_once(function) => {
                    origin.shown(left_open(call, resource, name, function, report));
                }
                _ => {}
            }
        }
        Owner::Other => {
            if let Some(draft) = kept(call, resource, report) {
                origin.shown(draft);
            }
        }
    }
}

fn severity(resource: Resource<'_>) -> Severity {
    if resource.what == "file" { Severity::Medium } else { Severity::High }
}

fn forgotten<'r>(call: Call<'_>, resource: Resource<'_>, report: &'r mut Report) -> &'r mut Draft {
    let (what, name) = (resource.what, advice::name_of(call));
    // That the file is opened here at all is what AW503 says of it; CPython closes it when the statement ends.
    let told = what == "file";
    report
        .finding(
            call.callee(),
            format!("Nothing closes the {what} that `{name}` opens here: it stays open until the garbage collector comes by, and under load that is one more for each call; open it with `with`"),
        )
        .severity(severity(resource))
        .confidence(if told { Confidence::Possible } else { Confidence::Likely })
}

fn left_open<'r>(
    call: Call<'_>,
    resource: Resource<'_>,
    name: Expr<'_>,
    function: Function<'_>,
    report: &'r mut Report,
) -> &'r mut Draft {
    let (what, name) = (resource.what, name.text());
    report
        .finding(
            call.callee(),
            format!("Nothing closes the {what} `{name}`, so it stays open until the garbage collector comes by: one more for each call of `{}` that is under way or failed; use `with`, or call `{name}.close()` in a `finally`", function.name()),
        )
        .severity(severity(resource))
        .confidence(Confidence::Likely)
}

/// What lives on in an attribute or a variable of the module.
fn kept<'r>(
    call: Call<'_>,
    resource: Resource<'_>,
    report: &'r mut Report,
) -> Option<&'r mut Draft> {
    let [target] = call.expr().bound_to()[..] else { return None };
    let keeper = kept_at_last(target)?;
    match end(keeper, resource.closed_by) {
        End::GivenBack => {
            report.satisfied(call.callee());
            None
        }
        End::Elsewhere => None,
        End::Never => {
            let (what, name) = (resource.what, advice::quoted(keeper.target(), "this attribute"));
            let text = keeper.target().text();
            let draft = report
                .finding(
                    call.callee(),
                    format!("Nothing ever closes the {what} in {name}, so it stays open until the process dies, and what was not written yet is lost; call `{text}.close()` where its owner is closed"),
                )
                .severity(severity(resource))
                .confidence(Confidence::Likely);
            Some(draft)
        }
    }
}
