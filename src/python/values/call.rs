//! What calls give, and what `with` binds.

use std::sync::Arc;

use super::super::answers::Question;
use super::super::ast::*;
use super::super::bind::{Binding, Origin};
use super::super::decorated::Nature;
use super::super::handles::{Call, Class, Expr, Function};
use super::super::module::Module;
use super::super::value::{Type, Value};
use super::super::{ClassRef, FunctionRef, Kind, Tag};
use super::result_of;

impl<'m> Module<'m> {
    pub(super) fn call_values(self, call: Expr<'m>, callee: ExprId) -> Vec<Value> {
        let receiver = match self.expr(callee).kind() {
            ExprKind::Attribute { value, .. } => Some(*value),
            _ => None,
        };
        self.each_value(callee, |it| {
            let given = self.called(call, it);
            match (it, receiver) {
                (Value::Method(method), Some(receiver)) => {
                    self.of_own_kind(*method, receiver, given)
                }
                _ => given,
            }
        })
    }

    /// What a method gives that may give its receiver, or another instance of the receiver's class: of that class, not of the
    /// one that defines the method.
    fn of_own_kind(self, method: FunctionRef, receiver: ExprId, given: Vec<Value>) -> Vec<Value> {
        let method = self.project.function(method);
        let Some(defines) = method.class().map(Class::reference) else {
            return given;
        };
        let class = self.values(receiver).iter().find_map(|it| match it {
            Value::Instance(Type::Local(class)) | Value::Class(class) => Some(*class),
            _ => None,
        });
        let Some(class) = class.filter(|class| *class != defines && method.gives_own_kind()) else {
            return given;
        };
        given.into_iter().map(|it| replaced(it, defines, class)).collect()
    }

    fn called(self, call: Expr<'m>, callee: &Value) -> Vec<Value> {
        match callee {
            Value::External(name) => self.external_called(call, name),
            Value::Class(class) => vec![Value::Instance(Type::Local(*class))],
            Value::Function(id) | Value::Method(id) => {
                let function = self.project.function(*id);
                let call = call.as_call();
                let passed = call.and_then(|call| function.passed(call));
                let passed = passed.or_else(|| function.overloaded(call?));
                passed.unwrap_or_else(|| function.results().to_vec())
            }
            Value::Partial(inner) => self.called(call, inner),
            Value::Callable(gives) => vec![(**gives).clone()],
            Value::Instance(Type::Local(class)) => {
                match self.project.class(*class).method("__call__") {
                    Some(method) => method.results().to_vec(),
                    None => vec![Value::Unknown],
                }
            }
            Value::Instance(Type::External(class)) => {
                match self.library().member(class, "__call__") {
                    Some(member) => self.external_called(call, &member),
                    None => vec![Value::Unknown],
                }
            }
            Value::MapMethod(method, item) => vec![match method.as_str() {
                "values" => Value::Items(item.clone()),
                "items" => {
                    Value::Items(Box::new(Value::Tuple(vec![Value::Unknown, (**item).clone()])))
                }
                "popitem" => Value::Tuple(vec![Value::Unknown, (**item).clone()]),
                _ => (**item).clone(),
            }],
            _ => vec![Value::Unknown],
        }
    }

