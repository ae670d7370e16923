//! Names that a range of code uses only for itself.

use super::ast::{ExprId, ExprKind};
use super::lower::ScopeOwner;
use super::{Module, Span};

impl<'m> Module<'m> {
    /// The names within a range that are variables of the function whose code they stand in, each as often as it stands
    /// there: what they mean is nobody else's business.
    pub fn local_names(self, span: Span) -> impl Iterator<Item = &'m str> {
        let names = self.names();
        let exprs = &self.syntax().exprs;
        let first = exprs.partition_point(|it| it.span.start < span.start);
        let inside = exprs[first..].iter().take_while(move |it| it.span.start < span.end);
        let local = move |(at, it): (usize, &super::ast::ExprNode)| {
            if !matches!(it.kind, ExprKind::Name) {
                return None;
            }
            let name = self.expr(ExprId((first + at) as u32)).text();
            let scope = names.scope(names.find(it.scope, name)?);
            matches!(scope.owner, ScopeOwner::Function(_) | ScopeOwner::Comprehension(_))
                .then_some(name)
        };
        inside.enumerate().filter_map(local)
    }
}
