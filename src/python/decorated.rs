//! What decorators make of the functions that they stand on, those of the repository included.

use super::ast::*;
use super::handles::{Call, Expr, Function, Stmt};
use super::value::Value;
use super::{Kind, Module};

/// How many functions of the repository are followed from one decorator.
const DEEPEST: u32 = 4;

/// Most `return` statements of a function that are looked at.
const MOST_RETURNS: usize = 8;

/// What calling a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A coroutine.
    Coroutine,
    /// A generator of either kind.
    Generator,
    /// What the body returns.
    Plain,
    /// A decorator makes something of it that is not known.
    Unknown,
}

/// What a decorator makes of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect<'m> {
    /// A function that does what it did before, by way of the wrapper if there is one.
    Keeps(Option<Function<'m>>),
    /// This coroutine function instead.
    Coroutine(Function<'m>),
    /// This function instead, which waits for what the decorated one gives.
    Waits(Function<'m>),
    Unknown,
}

impl<'m> Function<'m> {
    /// What calling it gives, by way of its decorators.
    pub(super) fn nature(self) -> Nature {
        let node = self.node();
        let mut nature = match (node.is_generator || self.stands_for_generator(), node.is_async) {
            (true, _) => Nature::Generator,
            (false, true) => Nature::Coroutine,
            (false, false) => Nature::Plain,
        };
        for effect in self.effects() {
            nature = match effect {
                Effect::Keeps(_) => nature,
                Effect::Coroutine(_) => Nature::Coroutine,
                Effect::Waits(_) => Nature::Plain,
                Effect::Unknown => return Nature::Unknown,
            };
        }
        nature
    }

    /// Whether it is an `async def` without a body of its own whose annotation says that those which replace it are generators.
    fn stands_for_generator(self) -> bool {
        let node = self.node();
        let Some(annotation) = node.returns.filter(|_| node.is_async) else { return false };
        let text = self.module.slice(self.module.expr(annotation)).trim_start_matches(['"', '\'']);
        let head = text.split('[').next().unwrap_or_default();
        let last = head.rsplit('.').next().unwrap_or_default();
        let generates = matches!(last, "AsyncGenerator" | "AsyncIterator" | "AsyncIterable");
        let idle = |stmt: Stmt<'_>| {
            matches!(stmt.kind(), StmtKind::Expr(_) | StmtKind::Pass | StmtKind::Raise { .. })
        };
        generates && self.body().all(idle) && self.awaits_nothing()
    }

    fn awaits_nothing(self) -> bool {
        !self.expressions().any(|it| matches!(it.kind(), ExprKind::Await(_)))
    }

    /// Whether its decorators leave it what it is, as far as that is known.
    pub fn leaves_function(self) -> bool {
        self.effects().all(|effect| matches!(effect, Effect::Keeps(_)))
    }

    /// The functions of the repository that its decorators put around it, which run when it is called.
    pub(super) fn wrappers(self) -> Vec<Function<'m>> {
        let wrapper = |effect| match effect {
            Effect::Keeps(wrapper) => wrapper,
            Effect::Coroutine(wrapper) | Effect::Waits(wrapper) => Some(wrapper),
            Effect::Unknown => None,
        };
        self.effects().filter_map(wrapper).collect()
    }

    /// The effects of its decorators, innermost first.
    fn effects(self) -> impl Iterator<Item = Effect<'m>> {
        let decorators = self.node().decorators.iter().rev();
        decorators.map(move |id| match self.module.expr(*id) {
            // They make coroutines of generators, and leave coroutines as they are.
            marks if self.node().is_async && marks.is_any(&MARKS) => Effect::Keeps(None),
            decorator => of_decorator(decorator),
        })
    }
}

/// What marks generators as coroutines.
const MARKS: [&str; 2] = ["types.coroutine", "asyncio.coroutine"];

