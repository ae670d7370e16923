//! Which of a name's bindings a use may see.

use super::ast::*;
use super::bind::{Binding, Origin};
use super::handles::{Expr, Stmt};
use super::lower::ScopeOwner;
use super::module::Module;
use super::order::{Arm, Order};

/// The bindings that a name may have at an expression, and the scope they belong to. Within a function flow is followed;
/// a name of an outer scope may have any value that the scope ever gives it, but for what a module has replaced at its top.
pub(super) fn reaching<'m>(at: Expr<'m>, scope: ScopeId, name: &str) -> Vec<&'m Binding> {
    let module = at.module();
    let Some(all) = module.names().scope(scope).names.get(name) else { return Vec::new() };
    let found: Vec<&Binding> = if same_code(module, at, scope) {
        by_flow(module, all, at)
    } else {
        let of_scope = if scope == ScopeId(0) { lasting(module, name, all) } else { all };
        let kept = |binding: &&Binding| !matches!(binding.source, Origin::Deleted);
        of_scope.iter().filter(kept).take(MOST).collect()
    };
    without_fallbacks(module, found)
}

/// The bindings that those who import a module may find of one of its names.
pub(super) fn lasting_values<'m>(module: Module<'m>, name: &str) -> Vec<&'m Binding> {
    let Some(all) = module.names().scope(ScopeId(0)).names.get(name) else { return Vec::new() };
    let kept = |binding: &&Binding| !matches!(binding.source, Origin::Deleted);
    without_fallbacks(module, lasting(module, name, all).iter().filter(kept).take(MOST).collect())
}

/// What functions may find of a module's name.
fn lasting<'m>(module: Module<'m>, name: &str, all: &'m [Binding]) -> &'m [Binding] {
    let first = module.names().lasting.get(name).map_or(0, |first| *first as usize);
    &all[first..]
}

/// Whether the expression is the scope's own code: at most comprehensions lie between.
fn same_code(module: Module<'_>, at: Expr<'_>, scope: ScopeId) -> bool {
    let mut here = at.scope();
    loop {
        if here == scope {
            return true;
        }
        let node = module.names().scope(here);
        match (node.owner, node.outer) {
            (ScopeOwner::Comprehension(_), Some(outer)) => here = outer,
            _ => return false,
        }
    }
}

/// Most bindings of one name that are looked at for one use, before it and in a loop behind it.
const MOST: usize = 64;

fn by_flow<'m>(module: Module<'m>, all: &'m [Binding], at: Expr<'_>) -> Vec<&'m Binding> {
    let order = module.order();
    let place = Place::of(module, at.stmt().id());
    let start = at.span().start;
    let mut found = Vec::new();
    let mut stop = None;
    let (before, behind) = all.split_at(all.partition_point(|binding| binding.from <= start));
    for binding in before.iter().rev().take(MOST) {
        let Some(stmt) = binding.stmt else {
            found.push(binding);
            stop = Some(binding);
            break;
        };
        if excluded(module, order, stmt, &place) {
            continue;
        }
        found.push(binding);
        if dominates(module, order, stmt, &place) {
            stop = Some(binding);
            break;
        }
    }
    let stopped_at = stop.map_or(0, |binding| binding.from);
    let in_loop = place.loops.iter().filter(|(span, _)| span.start > stopped_at);
    for (span, _) in in_loop {
        let later = behind.iter().take(MOST);
        let later = later.filter(|b| b.from <= span.end && b.stmt.is_some());
        for binding in later {
            if !found.iter().any(|it| std::ptr::eq(*it, binding)) {
                found.push(binding);
            }
        }
    }
    if found.is_empty() {
        found.extend(all.iter().take(MOST));
    }
    found.retain(|binding| !matches!(binding.source, Origin::Deleted));
    found
}

/// A statement with all that it stands in.
struct Place {
    /// The statement and its ancestors, inner ones first.
    chain: Vec<StmtId>,
    /// Loops around it within its function, inner ones first.
    loops: Vec<(super::Span, StmtId)>,
}

impl Place {
    fn of(module: Module<'_>, stmt: StmtId) -> Self {
        let (mut chain, mut loops) = (vec![stmt], Vec::new());
        let mut inside = true;
        for ancestor in module.stmt(stmt).ancestors() {
            chain.push(ancestor.id());
            match ancestor.kind() {
                StmtKind::For { .. } | StmtKind::While { .. } if inside => {
                    loops.push((ancestor.span(), ancestor.id()));
                }
                StmtKind::Function(_) => inside = false,
                _ => {}
            }
        }
        // The use may be the loop's own condition.
        if matches!(module.stmt(stmt).kind(), StmtKind::While { .. }) {
            loops.insert(0, (module.stmt(stmt).span(), stmt));
        }
        Self { chain, loops }
    }
}

