//! Part of AW201: `async with` and `async for` on things for `with` and `for`, and the reverse.

use super::protocols::{self, Flaw};
use crate::analysis::rules::advice;
use crate::analysis::rules::classes::{
    has, is_asked_about, is_extended_by, is_instance, is_known_whole, is_made_here, is_stub,
};
use crate::analysis::{Confidence, Report};
use crate::policy::PythonVersion;
use crate::python::ast::{Clause, ComprehensionKind, ExprKind, StmtKind};
use crate::python::{Call, Class, Expr, Function, Kind, Span, Stmt, Tag, TextEdit, Value};

/// Classes of libraries whose instances are for `async with` only.
const ASYNC_CONTEXTS: [&str; 9] = [
    "asyncio.Lock",
    "asyncio.Semaphore",
    "asyncio.Condition",
    "asyncio.TaskGroup",
    "asyncio.Timeout",
    "asyncio.Server",
    "aiohttp.ClientSession",
    "httpx.AsyncClient",
    "contextlib.AsyncExitStack",
];

/// What is for `with` only.
const SYNC_CONTEXTS: [&str; 14] = [
    "builtins.open",
    "contextlib.suppress",
    "contextlib.closing",
    "contextlib.ExitStack",
    "tempfile.TemporaryDirectory",
    "tempfile.NamedTemporaryFile",
    "threading.Lock",
    "threading.RLock",
    "threading.Semaphore",
    "threading.Condition",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "requests.Session",
    "builtins.slice",
];

/// Types that annotations name for plain iterables.
const ITERABLE_TYPES: [&str; 18] = [
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.str",
    "builtins.bytes",
    "builtins.range",
    "typing.Iterable",
    "typing.Iterator",
    "typing.Sequence",
    "typing.Mapping",
    "typing.Generator",
    "collections.abc.Iterable",
    "collections.abc.Iterator",
    "collections.abc.Sequence",
    "collections.abc.Mapping",
    "collections.abc.Generator",
];

/// Built-in functions that give plain iterables.
const ITERABLES: [&str; 12] = [
    "builtins.range",
    "builtins.enumerate",
    "builtins.zip",
    "builtins.map",
    "builtins.filter",
    "builtins.sorted",
    "builtins.reversed",
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.dict",
    "builtins.iter",
];

pub(super) fn check(stmt: Stmt<'_>, report: &mut Report) {
    let module = stmt.module();
    match stmt.kind() {
        StmtKind::For { is_async: true, iter, .. } => iterated(module.expr(*iter), report),
        StmtKind::With { is_async, items, .. } => {
            for item in items {
                entered(stmt, module.expr(item.context), *is_async, report);
            }
        }
        _ => {}
    }
}

fn entered(stmt: Stmt<'_>, context: Expr<'_>, is_async: bool, report: &mut Report) {
    let what = advice::quoted(context, "this");
    if is_asked_about(context) {
        return;
    }
    if is_a_class(context) {
        let draft = report.finding(
            context,
            format!("{what} is a class, and what is entered is one of its instances, so this raises `TypeError`; call it"),
        );
        draft.confidence(Confidence::Likely);
        draft.fix("Make an instance", vec![TextEdit::after(context, "()")]);
    } else if is_async && context.as_call().is_some_and(is_to_be_awaited) {
        let draft = report.finding(
            context,
            format!("{what} makes a coroutine, which has no `__aenter__`, so `async with` raises an exception; write `async with await …`"),
        );
        draft.confidence(Confidence::Likely);
        draft.fix("Await it first", vec![TextEdit::before(context, "await ")]);
    } else if is_async && is_for_with(context) {
        let for_nothing = is_instance(context, &[], |it| it.method("__enter__").is_none());
        let (lacks, advice) = if for_nothing {
            ("not both `__aenter__` and `__aexit__`", "write them in its class")
        } else {
            ("no `__aenter__`", "write `with`")
        };
        let draft = report.finding(
            context,
            format!("{what} has {lacks}, so `async with` raises `TypeError`; {advice}"),
        );
        draft.confidence(Confidence::Likely);
        if !for_nothing && let Some(edit) = without_async(stmt, context) {
            draft.fix("Use `with`", vec![edit]);
        }
    } else if is_async && let Some(flaw) = protocols::flaw_of(context, protocols::entering) {
        let message = format!(
            "{what} {}, so `async with` raises `TypeError`; make both `__aenter__` and `__aexit__` an `async def`, with the arguments that Python gives",
            flaw.told()
        );
        flawed(context, message, &flaw, report);
    } else if !is_async && let Some(why) = for_async_with(context) {
        let in_coroutine = stmt.function().is_some_and(Function::is_async);
        let advice = match (why, in_coroutine) {
            (Why::Awaited, _) => "await it first",
            (Why::Entered, true) => "write `async with`",
            (Why::Entered, false) => "write `async with`, in an `async def`",
        };
        let draft = report.finding(
            context,
            format!("{what} has no `__enter__`, so `with` raises an exception; {advice}"),
        );
        draft.confidence(Confidence::Likely);
        let alone = matches!(stmt.kind(), StmtKind::With { items, .. } if items.len() == 1);
        if in_coroutine && alone && matches!(why, Why::Entered) {
            draft.fix("Use `async with`", vec![TextEdit::before(stmt.span(), "async ")]);
        }
    }
}

