//! Coroutines that Python refuses: syntax of coroutines outside of them, methods that nobody awaits, generators as coroutines.

use super::{awaited_wrongly, called_by_python, entered_wrongly};
use crate::analysis::rules::classes::{
    has, is_extended_by, is_instance, is_known_but_for_awaiting, is_made_here,
};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ComprehensionKind, ExprKind, StmtKind};
use crate::python::{Call, Class, Expr, Function, Module, Span, Stmt, TextEdit};

pub(in super::super) const RULE: Rule = Rule {
    code: "AW201",
    name: "malformed-coroutine",
    item: Some(Item(9)),
    also: &[],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("malformed_coroutine.md"),
    check,
};

/// Methods that Python itself calls, and whose result it does not await.
const NOT_AWAITED: [&str; 24] = [
    "__init__",
    "__new__",
    "__del__",
    "__post_init__",
    "__init_subclass__",
    "__set_name__",
    "__enter__",
    "__exit__",
    "__iter__",
    "__next__",
    "__aiter__",
    "__await__",
    "__len__",
    "__bool__",
    "__str__",
    "__repr__",
    "__bytes__",
    "__format__",
    "__hash__",
    "__contains__",
    "__setattr__",
    "__delattr__",
    "__setitem__",
    "__delitem__",
];

fn check(module: &Module, report: &mut Report) {
    for expr in module.expressions_in_focus() {
        match expr.kind() {
            ExprKind::Await(_) if !in_coroutine(expr) => {
                outside(expr, "`await`", Span::from(expr), report);
            }
            ExprKind::Await(operand) if !expr.is_dead() => {
                awaited_wrongly::check(expr, module.expr(*operand), report);
            }
            ExprKind::YieldFrom(operand) => yields_from(expr, module.expr(*operand), report),
            ExprKind::Comprehension { clauses, .. } => comprehension(expr, clauses, report),
            _ => {}
        }
    }
    for stmt in module.statements_in_focus().filter(|stmt| !stmt.is_dead()) {
        if let Some(word) = asynchronous(stmt) {
            if stmt.function().is_some_and(Function::is_async) {
                report.satisfied(head(stmt));
            } else {
                outside_stmt(stmt, word, report);
                continue;
            }
        }
        entered_wrongly::check(stmt, report);
    }
    for function in module.functions_in_focus() {
        called_by_python::check(function, report);
        definition(function, report);
    }
}

/// Whether coroutine syntax may stand here. The parts of a generator expression are an asynchronous generator's own, but
/// for its first iterable.
fn in_coroutine(expr: Expr<'_>) -> bool {
    let mut inner = expr;
    while let Some(outer) = inner.parent_expr() {
        match outer.kind() {
            ExprKind::Lambda(_) => break,
            ExprKind::Comprehension { kind: ComprehensionKind::Generator, clauses, .. }
                if !is_first_iterable(clauses, inner) =>
            {
                return true;
            }
            _ => inner = outer,
        }
    }
    expr.function().is_some_and(Function::is_async)
}

fn is_first_iterable(clauses: &[Clause], expr: Expr<'_>) -> bool {
    matches!(clauses.first(), Some(Clause::For { iter, .. }) if *iter == expr.id())
}

fn comprehension(expr: Expr<'_>, clauses: &[Clause], report: &mut Report) {
    let waits = clauses.iter().any(|clause| matches!(clause, Clause::For { is_async: true, .. }));
    let generates =
        matches!(expr.kind(), ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. });
    if waits && !generates && !in_coroutine(expr) {
        outside(expr, "an asynchronous comprehension", Span::from(expr), report);
        return;
    }
    for clause in clauses {
        if let Clause::For { is_async: true, iter, .. } = clause {
            entered_wrongly::iterated(expr.module().expr(*iter), report);
        }
    }
}