/// Whether what the statement binds is always bound at the place, if nothing is bound in between.
fn dominates(module: Module<'_>, order: &Order, stmt: StmtId, place: &Place) -> bool {
    let mut stmt = stmt;
    loop {
        let (parent, arm) = (module.stmt(stmt).parent().map(Stmt::id), order.of(stmt).arm);
        let beside = |at: &&StmtId| {
            module.stmt(**at).parent().map(Stmt::id) == parent && order.of(**at).arm == arm
        };
        if let Some(beside) = place.chain.iter().find(beside) {
            let bound_by_loop = matches!(
                module.stmt(stmt).kind(),
                StmtKind::For { .. } | StmtKind::Try { .. } | StmtKind::Match { .. }
            );
            return *beside == stmt || !bound_by_loop;
        }
        let Some(up) = parent else { return false };
        let through = match (module.stmt(up).kind(), arm) {
            (StmtKind::With { .. }, _) | (StmtKind::Try { .. }, Arm::Finally) => true,
            (StmtKind::Try { handlers, .. }, Arm::Body | Arm::Otherwise) => {
                handlers.iter().all(|handler| ends(module, &handler.body))
            }
            _ => false,
        };
        if !through {
            return false;
        }
        stmt = up;
    }
}

fn ends(module: Module<'_>, block: &[StmtId]) -> bool {
    block.last().is_some_and(|id| super::order::leaves(module.stmt(*id).kind()))
}

/// Whether no way leads from the statement to the place: they are in branches that exclude each other, or the statement's
/// block leaves the function.
fn excluded(module: Module<'_>, order: &Order, stmt: StmtId, place: &Place) -> bool {
    let (mut child, mut left) = (stmt, false);
    let common = loop {
        if place.chain.contains(&child) {
            // The binding statement is around the place.
            return false;
        }
        let parent = module.stmt(child).parent().map(Stmt::id);
        match parent {
            Some(parent) if place.chain.contains(&parent) => break parent,
            Some(parent) => {
                left |= order.of(child).block_leaves;
                child = parent;
            }
            None => return left,
        }
    };
    let at = place.chain.iter().position(|id| *id == common).unwrap_or(0);
    // The place may be the common statement's own expression, such as a loop's condition.
    let Some(beside) = at.checked_sub(1).map(|at| place.chain[at]) else {
        return left || order.of(child).block_leaves;
    };
    let (mine, theirs) = (order.of(child).arm, order.of(beside).arm);
    let loops = place.loops.iter().any(|(_, id)| {
        place.chain.iter().position(|it| it == id).is_some_and(|position| position > at)
    });
    if mine == theirs {
        return left;
    }
    let leaves = left || order.of(child).block_leaves;
    let exclusive = match module.stmt(common).kind() {
        StmtKind::If { .. } | StmtKind::Match { .. } => !loops,
        StmtKind::Try { .. } => matches!(mine, Arm::Handler(_)) && theirs != Arm::Finally && !loops,
        _ => false,
    };
    // What a `try` leaves through is still seen by its handlers and its `finally`.
    exclusive || (leaves && !matches!(module.stmt(common).kind(), StmtKind::Try { .. }))
}

/// Drops what a handler of `ImportError` binds when the `try` imports the name.
fn without_fallbacks<'m>(module: Module<'m>, found: Vec<&'m Binding>) -> Vec<&'m Binding> {
    if found.len() < 2 {
        return found;
    }
    let tried = |binding: &Binding, arm: fn(Arm) -> bool| {
        let stmt = module.stmt(binding.stmt?);
        let parent = stmt.parent()?;
        let matches =
            matches!(parent.kind(), StmtKind::Try { .. }) && arm(module.order().of(stmt.id()).arm);
        matches.then(|| parent.id())
    };
    let imported: Vec<StmtId> = found
        .iter()
        .filter(|binding| matches!(binding.source, Origin::Import(_) | Origin::From { .. }))
        .filter_map(|binding| tried(binding, |arm| arm == Arm::Body))
        .collect();
    let fallback = |binding: &&'m Binding| {
        let handler = tried(binding, |arm| matches!(arm, Arm::Handler(_)));
        handler.is_some_and(|id| imported.contains(&id))
    };
    found.into_iter().filter(|binding| !fallback(binding)).collect()
}
