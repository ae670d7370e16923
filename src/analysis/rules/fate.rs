//! What becomes of an expression's value where it stands.

use crate::python::ast::{Clause, ExprKind, Parent, StmtKind};
use crate::python::{Call, Expr, Function, Stmt};

/// What becomes of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate<'m> {
    /// Nobody takes it: a statement of its own, also within a display or comprehension that is one.
    Dropped,
    /// `await` takes it.
    Awaited(Expr<'m>),
    /// Its truth is asked for.
    Tested,
    /// It is compared with something.
    Compared,
    /// It becomes text.
    Formatted,
    /// It is calculated with, indexed, iterated over or unpacked.
    Used,
    /// An attribute of it is taken: the attribute's expression.
    Attribute(Expr<'m>),
    /// It is one of the contexts of a `with`.
    Entered(Stmt<'m>),
    /// It is bound by the assignment.
    Bound(Stmt<'m>),
    /// It is an argument of a call.
    Argument(Call<'m>),
    /// A lambda gives it to whoever calls the lambda.
    Lambda(Function<'m>),
    /// It leaves the function: `return`, `yield`, `raise`.
    Returned,
    /// It goes into a container, or somewhere else where it lives on.
    Stored,
}

/// What becomes of the expression's value.
pub(super) fn fate(expr: Expr<'_>) -> Fate<'_> {
    let mut expr = expr;
    // Each round goes one expression outwards.
    loop {
        match step(expr) {
            Step::Is(fate) => return fate,
            Step::Through(outer) => expr = outer,
        }
    }
}

enum Step<'m> {
    Is(Fate<'m>),
    /// The value is the outer expression's value, or part of it.
    Through(Expr<'m>),
}

fn step(expr: Expr<'_>) -> Step<'_> {
    match expr.parent() {
        Parent::Stmt(_) => Step::Is(in_statement(expr)),
        Parent::Expr(id) => in_expression(expr, expr.module().expr(id)),
    }
}

fn in_statement(expr: Expr<'_>) -> Fate<'_> {
    let stmt = expr.stmt();
    let id = expr.id();
    match stmt.kind() {
        StmtKind::Expr(_) => Fate::Dropped,
        StmtKind::Assign { value, .. } | StmtKind::AnnAssign { value: Some(value), .. }
            if *value == id =>
        {
            Fate::Bound(stmt)
        }
        StmtKind::If { branches, .. } if branches.iter().any(|(test, _)| *test == id) => {
            Fate::Tested
        }
        StmtKind::While { test, .. } if *test == id => Fate::Tested,
        StmtKind::Assert(parts) if parts.first() == Some(&id) => Fate::Tested,
        StmtKind::For { iter, is_async: false, .. } if *iter == id => Fate::Used,
        StmtKind::With { .. } => Fate::Entered(stmt),
        StmtKind::Return(_) | StmtKind::Raise { .. } => Fate::Returned,
        _ => Fate::Stored,
    }
}

fn in_expression<'m>(expr: Expr<'m>, outer: Expr<'m>) -> Step<'m> {
    let id = expr.id();
    let fate = match outer.kind() {
        ExprKind::Await(_) => Fate::Awaited(outer),
        ExprKind::Yield(_) | ExprKind::YieldFrom(_) => Fate::Returned,
        ExprKind::Not(_) => Fate::Tested,
        ExprKind::Boolean(parts) if parts.last() != Some(&id) => {
            return alternative(outer, Fate::Tested);
        }
        ExprKind::Conditional { test, .. } if *test == id => Fate::Tested,
        ExprKind::Compare(_) => Fate::Compared,
        ExprKind::Format(_) => Fate::Formatted,
        ExprKind::Binary(_) | ExprKind::Unary(_) | ExprKind::Slice(_) => Fate::Used,
        ExprKind::Subscript { value, .. } if *value == id => Fate::Used,
        ExprKind::Attribute { .. } => Fate::Attribute(outer),
        ExprKind::Call { callee, .. } if *callee == id => Fate::Used,
        ExprKind::Call { .. } => outer.as_call().map_or(Fate::Stored, Fate::Argument),
        ExprKind::Lambda(function) => Fate::Lambda(outer.module().function(*function)),
        ExprKind::Comprehension { elements, clauses, .. } => {
            if elements.contains(&id) {
                return container(outer);
            }
            match clauses.iter().find(|clause| part_of(clause, expr)) {
                Some(Clause::If(_)) => Fate::Tested,
                Some(Clause::For { is_async: false, .. }) => Fate::Used,
                _ => Fate::Stored,
            }
        }
        ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) => {
            return container(outer);
        }
        ExprKind::Boolean(_) | ExprKind::Conditional { .. } | ExprKind::Walrus { .. } => {
            return Step::Through(outer);
        }
        _ => Fate::Stored,
    };
    Step::Is(fate)
}

fn part_of(clause: &Clause, expr: Expr<'_>) -> bool {
    match clause {
        Clause::For { iter, .. } => *iter == expr.id(),
        Clause::If(test) => *test == expr.id(),
    }
}

/// In `THIS or other` the value is asked for its truth and may be the result; what counts is whether the result is dropped.
fn alternative<'m>(outer: Expr<'m>, fate: Fate<'m>) -> Step<'m> {
    let may_be_the_result = matches!(outer.parent(), Parent::Expr(_))
        || !matches!(outer.stmt().kind(), StmtKind::Expr(_) | StmtKind::If { .. });
    let is_or = outer.text().contains(" or ");
    if may_be_the_result && is_or { Step::Is(Fate::Stored) } else { Step::Is(fate) }
}

/// A container keeps what is in it, unless it is thrown away itself.
fn container(outer: Expr<'_>) -> Step<'_> {
    Step::Is(if outer.is_dropped() { Fate::Dropped } else { Fate::Stored })
}

/// Whether the name is declared `global` or `nonlocal` in the function, or is a module's or class's own: it lives on when
/// the function ends.
pub(super) fn outlives_its_function(name: Expr<'_>) -> bool {
    let Some(function) = name.function() else { return true };
    let module = name.module();
    let declares = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Global(names) | StmtKind::Nonlocal(names) => {
            names.iter().any(|span| module.slice(*span) == name.text())
        }
        _ => false,
    };
    let own = |stmt: &Stmt<'_>| {
        function.span().contains(stmt.span()) && stmt.function() == Some(function)
    };
    module.statements().filter(own).any(declares)
}
