//! Where a coroutine's cancellation is caught, and whether it goes on.

use std::collections::{HashMap, HashSet};

use crate::python::ast::{Handler, Parent, StmtId};
use crate::python::flow::{Exits, Ways, exits};
use crate::python::{Call, Expr, ExprKind, Function, Module, Span, Stmt, StmtKind, Tag, TextEdit};

/// Names of the exception that ends a cancelled coroutine, and of the library that raises it.
const CANCELLED: [(&str, &str); 4] = [
    ("asyncio.CancelledError", "asyncio"),
    ("asyncio.exceptions.CancelledError", "asyncio"),
    ("concurrent.futures.CancelledError", "asyncio"),
    ("trio.Cancelled", "trio"),
];

/// A `try` of a coroutine whose body awaits something, so that cancellation can arrive there.
pub(super) struct Tried<'m> {
    pub(super) stmt: Stmt<'m>,
    pub(super) function: Function<'m>,
    pub(super) body: &'m [StmtId],
    pub(super) handlers: &'m [Handler],
    pub(super) finally: Option<&'m [StmtId]>,
}

/// What of a module is asked again and again.
pub(super) struct Cancellation<'m> {
    module: Module<'m>,
    /// Functions that a call in the module runs the event loop for: when they are cancelled, the program ends.
    entries: HashSet<Function<'m>>,
    /// Functions that are called in the module and not awaited there: mostly, tasks are made of them.
    started: HashSet<Function<'m>>,
    /// Functions with a `while`.
    looping: HashSet<Function<'m>>,
    /// Functions that are awaited in the module as part of something else.
    awaited: HashSet<Function<'m>>,
    /// Where each function first cancels something.
    cancels: HashMap<Function<'m>, u32>,
}

impl<'m> Cancellation<'m> {
    pub(super) fn of(module: &Module<'m>) -> Self {
        let (mut entries, mut cancels) = (HashSet::new(), HashMap::new());
        let (mut started, mut awaited) = (HashSet::new(), HashSet::new());
        for call in module.calls() {
            if let Some(function) = call.function().filter(|it| it.is_async()) {
                if call.expr().is_awaited() {
                    awaited.insert(function);
                } else {
                    started.insert(function);
                }
            }
            if call.has(Tag::RunsLoop) {
                let given = call.positional(0).and_then(Expr::as_call).and_then(Call::function);
                entries.extend(given.filter(|it| it.class().is_none()));
            }
            let cancel = matches!(call.method(), Some("cancel" | "cancel_and_wait"));
            if let Some(function) = call.expr().function().filter(|_| cancel) {
                let start = call.span().start;
                let first = cancels.entry(function).or_insert(start);
                *first = start.min(*first);
            }
        }
        let loops = module.statements().filter(|it| matches!(it.kind(), StmtKind::While { .. }));
        let looping = loops.filter_map(Stmt::function).collect();
        Self { module: *module, entries, started, looping, awaited, cancels }
    }

    /// All `try` statements of coroutines whose body awaits something, that may run.
    pub(super) fn tries(&self) -> impl Iterator<Item = Tried<'m>> {
        self.module.statements_in_focus().filter_map(|stmt| {
            let StmtKind::Try { body, handlers, finally, .. } = stmt.kind() else { return None };
            let function = self.coroutine_of(stmt)?;
            let finally = finally.as_deref();
            let tried = Tried { stmt, function, body, handlers, finally };
            (!tried.awaits().is_empty()).then_some(tried)
        })
    }

    /// The coroutine function whose code the statement is, if it may run, and the program does not end with it.
    pub(super) fn coroutine_of(&self, stmt: Stmt<'m>) -> Option<Function<'m>> {
        let function = stmt.function().filter(|it| it.is_async())?;
        let runs = !stmt.is_dead() && !self.entries.contains(&function);
        runs.then_some(function)
    }

    /// Whether the coroutine is one that works until it is cancelled, and ends when the handler is left in these ways: a
    /// task of its own, or a loop that nobody in the module awaits.
    ///
    /// Tests are such coroutines as well: who runs them does not cancel them.
    pub(super) fn ends_with(&self, tried: &Tried<'m>, handler: &Handler, ways: &Exits) -> bool {
        let function = tried.function;
        if is_of_a_test(function) {
            return true;
        }
        let started = self.started.contains(&function);
        (started || self.looping.contains(&function))
            && !self.awaited.contains(&function)
            && ends_function(tried, handler, ways, started)
    }

    /// Whether what is waited for runs by itself, so that it may be the one that was cancelled.
    pub(super) fn waits_for_tasks(awaits: &[Expr<'_>]) -> bool {
        awaits.iter().all(|it| is_task(*it) || only_bounds(*it))
    }

    /// Whether these are all tasks (not calls of coroutine functions) that the function cancels before it waits for them:
    /// that they end so is the point.
    pub(super) fn expects(&self, function: Function<'_>, awaits: &[Expr<'_>]) -> bool {
        let first = awaits.iter().map(|it| it.span().start).min();
        let cancel = self.cancels.get(&function);
        let waited = || awaits.iter().filter(|it| !only_bounds(**it));
        first.zip(cancel).is_some_and(|(first, cancel)| *cancel < first)
            && waited().count() > 0
            && waited().all(|it| is_task(*it))
    }
}

