//! Moves a loose expression with its parts to the file's, in the order in which they begin, and gives each its parent
//! and its scope.

use super::super::ast::*;
use super::super::lower::{ScopeNode, ScopeOwner};
use super::{LooseId, Parser};

impl Parser<'_> {
    /// The expression's number in the file. Afterwards the loose number means nothing.
    pub(super) fn settle(&mut self, loose: LooseId) -> ExprId {
        let it = &mut self.loose[loose.0 as usize];
        let mut kind = std::mem::replace(&mut it.kind, ExprKind::None);
        let id = ExprId(self.out.exprs.len() as u32);
        let (span, parent, scope) = (it.span, self.parent, self.scope);
        self.out.exprs.push(ExprNode { span, parent, scope, kind: ExprKind::None });
        self.parent = Parent::Expr(id);
        self.settle_parts(id, &mut kind);
        self.parent = parent;
        self.out.exprs[id.0 as usize].kind = kind;
        id
    }

    /// [`Parser::settle`], after which no loose expression is left.
    pub(super) fn settled(&mut self, loose: LooseId) -> ExprId {
        let id = self.settle(loose);
        self.loose.clear();
        self.lambdas.clear();
        id
    }

    fn place(&mut self, part: &mut ExprId) {
        *part = self.settle(*part);
    }

    fn settle_parts(&mut self, id: ExprId, kind: &mut ExprKind) {
        match kind {
            ExprKind::Name
            | ExprKind::Str
            | ExprKind::Number
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Ellipsis => {}
            ExprKind::Attribute { value, .. } => self.place(value),
            ExprKind::Call { callee, args } => {
                self.place(callee);
                for arg in args {
                    self.place(&mut arg.value);
                }
            }
            ExprKind::Await(part)
            | ExprKind::Not(part)
            | ExprKind::Unary(part)
            | ExprKind::Starred(part) => self.place(part),
            ExprKind::YieldFrom(part) => {
                self.mark_generator();
                self.place(part);
            }
            ExprKind::Yield(part) => {
                self.mark_generator();
                if let Some(part) = part {
                    self.place(part);
                }
            }
            ExprKind::Lambda(function) => *function = self.settle_lambda(*function, id),
            ExprKind::Comprehension { elements, clauses, .. } => {
                self.settle_comprehension(id, elements, clauses);
            }
            ExprKind::Subscript { value, indices } => {
                self.place(value);
                for index in indices {
                    self.place(index);
                }
            }
            ExprKind::Conditional { test, then, otherwise } => {
                self.place(then);
                self.place(test);
                self.place(otherwise);
            }
            ExprKind::Walrus { target, value } => {
                self.place(target);
                self.place(value);
            }
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    if let Some(key) = key {
                        self.place(key);
                    }
                    self.place(value);
                }
            }
            ExprKind::Binary(parts)
            | ExprKind::Boolean(parts)
            | ExprKind::Compare(parts)
            | ExprKind::Tuple(parts)
            | ExprKind::List(parts)
            | ExprKind::Set(parts)
            | ExprKind::Format(parts)
            | ExprKind::Slice(parts)
            | ExprKind::Opaque(parts) => {
                for part in parts {
                    self.place(part);
                }
            }
        }
    }

    /// A comprehension is a scope of its own, but for its first iterable.
    fn settle_comprehension(
        &mut self,
        id: ExprId,
        elements: &mut [ExprId],
        clauses: &mut [Clause],
    ) {
        let outer = self.scope;
        let scope = self.new_scope(ScopeOwner::Comprehension(id));
        self.scope = scope;
        for element in elements {
            self.place(element);
        }
        let mut first = true;
        for clause in clauses {
            match clause {
                Clause::If(test) => self.place(test),
                Clause::For { target, iter, .. } => {
                    self.place(target);
                    if std::mem::take(&mut first) {
                        self.scope = outer;
                    }
                    self.place(iter);
                    self.scope = scope;
                }
            }
        }
        self.scope = outer;
    }

    fn settle_lambda(&mut self, loose: FunctionId, expr: ExprId) -> FunctionId {
        let lambda = &mut self.lambdas[loose.0 as usize];
        let (mut params, value, span) =
            (std::mem::take(&mut lambda.params), lambda.value, lambda.span);
        let (id, scope) = self.new_function(span);
        self.settle_params(&mut params);
        let outer = std::mem::replace(&mut self.scope, scope);
        let value = self.settle(value);
        self.scope = outer;
        let node = &mut self.out.functions[id.0 as usize];
        (node.expr, node.params, node.value) = (Some(expr), params, Some(value));
        self.end_function(id);
        id
    }

    /// Annotations and defaults belong to the scope around the function.
    pub(super) fn settle_params(&mut self, params: &mut [Param]) {
        for param in params {
            for part in [&mut param.annotation, &mut param.default].into_iter().flatten() {
                self.place(part);
            }
        }
    }

    pub(super) fn new_scope(&mut self, owner: ScopeOwner) -> ScopeId {
        let id = ScopeId(self.out.scopes.len() as u32);
        self.out.scopes.push(ScopeNode { owner, outer: Some(self.scope) });
        id
    }

    /// Notes that the function whose code this is has a `yield`.
    fn mark_generator(&mut self) {
        let mut scope = self.scope;
        loop {
            let node = self.out.scopes[scope.0 as usize];
            match (node.owner, node.outer) {
                (ScopeOwner::Function(id), _) => {
                    self.out.functions[id.0 as usize].is_generator = true;
                    return;
                }
                (ScopeOwner::Comprehension(_), Some(outer)) => scope = outer,
                _ => return,
            }
        }
    }
}
