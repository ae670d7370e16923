//! What hangs on a resource: values that work only while it is open, and where they get to.

use std::collections::HashSet;

use crate::python::ast::{ExprId, ExprKind, Parent, StmtKind};
use crate::python::{Call, Expr, Kind, Span, Stmt, Tag};

/// Attributes of answers that stay when the connection is gone.
const STAYS: [&str; 8] =
    ["status", "status_code", "ok", "reason", "headers", "url", "reason_phrase", "is_success"];

/// Where a value that hangs on a resource gets to.
enum Carried<'m> {
    /// It ends where it stands.
    Nowhere,
    /// Into these names.
    Into(Vec<Expr<'m>>),
    /// Somewhere where it may be used when the block is left.
    Away,
}

/// Whether something that hangs on what the name is bound to may be used outside of a range of the file.
pub(super) fn outlives(name: Expr<'_>, range: Span) -> bool {
    let mut open = vec![name];
    let mut seen: HashSet<ExprId> = HashSet::new();
    while let Some(name) = open.pop() {
        for used in name.uses() {
            if !range.contains(used.span()) || used.function() != name.function() {
                return true;
            }
            match carried(used) {
                Carried::Nowhere => {}
                Carried::Into(names) => {
                    open.extend(names.into_iter().filter(|it| seen.insert(it.id())));
                }
                Carried::Away => return true,
            }
        }
    }
    false
}

/// Whether nothing is left of a resource behind the statement that it is opened in.
pub(super) fn ends_in_statement(opened: Expr<'_>) -> bool {
    matches!(carried(opened), Carried::Nowhere)
}

fn carried(used: Expr<'_>) -> Carried<'_> {
    let mut expr = used;
    // Each round goes one expression outwards.
    loop {
        let outer = match expr.parent() {
            Parent::Stmt(_) => return in_statement(expr),
            Parent::Expr(id) => expr.module().expr(id),
        };
        match outer.kind() {
            ExprKind::Attribute { name, .. } => {
                let called =
                    outer.parent_expr().and_then(Expr::as_call).map(Call::callee) == Some(outer);
                if !called && STAYS.contains(&outer.module().slice(*name)) {
                    return Carried::Nowhere;
                }
            }
            ExprKind::Call { .. } => {
                let Some(call) = outer.as_call() else { return Carried::Away };
                if call.has(Tag::MakesTask) {
                    return Carried::Away;
                }
                if is_over(call) {
                    return Carried::Nowhere;
                }
            }
            ExprKind::Format(_) | ExprKind::Compare(_) | ExprKind::Not(_) => {
                return Carried::Nowhere;
            }
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) | ExprKind::Lambda(_) => {
                return Carried::Away;
            }
            _ => {}
        }
        expr = outer;
    }
}

/// Whether nothing that the call gives needs the resource any more.
fn is_over(call: Call<'_>) -> bool {
    let Some(fact) = call.fact() else { return false };
    // Read to its end when the call returns, unless it is streamed.
    let read = |class: &str| class == "httpx.Response" && call.keyword("stream").is_none();
    let plain = fact.gives.is_none_or(read);
    match fact.kind {
        Kind::Coroutine | Kind::AwaitableContext => plain && call.expr().is_awaited(),
        _ => matches!(call.method(), Some("json" | "raise_for_status")),
    }
}

fn in_statement(expr: Expr<'_>) -> Carried<'_> {
    let stmt = expr.stmt();
    let module = stmt.module();
    let into = |targets: &[ExprId]| {
        let names: Option<Vec<_>> = targets.iter().map(|id| names_in(module.expr(*id))).collect();
        names.map_or(Carried::Away, |names| Carried::Into(names.concat()))
    };
    match stmt.kind() {
        StmtKind::Expr(_) | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Assert(_) => {
            Carried::Nowhere
        }
        StmtKind::Assign { targets, value } if *value == expr.id() => into(targets),
        StmtKind::For { target, iter, .. } if *iter == expr.id() => into(&[*target]),
        StmtKind::With { items, .. } => {
            let item = items.iter().find(|item| item.context == expr.id());
            item.map_or(Carried::Away, |it| into(it.target.as_slice()))
        }
        _ => Carried::Away,
    }
}

/// The names that a target binds; `None` when it is something else as well.
fn names_in(target: Expr<'_>) -> Option<Vec<Expr<'_>>> {
    match target.kind() {
        ExprKind::Name => Some(vec![target]),
        ExprKind::Tuple(parts) | ExprKind::List(parts) => {
            let parts = parts.iter().map(|id| names_in(target.module().expr(*id)));
            parts.collect::<Option<Vec<_>>>().map(|it| it.concat())
        }
        ExprKind::Starred(inner) => names_in(target.module().expr(*inner)),
        _ => None,
    }
}

/// The call of the statement, if it only closes what the name is bound to: `await session.close()`.
pub(super) fn closes_alone<'m>(mark: Expr<'m>) -> Option<Stmt<'m>> {
    let call = mark.method_call()?;
    let stmt = call.expr().stmt();
    let StmtKind::Expr(whole) = stmt.kind() else { return None };
    let whole = stmt.module().expr(*whole);
    (whole == call.expr() || call.expr().is_awaited() && call.expr().parent_expr() == Some(whole))
        .then_some(stmt)
}