impl<'m> Tried<'m> {
    /// What the body waits for: operands of `await`, iterables and contexts of the asynchronous statements.
    pub(super) fn awaits(&self) -> Vec<Expr<'m>> {
        awaits_within(self.function, self.body)
    }

    /// Whether a handler before this one catches cancellation, by its name or with everything else. One that names the
    /// cancellation of a library is only late for that.
    pub(super) fn is_caught_before(&self, handler: &Handler) -> bool {
        let module = &self.stmt.module();
        let own: Vec<_> = named(module, handler).into_iter().filter_map(cancels_in).collect();
        let mut before = self.handlers.iter().take_while(|it| !std::ptr::eq(*it, handler));
        let catches = |it: &Expr<'_>| {
            let library = cancels_in(*it);
            library.is_some_and(|it| own.is_empty() || own.contains(&it))
                || it.is("builtins.BaseException")
        };
        before.any(|it| named(module, it).iter().any(catches))
    }
}

/// Whether the function is a test, or stands in one.
pub(in crate::analysis::rules) fn is_of_a_test(function: Function<'_>) -> bool {
    function.qualified_name().split('.').any(|part| part.starts_with("test"))
}

/// What these statements of a function wait for: operands of `await`, iterables and contexts of asynchronous statements.
pub(in crate::analysis::rules) fn awaits_within<'m>(
    function: Function<'m>,
    block: &[StmtId],
) -> Vec<Expr<'m>> {
    let module = function.module();
    let mut awaits = Vec::new();
    for expr in expressions_within(function, block) {
        let awaited = match (expr.kind(), expr.parent()) {
            (ExprKind::Await(operand), _) => Some(module.expr(*operand)),
            (_, Parent::Stmt(id)) => awaited_by(module.stmt(id), expr).then_some(expr),
            _ => None,
        };
        awaits.extend(awaited);
    }
    awaits
}

/// Whether the statement is an asynchronous one that waits for this part of its head.
fn awaited_by(stmt: Stmt<'_>, expr: Expr<'_>) -> bool {
    match stmt.kind() {
        StmtKind::For { is_async: true, iter, .. } => *iter == expr.id(),
        StmtKind::With { is_async: true, items, .. } => {
            items.iter().any(|item| item.context == expr.id())
        }
        _ => false,
    }
}

/// The function's own expressions within these statements.
fn expressions_within<'m>(
    function: Function<'m>,
    block: &[StmtId],
) -> impl Iterator<Item = Expr<'m>> {
    let module = function.module();
    let stmts: Vec<Stmt<'m>> = block.iter().map(|id| module.stmt(*id)).collect();
    let all = stmts.into_iter().flat_map(Stmt::expressions);
    all.filter(move |expr| expr.function() == Some(function))
}

/// Whether it is a time limit around what is waited for: how long that is is no matter.
fn only_bounds(expr: Expr<'_>) -> bool {
    !expr.is_awaited() && expr.as_call().is_some_and(|call| call.has(Tag::Bounds))
}

