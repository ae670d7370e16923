//! Which names each scope binds, where, and to what.

use super::table::{Set, Table};

use super::Span;
use super::ast::*;
use super::lower::{ScopeOwner, Syntax};

/// A scope with its names.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) owner: ScopeOwner,
    pub(super) outer: Option<ScopeId>,
    /// The function whose code this is, through comprehensions and class bodies.
    pub(super) function: Option<FunctionId>,
    pub(super) names: Table<String, Vec<Binding>>,
    globals: Set<String>,
    nonlocals: Set<String>,
    /// Modules whose names are all imported, in order.
    pub(super) stars: Vec<String>,
}

/// One place that gives a name a value.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// Byte from which on the name has the value.
    pub(super) from: u32,
    /// The statement that binds; `None` for parameters and comprehension variables.
    pub(super) stmt: Option<StmtId>,
    /// The name where it is bound, if that is an expression.
    pub(super) target: Option<ExprId>,
    pub(super) source: Origin,
}

/// Where a bound value comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// `import a.b`: a module.
    Import(String),
    /// `from a import b`: a module, how many dots lead its name, and a name of it.
    From {
        module: String,
        level: u32,
        name: String,
    },
    Function(FunctionId),
    Class(ClassId),
    Param(FunctionId, usize),
    /// A part of an expression's value.
    Value(ExprId, Vec<Step>),
    /// An annotated name, perhaps with a value.
    Annotated(ExprId, Option<ExprId>),
    Deleted,
    /// Something that is not followed.
    Unknown,
}

/// How a part is taken out of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Unpacked at this position.
    Item(usize),
    /// One of the items of an iteration.
    Each,
    /// What `with` binds.
    Enter,
    /// What `async with` binds.
    AsyncEnter,
}

/// All that names are bound to in a file.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) scopes: Vec<Scope>,
    /// Of names that the module replaces, the position of the first binding that functions may find.
    pub(super) lasting: Table<String, u32>,
    /// Whether all names of some module are imported somewhere.
    pub(super) has_stars: bool,
    /// Values given to `self.name` (and `cls.name`) in methods, by class.
    pub(super) attributes: Table<ClassId, Table<String, Vec<Origin>>>,
    /// All expressions that are just a name, by name, in order.
    pub(super) uses: Table<String, Vec<ExprId>>,
    /// Names and attributes that are assigned to where they stand.
    pub(super) stores: Set<ExprId>,
}

/// Collects what the syntax binds.
pub(super) fn bind(syntax: &Syntax, text: &str) -> Names {
    let mut binder = Binder { syntax, text, names: empty(syntax) };
    for (index, function) in syntax.functions.iter().enumerate() {
        binder.params(FunctionId(index as u32), function);
    }
    for (index, stmt) in syntax.stmts.iter().enumerate() {
        binder.stmt(StmtId(index as u32), stmt);
    }
    for (index, expr) in syntax.exprs.iter().enumerate() {
        binder.expr(ExprId(index as u32), expr);
    }
    binder.move_declared();
    for scope in &mut binder.names.scopes {
        for bindings in scope.names.values_mut() {
            bindings.sort_by_key(|binding| binding.from);
        }
    }
    let Names { scopes, lasting, has_stars, .. } = &mut binder.names;
    *lasting = super::lasting::lasting(syntax, scopes);
    *has_stars = scopes.iter().any(|scope| !scope.stars.is_empty());
    binder.names
}

fn empty(syntax: &Syntax) -> Names {
    let mut scopes: Vec<Scope> = Vec::with_capacity(syntax.scopes.len());
    for node in &syntax.scopes {
        let function = match node.owner {
            ScopeOwner::Function(id) => Some(id),
            _ => node.outer.and_then(|outer| scopes[outer.0 as usize].function),
        };
        scopes.push(Scope {
            owner: node.owner,
            outer: node.outer,
            function,
            names: Table::default(),
            globals: Set::default(),
            nonlocals: Set::default(),
            stars: Vec::new(),
        });
    }
    let (lasting, has_stars, attributes, uses, stores) = Default::default();
    Names { scopes, lasting, has_stars, attributes, uses, stores }
}

impl Names {
    pub(super) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// The scope that a name is looked up in from another one, if any binds it.
    pub(super) fn find(&self, from: ScopeId, name: &str) -> Option<ScopeId> {
        let (mut at, mut first) = (from, true);
        loop {
            let scope = self.scope(at);
            if scope.globals.contains(name) {
                return self.scope(ScopeId(0)).names.contains_key(name).then_some(ScopeId(0));
            }
            let visible = first || !matches!(scope.owner, ScopeOwner::Class(_));
            if visible && scope.names.contains_key(name) {
                return Some(at);
            }
            first &= matches!(scope.owner, ScopeOwner::Comprehension(_));
            at = scope.outer?;
        }
    }
}

