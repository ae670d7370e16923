use std::collections::HashSet;

use super::earlier_guards;
use super::state::{self, State};
use super::threads::{self, InThread, Origin};
use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::{ExprKind, StmtKind};
use crate::python::{Call, Context, Expr, Function, Module, Stmt, Tag, Value};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW108",
    name: "unlocked-state-shared-with-thread",
    item: Some(Item(8)),
    also: &[Item(2)],
    severity: Severity::High,
    category: Category::Practice,
    page: include_str!("unlocked_state_shared_with_thread.md"),
    check,
};

/// Methods that change the container they are called on.
const CHANGES: [&str; 16] = [
    "append",
    "appendleft",
    "add",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
    "extendleft",
];

/// How a thread changes state.
struct Write<'m> {
    /// What is assigned to, or the container that is changed.
    place: Expr<'m>,
    state: State<'m>,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Another value takes the old one's place in one step.
    Replaced,
    /// A container gets, or loses, an item in one step: that only disturbs who goes through it meanwhile.
    Item,
    /// The old value is changed, or read and written.
    Changed,
}

/// Methods that change a built-in container in one step.
const ONE_STEP: [&str; 9] =
    ["add", "append", "appendleft", "clear", "discard", "extend", "pop", "popitem", "popleft"];

fn check(module: &Module, report: &mut Report) {
    if let Some(before) = report.before() {
        for it in earlier_guards::unlocked(module, &before, false) {
            report
                .finding(
                    it.stmt.span(),
                    format!("this was done under `{}` before this change; without it, two threads can be here at once, and each sees what the other has half done", it.lock),
                )
                .confidence(Confidence::Likely);
        }
    }
    let in_threads = threads::in_threads(module);
    let own: Vec<&InThread<'_>> =
        in_threads.iter().filter(|it| it.function.module() == *module).collect();
    if own.is_empty() {
        return;
    }
    let threaded = |function: Function<'_>| own.iter().any(|it| it.function == function);
    let mut said = HashSet::new();
    for it in &own {
        for write in writes(it.function) {
            // A variable of a function that runs in the thread itself is nobody else's.
            let own = matches!(write.state, State::Variable(_))
                && root(write.place).variable_of().is_some_and(threaded);
            if own || is_thread_safe(write.place) {
                continue;
            }
            if state::is_guarded(write.place.stmt()) {
                report.satisfied(write.place);
                continue;
            }
            let Some(used) = used_on_the_loop(module, write.state, &threaded) else { continue };
            let Some(mut confidence) = confidence(&write, it.from) else { continue };
            if write.how == How::Item && !is_gone_through(module, write.state, &threaded) {
                confidence = Confidence::Possible;
            }
            if said.insert((it.function.span().start, write.state)) {
                state_race(report, &write, used, it.from, confidence);
            }
        }
    }
}

fn state_race(
    report: &mut Report,
    write: &Write<'_>,
    used: Expr<'_>,
    from: Origin<'_>,
    confidence: Confidence,
) {
    let name = advice::quoted(write.place, "This state");
    let draft = report.finding(
        write.place,
        format!("{name} is changed in a thread while code on the event loop uses it, and no lock is held, so updates get lost and iterations break now and then; return the result to the coroutine, use `loop.call_soon_threadsafe`, or hold a `threading.Lock` on both sides"),
    );
    draft.confidence(confidence);
    draft.related(used, "the event loop's thread uses it here");
    match from {
        Origin::Handed(handed) => draft.related(handed.callable, "a thread gets it here"),
        Origin::Run(run) => {
            draft.related(run.module().site(run.name_span()), "the thread begins here")
        }
    };
}

/// How sure it is that both sides are at it at the same time. `None` when they are not.
fn confidence(write: &Write<'_>, from: Origin<'_>) -> Option<Confidence> {
    let Origin::Handed(handed) = from else {
        return Some(if write.how == How::Replaced {
            Confidence::Possible
        } else {
            Confidence::Likely
        });
    };
    let waits = handed.by.expr().is_awaited();
    // The coroutine whose variable it is waits for the thread, and goes on when it is done.
    let of_waiter = || {
        write.place.module() == handed.by.expr().module()
            && root(write.place)
                .variable_of()
                .is_some_and(|owner| Some(owner) == handed.by.expr().function())
    };
    if waits && of_waiter() {
        return None;
    }
    Some(if waits || write.how == How::Replaced {
        Confidence::Possible
    } else {
        Confidence::Likely
    })
}

