use super::boundary::{is_broad, is_closing, is_silent, logger};
use super::done_callbacks;
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::{awaits_within, is_of_a_test, is_task};
use crate::analysis::rules::remarks::{LETS_FAIL, explains};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Handler, StmtId, StmtKind};
use crate::python::flow::{Ways, exits};
use crate::python::{Call, Expr, ExprKind, Function, Module, Span, Stmt, Tag, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW702",
    name: "exception-swallowed",
    item: Some(Item(58)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("exception_swallowed.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for stmt in module.statements_in_focus() {
        let Some(function) = stmt.function().filter(|it| it.is_async()) else { continue };
        match stmt.kind() {
            StmtKind::Try { body, handlers, .. } if !stmt.is_dead() => {
                let around = Around { stmt, function, body };
                for handler in handlers.iter().filter(|it| is_broad(module, it)) {
                    check_handler(&around, handler, report);
                }
            }
            StmtKind::With { items, body, .. } if !stmt.is_dead() => {
                let around = Around { stmt, function, body };
                let calls = items.iter().filter_map(|item| module.expr(item.context).as_call());
                for call in calls.filter(|it| suppresses_all(*it)) {
                    check_suppressed(&around, call, report);
                }
            }
            _ => {}
        }
    }
    done_callbacks::check(module, report);
}

/// Code whose errors somebody keeps from going on.
struct Around<'m> {
    stmt: Stmt<'m>,
    function: Function<'m>,
    body: &'m [StmtId],
}

fn check_handler(around: &Around<'_>, handler: &Handler, report: &mut Report) {
    let module = around.stmt.module();
    let awaits = awaits_within(around.function, around.body);
    let Some(first) = awaits.first() else { return };
    if !is_silent(&module, &handler.body) {
        return report.satisfied(handler.head);
    }
    if around.is_clean_up(&awaits) || around.has_other_ways(&module) {
        return;
    }
    let goes_round = handler
        .body
        .iter()
        .any(|id| matches!(module.stmt(*id).kind(), StmtKind::Continue | StmtKind::Return(_)));
    let known = !goes_round && around.tells_by_a_name(&module);
    let explained = is_explained(&module, handler.span) || explains(module, around.stmt);
    let told = awaits.iter().all(|it| tells_itself(*it));
    // A bare `except:` is no considered one.
    let courtesy = handler.exceptions.is_some() && awaits.iter().all(|it| is_a_courtesy(*it));
    let small = !goes_round && around.is_a_small_step(&module, &awaits);
    let unsure = known || explained || told || courtesy || small || is_of_a_test(around.function);
    let head = module.slice(handler.head).trim_end_matches([':', ' ']).to_owned();
    let message = message(&format!("`{head}`"), *first, goes_round);
    let draft = report.finding(handler.head, message);
    draft.confidence(if unsure { Confidence::Possible } else { Confidence::Likely });
    if let (Some(logger), [only]) = (logger(module), &handler.body[..])
        && matches!(module.stmt(*only).kind(), StmtKind::Pass)
    {
        let what = what(*first).unwrap_or_else(|| around.function.name().to_owned());
        let text = format!("{logger}.exception(\"{what} failed\")");
        draft.fix("Log the exception", vec![TextEdit::replace(module.stmt(*only), text)]);
    }
}

fn check_suppressed(around: &Around<'_>, call: Call<'_>, report: &mut Report) {
    let module = around.stmt.module();
    let awaits = awaits_within(around.function, around.body);
    let Some(first) = awaits.first() else { return };
    if around.is_clean_up(&awaits) || around.has_other_ways(&module) {
        return;
    }
    // Who writes `suppress(Exception)` around a thing says that it may fail; a loop that does so in every turn may do nothing else
    // for ever.
    let unsure = awaits.len() == 1 && !around.is_a_turn()
        || around.tells_by_a_name(&module)
        || is_of_a_test(around.function)
        || is_explained(&module, around.stmt.span())
        || explains(module, around.stmt);
    let confidence = if unsure { Confidence::Possible } else { Confidence::Likely };
    let message = message(&format!("`{}`", call.text()), *first, false);
    report.finding(call, message).confidence(confidence);
}

