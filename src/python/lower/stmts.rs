//! Statements and blocks.

use super::super::ast::*;
use super::{Field, Kind, Lower, Parent, Span, is_expression, is_statement};

impl Lower<'_> {
    /// The statements among the children.
    pub(super) fn block(&mut self) -> Block {
        let mut block = Vec::new();
        self.each(|me, kind, _| {
            if is_statement(kind) || kind == Kind::Error || is_expression(kind) {
                block.push(me.stmt());
            } else if kind == Kind::Block {
                block.append(&mut me.block());
            }
        });
        block
    }

    fn stmt(&mut self) -> StmtId {
        let id = StmtId(self.out.stmts.len() as u32);
        let (span, parent, scope) = (self.span(), self.stmt_parent, self.scope);
        let kind = StmtKind::Opaque(Vec::new(), Vec::new());
        let exprs = (self.out.exprs.len() as u32, 0);
        self.out.stmts.push(StmtNode { span, parent, scope, exprs, kind });
        let outer_expr = std::mem::replace(&mut self.parent, Parent::Stmt(id));
        let outer_stmt = self.stmt_parent.replace(id);
        let kind = self.deeper(|me| me.stmt_here(id));
        self.parent = outer_expr;
        self.stmt_parent = outer_stmt;
        self.out.stmts[id.0 as usize].exprs.1 = self.out.exprs.len() as u32;
        if let Some(kind) = kind {
            self.out.stmts[id.0 as usize].kind = kind;
        }
        id
    }

    fn stmt_here(&mut self, id: StmtId) -> StmtKind {
        match self.kind() {
            Kind::ExpressionStatement => self.expression_statement(),
            Kind::ReturnStatement => StmtKind::Return(self.first_part()),
            Kind::RaiseStatement => self.raise(),
            Kind::DeleteStatement => StmtKind::Delete(self.parts()),
            Kind::PassStatement => StmtKind::Pass,
            Kind::BreakStatement => StmtKind::Break,
            Kind::ContinueStatement => StmtKind::Continue,
            Kind::GlobalStatement => StmtKind::Global(self.names()),
            Kind::NonlocalStatement => StmtKind::Nonlocal(self.names()),
            Kind::AssertStatement => StmtKind::Assert(self.parts()),
            Kind::ImportStatement => StmtKind::Import(self.import_names()),
            Kind::ImportFromStatement => self.import_from(),
            Kind::IfStatement => self.if_statement(),
            Kind::ForStatement => self.for_statement(),
            Kind::WhileStatement => self.while_statement(),
            Kind::WithStatement => self.with_statement(),
            Kind::TryStatement => self.try_statement(),
            Kind::MatchStatement => self.match_statement(),
            Kind::FunctionDefinition => self.function(id, Vec::new()),
            Kind::ClassDefinition => self.class(id, Vec::new()),
            Kind::DecoratedDefinition => self.decorated(id),
            Kind::TypeAliasStatement => self.type_alias(),
            kind if is_expression(kind) => StmtKind::Expr(self.expr()),
            _ => self.opaque(),
        }
    }

    fn opaque(&mut self) -> StmtKind {
        let (mut exprs, mut block) = (Vec::new(), Vec::new());
        self.each(|me, kind, _| {
            if is_statement(kind) || kind == Kind::Error {
                block.push(me.stmt());
            } else if kind == Kind::Block {
                block.append(&mut me.block());
            } else if is_expression(kind) || kind == Kind::Chevron || kind == Kind::ArgumentList {
                exprs.push(me.expr());
            }
        });
        StmtKind::Opaque(exprs, block)
    }

    fn first_part(&mut self) -> Option<ExprId> {
        self.parts().into_iter().next()
    }

    fn raise(&mut self) -> StmtKind {
        let (mut exception, mut cause) = (None, None);
        self.each(|me, _, field| {
            if field == Field::Cause {
                cause = Some(me.expr());
            } else if exception.is_none() && me.is_named() {
                exception = Some(me.expr());
            }
        });
        StmtKind::Raise { exception, cause }
    }

    fn decorated(&mut self, id: StmtId) -> StmtKind {
        let (mut decorators, mut kind) = (Vec::new(), None);
        self.each(|me, child, _| match child {
            Kind::Decorator => decorators.append(&mut me.parts()),
            Kind::FunctionDefinition => {
                kind = Some(me.function(id, std::mem::take(&mut decorators)));
            }
            Kind::ClassDefinition => kind = Some(me.class(id, std::mem::take(&mut decorators))),
            _ => {}
        });
        let kind = kind.unwrap_or(StmtKind::Opaque(decorators, Vec::new()));
        self.out.stmts[id.0 as usize].span = match &kind {
            StmtKind::Function(id) => self.out.functions[id.0 as usize].span,
            StmtKind::Class(id) => self.out.classes[id.0 as usize].span,
            _ => self.span(),
        };
        kind
    }

    fn if_statement(&mut self) -> StmtKind {
        let (mut branches, mut otherwise) = (Vec::new(), Vec::new());
        let mut test = None;
        self.each(|me, kind, field| match (field, kind) {
            (Field::Condition, _) => test = Some(me.expr()),
            (Field::Consequence, _) => {
                let test = test.take().unwrap_or_else(|| me.missing());
                branches.push((test, me.block()));
            }
            (_, Kind::ElifClause) => branches.push(me.elif()),
            (_, Kind::ElseClause) => otherwise = me.clause_body(),
            _ => {}
        });
        StmtKind::If { branches, otherwise }
    }

    fn elif(&mut self) -> (ExprId, Block) {
        let (mut test, mut body) = (None, Vec::new());
        self.each(|me, _, field| match field {
            Field::Condition => test = Some(me.expr()),
            Field::Consequence => body = me.block(),
            _ => {}
        });
        (test.unwrap_or_else(|| self.missing()), body)
    }

    /// The block of an `else` or `finally`.
    pub(super) fn clause_body(&mut self) -> Block {
        let mut body = Vec::new();
        self.each(|me, kind, _| {
            if kind == Kind::Block {
                body.append(&mut me.block());
            }
        });
        body
    }

    fn for_statement(&mut self) -> StmtKind {
        let (mut is_async, mut target, mut iter) = (false, None, None);
        let (mut body, mut otherwise) = (Vec::new(), Vec::new());
        self.each(|me, kind, field| match (field, kind) {
            (Field::Left, _) => target = Some(me.expr()),
            (Field::Right, _) => iter = Some(me.expr()),
            (Field::Body, _) => body = me.block(),
            (_, Kind::ElseClause) => otherwise = me.clause_body(),
            (_, Kind::AsyncToken) => is_async = true,
            _ => {}
        });
        let target = target.unwrap_or_else(|| self.missing());
        let iter = iter.unwrap_or_else(|| self.missing());
        StmtKind::For { is_async, target, iter, body, otherwise }
    }

    fn while_statement(&mut self) -> StmtKind {
        let (mut test, mut body, mut otherwise) = (None, Vec::new(), Vec::new());
        self.each(|me, kind, field| match (field, kind) {
            (Field::Condition, _) => test = Some(me.expr()),
            (Field::Body, _) => body = me.block(),
            (_, Kind::ElseClause) => otherwise = me.clause_body(),
            _ => {}
        });
        StmtKind::While { test: test.unwrap_or_else(|| self.missing()), body, otherwise }
    }

    fn with_statement(&mut self) -> StmtKind {
        let (mut is_async, mut items, mut body) = (false, Vec::new(), Vec::new());
        self.each(|me, kind, field| match (field, kind) {
            (Field::Body, _) => body = me.block(),
            (_, Kind::WithClause) => me.with_clause(&mut items),
            (_, Kind::AsyncToken) => is_async = true,
            _ => {}
        });
        StmtKind::With { is_async, items, body }
    }

    fn with_clause(&mut self, items: &mut Vec<WithItem>) {
        self.each(|me, kind, _| {
            if kind == Kind::WithItem {
                me.each(|me, _, field| {
                    if field == Field::Value {
                        me.with_item(items);
                    }
                });
            }
        });
    }

    /// The context under the cursor. The parser takes `(a as b, c as d)` for a tuple at times.
    fn with_item(&mut self, items: &mut Vec<WithItem>) {
        match self.kind() {
            Kind::AsPattern => {
                let (context, target) = self.as_pattern();
                items.push(WithItem { context, target });
            }
            Kind::Tuple | Kind::ParenthesizedExpression if self.has_as_pattern() => {
                self.each(|me, _, _| {
                    if me.is_named() {
                        me.with_item(items);
                    }
                });
            }
            _ => items.push(WithItem { context: self.expr(), target: None }),
        }
    }

    fn has_as_pattern(&mut self) -> bool {
        let mut found = false;
        self.each(|_, kind, _| found |= kind == Kind::AsPattern);
        found
    }

    /// `value as target`.
    fn as_pattern(&mut self) -> (ExprId, Option<ExprId>) {
        let (mut value, mut target) = (None, None);
        self.each(|me, _, field| {
            if field == Field::Alias {
                target = Some(me.expr());
            } else if value.is_none() && me.is_named() {
                value = Some(me.expr());
            }
        });
        (value.unwrap_or_else(|| self.missing()), target)
    }

    fn try_statement(&mut self) -> StmtKind {
        let (mut body, mut handlers) = (Vec::new(), Vec::new());
        let (mut otherwise, mut finally, mut finally_span) = (Vec::new(), None, None);
        self.each(|me, kind, field| match (field, kind) {
            (Field::Body, _) => body = me.block(),
            (_, Kind::ExceptClause | Kind::ExceptGroupClause) => handlers.push(me.handler()),
            (_, Kind::ElseClause) => otherwise = me.clause_body(),
            (_, Kind::FinallyClause) => {
                let start = me.span().start;
                finally_span = Some(Span::new(start, start + "finally".len() as u32));
                finally = Some(me.clause_body());
            }
            _ => {}
        });
        StmtKind::Try { body, handlers, otherwise, finally, finally_span }
    }

    fn handler(&mut self) -> Handler {
        let span = self.span();
        let mut handler = Handler {
            span,
            head: span,
            exceptions: None,
            star: self.kind() == Kind::ExceptGroupClause,
            name: None,
            body: Vec::new(),
        };
        // `except A, B:` without parentheses is a tuple; its number comes before those of its parts.
        let (mut listed, mut listed_at, mut signs) = (Vec::new(), None, 0);
        self.each(|me, _, field| signs += usize::from(field != Field::Alias && me.here() == ","));
        let tuple = (signs > 0).then(|| self.reserve(span));
        let outer = self.parent;
        self.parent = tuple.map_or(outer, Parent::Expr);
        self.each(|me, kind, field| match (field, kind) {
            (_, Kind::Block) => {
                me.parent = outer;
                handler.body.append(&mut me.block());
            }
            (_, Kind::AsPattern) => {
                let (value, name) = me.as_pattern();
                listed.push(value);
                handler.name = name;
            }
            (Field::Alias, _) => handler.name = Some(me.expr()),
            (_, Kind::ColonToken) => handler.head.end = me.span().start,
            (_, Kind::StarToken) => handler.star = true,
            _ if me.is_named() => {
                let at = me.span();
                listed_at = Some(listed_at.map_or(at, |first: Span| first.to(at)));
                listed.push(me.expr());
            }
            _ => handler.star |= me.here().ends_with('*'),
        });
        self.parent = outer;
        handler.exceptions = listed.first().copied();
        if let (Some(tuple), Some(span)) = (tuple, listed_at) {
            let node = &mut self.out.exprs[tuple.0 as usize];
            (node.span, node.kind) = (span, ExprKind::Tuple(listed));
            handler.exceptions = Some(tuple);
        }
        handler
    }
}
