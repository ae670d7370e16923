//! F-strings: text with code in its braces.

use super::tokens::{Mode, Token, Tokens};

/// A string whose braces hold code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub(super) quote: u8,
    pub(super) triple: bool,
    pub(super) raw: bool,
    /// Brackets that are open around the code in its braces.
    pub(super) depth: u32,
    /// Whether the brace stands in a format specification, so that the text behind it is one too.
    pub(super) in_specification: bool,
}

impl Tokens<'_> {
    /// The text of an f-string up to code or its end.
    pub(super) fn literal(&mut self) -> Token {
        let Some(format) = self.formats.last().copied() else {
            self.mode = Mode::Code;
            return self.code();
        };
        self.first = false;
        loop {
            let Some(&byte) = self.bytes.get(self.end) else {
                self.forget_brackets();
                return Token::Text;
            };
            self.end += 1;
            match byte {
                b'\\' if !format.raw || matches!(self.peek(0), b'\\' | b'"' | b'\'') => {
                    self.escape();
                }
                b'{' if self.peek(0) == b'{' => self.end += 1,
                b'{' => return self.brace(false),
                b'\n' | b'\r' if !format.triple => {
                    self.end -= 1;
                    self.broken = true;
                    return self.format_ends();
                }
                _ if byte != format.quote => {}
                _ if !format.triple => return self.format_ends(),
                _ if self.peek(0) == byte && self.peek(1) == byte => {
                    self.end += 2;
                    return self.format_ends();
                }
                _ => {}
            }
        }
    }

    pub(super) fn specification(&mut self) -> Token {
        self.first = false;
        let triple = self.formats.last().is_some_and(|format| format.triple);
        loop {
            let Some(&byte) = self.bytes.get(self.end) else {
                self.forget_brackets();
                return Token::Text;
            };
            self.end += 1;
            match byte {
                b'{' => return self.brace(true),
                b'}' => {
                    self.mode = Mode::Literal;
                    self.depth = self.depth.saturating_sub(1);
                    return Token::Other;
                }
                b'\n' | b'\r' if !triple => {
                    self.end -= 1;
                    self.forget_brackets();
                    return Token::Text;
                }
                _ => {}
            }
        }
    }

    /// Behind a brace that opens code.
    fn brace(&mut self, in_specification: bool) -> Token {
        self.mode = Mode::Code;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let depth = self.depth;
        if in_specification {
            let outer = self.formats.last().copied();
            self.formats.extend(outer.map(|it| Format { depth, in_specification, ..it }));
        } else if let Some(format) = self.formats.last_mut() {
            format.depth = depth;
        }
        Token::Text
    }

    fn format_ends(&mut self) -> Token {
        self.formats.pop();
        self.mode = Mode::Code;
        Token::Text
    }
}
