//! What rules hold in their hands: a place in a module's syntax, with the questions that may be asked there.

use super::ast::*;
use super::bind::Source;
use super::lower::ScopeOwner;
use super::{Context, Fact, Module, Span, Tag, Type, Value};

/// An expression of a module.
#[derive(Clone, Copy)]
pub struct Expr<'m> {
    pub(super) module: &'m Module,
    pub(super) id: ExprId,
}

/// A call.
#[derive(Clone, Copy)]
pub struct Call<'m> {
    pub(super) expr: Expr<'m>,
}

/// A statement of a module.
#[derive(Clone, Copy)]
pub struct Stmt<'m> {
    pub(super) module: &'m Module,
    pub(super) id: StmtId,
}

/// A function, method or lambda of a module.
#[derive(Clone, Copy)]
pub struct Function<'m> {
    pub(super) module: &'m Module,
    pub(super) id: FunctionId,
}

/// A class of a module.
#[derive(Clone, Copy)]
pub struct Class<'m> {
    pub(super) module: &'m Module,
    pub(super) id: ClassId,
}

macro_rules! handle {
    ($($handle:ident => $span:expr;)*) => {$(
        impl From<$handle<'_>> for Span {
            fn from(handle: $handle<'_>) -> Span {
                let span: fn($handle<'_>) -> Span = $span;
                span(handle)
            }
        }
        impl PartialEq for $handle<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.id() == other.id()
            }
        }
        impl Eq for $handle<'_> {}
        impl std::fmt::Debug for $handle<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($handle), self.text())
            }
        }
    )*};
}

handle! {
    Expr => |it| it.span();
    Call => |it| it.span();
    Stmt => |it| it.span();
    Function => |it| it.span();
    Class => |it| it.span();
}

impl<'m> Expr<'m> {
    /// Its number.
    pub fn id(self) -> ExprId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> &'m Module {
        self.module
    }
    fn node(self) -> &'m ExprNode {
        &self.module.syntax.exprs[self.id.0 as usize]
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
        let mut parent = self.parent();
        loop {
            match parent {
                Parent::Stmt(id) => return self.module.stmt(id),
                Parent::Expr(id) => parent = self.module.expr(id).parent(),
            }
        }
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
        let id = self.module.names.scope(self.scope()).function?;
        Some(self.module.function(id))
    }
    /// The scope in which its names are looked up.
    pub(super) fn scope(self) -> ScopeId {
        self.node().scope
    }
    /// The innermost class whose body it stands in, methods passed.
    pub(super) fn class_around(self) -> Option<Class<'m>> {
        let mut scope = Some(self.scope());
        while let Some(id) = scope {
            let node = self.module.names.scope(id);
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
        let values = self.something();
        let named = |it: &Value| matches!(it, Value::External(it) if names.contains(&it.as_str()));
        !values.is_empty() && values.iter().all(named)
    }
    /// The canonical dotted name of the thing from outside that it is. When it may be several, the first.
    pub fn name(self) -> Option<String> {
        let values = self.something();
        let external = values.iter().all(|it| matches!(it, Value::External(_)));
        match values.into_iter().next() {
            Some(Value::External(name)) if external => Some(name),
            _ => None,
        }
    }
    /// What is known of the thing from outside that it is.
    pub fn fact(self) -> Option<&'m Fact> {
        self.module.library().fact(&self.name()?)
    }
    /// Whether it is an instance of this class from outside, or of one that derives from it.
    pub fn is_instance(self, class: &str) -> bool {
        let values = self.something();
        let library = self.module.library();
        let instance = |it: &Value| match it {
            Value::Instance(Type::External(name)) => library.derives(name, class),
            Value::Instance(Type::Local(id)) => {
                let bases = self.module.class(*id).external_bases();
                bases.iter().any(|base| library.derives(base, class))
            }
            _ => false,
        };
        !values.is_empty() && values.iter().all(instance)
    }
    /// The canonical name of the class from outside that it is an instance of. For an instance of a class of this file,
    /// the first base from outside.
    pub fn class(self) -> Option<String> {
        match &self.something()[..] {
            [Value::Instance(Type::External(name))] => Some(name.clone()),
            [Value::Instance(Type::Local(id))] => {
                self.module.class(*id).external_bases().into_iter().next()
            }
            _ => None,
        }
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
    pub fn fact(self) -> Option<&'m Fact> {
        self.callee().fact()
    }
    /// Whether the thing from outside that is called has the property.
    pub fn has(self, tag: Tag) -> bool {
        self.fact().is_some_and(|fact| fact.has(tag))
    }
    /// The function or method of this file that is called, when that is sure.
    pub fn function(self) -> Option<Function<'m>> {
        match &self.callee().something()[..] {
            [Value::Function(id) | Value::Method(id)] => Some(self.expr.module.function(*id)),
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
    /// Whether calling only makes something that has to be awaited: it calls an `async def` of this file, or a library's
    /// coroutine function.
    pub fn is_coroutine(self) -> bool {
        match self.function() {
            Some(function) => function.is_coroutine(),
            None => self.fact().is_some_and(Fact::is_lazy),
        }
    }
}