    fn external_called(self, call: Expr<'m>, name: &str) -> Vec<Value> {
        let first = || call.as_call().and_then(|call| call.positional(0));
        let firsts = || first().map_or(vec![Value::Unknown], Expr::values);
        match name {
            "functools.partial" => {
                return firsts().into_iter().map(|it| Value::Partial(Box::new(it))).collect();
            }
            "builtins.getattr" => return self.got_by_name(call),
            "asgiref.sync.sync_to_async" if first().is_some() => {
                return vec![Value::instance("asgiref.sync.SyncToAsync")];
            }
            "builtins.super" => {
                let class = call.function().and_then(|it| it.class().or(it.outer_class()));
                return vec![class.map_or(Value::Unknown, |it| Value::Super(it.reference()))];
            }
            "builtins.cast" | "typing.cast" => {
                let class =
                    first().map_or(Value::Unknown, |it| super::single(self.annotated(it.id())));
                return vec![class];
            }
            "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.sorted"
            | "builtins.reversed" | "builtins.iter" => {
                return firsts().into_iter().filter(|it| matches!(it, Value::Items(_))).collect();
            }
            "builtins.enumerate" => {
                let item = |it: Value| match it {
                    Value::Items(item) => *item,
                    _ => Value::Unknown,
                };
                let pair = |it| Value::Items(Box::new(Value::Tuple(vec![Value::Plain, item(it)])));
                return firsts().into_iter().map(pair).collect();
            }
            _ => {}
        }
        let Some(fact) = self.library().fact(name) else {
            let last = name.rsplit('.').next().unwrap_or_default();
            let is_class = last.starts_with(|c: char| c.is_ascii_uppercase());
            return vec![if is_class { Value::instance(name) } else { Value::Unknown }];
        };
        let passes = fact.has(Tag::MakesTask) || fact.has(Tag::Bounds) || fact.has(Tag::Shields);
        if passes && fact.is_awaitable() && fact.gives.is_none_or(|it| it.starts_with("asyncio.")) {
            let inner = firsts().into_iter().find(|it| matches!(it, Value::Awaitable(_)));
            return vec![inner.unwrap_or_else(|| Value::Awaitable(Box::new(Value::Unknown)))];
        }
        vec![result_of(fact, name)]
    }

    /// `getattr(it, "name")`, also with a default, which says nothing if it is `None`.
    fn got_by_name(self, call: Expr<'m>) -> Vec<Value> {
        let Some(call) = call.as_call() else { return vec![Value::Unknown] };
        let (of, name) = (call.positional(0), call.positional(1));
        let Some((of, name)) = of.zip(name.filter(|it| matches!(it.kind(), ExprKind::Str))) else {
            return vec![Value::Unknown];
        };
        let name = name.text().trim_matches(['"', '\'']);
        let mut found = self.each_value(of.id(), |it| self.attribute_of(it, name));
        found.extend(call.positional(2).map(Expr::values).unwrap_or_default());
        if found.is_empty() { vec![Value::Unknown] } else { found }
    }

    /// What `with` or `async with` binds.
    pub(super) fn entered(self, context: ExprId, is_async: bool) -> Vec<Value> {
        let expr = self.expr(context);
        if let Some(call) = expr.as_call() {
            if let Some(class) = call.fact().and_then(|fact| fact.enters) {
                return vec![Value::instance(class)];
            }
            if let Some(given) = self.generated(call.callee()) {
                return given;
            }
            let passes = ["contextlib.closing", "contextlib.aclosing"];
            if let Some(inner) = call.positional(0).filter(|_| call.is_any(&passes)) {
                return inner.values();
            }
        }
        let values = self.values(context);
        let sure = values.iter().any(|it| self.enters(it, is_async) == Some(true));
        let meant = values.iter().filter(|it| !sure || self.enters(it, is_async) != Some(false));
        meant.flat_map(|it| self.entered_value(it, is_async)).collect()
    }

    /// Whether a value can be entered so, as far as the repository tells.
    fn enters(self, value: &Value, is_async: bool) -> Option<bool> {
        let Value::Instance(Type::Local(class)) = value else { return None };
        let class = self.project.class(*class);
        let name = if is_async { "__aenter__" } else { "__enter__" };
        match class.method(name) {
            Some(_) => Some(true),
            None => class.external_bases().is_empty().then_some(false),
        }
    }

    fn entered_value(self, value: &Value, is_async: bool) -> Vec<Value> {
        match value {
            Value::Instance(Type::External(class)) => {
                let enters = self.library().fact(class).and_then(|fact| fact.enters);
                vec![enters.map_or_else(|| value.clone(), Value::instance)]
            }
            Value::Instance(Type::Local(class)) => {
                let name = if is_async { "__aenter__" } else { "__enter__" };
                let method = self.project.class(*class).method(name);
                let Some(method) = method else { return vec![value.clone()] };
                let defines = method.class().map_or(*class, Class::reference);
                let inner = |it: &Value| match it {
                    Value::Awaitable(inner) => (**inner).clone(),
                    it => it.clone(),
                };
                let given = method.results().iter().map(inner).collect::<Vec<_>>();
                if !method.gives_own_kind() {
                    return given;
                }
                given.into_iter().map(|it| replaced(it, defines, *class)).collect()
            }
            Value::Awaitable(inner) => vec![(**inner).clone()],
            _ => vec![value.clone()],
        }
    }

