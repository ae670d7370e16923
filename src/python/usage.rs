//! What becomes of a value: where it is bound, where it is used, what bounds it.

use super::table::Table;
use std::rc::Rc;

use super::ast::*;
use super::bind::Origin;
use super::handles::{Expr, Stmt};
use super::order::Arm;
use super::reaching::reaching;
use super::{Module, Span, Tag, TextEdit, Value};

/// Most uses of one variable that are looked at.
const MOST_USES: usize = 500;

impl<'m> Expr<'m> {
    /// The names that it is bound to where it stands: `a = b = THIS`, `async with THIS as a`, `(a := THIS)`; also when it is
    /// awaited there. Targets that are attributes or subscripts are given as well.
    pub fn bound_to(self) -> Vec<Expr<'m>> {
        let module = self.module();
        let mut expr = self;
        if let Some(parent) = expr.parent_expr().filter(|_| expr.is_awaited()) {
            expr = parent;
        }
        let mut bound = Vec::new();
        while let Some(parent) = expr.parent_expr() {
            match parent.kind() {
                ExprKind::Walrus { target, value } if *value == expr.id() => bound.push(*target),
                _ => return bound.into_iter().map(|id| module.expr(id)).collect(),
            }
            expr = parent;
        }
        match expr.stmt().kind() {
            StmtKind::Assign { targets, value } if *value == expr.id() => bound.extend(targets),
            StmtKind::AnnAssign { target, value, .. } if *value == Some(expr.id()) => {
                bound.push(*target);
            }
            StmtKind::With { items, .. } => {
                let item = items.iter().find(|item| item.context == expr.id());
                bound.extend(item.and_then(|item| item.target));
            }
            _ => {}
        }
        bound.into_iter().map(|id| module.expr(id)).collect()
    }

    /// Where the variable that this name binds (an assignment's target, say) is read while it has the value it gets here: in
    /// its function, and in functions nested in it, in the order of the file.
    pub fn uses(self) -> Vec<Expr<'m>> {
        let module = self.module();
        let Some(name) = self.as_name() else { return Vec::new() };
        let Some(scope) = module.names().find(self.scope(), name) else { return Vec::new() };
        let key = (scope, name.to_owned());
        let known = module.known().uses.borrow().get(&key).cloned();
        let uses = known.unwrap_or_else(|| {
            let uses = Rc::new(module.uses_of(scope, name));
            module.known().uses.borrow_mut().insert(key, Rc::clone(&uses));
            uses
        });
        let own = uses.get(&self.id()).map(Vec::as_slice).unwrap_or_default();
        own.iter().map(|id| module.expr(*id)).collect()
    }

    /// Whether it is assigned to (or deleted) where it stands, rather than read.
    pub fn is_store(self) -> bool {
        self.module().names().stores.contains(&self.id())
    }

    /// Whether it runs under something that bounds its time: `async with asyncio.timeout(…)`, `wait_for(THIS, …)`.
    pub fn is_time_bound(self) -> bool {
        let bounds = |expr: Expr<'m>| {
            expr.as_call().is_some_and(|call| {
                let never = |it: Expr<'_>| matches!(it.kind(), ExprKind::None);
                call.has(Tag::Bounds) && !call.args().iter().any(|arg| never(arg.value))
            })
        };
        if self.ancestors().any(bounds) {
            return true;
        }
        let function = self.function();
        let around = std::iter::once(self.stmt()).chain(self.stmt().ancestors());
        let around = around.take_while(|stmt| stmt.function() == function);
        around.filter(|stmt| self.is_in_body_of(*stmt)).any(|stmt| match stmt.kind() {
            StmtKind::With { items, .. } => {
                items.iter().any(|item| bounds(self.module().expr(item.context)))
            }
            _ => false,
        })
    }

    /// Whether it stands in the statement's body, not in its head.
    fn is_in_body_of(self, stmt: Stmt<'m>) -> bool {
        self.stmt() != stmt
    }

    /// Whether it stands in the body of a loop (or a comprehension) of the same function.
    pub fn in_loop(self) -> bool {
        let function = self.function();
        let comprehension = self.ancestors().any(|it| {
            matches!(it.kind(), ExprKind::Comprehension { .. })
                && it.function() == function
                && it.scope() != self.scope()
        });
        if comprehension || matches!(self.stmt().kind(), StmtKind::While { .. }) {
            return true;
        }
        let mut inner = self.stmt();
        for outer in inner.ancestors() {
            if outer.function() != function || matches!(outer.kind(), StmtKind::Function(_)) {
                return false;
            }
            let repeats = matches!(outer.kind(), StmtKind::For { .. } | StmtKind::While { .. });
            if repeats && self.module().order().of(inner.id()).arm == Arm::Body {
                return true;
            }
            inner = outer;
        }
        false
    }
}

