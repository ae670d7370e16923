use super::awaitable_object;
use super::coroutine_doubt::is_doubtful;
use super::misuse::{Use, attribute_name, is_of_a_coroutine, is_plain, use_of};
use super::uncalled_coroutine;
use super::unread::{Kept, kept};
use crate::analysis::rules::fate::{Fate, fate, outlives_its_function};
use crate::analysis::rules::reach::asks_for_the_loop;
use crate::analysis::rules::{advice, earlier};
use crate::analysis::{Category, Confidence, Draft, Item, Report, Rule, Severity};
use crate::python::ast::{ComprehensionKind, ExprKind, StmtKind};
use crate::python::flow::may_pass_by;
use crate::python::{Call, Expr, Function, Kind, Module, Runner, Stmt, TextEdit, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW202",
    name: "unawaited-coroutine",
    item: Some(Item(10)),
    also: &[Item(9)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("unawaited_coroutine.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        if call.expr().is_dead() {
            continue;
        }
        if call.is_coroutine()
            || call.function().is_some_and(|it| is_awaited_elsewhere(it, call.module()))
        {
            if call.expr().is_awaited() {
                report.satisfied(call.callee());
            } else if !is_dealt_with(call) {
                created(call, report);
            }
        }
        if is_named_so(call) {
            let consequence = "makes a coroutine that is dropped, so it never runs";
            state(call, &advice::name_of(call), consequence, None, report)
                .confidence(Confidence::Likely);
        }
        if awaitable_object::is_made_by(call) && matches!(fate(call.expr()), Fate::Dropped) {
            let consequence = "makes something that is there to be awaited and is dropped, so that what it waits for never happens";
            state(call, &advice::name_of(call), consequence, None, report)
                .confidence(Confidence::Possible);
        }
        uncalled_coroutine::check(call, report);
    }
    // Of other files' classes of this kind type checkers tell; to ask here what every object is would take too long.
    if module.text().contains("__await__") {
        let live = module.expressions_in_focus().filter(|it| !it.is_dead());
        live.for_each(|it| awaitable_object::check(it, report));
    }
    if let Some(before) = report.before() {
        for call in earlier::no_longer_awaited(module, &before) {
            no_longer(call, report);
        }
    }
}

/// States a call whose result was waited for before the change.
fn no_longer(call: Call<'_>, report: &mut Report) {
    let consequence = match fate(call.expr()) {
        Fate::Dropped => {
            "was awaited before this change and is not any more, so what it makes is dropped and never runs"
        }
        Fate::Tested => {
            "was awaited before this change; without `await` it is always true, and never runs"
        }
        _ => {
            "was awaited before this change; now a coroutine stands where its result did, and never runs"
        }
    };
    let sure = call.is_coroutine();
    let draft = state(call, &advice::name_of(call), consequence, None, report);
    if !sure {
        draft.confidence(Confidence::Likely);
    }
}

/// Questions about what a callable of unknown kind is, or about what it gave.
const QUESTIONS: [&str; 8] = [
    "iscoroutinefunction",
    "isasyncgenfunction",
    "is_coroutine_function",
    "is_async_callable",
    "is_async",
    "isawaitable",
    "iscoroutine",
    "isinstance",
];

/// Whether the code around asks whether what is called is a coroutine function, or whether its result is one: it may be both.
/// A decorator that is called on a function is no coroutine function either, whatever its annotation says.
fn is_dealt_with(call: Call<'_>) -> bool {
    let declared_only = call.callee().values().iter().any(|it| matches!(it, Value::Callable(_)));
    let decorates = || {
        call.callee().as_call().is_some()
            && call.positional(0).is_some_and(|it| !it.functions().is_empty())
    };
    if declared_only && decorates() {
        return true;
    }
    let text = call.callee().text();
    let named: Vec<&str> = call.expr().bound_to().into_iter().filter_map(Expr::as_name).collect();
    let asks = |it: Expr<'_>| {
        let Some(asked) = it.as_call() else { return false };
        let about = asked.positional(0).map_or("", Expr::text);
        let of_the_result = named.contains(&about);
        let of_the_function = declared_only && about == text;
        (of_the_result || of_the_function)
            && asked.method().is_some_and(|name| QUESTIONS.contains(&name))
    };
    let Some(function) = call.expr().function().map(Function::outermost) else { return false };
    function.expressions_with_inner().any(asks)
}

