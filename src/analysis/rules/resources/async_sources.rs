//! What has to be iterated over with `async for`.

use crate::analysis::rules::classes::{is_instance, is_known_whole};
use crate::python::ast::{Clause, ComprehensionKind, ExprKind, StmtKind};
use crate::python::{Call, Class, Expr, Function, Kind};

/// Whether the expression is an asynchronous iterable and no other, for sure.
pub(super) fn is_async_source(iter: Expr<'_>) -> bool {
    if let ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. } = iter.kind() {
        return waits(iter);
    }
    if let Some(call) = iter.as_call() {
        return makes_one(call);
    }
    if iter.as_name().is_some() && bound_by(iter).is_some_and(is_async_source) {
        return true;
    }
    is_instance(iter, &["asyncio.StreamReader"], is_only_asynchronous)
}

fn makes_one(call: Call<'_>) -> bool {
    if let Some(function) = call.function() {
        return is_async_generator(function);
    }
    if call.fact().is_some_and(|fact| fact.kind == Kind::AsyncIterator) {
        return true;
    }
    is_instance(call.expr(), &[], is_only_asynchronous)
}

/// Whether `for` fails on instances of the class and `async for` does not.
fn is_only_asynchronous(class: Class<'_>) -> bool {
    is_known_whole(class)
        && class.method("__aiter__").is_some()
        && class.method("__iter__").is_none()
        && class.method("__getitem__").is_none()
}

/// Whether calling the function makes an asynchronous generator.
pub(super) fn is_async_generator(function: Function<'_>) -> bool {
    function.is_async() && function.node().is_generator && function.leaves_function()
}

/// The only value that the function gives to the name that is read here.
pub(super) fn bound_by(read: Expr<'_>) -> Option<Expr<'_>> {
    let (name, function) = (read.as_name()?, read.function()?);
    let mut stores =
        function.expressions().filter(|it| it.is_store() && it.as_name() == Some(name));
    let target = stores.next().filter(|_| stores.next().is_none())?;
    let StmtKind::Assign { targets, value } = target.stmt().kind() else { return None };
    (targets[..] == [target.id()] && target.uses().contains(&read))
        .then(|| read.module().expr(*value))
}

/// Whether a generator expression is an asynchronous one: it awaits something, other than for its first iterable.
fn waits(generator: Expr<'_>) -> bool {
    let ExprKind::Comprehension { elements, clauses, .. } = generator.kind() else { return false };
    let module = generator.module();
    let own = |(at, clause): (usize, &Clause)| match clause {
        Clause::For { is_async: true, .. } => true,
        Clause::For { iter, .. } => at > 0 && awaits(module.expr(*iter)),
        Clause::If(test) => awaits(module.expr(*test)),
    };
    elements.iter().any(|id| awaits(module.expr(*id))) || clauses.iter().enumerate().any(own)
}

/// Whether evaluating it awaits something.
fn awaits(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Await(_) => true,
        ExprKind::Lambda(_) => false,
        ExprKind::Comprehension { kind: ComprehensionKind::Generator, clauses, .. } => {
            match clauses.first() {
                Some(Clause::For { iter, .. }) => awaits(expr.module().expr(*iter)),
                _ => false,
            }
        }
        _ => expr.children().into_iter().any(awaits),
    }
}
