//! Statements on one line.

use super::super::ast::*;
use super::exprs::begins_expression;
use super::token::TokenKind;
use super::{LooseId, Parser, Refused, Span};

impl Parser<'_> {
    /// What the simple statement here is.
    pub(super) fn simple(&mut self) -> Result<StmtKind, Refused> {
        match self.kind() {
            TokenKind::Pass => self.word(StmtKind::Pass),
            TokenKind::Break => self.word(StmtKind::Break),
            TokenKind::Continue => self.word(StmtKind::Continue),
            TokenKind::Return => {
                self.bump();
                Ok(StmtKind::Return(self.optional_list()?))
            }
            TokenKind::Raise => self.raise(),
            TokenKind::Del => {
                self.bump();
                let targets = self.list()?;
                Ok(StmtKind::Delete(vec![self.settled(targets)]))
            }
            TokenKind::Assert => self.assert(),
            TokenKind::Global => Ok(StmtKind::Global(self.declared()?)),
            TokenKind::Nonlocal => Ok(StmtKind::Nonlocal(self.declared()?)),
            TokenKind::Import => self.import(),
            TokenKind::From => self.import_from(),
            TokenKind::Name if self.is_lazy_import() => {
                self.bump();
                self.simple()
            }
            TokenKind::Name if self.is_type_alias() => self.type_alias(),
            _ => self.expression_statement(),
        }
    }

    fn word(&mut self, kind: StmtKind) -> Result<StmtKind, Refused> {
        self.bump();
        Ok(kind)
    }

    fn optional_list(&mut self) -> Result<Option<ExprId>, Refused> {
        if !begins_expression(self.kind()) {
            return Ok(None);
        }
        let list = self.list()?;
        Ok(Some(self.settled(list)))
    }

    fn raise(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let (mut exception, mut cause) = (None, None);
        if begins_expression(self.kind()) {
            let it = self.expression()?;
            exception = Some(self.settled(it));
            if self.eat(TokenKind::From) {
                let it = self.expression()?;
                cause = Some(self.settled(it));
            }
        }
        Ok(StmtKind::Raise { exception, cause })
    }

    fn assert(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let test = self.expression()?;
        let mut parts = vec![self.settled(test)];
        if self.eat(TokenKind::Comma) {
            let message = self.expression()?;
            parts.push(self.settled(message));
        }
        Ok(StmtKind::Assert(parts))
    }

    fn declared(&mut self) -> Result<Vec<Span>, Refused> {
        self.bump();
        let mut names = vec![self.expect(TokenKind::Name)?.span];
        while self.eat(TokenKind::Comma) {
            names.push(self.expect(TokenKind::Name)?.span);
        }
        Ok(names)
    }

    fn import(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.dotted_name()?;
            let renamed = self.eat(TokenKind::As);
            let bound = if renamed {
                self.name()?
            } else {
                name.split('.').next().unwrap_or_default().to_owned()
            };
            names.push(Alias { name, bound, renamed, span: Span::new(start, self.end()) });
            if !self.eat(TokenKind::Comma) {
                return Ok(StmtKind::Import(names));
            }
        }
    }

    fn import_from(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let mut level = 0;
        loop {
            level += match self.kind() {
                TokenKind::Dot => 1,
                TokenKind::Ellipsis => 3,
                _ => break,
            };
            self.bump();
        }
        let bare = level > 0 && self.kind() == TokenKind::Import;
        let module = if bare { String::new() } else { self.dotted_name()? };
        self.expect(TokenKind::Import)?;
        if self.eat(TokenKind::Star) {
            return Ok(StmtKind::ImportFrom { module, level, names: Vec::new(), star: true });
        }
        let grouped = self.eat(TokenKind::LeftParen);
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.name()?;
            let renamed = self.eat(TokenKind::As);
            let bound = if renamed { self.name()? } else { name.clone() };
            names.push(Alias { name, bound, renamed, span: Span::new(start, self.end()) });
            let more = self.eat(TokenKind::Comma);
            if grouped && self.eat(TokenKind::RightParen) {
                break;
            }
            if !more && !grouped {
                break;
            }
            if !more {
                return Err(Refused);
            }
        }
        if level == 0 && module == "__future__" {
            return Ok(StmtKind::Opaque(Vec::new(), Vec::new()));
        }
        Ok(StmtKind::ImportFrom { module, level, names, star: false })
    }

    /// `lazy import x`, `lazy from x import y`: what is imported, and as what, is the same.
    fn is_lazy_import(&self) -> bool {
        matches!(self.ahead(1), TokenKind::Import | TokenKind::From)
            && self.slice(self.tokens[self.at].span) == "lazy"
    }

    /// Whether `type` is no name here: two names in a row are nothing else.
    fn is_type_alias(&self) -> bool {
        self.ahead(1) == TokenKind::Name && self.slice(self.tokens[self.at].span) == "type"
    }

    /// `type X[T] = value`, which binds `X` like an assignment.
    fn type_alias(&mut self) -> Result<StmtKind, Refused> {
        self.bump();
        let name = self.expect(TokenKind::Name)?.span;
        self.type_params()?;
        self.expect(TokenKind::Equal)?;
        let target = self.name_at(name)?;
        let value = self.expression()?;
        Ok(StmtKind::Assign { targets: vec![target], value: self.settled(value) })
    }

    fn name(&mut self) -> Result<String, Refused> {
        let span = self.expect(TokenKind::Name)?.span;
        Ok(self.slice(span).to_owned())
    }

    fn dotted_name(&mut self) -> Result<String, Refused> {
        let mut name = self.name()?;
        while self.eat(TokenKind::Dot) {
            name.push('.');
            let part = self.expect(TokenKind::Name)?.span;
            name.push_str(self.slice(part));
        }
        Ok(name)
    }

    /// An expression by itself, or an assignment.
    fn expression_statement(&mut self) -> Result<StmtKind, Refused> {
        let at = self.tokens[self.at].span;
        if self.ahead(1) == TokenKind::Shift && self.slice(at) == "print" {
            // Python 2's `print >> file, text`.
            return Err(Refused);
        }
        let first = self.value()?;
        match self.kind() {
            TokenKind::Equal => self.assignment(first),
            TokenKind::Augmented => {
                self.check_target(first, false)?;
                self.bump();
                let value = self.value()?;
                let target = self.settle(first);
                Ok(StmtKind::AugAssign { target, value: self.settled(value) })
            }
            TokenKind::Colon => self.annotated(first),
            _ => Ok(StmtKind::Expr(self.alone(first))),
        }
    }

    /// `a = b = value`
    fn assignment(&mut self, first: LooseId) -> Result<StmtKind, Refused> {
        let mut parts = vec![first];
        while self.eat(TokenKind::Equal) {
            parts.push(self.value()?);
        }
        let value = parts.pop().ok_or(Refused)?;
        let mut targets = Vec::with_capacity(parts.len());
        for target in parts {
            self.check_target(target, true)?;
            targets.push(self.settle(target));
        }
        Ok(StmtKind::Assign { targets, value: self.settled(value) })
    }

    fn annotated(&mut self, target: LooseId) -> Result<StmtKind, Refused> {
        self.check_target(target, false)?;
        self.bump();
        let annotation = self.expression()?;
        let value = if self.eat(TokenKind::Equal) { Some(self.value()?) } else { None };
        let target = self.settle(target);
        let annotation = self.settle(annotation);
        let value = value.map(|value| self.settle(value));
        self.loose.clear();
        self.lambdas.clear();
        Ok(StmtKind::AnnAssign { target, annotation, value })
    }

    /// What may stand on the right of an assignment.
    fn value(&mut self) -> Result<LooseId, Refused> {
        if self.kind() == TokenKind::Yield { self.yielded() } else { self.list() }
    }

    /// A statement that is only an expression. `x,` counts as `x`.
    fn alone(&mut self, it: LooseId) -> ExprId {
        let only = match &self.loose(it).kind {
            ExprKind::Tuple(parts)
                if parts.len() == 1 && !self.text[self.loose(it).span.range()].starts_with('(') =>
            {
                parts[0]
            }
            _ => it,
        };
        self.settled(only)
    }

    /// Refuses what can't be assigned to.
    pub(super) fn check_target(&self, target: LooseId, several: bool) -> Result<(), Refused> {
        match &self.loose(target).kind {
            ExprKind::Name | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => Ok(()),
            ExprKind::Starred(inner) if several => self.check_target(*inner, several),
            ExprKind::Tuple(parts) | ExprKind::List(parts) if several => {
                parts.iter().try_for_each(|part| self.check_target(*part, several))
            }
            _ => Err(Refused),
        }
    }

    /// What a loop binds: targets with commas between.
    pub(super) fn target_list(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let first = self.target()?;
        if self.kind() != TokenKind::Comma {
            return Ok(first);
        }
        let mut below = self.levels(first);
        let mut parts = vec![first];
        while self.eat(TokenKind::Comma) {
            if self.kind() == TokenKind::In {
                break;
            }
            let part = self.target()?;
            below = below.max(self.levels(part));
            parts.push(part);
        }
        self.make(Span::new(start, self.end()), ExprKind::Tuple(parts), below)
    }

    /// One target, perhaps starred.
    pub(super) fn target(&mut self) -> Result<LooseId, Refused> {
        let start = self.start();
        let starred = self.eat(TokenKind::Star);
        let mut it = self.deeper(Self::primary)?;
        if starred {
            let below = self.levels(it);
            it = self.make(Span::new(start, self.end()), ExprKind::Starred(it), below)?;
        }
        self.check_target(it, true)?;
        Ok(it)
    }
}
