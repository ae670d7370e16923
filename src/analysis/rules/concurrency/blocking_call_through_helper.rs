use std::collections::{HashMap, HashSet};

use super::pools::runs_once;
use crate::analysis::rules::blocking::calls;
use crate::analysis::rules::reach::{self, Chain};
use crate::analysis::rules::{advice, earlier};
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Draft, Item, Report, Rule, Severity};
use crate::python::{Blocks, Call, Expr, ExprKind, Function, Module, Stmt, StmtKind};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW113",
    name: "blocking-call-through-helper",
    item: Some(Item(4)),
    also: &[Item(45)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("blocking_call_through_helper.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let long = |call: &Call<'_>| calls::blocks(*call) && !calls::is_brief(*call);
    let brief = |call: &Call<'_>| calls::blocks(*call) && calls::is_brief(*call);
    let mut chains = reach::chains(module, long);
    let entered: HashSet<Expr<'_>> = chains.iter().map(|chain| chain.links[0]).collect();
    let others = reach::chains(module, brief);
    chains.extend(others.into_iter().filter(|chain| !entered.contains(&chain.links[0])));
    chains.retain(|chain| !is_asked_of_what_blocks(chain.links[0]));
    chains.sort_by_key(|chain| chain.links[0].span().start);

    let before = report.before();
    let taken_out = before.map(|before| earlier::taken_out(module, &before)).unwrap_or_default();
    let taken_out: HashSet<Expr<'_>> = taken_out.iter().map(|it| it.call.expr()).collect();
    let mut places: HashMap<Way<'_>, usize> = HashMap::new();
    for chain in &chains {
        *places.entry(way(chain)).or_default() += 1;
    }
    for chain in &chains {
        // The first place of several stands for all of them.
        let others = places.insert(way(chain), 0).unwrap_or_default();
        let draft = state(report, chain, others);
        // Whoever handed it to a thread knew that it matters.
        if taken_out.contains(&chain.links[0]) && draft.is_unsure() {
            draft.confidence(Confidence::Likely);
        }
    }
}

/// What is entered, and where that ends.
type Way<'m> = (&'m str, Expr<'m>);

fn way<'m>(chain: &Chain<'m>) -> Way<'m> {
    let entry = chain.links[0];
    let called = entry.as_call().and_then(Call::method);
    (called.unwrap_or_else(|| entry.text()), chain.end.expr())
}

/// Whether a method of what the expression gives is called, and blocks itself: one finding there is enough.
fn is_asked_of_what_blocks(expr: Expr<'_>) -> bool {
    let method = expr.parent_expr().filter(|it| matches!(it.kind(), ExprKind::Attribute { .. }));
    let call = method.and_then(|it| it.parent_expr()?.as_call().filter(|call| call.callee() == it));
    call.is_some_and(calls::blocks)
}

/// States the chain. `places` says from how many places of the file the same way is entered, 0 if that has been said.
fn state<'r>(report: &'r mut Report, chain: &Chain<'_>, places: usize) -> &'r mut Draft {
    let all = || chain.links.iter().copied().chain([chain.end.expr()]);
    let steps: Vec<String> = all().map(|link| format!("`{}`", advice::link(link))).collect();
    let path = advice::chain(&steps);
    let entry = advice::link(chain.links[0]);
    let thread = advice::thread(report.target());
    let also = match places {
        0 | 1 => String::new(),
        2 => "; another place in this file does the same".to_owned(),
        _ => format!("; {} other places in this file do the same", places - 1),
    };
    let draft = report.finding(
        advice::place(chain.links[0]),
        format!("`{entry}` blocks the event loop ({path}), so every other task waits; hand it to a thread with {thread}, or make the chain asynchronous{also}"),
    );
    let confidence = if places == 0 { Confidence::Possible } else { confidence(chain) };
    draft.confidence(confidence);
    if calls::is_brief(chain.end) || is_a_wink(chain.end) {
        draft.severity(Severity::Low);
    }
    for link in &chain.links[1..] {
        draft.related(advice::place(*link), format!("`{}` is called here", advice::link(*link)));
    }
    draft.related(chain.end.callee(), format!("`{}` blocks", advice::name_of(chain.end)))
}

