//! Part of AW202: coroutines that stand in a display, a choice or a parallel assignment that nobody reads.

use crate::python::Expr;
use crate::python::ast::{ExprId, ExprKind, StmtKind};

/// Where a coroutine ends up that is a part of what a statement evaluates.
pub(super) enum Kept<'m> {
    /// Nowhere: the whole is dropped.
    Nowhere,
    /// In what is bound to this name.
    Name(Expr<'m>),
}

/// Where the part of a display or choice ends up; `None` when it is a whole, or goes somewhere else.
pub(super) fn kept(made: Expr<'_>) -> Option<Kept<'_>> {
    let mut whole = made;
    // Its places in tuples and lists, the innermost first.
    let mut places = Vec::new();
    while let Some(outer) = whole.parent_expr() {
        let place = match outer.kind() {
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                Some(parts.iter().position(|id| *id == whole.id())?)
            }
            ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::Binary(_) => None,
            ExprKind::Conditional { test, .. } if *test != whole.id() => {
                whole = outer;
                continue;
            }
            _ => return None,
        };
        places.push(place);
        whole = outer;
    }
    if whole == made {
        return None;
    }
    let stmt = whole.stmt();
    match stmt.kind() {
        StmtKind::Expr(_) => Some(Kept::Nowhere),
        StmtKind::Assign { targets, value } if *value == whole.id() => match targets[..] {
            [target] => bound(stmt.module().expr(target), &places),
            _ => None,
        },
        StmtKind::AnnAssign { target, value, .. } if *value == Some(whole.id()) => {
            bound(stmt.module().expr(*target), &places)
        }
        _ => None,
    }
}

/// The name of a target that takes what stands at these places of the value.
fn bound<'m>(target: Expr<'m>, places: &[Option<usize>]) -> Option<Kept<'m>> {
    let parts: &[ExprId] = match target.kind() {
        ExprKind::Name => return Some(Kept::Name(target)),
        ExprKind::Tuple(parts) | ExprKind::List(parts) => parts,
        _ => return None,
    };
    let (place, inner) = places.split_last()?;
    let module = target.module();
    // From a star on, places are others.
    let before = parts.get(..=(*place)?)?;
    let starred = |id: &ExprId| matches!(module.expr(*id).kind(), ExprKind::Starred(_));
    if before.iter().any(starred) {
        return None;
    }
    bound(module.expr(*before.last()?), inner)
}
