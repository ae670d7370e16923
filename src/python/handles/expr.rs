//! Expressions.

use super::super::ast::*;
use super::super::lower::ScopeOwner;
use super::super::{Context, Fact, Module, Span, Type, Value};
use super::{Call, Class, Expr, Function, Stmt};

impl<'m> Expr<'m> {
    /// Its number.
    pub fn id(self) -> ExprId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> Module<'m> {
        self.module
    }
    fn node(self) -> &'m ExprNode {
        &self.module.syntax().exprs[self.id.0 as usize]
    }
    /// What it is.
    pub fn kind(self) -> &'m ExprKind {
        &self.node().kind
    }
    /// Where it is.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Whether it is nought, however that is written: `0`, `0.0`, `0x0`.
    pub fn is_zero(self) -> bool {
        matches!(self.kind(), ExprKind::Number)
            && self.text().bytes().all(|c| matches!(c, b'0' | b'.' | b'_' | b'x'))
    }
    /// The last part of its name: `pool` of `self.pool` and of `pool`. Empty for what is neither an attribute nor a name.
    pub fn last_name(self) -> &'m str {
        match self.kind() {
            ExprKind::Attribute { name, .. } => self.module.slice(*name),
            ExprKind::Name => self.text(),
            _ => "",
        }
    }
    /// The call of a method of it where it stands: `session.get(…)` for `session`.
    pub fn method_call(self) -> Option<Call<'m>> {
        let call = self.parent_expr()?.parent_expr()?.as_call()?;
        (call.receiver() == Some(self)).then_some(call)
    }
    /// What it hangs on.
    pub fn parent(self) -> Parent {
        self.node().parent
    }
    /// The expression it is a part of, if it is not a whole one.
    pub fn parent_expr(self) -> Option<Expr<'m>> {
        match self.parent() {
            Parent::Expr(id) => Some(self.module.expr(id)),
            Parent::Stmt(_) => None,
        }
    }
    /// The expressions it is a part of, inner ones first. Ends at the statement; lambdas and comprehensions are passed.
    pub fn ancestors(self) -> impl Iterator<Item = Expr<'m>> {
        std::iter::successors(self.parent_expr(), |expr| expr.parent_expr())
    }
    /// The statement it is a part of.
    pub fn stmt(self) -> Stmt<'m> {
        self.module.stmt(self.module.source().stmt_of(self.id))
    }
    /// The expressions directly within it.
    pub fn children(self) -> Vec<Expr<'m>> {
        self.kind().children().into_iter().map(|id| self.module.expr(id)).collect()
    }
    /// It as a call, if it is one.
    pub fn as_call(self) -> Option<Call<'m>> {
        matches!(self.kind(), ExprKind::Call { .. }).then_some(Call { expr: self })
    }
    /// The name, if it is just a name.
    pub fn as_name(self) -> Option<&'m str> {
        matches!(self.kind(), ExprKind::Name).then(|| self.text())
    }
    /// The innermost function or lambda whose code it is; `None` at module and class level. A parameter's default and a
    /// decorator are the enclosing function's code.
    pub fn function(self) -> Option<Function<'m>> {
        let id = self.module.names().scope(self.scope()).function?;
        Some(self.module.function(id))
    }
    /// The scope in which its names are looked up.
    pub(in crate::python) fn scope(self) -> ScopeId {
        self.node().scope
    }
    /// The innermost class whose body it stands in, methods passed.
    pub(in crate::python) fn class_around(self) -> Option<Class<'m>> {
        let mut scope = Some(self.scope());
        while let Some(id) = scope {
            let node = self.module.names().scope(id);
            if let ScopeOwner::Class(class) = node.owner {
                return Some(self.module.class(class));
            }
            scope = node.outer;
        }
        None
    }
    /// Everything it may be. Never empty; a single [`Value::Unknown`] when nothing is known. Flow is followed within a
    /// function: a name reassigned before this use is what it was reassigned to.
    pub fn values(self) -> Vec<Value> {
        self.module.values(self.id).to_vec()
    }
    /// Whether it is this thing from outside, whatever it is called here: `time.sleep`, `aiohttp.ClientSession.get`. All that
    /// it may be must agree; `None` does not count.
    pub fn is(self, name: &str) -> bool {
        self.is_any(&[name])
    }
    /// Whether it is one of these things from outside.
    pub fn is_any(self, names: &[&str]) -> bool {
        let values = self.module.values(self.id);
        let mut some = values.iter().filter(|it| **it != Value::None).peekable();
        let named = |it: &Value| matches!(it, Value::External(it) if names.contains(&it.as_str()));
        some.peek().is_some() && some.all(named)
    }
    /// The canonical dotted name of the thing from outside that it is. When it may be several, the first.
    pub fn name(self) -> Option<String> {
        external(&self.module.values(self.id)).map(str::to_owned)
    }
    /// What is known of the thing from outside that it is.
    pub fn fact(self) -> Option<Fact<'m>> {
        self.module.library().fact(external(&self.module.values(self.id))?)
    }
    /// Whether it is an instance of this class from outside, or of one that derives from it.
    pub fn is_instance(self, class: &str) -> bool {
        let values = self.something();
        let library = self.module.library();
        let instance = |it: &Value| match it {
            Value::Instance(Type::External(name)) => library.derives(name, class),
            Value::Instance(Type::Local(id)) => {
                let bases = self.module.project.class(*id).external_bases();
                bases.iter().any(|base| library.derives(base, class))
            }
            _ => false,
        };
        !values.is_empty() && values.iter().all(instance)
    }
    /// The canonical name of the class from outside that it is an instance of. For an instance of a class of the repository,
    /// the first base from outside.
    pub fn class(self) -> Option<String> {
        match &self.something()[..] {
            [Value::Instance(Type::External(name))] => Some(name.clone()),
            [Value::Instance(Type::Local(id))] => {
                self.module.project.class(*id).external_bases().into_iter().next()
            }
            _ => None,
        }
    }
    /// The functions of the repository that it may be.
    pub fn functions(self) -> Vec<Function<'m>> {
        let values = self.module.values(self.id);
        let functions = values.iter().filter_map(|value| match value {
            Value::Function(it) | Value::Method(it) => Some(self.module.project.function(*it)),
            _ => None,
        });
        functions.collect()
    }
    /// Whether it is the name of a parameter of the function whose code it is.
    pub(in crate::python) fn is_parameter(self) -> bool {
        let (Some(name), Some(function)) = (self.as_name(), self.function()) else { return false };
        function.node().params.iter().any(|param| self.module.slice(param.name) == name)
    }
    /// Whether it can never run: it stands behind a `return`, under `if False` or `if TYPE_CHECKING`.
    pub fn is_dead(self) -> bool {
        self.module.order().of(self.stmt().id()).dead
    }
    /// Whether its [`Expr::context`] is the event loop.
    pub fn runs_on_the_loop(self) -> bool {
        self.context() == Context::Loop
    }
    /// Whether it stands directly behind `await`.
    pub fn is_awaited(self) -> bool {
        self.parent_expr().is_some_and(|parent| matches!(parent.kind(), ExprKind::Await(_)))
    }
    /// Whether its value is dropped: it is a statement of its own (also behind `await`, if asked for an awaited call's
    /// `Await` expression).
    pub fn is_dropped(self) -> bool {
        matches!(self.parent(), Parent::Stmt(id) if matches!(self.module.stmt(id).kind(), StmtKind::Expr(_)))
    }
    /// The context manager's `with` statement, if this expression is one of its items (not within one).
    pub fn entered_by(self) -> Option<Stmt<'m>> {
        let Parent::Stmt(id) = self.parent() else { return None };
        let stmt = self.module.stmt(id);
        let StmtKind::With { items, .. } = stmt.kind() else { return None };
        items.iter().any(|item| item.context == self.id).then_some(stmt)
    }
}

/// The first of the names, if all but `None` are things from outside.
fn external(values: &[Value]) -> Option<&str> {
    let some = || values.iter().filter(|it| **it != Value::None);
    let all = some().all(|it| matches!(it, Value::External(_)));
    match some().next() {
        Some(Value::External(name)) if all => Some(name),
        _ => None,
    }
}
