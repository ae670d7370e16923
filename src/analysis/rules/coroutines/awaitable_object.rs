//! Part of AW202: objects with an `__await__`, used as if they were what awaiting them gives.

use super::misuse::attribute_name;
use crate::analysis::rules::advice;
use crate::analysis::rules::classes::is_known_whole;
use crate::analysis::{Confidence, Report};
use crate::python::ast::ExprKind;
use crate::python::{Call, Class, Expr, Function, Type, Value};

/// Whether the call makes an instance of a class of the repository that has an `__await__`, and whose `__init__` calls
/// nothing that could start the work by itself.
pub(super) fn is_made_by(call: Call<'_>) -> bool {
    let [Value::Class(id)] = call.callee().values()[..] else { return false };
    let class = call.module().project().class(id);
    let calls = |it: Function<'_>| it.expressions().any(|it| it.as_call().is_some());
    class.method("__await__").is_some()
        && has_only_abstract_bases(class)
        && !class.method("__init__").is_some_and(calls)
}

fn has_only_abstract_bases(class: Class<'_>) -> bool {
    let abstract_ = |base: &String| {
        ["typing.", "collections.abc.", "builtins.object"].iter().any(|it| base.starts_with(it))
    };
    class.external_bases().iter().all(abstract_)
}

/// An attribute that an object does not have of whose class nothing is known but that it can be awaited.
pub(super) fn check(expr: Expr<'_>, report: &mut Report) {
    let ExprKind::Attribute { value, .. } = expr.kind() else { return };
    let object = expr.module().expr(*value);
    let name = attribute_name(expr);
    if object.as_name().is_none() || expr.is_store() || name.starts_with("__") {
        return;
    }
    let values = object.values();
    let lacks = |value: &Value| match value {
        Value::Instance(Type::Local(id)) => {
            let class = expr.module().project().class(*id);
            class.method("__await__").is_some() && is_only_awaited(class) && !has(class, name)
        }
        _ => false,
    };
    if values.is_empty() || !values.iter().all(lacks) {
        return;
    }
    let what = advice::quoted(object, "this");
    report
        .finding(
            expr,
            format!("{what} is there to be awaited and has no `{name}`, which what it gives may have; write `(await {}).{name}`", object.text()),
        )
        .confidence(Confidence::Likely);
}

/// Whether everything the class has is in view, and Python alone calls its methods.
fn is_only_awaited(class: Class<'_>) -> bool {
    let special = |it: Class<'_>| it.methods().iter().all(|it| it.name().starts_with("__"));
    let dynamic = ["__getattr__", "__getattribute__", "__slots__", "__dict__"];
    is_known_whole(class)
        && special(class)
        && dynamic.iter().all(|it| !class.text().contains(it))
        && class.subclasses().is_empty()
}

/// Whether the name stands anywhere in the class or in one that it derives from.
fn has(class: Class<'_>, name: &str) -> bool {
    let mut todo = vec![class];
    let mut at = 0;
    while let Some(class) = todo.get(at).copied() {
        at += 1;
        if class.text().contains(name) {
            return true;
        }
        for value in class.node().bases.iter().flat_map(|it| class.module().expr(it.value).values())
        {
            let Value::Class(id) = value else { continue };
            let base = class.module().project().class(id);
            if !todo.contains(&base) {
                todo.push(base);
            }
        }
    }
    false
}
