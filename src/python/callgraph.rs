//! Which functions of a file call which, and how the event loop comes to run the synchronous ones.

use super::table::Table;
use std::collections::VecDeque;

use super::ast::*;
use super::context::Context;
use super::handles::{Expr, Function};
use super::module::Module;

/// How the event loop comes to run synchronous functions of this file.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    /// The call that first leads to a function from the event loop, directly or through others.
    reached_by: Table<FunctionId, ExprId>,
}

impl CallGraph {
    pub(super) fn new(module: Module<'_>) -> Self {
        let mut calls: Table<FunctionId, Vec<(ExprId, FunctionId)>> = Table::default();
        let mut graph = Self::default();
        let mut queue = VecDeque::new();
        for expr in module.expressions() {
            for callee in expr.runs().into_iter().filter(|it| it.module() == module) {
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
