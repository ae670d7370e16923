use crate::analysis::rules::advice;
use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::analysis::rules::openers::Origin;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::flow::{Ways, always_passes};
use crate::python::{Call, Expr, Function, Module, Stmt, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW604",
    name: "response-not-consumed",
    item: Some(Item(50)),
    also: &[],
    severity: Severity::High,
    category: Category::Leak,
    page: include_str!("response_not_consumed.md"),
    check,
};

/// Whose response it is: what reads a body, and when that is too late, differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Aiohttp,
    /// A streamed one: others are read when the call returns.
    Httpx,
}

impl Client {
    /// The client whose call this is, if the call gives a response whose body has not been read.
    fn of(call: Call<'_>) -> Option<Self> {
        let name = call.name()?;
        if let Some(method) = name.strip_prefix("aiohttp.ClientSession.") {
            const METHODS: [&str; 7] =
                ["get", "options", "post", "put", "patch", "delete", "request"];
            return METHODS.contains(&method).then_some(Self::Aiohttp);
        }
        let is_true = |it: Expr<'_>| matches!(it.kind(), ExprKind::Bool(true));
        match name.as_str() {
            "aiohttp.request" => Some(Self::Aiohttp),
            "httpx.AsyncClient.stream" => Some(Self::Httpx),
            "httpx.AsyncClient.send" => {
                call.keyword("stream").is_some_and(is_true).then_some(Self::Httpx)
            }
            _ => None,
        }
    }

    /// What reads the whole body, so that it is there from then on.
    fn reads_all(self, attribute: &str) -> bool {
        match self {
            Self::Aiohttp => matches!(attribute, "read" | "text" | "json"),
            Self::Httpx => matches!(attribute, "read" | "aread"),
        }
    }

    /// What needs the connection, or a body that has been read.
    fn needs_body(self, attribute: &str) -> bool {
        match self {
            Self::Aiohttp => self.reads_all(attribute) || attribute == "content",
            Self::Httpx => {
                self.reads_all(attribute)
                    || self.needs_read_body(attribute)
                    || attribute.starts_with("aiter_")
            }
        }
    }

    /// What only works when the body has been read.
    fn needs_read_body(self, attribute: &str) -> bool {
        self == Self::Httpx && matches!(attribute, "json" | "text" | "content")
    }

    /// What gives the connection back, or may.
    fn consumes(self, attribute: &str) -> bool {
        self.needs_body(attribute)
            || matches!(attribute, "release" | "close" | "aclose" | "wait_for_close")
    }
}

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let asynchronous = call.expr().function().is_some_and(Function::is_async);
        if !asynchronous || call.expr().is_dead() {
            continue;
        }
        let made = Origin::of(call).filter(|it| it.is_direct() || it.awaited);
        let Some(client) = made.and_then(|it| Client::of(it.by)) else { continue };
        let mut made = call.expr();
        if let Fate::Awaited(awaited) = fate(made) {
            made = awaited;
        }
        let session = session_block(call);
        match fate(made) {
            Fate::Entered(block) => {
                let late = bound(made).is_some_and(|it| late(client, it, block, true, report));
                if !late {
                    report.satisfied(call.callee());
                }
            }
            Fate::Bound(_) => {
                let Some(name) = bound(made) else { continue };
                let too_late = session.is_some_and(|it| late(client, name, it, false, report));
                if !too_late && (session.is_none() || call.expr().in_loop()) {
                    unread(client, call, report);
                }
            }
            Fate::Returned if session.is_some() && made != call.expr() => {
                let StmtKind::Return(_) = made.stmt().kind() else { continue };
                let name = advice::name_of(call);
                report
                    .finding(
                        call.callee(),
                        format!("The response of `{name}` is returned out of the block of its session, which closes the connection, so whoever reads the body gets an error or half of it; read the body here and return that"),
                    )
                    .confidence(Confidence::Likely);
            }
            Fate::Dropped
                if client == Client::Aiohttp && made != call.expr() && session.is_none() =>
            {
                dropped(call, report);
            }
            Fate::Attribute(attribute) if client == Client::Aiohttp && made != call.expr() => {
                if client.consumes(attribute.last_name()) {
                    report.satisfied(call.callee());
                } else if session.is_none() {
                    dropped(call, report);
                }
            }
            _ => {}
        }
    }
}