/// What a function's own code changes of what others see.
fn writes(function: Function<'_>) -> Vec<Write<'_>> {
    let mut all = Vec::new();
    for stmt in function.statements() {
        for (place, how) in targets(stmt) {
            if let Some(state) = state::of(place) {
                let exactly = state::named(place) == Some(state);
                let item = matches!(place.kind(), ExprKind::Subscript { .. })
                    && !matches!(stmt.kind(), StmtKind::AugAssign { .. });
                let how = match how {
                    _ if exactly => how,
                    How::Replaced if item => How::Item,
                    _ if item && matches!(stmt.kind(), StmtKind::Delete(_)) => How::Item,
                    _ => How::Changed,
                };
                all.push(Write { place, state, how });
            }
        }
    }
    for call in function.expressions().filter_map(Expr::as_call) {
        let changes = call.method().is_some_and(|method| CHANGES.contains(&method));
        let Some(container) = call.receiver().filter(|_| changes) else { continue };
        if let Some(state) = state::named(container) {
            let item = call.method().is_some_and(|method| ONE_STEP.contains(&method));
            let how = if item { How::Item } else { How::Changed };
            all.push(Write { place: container, state, how });
        }
    }
    all.sort_by_key(|write| write.place.span().start);
    all
}

fn targets(stmt: Stmt<'_>) -> Vec<(Expr<'_>, How)> {
    let module = stmt.module();
    match stmt.kind() {
        StmtKind::Assign { targets, value } => {
            let value = module.expr(*value);
            let how = |target: Expr<'_>| {
                let text = target.text();
                let reads = value.children().iter().chain([&value]).any(|it| it.text() == text);
                if reads { How::Changed } else { How::Replaced }
            };
            let flat = targets.iter().flat_map(|id| match module.expr(*id).kind() {
                ExprKind::Tuple(parts) | ExprKind::List(parts) => parts.clone(),
                _ => vec![*id],
            });
            flat.map(|id| (module.expr(id), how(module.expr(id)))).collect()
        }
        StmtKind::AugAssign { target, .. } => vec![(module.expr(*target), How::Changed)],
        StmtKind::AnnAssign { target, value: Some(_), .. } => {
            vec![(module.expr(*target), How::Replaced)]
        }
        StmtKind::Delete(parts) => {
            parts.iter().map(|id| (module.expr(*id), How::Changed)).collect()
        }
        _ => Vec::new(),
    }
}

/// The first name of `a.b[c]`.
fn root(expr: Expr<'_>) -> Expr<'_> {
    let mut at = expr;
    while let ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } = at.kind() {
        at = at.module().expr(*value);
    }
    at
}

/// Whether the place takes care of itself, or is no state at all but a module, a function or a class.
fn is_thread_safe(place: Expr<'_>) -> bool {
    let library = place.module().library();
    let definition = |value: &Value| {
        matches!(
            value,
            Value::External(_) | Value::Function(_) | Value::Method(_) | Value::Class(_)
        )
    };
    if place.values().iter().any(definition) {
        return true;
    }
    if is_made_a_deque(place) {
        return true;
    }
    place.class().is_some_and(|class| {
        library.fact(&class).is_some_and(|fact| fact.has(Tag::ThreadSafe))
            || class == "collections.deque"
    })
}

/// Whether the file makes a `deque` of it, whose ends threads may use.
fn is_made_a_deque(place: Expr<'_>) -> bool {
    let module = place.module();
    module
        .calls()
        .filter(|call| call.is("collections.deque"))
        .any(|call| call.expr().bound_to().iter().any(|target| target.text() == place.text()))
}

/// A place where code on the event loop uses the state.
fn used_on_the_loop<'m>(
    module: &Module<'m>,
    state: State<'m>,
    threaded: &dyn Fn(Function<'_>) -> bool,
) -> Option<Expr<'m>> {
    uses_on_the_loop(module, state, threaded).next()
}

/// The places where code on the event loop uses the state.
fn uses_on_the_loop<'m>(
    module: &Module<'m>,
    state: State<'m>,
    threaded: &dyn Fn(Function<'_>) -> bool,
) -> impl Iterator<Item = Expr<'m>> {
    module.expressions().filter(move |expr| {
        let used = match state {
            // The variable's own function sees it as its own.
            State::Variable(variable) => expr.variable() == Some(variable),
            State::Attribute(..) => state::named(*expr) == Some(state),
        };
        used && expr.context() == Context::Loop
            && expr.function().is_some_and(|it| !threaded(it))
            && !is_first_value(*expr)
    })
}

/// Whether code on the event loop goes through the container: over itself, or over its keys and values.
fn is_gone_through<'m>(
    module: &Module<'m>,
    state: State<'m>,
    threaded: &dyn Fn(Function<'_>) -> bool,
) -> bool {
    uses_on_the_loop(module, state, threaded).any(|used| {
        let views = used
            .method_call()
            .filter(|call| matches!(call.method(), Some("items" | "keys" | "values")));
        let iter = views.map_or(used, Call::expr);
        let comprehended = iter
            .parent_expr()
            .is_some_and(|it| matches!(it.kind(), ExprKind::Comprehension { .. }));
        comprehended
            || matches!(iter.stmt().kind(), StmtKind::For { iter: of, .. } if *of == iter.id())
    })
}

/// `results = []`: the variable begins here, before any thread knows of it.
fn is_first_value(expr: Expr<'_>) -> bool {
    expr.is_store() && expr.as_name().is_some()
}
