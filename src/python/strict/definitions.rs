//! Functions, their parameters, and classes.

use super::super::ast::*;
use super::super::lower::ScopeOwner;
use super::token::TokenKind;
use super::{Parser, Refused, Span};

impl Parser<'_> {
    pub(super) fn new_function(&mut self, span: Span) -> (FunctionId, ScopeId) {
        self.out.open_function(span, self.scope)
    }

    pub(super) fn end_function(&mut self, id: FunctionId) {
        let (exprs, stmts) = (self.out.exprs.len() as u32, self.out.stmts.len() as u32);
        let function = &mut self.out.functions[id.0 as usize];
        function.exprs.1 = exprs;
        function.stmts.1 = stmts;
    }

    /// `async def` or `def`, as the statement `stmt`.
    pub(super) fn function(
        &mut self,
        stmt: StmtId,
        decorators: Vec<ExprId>,
    ) -> Result<StmtKind, Refused> {
        let start = self.start();
        let is_async = self.eat(TokenKind::Async);
        self.expect(TokenKind::Def)?;
        let (id, scope) = self.new_function(Span::at(start));
        let name = self.expect(TokenKind::Name)?.span;
        self.type_params()?;
        self.expect(TokenKind::LeftParen)?;
        let mut params = self.params(TokenKind::RightParen, true)?;
        self.expect(TokenKind::RightParen)?;
        self.settle_params(&mut params);
        self.loose.clear();
        self.lambdas.clear();
        let mut returns = None;
        if self.eat(TokenKind::Arrow) {
            let result = self.expression()?;
            returns = Some(self.settled(result));
        }
        let outer = std::mem::replace(&mut self.scope, scope);
        let (body, end) = self.suite()?;
        self.scope = outer;
        let node = &mut self.out.functions[id.0 as usize];
        node.span.end = end;
        (node.name, node.is_async, node.stmt) = (name, is_async, Some(stmt));
        (node.decorators, node.params) = (decorators, params);
        (node.returns, node.body) = (returns, body);
        self.end_function(id);
        Ok(StmtKind::Function(id))
    }

    /// `class`, as the statement `stmt`.
    pub(super) fn class(
        &mut self,
        stmt: StmtId,
        decorators: Vec<ExprId>,
    ) -> Result<StmtKind, Refused> {
        let start = self.expect(TokenKind::Class)?.span.start;
        let id = ClassId(self.out.classes.len() as u32);
        let outer = self.scope;
        let scope = self.new_scope(ScopeOwner::Class(id));
        let name = self.expect(TokenKind::Name)?.span;
        let (bases, body) = (Vec::new(), Vec::new());
        let span = Span::at(start);
        self.out.classes.push(ClassNode {
            name,
            span,
            stmt,
            decorators,
            bases,
            body,
            scope,
            outer,
        });
        self.type_params()?;
        if self.kind() == TokenKind::LeftParen {
            let mut bases = self.arguments()?;
            for base in &mut bases {
                base.value = self.settle(base.value);
            }
            self.loose.clear();
            self.lambdas.clear();
            self.out.classes[id.0 as usize].bases = bases;
        }
        self.scope = scope;
        let (body, end) = self.suite()?;
        self.scope = outer;
        let node = &mut self.out.classes[id.0 as usize];
        (node.body, node.span.end) = (body, end);
        Ok(StmtKind::Class(id))
    }

    /// Passes over parameters of types between brackets, if there are any. They are no part of the syntax that is kept:
    /// nothing of them runs.
    pub(super) fn type_params(&mut self) -> Result<(), Refused> {
        if !self.eat(TokenKind::LeftBracket) {
            return Ok(());
        }
        loop {
            if matches!(self.kind(), TokenKind::Star | TokenKind::DoubleStar) {
                self.bump();
            }
            self.expect(TokenKind::Name)?;
            if self.eat(TokenKind::Colon) {
                self.expression()?;
            }
            if self.eat(TokenKind::Equal) {
                self.named_or_starred()?;
            }
            if !self.eat(TokenKind::Comma) || self.kind() == TokenKind::RightBracket {
                break;
            }
        }
        self.expect(TokenKind::RightBracket)?;
        self.loose.clear();
        self.lambdas.clear();
        Ok(())
    }

    /// Parameters up to the sign that ends them; their annotations and defaults are loose.
    pub(super) fn params(
        &mut self,
        close: TokenKind,
        annotated: bool,
    ) -> Result<Vec<Param>, Refused> {
        let (mut params, mut keyword_only) = (Vec::new(), false);
        while self.kind() != close {
            let mut kind = if keyword_only { ParamKind::KeywordOnly } else { ParamKind::Plain };
            let mut named = true;
            match self.kind() {
                TokenKind::Slash => {
                    self.bump();
                    named = false;
                }
                TokenKind::Star => {
                    self.bump();
                    keyword_only = true;
                    kind = ParamKind::Star;
                    named = self.kind() == TokenKind::Name;
                }
                TokenKind::DoubleStar => {
                    self.bump();
                    kind = ParamKind::DoubleStar;
                }
                _ => {}
            }
            if named {
                let param = self.param(kind, annotated)?;
                params.push(param);
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(params)
    }

    fn param(&mut self, kind: ParamKind, annotated: bool) -> Result<Param, Refused> {
        let name = self.expect(TokenKind::Name)?.span;
        let (mut annotation, mut default) = (None, None);
        if annotated && self.eat(TokenKind::Colon) {
            // `*args: *Ts`
            let starred = kind == ParamKind::Star;
            let it = if starred { self.named_or_starred() } else { self.expression() };
            annotation = Some(it?);
        }
        if self.eat(TokenKind::Equal) {
            default = Some(self.expression()?);
        }
        Ok(Param { name, kind, annotation, default })
    }
}