/// The local name that the response is bound to.
fn bound(made: Expr<'_>) -> Option<Expr<'_>> {
    match made.bound_to()[..] {
        [name] => Some(name).filter(|it| it.as_name().is_some()),
        _ => None,
    }
}

/// The block around the call, in its function, that closes the session that it is made with.
fn session_block(call: Call<'_>) -> Option<Stmt<'_>> {
    let session = call.receiver().filter(|it| it.as_name().is_some())?;
    let module = call.module();
    let function = call.expr().function();
    let mut around = call.expr().stmt().ancestors().take_while(|it| it.function() == function);
    around.find(|stmt| {
        let StmtKind::With { items, .. } = stmt.kind() else { return false };
        items.iter().any(|item| {
            let context = module.expr(item.context);
            let opened = context.as_call().is_some_and(|it| it.has(Tag::Session));
            let named = item.target.map(|id| module.expr(id).text());
            context.text() == session.text() || opened && named == Some(session.text())
        })
    })
}

/// Reports what reads the body when the block has ended that closes the response; whether anything does.
fn late<'m>(
    client: Client,
    name: Expr<'m>,
    block: Stmt<'m>,
    own: bool,
    report: &mut Report,
) -> bool {
    let uses = name.uses();
    let taken: Vec<(Expr<'m>, Option<Expr<'m>>)> = uses
        .iter()
        .map(|used| match fate(*used) {
            Fate::Attribute(attribute) => (*used, Some(attribute)),
            _ => (*used, None),
        })
        .collect();
    let within = |used: Expr<'m>| block.span().contains(used.span());
    let is_read = |(used, attribute): &(Expr<'m>, Option<Expr<'m>>)| {
        within(*used)
            && used.function() == name.function()
            && attribute.is_some_and(|it| client.reads_all(it.last_name()) && is_carried_out(it))
    };
    if taken.iter().any(is_read) {
        return false;
    }
    let line = block.module().lines().line(block.span().start);
    let ends = if own {
        format!("`{}` is closed where the `async with` of line {line} ends", name.text())
    } else {
        format!("The session's block of line {line} closes the connection of `{}`", name.text())
    };
    let mut found = false;
    for (used, attribute) in taken {
        let taken = attribute.map_or("", Expr::last_name);
        let same = used.function() == name.function();
        let place = attribute.unwrap_or(used);
        let (what, confidence) = if !within(used) {
            if !same || !client.needs_body(taken) {
                continue;
            }
            let fails = match client {
                Client::Aiohttp if own => "raises `aiohttp.ClientConnectionError`",
                Client::Aiohttp => "fails when the body is too long to have come with the headers",
                Client::Httpx if client.needs_read_body(taken) => "raises `httpx.ResponseNotRead`",
                Client::Httpx => "raises `httpx.StreamClosed`",
            };
            let sure = if own || client == Client::Httpx {
                Confidence::Certain
            } else {
                Confidence::Likely
            };
            (format!("so `{}` {fails}; read the body inside the block", place.text()), sure)
        } else if same && leaves_unread(client, used, attribute) {
            ("so what is returned here can no longer be read by whoever gets it; read the body inside the block and return that, or close the response when it has been passed on".to_owned(), Confidence::Likely)
        } else if !same && is_returned_as_a_stream(used, block) {
            ("so nothing is left to read when the generator that uses it begins to run; open the response inside the generator".to_owned(), Confidence::Likely)
        } else {
            continue;
        };
        if !found {
            report.finding(place, format!("{ends}, {what}")).confidence(confidence);
        }
        found = true;
    }
    found
}

/// Whether a reading method is called and the result awaited (or, of httpx's plain `read`, called).
fn is_carried_out(attribute: Expr<'_>) -> bool {
    let Some(call) = attribute.parent_expr().and_then(Expr::as_call) else { return false };
    call.callee() == attribute && !matches!(call.expr().stmt().kind(), StmtKind::Return(_))
        || call.expr().ancestors().any(|it| matches!(it.kind(), ExprKind::Await(_)))
}

/// Whether a `return` gives away the response itself, or something that reads it only later.
fn leaves_unread(client: Client, used: Expr<'_>, attribute: Option<Expr<'_>>) -> bool {
    let StmtKind::Return(_) = used.stmt().kind() else { return false };
    let Some(attribute) = attribute else { return matches!(fate(used), Fate::Returned) };
    let taken = attribute.last_name();
    let lazily = match client {
        Client::Aiohttp => client.needs_body(taken),
        Client::Httpx => taken.starts_with("aiter_"),
    };
    let outer = |it: &Expr<'_>| {
        matches!(it.kind(), ExprKind::Attribute { .. } | ExprKind::Call { .. } | ExprKind::Tuple(_))
    };
    lazily && attribute.ancestors().all(|it| outer(&it))
}

