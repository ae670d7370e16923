//! Loops that fill a container from an asynchronous source and do nothing else.

use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ExprKind, StmtId, StmtKind};
use crate::python::{Call, Expr, Module, Span, Stmt, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW306",
    name: "append-loop-over-async-source",
    item: Some(Item(30)),
    also: &[],
    severity: Severity::Low,
    category: Category::Practice,
    page: include_str!("append_loop_over_async_source.md"),
    check,
};

/// Longest comprehension that is advised, in bytes: what is longer reads better as a loop.
const LONGEST: usize = 96;

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus().filter(|stmt| !stmt.is_dead()) {
        if matches!(stmt.kind(), StmtKind::For { is_async: true, .. }) {
            filled(stmt, report);
        }
    }
    for expr in module.expressions_in_focus() {
        if let ExprKind::Comprehension { clauses, .. } = expr.kind()
            && clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
        {
            report.satisfied(expr);
        }
    }
}

fn filled(stmt: Stmt<'_>, report: &mut Report) {
    let module = stmt.module();
    let StmtKind::For { target, iter, body, otherwise, .. } = stmt.kind() else { return };
    let [only] = body[..] else { return };
    let (inner, test) = match module.stmt(only).kind() {
        StmtKind::If { branches, otherwise } if otherwise.is_empty() => match &branches[..] {
            [(test, block)] if block.len() == 1 => {
                (module.stmt(block[0]), Some(module.expr(*test)))
            }
            _ => return,
        },
        _ => (module.stmt(only), None),
    };
    let (target, iter) = (module.expr(*target), module.expr(*iter));
    let Some(begin) = begun(stmt).filter(|_| otherwise.is_empty()) else { return };
    let Some((name, empty)) = empties(begin) else { return };
    let Some(added) = Added::by(inner, name.text(), empty) else { return };
    let parts = [Some(iter), test].into_iter().flatten().chain(added.parts());
    let simple = parts.into_iter().all(|it| is_simple(it, name.text()));
    if !simple || is_read_later(target, stmt) || is_kept_in_part(stmt) {
        return;
    }
    let test = test.map(|it| format!(" if {}", it.text())).unwrap_or_default();
    let clause = format!("async for {} in {}{test}", target.text(), iter.text());
    let text = added.written(&clause);
    // A comment behind the last statement may belong to those around it.
    let whole = Span::new(begin.span().start, inner.span().end);
    let assigned = Span::new(begin.span().start, value_of(begin).map_or(0, |it| it.span().start));
    let text = format!("{}{text}", module.slice(assigned));
    if text.len() > LONGEST || text.contains('\n') || module.slice(whole).contains('#') {
        return;
    }
    report
        .finding(
            inner,
            format!("this loop only fills `{}`, which an asynchronous comprehension says in one line: `{}`", name.text(), text.replace('`', "'")),
        )
        .confidence(Confidence::Likely)
        .fix("Use an asynchronous comprehension", vec![TextEdit::replace(whole, text)]);
}

/// The statement directly in front of the loop.
fn begun(stmt: Stmt<'_>) -> Option<Stmt<'_>> {
    let module = stmt.module();
    let own = |it: &Stmt<'_>| it.parent() == stmt.parent() && it.function() == stmt.function();
    let before = stmt.function()?.statements().filter(own);
    let last = before.take_while(|it| it.span().start < stmt.span().start).last()?;
    // Nothing else may stand between them: both may be in different blocks of one statement.
    module.slice(Span::new(last.span().end, stmt.span().start)).trim().is_empty().then_some(last)
}

/// What a container begins as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    List,
    Set,
    Dict,
}