impl<'m> Stmt<'m> {
    /// Its number.
    pub fn id(self) -> StmtId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> &'m Module {
        self.module
    }
    fn node(self) -> &'m StmtNode {
        &self.module.syntax.stmts[self.id.0 as usize]
    }
    /// What it is.
    pub fn kind(self) -> &'m StmtKind {
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
    /// Whether no other statements stand in it.
    pub fn is_simple(self) -> bool {
        super::order::blocks(self.module, self.id).is_empty()
    }
    /// The whole expressions of the statement itself, those of blocks within it left out. Of a definition, only its decorators.
    pub fn head_expressions(self) -> Vec<Expr<'m>> {
        let ids: Vec<ExprId> = match self.kind() {
            StmtKind::If { branches, .. } => branches.iter().map(|(test, _)| *test).collect(),
            StmtKind::For { target, iter, .. } => vec![*target, *iter],
            StmtKind::While { test, .. } => vec![*test],
            StmtKind::With { items, .. } => {
                items.iter().flat_map(|it| std::iter::once(it.context).chain(it.target)).collect()
            }
            StmtKind::Try { handlers, .. } => {
                handlers.iter().filter_map(|handler| handler.exceptions).collect()
            }
            StmtKind::Match { subject, cases } => {
                subject.iter().copied().chain(cases.iter().filter_map(|it| it.guard)).collect()
            }
            StmtKind::Function(id) => self.module.function(*id).node().decorators.clone(),
            StmtKind::Class(id) => self.module.class(*id).node().decorators.clone(),
            StmtKind::Expr(it) => vec![*it],
            StmtKind::Assign { targets, value } => targets.iter().chain([value]).copied().collect(),
            StmtKind::AugAssign { target, value } => vec![*target, *value],
            StmtKind::AnnAssign { target, annotation, value } => {
                [*target, *annotation].into_iter().chain(*value).collect()
            }
            StmtKind::Return(it) => it.iter().copied().collect(),
            StmtKind::Raise { exception, cause } => {
                exception.iter().chain(cause).copied().collect()
            }
            StmtKind::Delete(parts) | StmtKind::Assert(parts) | StmtKind::Opaque(parts, _) => {
                parts.clone()
            }
            _ => Vec::new(),
        };
        ids.into_iter().map(|id| self.module.expr(id)).collect()
    }
    /// All expressions within it, in the order of the file; those of functions defined in it as well.
    pub fn expressions(self) -> impl Iterator<Item = Expr<'m>> {
        let (from, to) = self.node().exprs;
        (from..to).map(move |id| self.module.expr(ExprId(id)))
    }
    /// The statement it stands in.
    pub fn parent(self) -> Option<Stmt<'m>> {
        self.node().parent.map(|id| self.module.stmt(id))
    }
    /// The statements it stands in, inner ones first, up to the module; function and class definitions are passed.
    pub fn ancestors(self) -> impl Iterator<Item = Stmt<'m>> {
        std::iter::successors(self.parent(), |stmt| stmt.parent())
    }
    /// The function whose code it is.
    pub fn function(self) -> Option<Function<'m>> {
        let id = self.module.names.scope(self.node().scope).function?;
        Some(self.module.function(id))
    }
    /// Where it runs.
    pub fn context(self) -> Context {
        if self.module.order().of(self.id).dead {
            return Context::Never;
        }
        self.function().map_or(Context::Unknown, Function::context)
    }
}

