//! What is known of classes of the repository and of their methods.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Class, Expr, Function, Stmt, Type, Value};

/// Whether everything a class inherits is in view, and no decorator adds to it.
pub(super) fn is_known_whole(class: Class<'_>) -> bool {
    is_known_but_for(class, &[])
}

/// The same for a class that may be declared to be awaitable.
pub(super) fn is_known_but_for_awaiting(class: Class<'_>) -> bool {
    is_known_but_for(class, &["typing.Awaitable", "collections.abc.Awaitable"])
}

/// The same for a class whose instances certainly can't be awaited: some bases from outside have other methods only.
pub(super) fn is_not_awaitable(class: Class<'_>) -> bool {
    is_known_but_for(class, &NOT_AWAITABLE) && !has(class, "__await__")
}

/// Whether the class or a base in the repository has something by this name that may be called.
pub(super) fn has(class: Class<'_>, name: &str) -> bool {
    let callable = |value: &Value| match value {
        Value::Plain | Value::None => false,
        Value::Instance(Type::External(class)) => !class.starts_with("builtins."),
        _ => true,
    };
    class.bound(name).iter().any(callable)
}

/// Whether a class of the repository that derives from it has something by this name: an instance of it may be one of that.
pub(super) fn is_extended_by(class: Class<'_>, name: &str) -> bool {
    class.subclasses().into_iter().any(|it| has(it, name))
}

/// Whether the expression makes the instance here, so that it is of that class and of no other.
pub(super) fn is_made_here(expr: Expr<'_>) -> bool {
    expr.as_call().is_some_and(|call| matches!(call.callee().values()[..], [Value::Class(_)]))
}

/// What asks whether a value can be awaited, entered, iterated over or called, or of which class it is.
const ASKS: [&str; 9] = [
    "isinstance",
    "issubclass",
    "hasattr",
    "callable",
    "isawaitable",
    "iscoroutine",
    "iscoroutinefunction",
    "isfuture",
    "isasyncgen",
];

/// Whether the function asks what the value is, or is prepared for it being something else.
pub(super) fn is_asked_about(expr: Expr<'_>) -> bool {
    if !matches!(expr.kind(), ExprKind::Name | ExprKind::Attribute { .. }) {
        return false;
    }
    let Some(function) = expr.function() else { return false };
    let text = expr.text();
    let asks = |it: Expr<'_>| {
        it.as_call().is_some_and(|call| {
            call.method().is_some_and(|method| ASKS.contains(&method))
                && call.positional(0).is_some_and(|it| it.text() == text)
        })
    };
    let prepared = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Try { handlers, .. } => handlers.iter().any(|handler| {
            let caught = handler.exceptions.map(|id| stmt.module().expr(id).text());
            caught.is_some_and(|it| it.contains("TypeError") || it.contains("AttributeError"))
        }),
        _ => false,
    };
    function.expressions().any(asks)
        || expr.stmt().ancestors().take_while(|it| it.function() == Some(function)).any(prepared)
}

/// Whether everything a class inherits is in view, but for what it has from the classes of these names.
fn is_known_but_for(class: Class<'_>, others: &[&str]) -> bool {
    let mut todo = vec![class];
    let mut at = 0;
    while let Some(class) = todo.get(at).copied() {
        at += 1;
        let node = class.node();
        if !node.decorators.is_empty() || at > MOST_BASES {
            return false;
        }
        for base in &node.bases {
            for value in class.module().expr(base.value).values() {
                match value {
                    Value::Class(id) if base.keyword.is_none() => {
                        let base = class.module().project().class(id);
                        if !todo.contains(&base) {
                            todo.push(base);
                        }
                    }
                    Value::External(name)
                        if PLAIN_BASES.contains(&name.as_str())
                            || others.contains(&name.as_str()) => {}
                    _ => return false,
                }
            }
        }
    }
    true
}

/// Bases from outside that add nothing for `with`, `for` and `await`.
const PLAIN_BASES: [&str; 6] = [
    "builtins.object",
    "typing.Generic",
    "typing.AsyncIterator",
    "typing.AsyncIterable",
    "collections.abc.AsyncIterator",
    "collections.abc.AsyncIterable",
];

/// Bases from outside that have no `__await__`.
const NOT_AWAITABLE: [&str; 16] = [
    "abc.ABC",
    "typing.Iterable",
    "typing.Iterator",
    "typing.Sequence",
    "typing.Mapping",
    "typing.NamedTuple",
    "collections.abc.Iterable",
    "collections.abc.Iterator",
    "collections.abc.Sequence",
    "collections.abc.Mapping",
    "builtins.str",
    "builtins.int",
    "builtins.list",
    "builtins.dict",
    "builtins.tuple",
    "builtins.Exception",
];

/// How many classes a lineage may have.
const MOST_BASES: usize = 16;

/// Whether the body only says that somebody else writes it.
pub(super) fn is_stub(function: Function<'_>) -> bool {
    let abstract_ = function.decorators().any(|it| it.text().contains("abstract"));
    let says_nothing = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Pass => true,
        StmtKind::Raise { exception: Some(id), .. } => {
            stmt.module().expr(*id).text().starts_with("NotImplemented")
        }
        StmtKind::Return(value) => value.is_none_or(|id| {
            matches!(stmt.module().expr(id).kind(), ExprKind::None)
                || stmt.module().expr(id).text() == "NotImplemented"
        }),
        StmtKind::Expr(id) => {
            matches!(stmt.module().expr(*id).kind(), ExprKind::Str | ExprKind::Ellipsis)
        }
        _ => false,
    };
    abstract_ || (function.class().is_some() && function.body().all(says_nothing))
}

/// Whether all that the expression may be are instances of one of the classes, or of a class of the repository that fits.
pub(super) fn is_instance(
    expr: Expr<'_>,
    classes: &[&str],
    fits: impl Fn(Class<'_>) -> bool,
) -> bool {
    let module = expr.module();
    let values = expr.values();
    !values.is_empty()
        && values.iter().all(|value| match value {
            Value::Instance(Type::External(name)) => {
                classes.iter().any(|class| module.library().derives(name, class))
            }
            Value::Instance(Type::Local(id)) => fits(module.project().class(*id)),
            _ => false,
        })
}
