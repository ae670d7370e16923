//! Part of AW201: `await` of something that can't be awaited.

use crate::analysis::rules::advice;
use crate::analysis::rules::classes::{is_not_awaitable, is_stub};
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
            operand.as_name().and_then(|_| instance(operand)).map(Wrong::Instance)
        }
        _ => None,
    }
}

/// The class of what the expression is, when that is certainly an instance that can't be awaited.
fn instance<'m>(expr: Expr<'m>) -> Option<Class<'m>> {
    let project = expr.module().project();
    let classes = expr.values().into_iter().map(|value| match value {
        Value::Instance(Type::Local(id)) => Some(project.class(id)),
        _ => None,
    });
    let classes: Vec<Class<'m>> = classes.collect::<Option<_>>()?;
    let awaitable = |it: &Class<'_>| it.method("__await__").is_some();
    let plain = |it: &Class<'m>| {
        is_not_awaitable(*it)
            && it.method("__new__").is_none()
            && !it.subclasses().iter().any(awaitable)
    };
    classes.iter().all(plain).then(|| classes.first().copied())?
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
    if let [Value::Class(_)] = call.callee().values()[..] {
        return instance(call.expr()).map(Wrong::Instance);
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
    if function.is_async() || is_stub(function) || is_overridden(function) {
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
        Value::Instance(Type::Local(id)) => is_not_awaitable(expr.module().project().class(*id)),
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
