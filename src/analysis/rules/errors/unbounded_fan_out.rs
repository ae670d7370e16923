use std::collections::HashSet;

use super::boundary::is_closing;
use super::fans::{Fan, fans};
use super::work::{is_limited, is_limiting, leaves_process};
use crate::analysis::rules::advice;
use crate::analysis::rules::coroutines::is_of_a_test;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{Clause, ExprKind, ParamKind, StmtKind};
use crate::python::{Call, Expr, Function, Module, Stmt};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW705",
    name: "unbounded-fan-out",
    item: Some(Item(61)),
    also: &[],
    severity: Severity::Medium,
    category: Category::Practice,
    page: include_str!("unbounded_fan_out.md"),
    check,
};

/// Words in the names of parts of a whole, which somebody has cut.
const PARTS: [&str; 6] = ["chunk", "batch", "page", "window", "slice", "partition"];

fn check(module: &Module, report: &mut Report) {
    let before = report.before();
    let limited = before.map(|before| limited_before(module, &before)).unwrap_or_default();
    for fan in fans(module) {
        if fan.starter.expr().is_dead() {
            continue;
        }
        let function = fan.starter.expr().function().map(Function::outermost);
        if is_bounded(&fan) {
            report.satisfied(fan.starter.callee());
        } else if function.is_some_and(|it| limited.contains(&it)) {
            no_longer(&fan, report);
        } else if let Some(size) = size(fan.items, 0)
            && is_work(&fan)
        {
            state(&fan, size, report);
        }
    }
}

/// Functions that spoke of a limit before the change, and do not any more.
fn limited_before<'m>(module: &Module<'m>, before: &Module<'_>) -> HashSet<Function<'m>> {
    let limiting = |module: &Module<'_>| -> HashSet<String> {
        let outer = module.functions().filter(|it| speaks_of_a_limit(*it)).map(Function::outermost);
        outer.map(Function::qualified_name).collect()
    };
    if before.text() == module.text() {
        return HashSet::new();
    }
    let (earlier, now) = (limiting(before), limiting(module));
    let gone = |it: &Function<'_>| {
        let name = it.qualified_name();
        earlier.contains(&name) && !now.contains(&name)
    };
    module.functions().filter(|it| it.outermost() == *it).filter(gone).collect()
}

/// States what was limited before the change.
fn no_longer(fan: &Fan<'_>, report: &mut Report) {
    report
        .finding(
            fan.starter.callee(),
            format!(
                "before this change something limited how many of `{}` run at once; now all are started together, however many there are; keep the limit, an `asyncio.Semaphore` for instance",
                advice::name_of(fan.work)
            ),
        )
        .confidence(Confidence::Likely);
}

/// What is known of how many items there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// As many as somebody sends, stores or asks for.
    Unknown,
    /// As many as this process holds of something.
    Held,
}

/// Ends of the names of parameters that hold as much as there is of something. What else a function is given is a handful, as
/// a rule: attachments, listeners, tools.
const MANY: [&str; 25] = [
    "accounts",
    "addresses",
    "chunks",
    "data",
    "docs",
    "documents",
    "domains",
    "emails",
    "endpoints",
    "hosts",
    "ids",
    "items",
    "jobs",
    "keys",
    "lines",
    "links",
    "pages",
    "paths",
    "queries",
    "records",
    "requests",
    "rows",
    "symbols",
    "urls",
    "users",
];

/// How many items come from this; `None` when the code says how many, or somebody who starts the program.
fn size(items: Expr<'_>, depth: u32) -> Option<Size> {
    if depth > 6 {
        return None;
    }
    let module = items.module();
    match items.kind() {
        ExprKind::Call { .. } => size_of_call(items.as_call()?, depth),
        ExprKind::Await(_) => Some(Size::Unknown),
        ExprKind::Attribute { .. } => Some(Size::Held),
        // Some of something.
        ExprKind::Subscript { value, indices } => {
            let sliced =
                indices.iter().any(|id| matches!(module.expr(*id).kind(), ExprKind::Slice(_)));
            if sliced { None } else { size(module.expr(*value), depth + 1) }
        }
        ExprKind::Comprehension { clauses, .. } => match clauses.first()? {
            Clause::For { iter, .. } => size(module.expr(*iter), depth + 1),
            Clause::If(_) => None,
        },
        ExprKind::Name => size_of_name(items, depth),
        _ => None,
    }
}