    /// What a generator of this file made a context manager yields.
    fn generated(self, callee: Expr<'m>) -> Option<Vec<Value>> {
        let values = callee.values();
        let [Value::Function(id) | Value::Method(id)] = values[..] else { return None };
        let function = self.project.function(id);
        let module = function.module;
        if !function.makes_context() {
            return None;
        }
        if let Some(annotation) = function.node().returns {
            let declared = module.annotated(annotation);
            let item = |it: &Value| match it {
                Value::Items(item) if super::is_useful(item) => Some((**item).clone()),
                _ => None,
            };
            let items: Vec<Value> = declared.iter().filter_map(item).collect();
            if !items.is_empty() {
                return Some(items);
            }
        }
        Some(function.yielded())
    }

    /// An instance of what the value is, if that is a class.
    pub(super) fn instance_of(self, class: &Value) -> Vec<Value> {
        match class {
            Value::External(name) => {
                let not_class = self.library().fact(name).is_some_and(|it| it.kind != Kind::Class);
                vec![if not_class { Value::Unknown } else { Value::instance(name) }]
            }
            Value::Class(id) => vec![Value::Instance(Type::Local(*id))],
            // `Pool = asyncpg.Pool | None` and the like.
            _ => vec![Value::Unknown],
        }
    }
}

/// The value with instances of one class taken for instances of another.
fn replaced(value: Value, class: ClassRef, by: ClassRef) -> Value {
    match value {
        Value::Instance(Type::Local(it)) if it == class => Value::Instance(Type::Local(by)),
        Value::Awaitable(inner) => Value::Awaitable(Box::new(replaced(*inner, class, by))),
        value => value,
    }
}

/// Decorators that make a context manager of a generator function.
const CONTEXT_MANAGERS: [&str; 2] = ["contextlib.asynccontextmanager", "contextlib.contextmanager"];

impl<'m> Function<'m> {
    /// What calling it gives, worked out once.
    pub fn results(self) -> Arc<[Value]> {
        let question = Question::Results(self.reference());
        self.module.project.answers.get(question, || self.work_out_results())
    }

    fn work_out_results(self) -> Vec<Value> {
        let node = self.node();
        let declares = node.is_generator && node.returns.is_some();
        let wrap = |it: Value| Value::Awaitable(Box::new(it));
        match self.nature() {
            _ if declares => self.returned(),
            Nature::Coroutine if self.leaves_function() => {
                self.returned().into_iter().map(wrap).collect()
            }
            Nature::Coroutine => vec![wrap(Value::Unknown)],
            Nature::Generator if self.leaves_function() && !self.makes_context() => {
                vec![Value::Items(Box::new(super::single(self.yielded())))]
            }
            Nature::Plain if self.leaves_function() || node.is_async => self.returned(),
            Nature::Unknown if self.is_property() && node.is_async => {
                self.returned().into_iter().map(wrap).collect()
            }
            Nature::Unknown if self.is_property() => self.returned(),
            _ => vec![Value::Unknown],
        }
    }

    /// What the body returns, or the annotation says it does.
    fn returned(self) -> Vec<Value> {
        if let Some(annotation) = self.node().returns {
            let declared = self.module.annotated(annotation);
            if declared.iter().any(super::is_useful) || self.node().is_generator {
                return declared;
            }
        }
        let values: Vec<Value> = self.returned_expressions().flat_map(Expr::values).collect();
        if !values.is_empty() {
            return values;
        }
        // Of a stub, only the annotation tells, and that may say nothing: `def load() -> Any: ...`.
        let declared =
            self.node().returns.is_some_and(|it| self.module.annotated(it) != [Value::None]);
        vec![if declared { Value::Unknown } else { Value::None }]
    }

