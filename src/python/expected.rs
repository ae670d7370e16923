//! What callables of the repository expect to be given, and what their results are said to be.

use super::ast::*;
use super::bind::Origin;
use super::handles::{Call, Class, Expr, Function, Stmt};
use super::value::{Type, Value};

/// What a call gives an argument to.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'m> {
    /// What declares it: its annotation, if it has one.
    pub annotation: Option<Expr<'m>>,
    /// The function and the position of the parameter there; `None` for a field of a class without an `__init__` of its own.
    place: Option<(Function<'m>, usize)>,
}

impl<'m> Parameter<'m> {
    /// What the annotation says that is expected. `None` without one.
    pub fn declared(self) -> Option<Vec<Value>> {
        let annotation = self.annotation?;
        Some(annotation.module().annotated(annotation.id()))
    }

    /// Where the function reads it, in the order of the file. `None` for a parameter that is bound anew or that other functions
    /// read as well: nobody knows then what becomes of it.
    pub fn uses(self) -> Option<Vec<Expr<'m>>> {
        let (function, index) = self.place?;
        let module = function.module();
        let name = module.slice(function.node().params[index].name);
        let (from, to) = function.node().exprs;
        let all = (from..to).map(|id| module.expr(ExprId(id)));
        let named: Vec<Expr<'m>> = all.filter(|it| it.as_name() == Some(name)).collect();
        let own = |it: &Expr<'m>| it.function() == Some(function) && !it.is_store();
        named.iter().all(own).then_some(named)
    }
}

impl<'m> Call<'m> {
    /// The parameter of the repository's function (or class) that one of the arguments is for, where that is sure.
    pub fn parameter_for(self, given: Expr<'m>) -> Option<Parameter<'m>> {
        let project = self.module().project;
        let function = match self.callee().something()[..] {
            [Value::Function(id) | Value::Method(id)] => project.function(id),
            [Value::Class(id)] => {
                let class = project.class(id);
                match class.method("__init__") {
                    Some(function) => function,
                    None => return class.field_for(self, given),
                }
            }
            _ => return None,
        };
        if !function.leaves_function() {
            return None;
        }
        let params = &function.node().params;
        let index = (0..params.len()).find(|it| function.argument_of(self, *it) == Some(given))?;
        let annotation = params[index].annotation.map(|id| function.module().expr(id));
        Some(Parameter { annotation, place: Some((function, index)) })
    }
}

impl<'m> Class<'m> {
    /// The field that a keyword of a call of the class fills: a dataclass's, a model's.
    fn field_for(self, call: Call<'m>, given: Expr<'m>) -> Option<Parameter<'m>> {
        let keyword = call.args().into_iter().find(|arg| arg.value == given)?.keyword?;
        let names = &self.module.names().scope(self.node().scope).names;
        let annotation = names.get(keyword)?.iter().find_map(|binding| match binding.source {
            Origin::Annotated(annotation, _) => Some(self.module.expr(annotation)),
            _ => None,
        })?;
        Some(Parameter { annotation: Some(annotation), place: None })
    }
}

impl<'m> Expr<'m> {
    /// What it says as an annotation.
    pub fn as_annotation(self) -> Vec<Value> {
        self.module().annotated(self.id())
    }
}

impl Function<'_> {
    /// Whether calling it gives a coroutine, or something else that does nothing until it is awaited: an instance of a class of
    /// the repository that has an `__await__` and nothing that could be asked of it otherwise.
    pub(super) fn gives_coroutine(self) -> bool {
        self.is_coroutine()
            || self.node().returns.is_some()
                && !self.is_async()
                && (self.gives_lazy() || self.declares_coroutine())
    }

    /// Whether its annotation says that it returns a coroutine, and nothing else.
    fn declares_coroutine(self) -> bool {
        let Some(returns) = self.node().returns.filter(|_| self.leaves_function()) else {
            return false;
        };
        let mut todo = vec![self.module.expr(returns)];
        while let Some(expr) = todo.pop() {
            match expr.kind() {
                ExprKind::Binary(_) => todo.extend(expr.children()),
                ExprKind::Subscript { value, .. } if is_coroutine(self.module.expr(*value)) => {}
                _ if is_coroutine(expr) => {}
                _ => return false,
            }
        }
        true
    }

    fn gives_lazy(self) -> bool {
        let project = self.module().project;
        let lazy = |value: &Value| match value {
            Value::Instance(Type::Local(class)) => {
                let methods = project.class(*class).methods();
                methods.iter().any(|it| it.name() == "__await__")
                    && methods.iter().all(|it| it.name().starts_with("__"))
            }
            _ => false,
        };
        let declared = self.declared_result().unwrap_or_default();
        !declared.is_empty()
            && declared.iter().all(lazy)
            && self.leaves_function()
            && self.only_makes()
    }

    /// Whether it does nothing but make the object that it returns: what else it did would be done without an `await`.
    fn only_makes(self) -> bool {
        let makes = |it: Expr<'_>| {
            it.as_call()
                .is_some_and(|call| matches!(call.callee().something()[..], [Value::Class(_)]))
        };
        let idle = |stmt: Stmt<'_>| match stmt.kind() {
            StmtKind::Expr(value) => {
                !matches!(self.module().expr(*value).kind(), ExprKind::Call { .. })
            }
            StmtKind::Assign { targets, .. } => {
                targets.iter().all(|it| self.module().expr(*it).as_name().is_some())
            }
            StmtKind::Return(_) | StmtKind::If { .. } | StmtKind::Pass => true,
            _ => false,
        };
        self.statements().all(idle) && self.returned_expressions().all(makes)
    }

    /// What its annotation says that it returns (of a coroutine: what awaiting it gives). `None` without one.
    pub fn declared_result(self) -> Option<Vec<Value>> {
        Some(self.module.annotated(self.node().returns?))
    }
}

fn is_coroutine(class: Expr<'_>) -> bool {
    class.is_any(&["typing.Coroutine", "collections.abc.Coroutine", "types.CoroutineType"])
}