impl<'m> Function<'m> {
    /// Its number.
    pub fn id(self) -> FunctionId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> &'m Module {
        self.module
    }
    /// Its syntax.
    pub fn node(self) -> &'m FunctionNode {
        &self.module.syntax.functions[self.id.0 as usize]
    }
    /// The whole definition, without decorators.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Its name; empty for a lambda.
    pub fn name(self) -> &'m str {
        self.module.slice(self.node().name)
    }
    /// Where its name is; the whole for a lambda.
    pub fn name_span(self) -> Span {
        let node = self.node();
        if node.name.start == node.name.end { node.span } else { node.name }
    }
    /// Its name with the classes and functions it is in: `Client.fetch`, `main.<locals>.inner` is written `main.inner`.
    pub fn qualified_name(self) -> String {
        let name = if self.name().is_empty() { "<lambda>" } else { self.name() };
        match self.module.qualified(self.node().outer) {
            outer if outer.is_empty() => name.to_owned(),
            outer => format!("{outer}.{name}"),
        }
    }
    /// `async def`.
    pub fn is_async(self) -> bool {
        self.node().is_async
    }
    /// Whether calling it makes a coroutine: `async def` and not a generator, and no decorator makes something else of it.
    pub fn is_coroutine(self) -> bool {
        self.is_async() && !self.node().is_generator && self.leaves_function()
    }
    /// Whether its decorators leave it what it is, as far as that is known.
    pub fn leaves_function(self) -> bool {
        self.decorators().all(keeps_function)
    }
    /// Whether it is read like an attribute.
    pub fn is_property(self) -> bool {
        self.decorators().any(|it| it.is_any(&["builtins.property", "functools.cached_property"]))
    }
    /// The class it is a method of.
    pub fn class(self) -> Option<Class<'m>> {
        match self.module.names.scope(self.node().outer).owner {
            ScopeOwner::Class(id) => Some(self.module.class(id)),
            _ => None,
        }
    }
    /// The class of the method that it is, or is defined in.
    pub fn outer_class(self) -> Option<Class<'m>> {
        let mut function = self;
        for _ in 0..8 {
            if let Some(class) = function.class() {
                return Some(class);
            }
            let outer = self.module.names.scope(function.node().outer).function?;
            function = self.module.function(outer);
        }
        None
    }
    /// The statements of its body.
    pub fn body(self) -> impl Iterator<Item = Stmt<'m>> {
        self.node().body.iter().map(move |id| self.module.stmt(*id))
    }
    /// The decorators.
    pub fn decorators(self) -> impl Iterator<Item = Expr<'m>> {
        self.node().decorators.iter().map(move |id| self.module.expr(*id))
    }
    /// Expressions of its own code (not of functions nested in it), in the order of the file.
    pub fn expressions(self) -> impl Iterator<Item = Expr<'m>> {
        let (from, to) = self.node().exprs;
        let all = (from..to).map(move |id| self.module.expr(ExprId(id)));
        all.filter(move |expr| expr.function() == Some(self))
    }
    /// Statements of its own code, in the order of the file.
    pub fn statements(self) -> impl Iterator<Item = Stmt<'m>> {
        let (from, to) = self.node().stmts;
        let all = (from..to).map(move |id| self.module.stmt(StmtId(id)));
        all.filter(move |stmt| stmt.function() == Some(self))
    }
    /// Where its body runs.
    pub fn context(self) -> Context {
        self.module.contexts().of(self.id)
    }
    /// How the event loop comes to run a synchronous function of this file: the calls (or reads of properties) that lead
    /// there, the one in asynchronous code first. `None` when it is not called from there, or is asynchronous itself.
    pub fn chain_from_loop(self) -> Option<Vec<Expr<'m>>> {
        self.module.call_graph().chain(self)
    }
}

/// Whether a decorator gives a function that is asynchronous exactly if the decorated one is.
fn keeps_function(decorator: Expr<'_>) -> bool {
    let decorator = decorator.as_call().map_or(decorator, Call::callee);
    let known = |name: &str| {
        let short = name.rsplit('.').next().unwrap_or_default();
        KEEPING.contains(&short)
            && ["builtins.", "abc.", "typing.", "typing_extensions.", "functools."]
                .iter()
                .any(|module| name.starts_with(module))
    };
    if decorator.name().is_some_and(|name| known(&name)) {
        return true;
    }
    decorator.fact().is_some_and(|fact| fact.kind == super::Kind::Decorator)
}

/// Decorators of the standard library that leave a function what it is.
const KEEPING: [&str; 7] = [
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "override",
    "final",
    "wraps",
    "no_type_check",
];

impl<'m> Class<'m> {
    /// Its number.
    pub fn id(self) -> ClassId {
        self.id
    }
    /// The module it is in.
    pub fn module(self) -> &'m Module {
        self.module
    }
    /// Its syntax.
    pub fn node(self) -> &'m ClassNode {
        &self.module.syntax.classes[self.id.0 as usize]
    }
    /// The whole definition, without decorators.
    pub fn span(self) -> Span {
        self.node().span
    }
    /// Its text.
    pub fn text(self) -> &'m str {
        self.module.slice(self.span())
    }
    /// Its name.
    pub fn name(self) -> &'m str {
        self.module.slice(self.node().name)
    }
    /// Its name with the classes and functions it is in.
    pub fn qualified_name(self) -> String {
        self.module.qualified(self.node().scope)
    }
    /// The methods defined in its body, those under an `if` included.
    pub fn methods(self) -> Vec<Function<'m>> {
        let scope = self.module.names.scope(self.node().scope);
        let bindings = scope.names.values().flatten();
        let functions = bindings.filter_map(|binding| match binding.source {
            Source::Function(id) => Some(id),
            _ => None,
        });
        let mut functions: Vec<FunctionId> = functions.collect();
        functions.sort();
        functions.into_iter().map(|id| self.module.function(id)).collect()
    }
    /// A method by name, of the class or of a base in this file.
    pub fn method(self, name: &str) -> Option<Function<'m>> {
        let (locals, _) = self.module.lineage(self.id);
        let id = locals.into_iter().find_map(|class| self.module.own_method(class, name))?;
        Some(self.module.function(id))
    }
    /// Canonical names of all bases from outside, through bases in this file.
    pub fn external_bases(self) -> Vec<String> {
        self.module.lineage(self.id).1
    }
}