/// The words that begin an asynchronous statement.
fn asynchronous(stmt: Stmt<'_>) -> Option<&'static str> {
    match stmt.kind() {
        StmtKind::For { is_async: true, .. } => Some("async for"),
        StmtKind::With { is_async: true, .. } => Some("async with"),
        _ => None,
    }
}

/// The word `async` of an asynchronous statement.
fn head(stmt: Stmt<'_>) -> Span {
    let start = stmt.span().start;
    Span::new(start, start + "async".len() as u32)
}

fn outside_stmt(stmt: Stmt<'_>, word: &str, report: &mut Report) {
    let Some(expr) = stmt.head_expressions().into_iter().next() else { return };
    outside(expr, &format!("`{word}`"), head(stmt), report);
}

/// Syntax of coroutines where none is.
fn outside(expr: Expr<'_>, what: &str, place: Span, report: &mut Report) {
    if is_torn(expr) {
        return;
    }
    let (whose, advice) = match expr.function() {
        Some(function) if function.node().expr.is_some() => {
            ("in a lambda".to_owned(), "write an `async def` instead")
        }
        Some(function) => (
            format!("in `{}`, which is no coroutine", function.name()),
            "make it `async def`, and await its callers",
        ),
        None => (
            "outside of every coroutine".to_owned(),
            "move it into one, and start that with `asyncio.run`",
        ),
    };
    let message =
        format!("{what} stands {whose}, and the file does not compile (`SyntaxError`); {advice}");
    report.finding(place, capitalised(&message));
}

fn capitalised(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What stands in files that are not run as they are: cells of notebooks, in which `await` may stand alone, and templates.
const NOT_RUN: [&str; 6] = ["# %%", "# In[", "get_ipython", "# % ", "{% ", "cookiecutter."];

/// Whether the code around could not be read as a whole, so that an `async def` may have been lost, or is not run as it is.
fn is_torn(expr: Expr<'_>) -> bool {
    let module = expr.module();
    let torn = |stmt: Stmt<'_>| matches!(stmt.kind(), StmtKind::Opaque(..));
    match expr.function() {
        Some(function) => function.statements().any(torn) || expr.stmt().ancestors().any(torn),
        None => {
            let text = module.text();
            module.statements().any(torn) || NOT_RUN.iter().any(|mark| text.contains(mark))
        }
    }
}

fn yields_from(expr: Expr<'_>, operand: Expr<'_>, report: &mut Report) {
    let Some(function) = expr.function() else { return };
    if function.is_async() {
        let word = Span::new(expr.span().start, operand.span().start.min(expr.span().start + 10));
        let coroutine = operand.as_call().is_some_and(Call::is_coroutine);
        let draft = report.finding(
            word,
            if coroutine {
                "`yield from` in an `async def` does not compile (`SyntaxError`); write `await`"
            } else {
                "`yield from` in an `async def` does not compile (`SyntaxError`); yield the items in a loop"
            },
        );
        if coroutine {
            let word = Span::new(expr.span().start, operand.span().start);
            draft.fix("Await it", vec![TextEdit::replace(word, "await ")]);
        }
    } else if operand.as_call().is_some_and(Call::is_coroutine)
        && function.decorators().next().is_none()
    {
        report.finding(
            expr,
            "A plain generator can't `yield from` a coroutine (`TypeError`); make the function `async def` and `await` it",
        );
    } else if is_only_awaited(operand) {
        report
            .finding(
                expr,
                "`yield from` asks for an `__iter__`, and this has an `__await__` alone, so it raises `TypeError`; make the function `async def` and `await` it",
            )
            .confidence(Confidence::Likely);
    }
}

/// Whether it is something of a class of the repository that can be awaited and not iterated over.
fn is_only_awaited(operand: Expr<'_>) -> bool {
    let exact = is_made_here(operand);
    let lacks =
        |class: Class<'_>, name| !has(class, name) && (exact || !is_extended_by(class, name));
    is_instance(operand, &[], |class| {
        is_known_but_for_awaiting(class)
            && has(class, "__await__")
            && lacks(class, "__iter__")
            && lacks(class, "__getitem__")
    })
}

fn definition(function: Function<'_>, report: &mut Report) {
    if let Some(decorator) = function.decorators().find(|it| it.is("asyncio.coroutine")) {
        generator_as_coroutine(function, decorator, report);
    }
    if !function.is_async() {
        return;
    }
    let name = function.name();
    let generates = function.node().is_generator;
    if function.class().is_some()
        && NOT_AWAITED.contains(&name)
        && !(generates && name.contains("iter__"))
    {
        let advice = match name {
            "__init__" | "__new__" | "__post_init__" => {
                "do the waiting in an `async` class method that makes the object"
            }
            "__enter__" | "__exit__" => "write `__aenter__` and `__aexit__`, for `async with`",
            "__iter__" | "__next__" => "write `__aiter__` and `__anext__`, for `async for`",
            "__aiter__" => "make it a plain `def` that returns the iterator, or yield the items",
            _ => "make it a plain `def`",
        };
        report.finding(
            function.name_span(),
            format!("Python calls `{name}` itself and does not await it, so this coroutine never runs; {advice}"),
        );
    }
    if generates {
        for stmt in function.statements() {
            if matches!(stmt.kind(), StmtKind::Return(Some(_))) {
                report.finding(
                    stmt,
                    "An asynchronous generator can't return a value, and the file does not compile (`SyntaxError`); yield it, or `return` without it",
                );
            }
        }
    }
}

/// `@asyncio.coroutine`, gone since 3.11.
fn generator_as_coroutine(function: Function<'_>, decorator: Expr<'_>, report: &mut Report) {
    let module = function.module();
    let draft = report.finding(
        decorator,
        format!("Python 3.11 removed `asyncio.coroutine`, and generators as coroutines with it, so importing this raises `AttributeError` there; write `async def {}` and `await`", function.name()),
    );
    draft.confidence(Confidence::Certain);
    let line = module.lines().line(decorator.span().start);
    let (from, to) = (module.lines().start(line), module.lines().start(line + 1));
    let mut edits = vec![
        TextEdit::replace(Span::new(from, to), ""),
        TextEdit::before(function.span(), "async "),
    ];
    for expr in function.expressions() {
        if let ExprKind::YieldFrom(operand) = expr.kind() {
            let word = Span::new(expr.span().start, module.expr(*operand).span().start);
            edits.push(TextEdit::replace(word, "await "));
        }
    }
    draft.fix("Make it an `async def`", edits);
}