/// A finding about a method of a class of the repository that is of no use to Python.
fn flawed(place: Expr<'_>, message: String, flaw: &Flaw<'_>, report: &mut Report) {
    let draft = report.finding(place, message).confidence(flaw.confidence);
    if let Some(method) = flaw.method {
        draft.related(method.module().site(method.name_span()), "this is what Python calls");
    }
}

/// Takes the `async` from an `async with` over one context.
fn without_async(stmt: Stmt<'_>, context: Expr<'_>) -> Option<TextEdit> {
    let StmtKind::With { items, .. } = stmt.kind() else { return None };
    let start = stmt.span().start;
    let word = stmt.module().slice(Span::new(start, context.span().start));
    let with = word.find("with").filter(|_| items.len() == 1)?;
    Some(TextEdit::replace(Span::new(start, start + with as u32), ""))
}

/// Whether it is a class of the repository whose instances are for `with` or `async with`.
fn is_a_class(context: Expr<'_>) -> bool {
    let values = context.values();
    let entered = |value: &Value| match value {
        Value::Class(id) => {
            let class = context.module().project().class(*id);
            let enters = |name| class.method(name).is_some();
            is_known_whole(class) && (enters("__enter__") || enters("__aenter__"))
        }
        _ => false,
    };
    !values.is_empty() && values.iter().all(entered)
}

/// Whether the call makes a coroutine that is nothing else.
fn is_to_be_awaited(call: Call<'_>) -> bool {
    if let Some(function) = call.function() {
        return function.is_coroutine() && !is_stub(function);
    }
    let known =
        |name: String| ["asyncio.", "trio.", "anyio."].iter().any(|it| name.starts_with(it));
    call.fact().is_some_and(|fact| fact.kind == Kind::Coroutine) && call.name().is_some_and(known)
}

fn is_for_with(context: Expr<'_>) -> bool {
    match context.kind() {
        ExprKind::Number
        | ExprKind::Str
        | ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::List(_) => {
            return true;
        }
        _ => {}
    }
    if let Some(call) = context.as_call() {
        let bounds = call.fact().is_some_and(|it| it.has(Tag::Bounds) && it.kind == Kind::Function);
        if call.is_any(&SYNC_CONTEXTS)
            || bounds
            || is_made_by(call, "contextlib.contextmanager", false)
        {
            return true;
        }
    }
    let exact = is_made_here(context);
    let lacks = |class: Class<'_>| {
        let whole = is_known_whole(class) && !class.name().ends_with("Mixin");
        let enters = has(class, "__aenter__") && has(class, "__aexit__");
        let other = exact || !is_extended_by(class, "__aenter__");
        whole && !enters && other && !has(class, "__getattr__")
    };
    is_instance(context, &SYNC_CONTEXTS, lacks)
}

/// Why something can't be entered with `with`.
#[derive(Clone, Copy)]
enum Why {
    /// It is for `async with`.
    Entered,
    /// It has to be awaited.
    Awaited,
}

