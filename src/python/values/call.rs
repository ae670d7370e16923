//! What calls give, and what `with` binds.

use std::sync::Arc;

use super::super::answers::Question;
use super::super::ast::*;
use super::super::handles::{Expr, Function};
use super::super::module::Module;
use super::super::value::{Type, Value};
use super::super::{Kind, Tag};
use super::result_of;

impl<'m> Module<'m> {
    pub(super) fn call_values(self, call: Expr<'m>, callee: ExprId) -> Vec<Value> {
        self.each_value(callee, |it| self.called(call, it))
    }

    fn called(self, call: Expr<'m>, callee: &Value) -> Vec<Value> {
        match callee {
            Value::External(name) => self.external_called(call, name),
            Value::Class(class) => vec![Value::Instance(Type::Local(*class))],
            Value::Function(id) | Value::Method(id) => {
                self.project.function(*id).results().to_vec()
            }
            Value::Partial(inner) => self.called(call, inner),
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
        self.values(context).iter().flat_map(|it| self.entered_value(it, is_async)).collect()
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
                let results = method.results();
                let inner = |it: &Value| match it {
                    Value::Awaitable(inner) => (**inner).clone(),
                    it => it.clone(),
                };
                results.iter().map(inner).collect()
            }
            Value::Awaitable(inner) => vec![(**inner).clone()],
            _ => vec![value.clone()],
        }
    }

    /// What a generator of this file made a context manager yields.
    fn generated(self, callee: Expr<'m>) -> Option<Vec<Value>> {
        let values = callee.values();
        let [Value::Function(id) | Value::Method(id)] = values[..] else { return None };
        let managers = ["contextlib.asynccontextmanager", "contextlib.contextmanager"];
        let function = self.project.function(id);
        let module = function.module;
        if !function.decorators().any(|it| it.is_any(&managers)) {
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
        let yielded = |it: Expr<'m>| match it.kind() {
            ExprKind::Yield(Some(value)) => Some(module.values(*value).to_vec()),
            _ => None,
        };
        Some(function.expressions().filter_map(yielded).take(4).flatten().collect())
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

impl<'m> Function<'m> {
    /// What calling it gives, worked out once.
    pub(in super::super) fn results(self) -> Arc<[Value]> {
        let question = Question::Results(self.reference());
        self.module.project.answers.get(question, || self.work_out_results())
    }

    fn work_out_results(self) -> Vec<Value> {
        let node = self.node();
        let inner = self.returned();
        if self.is_coroutine() {
            let wrap = |it: Value| Value::Awaitable(Box::new(it));
            return inner.into_iter().map(wrap).collect();
        }
        let generator = node.is_generator && node.returns.is_some();
        let known = self.leaves_function() || self.is_property();
        if (node.is_async || node.is_generator || !known) && !generator {
            return vec![Value::Unknown];
        }
        inner
    }

    /// What the body returns, or the annotation says it does.
    fn returned(self) -> Vec<Value> {
        let (node, module) = (self.node(), self.module);
        if let Some(annotation) = node.returns {
            let declared = module.annotated(annotation);
            if declared.iter().any(super::is_useful) || node.is_generator {
                return declared;
            }
        }
        if let Some(value) = node.value {
            return module.values(value).to_vec();
        }
        let stmts = &module.syntax().stmts;
        let (from, to) = node.stmts;
        let returned = |id: u32| match &stmts[id as usize] {
            StmtNode { scope, kind: StmtKind::Return(Some(value)), .. } if *scope == node.scope => {
                Some(module.values(*value).to_vec())
            }
            _ => None,
        };
        let values: Vec<Value> = (from..to).filter_map(returned).take(8).flatten().collect();
        if values.is_empty() { vec![Value::None] } else { values }
    }
}