struct Binder<'a> {
    syntax: &'a Syntax,
    text: &'a str,
    names: Names,
}

impl Binder<'_> {
    fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn node(&self, id: ExprId) -> &ExprNode {
        &self.syntax.exprs[id.0 as usize]
    }

    fn add(&mut self, scope: ScopeId, name: &str, binding: Binding) {
        let names = &mut self.names.scopes[scope.0 as usize].names;
        names.entry(name.to_owned()).or_default().push(binding);
    }

    fn params(&mut self, id: FunctionId, function: &FunctionNode) {
        for (index, param) in function.params.iter().enumerate() {
            let name = self.slice(param.name).to_owned();
            let source = Origin::Param(id, index);
            let from = function.span.start;
            self.add(function.scope, &name, Binding { from, stmt: None, target: None, source });
        }
    }

    fn stmt(&mut self, id: StmtId, stmt: &StmtNode) {
        let end = stmt.span.end;
        let bind = |source| Binding { from: end, stmt: Some(id), target: None, source };
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    self.target(*target, Some(id), end, Origin::Value(*value, Vec::new()));
                }
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.target(*target, Some(id), end, Origin::Annotated(*annotation, *value));
            }
            StmtKind::AugAssign { target, .. } => {
                self.target(*target, Some(id), end, Origin::Unknown);
            }
            StmtKind::For { target, iter, .. } => {
                let at = self.node(*iter).span.end;
                self.target(*target, Some(id), at, Origin::Value(*iter, vec![Step::Each]));
            }
            StmtKind::With { is_async, items, .. } => {
                let step = if *is_async { Step::AsyncEnter } else { Step::Enter };
                for item in items {
                    let Some(target) = item.target else { continue };
                    let at = self.node(target).span.end;
                    self.target(target, Some(id), at, Origin::Value(item.context, vec![step]));
                }
            }
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.target(*target, Some(id), end, Origin::Deleted);
                }
            }
            StmtKind::Try { handlers, .. } => {
                for handler in handlers {
                    let Some(name) = handler.name else { continue };
                    let at = self.node(name).span.end;
                    self.target(name, Some(id), at, Origin::Unknown);
                }
            }
            StmtKind::Match { cases, .. } => {
                for capture in cases.iter().flat_map(|case| &case.captures) {
                    let at = self.node(*capture).span.end;
                    self.target(*capture, Some(id), at, Origin::Unknown);
                }
            }
            StmtKind::Function(function) => {
                let node = &self.syntax.functions[function.0 as usize];
                let (name, scope) = (self.slice(node.name).to_owned(), node.outer);
                // Recursive calls see the name, so it counts from the start.
                let from = node.span.start;
                self.add(scope, &name, Binding { from, ..bind(Origin::Function(*function)) });
            }
            StmtKind::Class(class) => {
                let node = &self.syntax.classes[class.0 as usize];
                let (name, scope) = (self.slice(node.name).to_owned(), node.outer);
                let from = node.span.start;
                self.add(scope, &name, Binding { from, ..bind(Origin::Class(*class)) });
            }
            StmtKind::Import(names) => {
                for alias in names {
                    let name = if alias.renamed { &alias.name } else { &alias.bound };
                    self.add(stmt.scope, &alias.bound, bind(Origin::Import(name.clone())));
                }
            }
            StmtKind::ImportFrom { module, level, names, star } => {
                for alias in names {
                    let (module, name) = (module.clone(), alias.name.clone());
                    let origin = Origin::From { module, level: *level, name };
                    self.add(stmt.scope, &alias.bound, bind(origin));
                }
                if *star {
                    let stars = &mut self.names.scopes[stmt.scope.0 as usize].stars;
                    stars.push(format!("{}{module}", ".".repeat(*level as usize)));
                }
            }
            StmtKind::Global(names) => self.declare(stmt.scope, names, |scope| &mut scope.globals),
            StmtKind::Nonlocal(names) => {
                self.declare(stmt.scope, names, |scope| &mut scope.nonlocals);
            }
            _ => {}
        }
    }

    fn declare(
        &mut self,
        scope: ScopeId,
        names: &[Span],
        set: impl Fn(&mut Scope) -> &mut Set<String>,
    ) {
        for name in names {
            let name = self.slice(*name).to_owned();
            set(&mut self.names.scopes[scope.0 as usize]).insert(name);
        }
    }

    fn expr(&mut self, id: ExprId, expr: &ExprNode) {
        match &expr.kind {
            ExprKind::Name => {
                let name = self.slice(expr.span).to_owned();
                self.names.uses.entry(name).or_default().push(id);
            }
            ExprKind::Walrus { target, value } => {
                // It binds in the function, not in the comprehension it may stand in.
                let mut scope = expr.scope;
                while let ScopeOwner::Comprehension(_) = self.names.scope(scope).owner {
                    let Some(outer) = self.names.scope(scope).outer else { break };
                    scope = outer;
                }
                let name = self.slice(self.node(*target).span).to_owned();
                let binding = Binding {
                    from: expr.span.end,
                    stmt: Some(self.stmt_of(id)),
                    target: Some(*target),
                    source: Origin::Value(*value, Vec::new()),
                };
                self.names.stores.insert(*target);
                self.add(scope, &name, binding);
            }
            ExprKind::Comprehension { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { target, iter, .. } = clause {
                        let source = Origin::Value(*iter, vec![Step::Each]);
                        self.target(*target, None, expr.span.start, source);
                    }
                }
            }
            _ => {}
        }
    }

    fn stmt_of(&self, id: ExprId) -> StmtId {
        let mut parent = self.node(id).parent;
        loop {
            match parent {
                Parent::Stmt(id) => return id,
                Parent::Expr(id) => parent = self.node(id).parent,
            }
        }
    }

    /// Binds all names of a target.
    fn target(&mut self, target: ExprId, stmt: Option<StmtId>, from: u32, source: Origin) {
        let node = self.node(target);
        let scope = node.scope;
        match node.kind.clone() {
            ExprKind::Name => {
                let name = self.slice(node.span).to_owned();
                self.names.stores.insert(target);
                self.add(scope, &name, Binding { from, stmt, target: Some(target), source });
            }
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                let mut exact = true;
                for (index, part) in parts.into_iter().enumerate() {
                    exact &= !matches!(self.node(part).kind, ExprKind::Starred(_));
                    let source = match &source {
                        Origin::Value(value, steps) if exact => {
                            let mut steps = steps.clone();
                            steps.push(Step::Item(index));
                            Origin::Value(*value, steps)
                        }
                        Origin::Deleted => Origin::Deleted,
                        _ => Origin::Unknown,
                    };
                    self.target(part, stmt, from, source);
                }
            }
            ExprKind::Starred(inner) => self.target(inner, stmt, from, Origin::Unknown),
            ExprKind::Attribute { value, name } => {
                self.names.stores.insert(target);
                self.attribute(value, name, source);
            }
            _ => {}
        }
    }

    /// `self.name = …` in a method, or `cls.name = …`.
    fn attribute(&mut self, value: ExprId, name: Span, source: Origin) {
        let node = self.node(value);
        if !matches!(node.kind, ExprKind::Name) {
            return;
        }
        let Some(function) = self.names.scope(node.scope).function else { return };
        let Some(class) = self.method_of(function, self.slice(node.span)) else { return };
        let name = self.slice(name).to_owned();
        let sources = self.names.attributes.entry(class).or_default();
        sources.entry(name).or_default().push(source);
    }

    /// The class whose instance (or self) the name is, in a method or in a function within one.
    fn method_of(&self, mut function: FunctionId, name: &str) -> Option<ClassId> {
        for _ in 0..8 {
            let node = &self.syntax.functions[function.0 as usize];
            let first = node.params.first().map(|param| self.slice(param.name));
            match self.names.scope(node.outer).owner {
                ScopeOwner::Class(class) => return (first == Some(name)).then_some(class),
                _ if node.params.iter().any(|param| self.slice(param.name) == name) => return None,
                _ => function = self.names.scope(node.outer).function?,
            }
        }
        None
    }

    /// Moves what was bound under a `global` or `nonlocal` declaration to the scope it belongs to.
    fn move_declared(&mut self) {
        for index in 0..self.names.scopes.len() {
            let scope = &mut self.names.scopes[index];
            let declared = scope.globals.iter().map(|name| (name.clone(), true));
            let declared: Vec<_> =
                declared.chain(scope.nonlocals.iter().map(|name| (name.clone(), false))).collect();
            for (name, is_global) in declared {
                let Some(bindings) = self.names.scopes[index].names.remove(&name) else { continue };
                let outer = self.names.scopes[index].outer;
                let to = match outer {
                    Some(outer) if !is_global => self.names.find(outer, &name),
                    _ => Some(ScopeId(0)),
                };
                let Some(to) = to else { continue };
                let names = &mut self.names.scopes[to.0 as usize].names;
                names.entry(name).or_default().extend(bindings);
            }
        }
    }
}
