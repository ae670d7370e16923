//! What a call works on: other machines, files, processes; and what limits how many of it run at once.

use crate::python::{Call, Expr, Function, Kind, Stmt, StmtKind, Tag};

/// How many calls deep the repository's functions are followed.
const DEEPEST: u32 = 4;

/// Most calls of one function that are looked at.
const MOST_CALLS: usize = 200;

/// Libraries whose coroutines only arrange what goes on in this process.
const IN_PROCESS: [&str; 9] = [
    "asyncio",
    "anyio",
    "trio",
    "contextlib",
    "builtins",
    "async_timeout",
    "async_lru",
    "asyncstdlib",
    "aiolimiter",
];

/// What a call of `asyncio` that leaves the process is named.
const LEAVING: [&str; 7] = [
    "open_connection",
    "open_unix_connection",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "create_connection",
    "getaddrinfo",
    "to_thread",
];

/// Words in the names of what limits.
const LIMITING: [&str; 8] =
    ["sem", "limit", "throttl", "bounded", "bucket", "slots", "max_concurren", "ratelimit"];

/// Whether the call, or a function of the repository that it calls, asks something outside the process, as far as the names
/// resolve.
pub(super) fn leaves_process(call: Call<'_>) -> bool {
    reaches(call, DEEPEST, &|it| asks_outside(it))
}

/// Whether the call itself asks something outside the process.
pub(super) fn asks_outside(call: Call<'_>) -> bool {
    let Some(name) = call.name() else { return false };
    let Some(fact) = call.fact() else { return false };
    let lazy = matches!(
        fact.kind,
        Kind::Coroutine | Kind::AwaitableContext | Kind::Future | Kind::AsyncContext
    );
    let root = name.split('.').next().unwrap_or_default();
    if IN_PROCESS.contains(&root) {
        return name.rsplit('.').next().is_some_and(|it| LEAVING.contains(&it));
    }
    lazy || fact.hangs.is_some()
}

/// Whether something on the way of a call limits how many run: a semaphore or lock that is entered, a pool that is asked.
pub(super) fn is_limited(call: Call<'_>) -> bool {
    let named = |it: Expr<'_>| is_limiting(it.text());
    named(call.callee())
        || call.args().iter().any(|arg| arg.value.as_call().is_none() && named(arg.value))
        || reaches(call, DEEPEST, &|it| limits(it))
        || call.function().is_some_and(|it| function_limits(it, DEEPEST))
}

/// Whether a name or a piece of code speaks of a limit.
pub(super) fn is_limiting(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    LIMITING.iter().any(|word| match *word {
        // Not "assemble".
        "sem" => text
            .split(|c: char| !c.is_ascii_alphabetic())
            .any(|it| it == "sem" || it.starts_with("semaphore") || it.ends_with("semaphore")),
        word => text.contains(word),
    })
}

fn limits(call: Call<'_>) -> bool {
    call.has(Tag::Pool)
        || call.name().is_some_and(|it| it.contains("Pool."))
        || (call.method() == Some("acquire") && call.receiver().is_some())
}

fn function_limits(function: Function<'_>, depth: u32) -> bool {
    let entered = function.statements().any(|stmt| match stmt.kind() {
        StmtKind::With { is_async: true, items, .. } => {
            items.iter().any(|item| is_limiter(stmt, function.module().expr(item.context)))
        }
        _ => false,
    });
    let decorated = function.decorators().any(|it| is_limiting(it.text()));
    let inner = || {
        let mut calls = function.expressions().filter_map(Expr::as_call).take(MOST_CALLS);
        calls.any(|call| call.function().is_some_and(|it| function_limits(it, depth - 1)))
    };
    entered || decorated || (depth > 1 && inner())
}

/// Whether entering it waits for a turn.
fn is_limiter(stmt: Stmt<'_>, context: Expr<'_>) -> bool {
    let library = stmt.module().library();
    let of_class = context.class().is_some_and(|class| {
        library.fact(&class).is_some_and(|fact| fact.has(Tag::Limits) || fact.has(Tag::Lock))
    });
    let text = context.text();
    of_class || is_limiting(text) || text.to_ascii_lowercase().contains("lock")
}

fn reaches(call: Call<'_>, depth: u32, is_end: &impl Fn(Call<'_>) -> bool) -> bool {
    if is_end(call) {
        return true;
    }
    let Some(function) = call.function().filter(|_| depth > 0) else { return false };
    let mut calls = function.expressions().filter_map(Expr::as_call).take(MOST_CALLS);
    calls.any(|it| reaches(it, depth - 1, is_end))
}
