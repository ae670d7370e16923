use crate::analysis::rules::advice;
use crate::analysis::rules::blocking::calls;
use crate::analysis::{Category, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ExprKind, StmtId, StmtKind};
use crate::python::{Blocks, Call, Context, Expr, Function, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW110",
    name: "thread-lock-across-await",
    item: Some(Item(2)),
    also: &[Item(4)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("thread_lock_across_await.md"),
    check,
};

/// Classes whose instances are entered by blocking until they are free.
const LOCKS: [&str; 6] = [
    "threading.Lock",
    "threading.RLock",
    "threading.Condition",
    "threading.Semaphore",
    "multiprocessing.Lock",
    "filelock.BaseFileLock",
];

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        let StmtKind::With { is_async: false, items, body } = stmt.kind() else { continue };
        let Some(function) = stmt.function().filter(|it| it.is_async()) else { continue };
        if stmt.context() != Context::Loop {
            continue;
        }
        let contexts = items.iter().map(|item| module.expr(item.context));
        let Some(lock) = contexts.into_iter().find(|it| is_lock(*it)) else { continue };
        if let Some(suspends) = suspends(module, function, body) {
            held(report, lock, suspends);
        }
    }
    calls::report_if(
        module,
        report,
        &[Blocks::Thread],
        "waits for another thread and holds up the event loop until it comes, so every other task waits",
        |call| is_primitive(call) && !is_fresh(call),
    );
    for call in module.calls_on_the_loop() {
        if call.is_any(&["asyncio.Lock", "asyncio.Condition", "asyncio.Semaphore"]) {
            report.satisfied(call.callee());
        }
    }
}

fn held(report: &mut Report, lock: Expr<'_>, suspends: Expr<'_>) {
    let name = advice::quoted(lock, "this lock");
    report
        .finding(
            lock,
            format!("{name} is a lock of threads and stays held while the coroutine waits: the next task that wants it stops the event loop, and then nothing can ever free it; use `asyncio.Lock` with `async with`, or free it before the `await`"),
        )
        .related(suspends, "the coroutine waits here, with the lock held");
}

/// Whether a call is about locks, events, queues, futures or threads, which [`RULE`] looks at; other waiting for threads and
/// processes is the more general rule's.
pub(super) fn is_primitive(call: Call<'_>) -> bool {
    call.name().is_some_and(|name| {
        [
            "threading.",
            "queue.",
            "concurrent.futures.Future.",
            "multiprocessing.Queue.",
            "multiprocessing.Lock.",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix))
    })
}

/// `lock = threading.Lock()`, and then at once `lock.acquire()`: nobody else has it.
fn is_fresh(call: Call<'_>) -> bool {
    let Some(lock) =
        call.receiver().filter(|it| call.method() == Some("acquire") && it.as_name().is_some())
    else {
        return false;
    };
    let Some(function) = lock.function() else { return false };
    let first_used = |made: Call<'_>| {
        let names = made.expr().bound_to();
        names
            .iter()
            .any(|name| name.as_name() == lock.as_name() && name.uses().first() == Some(&lock))
    };
    let mut own = function.expressions().filter_map(Expr::as_call);
    own.any(|made| {
        made.callee().name().is_some_and(|it| LOCKS.contains(&it.as_str())) && first_used(made)
    })
}

fn is_lock(expr: Expr<'_>) -> bool {
    LOCKS.iter().any(|class| expr.is_instance(class))
}

/// The first place in the block where the function gives control back to the loop.
fn suspends<'m>(module: &Module<'m>, function: Function<'m>, body: &[StmtId]) -> Option<Expr<'m>> {
    let within = |stmt: &Stmt<'m>| stmt.function() == Some(function);
    let mut found: Option<Expr<'m>> = None;
    for id in body {
        let expressions = module.stmt(*id).expressions();
        let own = expressions.filter(|expr| expr.function() == Some(function));
        let waits = |expr: &Expr<'m>| match expr.kind() {
            ExprKind::Await(_) | ExprKind::Yield(_) => true,
            ExprKind::Comprehension { clauses, .. } => {
                clauses.iter().any(|it| matches!(it, Clause::For { is_async: true, .. }))
            }
            _ => waits_as_head(*expr).is_some_and(|stmt| within(&stmt)),
        };
        found = own.into_iter().find(waits);
        if found.is_some() {
            break;
        }
    }
    found
}

/// The `async with` or `async for` whose context or iterable the expression is.
fn waits_as_head(expr: Expr<'_>) -> Option<Stmt<'_>> {
    let crate::python::ast::Parent::Stmt(id) = expr.parent() else { return None };
    let stmt = expr.module().stmt(id);
    match stmt.kind() {
        StmtKind::With { is_async: true, .. } => Some(stmt),
        StmtKind::For { is_async: true, iter, .. } if *iter == expr.id() => Some(stmt),
        _ => None,
    }
}