fn of_decorator(decorator: Expr<'_>) -> Effect<'_> {
    let configured = decorator.as_call();
    let callee = configured.map_or(decorator, Call::callee);
    if keeps_function(callee) {
        return Effect::Keeps(None);
    }
    if let [Value::Class(class)] = callee.values()[..]
        && configured.is_some()
    {
        // `@Limit(3)`: calling the instance decorates.
        let call = decorator.module().project().class(class).method("__call__");
        return call.map_or(Effect::Unknown, |maker| of_maker(maker, 0));
    }
    let [maker] = callee.functions()[..] else { return Effect::Unknown };
    if configured.is_none() {
        return of_maker(maker, 0);
    }
    // `@retry(3)`: what the function returns is the decorator.
    let returned = maker.returned_expressions().filter(|it| it.as_name().is_some());
    let returned = returned.flat_map(Expr::functions);
    let effects: Vec<_> = returned.map(|it| of_maker(it, 0)).collect();
    in_common(&effects, maker)
}

/// What a function of the repository makes of the function that it is given.
fn of_maker(maker: Function<'_>, depth: u32) -> Effect<'_> {
    let node = maker.node();
    if depth > DEEPEST || node.is_async || node.is_generator {
        return Effect::Unknown;
    }
    let Some(given) = maker.decorated() else { return Effect::Unknown };
    // With `function=None`, what is returned then is the decorator for `@decorate()`.
    let about = |it: &Expr<'_>| {
        it.as_name().is_none() || it.functions().iter().all(|inner| mentions(*inner, given))
    };
    let returned = maker.returned_expressions().flat_map(branches).filter(about);
    let effects: Vec<_> = returned.map(|it| of_returned(it, given, depth)).collect();
    in_common(&effects, maker)
}

fn of_returned<'m>(returned: Expr<'m>, given: &str, depth: u32) -> Effect<'m> {
    if returned.as_name() == Some(given) && returned.functions().is_empty() {
        return Effect::Keeps(None);
    }
    let Some(call) = returned.as_call() else {
        let [wrapper] = returned.functions()[..] else { return Effect::Unknown };
        return of_wrapper(wrapper, given);
    };
    if call.is_any(&["functools.update_wrapper"]) {
        return call.positional(0).map_or(Effect::Unknown, |it| of_returned(it, given, depth));
    }
    if call.is_any(&["builtins.cast", "typing.cast"]) {
        return call.positional(1).map_or(Effect::Unknown, |it| of_returned(it, given, depth));
    }
    let argument = call.positional(0);
    if call.callee().as_call().is_some_and(|it| it.is("functools.wraps")) {
        return argument.map_or(Effect::Unknown, |it| of_returned(it, given, depth));
    }
    // `return decorate(function)`
    match call.function() {
        Some(inner) if argument.is_some_and(|it| it.as_name() == Some(given)) => {
            of_maker(inner, depth + 1)
        }
        _ => Effect::Unknown,
    }
}

/// The expression, or what it may be by its condition.
fn branches(expr: Expr<'_>) -> Vec<Expr<'_>> {
    match expr.kind() {
        ExprKind::Conditional { then, otherwise, .. } => {
            [then, otherwise].map(|id| expr.module().expr(*id)).to_vec()
        }
        _ => vec![expr],
    }
}

/// What a function is that stands for the given one.
fn of_wrapper<'m>(wrapper: Function<'m>, given: &str) -> Effect<'m> {
    let wraps = |it: Expr<'_>| keeps_function(it.as_call().map_or(it, Call::callee));
    if wrapper.node().is_generator || !wrapper.decorators().all(wraps) {
        return Effect::Unknown;
    }
    if wrapper.is_async() {
        return Effect::Coroutine(wrapper);
    }
    let calls =
        |it: Expr<'m>| it.as_call().is_some_and(|call| call.callee().as_name() == Some(given));
    let passes =
        |it: Expr<'m>| calls(it) || it.as_name().is_some() && names_result(it, wrapper, given);
    let returned: Vec<_> = wrapper.returned_expressions().collect();
    if !returned.is_empty() && returned.iter().all(|it| passes(*it)) {
        return Effect::Keeps(Some(wrapper));
    }
    let runs = |it: Expr<'m>| {
        let runner = it.as_call().filter(|call| call.has(super::Tag::RunsLoop));
        runner.and_then(|call| call.positional(0)).is_some_and(calls)
    };
    if wrapper.expressions().any(runs) { Effect::Waits(wrapper) } else { Effect::Unknown }
}

