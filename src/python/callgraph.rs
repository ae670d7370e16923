//! Which functions of a file call which, and how the event loop comes to run the synchronous ones.

use std::collections::{HashMap, VecDeque};

use super::ast::*;
use super::context::Context;
use super::handles::{Expr, Function};
use super::module::Module;
use super::value::{Type, Value};

/// How the event loop comes to run synchronous functions of this file.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    /// The call that first leads to a function from the event loop, directly or through others.
    reached_by: HashMap<FunctionId, ExprId>,
}

impl CallGraph {
    pub(super) fn new(module: Module<'_>) -> Self {
        let mut calls: HashMap<FunctionId, Vec<(ExprId, FunctionId)>> = HashMap::new();
        let mut graph = Self::default();
        let mut queue = VecDeque::new();
        for expr in module.expressions() {
            for callee in called(expr).into_iter().filter(|it| it.module() == module) {
                let callee = callee.id();
                match expr.context() {
                    Context::Loop => queue.push_back((expr.id(), callee)),
                    Context::Unknown => {
                        let Some(caller) = expr.function() else { continue };
                        calls.entry(caller.id()).or_default().push((expr.id(), callee));
                    }
                    Context::Thread | Context::Never => {}
                }
            }
        }
        while let Some((call, callee)) = queue.pop_front() {
            if graph.reached_by.contains_key(&callee) {
                continue;
            }
            graph.reached_by.insert(callee, call);
            queue.extend(calls.remove(&callee).into_iter().flatten());
        }
        graph
    }

    /// The calls that lead to the function, the one in asynchronous code first.
    pub(super) fn chain<'m>(&self, function: Function<'m>) -> Option<Vec<Expr<'m>>> {
        let module = function.module();
        let mut chain = Vec::new();
        let mut at = function.id();
        while let Some(call) = self.reached_by.get(&at) {
            let call = module.expr(*call);
            chain.push(call);
            match call.function() {
                Some(caller) if call.context() != Context::Loop => at = caller.id(),
                _ => break,
            }
        }
        chain.reverse();
        (!chain.is_empty()).then_some(chain)
    }
}

/// The synchronous functions of this file whose body an expression runs: by calling them, by making an instance, by
/// reading a property.
fn called(expr: Expr<'_>) -> Vec<Function<'_>> {
    let module = expr.module();
    let runs_at_once =
        |function: &Function<'_>| !function.is_async() && !function.node().is_generator;
    match expr.kind() {
        ExprKind::Call { callee, .. } => {
            let values = module.values(*callee);
            let functions = values.iter().flat_map(|value| called_value(module, value));
            functions.filter(runs_at_once).collect()
        }
        ExprKind::Attribute { value, name } if !module.names().stores.contains(&expr.id()) => {
            let name = module.slice(*name);
            let property = |value: &Value| match value {
                Value::Instance(Type::Local(class)) => module.project.class(*class).method(name),
                _ => None,
            };
            let values = module.values(*value);
            let properties = values.iter().filter_map(property).filter(|it| it.is_property());
            properties.filter(runs_at_once).collect()
        }
        _ => Vec::new(),
    }
}

impl<'m> Expr<'m> {
    /// The synchronous functions of this file whose body the expression runs: by calling them, by making an instance, by
    /// reading a property.
    pub fn runs(self) -> Vec<Function<'m>> {
        called(self)
    }
}

fn called_value<'m>(module: Module<'m>, value: &Value) -> Option<Function<'m>> {
    match value {
        Value::Function(id) | Value::Method(id) => {
            Some(module.project.function(*id)).filter(|function| function.leaves_function())
        }
        Value::Class(class) => module.project.class(*class).method("__init__"),
        Value::Partial(inner) => called_value(module, inner),
        _ => None,
    }
}