    /// What the body yields.
    fn yielded(self) -> Vec<Value> {
        let yielded = |it: Expr<'m>| match it.kind() {
            ExprKind::Yield(Some(value)) => Some(self.module.expr(*value).values()),
            _ => None,
        };
        let mut values: Vec<Value> =
            self.expressions().filter_map(yielded).take(4).flatten().collect();
        values.dedup();
        values
    }

    /// What its overloads say that a call gives: those whose literal parameters fit the arguments. `None` without overloads.
    fn overloaded(self, call: Call<'m>) -> Option<Vec<Value>> {
        let names = &self.module.names().scope(self.node().outer).names;
        let overload = |binding: &Binding| match binding.source {
            Origin::Function(id) if id != self.id => Some(self.module.function(id)),
            _ => None,
        };
        let marks = ["typing.overload", "typing_extensions.overload"];
        let overloads = names.get(self.name())?.iter().filter_map(overload);
        let mut overloads: Vec<Function<'m>> =
            overloads.filter(|it| it.decorators().any(|it| it.is_any(&marks))).collect();
        let fits = |it: &Function<'m>| {
            let mut params = it.node().params.iter().enumerate();
            params.all(|(index, param)| {
                let literal = param.annotation.map(|id| self.module.expr(id).text());
                let literal = literal.and_then(|it| it.strip_prefix("Literal[")?.strip_suffix(']'));
                let given = (index < self.node().params.len())
                    .then(|| self.argument_of(call, index))
                    .flatten();
                match (literal, given) {
                    (Some(literal), Some(given)) => {
                        given.as_name().is_some() || given.text() == literal
                    }
                    (Some(_), None) => param.default.is_some(),
                    (None, _) => true,
                }
            })
        };
        if overloads.iter().any(fits) {
            overloads.retain(fits);
        }
        let is_coroutine = self.is_coroutine();
        let wrap = |it: Value| if is_coroutine { Value::Awaitable(Box::new(it)) } else { it };
        let results: Vec<Value> = overloads.iter().flat_map(|it| it.returned()).map(wrap).collect();
        (!results.is_empty()).then_some(results)
    }

    /// What it gives of what a call gives to it, where the annotations say so with a type variable: `-> T` for `it: T`, or for
    /// `it: type[T]`. `None` when they don't.
    fn passed(self, call: Call<'m>) -> Option<Vec<Value>> {
        let (node, module) = (self.node(), self.module);
        if node.is_async || node.is_generator {
            return None;
        }
        let text = |id: ExprId| module.expr(id).text().trim_matches(['"', '\'']);
        let of_class = |text: &'m str| {
            let inner = text.strip_prefix("type[").or_else(|| text.strip_prefix("Type["));
            inner.and_then(|it| it.strip_suffix(']'))
        };
        let given = node.returns?;
        let result = text(given);
        let variable = of_class(result).unwrap_or(result);
        let is_name = variable.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_variable = is_name && {
            let meant = module.look_up(module.expr(given), variable);
            meant.contains(&Value::instance("typing.TypeVar"))
        };
        if !is_variable {
            return None;
        }
        let annotations = node.params.iter().map(|param| param.annotation.map(text));
        let (index, annotation) = annotations.enumerate().find_map(|(index, text)| {
            let text = text?;
            (text == result || of_class(text) == Some(result)).then_some((index, text))
        })?;
        let values = self.argument_of(call, index)?.values();
        let made = |value: &Value| {
            if annotation == result { vec![value.clone()] } else { module.instance_of(value) }
        };
        Some(values.iter().flat_map(made).collect())
    }

    /// Whether calling it makes a context manager of what it yields.
    fn makes_context(self) -> bool {
        self.decorators().any(|it| it.is_any(&CONTEXT_MANAGERS))
    }

    /// Whether it gives the instance that it is called on, or one of that instance's class, whatever class derives from its own.
    fn gives_own_kind(self) -> bool {
        let node = self.node();
        let Some(first) = node.params.first().map(|it| self.module.slice(it.name)) else {
            return false;
        };
        if let Some(annotation) = node.returns {
            let text = self.module.expr(annotation).text().trim_matches(['"', '\'']);
            return text == "Self" || text.ends_with(".Self");
        }
        self.returned_expressions().any(|it| {
            it.as_name() == Some(first)
                || it.as_call().is_some_and(|call| call.callee().as_name() == Some(first))
        })
    }
}
