use crate::analysis::rules::blocking::calls;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ComprehensionKind, ExprKind, Param, StmtId, StmtKind};
use crate::python::{Call, Class, Expr, Function, Module, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW109",
    name: "coroutine-without-await",
    item: Some(Item(1)),
    also: &[Item(9)],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("coroutine_without_await.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let idle = module.functions_in_focus().filter(|it| it.is_async() && !it.node().is_generator);
    for function in idle.filter(|it| !uses_the_loop(*it)) {
        if is_stub(module, &function.node().body) || must_be_async(function) {
            continue;
        }
        let Some(confidence) = confidence(function) else { continue };
        report
            .finding(
                function.name_span(),
                format!("`{}` awaits nothing, so each call makes a coroutine for work that a plain function does, and its body still holds the loop from start to end; make it `def`, or await what it should wait for", function.name()),
            )
            .confidence(confidence);
    }
}

/// Whether the function's own code gives control to the loop anywhere, asks which task or loop it runs in, or blocks where
/// it should wait, which other rules say.
fn uses_the_loop(function: Function<'_>) -> bool {
    let waits = |expr: Expr<'_>| match expr.kind() {
        ExprKind::Await(_) => !is_of_a_generator(expr),
        ExprKind::Yield(_) => true,
        ExprKind::Comprehension { kind, clauses, .. } => {
            *kind != ComprehensionKind::Generator
                && clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
        }
        ExprKind::Call { .. } => expr.as_call().is_some_and(|call| {
            call.is_any(&[
                "asyncio.get_running_loop",
                "asyncio.current_task",
                "asyncio.create_task",
                "asyncio.TaskGroup.create_task",
            ]) || calls::blocks(call)
        }),
        // Half a function: what could not be read may hold the `await`.
        ExprKind::Opaque(_) => true,
        _ => false,
    };
    let asynchronous = |kind: &StmtKind| {
        matches!(
            kind,
            StmtKind::With { is_async: true, .. }
                | StmtKind::For { is_async: true, .. }
                | StmtKind::Opaque(..)
        )
    };
    function.expressions().any(waits) || function.statements().any(|it| asynchronous(it.kind()))
}

/// Whether it is evaluated when somebody iterates over a generator expression: all of that but for its first iterable.
fn is_of_a_generator(expr: Expr<'_>) -> bool {
    let mut inner = expr;
    while let Some(outer) = inner.parent_expr() {
        if let ExprKind::Comprehension { kind: ComprehensionKind::Generator, clauses, .. } =
            outer.kind()
            && !matches!(clauses.first(), Some(Clause::For { iter, .. }) if *iter == inner.id())
        {
            return true;
        }
        inner = outer;
    }
    false
}

/// Whether the body does nothing yet: documentation, `pass`, `...`, `raise`, `return NotImplemented`.
fn is_stub(module: &Module, body: &[StmtId]) -> bool {
    body.iter().all(|id| match module.stmt(*id).kind() {
        StmtKind::Pass | StmtKind::Raise { .. } | StmtKind::Return(None) => true,
        StmtKind::Expr(expr) => {
            matches!(module.expr(*expr).kind(), ExprKind::Str | ExprKind::Ellipsis)
        }
        StmtKind::Return(Some(expr)) => {
            let expr = module.expr(*expr);
            matches!(expr.kind(), ExprKind::None) || expr.is("builtins.NotImplemented")
        }
        _ => false,
    })
}

/// Whether somebody else decides that it is asynchronous: a decorator, a base or a derived class, a protocol, whoever it is
/// given to.
fn must_be_async(function: Function<'_>) -> bool {
    let name = function.name();
    if !function.node().decorators.is_empty()
        || (name.starts_with("__") && name.ends_with("__"))
        || may_be_a_test_of_the_loop(function)
        || is_given_away(function)
    {
        return true;
    }
    function.class().is_some_and(|class| has_counterpart(class, name))
}

/// What a test may call that certainly needs no loop.
const COMPUTES: [&str; 10] = [
    "builtins.print",
    "builtins.len",
    "builtins.sum",
    "builtins.sorted",
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.str",
    "builtins.repr",
    "builtins.isinstance",
];

/// Whether it is a test whose fixtures, or what it calls, may need the loop that it runs on.
fn may_be_a_test_of_the_loop(function: Function<'_>) -> bool {
    let plain = |call: Call<'_>| call.is_any(&COMPUTES);
    function.name().starts_with("test")
        && !(function.node().params.is_empty()
            && function.expressions().filter_map(Expr::as_call).all(plain))
}

/// Whether the function is used other than by calling it: stored, passed, returned, listed.
fn is_given_away(function: Function<'_>) -> bool {
    let module = function.module();
    let name = function.name();
    let is_method = function.class().is_some();
    module.expressions().any(|expr| {
        let named = match expr.kind() {
            ExprKind::Name => !is_method && expr.text() == name && is_function(expr, function),
            ExprKind::Attribute { name: last, .. } => is_method && module.slice(*last) == name,
            _ => false,
        };
        named && !is_called(expr)
    })
}

fn is_function(expr: Expr<'_>, function: Function<'_>) -> bool {
    let project = function.module().project();
    !expr.is_store()
        && expr
            .values()
            .iter()
            .any(|it| matches!(it, Value::Function(it) if project.function(*it) == function))
}

fn is_called(expr: Expr<'_>) -> bool {
    expr.parent_expr().and_then(Expr::as_call).is_some_and(|call| call.callee() == expr)
}

/// Whether a base may define the method, or a class derived from this one does: then its form is not the author's choice.
fn has_counterpart(class: Class<'_>, name: &str) -> bool {
    if class.node().bases.iter().any(|base| !defines_all(class, base.value, name)) {
        return true;
    }
    let derived = |other: &Class<'_>| {
        *other != class
            && other.node().bases.iter().any(|base| {
                let values = other.module().expr(base.value).values();
                values.iter().any(
                |it| matches!(it, Value::Class(id) if class.module().project().class(*id) == class),
            )
            })
    };
    let mut others = class.module().classes().filter(derived);
    others.any(|other| other.methods().iter().any(|it| it.name() == name))
}

/// Whether a base is a class whose methods are all known, and has none of this name.
fn defines_all(class: Class<'_>, base: crate::python::ast::ExprId, name: &str) -> bool {
    let base = class.module().expr(base);
    if base.is_any(&["builtins.object", "abc.ABC"]) {
        return true;
    }
    match &base.values()[..] {
        [Value::Class(id)] => {
            let base = class.module().project().class(*id);
            base != class
                && base.method(name).is_none()
                && base.node().bases.iter().all(|it| defines_all(base, it.value, name))
        }
        _ => false,
    }
}

/// How sure it is that nobody but its callers decides about the function. `None` for one that is plainly a hook.
fn confidence(function: Function<'_>) -> Option<Confidence> {
    let module = function.module();
    let name = function.name();
    let called = module.calls().any(|call| call.method() == Some(name));
    if called {
        return Some(Confidence::Likely);
    }
    // Called from elsewhere, perhaps by a framework. One that ignores what it is given has its form from there.
    let ignored = |param: &Param| {
        let param = module.slice(param.name);
        let is_self = matches!(param, "self" | "cls");
        !is_self && !function.expressions().any(|expr| expr.as_name() == Some(param))
    };
    (!function.node().params.iter().any(ignored)).then_some(Confidence::Possible)
}