/// How sure it is that the chain matters: the longer it is, the more may keep it from being gone through while the loop serves.
fn confidence(chain: &Chain<'_>) -> Confidence {
    let links = chain.links.len();
    let file = chain.end.fact().is_some_and(|fact| fact.blocks == Some(Blocks::File));
    let longest = if file { 1 } else { 3 };
    let blocks = |with| chain.end.fact().is_some_and(|fact| fact.blocks == Some(with));
    let asks = calls::asks_at_the_terminal(chain.end)
        || ((blocks(Blocks::Console)
            || blocks(Blocks::Database)
            || blocks(Blocks::Process)
            || file)
            && is_for_people(chain.links[0].module().path()));
    if links > longest
        || asks
        || chain.is_conditional()
        || reach::is_chosen(chain.end.expr())
        || is_handed_over_otherwise(chain.links[0])
        || (blocks(Blocks::Thread)
            && (ends_something(chain) || asks_whether_empty(chain) || is_of_a_lock(chain.end)))
        || chain.links.iter().any(|link| happens_once(*link))
    {
        Confidence::Possible
    } else if links == 1 {
        Confidence::Certain
    } else {
        Confidence::Likely
    }
}

/// Longest sleep that is over before anybody notices, in seconds.
const WINK: f64 = 0.005;

/// Whether it sleeps for a moment only: `time.sleep(0.001)`.
fn is_a_wink(end: Call<'_>) -> bool {
    let seconds = end.positional(0).and_then(|it| it.text().parse::<f64>().ok());
    end.is("time.sleep") && seconds.is_some_and(|it| it <= WINK)
}

/// Whether it waits in the class of a lock, of readers and writers for instance: as long as somebody else holds that, which is
/// for a moment, as a rule.
fn is_of_a_lock(end: Call<'_>) -> bool {
    end.is("threading.Condition.wait")
        && end
            .expr()
            .function()
            .and_then(Function::outer_class)
            .is_some_and(|it| it.name().to_lowercase().contains("lock"))
}

/// Whether another branch beside the call hands the same function to a thread: what is small is done at once on purpose.
fn is_handed_over_otherwise(link: Expr<'_>) -> bool {
    let Some(call) = link.as_call() else { return false };
    let function = link.function();
    let handed = |it: Expr<'_>| {
        it.is_awaited()
            && it.as_call().is_some_and(|other| {
                other.args().iter().any(|arg| arg.value.text() == call.callee().text())
            })
    };
    let mut around = link.stmt().ancestors().take_while(|it| it.function() == function);
    around.any(|stmt| matches!(stmt.kind(), StmtKind::If { .. }) && stmt.expressions().any(handed))
}

/// Whether the code on the loop has asked the queue, or whatever it is, whether it is empty.
fn asks_whether_empty(chain: &Chain<'_>) -> bool {
    let asks = |it: Expr<'_>| {
        it.as_call().is_some_and(|call| matches!(call.method(), Some("empty" | "qsize")))
    };
    chain.links[0].function().is_some_and(|it| it.expressions().any(asks))
}

/// Whether the chain waits for a thread where something ends, which the thread has been told, too.
fn ends_something(chain: &Chain<'_>) -> bool {
    let around = chain.links.iter().filter_map(|it| it.function());
    let called = chain.links.iter().filter_map(|it| it.as_call().and_then(Call::method));
    let names = around.map(Function::name).chain(called);
    names.into_iter().any(|name| {
        ["close", "exit", "shutdown", "stop", "teardown"].iter().any(|word| name.contains(word))
    })
}

/// Beginnings of the names of functions that prepare something once.
const PREPARES: [&str; 6] =
    ["get_instance", "init_", "initialize", "initialise", "load_config", "setup"];

/// Whether a link is gone through once, as a rule: it prepares the program, or makes what is then kept.
fn happens_once(link: Expr<'_>) -> bool {
    let called = link.as_call().and_then(Call::method).unwrap_or_default();
    let called = called.trim_start_matches('_');
    let prepares = called == "main" || PREPARES.iter().any(|it| called.starts_with(it));
    // A worker's `run` goes on for as long as the program.
    let around = link.function().filter(|it| !matches!(it.name(), "run" | "serve"));
    prepares || around.is_some_and(runs_once) || fills(link)
}

/// `if self.client is None: self.client = make()`
fn fills(link: Expr<'_>) -> bool {
    let function = link.function();
    let module = link.module();
    let around = link.stmt().ancestors().take_while(|it| it.function() == function);
    let missing = |outer: Stmt<'_>| match outer.kind() {
        StmtKind::If { branches, .. } => branches.iter().any(|(test, _)| {
            let test = module.expr(*test).text();
            test.contains(" is None") || test.contains(" not in ")
        }),
        _ => false,
    };
    let kept = link.bound_to().iter().any(|it| it.as_name().is_none() || it.is_global());
    kept && around.into_iter().any(missing)
}
