//! Calls that only read something from elsewhere, and what they may have in common.

use crate::analysis::Confidence;
use crate::python::ast::ExprId;
use crate::python::{Call, Expr, ExprKind, Function, Kind, StmtKind, Value};

/// First words of the names of functions that only read.
const WORDS: [&str; 9] =
    ["get", "fetch", "load", "read", "query", "find", "lookup", "download", "search"];

/// Words in the names of things that serve one caller at a time.
const ONE_AT_A_TIME: [&str; 27] = [
    "conn",
    "connection",
    "cursor",
    "cur",
    "session",
    "db",
    "database",
    "tx",
    "transaction",
    "reader",
    "stream",
    "ws",
    "websocket",
    "socket",
    "sock",
    "lock",
    "uow",
    "page",
    "browser",
    "repo",
    "repository",
    "channel",
    "pipe",
    "process",
    "proc",
    "queue",
    "redis",
];

/// Whether the call only reads, from a place that serves several callers at once, and how sure that is.
pub(super) fn reads(call: Call<'_>) -> Option<Confidence> {
    let name = call.method()?.trim_start_matches('_');
    let word = name.split('_').next().unwrap_or_default();
    if is_request(call) {
        return Some(Confidence::Likely);
    }
    let named = WORDS.contains(&word)
        && !["session", "lock", "queue", "event", "next", "connection", "token"]
            .iter()
            .any(|it| name.contains(it));
    let function = call.function().filter(|_| named)?;
    if !function.is_coroutine() || waits_in_line(function) {
        return None;
    }
    let mut own = function.expressions().filter_map(Expr::as_call);
    own.any(is_request).then_some(Confidence::Likely)
}

/// Whether it asks a server by a client that runs requests side by side.
fn is_request(call: Call<'_>) -> bool {
    let name = call.name().unwrap_or_default();
    let client = ["aiohttp.ClientSession.", "httpx.AsyncClient.", "asyncpg.Pool.fetch"];
    let reading = ["get", "head", "fetch", "fetchrow", "fetchval"];
    call.fact().is_some_and(|fact| matches!(fact.kind, Kind::Coroutine | Kind::AwaitableContext))
        && client.iter().any(|prefix| name.starts_with(prefix))
        && name.rsplit('.').next().is_some_and(|last| reading.contains(&last))
}

/// Whether the function holds something while it runs that only one may hold: it changes its object or a global, takes a
/// lock, or sleeps to keep a distance.
fn waits_in_line(function: Function<'_>) -> bool {
    let changes = function.statements().any(|stmt| match stmt.kind() {
        StmtKind::Assign { targets, .. } => {
            targets.iter().any(|id| stmt.module().expr(*id).as_name().is_none())
        }
        StmtKind::AugAssign { target, .. } => stmt.module().expr(*target).as_name().is_none(),
        StmtKind::Global(_) => true,
        _ => false,
    });
    let holds = function.expressions().any(|expr| {
        let text = expr.text();
        expr.as_call()
            .is_some_and(|call| call.is_any(&["asyncio.sleep", "anyio.sleep", "trio.sleep"]))
            || expr.as_name().is_some_and(|_| text.contains("lock") || text.contains("limit"))
            || matches!(expr.kind(), ExprKind::Attribute { name, .. } if {
                let name = expr.module().slice(*name);
                name.contains("lock") || name.contains("sem") || name.contains("limit")
            })
    });
    changes || holds
}

/// Whether the function changes its own object, or takes something that only one may hold.
pub(super) fn changes_its_object(function: Function<'_>) -> bool {
    let own = |id: &ExprId| function.module().expr(*id).text().starts_with("self.");
    let changes = function.statements().any(|stmt| match stmt.kind() {
        StmtKind::Assign { targets, .. } => targets.iter().any(own),
        StmtKind::AugAssign { target, .. } => own(target),
        StmtKind::Global(_) => true,
        StmtKind::With { is_async, .. } => *is_async,
        _ => false,
    });
    changes || function.text().contains("lock")
}

/// Whether two calls use one thing that serves one caller at a time, or may do so.
pub(super) fn shares(one: Call<'_>, other: Call<'_>) -> bool {
    let (first, second) = (parts(one), parts(other));
    first.iter().any(|part| {
        let text = part.text();
        second.iter().any(|it| it.text() == text) && is_exclusive(*part)
    })
}

/// What a call is given: its receiver and its arguments.
fn parts(call: Call<'_>) -> Vec<Expr<'_>> {
    call.receiver().into_iter().chain(call.args().iter().map(|arg| arg.value)).collect()
}

fn is_exclusive(part: Expr<'_>) -> bool {
    if part.is_instance("aiohttp.ClientSession")
        || part.is_instance("httpx.AsyncClient")
        || part.is_instance("asyncpg.Pool")
    {
        return false;
    }
    let last =
        part.text().rsplit('.').next().unwrap_or_default().trim_start_matches('_').to_lowercase();
    let plain = part.values().iter().all(|value| matches!(value, Value::Plain | Value::None));
    !plain && last.split('_').any(|word| ONE_AT_A_TIME.contains(&word))
}
