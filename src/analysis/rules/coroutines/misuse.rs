//! Uses of a coroutine that only make sense for its result.

use crate::analysis::rules::fate::{Fate, fate};
use crate::python::ast::{ExprKind, StmtKind, Unpack};
use crate::python::{Call, Expr, Function, Module, Type, Value};

/// What a use makes of a coroutine.
#[derive(Clone, Copy)]
pub(super) enum Use<'m> {
    /// It takes the coroutine for the result. What says so elsewhere: an annotation, or what a called function does with it.
    Wrong(Option<Expr<'m>>),
    /// It asks for its truth, compares it, makes text of it: no harm to somebody who awaits it later.
    Idle,
    /// It awaits it, or hands it to somebody who may.
    May,
}

/// How many functions are followed from a use.
const DEEPEST: u32 = 2;

/// What the use makes of the coroutine that the expression is.
pub(super) fn use_of(used: Expr<'_>) -> Use<'_> {
    followed(used, 0)
}

fn followed(used: Expr<'_>, depth: u32) -> Use<'_> {
    match fate(used) {
        Fate::Tested | Fate::Compared | Fate::Formatted => Use::Idle,
        Fate::Used => Use::Wrong(None),
        Fate::Attribute(attribute) if !is_of_a_coroutine(attribute) => Use::Wrong(None),
        Fate::Argument(call) => argument(call, used, depth),
        Fate::Returned => returned(used),
        Fate::Stored => displayed(used),
        _ => Use::May,
    }
}

fn wrong_if<'m>(wrong: bool) -> Use<'m> {
    if wrong { Use::Wrong(None) } else { Use::May }
}

fn argument<'m>(call: Call<'m>, used: Expr<'m>, depth: u32) -> Use<'m> {
    if takes_values(call) {
        return Use::Wrong(None);
    }
    let within = |it: &Expr<'_>| it.span().contains(used.span());
    let Some(given) = call.args().into_iter().find(|arg| within(&arg.value)) else {
        return Use::May;
    };
    if given.unpack != Unpack::No {
        return Use::Wrong(None);
    }
    let Some(parameter) = call.parameter_for(given.value) else { return Use::May };
    if parameter.declared().is_some_and(|it| is_plain(&it, call.module())) {
        return Use::Wrong(parameter.annotation);
    }
    let Some(uses) = parameter.uses().filter(|_| depth < DEEPEST) else { return Use::May };
    let mut found = Use::May;
    for inner in uses {
        match followed(inner, depth + 1) {
            Use::May => return Use::May,
            Use::Idle => {}
            Use::Wrong(_) if matches!(found, Use::Wrong(_)) => {}
            Use::Wrong(_) => found = Use::Wrong(Some(inner)),
        }
    }
    found
}

/// Built-in functions that want a value.
const WANT_VALUES: [&str; 22] = [
    "str",
    "repr",
    "len",
    "bool",
    "int",
    "float",
    "list",
    "tuple",
    "set",
    "sorted",
    "sum",
    "any",
    "all",
    "dict",
    "enumerate",
    "reversed",
    "abs",
    "round",
    "bytes",
    "next",
    "iter",
    "range",
];

/// Modules of the standard library whose functions take no coroutines.
const OF_VALUES: [&str; 12] = [
    "json.",
    "math.",
    "os.",
    "re.",
    "datetime.",
    "pathlib.",
    "base64.",
    "urllib.parse.",
    "hashlib.",
    "shutil.",
    "html.",
    "random.",
];

/// Methods of built-in containers that go through what they are given.
const OF_CONTAINERS: [&str; 7] = [
    "extend",
    "isdisjoint",
    "issubset",
    "issuperset",
    "difference_update",
    "intersection_update",
    "symmetric_difference",
];

/// What frameworks make answers with.
const ANSWERS: [&str; 12] = [
    "jsonify",
    "json_response",
    "html_response",
    "JSONResponse",
    "ORJSONResponse",
    "UJSONResponse",
    "HTMLResponse",
    "PlainTextResponse",
    "RedirectResponse",
    "TemplateResponse",
    "HTTPException",
    "render_template",
];

/// Whether the call takes a value, so that a coroutine given to it is a mistake.
fn takes_values(call: Call<'_>) -> bool {
    let values = call.callee().values();
    let external = values.iter().all(|value| matches!(value, Value::External(_)));
    let unknown = values.iter().all(|value| *value == Value::Unknown);
    if let Some(name) = call.callee().as_name().filter(|name| WANT_VALUES.contains(name)) {
        return unknown || call.is(&format!("builtins.{name}"));
    }
    if call.args().len() == 1 && call.method().is_some_and(|name| OF_CONTAINERS.contains(&name)) {
        return true;
    }
    let known = |name: String| OF_VALUES.iter().any(|module| name.starts_with(module));
    if call.name().is_some_and(known) || makes_text(call) {
        return true;
    }
    (external || unknown) && call.method().is_some_and(|name| ANSWERS.contains(&name))
}

/// `"…".format(THIS)`
fn makes_text(call: Call<'_>) -> bool {
    let text = |it: &Expr<'_>| matches!(it.kind(), ExprKind::Str | ExprKind::Format(_));
    call.method() == Some("format") && call.receiver().as_ref().is_some_and(text)
}

/// A coroutine that a function returns whose other results, or whose annotation, say that it returns values.
fn returned(used: Expr<'_>) -> Use<'_> {
    let Some(function) = used.function() else { return Use::May };
    let node = function.node();
    if node.is_generator || !matches!(used.stmt().kind(), StmtKind::Return(_)) {
        return Use::May;
    }
    if let Some(declared) = function.declared_result() {
        let nothing = declared.iter().all(|it| *it == Value::None);
        let plain = is_plain(&declared, function.module()) && (node.is_async || !nothing);
        let annotation = node.returns.map(|id| function.module().expr(id));
        let vague = ["Await", "Corout", "Future", "Task", "Any", "object", "T"];
        let says = annotation.map_or("", Expr::text);
        // Who calls a plain function for its result or for an asynchronous iterator, as asked, awaits the result.
        let asked = || says.contains("Async") || is_a_mode(used, function);
        if !node.is_async && (asked() || is_awaited_by_name(function)) {
            return Use::May;
        }
        let unclear = declared.iter().any(|it| matches!(it, Value::Awaitable(_)))
            || vague.iter().any(|word| says.contains(word));
        let wrong = plain || node.is_async && !unclear;
        return if wrong { Use::Wrong(annotation) } else { Use::May };
    }
    // Who awaits a coroutine function seldom awaits what that gives once more.
    wrong_if(node.is_async && !is_awaited_twice(function) && !returns_only_coroutines(function))
}

/// Whether a condition on what the function is given decides whether a coroutine is returned: whoever asks for one awaits it.
fn is_a_mode(used: Expr<'_>, function: Function<'_>) -> bool {
    let module = function.module();
    let given: Vec<&str> = function.node().params.iter().map(|it| module.slice(it.name)).collect();
    let decides = |test: Expr<'_>| {
        let text = test.text();
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        text.to_lowercase().contains("async")
            || words.any(|word| !matches!(word, "self" | "cls") && given.contains(&word))
    };
    let own = used.stmt().ancestors().take_while(|it| it.function() == Some(function));
    own.into_iter().any(|stmt| match stmt.kind() {
        StmtKind::If { branches, .. } => branches.iter().any(|(it, _)| decides(module.expr(*it))),
        _ => false,
    })
}

/// Whether the coroutine function hands on coroutines wherever it returns: a choice that its callers await.
fn returns_only_coroutines(function: Function<'_>) -> bool {
    let all: Vec<Expr<'_>> = function.returned_expressions().collect();
    let calls = all.iter().all(|it| it.as_call().is_some());
    calls && all.iter().filter(|it| it.as_call().is_some_and(Call::is_coroutine)).count() > 1
}

/// Most files that are looked through for calls of a function.
const MOST_FILES: usize = 20;

/// Whether something in the repository awaits what a call of this name gives: then the annotation is what is wrong.
fn is_awaited_by_name(function: Function<'_>) -> bool {
    let name = function.name();
    let project = function.module().project();
    let files = project.index().mentioning(name, MOST_FILES);
    files.into_iter().filter_map(|id| project.file(id)).any(|module| {
        module.calls().any(|call| {
            call.method() == Some(name) && call.expr().is_awaited() && call.function().is_none()
        })
    })
}

/// Whether something in the function's file awaits what awaiting the function gives.
fn is_awaited_twice(function: Function<'_>) -> bool {
    let calls = |it: Expr<'_>| it.as_call().is_some_and(|call| call.function() == Some(function));
    let name = function.name();
    let twice = |it: Expr<'_>| awaited(it).and_then(awaited).is_some_and(calls);
    function.module().expressions().any(|it| it.text().contains(name) && twice(it))
}

/// What the expression awaits.
fn awaited(expr: Expr<'_>) -> Option<Expr<'_>> {
    match expr.kind() {
        ExprKind::Await(inner) => Some(expr.module().expr(*inner)),
        _ => None,
    }
}

/// A coroutine in a list, tuple, set or mapping beside plain values, that a coroutine returns or that goes into an answer.
fn displayed(used: Expr<'_>) -> Use<'_> {
    let (mut inner, mut beside_values) = (used, false);
    for _ in 0..4 {
        let Some(outer) = inner.parent_expr() else { break };
        let parts = match outer.kind() {
            ExprKind::Tuple(parts) | ExprKind::List(parts) | ExprKind::Set(parts) => parts.clone(),
            ExprKind::Dict(pairs) => pairs.iter().map(|(_, value)| *value).collect(),
            ExprKind::Conditional { .. } | ExprKind::Boolean(_) => Vec::new(),
            _ => break,
        };
        let plain = |id: &_| {
            let part = outer.module().expr(*id);
            part != inner && part.values().iter().all(|value| *value == Value::Plain)
        };
        beside_values |= parts.iter().any(plain);
        inner = outer;
    }
    match fate(inner) {
        Fate::Argument(call) => wrong_if(takes_values(call)),
        Fate::Returned if matches!(inner.stmt().kind(), StmtKind::Return(_)) && beside_values => {
            let Some(function) = inner.function() else { return Use::May };
            let is_async = function.is_async() && !function.node().is_generator;
            wrong_if(is_async || others_have_values(function, inner, used))
        }
        _ => Use::May,
    }
}

/// Whether the function returns other tuples with a plain value in the coroutine's place.
fn others_have_values(function: Function<'_>, tuple: Expr<'_>, coroutine: Expr<'_>) -> bool {
    let ExprKind::Tuple(parts) = tuple.kind() else { return false };
    let Some(place) = parts.iter().position(|id| *id == coroutine.id()) else { return false };
    let module = function.module();
    function.returned_expressions().filter(|it| *it != tuple).any(|other| match other.kind() {
        ExprKind::Tuple(others) if others.len() == parts.len() => {
            module.expr(others[place]).values().iter().all(|value| *value == Value::Plain)
        }
        _ => false,
    })
}

/// Whether all the values are ones that nobody can await.
pub(super) fn is_plain(values: &[Value], module: Module<'_>) -> bool {
    let plain = |value: &Value| match value {
        Value::Instance(Type::External(name)) => {
            ["builtins.", "datetime.", "pathlib.", "decimal.", "uuid."]
                .iter()
                .any(|it| name.starts_with(it))
        }
        Value::Instance(Type::Local(class)) => {
            let class = module.project().class(*class);
            let vague = ["typing.Protocol", "typing_extensions.Protocol", "asyncio."];
            class.method("__await__").is_none()
                && !class.external_bases().iter().any(|it| vague.iter().any(|v| it.starts_with(v)))
        }
        Value::Items(_) | Value::Map(_) | Value::Tuple(_) | Value::Plain | Value::None => true,
        _ => false,
    };
    !values.is_empty() && values.iter().all(plain)
}

/// Whether an attribute is one that coroutines have.
pub(super) fn is_of_a_coroutine(attribute: Expr<'_>) -> bool {
    let name = attribute_name(attribute);
    matches!(name, "close" | "send" | "throw") || name.starts_with("cr_") || name.starts_with("__")
}

/// The name behind the dot.
pub(super) fn attribute_name(attribute: Expr<'_>) -> &str {
    match attribute.kind() {
        ExprKind::Attribute { name, .. } => attribute.module().slice(*name),
        _ => "",
    }
}
