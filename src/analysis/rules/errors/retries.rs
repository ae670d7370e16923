//! Loops that try something again when it failed.

use super::work::leaves_process;
use crate::analysis::rules::coroutines::{awaits_within, is_cancelled, named};
use crate::python::ast::{ExprKind, Handler, StmtId, StmtKind};
use crate::python::flow::{Ways, exits, may_reach};
use crate::python::{Call, Expr, Function, Module, Stmt};

/// Functions that wait for a time.
const SLEEPS: [&str; 3] = ["asyncio.sleep", "anyio.sleep", "trio.sleep"];

/// A handler that leads back to what it handles.
pub(super) struct Retry<'m> {
    /// The `try`.
    pub(super) stmt: Stmt<'m>,
    pub(super) turns: Stmt<'m>,
    pub(super) function: Function<'m>,
    pub(super) handler: &'m Handler,
    /// What is tried.
    pub(super) awaited: Expr<'m>,
    /// Whether that asks another machine or process, for sure.
    pub(super) asks_outside: bool,
    /// Whether it ends after so many times.
    pub(super) is_capped: bool,
    /// Whether the handler does something about the failure.
    pub(super) repairs: bool,
}

/// How long is waited before the next turn.
pub(super) enum Delay<'m> {
    None,
    /// The same each time.
    Constant(Expr<'m>),
    Grows,
    /// Something is waited for.
    Unknown,
}

/// The handlers of a `try` that lead back to it: in a loop that is left when it succeeds.
pub(super) fn retries<'m>(stmt: Stmt<'m>) -> Vec<Retry<'m>> {
    let StmtKind::Try { body, handlers, otherwise, .. } = stmt.kind() else { return Vec::new() };
    let Some(function) = stmt.function().filter(|it| it.is_async()) else { return Vec::new() };
    if stmt.is_dead() {
        return Vec::new();
    }
    let Some((turns, is_capped)) = turns(stmt) else { return Vec::new() };
    let module = stmt.module();
    let awaits = awaits_within(function, body);
    let asks = |it: &Expr<'m>| it.as_call().is_some_and(leaves_process);
    let Some(awaited) = awaits.iter().find(|it| asks(it)).or(awaits.first()).copied() else {
        return Vec::new();
    };
    if !succeeds_once(stmt, turns, body, otherwise) || takes_another(turns, &awaits) {
        return Vec::new();
    }
    let transient = handlers.iter().filter(|it| is_transient(&module, it));
    let back = transient.filter(|it| leads_back(&module, it, turns));
    back.map(|handler| Retry {
        stmt,
        turns,
        function,
        handler,
        awaited,
        asks_outside: awaits.iter().any(asks),
        is_capped,
        repairs: repairs(&module, function, handler, body),
    })
    .collect()
}

/// The loop that the `try` is repeated by, and whether it ends by itself: one that counts, or a `while`.
fn turns<'m>(stmt: Stmt<'m>) -> Option<(Stmt<'m>, bool)> {
    let module = stmt.module();
    let around = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    for outer in around {
        match outer.kind() {
            StmtKind::For { iter, is_async: false, .. } => {
                let counts = module.expr(*iter).as_call()?;
                return match counts.is("builtins.range") {
                    true => Some((outer, true)),
                    false => counts.is("itertools.count").then_some((outer, false)),
                };
            }
            StmtKind::While { test, .. } => {
                let test = module.expr(*test);
                return Some((outer, matches!(test.kind(), ExprKind::Compare(_))));
            }
            StmtKind::For { .. } => return None,
            // What another handler does.
            StmtKind::Try { handlers, .. }
                if handlers.iter().any(|it| it.span.contains(stmt.span())) =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether the loop ends when nothing was raised: the body leaves it, or what comes behind it does, or its condition is about
/// something that the body sets.
fn succeeds_once<'m>(
    stmt: Stmt<'m>,
    turns: Stmt<'m>,
    body: &[StmtId],
    otherwise: &[StmtId],
) -> bool {
    let module = stmt.module();
    let leaves = |block: &[StmtId]| {
        let exits = exits(&module, block, Ways::Regular);
        let ends =
            |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Return(_) | StmtKind::Break);
        !exits.falls && exits.leaves.iter().any(ends)
    };
    if leaves(body) || (!otherwise.is_empty() && leaves(otherwise)) {
        return true;
    }
    let StmtKind::While { test, .. } = turns.kind() else { return false };
    let test = module.expr(*test);
    if matches!(test.kind(), ExprKind::Bool(_) | ExprKind::Number) {
        return false;
    }
    let mut set = body.iter().chain(otherwise).filter_map(|id| match module.stmt(*id).kind() {
        StmtKind::Assign { targets, .. } => targets.first().map(|id| module.expr(*id)),
        _ => None,
    });
    set.any(|target| {
        let tested = |it: &Expr<'_>| it.text() == target.text();
        tested(&test) || test.children().iter().any(tested)
    })
}

/// Whether each turn tries something else: what is awaited is given what the loop counts.
fn takes_another(turns: Stmt<'_>, awaits: &[Expr<'_>]) -> bool {
    let StmtKind::For { target, .. } = turns.kind() else { return false };
    let target = turns.module().expr(*target).text();
    let mentions = |it: &Expr<'_>| {
        it.text().split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == target)
    };
    awaits.iter().any(mentions)
}

