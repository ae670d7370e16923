//! What a statement may raise.

use super::super::Value;
use super::super::ast::*;
use super::super::handles::{Expr, Stmt};

/// What a statement itself (not the blocks in it) may raise, other than by `raise`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Raises {
    /// Exceptions other than cancellation.
    pub(super) errors: bool,
    /// It may be cancelled.
    pub(super) cancellation: bool,
}

/// What the statement may raise, for more than a missing attribute or a wrong type.
pub(super) fn raised_by(stmt: Stmt<'_>) -> Raises {
    let always = |cancellation| Raises { errors: true, cancellation };
    match stmt.kind() {
        StmtKind::Import(_) | StmtKind::ImportFrom { .. } => always(false),
        StmtKind::For { is_async: true, .. } | StmtKind::With { is_async: true, .. } => {
            always(true)
        }
        StmtKind::Try { .. } => Raises::default(),
        kind => {
            let start = match kind {
                StmtKind::Assert(_) | StmtKind::With { .. } => always(false),
                _ => Raises::default(),
            };
            let parts = stmt.head_expressions();
            parts.into_iter().fold(start, |raises, part| raises.and(of(part)))
        }
    }
}

impl Raises {
    fn and(self, other: Self) -> Self {
        Self {
            errors: self.errors || other.errors,
            cancellation: self.cancellation || other.cancellation,
        }
    }
}

fn of(expr: Expr<'_>) -> Raises {
    let own = match expr.kind() {
        ExprKind::Call { callee, .. } => {
            let callee = expr.module().expr(*callee);
            Raises { errors: !is_harmless(callee), cancellation: false }
        }
        ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
            Raises { errors: true, cancellation: true }
        }
        ExprKind::Subscript { .. } => Raises { errors: true, cancellation: false },
        ExprKind::Comprehension { .. } => Raises { errors: true, cancellation: false },
        // Its body runs when it is called.
        ExprKind::Lambda(_) => return Raises::default(),
        _ => Raises::default(),
    };
    expr.children().into_iter().fold(own, |raises, child| raises.and(of(child)))
}

/// Making a plain container of nothing, or asking for a type, does not fail.
fn is_harmless(callee: Expr<'_>) -> bool {
    const HARMLESS: [&str; 4] =
        ["builtins.list", "builtins.dict", "builtins.set", "builtins.isinstance"];
    let harmless =
        |it: &Value| matches!(it, Value::External(name) if HARMLESS.contains(&name.as_str()));
    callee.as_name().is_some() && callee.values().iter().all(harmless)
}
