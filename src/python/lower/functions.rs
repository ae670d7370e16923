//! Functions, lambdas, parameters, classes.

use super::super::ast::*;
use super::{Field, Kind, Lower, ScopeOwner, Span};

impl Lower<'_> {
    fn new_function(&mut self, span: Span) -> (FunctionId, ScopeId) {
        self.out.open_function(span, self.scope)
    }

    fn end_function(&mut self, id: FunctionId) {
        let (exprs, stmts) = (self.out.exprs.len() as u32, self.out.stmts.len() as u32);
        let function = self.function_mut(id);
        function.exprs.1 = exprs;
        function.stmts.1 = stmts;
    }

    fn function_mut(&mut self, id: FunctionId) -> &mut FunctionNode {
        &mut self.out.functions[id.0 as usize]
    }

    pub(super) fn lambda(&mut self) -> ExprId {
        self.make(self.span(), |me, expr| {
            let (id, scope) = me.new_function(me.span());
            me.function_mut(id).expr = Some(expr);
            let (mut params, mut value) = (Vec::new(), None);
            me.each(|me, _, field| match field {
                Field::Parameters => params = me.params(),
                Field::Body => value = Some(me.in_scope(scope, Self::expr)),
                _ => {}
            });
            me.function_mut(id).params = params;
            me.function_mut(id).value = value;
            me.end_function(id);
            ExprKind::Lambda(id)
        })
    }

    /// The function definition under the cursor, as the statement `stmt`.
    pub(super) fn function(&mut self, stmt: StmtId, decorators: Vec<ExprId>) -> StmtKind {
        let (id, scope) = self.new_function(self.span());
        self.function_mut(id).stmt = Some(stmt);
        self.function_mut(id).decorators = decorators;
        self.each(|me, kind, field| match field {
            Field::Name => me.function_mut(id).name = me.span(),
            Field::Parameters => me.function_mut(id).params = me.params(),
            Field::ReturnType => me.function_mut(id).returns = Some(me.expr()),
            Field::Body => me.function_mut(id).body = me.in_scope(scope, Self::block),
            _ if kind == Kind::AsyncToken => me.function_mut(id).is_async = true,
            _ => {}
        });
        self.end_function(id);
        StmtKind::Function(id)
    }

    /// The class definition under the cursor, as the statement `stmt`.
    pub(super) fn class(&mut self, stmt: StmtId, decorators: Vec<ExprId>) -> StmtKind {
        let id = ClassId(self.out.classes.len() as u32);
        let (span, outer) = (self.span(), self.scope);
        let scope = self.new_scope(ScopeOwner::Class(id));
        let name = Span::at(span.start);
        let (bases, body) = (Vec::new(), Vec::new());
        let class = ClassNode { name, span, stmt, decorators, bases, body, scope, outer };
        self.out.classes.push(class);
        self.each(|me, _, field| match field {
            Field::Name => me.out.classes[id.0 as usize].name = me.span(),
            Field::Superclasses => me.out.classes[id.0 as usize].bases = me.arguments(),
            Field::Body => {
                me.out.classes[id.0 as usize].body = me.in_scope(scope, Self::block);
            }
            _ => {}
        });
        StmtKind::Class(id)
    }

    /// The parameters under the cursor. Defaults and annotations are the enclosing scope's.
    fn params(&mut self) -> Vec<Param> {
        let (mut params, mut keyword_only) = (Vec::new(), false);
        self.each(|me, kind, _| match kind {
            Kind::KeywordSeparator => keyword_only = true,
            Kind::PositionalSeparator => {}
            _ if me.is_named() => {
                let mut param = me.param(kind);
                keyword_only |= param.kind == ParamKind::Star;
                if keyword_only && param.kind == ParamKind::Plain {
                    param.kind = ParamKind::KeywordOnly;
                }
                params.push(param);
            }
            _ => {}
        });
        params
    }

    fn param(&mut self, kind: Kind) -> Param {
        let mut param =
            Param { name: self.span(), kind: ParamKind::Plain, annotation: None, default: None };
        match kind {
            Kind::ListSplatPattern | Kind::DictionarySplatPattern => self.splat(kind, &mut param),
            Kind::TypedParameter | Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                self.each(|me, kind, field| match (field, kind) {
                    (Field::Type, _) => param.annotation = Some(me.expr()),
                    (Field::Value, _) => param.default = Some(me.expr()),
                    (_, Kind::ListSplatPattern | Kind::DictionarySplatPattern) => {
                        me.splat(kind, &mut param);
                    }
                    _ if me.is_named() => param.name = me.span(),
                    _ => {}
                });
            }
            _ => {}
        }
        param
    }

    fn splat(&mut self, kind: Kind, param: &mut Param) {
        param.kind = match kind {
            Kind::ListSplatPattern => ParamKind::Star,
            _ => ParamKind::DoubleStar,
        };
        self.each(|me, _, _| {
            if me.is_named() {
                param.name = me.span();
            }
        });
    }
}
