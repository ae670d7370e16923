use crate::analysis::rules::advice;
use crate::analysis::rules::reach::{self, Chain};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::StmtKind;
use crate::python::{Call, Context, Expr, Function, Module, Tag, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW204",
    name: "nested-event-loop",
    item: Some(Item(12)),
    also: &[Item(11)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("nested_event_loop.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let runs =
        |call: &Call<'_>| (is_patch(*call) || runs_a_loop(*call)) && !call.expr().is_awaited();
    for call in module.calls_on_the_loop().filter(runs) {
        if !call.expr().function().is_some_and(reach::asks_for_the_loop) {
            direct(call, report);
        }
    }
    for chain in reach::chains(module, runs).iter().filter(|it| !is_awaited_elsewhere(it.links[0]))
    {
        through_helper(chain, report);
    }
    for call in module.calls_in_focus().filter(runs).filter(|it| is_in_a_method(*it)) {
        let name = advice::name_of(call);
        report
            .finding(
                call.callee(),
                format!("This class has coroutines, so whoever uses it has a loop running, and `{name}` raises `RuntimeError` there; offer a coroutine instead"),
            )
            .severity(Severity::Low)
            .confidence(Confidence::Possible);
    }
    let entered = |call: &Call<'_>| call.is("asyncio.run");
    for call in module.calls_in_focus().filter(entered) {
        if !matches!(call.expr().context(), Context::Loop | Context::Never) {
            report.satisfied(call.callee());
        }
    }
}

/// Names of methods that are a program's entry.
const ENTRIES: [&str; 8] = ["main", "run", "start", "serve", "cli", "execute", "call", "command"];

/// Whether a plain method runs a loop for a coroutine, where its class has coroutines of its own.
fn is_in_a_method(call: Call<'_>) -> bool {
    let Some(function) = call.expr().function().filter(|it| !it.is_async()) else { return false };
    let Some(class) = function.class() else { return false };
    let name = function.name().trim_matches('_');
    let entry = ENTRIES.iter().any(|it| name.split('_').any(|part| part == *it));
    let given = call.positional(0).and_then(Expr::as_call);
    let of_an_object = given.is_some_and(|it| it.receiver().is_some());
    call.expr().context() == Context::Unknown
        && of_an_object
        && !entry
        && !reach::asks_for_the_loop(function)
        && class.methods().iter().any(|it| it.is_async() && !it.name().starts_with("__"))
}

/// Whether it runs an event loop until something is done. Nothing but event loops has a `run_until_complete`.
fn runs_a_loop(call: Call<'_>) -> bool {
    let unknown = || call.callee().values().iter().all(|value| *value == Value::Unknown);
    call.has(Tag::RunsLoop)
        || (call.method() == Some("run_until_complete") && call.receiver().is_some() && unknown())
}

/// Whether it runs only what turned out to be a coroutine: `if iscoroutine(result): result = asyncio.run(result)`.
fn only_for_coroutines(end: Call<'_>) -> bool {
    let module = end.module();
    let own = end.expr().stmt().ancestors();
    own.take_while(|it| it.function() == end.expr().function()).any(|stmt| match stmt.kind() {
        StmtKind::If { branches, .. } => branches.iter().any(|(test, _)| {
            let text = module.expr(*test).text();
            ["iscoroutine", "isawaitable"].iter().any(|it| text.contains(it))
        }),
        _ => false,
    })
}

/// Whether it patches asyncio so that loops nest.
fn is_patch(call: Call<'_>) -> bool {
    call.is("nest_asyncio.apply")
}

/// Whether the same is awaited in another branch of the function: an object that works in both ways, and knows in which.
fn is_awaited_elsewhere(entry: Expr<'_>) -> bool {
    let Some(called) = entry.as_call().map(Call::callee) else { return false };
    let own = entry.function().into_iter().flat_map(Function::expressions);
    own.filter_map(Expr::as_call)
        .any(|other| other.expr().is_awaited() && other.callee().text() == called.text())
}

fn direct(call: Call<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let message = if is_patch(call) {
        format!(
            "`{name}` lets event loops nest, and callbacks then run in an order no library expects; await the coroutines instead"
        )
    } else {
        format!(
            "`{name}` is called while the event loop runs and raises `RuntimeError`; await the coroutine instead"
        )
    };
    report.finding(call.callee(), message);
}

fn through_helper(chain: &Chain<'_>, report: &mut Report) {
    let helper = advice::link(chain.links[0]);
    let name = advice::name_of(chain.end);
    let what = if is_patch(chain.end) {
        "lets event loops nest, so that callbacks run in an order no library expects"
    } else {
        "raises `RuntimeError`"
    };
    let draft = report.finding(
        advice::place(chain.links[0]),
        format!("`{helper}` reaches `{name}` while the event loop runs, which {what}; make the helper a coroutine and await it"),
    );
    if chain.is_conditional() || only_for_coroutines(chain.end) {
        draft.confidence(Confidence::Possible);
    }
    for link in &chain.links[1..] {
        draft.related(advice::place(*link), format!("`{}` is called here", advice::link(*link)));
    }
    draft.related(chain.end.callee(), format!("`{name}` is called here"));
}
