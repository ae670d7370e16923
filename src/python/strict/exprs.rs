//! Expressions with operators.

use super::super::ast::*;
use super::token::TokenKind;
use super::{LooseId, LooseLambda, Parser, Refused, Span};

/// How tightly unary signs bind.
const UNARY: u8 = 7;

impl Parser<'_> {
    /// An expression, or `name := expression`.
    pub(super) fn named(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let target = self.expression()?;
        if !self.eat(TokenKind::Walrus) {
            return Ok(target);
        }
        let node = self.loose(target);
        if !matches!(node.kind, ExprKind::Name) || node.parenthesised {
            return Err(Refused);
        }
        let value = self.expression()?;
        let below = self.levels(value);
        self.make(Span::new(start, self.end()), ExprKind::Walrus { target, value }, below)
    }

    /// An expression without `:=` and without commas.
    pub(super) fn expression(&mut self) -> Result<LooseId, Refused> {
        self.deeper(|me| {
            if me.kind() == TokenKind::Lambda {
                return me.lambda();
            }
            let start = me.start();
            let then = me.disjunction()?;
            if !me.eat(TokenKind::If) {
                return Ok(then);
            }
            let test = me.disjunction()?;
            me.expect(TokenKind::Else)?;
            let otherwise = me.expression()?;
            let below = me.levels(then).max(me.levels(test)).max(me.levels(otherwise));
            let kind = ExprKind::Conditional { test, then, otherwise };
            me.make(Span::new(start, me.end()), kind, below)
        })
    }

    fn lambda(&mut self) -> Result<LooseId, Refused> {
        let start = self.bump().span.start;
        let params = self.params(TokenKind::Colon, false)?;
        self.expect(TokenKind::Colon)?;
        let value = self.expression()?;
        let span = Span::new(start, self.end());
        let defaults = params.iter().filter_map(|param| param.default);
        let below = defaults.chain([value]).map(|it| self.levels(it)).max().unwrap_or(0);
        let id = FunctionId(self.lambdas.len() as u32);
        self.lambdas.push(LooseLambda { params, value, span });
        self.make(span, ExprKind::Lambda(id), below)
    }

    /// Operands of `or`.
    pub(super) fn disjunction(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let mut left = self.conjunction()?;
        while self.eat(TokenKind::Or) {
            let right = self.conjunction()?;
            left = self.boolean(start, left, right)?;
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let mut left = self.negation()?;
        while self.eat(TokenKind::And) {
            let right = self.negation()?;
            left = self.boolean(start, left, right)?;
        }
        Ok(left)
    }

    /// Joins two operands. What stands left without parentheses is one chain with it.
    fn boolean(&mut self, start: u32, left: LooseId, right: LooseId) -> Result<LooseId, Refused> {
        let (span, below) = (Span::new(start, self.end()), self.levels(right));
        let node = &mut self.loose[left.0 as usize];
        if let ExprKind::Boolean(operands) = &mut node.kind
            && !node.parenthesised
        {
            operands.push(right);
            (node.span, node.levels) = (span, node.levels.max(below + 1));
            return Ok(left);
        }
        let below = below.max(self.levels(left));
        self.make(span, ExprKind::Boolean(vec![left, right]), below)
    }

    fn negation(&mut self) -> Result<LooseId, Refused> {
        if self.kind() != TokenKind::Not {
            return self.comparison();
        }
        let start = self.bump().span.start;
        let operand = self.deeper(Self::negation)?;
        let below = self.levels(operand);
        self.make(Span::new(start, self.end()), ExprKind::Not(operand), below)
    }

    fn comparison(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let first = self.arithmetic(0)?;
        if !self.comparison_sign()? {
            return Ok(first);
        }
        let mut below = self.levels(first);
        let mut operands = vec![first];
        loop {
            let operand = self.arithmetic(0)?;
            below = below.max(self.levels(operand));
            operands.push(operand);
            if !self.comparison_sign()? {
                return self.make(Span::new(start, self.end()), ExprKind::Compare(operands), below);
            }
        }
    }

    /// Passes over `<`, `in`, `not in`, `is not` and their like.
    fn comparison_sign(&mut self) -> Result<bool, Refused> {
        match self.kind() {
            TokenKind::Compare | TokenKind::In => {
                self.bump();
            }
            TokenKind::Is => {
                self.bump();
                self.eat(TokenKind::Not);
            }
            TokenKind::Not if self.ahead(1) == TokenKind::In => {
                self.bump();
                self.bump();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Operands of arithmetic signs that bind at least this tightly.
    pub(super) fn arithmetic(&mut self, least: u8) -> Result<LooseId, Refused> {
        let start = self.start();
        let mut left = self.factor()?;
        loop {
            let (power, right) = match self.kind() {
                TokenKind::Pipe => (1, 2),
                TokenKind::Caret => (2, 3),
                TokenKind::Ampersand => (3, 4),
                TokenKind::Shift => (4, 5),
                TokenKind::Plus | TokenKind::Minus => (5, 6),
                TokenKind::Star | TokenKind::Slash | TokenKind::Divide | TokenKind::At => (6, 7),
                // It binds to the right.
                TokenKind::DoubleStar => (8, 8),
                _ => return Ok(left),
            };
            if power < least {
                return Ok(left);
            }
            self.bump();
            let right = self.deeper(|me| me.arithmetic(right))?;
            left = self.binary(start, left, right)?;
        }
    }

    /// Joins two operands. What stands left without parentheses is one chain with it, whatever its signs.
    fn binary(&mut self, start: u32, left: LooseId, right: LooseId) -> Result<LooseId, Refused> {
        let (span, below) = (Span::new(start, self.end()), self.levels(right));
        let node = &mut self.loose[left.0 as usize];
        if let ExprKind::Binary(operands) = &mut node.kind
            && !node.parenthesised
        {
            operands.push(right);
            (node.span, node.levels) = (span, node.levels.max(below + 1));
            return Ok(left);
        }
        let below = below.max(self.levels(left));
        self.make(span, ExprKind::Binary(vec![left, right]), below)
    }

    fn factor(&mut self) -> Result<LooseId, Refused> {
        match self.kind() {
            TokenKind::Plus | TokenKind::Minus | TokenKind::Tilde => {
                let start = self.bump().span.start;
                let operand = self.deeper(|me| me.arithmetic(UNARY))?;
                let below = self.levels(operand);
                self.make(Span::new(start, self.end()), ExprKind::Unary(operand), below)
            }
            TokenKind::Await => {
                let start = self.bump().span.start;
                let operand = self.deeper(Self::primary)?;
                let below = self.levels(operand);
                self.make(Span::new(start, self.end()), ExprKind::Await(operand), below)
            }
            _ => self.primary(),
        }
    }

    /// `yield`, `yield x`, `yield from x`.
    pub(super) fn yielded(&mut self) -> Result<LooseId, Refused> {
        let start = self.expect(TokenKind::Yield)?.span.start;
        if self.eat(TokenKind::From) {
            let value = self.expression()?;
            let below = self.levels(value);
            return self.make(Span::new(start, self.end()), ExprKind::YieldFrom(value), below);
        }
        let ends = matches!(
            self.kind(),
            TokenKind::Newline
                | TokenKind::Semicolon
                | TokenKind::RightParen
                | TokenKind::RightBracket
                | TokenKind::RightBrace
                | TokenKind::Equal
                | TokenKind::FieldEnd
                | TokenKind::End
        );
        let value = if ends { None } else { Some(self.list()?) };
        let below = value.map_or(0, |it| self.levels(it));
        self.make(Span::new(start, self.end()), ExprKind::Yield(value), below)
    }

    /// An expression, or several with commas: a tuple without parentheses. A starred one is allowed among several.
    pub(super) fn list(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let first = self.named_or_starred()?;
        if self.kind() != TokenKind::Comma {
            return Ok(first);
        }
        let mut below = self.levels(first);
        let mut parts = vec![first];
        while self.eat(TokenKind::Comma) {
            if !begins_expression(self.kind()) {
                break;
            }
            let part = self.named_or_starred()?;
            below = below.max(self.levels(part));
            parts.push(part);
        }
        self.make(Span::new(start, self.end()), ExprKind::Tuple(parts), below)
    }

    /// A part of a list: an expression or `*x`.
    pub(super) fn named_or_starred(&mut self) -> Result<LooseId, Refused> {
        if self.kind() != TokenKind::Star {
            return self.named();
        }
        let start = self.bump().span.start;
        let value = self.deeper(|me| me.arithmetic(0))?;
        let below = self.levels(value);
        self.make(Span::new(start, self.end()), ExprKind::Starred(value), below)
    }
}

/// Whether an expression can begin with this.
pub(super) fn begins_expression(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Name | Number
            | String
            | FormatStart
            | False
            | None
            | True
            | Await
            | Lambda
            | Not
            | LeftParen
            | LeftBracket
            | LeftBrace
            | Ellipsis
            | Star
            | Plus
            | Minus
            | Tilde
    )
}
