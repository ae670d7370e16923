//! Asynchronous context managers that can't be entered, or that leave something open.

use super::{exits, generated_contexts};
use crate::analysis::rules::classes::{is_known_whole, is_not_awaitable, is_stub};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind, WithItem};
use crate::python::flow::{self, Ways};
use crate::python::{Class, Expr, Function, Module, TextEdit, Type, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW302",
    name: "broken-async-context-manager",
    item: Some(Item(26)),
    also: &[Item(27)],
    severity: Severity::High,
    category: Category::Leak,
    page: include_str!("broken_async_context_manager.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for class in module.classes() {
        halves(class, report);
        for name in ["__aenter__", "__aexit__"] {
            if let Some(method) = own(class, name) {
                not_awaitable(method, report);
            }
        }
        if let Some(exit) = own(class, "__aexit__") {
            exits::check(class, exit, report);
        }
    }
    for function in module.functions_in_focus() {
        generated_contexts::check(function, report);
    }
    for stmt in module.statements_in_focus() {
        if let StmtKind::With { is_async: true, items, .. } = stmt.kind() {
            items.iter().for_each(|item| bound_to_nothing(module, item, report));
        }
    }
}

/// The method of this name that the class itself defines, once.
pub(super) fn own<'m>(class: Class<'m>, name: &str) -> Option<Function<'m>> {
    let methods = class.methods();
    let mut named = methods.into_iter().filter(|it| it.name() == name);
    named.next().filter(|_| named.next().is_none())
}

/// One of the two methods without the other.
fn halves(class: Class<'_>, report: &mut Report) {
    let (method, missing) = match (own(class, "__aenter__"), own(class, "__aexit__")) {
        (Some(enter), None) => (enter, "__aexit__"),
        (None, Some(exit)) => (exit, "__aenter__"),
        _ => return,
    };
    let elsewhere = class.method(missing).is_some()
        || class.text().contains(missing)
        || class.method("__getattr__").is_some()
        || class.name().ends_with("Mixin");
    if elsewhere || is_stub(method) || !is_known_whole(class) || !class.subclasses().is_empty() {
        return;
    }
    report
        .finding(
            method.name_span(),
            format!(
                "`{}` has `{}` and no `{missing}`, so `async with` over it raises an exception before its body runs; write both",
                class.name(),
                method.name()
            ),
        )
        .confidence(Confidence::Likely);
}

/// A plain method whose result can't be awaited.
fn not_awaitable(method: Function<'_>, report: &mut Report) {
    let node = method.node();
    if node.is_async || node.is_generator || !node.decorators.is_empty() {
        return;
    }
    if let Some(gives) = if is_stub(method) { declared(method) } else { given(method) } {
        state(method, &gives, report);
    }
}

/// What the annotation says that it returns, if that can't be awaited.
fn declared(method: Function<'_>) -> Option<String> {
    let module = method.module();
    let returns = module.expr(method.node().returns?);
    let plain = |value: &Value| match value {
        Value::None => true,
        Value::Instance(Type::External(name)) => name.starts_with("builtins."),
        _ => false,
    };
    let values = returns.as_annotation();
    (!values.is_empty() && values.iter().all(plain)).then(|| format!("`{}`", returns.text()))
}

/// What it returns, if that can't be awaited.
fn given(method: Function<'_>) -> Option<String> {
    let node = method.node();
    let module = method.module();
    let ways = flow::exits(&module, &node.body, Ways::Regular);
    let mut gives = ways.falls.then_some("`None`");
    for id in &ways.leaves {
        let StmtKind::Return(value) = module.stmt(*id).kind() else { continue };
        let given = value.map(|id| module.expr(id));
        gives = match given.map(Expr::kind) {
            None | Some(ExprKind::None) => Some("`None`"),
            Some(ExprKind::Bool(_)) => Some("a `bool`"),
            Some(ExprKind::Number) => Some("a number"),
            Some(ExprKind::Str | ExprKind::Format(_)) => Some("a `str`"),
            Some(ExprKind::Name) if given.is_some_and(|it| it.text() == "self") => {
                if !method.class().is_some_and(is_not_awaitable) {
                    return None;
                }
                Some("`self`")
            }
            _ => return None,
        };
    }
    gives.map(str::to_owned)
}

fn state(method: Function<'_>, gives: &str, report: &mut Report) {
    let name = method.name();
    report
        .finding(
            method.name_span(),
            format!("`async with` awaits what `{name}` returns, and this plain `def` returns {gives}, which can't be awaited: it raises `TypeError`; make it `async def {name}`"),
        )
        .fix("Make it `async def`", vec![TextEdit::before(method.span(), "async ")]);
}

/// `async with … as name` where `__aenter__` returns nothing.
fn bound_to_nothing(module: &Module<'_>, item: &WithItem, report: &mut Report) {
    let context = module.expr(item.context);
    let Some(target) = item.target.map(|id| module.expr(id)) else { return };
    if target.as_name().is_none() || target.uses().is_empty() {
        return;
    }
    let values = context.values();
    let [Value::Instance(Type::Local(id))] = values[..] else { return };
    let class = module.project().class(id);
    let Some(enter) = class.method("__aenter__").filter(|it| returns_nothing(*it)) else { return };
    let made_here = context.as_call().is_some_and(|it| it.callee().values() == [Value::Class(id)]);
    if !is_known_whole(class) || !(made_here || enter.overrides().is_empty()) {
        return;
    }
    let (name, what) = (target.text(), class.name());
    report
        .finding(
            context,
            format!("`__aenter__` of `{what}` returns nothing, so `{name}` is `None` here, and the first use of it raises an exception; end `__aenter__` with `return self`, or drop the `as`"),
        )
        .confidence(Confidence::Likely)
        .related(enter.module().site(enter.name_span()), "this returns nothing");
}

/// Whether what is awaited of it is always `None`.
fn returns_nothing(method: Function<'_>) -> bool {
    let node = method.node();
    let module = method.module();
    let nothing = |id| match module.stmt(id).kind() {
        StmtKind::Return(value) => {
            value.is_none_or(|id| matches!(module.expr(id).kind(), ExprKind::None))
        }
        _ => true,
    };
    let own = || method.statements().all(|stmt| nothing(stmt.id()));
    node.is_async
        && !node.is_generator
        && node.decorators.is_empty()
        && !is_stub(method)
        && own()
        && flow::exits(&module, &node.body, Ways::Regular).falls
}
