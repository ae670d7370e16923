//! Code as text: where a statement's line begins, and a block one level further in.

use crate::python::ast::ExprKind;
use crate::python::{Expr, Function, Module, Span, Stmt};

/// What stands in front of a statement on its line; `None` when that is code.
pub(super) fn indent<'m>(stmt: Stmt<'m>) -> Option<&'m str> {
    let before = module_line(stmt.module(), stmt.span().start);
    before.trim().is_empty().then_some(before)
}

/// The part of a byte's line in front of it.
fn module_line<'m>(module: Module<'m>, byte: u32) -> &'m str {
    let lines = module.lines();
    module.slice(Span::new(lines.start(lines.line(byte)), byte))
}

/// By how much the statements of a function are further in than its `def`.
pub(super) fn unit<'m>(function: Function<'m>) -> &'m str {
    let usual = "    ";
    let Some(body) = function.body().next().and_then(indent) else { return usual };
    let outer = module_line(function.module(), function.span().start);
    body.strip_prefix(outer).filter(|it| !it.is_empty()).unwrap_or(usual)
}

/// Whole lines of a file one level further in. The lines within texts stay as they are.
pub(super) fn moved_in(module: Module<'_>, lines: Span, unit: &str) -> String {
    let texts: Vec<Span> =
        module.expressions().filter(|it| is_long_text(*it)).map(Expr::span).collect();
    let mut at = lines.start;
    let mut moved = String::new();
    for line in module.slice(lines).split_inclusive('\n') {
        let in_text = texts.iter().any(|text| text.start < at && at < text.end);
        if !in_text && !line.trim().is_empty() {
            moved.push_str(unit);
        }
        moved.push_str(line);
        at += line.len() as u32;
    }
    moved
}

/// Whether it is a text that holds ends of lines as they stand.
fn is_long_text(expr: Expr<'_>) -> bool {
    let is_text = matches!(expr.kind(), ExprKind::Str | ExprKind::Format(_));
    is_text
        && expr.text().contains('\n')
        && ["\"\"\"", "'''"].iter().any(|it| expr.text().contains(it))
}
