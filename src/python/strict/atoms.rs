//! Names, literals, what stands in brackets, and what follows them: attributes, calls, subscripts.

use super::super::ast::*;
use super::token::TokenKind;
use super::{LooseId, Parser, Refused, Span};

impl Parser<'_> {
    /// An atom with the attributes, calls and subscripts behind it.
    pub(super) fn primary(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let mut it = self.atom()?;
        loop {
            it = match self.kind() {
                TokenKind::Dot => {
                    self.bump();
                    let name = self.expect(TokenKind::Name)?.span;
                    let below = self.levels(it);
                    let kind = ExprKind::Attribute { value: it, name };
                    self.make(Span::new(start, name.end), kind, below)?
                }
                TokenKind::LeftParen => self.call(start, it)?,
                TokenKind::LeftBracket => self.subscript(start, it)?,
                _ => return Ok(it),
            };
        }
    }

    fn atom(&mut self) -> Result<LooseId, Refused> {
        let token = self.tokens[self.at];
        let kind = match token.kind {
            TokenKind::Name => ExprKind::Name,
            TokenKind::Number => ExprKind::Number,
            TokenKind::None => ExprKind::None,
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            TokenKind::Ellipsis => ExprKind::Ellipsis,
            TokenKind::String | TokenKind::FormatStart => return self.string(),
            TokenKind::LeftParen => return self.deeper(Self::parenthesised),
            TokenKind::LeftBracket => return self.deeper(Self::bracketed),
            TokenKind::LeftBrace => return self.deeper(Self::braced),
            _ => return Err(Refused),
        };
        self.bump();
        self.make(token.span, kind, 0)
    }

    /// A string, or several side by side.
    fn string(&mut self) -> Result<LooseId, Refused> {
        let (start, mut below, mut parts) = (self.start(), 0, Vec::new());
        loop {
            match self.kind() {
                TokenKind::String => {
                    self.bump();
                }
                TokenKind::FormatStart => {
                    self.bump();
                    while self.eat(TokenKind::FieldStart) {
                        let part = if self.kind() == TokenKind::Yield {
                            self.yielded()
                        } else {
                            self.list()
                        }?;
                        self.expect(TokenKind::FieldEnd)?;
                        below = below.max(self.levels(part));
                        parts.push(part);
                    }
                    self.expect(TokenKind::FormatEnd)?;
                }
                _ => break,
            }
        }
        let kind = if parts.is_empty() { ExprKind::Str } else { ExprKind::Format(parts) };
        self.make(Span::new(start, self.end()), kind, below)
    }

    /// What begins with a parenthesis: a group, a tuple, a generator.
    fn parenthesised(&mut self) -> Result<LooseId, Refused> {
        let start = self.bump().span.start;
        if self.eat(TokenKind::RightParen) {
            return self.make(Span::new(start, self.end()), ExprKind::Tuple(Vec::new()), 0);
        }
        if self.kind() == TokenKind::Yield {
            let inner = self.yielded()?;
            self.expect(TokenKind::RightParen)?;
            self.loose[inner.0 as usize].parenthesised = true;
            return Ok(inner);
        }
        let first = self.named_or_starred()?;
        match self.kind() {
            TokenKind::RightParen => {
                // `(*x)` is no expression.
                if matches!(self.loose(first).kind, ExprKind::Starred(_))
                    && !self.loose(first).parenthesised
                {
                    return Err(Refused);
                }
                self.bump();
                self.loose[first.0 as usize].parenthesised = true;
                Ok(first)
            }
            TokenKind::Comma => {
                let (parts, below) = self.more(first, TokenKind::RightParen)?;
                self.make(Span::new(start, self.end()), ExprKind::Tuple(parts), below)
            }
            _ => self.comprehension(
                start,
                ComprehensionKind::Generator,
                vec![first],
                TokenKind::RightParen,
            ),
        }
    }

    fn bracketed(&mut self) -> Result<LooseId, Refused> {
        let start = self.bump().span.start;
        if self.eat(TokenKind::RightBracket) {
            return self.make(Span::new(start, self.end()), ExprKind::List(Vec::new()), 0);
        }
        let first = self.named_or_starred()?;
        if matches!(self.kind(), TokenKind::Comma | TokenKind::RightBracket) {
            let (parts, below) = self.more(first, TokenKind::RightBracket)?;
            return self.make(Span::new(start, self.end()), ExprKind::List(parts), below);
        }
        self.comprehension(start, ComprehensionKind::List, vec![first], TokenKind::RightBracket)
    }

    /// The parts behind the first one, up to and behind the closing bracket.
    fn more(&mut self, first: LooseId, close: TokenKind) -> Result<(Vec<LooseId>, u32), Refused> {
        let mut below = self.levels(first);
        let mut parts = vec![first];
        while self.eat(TokenKind::Comma) {
            if self.kind() == close {
                break;
            }
            let part = self.named_or_starred()?;
            below = below.max(self.levels(part));
            parts.push(part);
        }
        self.expect(close)?;
        Ok((parts, below))
    }

    fn braced(&mut self) -> Result<LooseId, Refused> {
        let start = self.bump().span.start;
        if self.eat(TokenKind::RightBrace) {
            return self.make(Span::new(start, self.end()), ExprKind::Dict(Vec::new()), 0);
        }
        if self.kind() == TokenKind::DoubleStar {
            let unpacked = self.bump().span.start;
            let value = self.deeper(|me| me.arithmetic(0))?;
            if !matches!(self.kind(), TokenKind::For | TokenKind::Async) {
                return self.dictionary(start, vec![(None, value)]);
            }
            let (span, below) = (Span::new(unpacked, self.end()), self.levels(value));
            let element = self.make(span, ExprKind::Starred(value), below)?;
            let kind = ComprehensionKind::Dict;
            return self.comprehension(start, kind, vec![element], TokenKind::RightBrace);
        }
        let first = self.named_or_starred()?;
        match self.kind() {
            TokenKind::Colon => {
                self.bump();
                let value = self.expression()?;
                if matches!(self.kind(), TokenKind::Comma | TokenKind::RightBrace) {
                    return self.dictionary(start, vec![(Some(first), value)]);
                }
                let kind = ComprehensionKind::Dict;
                self.comprehension(start, kind, vec![first, value], TokenKind::RightBrace)
            }
            TokenKind::Comma | TokenKind::RightBrace => {
                let (parts, below) = self.more(first, TokenKind::RightBrace)?;
                self.make(Span::new(start, self.end()), ExprKind::Set(parts), below)
            }
            _ => self.comprehension(
                start,
                ComprehensionKind::Set,
                vec![first],
                TokenKind::RightBrace,
            ),
        }
    }

    /// The pairs of a dictionary, but for those that were read, up to and behind its brace.
    fn dictionary(
        &mut self,
        start: u32,
        mut pairs: Vec<(Option<LooseId>, LooseId)>,
    ) -> Result<LooseId, Refused> {
        if !pairs.is_empty() && self.kind() != TokenKind::RightBrace {
            self.expect(TokenKind::Comma)?;
        }
        while self.kind() != TokenKind::RightBrace {
            if self.eat(TokenKind::DoubleStar) {
                let value = self.deeper(|me| me.arithmetic(0))?;
                pairs.push((None, value));
            } else {
                let key = self.expression()?;
                self.expect(TokenKind::Colon)?;
                let value = self.expression()?;
                pairs.push((Some(key), value));
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RightBrace)?;
        let parts = pairs.iter().flat_map(|(key, value)| key.iter().chain([value]));
        let below = parts.map(|it| self.levels(*it)).max().unwrap_or(0);
        self.make(Span::new(start, self.end()), ExprKind::Dict(pairs), below)
    }

    /// The clauses of a comprehension whose elements were read, up to and behind its bracket.
    fn comprehension(
        &mut self,
        start: u32,
        kind: ComprehensionKind,
        elements: Vec<LooseId>,
        close: TokenKind,
    ) -> Result<LooseId, Refused> {
        let mut clauses = Vec::new();
        let mut below = elements.iter().map(|it| self.levels(*it)).max().unwrap_or(0);
        loop {
            if self.eat(TokenKind::If) {
                let test = self.disjunction()?;
                below = below.max(self.levels(test));
                clauses.push(Clause::If(test));
                continue;
            }
            let is_async = self.kind() == TokenKind::Async && self.ahead(1) == TokenKind::For;
            if is_async {
                self.bump();
            }
            if !self.eat(TokenKind::For) {
                break;
            }
            let target = self.target_list()?;
            self.expect(TokenKind::In)?;
            let iter = self.disjunction()?;
            below = below.max(self.levels(target)).max(self.levels(iter));
            clauses.push(Clause::For { is_async, target, iter });
        }
        self.expect(close)?;
        if !matches!(clauses.first(), Some(Clause::For { .. })) {
            return Err(Refused);
        }
        let kind = ExprKind::Comprehension { kind, elements, clauses };
        self.make(Span::new(start, self.end()), kind, below)
    }

    fn call(&mut self, start: u32, callee: LooseId) -> Result<LooseId, Refused> {
        let args = self.deeper(Self::arguments)?;
        let parts = args.iter().map(|arg| arg.value).chain([callee]);
        let below = parts.map(|it| self.levels(it)).max().unwrap_or(0);
        self.make(Span::new(start, self.end()), ExprKind::Call { callee, args }, below)
    }

    /// The arguments between parentheses.
    pub(super) fn arguments(&mut self) -> Result<Vec<Argument>, Refused> {
        let open = self.expect(TokenKind::LeftParen)?.span.start;
        let mut args = Vec::new();
        while self.kind() != TokenKind::RightParen {
            let (first, mut keyword, mut unpack) = (self.start(), None, Unpack::No);
            let mut value = if self.eat(TokenKind::Star) {
                unpack = Unpack::Star;
                self.expression()?
            } else if self.eat(TokenKind::DoubleStar) {
                unpack = Unpack::DoubleStar;
                self.expression()?
            } else if self.kind() == TokenKind::Name && self.ahead(1) == TokenKind::Equal {
                keyword = Some(self.bump().span);
                self.bump();
                self.expression()?
            } else {
                self.named()?
            };
            if matches!(self.kind(), TokenKind::For | TokenKind::Async) {
                // A generator may share the call's parentheses if it is alone.
                if !args.is_empty() || keyword.is_some() || unpack == Unpack::DoubleStar {
                    return Err(Refused);
                }
                // `f(*x for x in y)`: what is unpacked is the generator's element.
                if std::mem::replace(&mut unpack, Unpack::No) == Unpack::Star {
                    let (span, below) = (Span::new(first, self.end()), self.levels(value));
                    value = self.make(span, ExprKind::Starred(value), below)?;
                }
                let kind = ComprehensionKind::Generator;
                let value = self.comprehension(open, kind, vec![value], TokenKind::RightParen)?;
                return Ok(vec![Argument { keyword, unpack, value }]);
            }
            args.push(Argument { keyword, unpack, value });
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RightParen)?;
        Ok(args)
    }

    fn subscript(&mut self, start: u32, value: LooseId) -> Result<LooseId, Refused> {
        self.bump();
        let mut indices = Vec::new();
        loop {
            let index = self.deeper(Self::index)?;
            indices.push(index);
            if !self.eat(TokenKind::Comma) || self.kind() == TokenKind::RightBracket {
                break;
            }
        }
        self.expect(TokenKind::RightBracket)?;
        let below = indices.iter().chain([&value]).map(|it| self.levels(*it)).max().unwrap_or(0);
        self.make(Span::new(start, self.end()), ExprKind::Subscript { value, indices }, below)
    }

    /// An index or a slice.
    fn index(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let mut parts = Vec::new();
        if self.kind() != TokenKind::Colon {
            let first = self.named_or_starred()?;
            if self.kind() != TokenKind::Colon {
                return Ok(first);
            }
            parts.push(first);
        }
        for _ in 0..2 {
            if !self.eat(TokenKind::Colon) {
                break;
            }
            if !matches!(self.kind(), TokenKind::Colon | TokenKind::Comma | TokenKind::RightBracket)
            {
                parts.push(self.expression()?);
            }
        }
        let below = parts.iter().map(|it| self.levels(*it)).max().unwrap_or(0);
        self.make(Span::new(start, self.end()), ExprKind::Slice(parts), below)
    }
}