/// Methods that are coroutine functions wherever libraries have them: Django's models and query sets.
const ASYNCHRONOUS: [&str; 11] = [
    "abulk_create",
    "abulk_update",
    "aclose",
    "acreate",
    "adelete",
    "aget_or_create",
    "arefresh_from_db",
    "asave",
    "aset",
    "aupdate",
    "aupdate_or_create",
];

/// Whether a coroutine drops what such a method of an unknown object gives.
fn is_named_so(call: Call<'_>) -> bool {
    let unknown = || call.callee().values().iter().all(|it| *it == Value::Unknown);
    call.receiver().is_some()
        && call.method().is_some_and(|name| ASYNCHRONOUS.contains(&name))
        && matches!(fate(call.expr()), Fate::Dropped)
        && call.expr().function().is_some_and(Function::is_async)
        && unknown()
}

/// Whether the function's file, or the one that calls it, awaits a decorated `async def` in some place: then its decorator keeps
/// it a coroutine function.
fn is_awaited_elsewhere(function: Function<'_>, caller: Module<'_>) -> bool {
    let awaits = |module: Module<'_>| {
        module.calls().any(|call| {
            call.method() == Some(function.name())
                && call.expr().is_awaited()
                && call.function() == Some(function)
        })
    };
    function.is_async()
        && !function.node().is_generator
        && (awaits(function.module()) || caller != function.module() && awaits(caller))
}

/// Follows a coroutine that a call has made.
fn created(call: Call<'_>, report: &mut Report) {
    let name = advice::name_of(call);
    let lazy_context = call.fact().is_some_and(|fact| fact.kind == Kind::AwaitableContext);
    if !lazy_context && let Some(kept) = kept(call.expr()) {
        unread(call, &kept, report);
    }
    let consequence = match fate(call.expr()) {
        Fate::Dropped => "makes a coroutine that is dropped, so it never runs".to_owned(),
        Fate::Lambda(lambda)
            if is_callback(lambda.node().expr.map(|id| lambda.module().expr(id))) =>
        {
            "makes a coroutine that the caller of this callback drops, so it never runs".to_owned()
        }
        Fate::Tested => "makes a coroutine, which is always true and never runs".to_owned(),
        Fate::Compared if !lazy_context => {
            "makes a coroutine, and compares that instead of its result".to_owned()
        }
        Fate::Formatted if !lazy_context => {
            "makes a coroutine, and its text instead of the result's is used".to_owned()
        }
        Fate::Argument(_) | Fate::Returned | Fate::Stored if !lazy_context => {
            let Use::Wrong(said) = use_of(call.expr()) else { return };
            let consequence = match fate(call.expr()) {
                Fate::Argument(outer) => format!(
                    "makes a coroutine, and `{}` gets that instead of its result",
                    advice::name_of(outer)
                ),
                Fate::Returned => {
                    "makes a coroutine, and that is returned instead of its result".to_owned()
                }
                _ => "makes a coroutine, and that stands where its result should".to_owned(),
            };
            state(call, &name, &consequence, said, report);
            return;
        }
        Fate::Used if !lazy_context => {
            "makes a coroutine, and uses that as if it were its result".to_owned()
        }
        Fate::Attribute(attribute) if !lazy_context && !is_of_a_coroutine(attribute) => {
            format!("makes a coroutine, which has no `{}`", attribute_name(attribute))
        }
        Fate::Bound(stmt) => {
            bound(call, stmt, lazy_context, report);
            return;
        }
        _ => return,
    };
    state(call, &name, &consequence, None, report);
}