/// What passes on as many items as it is given.
const PASSING: [&str; 9] = [
    "builtins.enumerate",
    "builtins.sorted",
    "builtins.list",
    "builtins.set",
    "builtins.tuple",
    "builtins.reversed",
    "builtins.filter",
    "builtins.iter",
    "builtins.frozenset",
];

/// First words of the names of what gives all that is stored somewhere.
const ASKING: [&str; 7] = ["discover", "fetch", "load", "query", "scan", "search", "select"];

fn size_of_call(call: Call<'_>, depth: u32) -> Option<Size> {
    if call.is("builtins.filter") {
        return size(call.positional(1)?, depth + 1);
    }
    if call.is_any(&PASSING) {
        return size(call.positional(0)?, depth + 1);
    }
    if call.is("builtins.zip") {
        let sizes: Option<Vec<Size>> =
            call.args().iter().map(|arg| size(arg.value, depth + 1)).collect();
        return sizes?.into_iter().find(|it| *it == Size::Held).or(Some(Size::Unknown));
    }
    if call.is("builtins.range") {
        // `range(len(items))`
        let counted = call
            .args()
            .iter()
            .filter_map(|arg| arg.value.as_call())
            .find(|it| it.is("builtins.len"))?;
        return size(counted.positional(0)?, depth + 1);
    }
    match call.method() {
        Some("items" | "values" | "keys" | "copy") => size(call.receiver()?, depth + 1),
        Some("islice" | "batched" | "sample" | "most_common") => None,
        Some(
            "split" | "splitlines" | "readlines" | "json" | "loads" | "fetchall" | "all" | "glob"
            | "rglob" | "iterdir" | "scandir" | "listdir" | "findall" | "finditer",
        ) => Some(Size::Unknown),
        Some(name) => {
            let word = name.trim_start_matches('_').split('_').next().unwrap_or_default();
            ASKING.contains(&word).then_some(Size::Unknown)
        }
        None => None,
    }
}

fn size_of_name(name: Expr<'_>, depth: u32) -> Option<Size> {
    let function = name.function()?;
    if name.is_global() {
        return None;
    }
    let text = name.text();
    let param = function.node().params.iter().find(|it| name.module().slice(it.name) == text);
    if let Some(param) = param {
        let plain = !matches!(param.kind, ParamKind::Star | ParamKind::DoubleStar);
        let many = MANY.iter().any(|it| text.to_ascii_lowercase().ends_with(it));
        return plain.then_some(if many { Size::Unknown } else { Size::Held });
    }
    let made: Vec<Expr<'_>> = function
        .expressions()
        .filter(|it| it.bound_to().iter().any(|to| to.uses().contains(&name)))
        .collect();
    match made[..] {
        [only]
            if !matches!(only.kind(), ExprKind::List(_) | ExprKind::Dict(_) | ExprKind::Set(_)) =>
        {
            let awaited = only.is_awaited();
            if awaited { Some(Size::Unknown) } else { size(only, depth + 1) }
        }
        _ => None,
    }
}

/// Whether each item costs something outside, and is not just told to end.
fn is_work(fan: &Fan<'_>) -> bool {
    !is_closing(fan.work.callee().text())
        && !fan
            .starter
            .expr()
            .function()
            .is_some_and(|it| is_of_a_test(it) || is_closing(it.name()))
        && fan.item.is_none_or(|it| it.text() != "_")
}

/// Whether the name is one of a part: `chunk`, `next_batch`. There may be any number of `batches`.
fn is_part(text: &str) -> bool {
    let part = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let rest = &text[at + word.len()..];
            !rest.starts_with('s') && !rest.starts_with("es")
        })
    };
    PARTS.iter().any(|word| part(word))
}

