//! A quick parser for code that has no errors.
//!
//! It reads an order of magnitude faster than the general parser and makes the same [`Syntax`], but it refuses what is
//! broken, what nests deeply, and what is rare (Python 2's statements). What it refuses, the general parser reads, which
//! makes the best of broken code. It goes over the tokens once, without a table and without backtracking but for one: the
//! parentheses behind `with`.
//!
//! An expression is read bottom up, so its outermost part is known last; expressions are numbered in the order in which
//! they begin. So they are first made in a place of their own, and then moved into the file's in that order: see `settle`.

mod atoms;
mod definitions;
mod exprs;
mod lexer;
mod patterns;
mod settle;
mod simple;
mod stmts;
mod strings;
#[cfg(test)]
mod tests;
mod token;

use super::Span;
use super::ast::*;
use super::lower::{ScopeNode, ScopeOwner, Syntax};
use token::{Token, TokenKind};

/// Deepest nesting that is read, a little less than what the general parser reads.
const MAX_DEPTH: u32 = 150;

/// The text is not for this parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

/// Reads a file.
///
/// # Errors
/// [`Refused`] when the general parser has to read it.
pub(super) fn parse(text: &str) -> Result<Syntax, Refused> {
    let lexed = lexer::lex(text)?;
    let mut parser = Parser {
        text,
        tokens: &lexed.tokens,
        at: 0,
        out: Syntax::default(),
        loose: Vec::new(),
        lambdas: Vec::new(),
        parent: Parent::Stmt(StmtId(0)),
        stmt_parent: None,
        scope: ScopeId(0),
        depth: 0,
        block_end: 0,
    };
    parser.out.scopes.push(ScopeNode { owner: ScopeOwner::Module, outer: None });
    let mut body = Vec::new();
    while parser.kind() != TokenKind::End {
        parser.statement(&mut body)?;
    }
    parser.out.body = body;
    Ok(parser.out)
}

/// The comments of a file in order, each with the sign that begins it.
///
/// # Errors
/// [`Refused`], as above.
pub(super) fn comments(text: &str) -> Result<Vec<Span>, Refused> {
    Ok(lexer::lex(text)?.comments)
}

/// An expression that has no number in the file yet.
struct Loose {
    span: Span,
    /// Its parts are numbers of loose expressions.
    kind: ExprKind,
    /// Whether parentheses stand around it.
    parenthesised: bool,
    /// Levels of expressions within it, itself included.
    levels: u32,
}

/// Number of a loose expression.
type LooseId = ExprId;

/// A lambda whose parts are loose.
struct LooseLambda {
    params: Vec<Param>,
    value: LooseId,
    span: Span,
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    out: Syntax,
    loose: Vec<Loose>,
    lambdas: Vec<LooseLambda>,
    /// What the next expression hangs on.
    parent: Parent,
    /// What the next statement stands in.
    stmt_parent: Option<StmtId>,
    scope: ScopeId,
    depth: u32,
    /// Where the last block ended.
    block_end: u32,
}

impl<'t> Parser<'t> {
    fn kind(&self) -> TokenKind {
        self.tokens[self.at].kind
    }

    /// The kind of a token further on.
    fn ahead(&self, by: usize) -> TokenKind {
        self.tokens.get(self.at + by).map_or(TokenKind::End, |token| token.kind)
    }

    /// Where the next token begins.
    fn start(&self) -> u32 {
        self.tokens[self.at].span.start
    }

    /// Where the last token ended.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).map_or(0, |at| self.tokens[at].span.end)
    }

    /// The next token, which is passed over; the end of the file is not.
    fn bump(&mut self) -> Token {
        let token = self.tokens[self.at];
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let here = self.kind() == kind;
        if here {
            self.bump();
        }
        here
    }

    fn expect(&mut self, kind: TokenKind) -> Result<Token, Refused> {
        if self.kind() == kind { Ok(self.bump()) } else { Err(Refused) }
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Goes one level down.
    fn deeper<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        if self.depth >= MAX_DEPTH {
            return Err(Refused);
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// A loose expression, with the deepest of its parts below it.
    fn make(&mut self, span: Span, kind: ExprKind, below: u32) -> Result<LooseId, Refused> {
        let levels = below + 1;
        if levels + self.depth > MAX_DEPTH {
            return Err(Refused);
        }
        let id = ExprId(self.loose.len() as u32);
        self.loose.push(Loose { span, kind, parenthesised: false, levels });
        Ok(id)
    }

    fn loose(&self, id: LooseId) -> &Loose {
        &self.loose[id.0 as usize]
    }

    fn levels(&self, id: LooseId) -> u32 {
        self.loose(id).levels
    }
}
