//! Part of AW201: `await` of something that can't be awaited.

use super::protocols::{self, Flaw, Why};
use crate::analysis::rules::advice;
use crate::analysis::rules::classes::{
    is_asked_about, is_extended_by, is_made_here, is_not_awaitable, is_stub,
};
use crate::analysis::{Confidence, Report};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Class, Expr, Function, Kind, Span, TextEdit, Type, Value};

/// Libraries in which what is listed as a plain function is one in every version.
const PLAIN: [&str; 12] = [
    "asyncio.",
    "anyio.",
    "trio.",
    "builtins.",
    "time.",
    "queue.",
    "threading.",
    "subprocess.",
    "os.",
    "shutil.",
    "socket.",
    "requests.",
];

/// Why something can't be awaited.
enum Wrong<'m> {
    /// A plain function has run already, and its result is not awaitable.
    Ran(Call<'m>),
    /// A generator, asynchronous or not: it is for a loop.
    Generator(Call<'m>),
    /// What is called is for `async with`.
    Context(Call<'m>),
    /// A coroutine function that is not called.
    NotCalled(Expr<'m>),
    /// An instance of a class that has no `__await__`.
    Instance(Class<'m>),
    /// An instance of a class with an `__await__` that is of no use, or one that may be of such a class.
    Flawed(Class<'m>, Flaw<'m>),
    /// Something whose annotation names a type that can't be awaited beside others.
    Declared,
    /// A literal.
    Literal,
}

pub(super) fn check(awaited: Expr<'_>, operand: Expr<'_>, report: &mut Report) {
    let Some(wrong) = wrong(operand) else { return };
    let without = TextEdit::replace(Span::new(awaited.span().start, operand.span().start), "");
    match wrong {
        Wrong::Ran(call) => {
            let name = advice::name_of(call);
            let message = format!(
                "`{name}` is a plain function: it has run when it returns, and awaiting its result raises `TypeError`; call it without `await`"
            );
            let blocks = call.fact().is_some_and(|fact| fact.blocks.is_some());
            let draft = report.finding(awaited, message).confidence(Confidence::Likely);
            if !blocks {
                draft.fix("Call it without `await`", vec![without]);
            }
        }
        Wrong::Generator(call) => {
            let name = advice::name_of(call);
            let word =
                if call.function().is_some_and(Function::is_async) { "async for" } else { "for" };
            let message = format!(
                "`{name}` makes a generator, and awaiting that raises `TypeError`; take its items with `{word}`"
            );
            report.finding(awaited, message).confidence(Confidence::Likely);
        }
        Wrong::Context(call) => {
            let name = advice::name_of(call);
            let message =
                format!("`{name}` is for `async with`, and awaiting it raises `TypeError`");
            report.finding(awaited, message).confidence(Confidence::Likely);
        }
        Wrong::NotCalled(function) => {
            let name = advice::quoted(function, "the coroutine function");
            let message = format!(
                "{name} is a coroutine function and not called here, and awaiting that raises `TypeError`; call it"
            );
            let draft = report.finding(awaited, message).confidence(Confidence::Likely);
            draft.fix("Call the coroutine function", vec![TextEdit::after(function, "()")]);
        }
        Wrong::Instance(class) => {
            let what = advice::quoted(operand, "this");
            let message = format!(
                "{what} is an instance of `{}`, which has no `__await__`, so awaiting it raises `TypeError`; await one of its methods",
                class.name()
            );
            report.finding(awaited, message).confidence(Confidence::Likely);
        }
        Wrong::Flawed(class, flaw) => {
            let what = advice::quoted(operand, "this");
            let message = format!(
                "{what} may be an instance of `{}`, which {}, so awaiting it raises `TypeError`; write `__await__` so that it returns an iterator, or await one of its methods",
                class.name(),
                flaw.told(),
            );
            let draft = report.finding(awaited, message).confidence(flaw.confidence);
            if let Some(method) = flaw.method {
                draft.related(method.module().site(method.name_span()), "this is what is awaited");
            }
        }
        Wrong::Declared => {
            let what = advice::quoted(operand, "this");
            let message = format!(
                "By its annotation {what} may be something that can't be awaited, and awaiting that raises `TypeError`; ask first what it is, or declare it to be an `Awaitable`"
            );
            report.finding(awaited, message).confidence(Confidence::Likely);
        }
        Wrong::Literal => {
            let message = match operand.kind() {
                ExprKind::List(_)
                | ExprKind::Tuple(_)
                | ExprKind::Set(_)
                | ExprKind::Comprehension { .. } => {
                    "Several awaitables can't be awaited as one (`TypeError`); give them to `asyncio.gather`".to_owned()
                }
                _ => format!(
                    "{} is a value and can't be awaited (`TypeError`)",
                    advice::quoted(operand, "This")
                ),
            };
            report.finding(awaited, message);
        }
    }
}

fn wrong<'m>(operand: Expr<'m>) -> Option<Wrong<'m>> {
    match operand.kind() {
        ExprKind::List(_)
        | ExprKind::Tuple(_)
        | ExprKind::Set(_)
        | ExprKind::Dict(_)
        | ExprKind::Str
        | ExprKind::Format(_)
        | ExprKind::Number
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Comprehension { .. } => Some(Wrong::Literal),
        ExprKind::Call { .. } => called(operand.as_call()?),
        ExprKind::Name | ExprKind::Attribute { .. } => {
            let values = operand.values();
            let function = |value: &Value| is_coroutine_function(operand, value);
            if !values.is_empty() && values.iter().all(function) {
                return Some(Wrong::NotCalled(operand));
            }
            operand.as_name().filter(|_| !is_asked_about(operand))?;
            let plain = |value: &Value| is_plain(operand, value);
            if values.iter().any(plain)
                && !values.contains(&Value::Unknown)
                && protocols::is_declared_union(operand)
            {
                return Some(Wrong::Declared);
            }
            instance(operand)
        }
        _ => None,
    }
}

/// What is wrong with awaiting the instance that the expression is.
fn instance(expr: Expr<'_>) -> Option<Wrong<'_>> {
    let project = expr.module().project();
    let classes = expr.values().into_iter().map(|value| match value {
        Value::Instance(Type::Local(id)) => Some(project.class(id)),
        _ => None,
    });
    let classes: Vec<Class<'_>> = classes.collect::<Option<_>>()?;
    let exact = is_made_here(expr);
    let plain = |it: &Class<'_>| {
        is_not_awaitable(*it)
            && it.method("__new__").is_none()
            && (exact || !is_extended_by(*it, "__await__"))
    };
    if !classes.is_empty() && classes.iter().all(plain) {
        return Some(Wrong::Instance(classes[0]));
    }
    let flaws = classes.iter().map(|it| (*it, protocols::awaiting(*it, exact)));
    let flawed: Vec<(Class<'_>, Flaw<'_>)> =
        flaws.filter_map(|(class, flaw)| Some((class, flaw?))).collect();
    let all = flawed.len() == classes.len();
    let (class, flaw) = flawed.into_iter().next()?;
    (all && flaw.why != Why::Lacking || protocols::is_declared_union(expr))
        .then_some(Wrong::Flawed(class, flaw))
}

fn is_coroutine_function(expr: Expr<'_>, value: &Value) -> bool {
    match value {
        Value::Function(id) | Value::Method(id) => {
            expr.module().project().function(*id).is_coroutine()
        }
        Value::External(name) => {
            name.starts_with("asyncio.")
                && expr.module().library().fact(name).is_some_and(|it| it.kind == Kind::Coroutine)
        }
        _ => false,
    }
}

fn called<'m>(call: Call<'m>) -> Option<Wrong<'m>> {
    if let Some(function) = call.function() {
        return of_the_repository(call, function);
    }
    if is_made_here(call.expr()) {
        return instance(call.expr());
    }
    let fact = call.fact()?;
    let name = call.name()?;
    let plain = PLAIN.iter().any(|prefix| name.starts_with(prefix));
    let awaitable = fact.gives.is_some_and(|class| {
        class.ends_with("Future") && !class.starts_with("concurrent") || class.ends_with("Task")
    });
    match fact.kind {
        Kind::Function if plain && !awaitable => Some(Wrong::Ran(call)),
        Kind::AsyncContext if plain => Some(Wrong::Context(call)),
        _ => None,
    }
}