/// Whether an awaited expression is something that runs by itself, or waits for such things.
pub(in crate::analysis::rules) fn is_task(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Name | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => true,
        ExprKind::Call { .. } => expr.as_call().is_some_and(|call| {
            let waits = call.is_any(&["asyncio.wait", "asyncio.wait_for", "asyncio.shield"])
                || call.callee().as_name() == Some("wait_for")
                || call.has(Tag::Gathers);
            let arguments = call.args();
            waits
                && arguments
                    .iter()
                    .filter(|it| it.keyword.is_none())
                    .all(|it| is_task(it.value) || is_container(it.value))
        }),
        _ => false,
    }
}

fn is_container(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => {
            parts.iter().all(|id| is_task(expr.module().expr(*id)))
        }
        ExprKind::Starred(inner) => is_task(expr.module().expr(*inner)),
        ExprKind::Number => true,
        _ => false,
    }
}

/// The exceptions that a handler names; none for a bare `except:`.
pub(in crate::analysis::rules) fn named<'m>(
    module: &Module<'m>,
    handler: &Handler,
) -> Vec<Expr<'m>> {
    let Some(exceptions) = handler.exceptions else { return Vec::new() };
    let exceptions = module.expr(exceptions);
    match exceptions.kind() {
        ExprKind::Tuple(parts) => parts.iter().map(|id| module.expr(*id)).collect(),
        _ => vec![exceptions],
    }
}

/// Whether an expression is the class of the exception that ends a cancelled coroutine.
pub(in crate::analysis::rules) fn is_cancelled(expr: Expr<'_>) -> bool {
    cancels_in(expr).is_some()
}