fn suppresses_all(call: Call<'_>) -> bool {
    let all = |it: Expr<'_>| it.is_any(&["builtins.Exception", "builtins.BaseException"]);
    call.has(Tag::Suppresses) && call.args().iter().any(|arg| all(arg.value))
}

fn message(who: &str, awaited: Expr<'_>, goes_round: bool) -> String {
    let module = awaited.module();
    let what = advice::quoted(awaited, "what is awaited here");
    let goes_on = if goes_round { "is passed over" } else { "counts as done" };
    let logger = logger(module).unwrap_or("logging");
    format!(
        "{who} drops every error of {what} unseen: what failed {goes_on}, a bug looks like a slow day, and nobody ever learns why; \
         log it (`{logger}.exception(…)`), or catch only the error that is expected here"
    )
}

/// The name of what is awaited.
fn what(awaited: Expr<'_>) -> Option<String> {
    awaited.as_call()?.method().map(str::to_owned)
}

impl<'m> Around<'m> {
    /// Whether it is one step of an object of which nothing is known, and not named for anything that has to be done.
    fn is_a_small_step(&self, module: &Module<'m>, awaits: &[Expr<'m>]) -> bool {
        let ([only], [awaited]) = (self.body, awaits) else { return false };
        let one = module.stmt(*only).with_inner().count() == 1;
        one && awaited.as_call().is_some_and(|call| {
            call.receiver().is_some() && call.fact().is_none() && !has_to_be_done(call)
        })
    }

    /// Whether it is a turn of a loop, which may fail in every turn and go round for ever.
    fn is_a_turn(&self) -> bool {
        self.stmt.parent().is_some_and(|it| matches!(it.kind(), StmtKind::While { .. }))
    }

    /// Whether it only takes something down, or stands where that is done.
    fn is_clean_up(&self, awaits: &[Expr<'m>]) -> bool {
        let closes = |it: &Expr<'_>| is_task(*it) || is_closing(it.text()) || waits(*it);
        let names = self.function.qualified_name();
        awaits.iter().all(closes) || is_closing(&names) || self.stands_in_clean_up()
    }

    /// Whether it stands in a handler or a `finally`.
    fn stands_in_clean_up(&self) -> bool {
        let module = self.stmt.module();
        let outer = self.stmt.ancestors().take_while(|it| it.function() == Some(self.function));
        let within = |id: &StmtId| module.stmt(*id).span().contains(self.stmt.span());
        outer.into_iter().any(|stmt| match stmt.kind() {
            StmtKind::Try { handlers, finally, .. } => {
                handlers.iter().flat_map(|it| &it.body).any(within)
                    || finally.iter().flatten().any(within)
            }
            _ => false,
        })
    }

    /// Whether success leaves the function or the loop: what comes behind is what is done instead.
    fn has_other_ways(&self, module: &Module<'m>) -> bool {
        let leaves = |block: &[StmtId]| {
            exits(module, block, Ways::Regular)
                .leaves
                .iter()
                .any(|id| matches!(module.stmt(*id).kind(), StmtKind::Return(_) | StmtKind::Break))
        };
        let otherwise = match self.stmt.kind() {
            StmtKind::Try { otherwise, .. } => otherwise.as_slice(),
            _ => &[],
        };
        leaves(self.body) || leaves(otherwise)
    }

    /// Whether it binds or collects something, so that the code behind may see what became of it.
    fn tells_by_a_name(&self, module: &Module<'m>) -> bool {
        let binds = |id: &StmtId| {
            module.stmt(*id).with_inner().any(|it| {
                matches!(
                    it.kind(),
                    StmtKind::Assign { .. }
                        | StmtKind::AnnAssign { .. }
                        | StmtKind::AugAssign { .. }
                )
            })
        };
        let otherwise = match self.stmt.kind() {
            StmtKind::Try { otherwise, .. } => !otherwise.is_empty(),
            _ => false,
        };
        let collects = |id: &StmtId| {
            let calls = module.stmt(*id).expressions().filter_map(Expr::as_call);
            calls.filter(|it| it.expr().is_dropped()).any(|it| {
                matches!(it.method(), Some("append" | "add" | "extend" | "update" | "set"))
            })
        };
        otherwise || self.body.iter().any(|id| binds(id) || collects(id))
    }
}

