use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate};
use crate::analysis::rules::ownership::{Owner, owner};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Stmt, Tag};

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
    for call in module.calls() {
        if !call.has(Tag::Session) || call.expr().context() == Context::Never {
            continue;
        }
        let Some(function) = call.expr().function() else { continue };
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
            report.finding(
                call.callee(),
                format!("`{name}` is made anew in each turn of the loop, so no connection is ever used again; make it once before the loop"),
            );
        }
    } else if is_handler(function) {
        report.finding(
            call.callee(),
            format!("`{name}` is made for each request that `{}` handles, so no connection is ever used again; make it once at start-up and share it", function.name()),
        );
    } else if once && !streams && !runs_once(function) {
        let seldom = is_seldom_called(function) || is_a_substitute(call);
        report
            .finding(
                call.callee(),
                format!("`{name}` is made for a single request, so each call of `{}` pays for a new connection; pass in a client that is made once", function.name()),
            )
            .severity(Severity::Medium)
            .confidence(if seldom { Confidence::Possible } else { Confidence::Likely });
    }
}

/// Whether the function does something that a program does once in a while: it connects, signs in, installs; or it downloads
/// the one thing that it knows of.
fn is_seldom_called(function: Function<'_>) -> bool {
    const SELDOM: [&str; 10] = [
        "authenticate",
        "authorize",
        "connect",
        "init",
        "install",
        "log_in",
        "login",
        "register",
        "sign_in",
        "start_",
    ];
    let name = function.name().trim_start_matches('_');
    let module = function.module();
    let params = function.node().params.iter().map(|param| module.slice(param.name));
    let given = params.into_iter().any(|name| !matches!(name, "self" | "cls"));
    SELDOM.iter().any(|it| name.starts_with(it)) || (name.starts_with("download") && !given)
}

/// Whether the name that the session is bound to is bound to something else in another branch: a session that was passed in.
fn is_a_substitute(call: Call<'_>) -> bool {
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
    in_comprehension || request.expr().stmt().ancestors().take_while(within).any(is_loop)
}

fn loops_after(made: Call<'_>, request: Call<'_>) -> bool {
    looped(made).is_none() && request.expr().in_loop()
}

fn is_loop(stmt: Stmt<'_>) -> bool {
    matches!(stmt.kind(), StmtKind::For { .. } | StmtKind::While { .. })
}

/// The innermost loop around the call, within its function.
fn looped(call: Call<'_>) -> Option<Stmt<'_>> {
    let function = call.expr().function();
    call.expr()
        .stmt()
        .ancestors()
        .take_while(|stmt| stmt.function() == function)
        .find(|stmt| is_loop(*stmt))
}

/// Whether what the session is made with differs from turn to turn: its own proxy, cookies, credentials. Then one session
/// can't serve all.
fn is_meant_for_one_turn(call: Call<'_>) -> bool {
    let Some(turns) = looped(call) else { return false };
    let names = call.args().into_iter().flat_map(|arg| names_in(arg.value)).collect::<Vec<_>>();
    names.iter().any(|name| {
        let span = turns.span();
        name.values().is_empty() || bound_within(*name, span)
    })
}

fn bound_within(name: Expr<'_>, span: crate::python::Span) -> bool {
    let module = name.module();
    module.statements().filter(|stmt| span.contains(stmt.span())).any(|stmt| {
        let targets: Vec<_> = match stmt.kind() {
            StmtKind::For { target, .. } => vec![*target],
            StmtKind::Assign { targets, .. } => targets.clone(),
            StmtKind::With { items, .. } => items.iter().filter_map(|item| item.target).collect(),
            _ => Vec::new(),
        };
        targets
            .into_iter()
            .flat_map(|id| names_in(module.expr(id)))
            .any(|it| it.text() == name.text())
    })
}

fn names_in(expr: Expr<'_>) -> Vec<Expr<'_>> {
    if expr.as_name().is_some() {
        return vec![expr];
    }
    expr.children().into_iter().flat_map(names_in).collect()
}

/// A connection that stays: made anew only when it is lost.
fn opens_a_stream(used: Expr<'_>) -> bool {
    let Fate::Attribute(attribute) = fate(used) else { return false };
    ["ws_connect", "stream", "pubsub", "subscribe"]
        .iter()
        .any(|method| attribute.text().ends_with(method))
}

/// Whether a framework calls the function for each request, message or event.
fn is_handler(function: Function<'_>) -> bool {
    const REQUESTS: &[&str] =
        &["aiohttp.web.Request", "starlette.requests.Request", "starlette.websockets.WebSocket"];
    let module = function.module();
    let decorated = function.decorators().any(|decorator| {
        let target = decorator.as_call().map_or(decorator, Call::callee);
        target.fact().is_some_and(|fact| fact.has(Tag::Handler))
    });
    let annotated = function.node().params.iter().filter_map(|param| param.annotation).any(|id| {
        let annotation = module.expr(id);
        annotation.name().is_some_and(|name| {
            REQUESTS
                .iter()
                .any(|request| name == *request || module.library().derives(&name, request))
        })
    });
    decorated || annotated
}

/// Whether the function runs once in the life of a program, as far as the file and its name say.
fn runs_once(function: Function<'_>) -> bool {
    const NAMES: &[&str] = &[
        "main",
        "_main",
        "amain",
        "async_main",
        "run",
        "start",
        "startup",
        "setup",
        "init",
        "lifespan",
        "serve",
        "demo",
    ];
    let name = function.name();
    let started = || {
        function.module().calls().any(|call| {
            call.function() == Some(function)
                && (call.expr().function().is_none()
                    || matches!(fate(call.expr()), Fate::Argument(outer) if outer.has(Tag::RunsLoop)))
        })
    };
    NAMES.contains(&name)
        || name.starts_with("test")
        || name.starts_with("__")
        || name.contains("setup")
        || function.node().is_generator
        || started()
}
