//! Part of AW201: what Python asks of an object for `await`, `async for` and `async with`, and how a class of the repository
//! fails to give it.

use super::called_by_python::takes;
use crate::analysis::Confidence;
use crate::analysis::rules::classes::{
    has, is_extended_by, is_known_whole, is_made_here, is_not_awaitable,
};
use crate::python::ast::StmtKind;
use crate::python::{Class, Expr, Function, Stmt, Type, Value};

/// Why a method is of no use to Python.
pub(super) struct Flaw<'m> {
    /// The method; `None` when the class has none.
    pub(super) method: Option<Function<'m>>,
    pub(super) name: &'static str,
    pub(super) why: Why,
    pub(super) confidence: Confidence,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// There is none.
    Lacking,
    /// It is defined under a condition.
    Sometimes,
    /// It can't be called with what Python gives it.
    Arguments,
    /// It gives something that is of no use.
    Gives,
}

impl Flaw<'_> {
    /// The flaw as the end of a sentence.
    pub(super) fn told(&self) -> String {
        let name = self.name;
        match self.why {
            Why::Lacking => format!("has no `{name}`"),
            Why::Sometimes => format!("does not always have a `{name}`"),
            Why::Arguments => format!("has a `{name}` that can't be called as Python calls it"),
            Why::Gives if name == "__aiter__" => {
                format!("has a `{name}` that gives something without `__anext__`")
            }
            Why::Gives if name == "__await__" => {
                format!("has an `{name}` that gives no iterator")
            }
            Why::Gives => format!("has a `{name}` that gives something that can't be awaited"),
        }
    }
}

/// What keeps the expression from being used so: all that it may be fails, or one of the classes that its annotation names.
pub(super) fn flaw_of<'m>(
    expr: Expr<'m>,
    fails: impl Fn(Class<'m>, bool) -> Option<Flaw<'m>>,
) -> Option<Flaw<'m>> {
    let project = expr.module().project();
    let classes = expr.values().into_iter().map(|value| match value {
        Value::Instance(Type::Local(id)) => Some(project.class(id)),
        _ => None,
    });
    let classes: Vec<Class<'m>> = classes.collect::<Option<_>>()?;
    let exact = is_made_here(expr);
    let flaws: Vec<Flaw<'m>> = classes.iter().filter_map(|it| fails(*it, exact)).collect();
    let all = flaws.len() == classes.len();
    let first = flaws.into_iter().next()?;
    (all || is_declared_union(expr)).then_some(first)
}

/// Whether it is a parameter whose annotation names several classes, used whatever happens: no branch of the function can
/// have found out which it is.
pub(super) fn is_declared_union(expr: Expr<'_>) -> bool {
    let (Some(name), Some(function)) = (expr.as_name(), expr.function()) else { return false };
    let module = expr.module();
    let mut params = function.node().params.iter();
    let declared = params.any(|it| module.slice(it.name) == name && it.annotation.is_some());
    let bound = |it: Expr<'_>| it.is_store() && it.as_name() == Some(name);
    let branches = |stmt: &Stmt<'_>| {
        matches!(stmt.kind(), StmtKind::If { .. } | StmtKind::Match { .. } | StmtKind::Try { .. })
    };
    declared
        && !function.expressions().any(bound)
        && !function.statements().any(|it| branches(&it) && it.span().start < expr.span().start)
}

/// What keeps instances from being awaited.
pub(super) fn awaiting<'m>(class: Class<'m>, exact: bool) -> Option<Flaw<'m>> {
    if !is_known_whole(class) {
        return None;
    }
    flaw(class, "__await__", 0, exact, gives_no_iterator)
}

/// What keeps instances from being entered by `async with`.
pub(super) fn entering<'m>(class: Class<'m>, exact: bool) -> Option<Flaw<'m>> {
    if !is_known_whole(class) || class.name().ends_with("Mixin") || has(class, "__getattr__") {
        return None;
    }
    flaw(class, "__aenter__", 0, exact, gives_nothing_to_await)
        .or_else(|| flaw(class, "__aexit__", 3, exact, gives_nothing_to_await))
}

