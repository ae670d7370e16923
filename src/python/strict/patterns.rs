//! `match` and its patterns.

use super::super::ast::*;
use super::token::TokenKind;
use super::{Parser, Refused, Span};

impl Parser<'_> {
    /// Whether the name here begins a `match` statement: its line ends with a colon, and a case follows.
    pub(super) fn is_match(&self) -> bool {
        if self.slice(self.tokens[self.at].span) != "match" || self.ahead(1) == TokenKind::Equal {
            return false;
        }
        let rest = &self.tokens[self.at..];
        let Some(end) = rest.iter().position(|token| token.kind == TokenKind::Newline) else {
            return false;
        };
        let word = |at: usize| rest.get(at).map_or("", |token| self.slice(token.span));
        end > 2
            && rest[end - 1].kind == TokenKind::Colon
            && rest.get(end + 1).is_some_and(|token| token.kind == TokenKind::Indent)
            && word(end + 2) == "case"
    }

    pub(super) fn match_statement(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let mut subject = Vec::new();
        loop {
            let it = self.named_or_starred()?;
            subject.push(self.settled(it));
            if !self.eat(TokenKind::Comma) || self.kind() == TokenKind::Colon {
                break;
            }
        }
        self.expect(TokenKind::Colon)?;
        self.expect(TokenKind::Newline)?;
        self.expect(TokenKind::Indent)?;
        let mut cases = Vec::new();
        while self.kind() != TokenKind::Dedent {
            cases.push(self.case()?);
        }
        self.block_end = self.block_end.max(self.bump().span.end);
        Ok(StmtKind::Match { subject, cases })
    }

    fn case(&mut self) -> Result<Case, Refused> {
        let word = self.expect(TokenKind::Name)?.span;
        if self.slice(word) != "case" {
            return Err(Refused);
        }
        let mut case = Case {
            pattern: Vec::new(),
            captures: Vec::new(),
            irrefutable: false,
            guard: None,
            body: Vec::new(),
        };
        let lone = self.kind() == TokenKind::Name
            && matches!(self.ahead(1), TokenKind::Colon | TokenKind::If);
        loop {
            self.pattern(&mut case)?;
            if !self.eat(TokenKind::Comma)
                || matches!(self.kind(), TokenKind::Colon | TokenKind::If)
            {
                break;
            }
        }
        if self.eat(TokenKind::If) {
            let guard = self.named()?;
            case.guard = Some(self.settled(guard));
        }
        case.irrefutable = lone && case.guard.is_none();
        case.body = self.suite()?.0;
        Ok(case)
    }

    /// Collects the names in a pattern: those it binds, and those it looks up.
    fn pattern(&mut self, case: &mut Case) -> Result<(), Refused> {
        self.deeper(|me| {
            loop {
                me.closed_pattern(case)?;
                if !me.eat(TokenKind::Pipe) {
                    break;
                }
            }
            if me.eat(TokenKind::As) {
                let span = me.expect(TokenKind::Name)?.span;
                me.capture(span, case)?;
            }
            Ok(())
        })
    }

    fn capture(&mut self, name: Span, case: &mut Case) -> Result<(), Refused> {
        if self.slice(name) != "_" {
            let name = self.name_at(name)?;
            case.captures.push(name);
        }
        Ok(())
    }

    fn closed_pattern(&mut self, case: &mut Case) -> Result<(), Refused> {
        match self.kind() {
            TokenKind::Name => self.name_pattern(case),
            TokenKind::None | TokenKind::True | TokenKind::False => {
                self.bump();
                Ok(())
            }
            TokenKind::Number | TokenKind::Minus => self.number_pattern(),
            TokenKind::String => {
                while self.eat(TokenKind::String) {}
                Ok(())
            }
            TokenKind::Star => {
                self.bump();
                let span = self.expect(TokenKind::Name)?.span;
                self.capture(span, case)
            }
            TokenKind::LeftParen => self.sequence(TokenKind::RightParen, case),
            TokenKind::LeftBracket => self.sequence(TokenKind::RightBracket, case),
            TokenKind::LeftBrace => self.mapping(case),
            _ => Err(Refused),
        }
    }

    /// A number, perhaps complex.
    fn number_pattern(&mut self) -> Result<(), Refused> {
        self.eat(TokenKind::Minus);
        self.expect(TokenKind::Number)?;
        if matches!(self.kind(), TokenKind::Plus | TokenKind::Minus) {
            self.bump();
            self.expect(TokenKind::Number)?;
        }
        Ok(())
    }

    /// Patterns with commas between, up to and behind the closing bracket.
    fn sequence(&mut self, close: TokenKind, case: &mut Case) -> Result<(), Refused> {
        self.bump();
        while self.kind() != close {
            self.pattern(case)?;
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(close)?;
        Ok(())
    }

    fn mapping(&mut self, case: &mut Case) -> Result<(), Refused> {
        self.bump();
        while self.kind() != TokenKind::RightBrace {
            if self.eat(TokenKind::DoubleStar) {
                let span = self.expect(TokenKind::Name)?.span;
                self.capture(span, case)?;
            } else {
                self.closed_pattern(case)?;
                self.expect(TokenKind::Colon)?;
                self.pattern(case)?;
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RightBrace)?;
        Ok(())
    }

    /// A name that is bound, a dotted one that is looked up, or a class with what its parts must be.
    fn name_pattern(&mut self, case: &mut Case) -> Result<(), Refused> {
        let first = self.bump().span;
        let mut name = self.make(first, ExprKind::Name, 0)?;
        while self.eat(TokenKind::Dot) {
            let part = self.expect(TokenKind::Name)?.span;
            let (kind, below) =
                (ExprKind::Attribute { value: name, name: part }, self.levels(name));
            name = self.make(first.to(part), kind, below)?;
        }
        let dotted = !matches!(self.loose(name).kind, ExprKind::Name);
        let class = self.kind() == TokenKind::LeftParen;
        if !dotted && !class {
            return self.capture(first, case);
        }
        let name = self.settled(name);
        case.pattern.push(name);
        if !class {
            return Ok(());
        }
        self.bump();
        while self.kind() != TokenKind::RightParen {
            if self.kind() == TokenKind::Name && self.ahead(1) == TokenKind::Equal {
                self.bump();
                self.bump();
            }
            self.pattern(case)?;
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RightParen)?;
        Ok(())
    }
}