/// Whether a name stands in a function, or in one within it.
fn mentions(function: Function<'_>, name: &str) -> bool {
    let (from, to) = function.node().exprs;
    let mut all = (from..to).map(|id| function.module().expr(ExprId(id)));
    all.any(|expr| expr.as_name() == Some(name))
}

/// Whether a name was bound to what calling the given function gave.
fn names_result<'m>(name: Expr<'m>, wrapper: Function<'m>, given: &str) -> bool {
    let bound = |it: Expr<'m>| {
        it.as_call().is_some_and(|call| call.callee().as_name() == Some(given))
            && it.bound_to().iter().any(|target| target.as_name() == name.as_name())
    };
    wrapper.expressions().any(bound)
}

/// What all ways through a decorator have in common. One that asks whether it was given a coroutine function answers with
/// the like.
fn in_common<'m>(effects: &[Effect<'m>], maker: Function<'m>) -> Effect<'m> {
    let Some(first) = effects.first() else { return Effect::Unknown };
    if effects.contains(&Effect::Unknown) {
        return Effect::Unknown;
    }
    let same = |it: &Effect<'_>| std::mem::discriminant(it) == std::mem::discriminant(first);
    if effects.iter().all(same) {
        return first.clone();
    }
    let asks = ["iscoroutinefunction", "isasyncgenfunction", "isawaitable", "iscoroutine"];
    if asks.iter().any(|word| maker.text().contains(word)) {
        Effect::Keeps(None)
    } else {
        Effect::Unknown
    }
}

impl<'m> Function<'m> {
    /// The expressions that its own code returns, all but `None`.
    pub fn returned_expressions(self) -> impl Iterator<Item = Expr<'m>> {
        let (node, module): (_, Module<'m>) = (self.node(), self.module);
        let stmts = &module.syntax().stmts[node.stmts.0 as usize..node.stmts.1 as usize];
        let returned = move |stmt: &'m StmtNode| match stmt.kind {
            StmtKind::Return(Some(value)) if stmt.scope == node.scope => Some(module.expr(value)),
            _ => None,
        };
        let some = |expr: &Expr<'m>| !matches!(expr.kind(), ExprKind::None);
        stmts
            .iter()
            .filter_map(returned)
            .chain(node.value.map(|id| module.expr(id)))
            .filter(some)
            .take(MOST_RETURNS)
    }

    /// The parameter that takes the function to be decorated: the first one, of a method the one behind the instance.
    fn decorated(self) -> Option<&'m str> {
        let skip = usize::from(self.class().is_some());
        let param = self.node().params.get(skip)?;
        (param.kind == ParamKind::Plain).then(|| self.module.slice(param.name))
    }
}

/// Whether a decorator from outside gives a function that is asynchronous exactly if the decorated one is.
fn keeps_function(decorator: Expr<'_>) -> bool {
    let known = |name: &str| {
        let short = name.rsplit('.').next().unwrap_or_default();
        KEEPING.contains(&short)
            && ["builtins.", "abc.", "typing.", "typing_extensions.", "functools."]
                .iter()
                .any(|module| name.starts_with(module))
    };
    if let [Value::External(name)] = &decorator.values()[..]
        && known(name)
    {
        return true;
    }
    decorator.fact().is_some_and(|fact| fact.kind == Kind::Decorator)
}

/// Decorators of the standard library that leave a function what it is.
const KEEPING: [&str; 8] = [
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "overload",
    "override",
    "final",
    "wraps",
    "no_type_check",
];