/// Whether the handler is for failures that pass: of the network, of another process, or of whatever kind.
fn is_transient(module: &Module<'_>, handler: &Handler) -> bool {
    const PASSING: [&str; 12] = [
        "builtins.Exception",
        "builtins.BaseException",
        "builtins.OSError",
        "builtins.IOError",
        "builtins.ConnectionError",
        "builtins.ConnectionResetError",
        "builtins.ConnectionRefusedError",
        "builtins.BrokenPipeError",
        "socket.error",
        "socket.gaierror",
        "aiohttp.ClientError",
        "httpx.HTTPError",
    ];
    const WORDS: [&str; 7] = [
        "Connect",
        "Connection",
        "Network",
        "Transport",
        "ClientError",
        "HTTPError",
        "RequestError",
    ];
    let named = named(module, handler);
    let passing = |it: &Expr<'_>| {
        let last = it.text().rsplit('.').next().unwrap_or_default();
        it.is_any(&PASSING) || WORDS.iter().any(|word| last.contains(word))
    };
    (handler.exceptions.is_none() || named.iter().any(passing))
        && !named.iter().all(|it| is_cancelled(*it))
}

/// Whether the loop goes on behind the handler.
fn leads_back<'m>(module: &Module<'m>, handler: &Handler, turns: Stmt<'m>) -> bool {
    let Some(last) = handler.body.last().map(|id| module.stmt(*id)) else { return false };
    let left = exits(module, &handler.body, Ways::Regular);
    let goes_on = |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Continue);
    (left.falls && may_reach(last, turns, &[], Ways::Regular)) || left.leaves.iter().any(goes_on)
}

/// Whether the handler awaits something other than time, or changes what is tried.
fn repairs<'m>(
    module: &Module<'m>,
    function: Function<'m>,
    handler: &Handler,
    body: &[StmtId],
) -> bool {
    let awaits = awaits_within(function, &handler.body);
    let acts = awaits.iter().any(|it| !it.as_call().is_some_and(is_sleep));
    let tried: Vec<&str> = body.iter().map(|id| module.stmt(*id).text()).collect();
    let inner = handler.body.iter().flat_map(|id| module.stmt(*id).with_inner());
    let mut changed = inner.filter_map(|stmt| match stmt.kind() {
        StmtKind::Assign { targets, .. } => targets.first().map(|id| module.expr(*id).text()),
        StmtKind::AugAssign { target, .. } => Some(module.expr(*target).text()),
        _ => None,
    });
    acts || changed.any(|name| tried.iter().any(|text| text.contains(name)))
}

fn is_sleep(call: Call<'_>) -> bool {
    call.is_any(&SLEEPS)
}

impl<'m> Retry<'m> {
    /// How long is waited between a failure and the next turn.
    pub(super) fn delay(&self) -> Delay<'m> {
        let module = self.stmt.module();
        let (StmtKind::For { body, .. } | StmtKind::While { body, .. }) = self.turns.kind() else {
            return Delay::Unknown;
        };
        let StmtKind::Try { body: tried, handlers, .. } = self.stmt.kind() else {
            return Delay::Unknown;
        };
        // What is waited for in the loop, other than what is tried and what other handlers do.
        let elsewhere = |it: &Expr<'m>| {
            let within = |id: &StmtId| module.stmt(*id).span().contains(it.span());
            let other = |it: &&Handler| !std::ptr::eq(*it, self.handler);
            !tried.iter().any(within)
                && !handlers.iter().filter(other).any(|other| other.body.iter().any(within))
        };
        let mut awaits = awaits_within(self.function, body);
        awaits.retain(elsewhere);
        if awaits.is_empty() {
            return if self.waits_otherwise() { Delay::Unknown } else { Delay::None };
        }
        let sleeps: Vec<Expr<'m>> = awaits
            .iter()
            .filter_map(|it| it.as_call().filter(|call| is_sleep(*call))?.positional(0))
            .collect();
        match sleeps[..] {
            [] => Delay::Unknown,
            [delay] if delay.is_zero() => Delay::None,
            [delay] if self.is_constant(delay) => Delay::Constant(delay),
            _ => Delay::Grows,
        }
    }

    /// Whether a synchronous call, or what is tried, takes its time: a `sleep` of another kind, a `timeout`.
    fn waits_otherwise(&self) -> bool {
        let text = self.turns.text().to_ascii_lowercase();
        ["sleep", "backoff", "delay", "interval"].iter().any(|word| text.contains(word))
    }

    /// Whether it is the same in every turn.
    fn is_constant(&self, delay: Expr<'m>) -> bool {
        match delay.kind() {
            ExprKind::Number => true,
            ExprKind::Name | ExprKind::Attribute { .. } => {
                let module = delay.module();
                let changed = |stmt: Stmt<'m>| match stmt.kind() {
                    StmtKind::Assign { targets, .. } => {
                        targets.iter().any(|id| module.expr(*id).text() == delay.text())
                    }
                    StmtKind::AugAssign { target, .. } => {
                        module.expr(*target).text() == delay.text()
                    }
                    StmtKind::For { target, .. } => module.expr(*target).text() == delay.text(),
                    _ => false,
                };
                !self.turns.with_inner().any(changed) && delay.as_call().is_none()
            }
            _ => false,
        }
    }
}