/// States the finding. `said` is what tells, elsewhere, that a result is wanted.
fn state<'r>(
    call: Call<'_>,
    name: &str,
    consequence: &str,
    said: Option<Expr<'_>>,
    report: &'r mut Report,
) -> &'r mut Draft {
    let advice = if call.expr().function().is_some_and(Function::is_async) {
        format!("write `await {name}(…)`")
    } else {
        "await it, or start it with `asyncio.run` or `create_task`".to_owned()
    };
    let consequence = match consequence.contains("never runs") {
        true => consequence.to_owned(),
        false => consequence.replacen("a coroutine", "a coroutine, whose code does not run", 1),
    };
    let draft = report.finding(call.callee(), format!("`{name}` {consequence}; {advice}"));
    if is_doubtful(call) {
        draft.confidence(Confidence::Possible);
    } else if call.callee().values().iter().any(|it| matches!(it, Value::Callable(_))) {
        draft.confidence(Confidence::Likely);
    }
    if let Some(said) = said {
        if !draft.is_unsure() {
            draft.confidence(Confidence::Likely);
        }
        draft.related(said, "this wants the result");
    }
    if let Some(edits) = awaiting(call) {
        draft.fix("Await the coroutine", edits);
    }
    draft
}

/// Puts `await` in front of the call, where that is possible.
fn awaiting(call: Call<'_>) -> Option<Vec<TextEdit>> {
    let function = call.expr().function()?;
    let deferred = call.expr().ancestors().any(|outer| {
        matches!(outer.kind(), ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. })
    });
    if !function.is_async() || deferred {
        return None;
    }
    let binds_tighter = call.expr().parent_expr().is_some_and(|outer| {
        matches!(
            outer.kind(),
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Call { .. }
        ) && !outer.as_call().is_some_and(|outer| outer.callee() != call.expr())
    });
    Some(if binds_tighter {
        vec![TextEdit::before(call.span(), "(await "), TextEdit::after(call.span(), ")")]
    } else {
        vec![TextEdit::before(call.span(), "await ")]
    })
}

/// A coroutine bound to a name: what becomes of the name.
fn bound(call: Call<'_>, stmt: Stmt<'_>, lazy_context: bool, report: &mut Report) {
    let name = advice::name_of(call);
    if lazy_context {
        let attributes = call.expr().bound_to().into_iter().filter(|it| it.as_name().is_none());
        attributes.for_each(|target| held(call, target, report));
        return;
    }
    if unpacks(stmt) {
        state(
            call,
            &name,
            "makes a coroutine, and that is unpacked instead of its result",
            None,
            report,
        );
        return;
    }
    if let Some(declared) = declared_plain(stmt) {
        let consequence =
            "makes a coroutine, and what that is bound to is declared to be its result";
        state(call, &name, consequence, Some(declared), report);
        return;
    }
    for target in call.expr().bound_to() {
        if matches!(target.kind(), ExprKind::Attribute { .. }) {
            held(call, target, report);
            continue;
        }
        let Some(variable) = target.as_name() else { return };
        if outlives_its_function(target) {
            return;
        }
        let uses = target.uses();
        if uses.is_empty() {
            let consequence = format!(
                "makes a coroutine that is bound to `{variable}` and never awaited, so it never runs"
            );
            state(call, &name, &consequence, None, report);
        } else if is_left_behind(stmt, &uses) {
            let consequence = format!(
                "makes a coroutine, and on some way through the function nobody awaits `{variable}`, so that it never runs there"
            );
            state(call, &name, &consequence, None, report);
        } else if target.function().is_some_and(asks_for_the_loop) {
            // With a loop running its callers get the coroutine, without one the result.
        } else if let Some((wrong, said)) = wrong_use(&uses) {
            let line = call.expr().module().lines().line(wrong.span().start);
            let consequence = format!(
                "makes a coroutine, and line {line} uses `{variable}` as if it were its result"
            );
            state(call, &name, &consequence, said, report);
        }
    }
}

/// A coroutine in something larger that nobody reads.
fn unread(call: Call<'_>, kept: &Kept<'_>, report: &mut Report) {
    let consequence = match kept {
        // What is dropped as a display is stated as any other that is dropped.
        Kept::Nowhere if matches!(fate(call.expr()), Fate::Dropped) => return,
        Kept::Nowhere => "makes a coroutine that is dropped, so it never runs".to_owned(),
        Kept::Name(name) if outlives_its_function(*name) || !name.uses().is_empty() => return,
        Kept::Name(name) => format!(
            "makes a coroutine that goes to `{}`, which nobody reads, so it never runs",
            name.text()
        ),
    };
    state(call, &advice::name_of(call), &consequence, None, report);
}