fn of_the_repository<'m>(call: Call<'m>, function: Function<'m>) -> Option<Wrong<'m>> {
    if !function.leaves_function() || function.node().expr.is_some() {
        return None;
    }
    if function.node().is_generator {
        // Decorators such as `tornado.gen.coroutine` make something awaitable of a generator.
        return function.decorators().next().is_none().then_some(Wrong::Generator(call));
    }
    let replaced = || function.overrides().into_iter().any(Function::is_async);
    if function.is_async() || is_stub(function) || is_overridden(function) || replaced() {
        return None;
    }
    let values = call.expr().values();
    let plain = !values.is_empty() && values.iter().all(|value| is_plain(call.expr(), value));
    (plain && !hands_on_nothing(function)).then_some(Wrong::Ran(call))
}

/// Whether it returns what another function gives that, as far as is known, gives nothing: that may be a stub of a base
/// class, in place of which an override runs.
fn hands_on_nothing(function: Function<'_>) -> bool {
    function.statements().any(|stmt| match stmt.kind() {
        StmtKind::Return(Some(value)) => {
            let value = stmt.module().expr(*value);
            !matches!(value.kind(), ExprKind::None) && value.values().contains(&Value::None)
        }
        _ => false,
    })
}

/// Whether a value certainly has no `__await__`.
fn is_plain(expr: Expr<'_>, value: &Value) -> bool {
    match value {
        Value::None | Value::Plain | Value::Tuple(_) | Value::Map(_) => true,
        Value::Instance(Type::External(class)) => {
            matches!(
                class.as_str(),
                "builtins.int"
                    | "builtins.str"
                    | "builtins.bool"
                    | "builtins.float"
                    | "builtins.bytes"
            )
        }
        Value::Instance(Type::Local(id)) => {
            let class = expr.module().project().class(*id);
            is_not_awaitable(class) && !is_extended_by(class, "__await__")
        }
        _ => false,
    }
}

/// Whether a class in the function's file has an asynchronous method of the same name.
fn is_overridden(function: Function<'_>) -> bool {
    let asynchronous = |class: Class<'_>| {
        let methods = class.methods();
        methods.iter().any(|it| it.is_async() && it.name() == function.name())
    };
    function.class().is_some() && function.module().classes().any(asynchronous)
}