/// Whether the generator around the use is started by a `return` of the block: `return StreamingResponse(body())`.
fn is_returned_as_a_stream(used: Expr<'_>, block: Stmt<'_>) -> bool {
    let Some(generator) = used.function().filter(|it| it.is_async() && it.node().is_generator)
    else {
        return false;
    };
    let returns = block
        .with_inner()
        .filter(|it| matches!(it.kind(), StmtKind::Return(_)) && it.function() == block.function());
    returns.flat_map(Stmt::expressions).filter_map(Expr::as_call).any(|call| {
        call.function() == Some(generator)
            && !call.expr().ancestors().any(|it| matches!(it.kind(), ExprKind::Await(_)))
    })
}

/// Reports a response that is bound to a name and on some way neither read nor released.
fn unread(client: Client, call: Call<'_>, report: &mut Report) {
    let Some(name) = bound(call.expr()).filter(|it| !outlives_its_function(*it)) else { return };
    let uses = name.uses();
    // Whoever else gets it may read it.
    let given = |used: &Expr<'_>| {
        used.function() != name.function()
            || matches!(
                fate(*used),
                Fate::Argument(_)
                    | Fate::Returned
                    | Fate::Stored
                    | Fate::Bound(_)
                    | Fate::Lambda(_)
            )
    };
    if uses.iter().any(given) {
        return;
    }
    let consumes = |used: &Expr<'_>| {
        used.entered_by().is_some()
            || matches!(fate(*used), Fate::Attribute(it) if client.consumes(it.last_name()))
    };
    let marks: Vec<Expr<'_>> = uses.iter().copied().filter(consumes).collect();
    let variable = name.text();
    let instead = match client {
        Client::Aiohttp => format!("`async with {} as {variable}:`", short(call)),
        Client::Httpx => "`async with client.stream(…)`".to_owned(),
    };
    if marks.is_empty() {
        report
            .finding(
                call.callee(),
                format!("`{variable}` is never read or released, so its connection is not given back to the pool, which opens a new one for each call; use {instead}"),
            )
            .confidence(Confidence::Likely);
    } else if always_passes(name.stmt(), &marks, Ways::Regular) {
        report.satisfied(call.callee());
    } else {
        report
            .finding(
                call.callee(),
                format!("On a way that does not read `{variable}` its connection is not given back to the pool; use {instead}, which gives it back on every way"),
            )
            .severity(Severity::Medium)
            .confidence(Confidence::Likely);
    }
}

fn short(call: Call<'_>) -> String {
    let awaited = if call.function().is_some_and(Function::is_async) { "await " } else { "" };
    format!("{awaited}{}(…)", advice::name_of(call))
}

fn dropped(call: Call<'_>, report: &mut Report) {
    report
        .finding(
            call.callee(),
            format!("The body of this response is never read, so its connection is closed instead of being used again, when the garbage collector gets to it; use `async with {}:`", short(call)),
        )
        .severity(Severity::Medium)
        .confidence(Confidence::Likely);
}
