//! State that several functions see: attributes of `self`, variables of the module, variables of an enclosing function.

use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Expr, Function, Stmt, Tag, Variable};

/// A piece of such state. Equal for all places of a file that are about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum State<'m> {
    /// An attribute of the instances of a class: where the class begins, and the attribute's name.
    Attribute(usize, &'m str),
    /// A variable of the module or of an enclosing function.
    Variable(Variable<'m>),
}

/// The state that an expression is about: `self.jobs` for `self.jobs[key].name`. `None` for what only its own function sees.
pub(super) fn of(expr: Expr<'_>) -> Option<State<'_>> {
    let mut at = expr;
    loop {
        if let Some(state) = named(at) {
            return Some(state);
        }
        let inner = match at.kind() {
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => *value,
            _ => return None,
        };
        at = at.module().expr(inner);
    }
}

/// The state that an expression names exactly.
pub(super) fn named(expr: Expr<'_>) -> Option<State<'_>> {
    match expr.kind() {
        ExprKind::Attribute { value, name } => {
            let owner = expr.module().expr(*value);
            let class = owner.function()?.outer_class()?;
            let own = matches!(owner.as_name(), Some("self" | "cls"));
            own.then(|| State::Attribute(class.span().start as usize, expr.module().slice(*name)))
        }
        ExprKind::Name => {
            let variable = expr.variable()?;
            let shared = expr.is_global() || expr.variable_of() != expr.function();
            (shared && expr.function().is_some()).then_some(State::Variable(variable))
        }
        _ => None,
    }
}

/// Words in the name of a thing that lets one in at a time.
const GUARDS: [&str; 6] = ["lock", "mutex", "sem", "guard", "cond", "limit"];

/// Whether a lock is held at the statement, in the function that it belongs to: by `with` (or `async with`) of something that is
/// a lock or has the name of one.
pub(super) fn is_guarded(stmt: Stmt<'_>) -> bool {
    let function = stmt.function();
    let around = stmt.ancestors().take_while(|it| it.function() == function);
    std::iter::once(stmt).chain(around).any(|outer| match outer.kind() {
        StmtKind::With { items, .. } => {
            items.iter().any(|item| is_lock(outer.module().expr(item.context)))
        }
        _ => false,
    }) || function.is_some_and(acquires)
}

fn is_lock(context: Expr<'_>) -> bool {
    let library = context.module().library();
    let tagged = context.class().is_some_and(|class| {
        library.fact(&class).is_some_and(|fact| fact.has(Tag::Lock) || fact.has(Tag::Limits))
    });
    let text = context.text().to_lowercase();
    tagged || GUARDS.iter().any(|word| text.contains(word))
}

/// Whether the function takes a lock by hand somewhere.
fn acquires(function: Function<'_>) -> bool {
    let mut calls = function.expressions().filter_map(Expr::as_call);
    calls.any(|call| call.method() == Some("acquire"))
}
