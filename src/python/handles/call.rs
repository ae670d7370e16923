//! Calls.

use super::super::ast::*;
use super::super::{Fact, Module, Span, Tag, Type, Value};
use super::{Call, Expr, Function};

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub struct Arg<'m> {
    /// The keyword.
    pub keyword: Option<&'m str>,
    /// Whether it is unpacked.
    pub unpack: Unpack,
    /// The value.
    pub value: Expr<'m>,
}

impl<'m> Call<'m> {
    /// The call's number as an expression.
    pub fn id(self) -> ExprId {
        self.expr.id
    }
    /// The module it is in.
    pub fn module(self) -> Module<'m> {
        self.expr.module
    }
    /// The call as an expression, with all that may be asked of one.
    pub fn expr(self) -> Expr<'m> {
        self.expr
    }
    /// Where it is.
    pub fn span(self) -> Span {
        self.expr.span()
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.expr.text()
    }
    /// What is called.
    pub fn callee(self) -> Expr<'m> {
        match self.expr.kind() {
            ExprKind::Call { callee, .. } => self.expr.module.expr(*callee),
            _ => self.expr,
        }
    }
    /// The object of a method call: `session` in `session.get(…)`.
    pub fn receiver(self) -> Option<Expr<'m>> {
        match self.callee().kind() {
            ExprKind::Attribute { value, .. } => Some(self.expr.module.expr(*value)),
            _ => None,
        }
    }
    /// The last name of what is called: `get` in `session.get(…)`, `f` in `f()`.
    pub fn method(self) -> Option<&'m str> {
        match self.callee().kind() {
            ExprKind::Attribute { name, .. } => Some(self.expr.module.slice(*name)),
            ExprKind::Name => Some(self.callee().text()),
            _ => None,
        }
    }
    /// Whether it calls this thing from outside, see [`Expr::is`].
    pub fn is(self, name: &str) -> bool {
        self.callee().is(name)
    }
    /// Whether it calls one of these things from outside.
    pub fn is_any(self, names: &[&str]) -> bool {
        self.callee().is_any(names)
    }
    /// The canonical dotted name of the thing from outside that is called.
    pub fn name(self) -> Option<String> {
        self.callee().name()
    }
    /// What is known of the thing from outside that is called.
    pub fn fact(self) -> Option<Fact<'m>> {
        self.callee().fact()
    }
    /// Whether the thing from outside that is called has the property.
    pub fn has(self, tag: Tag) -> bool {
        self.fact().is_some_and(|fact| fact.has(tag))
    }
    /// The function or method of the repository that is called, when that is sure.
    pub fn function(self) -> Option<Function<'m>> {
        match &self.callee().something()[..] {
            [Value::Function(id) | Value::Method(id)] => {
                Some(self.expr.module.project.function(*id))
            }
            _ => None,
        }
    }
    /// The arguments in order.
    pub fn args(self) -> Vec<Arg<'m>> {
        let module = self.expr.module;
        let ExprKind::Call { args, .. } = self.expr.kind() else { return Vec::new() };
        let arg = |arg: &Argument| Arg {
            keyword: arg.keyword.map(|span| module.slice(span)),
            unpack: arg.unpack,
            value: module.expr(arg.value),
        };
        args.iter().map(arg).collect()
    }
    /// The argument at a 0-based position; `None` also when an unpacked one before it hides the position.
    pub fn positional(self, position: usize) -> Option<Expr<'m>> {
        let args = self.args();
        let plain = args.iter().take_while(|arg| arg.unpack == Unpack::No);
        plain.filter(|arg| arg.keyword.is_none()).nth(position).map(|arg| arg.value)
    }
    /// The argument with this keyword.
    pub fn keyword(self, name: &str) -> Option<Expr<'m>> {
        self.args().into_iter().find(|arg| arg.keyword == Some(name)).map(|arg| arg.value)
    }
    /// The argument at this position or with this keyword.
    pub fn argument(self, position: usize, keyword: &str) -> Option<Expr<'m>> {
        self.keyword(keyword).or_else(|| self.positional(position))
    }
    /// Whether arguments are unpacked (`*args`, `**kwargs`), so that one that is not seen may be there.
    pub fn unpacks(self) -> bool {
        self.args().iter().any(|arg| arg.unpack != Unpack::No)
    }
    /// Whether calling only makes something that has to be awaited: it calls an `async def` of the repository, or a library's
    /// coroutine function.
    pub fn is_coroutine(self) -> bool {
        let values = self.callee().something();
        !values.is_empty() && values.iter().all(|value| self.makes_coroutine(value))
    }
    /// The methods of this name by which classes replace the one that is called, if it is called on a parameter (`self`, say)
    /// that may be an instance of any of them.
    fn overrides(self, name: &str) -> impl Iterator<Item = Function<'m>> {
        let receiver = self.receiver().filter(|it| it.is_parameter());
        let values = receiver.map(Expr::values).unwrap_or_default();
        let classes = values.into_iter().filter_map(|value| match value {
            Value::Instance(Type::Local(class)) => Some(class),
            _ => None,
        });
        let project = self.module().project;
        classes.flat_map(move |class| project.class(class).overrides(name))
    }
    fn makes_coroutine(self, value: &Value) -> bool {
        let project = self.module().project;
        match value {
            Value::Function(id) => project.function(*id).gives_coroutine(),
            // Whatever class the instance is of, as far as the repository has such classes.
            Value::Method(id) => {
                let method = project.function(*id);
                let all = || self.overrides(method.name()).all(Function::gives_coroutine);
                method.gives_coroutine() && all()
            }
            Value::Instance(Type::Local(class)) => {
                project.class(*class).method("__call__").is_some_and(Function::gives_coroutine)
            }
            Value::Instance(Type::External(class)) => {
                let library = self.module().library();
                let call = library.member(class, "__call__").and_then(|it| library.fact(&it));
                call.is_some_and(Fact::is_lazy)
            }
            Value::Callable(gives) => matches!(**gives, Value::Awaitable(_)),
            Value::Partial(inner) => self.makes_coroutine(inner),
            Value::External(name) => self.module().library().fact(name).is_some_and(Fact::is_lazy),
            _ => false,
        }
    }
}
