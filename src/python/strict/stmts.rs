//! Statements and blocks.

use super::super::ast::*;
use super::token::TokenKind;
use super::{LooseId, Parser, Refused, Span};

impl Parser<'_> {
    /// Reads a compound statement, or a line of simple ones, into the block, and gives its end with the comment behind it.
    pub(super) fn statement(&mut self, block: &mut Block) -> Result<u32, Refused> {
        if !self.is_compound() {
            return self.line(block);
        }
        let id = self.stmt(|me, id| {
            let kind = me.deeper(|me| me.compound(id))?;
            Ok((kind, me.block_end))
        })?;
        block.push(id);
        Ok(self.block_end)
    }

    /// Simple statements with semicolons between, up to and behind the end of the line.
    fn line(&mut self, block: &mut Block) -> Result<u32, Refused> {
        loop {
            let id = self.stmt(|me, _| Ok((me.simple()?, me.end())))?;
            block.push(id);
            if !self.eat(TokenKind::Semicolon) || self.kind() == TokenKind::Newline {
                break;
            }
        }
        Ok(self.expect(TokenKind::Newline)?.span.end)
    }

    /// Reserves a statement's place, so that numbers follow the order of the file.
    fn stmt(
        &mut self,
        read: impl FnOnce(&mut Self, StmtId) -> Result<(StmtKind, u32), Refused>,
    ) -> Result<StmtId, Refused> {
        let id = StmtId(self.out.stmts.len() as u32);
        let (span, parent, scope) = (Span::at(self.start()), self.stmt_parent, self.scope);
        let exprs = (self.out.exprs.len() as u32, 0);
        self.out.stmts.push(StmtNode { span, parent, scope, exprs, kind: StmtKind::Pass });
        let outer_expr = std::mem::replace(&mut self.parent, Parent::Stmt(id));
        let outer_stmt = self.stmt_parent.replace(id);
        let (kind, end) = read(self, id)?;
        self.parent = outer_expr;
        self.stmt_parent = outer_stmt;
        let span = match &kind {
            StmtKind::Function(id) => self.out.functions[id.0 as usize].span,
            StmtKind::Class(id) => self.out.classes[id.0 as usize].span,
            _ => Span::new(span.start, end),
        };
        let exprs = self.out.exprs.len() as u32;
        let node = &mut self.out.stmts[id.0 as usize];
        (node.span, node.exprs.1, node.kind) = (span, exprs, kind);
        Ok(id)
    }

    fn is_compound(&self) -> bool {
        match self.kind() {
            TokenKind::If
            | TokenKind::For
            | TokenKind::While
            | TokenKind::With
            | TokenKind::Try
            | TokenKind::Def
            | TokenKind::Class
            | TokenKind::At
            | TokenKind::Async => true,
            TokenKind::Name => self.is_match(),
            _ => false,
        }
    }

    fn compound(&mut self, id: StmtId) -> Result<StmtKind, Refused> {
        match self.kind() {
            TokenKind::If => self.conditional(),
            TokenKind::For => self.for_loop(false),
            TokenKind::While => self.while_loop(),
            TokenKind::With => self.with(false),
            TokenKind::Try => self.try_statement(),
            TokenKind::Def => self.function(id, Vec::new()),
            TokenKind::Class => self.class(id, Vec::new()),
            TokenKind::At => self.decorated(id),
            TokenKind::Async => match self.ahead(1) {
                TokenKind::Def => self.function(id, Vec::new()),
                TokenKind::For => {
                    self.bump();
                    self.for_loop(true)
                }
                TokenKind::With => {
                    self.bump();
                    self.with(true)
                }
                _ => Err(Refused),
            },
            _ => self.match_statement(),
        }
    }

    /// A colon with a block behind it, and where that ends.
    pub(super) fn suite(&mut self) -> Result<(Block, u32), Refused> {
        self.expect(TokenKind::Colon)?;
        let mut block = Vec::new();
        let mut end = 0;
        if self.eat(TokenKind::Newline) {
            self.expect(TokenKind::Indent)?;
            while self.kind() != TokenKind::Dedent {
                end = self.statement(&mut block)?;
            }
            end = end.max(self.bump().span.end);
        } else {
            end = end.max(self.line(&mut block)?);
        }
        self.block_end = end;
        Ok((block, end))
    }

    fn block(&mut self) -> Result<Block, Refused> {
        self.suite().map(|(block, _)| block)
    }

    fn decorated(&mut self, id: StmtId) -> Result<StmtKind, Refused> {
        let mut decorators = Vec::new();
        while self.eat(TokenKind::At) {
            let decorator = self.named()?;
            decorators.push(self.settled(decorator));
            self.expect(TokenKind::Newline)?;
        }
        match self.kind() {
            TokenKind::Class => self.class(id, decorators),
            TokenKind::Async | TokenKind::Def => self.function(id, decorators),
            _ => Err(Refused),
        }
    }

    fn condition(&mut self) -> Result<ExprId, Refused> {
        let test = self.named()?;
        Ok(self.settled(test))
    }

    fn conditional(&mut self) -> Result<StmtKind, Refused> {
        let mut branches = Vec::new();
        while branches.is_empty() || self.kind() == TokenKind::Elif {
            self.bump();
            let test = self.condition()?;
            branches.push((test, self.block()?));
        }
        Ok(StmtKind::If { branches, otherwise: self.otherwise()? })
    }

    /// The block behind `else`, if there is one.
    fn otherwise(&mut self) -> Result<Block, Refused> {
        if self.eat(TokenKind::Else) { self.block() } else { Ok(Vec::new()) }
    }

    fn for_loop(&mut self, is_async: bool) -> Result<StmtKind, Refused> {
        self.bump();
        let target = self.target_list()?;
        let target = self.settled(target);
        self.expect(TokenKind::In)?;
        let iter = self.list()?;
        let iter = self.settled(iter);
        let body = self.block()?;
        Ok(StmtKind::For { is_async, target, iter, body, otherwise: self.otherwise()? })
    }

    fn while_loop(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let test = self.condition()?;
        let body = self.block()?;
        Ok(StmtKind::While { test, body, otherwise: self.otherwise()? })
    }

    fn with(&mut self, is_async: bool) -> Result<StmtKind, Refused> {
        self.bump();
        let (at, mut items) = (self.at, Vec::new());
        let (exprs, scopes, functions) =
            (self.out.exprs.len(), self.out.scopes.len(), self.out.functions.len());
        if self.kind() != TokenKind::LeftParen || self.grouped_items(&mut items).is_err() {
            // The parenthesis belongs to the first context.
            self.at = at;
            self.out.exprs.truncate(exprs);
            self.out.scopes.truncate(scopes);
            self.out.functions.truncate(functions);
            self.loose.clear();
            self.lambdas.clear();
            items.clear();
            loop {
                items.push(self.with_item()?);
                if !self.eat(TokenKind::Comma) {
                    break;
                }
            }
        }
        Ok(StmtKind::With { is_async, items, body: self.block()? })
    }

    /// Contexts in parentheses of their own, up to the colon.
    fn grouped_items(&mut self, items: &mut Vec<WithItem>) -> Result<(), Refused> {
        self.bump();
        loop {
            items.push(self.with_item()?);
            let more = self.eat(TokenKind::Comma);
            if self.eat(TokenKind::RightParen) {
                break;
            }
            if !more {
                return Err(Refused);
            }
        }
        if self.kind() == TokenKind::Colon { Ok(()) } else { Err(Refused) }
    }

    fn with_item(&mut self) -> Result<WithItem, Refused> {
        let context = self.expression()?;
        let context = self.settled(context);
        let mut target = None;
        if self.eat(TokenKind::As) {
            let it = self.target()?;
            target = Some(self.settled(it));
        }
        Ok(WithItem { context, target })
    }

    fn try_statement(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let body = self.block()?;
        let mut handlers = Vec::new();
        while self.kind() == TokenKind::Except {
            handlers.push(self.handler()?);
        }
        let otherwise = self.otherwise()?;
        let (mut finally, mut finally_span) = (None, None);
        if self.kind() == TokenKind::Finally {
            finally_span = Some(self.bump().span);
            finally = Some(self.block()?);
        }
        if handlers.is_empty() && finally.is_none() {
            return Err(Refused);
        }
        Ok(StmtKind::Try { body, handlers, otherwise, finally, finally_span })
    }

    fn handler(&mut self) -> Result<Handler, Refused> {
        let start = self.bump().span.start;
        let star = self.eat(TokenKind::Star);
        let (mut exceptions, mut name) = (None, None);
        if self.kind() != TokenKind::Colon {
            let (caught, several) = self.caught()?;
            exceptions = Some(self.settled(caught));
            if !several && self.eat(TokenKind::As) {
                let span = self.expect(TokenKind::Name)?.span;
                name = Some(self.name_at(span)?);
            }
        }
        let head = Span::new(start, self.start());
        let (body, end) = self.suite()?;
        Ok(Handler { span: Span::new(start, end), head, exceptions, star, name, body })
    }

    /// What a handler catches, and whether it is several exceptions without parentheses around them.
    fn caught(&mut self) -> Result<(LooseId, bool), Refused> {
        let start = self.start();
        let first = self.expression()?;
        if self.kind() != TokenKind::Comma {
            return Ok((first, false));
        }
        let (mut parts, mut below) = (vec![first], self.levels(first));
        while self.eat(TokenKind::Comma) && self.kind() != TokenKind::Colon {
            let part = self.expression()?;
            below = below.max(self.levels(part));
            parts.push(part);
        }
        Ok((self.make(Span::new(start, self.end()), ExprKind::Tuple(parts), below)?, true))
    }

    /// A name that is an expression of its own.
    pub(super) fn name_at(&mut self, span: Span) -> Result<ExprId, Refused> {
        let name = self.make(span, ExprKind::Name, 0)?;
        Ok(self.settled(name))
    }
}
