use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::layout::indent;
use crate::analysis::rules::libraries::occasions::{
    is_handler, is_loop, is_meant_for_one_turn, is_seldom_called, looped, runs_once,
};
use crate::analysis::rules::openers::Origin;
use crate::analysis::rules::ownership::{Owner, owner};
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Span, Stmt, Tag, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW601",
    name: "session-per-request",
    item: Some(Item(47)),
    also: &[],
    severity: Severity::Critical,
    category: Category::Practice,
    page: include_str!("session_per_request.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let Some(function) = call.expr().function() else { continue };
        let made = Origin::of(call).is_some_and(|it| it.by.has(Tag::Session));
        if !made || call.expr().is_dead() {
            continue;
        }
        if stays_in_the_process(call) {
            continue;
        }
        match owner(call) {
            Owner::Other => report.satisfied(call.callee()),
            // That it is never closed is what AW301 says of it.
            Owner::Nobody => {}
            Owner::With(stmt) => {
                let uses: Vec<_> =
                    call.expr().bound_to().into_iter().flat_map(Expr::uses).collect();
                made_here(call, function, &uses, serves_one(stmt, &uses), report);
            }
            Owner::Local { uses, .. } => {
                let once = requests(&uses).len() == 1
                    && !requests(&uses).iter().any(|it| loops_after(call, *it));
                made_here(call, function, &uses, once, report);
            }
        }
    }
}

fn made_here(
    call: Call<'_>,
    function: Function<'_>,
    uses: &[Expr<'_>],
    once: bool,
    report: &mut Report,
) {
    let name = advice::name_of(call);
    let streams = uses.iter().any(|used| opens_a_stream(*used));
    if looped(call).is_some() && !streams && !is_meant_for_one_turn(call) {
        if once {
            let draft = report.finding(
                call.callee(),
                format!("`{name}` is made anew in each turn of the loop, so no connection is ever used again; make it once before the loop"),
            );
            if let Some(edit) = before_the_loop(call) {
                draft.fix("Open it once, around the loop", vec![edit]);
            }
        }
    } else if is_handler(function) {
        report.finding(
            call.callee(),
            format!("`{name}` is made for each request that `{}` handles, so each request opens connections of its own, and none is ever used again; make it once at start-up and share it", function.name()),
        );
    } else if once && !streams && !runs_once(function) {
        let seldom = is_seldom_called(function)
            || is_a_substitute(call)
            || is_for_people(call.module().path());
        report
            .finding(
                call.callee(),
                format!("`{name}` is made for a single request, so each call of `{}` pays for a new connection; pass in a client that is made once", function.name()),
            )
            .severity(Severity::Medium)
            .confidence(if seldom { Confidence::Possible } else { Confidence::Likely });
    } else if looped(call).is_none() {
        report.satisfied(call.callee());
    }
}

/// Whether what it sends is answered in this process, so that there is no connection: a transport to an application, or a mock.
fn stays_in_the_process(call: Call<'_>) -> bool {
    let transport = call.keyword("transport").or_else(|| call.keyword("app"));
    transport.is_some_and(|given| {
        let made = given.as_call().and_then(Call::method).unwrap_or_default();
        call.keyword("app").is_some() || made.contains("ASGI") || made.contains("Mock")
    })
}

/// Lets the `with` that is all of a loop's body stand around the loop instead.
fn before_the_loop(call: Call<'_>) -> Option<TextEdit> {
    let Owner::With(with) = owner(call) else { return None };
    let turns = looped(call).filter(|it| with.parent() == Some(*it))?;
    let (body, otherwise, heads) = match turns.kind() {
        StmtKind::For { body, otherwise, target, iter, .. } => {
            (body, otherwise, vec![*target, *iter])
        }
        StmtKind::While { body, otherwise, test } => (body, otherwise, vec![*test]),
        _ => return None,
    };
    let StmtKind::With { items, body: inner, .. } = with.kind() else { return None };
    let module = with.module();
    let ([item], [_], [first, ..], true) =
        (&items[..], &body[..], &inner[..], otherwise.is_empty())
    else {
        return None;
    };
    let name = module.expr(item.target?).as_name()?;
    let mentions = |it: &Expr<'_>| {
        it.text().split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
    };
    let (outer, within) = (indent(turns)?, indent(with)?);
    indent(module.stmt(*first))?;
    let head = |from: u32, to: u32| module.slice(Span::new(from, to)).trim_end();
    let loop_head = head(turns.span().start, with.span().start);
    let with_head = head(with.span().start, module.stmt(*first).span().start);
    let simple = |head: &str| head.ends_with(':') && !head.contains(['\n', '#']);
    if heads.into_iter().map(|id| module.expr(id)).any(|it| mentions(&it))
        || !simple(loop_head)
        || !simple(with_head)
    {
        return None;
    }
    let step = within.strip_prefix(outer)?;
    let whole = Span::new(turns.span().start, with.span().start + with_head.len() as u32);
    Some(TextEdit::replace(whole, format!("{with_head}\n{outer}{step}{loop_head}")))
}

