//! Part of AW201: methods that Python calls itself, with other arguments than they take, or that give what it can't use.

use crate::analysis::rules::classes::is_known_whole;
use crate::analysis::{Confidence, Report};
use crate::python::ast::{Param, ParamKind, StmtKind};
use crate::python::{Class, Expr, Function, Type, Value};

/// Methods, how many arguments they get besides `self`, and what calls them.
const CALLED: [(&str, usize, &str); 5] = [
    ("__aenter__", 0, "`async with`"),
    ("__aexit__", 3, "`async with`"),
    ("__aiter__", 0, "`async for`"),
    ("__anext__", 0, "`async for`"),
    ("__await__", 0, "`await`"),
];

pub(super) fn check(function: Function<'_>, report: &mut Report) {
    let called = CALLED.iter().find(|(name, ..)| *name == function.name());
    let Some((name, given, by)) = called.filter(|_| function.class().is_some()) else { return };
    if !function.node().decorators.is_empty() {
        return;
    }
    if takes(&function.node().params, *given) {
        gives_no_iterator(function, report);
        return;
    }
    let (arguments, advice) = match given {
        0 => ("no argument", format!("`{name}(self)`")),
        _ => ("three arguments", format!("`{name}(self, exc_type, exc, traceback)`")),
    };
    report.finding(
        function.name_span(),
        format!("{by} calls `{name}` with {arguments} besides `self`, which this does not take, so it raises `TypeError`; write {advice}"),
    );
}

/// An `__aiter__` that returns something without `__anext__`.
fn gives_no_iterator(function: Function<'_>, report: &mut Report) {
    let node = function.node();
    if function.name() != "__aiter__" || node.is_async || node.is_generator {
        return;
    }
    let module = function.module();
    let returned = function.statements().filter_map(|stmt| match stmt.kind() {
        StmtKind::Return(value) => value.map(|id| module.expr(id)),
        _ => None,
    });
    let mut lacking = None;
    for value in returned.flat_map(Expr::values) {
        let Value::Instance(Type::Local(id)) = value else { return };
        let class = module.project().class(id);
        if !lacks_anext(class) {
            return;
        }
        lacking = Some(class);
    }
    let Some(class) = lacking else { return };
    report
        .finding(
            function.name_span(),
            format!("`async for` asks what `__aiter__` returns for `__anext__`, and `{}` has none, so it raises `TypeError`; write `async def __anext__`, or make `__aiter__` an asynchronous generator", class.name()),
        )
        .confidence(Confidence::Likely);
}

fn lacks_anext(class: Class<'_>) -> bool {
    let has = |it: Class<'_>| it.method("__anext__").is_some();
    is_known_whole(class)
        && !has(class)
        && !class.name().ends_with("Mixin")
        && class.external_bases().iter().all(|it| !it.contains("Async"))
        && !class.subclasses().into_iter().any(has)
        && !class.text().contains("__anext__")
}

/// Whether a method with these parameters can be called with so many arguments besides `self`.
pub(super) fn takes(params: &[Param], given: usize) -> bool {
    let is = |kind: ParamKind| move |it: &&Param| it.kind == kind;
    let star = params.iter().any(|it| it.kind == ParamKind::Star);
    let plain = params.iter().filter(is(ParamKind::Plain));
    let needed = plain.clone().filter(|it| it.default.is_none()).count();
    let by_name = params.iter().filter(is(ParamKind::KeywordOnly)).any(|it| it.default.is_none());
    needed <= given + 1 && (star || plain.count() > given) && !by_name
}
