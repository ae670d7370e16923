//! Where functions are named without being called.

use super::ast::*;
use super::handles::{Call, Expr, Function};

/// Most files that are looked through for a function's name; one that more files have is taken to be handed over.
const MOST_FILES: usize = 8;

impl<'m> Function<'m> {
    /// Whether its name, or that of something else that is called the same, stands anywhere in the repository other than to
    /// be called: stored, passed, returned, listed, exported. Then somebody else decides what becomes of it.
    pub fn is_handed_over(self) -> bool {
        let named = |it: Expr<'m>| self.is_named_by(it) && !is_called(it) && !it.is_store();
        if self.module.expressions().any(named) {
            return true;
        }
        let others = self.module.project.mentioning(self.name(), MOST_FILES);
        others.len() == MOST_FILES || others.iter().any(|module| module.expressions().any(named))
    }

    fn is_named_by(self, expr: Expr<'_>) -> bool {
        match expr.kind() {
            ExprKind::Name => self.class().is_none() && expr.text() == self.name(),
            ExprKind::Attribute { name, .. } => expr.module().slice(*name) == self.name(),
            _ => false,
        }
    }
}

fn is_called(expr: Expr<'_>) -> bool {
    let outer = expr.parent_expr().and_then(Expr::as_call);
    outer.is_some_and(|call: Call<'_>| call.callee() == expr)
}