/// The library whose cancelled coroutines end with the exception of this class.
fn cancels_in(expr: Expr<'_>) -> Option<&'static str> {
    let asked =
        |call: Call<'_>| call.method() == Some("get_cancelled_exc_class") && call.args().is_empty();
    if expr.as_call().is_some_and(asked) {
        return Some("anyio");
    }
    CANCELLED.iter().find(|(name, _)| expr.is(name)).map(|(_, library)| *library)
}

/// What a handler does with the cancellation that it caught.
pub(super) enum Outcome {
    /// It always goes on.
    Raised,
    /// Some way ends without it: by the end of the handler, or by these statements.
    Swallowed(Exits),
    /// The handler decides by what was cancelled, or hands the exception to somebody.
    Considered,
}

/// Whether nothing but words and signs of the end comes after the handler, left in these ways, until the function ends; or, of one
/// that runs by itself, nothing that goes on for long.
fn ends_function(tried: &Tried<'_>, handler: &Handler, ways: &Exits, is_alone: bool) -> bool {
    let module = tried.stmt.module();
    let outer: Vec<Stmt<'_>> =
        tried.stmt.ancestors().take_while(|it| it.function() == Some(tried.function)).collect();
    let repeats =
        |stmt: &&Stmt<'_>| matches!(stmt.kind(), StmtKind::For { .. } | StmtKind::While { .. });
    let mut loops = outer.iter().filter(repeats);
    let innermost = loops.next();
    let nothing_behind = |end: u32| {
        // From the `try` on, so that the first that says no is found soon.
        let last = tried.function.span().end;
        let behind = tried.stmt.onwards().take_while(|it| it.span().start < last);
        let behind =
            behind.filter(|it| it.span().start >= end && it.function() == Some(tried.function));
        let behind = behind.filter(|it| !handler.span.contains(it.span()));
        let mut behind = behind;
        behind.all(|stmt| match stmt.kind() {
            StmtKind::Return(value) => value.is_none(),
            StmtKind::For { .. } | StmtKind::While { .. } => false,
            // It cleans up, and ends.
            _ if is_alone => true,
            StmtKind::Expr(id) => module.expr(*id).as_call().is_some_and(|it| {
                is_telling(it) || it.method() == Some("set") && it.args().is_empty()
            }),
            // `self.task = None`, `self.running = False`
            StmtKind::Assign { value, .. } => {
                matches!(module.expr(*value).kind(), ExprKind::None | ExprKind::Bool(_))
            }
            StmtKind::Pass => true,
            _ => false,
        })
    };
    let falls = !ways.falls || (innermost.is_none() && nothing_behind(tried.stmt.span().end));
    let mut left = ways.leaves.iter().map(|id| module.stmt(*id).kind());
    falls
        && left.all(|kind| match kind {
            StmtKind::Return(value) => {
                value.is_none_or(|id| matches!(module.expr(id).kind(), ExprKind::None))
            }
            StmtKind::Break => {
                let alone =
                    tried.stmt.ancestors().filter(|it| it.function() == Some(tried.function));
                alone.filter(|it| repeats(&it)).count() == 1
                    && innermost.is_some_and(|it| nothing_behind(it.span().end))
            }
            _ => false,
        })
}

fn is_telling(call: Call<'_>) -> bool {
    call.method().is_some_and(|it| TELLING.contains(&it))
}

/// Where a handler hides the exception that it handles behind another one, or hands control out before it has raised it:
/// `raise` in handlers within it, and `yield`.
fn hidden(tried: &Tried<'_>, handler: &Handler) -> Vec<StmtId> {
    let module = &tried.stmt.module();
    let own = handler.body.iter().flat_map(|id| module.stmt(*id).with_inner());
    let mut found = Vec::new();
    for stmt in own.filter(|it| it.function() == Some(tried.function)) {
        if let StmtKind::Try { handlers, .. } = stmt.kind() {
            let raises = |id: &StmtId| {
                matches!(module.stmt(*id).kind(), StmtKind::Raise { exception: Some(_), .. })
                    && !goes_on(tried, handler, *id)
            };
            let inner =
                handlers.iter().flat_map(|it| exits(module, &it.body, Ways::Regular).leaves);
            found.extend(inner.filter(raises));
        }
    }
    let yields = expressions_within(tried.function, &handler.body);
    let yields = yields.filter(|it| matches!(it.kind(), ExprKind::Yield(_)));
    found.extend(yields.map(|it| it.stmt().id()));
    found
}

/// Works it out.
pub(super) fn outcome(tried: &Tried<'_>, handler: &Handler) -> Outcome {
    let module = &tried.stmt.module();
    let mut ways = exits(module, &handler.body, Ways::Regular);
    ways.leaves.retain(|id| !goes_on(tried, handler, *id));
    for id in hidden(tried, handler) {
        if !ways.leaves.contains(&id) {
            ways.leaves.push(id);
        }
    }
    ways.falls &= !(ends_in_a_raise(module, handler) || raises_at_the_next_await(tried, handler));
    if !ways.falls && ways.leaves.is_empty() {
        return Outcome::Raised;
    }
    if is_considered(tried, handler) { Outcome::Considered } else { Outcome::Swallowed(ways) }
}

/// Whether a statement raises what the handler has caught, or what a handler of everything within it has.
fn goes_on(tried: &Tried<'_>, handler: &Handler, id: StmtId) -> bool {
    let module = &tried.stmt.module();
    let stmt = module.stmt(id);
    let catches_all = |it: &Handler| {
        it.span.contains(stmt.span())
            && (it.exceptions.is_none()
                || named(module, it).iter().any(|it| it.is("builtins.BaseException")))
    };
    let inner = stmt.ancestors().take_while(|it| handler.span.contains(it.span()));
    is_reraise(module, handler, id)
        || inner.into_iter().any(|outer| match outer.kind() {
            StmtKind::Try { handlers, .. } => {
                handlers.iter().any(|it| catches_all(it) && is_reraise(module, it, id))
            }
            _ => false,
        })
}

/// Whether some way through the handler raises what was caught: its author has decided when it goes on.
pub(super) fn raises_sometimes(tried: &Tried<'_>, handler: &Handler) -> bool {
    let module = &tried.stmt.module();
    let own = handler.body.iter().flat_map(|id| module.stmt(*id).with_inner());
    let mut own = own.filter(|it| it.function() == Some(tried.function));
    own.any(|it| is_reraise(module, handler, it.id()))
}

/// Whether trio raises the cancellation again at an `await` of the handler, as it does at each in a cancelled scope.
fn raises_at_the_next_await(tried: &Tried<'_>, handler: &Handler) -> bool {
    let module = &tried.stmt.module();
    named(module, handler).iter().any(|it| it.is("trio.Cancelled"))
        && awaits_within(tried.function, &handler.body)
            .iter()
            .any(|it| it.as_call().is_some_and(|call| call.is("trio.aclose_forcefully")))
}

/// Whether the last thing that the handler does is to call a function of the repository that never returns.
fn ends_in_a_raise(module: &Module, handler: &Handler) -> bool {
    let last = handler.body.last().map(|id| module.stmt(*id).kind());
    let Some(StmtKind::Expr(id)) = last else { return false };
    let Some(function) = module.expr(*id).as_call().and_then(Call::function) else { return false };
    let node = function.node();
    let says = node.returns.map(|id| function.module().expr(id).last_name());
    !node.is_async && matches!(says, Some("NoReturn" | "Never"))
}

/// Whether a statement raises what was caught, or cancellation again.
fn is_reraise(module: &Module, handler: &Handler, id: StmtId) -> bool {
    let StmtKind::Raise { exception, .. } = module.stmt(id).kind() else { return false };
    let Some(exception) = exception.map(|id| module.expr(id)) else { return true };
    let bound = handler.name.map(|id| module.expr(id).text());
    let root = exception.text().split('.').next();
    let class = exception.as_call().map_or(exception, Call::callee);
    (bound.is_some() && root == bound) || is_cancelled(class)
}

/// Whether the handler looks at what was cancelled, ends the program, or gives the exception to somebody who can still
/// raise it.
fn is_considered(tried: &Tried<'_>, handler: &Handler) -> bool {
    let module = tried.stmt.module();
    let bound = handler.name.and_then(|id| module.expr(id).as_name());
    let raises = module.slice(handler.span).contains("raise");
    expressions_within(tried.function, &handler.body).any(|expr| {
        let given = bound.is_some() && expr.as_name() == bound && !expr.is_store();
        expr.as_call().is_some_and(|call| decides(call, raises))
            || (given && is_given_on(expr, raises))
    })
}

/// Whether a call asks who was cancelled, or ends the program.
fn decides(call: Call<'_>, raises: bool) -> bool {
    match call.method() {
        // Whoever is told of the exception says whether it goes on.
        Some("cancelling" | "uncancel" | "__aexit__" | "__exit__" | "exc_info") => true,
        Some("cancelled" | "isinstance") => raises,
        Some("exit" | "_exit") => call.is_any(&["sys.exit", "os._exit", "builtins.exit"]),
        _ => false,
    }
}

/// Methods that only tell people about an exception.
const TELLING: [&str; 12] = [
    "critical",
    "debug",
    "error",
    "exception",
    "format",
    "info",
    "log",
    "print",
    "repr",
    "str",
    "warn",
    "warning",
];

/// Whether the caught exception is kept, returned or handed to code that may raise it, or a condition on it decides
/// whether it is raised.
fn is_given_on(expr: Expr<'_>, raises: bool) -> bool {
    let asks = matches!(expr.stmt().kind(), StmtKind::If { .. });
    if asks {
        return raises;
    }
    let given = expr.ancestors().find_map(Expr::as_call);
    if let Some(call) = given {
        let telling = call.method().is_some_and(|it| TELLING.contains(&it));
        let last = call.method().unwrap_or_default();
        let receives = ["append", "add", "put", "put_nowait", "set_exception", "throw", "set"]
            .contains(&last)
            || last.contains("raise")
            || last.contains("fail")
            || last.starts_with(|c: char| c.is_ascii_uppercase())
            || call.expr().is_awaited();
        return receives && !telling;
    }
    match expr.stmt().kind() {
        StmtKind::Return(_) => true,
        StmtKind::Assign { value, .. } => *value == expr.id(),
        _ => false,
    }
}

/// A handler in front of this one that raises cancellation again.
pub(super) fn let_pass(module: &Module<'_>, handler: &Handler, caught: Expr<'_>) -> TextEdit {
    let (name, _) = module.reference(caught, "asyncio.CancelledError");
    let line = module.lines().start(module.lines().line(handler.span.start));
    let indent = module.slice(Span::new(line, handler.span.start));
    TextEdit::before(handler.span, format!("except {name}:\n{indent}    raise\n{indent}"))
}
