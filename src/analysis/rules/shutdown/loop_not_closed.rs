use super::loops;
use crate::analysis::rules::fate::outlives_its_function;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Call, Context, Expr, Function, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW409",
    name: "loop-not-closed",
    item: Some(Item(39)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Leak,
    page: include_str!("loop_not_closed.md"),
    check,
};

/// What makes a loop that whoever runs it has to close.
const MADE_BY: [&str; 2] = ["asyncio.new_event_loop", "uvloop.new_event_loop"];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus().filter(|call| call.is_any(&loops::RUNNERS)) {
        report.satisfied(call.callee());
    }
    for call in module.calls_in_focus().filter(|call| call.is_any(&MADE_BY)) {
        let Some(function) = call.expr().function().filter(|it| !it.is_async()) else { continue };
        let [name] = call.expr().bound_to()[..] else { continue };
        if call.expr().is_dead() || name.as_name().is_none() || outlives_its_function(name) {
            continue;
        }
        let uses = name.uses();
        let methods: Vec<Option<&str>> = uses.iter().map(|used| method(*used)).collect();
        if methods.contains(&Some("close")) {
            report.satisfied(call.callee());
            continue;
        }
        // Handed to anything but `set_event_loop`, it may be closed there.
        let escapes = uses.iter().zip(&methods).any(|(used, method)| {
            method.is_none() && !is_set(*used) || used.function() != Some(function)
        });
        let run = loops::runs(module)
            .find(|run| run.receiver().is_some_and(|receiver| uses.contains(&receiver)));
        let Some(run) = run.filter(|_| !escapes) else { continue };
        // What a program's start runs to its end is the finding of another rule.
        let forever = run.method() == Some("run_forever");
        if forever || run.expr().context() == Context::Thread {
            state(call, name, run, report);
        }
    }
}

/// The method of the loop that is called here.
fn method(used: Expr<'_>) -> Option<&str> {
    used.method_call().and_then(Call::method)
}

fn is_set(used: Expr<'_>) -> bool {
    let call = used.parent_expr().and_then(Expr::as_call);
    call.is_some_and(|it| it.is("asyncio.set_event_loop"))
}

fn state(call: Call<'_>, name: Expr<'_>, run: Call<'_>, report: &mut Report) {
    let name = name.text();
    let function = call.expr().function().map(Function::name).unwrap_or_default();
    report
        .finding(
            call.callee(),
            format!("Nothing closes the loop that `{function}` makes: each call leaks its selector and two sockets, and what is still scheduled is lost unseen; call `{name}.close()` in a `finally` behind it, or use `asyncio.run`"),
        )
        .confidence(Confidence::Likely)
        .related(run.callee(), "it is run here");
}
