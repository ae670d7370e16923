//! `asyncio.gather`, and functions of the repository that hand their arguments on to it.

use crate::python::ast::{ParamKind, Unpack};
use crate::python::{Call, Expr, Function, Value};

/// Whether the call gathers what it is given, so that how it deals with failures is up to its arguments.
pub(in crate::analysis::rules) fn gathers(call: Call<'_>) -> bool {
    if call.is("asyncio.gather") {
        return true;
    }
    if !call.method().is_some_and(|name| name.contains("gather")) {
        return false;
    }
    match call.function() {
        Some(function) => hands_on(function),
        None => is_named_so(call),
    }
}

/// Whether the function gives its `*args` and `**kwargs` to `gather`, and settles nothing itself.
fn hands_on(function: Function<'_>) -> bool {
    let module = function.module();
    let of_kind = |kind| {
        let mut params = function.node().params.iter().filter(move |param| param.kind == kind);
        params.next().map(|param| module.slice(param.name))
    };
    let Some(several) = of_kind(ParamKind::Star) else { return false };
    let options = of_kind(ParamKind::DoubleStar);
    let given = |call: Call<'_>, unpack, name: Option<&str>| {
        call.args().iter().any(|arg| arg.unpack == unpack && arg.value.as_name() == name)
    };
    function.expressions().filter_map(Expr::as_call).any(|call| {
        call.is("asyncio.gather")
            && given(call, Unpack::Star, Some(several))
            && given(call, Unpack::DoubleStar, options)
            && call.keyword("return_exceptions").is_none()
    })
}

/// A function that is imported from a place nobody sees, is awaited, and is named for `gather`: `safe_gather(*tasks)`.
fn is_named_so(call: Call<'_>) -> bool {
    let outside = |value: &Value| match value {
        Value::External(name) => !name.starts_with("asyncio.") && !name.starts_with("builtins."),
        _ => false,
    };
    call.callee().as_name().is_some_and(|name| name.ends_with("_gather"))
        && call.fact().is_none()
        && call.callee().values().iter().all(outside)
        && call.expr().is_awaited()
}