impl<'m> Module<'m> {
    /// Where the variable of a scope is read, by the names that may have given it the value it has there.
    fn uses_of(self, scope: ScopeId, name: &str) -> Table<ExprId, Vec<ExprId>> {
        let names = self.names();
        let all = names.uses.get(name).map(Vec::as_slice).unwrap_or_default();
        let all = match names.scope(scope).function {
            Some(function) => {
                let (from, to) = self.function(function).node().exprs;
                let first = all.partition_point(|id| id.0 < from);
                &all[first..all.partition_point(|id| id.0 < to)]
            }
            None => all,
        };
        let mut uses: Table<ExprId, Vec<ExprId>> = Table::default();
        for id in all.iter().take(MOST_USES).filter(|id| !names.stores.contains(id)) {
            let expr = self.expr(*id);
            if names.find(expr.scope(), name) == Some(scope) {
                for target in reaching(expr, scope, name).iter().filter_map(|it| it.target) {
                    let reads = uses.entry(target).or_default();
                    if reads.last() != Some(id) {
                        reads.push(*id);
                    }
                }
            }
        }
        uses
    }

    /// How to write a name from outside (`asyncio.sleep`) at an expression, and what has to be inserted into the file for
    /// that (nothing, if it is imported already).
    pub fn reference(self, at: Expr<'m>, name: &str) -> (String, Vec<TextEdit>) {
        let (module, attribute) = name.rsplit_once('.').unwrap_or(("", name));
        let imports = self.imports();
        let seen = |(scope, bound): &&(ScopeId, String), meant: &str| {
            self.names().find(at.scope(), bound) == Some(*scope)
                && self.look_up(at, bound).iter().all(|it| *it == Value::External(meant.to_owned()))
        };
        let bound = |meant: &str| {
            let bound = imports.get(meant).into_iter().flatten().take(8);
            bound.into_iter().find(|it| seen(it, meant)).map(|(_, bound)| bound.clone())
        };
        if let Some(bound) = bound(name) {
            return (bound, Vec::new());
        }
        if let Some(bound) = bound(module) {
            return (format!("{bound}.{attribute}"), Vec::new());
        }
        (name.to_owned(), vec![self.import(module)])
    }

    /// Scopes and names to which imports bind things, by the things' canonical names.
    fn imports(self) -> &'m Table<String, Vec<(ScopeId, String)>> {
        self.known().imports.get_or_init(|| {
            let mut imports: Table<String, Vec<(ScopeId, String)>> = Table::default();
            for (index, scope) in self.names().scopes.iter().enumerate() {
                for (bound, bindings) in &scope.names {
                    for binding in bindings {
                        let name = match &binding.source {
                            Origin::Import(name) => self.library().canonical(name),
                            Origin::From { module, level: 0, name } => {
                                self.library().canonical(&format!("{module}.{name}"))
                            }
                            _ => continue,
                        };
                        let place = (ScopeId(index as u32), bound.clone());
                        imports.entry(name).or_default().push(place);
                    }
                }
            }
            imports.values_mut().for_each(|places| places.sort());
            imports
        })
    }

    /// Inserts an import in front of the first one that the file has, else behind its docstring.
    fn import(self, module: &str) -> TextEdit {
        let text = format!("import {module}\n");
        let is_import = |it: &Stmt<'m>| match it.kind() {
            StmtKind::Import(_) => true,
            StmtKind::ImportFrom { module, .. } => module != "__future__",
            _ => false,
        };
        if let Some(first) = self.body().find(is_import) {
            return TextEdit::before(
                Span::at(self.lines().start(self.lines().line(first.span().start))),
                text,
            );
        }
        let head = self.body().take_while(|it| {
            matches!(it.kind(), StmtKind::ImportFrom { .. })
                || self.text()[it.span().range()].starts_with("from __future__")
                || matches!(it.kind(), StmtKind::Expr(id) if matches!(self.expr(*id).kind(), ExprKind::Str))
        });
        let line = head.last().map_or(1, |it| self.lines().line(it.span().end) + 1);
        TextEdit::before(Span::at(self.lines().start(line)), text)
    }
}