fn for_async_with(context: Expr<'_>) -> Option<Why> {
    if let Some(call) = context.as_call() {
        if is_made_by(call, "contextlib.asynccontextmanager", true) {
            return Some(Why::Entered);
        }
        // Old versions of `async_timeout` had a `with` as well.
        let old = call.name().is_some_and(|name| name.starts_with("async_timeout."));
        let kind = call.fact().map(|fact| fact.kind).filter(|_| !old);
        match kind {
            Some(Kind::AsyncContext | Kind::AwaitableContext) => return Some(Why::Entered),
            Some(Kind::Coroutine) => return Some(Why::Awaited),
            _ => {}
        }
        if call.function().is_some_and(|it| it.is_coroutine() && !is_stub(it)) {
            return Some(Why::Awaited);
        }
    }
    let exact = is_made_here(context);
    let lacks = |class: Class<'_>| {
        is_known_whole(class)
            && has(class, "__aenter__")
            && !has(class, "__enter__")
            && (exact || !is_extended_by(class, "__enter__"))
    };
    is_instance(context, &ASYNC_CONTEXTS, lacks).then_some(Why::Entered)
}

/// Whether the call makes a context from a generator of the repository of the right kind, by this decorator alone.
fn is_made_by(call: Call<'_>, decorator: &str, is_async: bool) -> bool {
    let decorated = |value: &Value| match value {
        Value::Function(id) | Value::Method(id) => {
            let function = call.expr().module().project().function(*id);
            let decorators: Vec<_> = function.decorators().collect();
            function.is_async() == is_async
                && matches!(decorators[..], [only] if only.is(decorator))
        }
        _ => false,
    };
    let values = call.callee().values();
    !values.is_empty() && values.iter().all(decorated)
}

/// `async for` over the expression.
pub(super) fn iterated(iter: Expr<'_>, report: &mut Report) {
    let what = advice::quoted(iter, "this");
    if is_asked_about(iter) {
        return;
    }
    if let Some(flaw) = protocols::flaw_of(iter, protocols::iterating) {
        let message = format!(
            "{what} {}, so `async for` raises `TypeError`; give it an `__aiter__(self)` that returns something with `async def __anext__(self)`",
            flaw.told()
        );
        flawed(iter, message, &flaw, report);
    } else if let Some(advice) = for_for(iter, report.target()) {
        report
            .finding(
                iter,
                format!("{what} has no `__aiter__`, so `async for` raises `TypeError`; {advice}"),
            )
            .confidence(Confidence::Likely);
    }
}

/// What to write instead of `async for`, if that can't iterate over it.
fn for_for(iter: Expr<'_>, target: PythonVersion) -> Option<&'static str> {
    const WITHOUT: &str = "write `for`";
    match iter.kind() {
        ExprKind::List(_)
        | ExprKind::Tuple(_)
        | ExprKind::Set(_)
        | ExprKind::Dict(_)
        | ExprKind::Str
        | ExprKind::Number => return Some(WITHOUT),
        ExprKind::Comprehension { kind, clauses, .. } => {
            let waits = clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
                || iter.text().contains("await ");
            return (*kind != ComprehensionKind::Generator || !waits).then_some(WITHOUT);
        }
        _ => {}
    }
    if let Some(call) = iter.as_call() {
        if call.is_any(&ITERABLES) {
            return Some(WITHOUT);
        }
        if call.is("asyncio.as_completed") {
            return (target < PythonVersion(3, 13))
                .then_some("write `for` and await each, for Python below 3.13");
        }
        if let Some(function) = call.function() {
            let known = function.leaves_function() && !is_stub(function);
            return match (function.is_async(), function.node().is_generator) {
                (false, true) if known => Some(WITHOUT),
                (true, false) if known => {
                    Some("await it first, or make it a generator with `yield`")
                }
                _ => None,
            };
        }
    }
    if declared(iter).is_some_and(|it| it.is_any(&ITERABLE_TYPES)) {
        return Some(WITHOUT);
    }
    is_instance(iter, &["asyncio.Queue"], |_| false).then_some("it is no asynchronous iterable")
}

/// The class that the annotation of a parameter names, without its arguments; nothing for a parameter that is bound anew.
fn declared(read: Expr<'_>) -> Option<Expr<'_>> {
    let (name, function) = (read.as_name()?, read.function()?);
    let module = read.module();
    let param = function.node().params.iter().find(|it| module.slice(it.name) == name)?;
    if function.expressions().any(|it| it.is_store() && it.as_name() == Some(name)) {
        return None;
    }
    let annotation = module.expr(param.annotation?);
    match annotation.kind() {
        ExprKind::Subscript { value, .. } => Some(module.expr(*value)),
        _ => Some(annotation),
    }
}