/// Whether something limits how many run at once, as far as is seen.
fn is_bounded(fan: &Fan<'_>) -> bool {
    is_part(&fan.items.text().to_ascii_lowercase())
        || is_limited(fan.work)
        || fan.work.args().iter().any(|it| it.value.as_call().is_some_and(is_limited))
        || is_limiting(fan.starter.text())
        || fan.starter.expr().function().is_some_and(|it| limits_itself(it))
        || fan.turns.is_some_and(waits_in_turns)
        || stands_in_parts(fan.starter.expr().stmt())
        || fan.turns.is_some_and(stands_in_parts)
}

/// Whether the function speaks of a limit: a semaphore, a connector with one.
fn limits_itself(function: Function<'_>) -> bool {
    speaks_of_a_limit(function.outermost())
}

fn speaks_of_a_limit(function: Function<'_>) -> bool {
    function.expressions().any(|it| match it.kind() {
        ExprKind::Name | ExprKind::Attribute { .. } => is_limiting(it.text()),
        // `TCPConnector(limit=10)`
        ExprKind::Call { .. } => it
            .as_call()
            .is_some_and(|call| call.args().iter().filter_map(|arg| arg.keyword).any(is_limiting)),
        _ => false,
    })
}

/// Whether a turn of the loop waits for something, so that not all are started at once.
fn waits_in_turns(turns: Stmt<'_>) -> bool {
    let function = turns.function();
    let StmtKind::For { body, .. } = turns.kind() else { return false };
    let module = turns.module();
    let mut own = body.iter().flat_map(|id| module.stmt(*id).expressions());
    own.any(|it| it.function() == function && matches!(it.kind(), ExprKind::Await(_)))
}

/// Whether it stands in a loop that takes parts of a whole: `for chunk in chunks(items, 10)`, `for at in range(0, count, 10)`.
fn stands_in_parts(stmt: Stmt<'_>) -> bool {
    let module = stmt.module();
    let around = stmt.ancestors().take_while(|it| it.function() == stmt.function());
    around.into_iter().any(|outer| match outer.kind() {
        StmtKind::For { target, iter, .. } => {
            let text = format!("{} {}", module.expr(*target).text(), module.expr(*iter).text());
            let text = text.to_ascii_lowercase();
            let steps = module
                .expr(*iter)
                .as_call()
                .is_some_and(|call| call.is("builtins.range") && call.args().len() == 3);
            steps || PARTS.iter().any(|word| text.contains(word))
        }
        // A loop that takes as many as it can, then waits.
        StmtKind::While { .. } => true,
        _ => false,
    })
}

fn state(fan: &Fan<'_>, size: Size, report: &mut Report) {
    let outside = leaves_process(fan.work);
    if !outside && size == Size::Held {
        return;
    }
    // A method of the items themselves: as many objects are there already.
    let of_items =
        fan.item.is_some_and(|item| fan.work.receiver().is_some_and(|it| it.text() == item.text()));
    let unsure = !outside || size == Size::Held || of_items;
    let work = advice::name_of(fan.work);
    let items = advice::quoted(fan.items, "the items");
    let starter = advice::name_of(fan.starter);
    let effect = if outside {
        "it opens thousands of connections or files, runs into time-outs and the other side's limits"
    } else {
        "all of them run at once, each with what it holds"
    };
    let message = format!(
        "`{starter}` starts `{work}` for every item of {items} at once, however many there are: with thousands {effect}; let each hold an \
         `asyncio.Semaphore`, or feed a few workers by a queue"
    );
    let draft = report.finding(fan.starter.callee(), message);
    draft.confidence(if unsure { Confidence::Possible } else { Confidence::Likely });
    if !outside {
        draft.severity(Severity::Low);
    }
    if fan.work.expr().stmt() != fan.starter.expr().stmt() {
        draft.related(fan.work, "made here for each item");
    }
}