/// Whether what is awaited is a function of the repository that logs an error before it raises it again.
fn tells_itself(awaited: Expr<'_>) -> bool {
    let Some(function) = awaited.as_call().and_then(Call::function) else { return false };
    let module = function.module();
    let logs = |id: &StmtId| {
        let mut calls = module.stmt(*id).expressions().filter_map(Expr::as_call);
        calls.any(|it| {
            matches!(it.method(), Some("critical" | "error" | "exception" | "log" | "warning"))
        })
    };
    let raises = |id: &StmtId| matches!(module.stmt(*id).kind(), StmtKind::Raise { .. });
    function.statements().any(|stmt| match stmt.kind() {
        StmtKind::Try { handlers, .. } => handlers.iter().any(|handler| {
            is_broad(&module, handler)
                && handler.body.iter().any(logs)
                && handler.body.last().is_some_and(raises)
        }),
        _ => false,
    })
}

/// First words of the names of what somebody relies on: data that is kept or handed on, work that is done.
const RELIED_ON: [&str; 32] = [
    "add", "apply", "charge", "commit", "consume", "create", "dispatch", "do", "emit", "execute",
    "fetch", "get", "handle", "insert", "load", "pay", "persist", "post", "process", "publish",
    "push", "put", "record", "run", "save", "send", "store", "submit", "sync", "update", "upload",
    "write",
];

fn has_to_be_done(call: Call<'_>) -> bool {
    let name = call.method().unwrap_or_default().trim_start_matches('_');
    let first = name.split('_').next().unwrap_or_default();
    // `asave`, `aexecute`
    RELIED_ON.contains(&first) || first.strip_prefix('a').is_some_and(|it| RELIED_ON.contains(&it))
}

/// Beginnings of the methods that say something to a peer.
const SAYING: [&str; 8] =
    ["answer", "delete_message", "edit", "reply", "respond", "send", "typing", "trigger_typing"];

/// Names of a peer that somebody talks to: it may be gone, or not want to hear.
const PEERS: [&str; 14] = [
    "bot",
    "channel",
    "chat",
    "context",
    "ctx",
    "interaction",
    "member",
    "message",
    "msg",
    "query",
    "socket",
    "update",
    "websocket",
    "ws",
];

/// Whether it only says something to a peer, which may be gone: a websocket, a chat; or wakes a consumer of this process.
fn is_a_courtesy(awaited: Expr<'_>) -> bool {
    let Some(call) = awaited.as_call() else { return false };
    let says = call.method().is_some_and(|name| SAYING.iter().any(|it| name.starts_with(it)));
    let to_a_peer = call.receiver().is_some_and(|it| {
        let name = it.last_name().to_lowercase();
        name.split('_').any(|word| PEERS.contains(&word)) || name.ends_with("websocket")
    });
    says && to_a_peer || call.is("asyncio.Queue.put")
}

/// Whether it waits for the end of something.
fn waits(awaited: Expr<'_>) -> bool {
    let sleeps = ["asyncio.sleep", "anyio.sleep", "trio.sleep"];
    awaited.as_call().is_some_and(|it| it.is_any(&sleeps) || waits_for(it))
        || matches!(awaited.kind(), ExprKind::Name)
}

fn waits_for(call: Call<'_>) -> bool {
    let bounds = call.is_any(&["asyncio.wait_for"]) || call.method() == Some("wait_for");
    !bounds && call.method().is_some_and(|name| name == "wait" || name.starts_with("wait_for_"))
}

/// Whether a comment says why nothing is done: one of more than a few words, which are those of linters, or one that says that
/// it does not matter.
pub(super) fn is_explained(module: &Module<'_>, span: Span) -> bool {
    let end = module.lines().start(module.lines().line(span.end) + 1) as usize;
    let text = &module.text()[span.start as usize..end.max(span.end as usize)];
    text.lines().any(|line| {
        line.split_once('#').is_some_and(|(_, words)| {
            let words = words.to_lowercase();
            words.split_whitespace().count() > 2 || LETS_FAIL.iter().any(|it| words.contains(it))
        })
    })
}