/// What keeps instances from being iterated over by `async for`.
pub(super) fn iterating<'m>(class: Class<'m>, exact: bool) -> Option<Flaw<'m>> {
    let inherited = class.external_bases().iter().any(|base| base.contains("Async"));
    if !is_known_whole(class) || inherited || has(class, "__getattr__") {
        return None;
    }
    if let Some(flaw) = flaw(class, "__aiter__", 0, exact, |_| None) {
        return Some(flaw);
    }
    // What `__aiter__` gives is asked for the items.
    let method = class.method("__aiter__")?;
    let node = method.node();
    if node.is_async || node.is_generator || !node.decorators.is_empty() {
        return None;
    }
    let given = method.results();
    let iterators = given.iter().map(|value| match value {
        Value::Instance(Type::Local(id)) => Some(class.module().project().class(*id)),
        _ => None,
    });
    let iterators: Vec<Class<'m>> = iterators.collect::<Option<_>>()?;
    iterators.into_iter().find_map(|iterator| {
        let inherited = iterator.external_bases().iter().any(|base| base.contains("Async"));
        if inherited || !is_known_whole(iterator) || has(iterator, "__getattr__") {
            return None;
        }
        let exact = exact && iterator == class;
        let found = flaw(iterator, "__anext__", 0, exact, gives_nothing_to_await)?;
        if found.why == Why::Lacking {
            return Some(Flaw {
                method: Some(method),
                name: "__aiter__",
                why: Why::Gives,
                ..found
            });
        }
        Some(found)
    })
}

/// What is wrong with the method, which Python calls with so many arguments besides `self`.
fn flaw<'m>(
    class: Class<'m>,
    name: &'static str,
    given: usize,
    exact: bool,
    useless: impl Fn(Function<'m>) -> Option<Confidence>,
) -> Option<Flaw<'m>> {
    if !exact && is_extended_by(class, name) {
        return None;
    }
    let found = |method, why, confidence| Some(Flaw { method, name, why, confidence });
    let bound = class.bound(name);
    if !has(class, name) {
        return found(None, Why::Lacking, Confidence::Likely);
    }
    let [ref values @ .., ref last] = bound[..] else { return None };
    let method = |value: &Value| match value {
        Value::Function(id) => Some(class.module().project().function(*id)),
        _ => None,
    };
    let wrong = |method: Function<'m>| {
        if !method.node().decorators.is_empty() {
            None
        } else if !takes(&method.node().params, given) {
            Some((Why::Arguments, Confidence::Likely))
        } else {
            useless(method).map(|confidence| (Why::Gives, confidence))
        }
    };
    let last = method(last)?;
    if let Some((why, confidence)) = wrong(last) {
        // Of several definitions, each may be the one that counts.
        let sure = if values.is_empty() { confidence } else { Confidence::Possible };
        return found(Some(last), why, sure);
    }
    (values.is_empty() && is_conditional(last))
        .then(|| found(Some(last), Why::Sometimes, Confidence::Possible))?
}

/// Whether the method is defined under an `if` of the class's body, which is not about versions or type checkers.
fn is_conditional(method: Function<'_>) -> bool {
    let Some(class) = method.class() else { return false };
    let module = class.module();
    let column = |at: u32| at - module.lines().start(module.lines().line(at));
    let first = class.node().body.first().map(|id| module.stmt(*id).span().start);
    let text = class.text();
    let foreseen = ["version", "TYPE_CHECKING", "platform", "try:"];
    first.is_some_and(|it| column(method.span().start) > column(it))
        && foreseen.iter().all(|it| !text.contains(it))
}

/// Whether what `await` gets from the method is certainly of no use, and how sure that is.
fn gives_nothing_to_await(method: Function<'_>) -> Option<Confidence> {
    let node = method.node();
    if node.is_async || (node.returns.is_none() && method.is_abstract()) {
        return None;
    }
    let project = method.module().project();
    let plain = |value: &Value| match value {
        Value::Instance(Type::Local(id)) => {
            let class = project.class(*id);
            is_not_awaitable(class) && !is_extended_by(class, "__await__")
        }
        Value::Items(_) => node.is_generator,
        _ => is_plain(value),
    };
    useless(method, plain)
}

fn gives_no_iterator(method: Function<'_>) -> Option<Confidence> {
    let node = method.node();
    if node.is_async || node.is_generator || (node.returns.is_none() && method.is_abstract()) {
        return None;
    }
    useless(method, is_plain)
}

/// All that the method gives, or some of it, is of no use.
fn useless(method: Function<'_>, plain: impl Fn(&Value) -> bool) -> Option<Confidence> {
    let values = method.results();
    let declared = method.node().returns.map(|id| method.module().expr(id).as_annotation());
    let unknown = |values: &[Value]| values.is_empty() || values.contains(&Value::Unknown);
    if unknown(&values) || declared.is_some_and(|it| unknown(&it)) {
        return None;
    }
    if values.iter().all(&plain) {
        return Some(Confidence::Likely);
    }
    values.iter().any(plain).then_some(Confidence::Possible)
}

fn is_plain(value: &Value) -> bool {
    const PLAIN: [&str; 5] =
        ["builtins.int", "builtins.str", "builtins.bool", "builtins.float", "builtins.bytes"];
    match value {
        Value::None | Value::Plain | Value::Tuple(_) | Value::Map(_) => true,
        Value::Instance(Type::External(class)) => PLAIN.contains(&class.as_str()),
        _ => false,
    }
}
