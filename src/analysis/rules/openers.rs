//! Functions of the repository that open something and give it to whoever calls them.

use super::fate::{Fate, fate, outlives_its_function};
use crate::analysis::Draft;
use crate::python::ast::ExprKind;
use crate::python::{Call, Expr, Fact, Function, Kind};

/// How many functions may lie between a call and the library's that it comes down to.
const DEEPEST: u32 = 3;

/// What a call comes down to: a call of a library, made here or in functions that give on what it gives.
#[derive(Clone, Copy)]
pub(super) struct Origin<'m> {
    /// The library's call.
    pub(super) by: Call<'m>,
    /// Whether an `await` lies on the way, so that what a coroutine gives is there.
    pub(super) awaited: bool,
    here: Call<'m>,
}

impl<'m> Origin<'m> {
    /// What the call comes down to.
    pub(super) fn of(call: Call<'m>) -> Option<Self> {
        let (by, awaited) = found(call, 0)?;
        Some(Self { by, awaited, here: call })
    }

    /// What is known of the library's call.
    pub(super) fn fact(self) -> Option<Fact<'m>> {
        self.by.fact()
    }

    /// Whether the call itself is the library's.
    pub(super) fn is_direct(self) -> bool {
        self.by.expr() == self.here.expr()
    }

    /// Whether what the library opens is open: a coroutine function's resource is when it has been awaited.
    pub(super) fn is_open(self) -> bool {
        self.fact().is_some_and(|it| it.kind != Kind::Coroutine) || self.awaited
    }

    /// Shows where it is opened, when that is in another function.
    pub(super) fn shown(self, draft: &mut Draft) {
        if !self.is_direct() {
            let by = super::advice::name_of(self.by);
            draft.related(self.by.callee(), format!("`{by}` opens it here, for whoever calls"));
        }
    }
}

fn found(call: Call<'_>, depth: u32) -> Option<(Call<'_>, bool)> {
    let awaited = call.expr().is_awaited();
    if call.fact().is_some() {
        return Some((call, awaited));
    }
    let function = call.function().filter(|it| depth < DEEPEST && gives_on(*it))?;
    if function.is_async() && !awaited {
        return None;
    }
    let mut given = function.returned_expressions().map(|it| opened(it, function, depth));
    let first = given.next()??;
    given.all(|it| it.is_some()).then_some((first.0, first.1 || awaited))
}

/// Whether what the function returns is what its callers get.
fn gives_on(function: Function<'_>) -> bool {
    !function.node().is_generator && function.decorators().next().is_none()
}

/// What a returned expression comes down to: a call, or a local name that only ever is what a call gives.
fn opened<'m>(returned: Expr<'m>, function: Function<'m>, depth: u32) -> Option<(Call<'m>, bool)> {
    let value = match returned.kind() {
        ExprKind::Await(inner) => returned.module().expr(*inner),
        _ => returned,
    };
    if let Some(call) = value.as_call() {
        return found(call, depth + 1);
    }
    returned.as_name()?;
    let binds = |it: &Expr<'m>| {
        !matches!(it.kind(), ExprKind::Await(_))
            && it.bound_to().iter().any(|to| to.uses().contains(&returned))
    };
    let mut bound = function.expressions().filter(binds);
    let (made, None) = (bound.next()?, bound.next()) else { return None };
    let [name] = made.bound_to()[..] else { return None };
    let lent = |used: &Expr<'m>| {
        *used == returned || used.function() == Some(function) && is_used_only(*used)
    };
    let own = !outlives_its_function(name) && name.uses().iter().all(lent);
    found(made.as_call().filter(|_| own)?, depth + 1)
}

/// Whether a use leaves what it uses with the function: it takes an attribute, or gives it back to the caller.
fn is_used_only(used: Expr<'_>) -> bool {
    matches!(fate(used), Fate::Attribute(_) | Fate::Returned | Fate::Tested | Fate::Compared)
}