/// Whether it stands in for one that may be passed in: it is made where a parameter is `None`, or its name is bound to something
/// else in another branch.
fn is_a_substitute(call: Call<'_>) -> bool {
    let own = call.expr().stmt().ancestors();
    let mut around = own.take_while(|it| it.function() == call.expr().function());
    let missing = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::If { branches, .. } => {
            let text = call.module().expr(branches[0].0).text().to_lowercase();
            ["client", "session", "http"].iter().any(|it| text.contains(it))
                && (text.contains("is none") || text.starts_with("not "))
        }
        _ => false,
    };
    if around.any(missing) {
        return true;
    }
    let [name] = call.expr().bound_to()[..] else { return false };
    let module = call.module();
    let own = call.expr().function().into_iter().flat_map(Function::statements);
    own.filter(|stmt| *stmt != call.expr().stmt()).any(|stmt| {
        let StmtKind::Assign { targets, value } = stmt.kind() else { return false };
        let value = module.expr(*value);
        matches!(value.kind(), ExprKind::Name | ExprKind::Attribute { .. })
            && targets.iter().any(|id| module.expr(*id).text() == name.text())
    })
}

/// Calls of methods that send a request.
fn requests<'m>(uses: &[Expr<'m>]) -> Vec<Call<'m>> {
    let sends = |used: &Expr<'m>| {
        let Fate::Attribute(attribute) = fate(*used) else { return None };
        let call = attribute.parent_expr()?.as_call().filter(|call| call.callee() == attribute)?;
        (!matches!(call.method(), Some("close" | "aclose"))).then_some(call)
    };
    uses.iter().filter_map(sends).collect()
}

/// Whether the session serves exactly one request: one use, that sends it, and no loop between.
fn serves_one(with: Stmt<'_>, uses: &[Expr<'_>]) -> bool {
    let sent = requests(uses);
    let [request] = sent[..] else { return false };
    let others = uses.iter().any(|used| !matches!(fate(*used), Fate::Attribute(_)));
    !others && !loop_between(with, request)
}

fn loop_between(with: Stmt<'_>, request: Call<'_>) -> bool {
    let within = |stmt: &Stmt<'_>| with.span().contains(stmt.span()) && *stmt != with;
    let in_comprehension = request
        .expr()
        .ancestors()
        .any(|outer| matches!(outer.kind(), ExprKind::Comprehension { .. }));
    let inner = request.expr().function() != with.function();
    in_comprehension || inner || request.expr().stmt().ancestors().take_while(within).any(is_loop)
}

fn loops_after(made: Call<'_>, request: Call<'_>) -> bool {
    looped(made).is_none() && request.expr().in_loop()
}

/// A connection that stays: made anew only when it is lost.
fn opens_a_stream(used: Expr<'_>) -> bool {
    let Fate::Attribute(attribute) = fate(used) else { return false };
    ["ws_connect", "stream", "pubsub", "subscribe"]
        .iter()
        .any(|method| attribute.text().ends_with(method))
}