fn value_of(stmt: Stmt<'_>) -> Option<Expr<'_>> {
    match stmt.kind() {
        StmtKind::Assign { value, .. } | StmtKind::AnnAssign { value: Some(value), .. } => {
            Some(stmt.module().expr(*value))
        }
        _ => None,
    }
}

/// `name = []`.
fn empties(stmt: Stmt<'_>) -> Option<(Expr<'_>, Empty)> {
    let target = match stmt.kind() {
        StmtKind::Assign { targets, .. } if targets.len() == 1 => targets[0],
        StmtKind::AnnAssign { target, .. } => *target,
        _ => return None,
    };
    let target = stmt.module().expr(target);
    target.as_name()?;
    let value = value_of(stmt)?;
    let empty = match value.kind() {
        ExprKind::List(parts) if parts.is_empty() => Empty::List,
        ExprKind::Dict(pairs) if pairs.is_empty() => Empty::Dict,
        ExprKind::Call { args, .. } if args.is_empty() => {
            let call = value.as_call()?;
            match call.name().as_deref() {
                Some("builtins.list") => Empty::List,
                Some("builtins.set") => Empty::Set,
                Some("builtins.dict") => Empty::Dict,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some((target, empty))
}

/// What each turn adds.
enum Added<'m> {
    Item(Expr<'m>, Empty),
    Pair(Expr<'m>, Expr<'m>),
}

impl<'m> Added<'m> {
    fn by(stmt: Stmt<'m>, name: &str, empty: Empty) -> Option<Self> {
        let module = stmt.module();
        match stmt.kind() {
            StmtKind::Expr(id) => {
                let call: Call<'m> = module.expr(*id).as_call()?;
                let own = call.receiver()?.as_name() == Some(name) && !call.unpacks();
                let method = if empty == Empty::List { "append" } else { "add" };
                let fits = own && empty != Empty::Dict && call.method() == Some(method);
                let item = call.positional(0).filter(|_| fits && call.args().len() == 1)?;
                Some(Self::Item(item, empty))
            }
            StmtKind::Assign { targets, value } if empty == Empty::Dict => {
                let [target] = targets[..] else { return None };
                let ExprKind::Subscript { value: of, indices } = module.expr(target).kind() else {
                    return None;
                };
                let [key] = indices[..] else { return None };
                (module.expr(*of).as_name() == Some(name))
                    .then(|| Self::Pair(module.expr(key), module.expr(*value)))
            }
            _ => None,
        }
    }

    fn parts(&self) -> Vec<Expr<'m>> {
        match self {
            Self::Item(item, _) => vec![*item],
            Self::Pair(key, value) => vec![*key, *value],
        }
    }

    fn written(&self, clause: &str) -> String {
        match self {
            Self::Item(item, Empty::List) => format!("[{} {clause}]", element(*item)),
            Self::Item(item, _) => format!("{{{} {clause}}}", element(*item)),
            Self::Pair(key, value) => format!("{{{}: {} {clause}}}", key.text(), element(*value)),
        }
    }
}

/// An element's text: a tuple needs its brackets.
fn element(expr: Expr<'_>) -> String {
    match expr.kind() {
        ExprKind::Tuple(_) if !expr.text().starts_with('(') => format!("({})", expr.text()),
        _ => expr.text().to_owned(),
    }
}

/// Whether it may stand in a comprehension: it neither yields nor binds, nor looks at what is filled.
fn is_simple(expr: Expr<'_>, filled: &str) -> bool {
    let own = match expr.kind() {
        ExprKind::Yield(_)
        | ExprKind::YieldFrom(_)
        | ExprKind::Walrus { .. }
        | ExprKind::Lambda(_)
        | ExprKind::Conditional { .. }
        | ExprKind::Opaque(_) => false,
        ExprKind::Name => expr.text() != filled,
        _ => true,
    };
    own && expr.children().into_iter().all(|it| is_simple(it, filled))
}

/// Whether a name that the loop binds is read behind it.
fn is_read_later(target: Expr<'_>, stmt: Stmt<'_>) -> bool {
    let inside = |used: Expr<'_>| stmt.span().contains(used.span());
    match target.as_name() {
        Some(_) => !target.uses().into_iter().all(inside),
        None => target.children().into_iter().any(|it| is_read_later(it, stmt)),
    }
}

/// Whether what was filled so far may matter when the loop is broken off: something around it catches exceptions.
fn is_kept_in_part(stmt: Stmt<'_>) -> bool {
    let holds = |module: &Module<'_>, block: &[StmtId]| {
        block.iter().any(|id| module.stmt(*id).span().contains(stmt.span()))
    };
    let own = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    own.into_iter().any(|it| match it.kind() {
        StmtKind::Try { body, .. } => holds(&it.module(), body),
        StmtKind::With { .. } => it.text().starts_with("with "),
        _ => false,
    })
}