/// A coroutine that an attribute of `self` holds and that the class takes for its result everywhere.
fn held(call: Call<'_>, target: Expr<'_>, report: &mut Report) {
    let module = target.module();
    let text = target.text();
    let class = target.function().and_then(Function::outer_class);
    let Some(class) = class.filter(|_| text.starts_with("self.")) else { return };
    let reads = |it: &Expr<'_>| {
        matches!(it.kind(), ExprKind::Attribute { .. })
            && !it.is_store()
            && it.text() == text
            && class.span().contains(it.span())
    };
    let judged: Vec<_> = module.expressions().filter(reads).map(|it| (it, use_of(it))).collect();
    if judged.iter().any(|(_, judged)| matches!(judged, Use::May)) {
        return;
    }
    let wrong = judged.into_iter().find(|(_, judged)| matches!(judged, Use::Wrong(_)));
    let Some((wrong, _)) = wrong else { return };
    let line = module.lines().line(wrong.span().start);
    let consequence =
        format!("makes a coroutine, and line {line} uses `{text}` as if it were its result");
    state(call, &advice::name_of(call), &consequence, None, report);
}

/// Whether the function may end as it should without any of the uses.
fn is_left_behind(stmt: Stmt<'_>, uses: &[Expr<'_>]) -> bool {
    let function = stmt.function();
    let in_order = |used: &Expr<'_>| {
        used.function() == function
            && used.span().start > stmt.span().end
            && !matches!(fate(*used), Fate::Tested | Fate::Compared)
    };
    function.is_some() && uses.iter().all(in_order) && may_pass_by(stmt, uses)
}

/// A use that only makes sense for the result, when nothing suggests that the name holds anything but the coroutine; and what
/// says so elsewhere.
fn wrong_use<'m>(uses: &[Expr<'m>]) -> Option<(Expr<'m>, Option<Expr<'m>>)> {
    let only_the_coroutine =
        |used: &Expr<'_>| used.values().iter().all(|value| matches!(value, Value::Awaitable(_)));
    let judged: Vec<(Expr<'m>, Use<'m>)> = uses.iter().map(|it| (*it, use_of(*it))).collect();
    let wrong = |(used, judged): &(Expr<'m>, Use<'m>)| match judged {
        Use::Wrong(said) => Some((*used, *said)),
        _ => None,
    };
    if let Some(first) = judged.iter().find_map(wrong).filter(|(used, _)| only_the_coroutine(used))
    {
        return Some(first);
    }
    if judged.iter().any(|(_, judged)| matches!(judged, Use::May)) {
        return None;
    }
    judged.iter().find_map(wrong).or(uses.first().map(|used| (*used, None)))
}

/// The annotation of a name that is declared where it is bound, if it says that the name holds a plain value.
fn declared_plain(stmt: Stmt<'_>) -> Option<Expr<'_>> {
    let StmtKind::AnnAssign { annotation, .. } = stmt.kind() else { return None };
    let annotation = stmt.module().expr(*annotation);
    is_plain(&annotation.as_annotation(), stmt.module()).then_some(annotation)
}

fn unpacks(stmt: Stmt<'_>) -> bool {
    let StmtKind::Assign { targets, .. } = stmt.kind() else { return false };
    targets
        .iter()
        .any(|id| matches!(stmt.module().expr(*id).kind(), ExprKind::Tuple(_) | ExprKind::List(_)))
}

/// Whether a function is given to something that calls it and drops its result.
fn is_callback(function: Option<Expr<'_>>) -> bool {
    let Some(function) = function else { return false };
    let Some(call) = function.parent_expr().and_then(Expr::as_call) else { return false };
    call.fact().into_iter().flat_map(|fact| fact.hands).any(|hand| {
        hand.to == Runner::Loop
            && uncalled_coroutine::handed(call, *hand).is_some_and(|given| given == function)
    })
}
