//! Strings, and what is interpolated into them.

use super::Refused;
use super::lexer::Lexer;
use super::token::TokenKind;

/// The bracket that stands for an interpolation's.
const FIELD: u8 = b'f';

/// How a string is quoted.
#[derive(Clone, Copy)]
struct Quotes {
    sign: u8,
    triple: bool,
    raw: bool,
}

impl Lexer<'_> {
    /// The string whose opening quotes are here, and whose prefix begins at `from`.
    pub(super) fn string(&mut self, from: usize) -> Result<(), Refused> {
        let prefix = &self.bytes[from..self.at];
        let has = |letter: u8| prefix.iter().any(|byte| byte.to_ascii_lowercase() == letter);
        let (format, raw) = (has(b'f') || has(b't'), has(b'r'));
        let sign = self.byte(0);
        let triple = self.byte(1) == sign && self.byte(2) == sign;
        self.at += if triple { 3 } else { 1 };
        let quotes = Quotes { sign, triple, raw };
        if format {
            self.push(TokenKind::FormatStart, from);
            self.literal(quotes, false)?;
            self.push(TokenKind::FormatEnd, self.at);
        } else {
            self.plain(quotes)?;
            self.push(TokenKind::String, from);
        }
        Ok(())
    }

    /// Goes behind the closing quotes.
    fn plain(&mut self, quotes: Quotes) -> Result<(), Refused> {
        loop {
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            let found = if quotes.triple {
                memchr::memchr2(quotes.sign, b'\\', rest)
            } else {
                memchr::memchr3(quotes.sign, b'\\', b'\n', rest)
            };
            self.at += found.ok_or(Refused)?;
            match self.byte(0) {
                b'\\' => self.escape(),
                b'\n' => return Err(Refused),
                _ if self.closes(quotes) => return Ok(()),
                _ => self.at += 1,
            }
        }
    }

    /// Goes behind the closing quotes if they are here.
    fn closes(&mut self, quotes: Quotes) -> bool {
        let closes = self.byte(0) == quotes.sign
            && (!quotes.triple || (self.byte(1) == quotes.sign && self.byte(2) == quotes.sign));
        if closes {
            self.at += if quotes.triple { 3 } else { 1 };
        }
        closes
    }

    fn escape(&mut self) {
        self.at += if self.byte(1) == b'\r' && self.byte(2) == b'\n' { 3 } else { 2 };
    }

    /// Text with interpolations: up to and behind the closing quotes, or as a format up to its brace.
    fn literal(&mut self, quotes: Quotes, format: bool) -> Result<(), Refused> {
        loop {
            match self.byte(0) {
                _ if self.at >= self.bytes.len() => return Err(Refused),
                b'\n' if !quotes.triple => return Err(Refused),
                b'\\' if matches!(self.byte(1), b'{' | b'}') => self.at += 1,
                b'\\' if !quotes.raw && self.byte(1) == b'N' && self.byte(2) == b'{' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'}', rest).ok_or(Refused)? + 1;
                }
                b'\\' => self.escape(),
                b'}' if format => return Ok(()),
                b'{' | b'}' if !format && self.byte(1) == self.byte(0) => self.at += 2,
                b'{' => self.field(quotes)?,
                b'}' => return Err(Refused),
                _ if !format && self.closes(quotes) => return Ok(()),
                byte if byte == quotes.sign && !quotes.triple => return Err(Refused),
                _ => self.at += 1,
            }
        }
    }

    /// An interpolation with its conversion and format.
    fn field(&mut self, quotes: Quotes) -> Result<(), Refused> {
        let depth = self.open(FIELD)?;
        self.at += 1;
        self.push(TokenKind::FieldStart, self.at - 1);
        while self.next(depth)? {
            if self.at >= self.bytes.len() {
                return Err(Refused);
            }
        }
        self.push(TokenKind::FieldEnd, self.at);
        if self.byte(0) == b'=' {
            self.at += 1;
            self.blanks();
        }
        if self.byte(0) == b'!' {
            self.at += 1;
            if !matches!(self.byte(0), b'r' | b's' | b'a') {
                return Err(Refused);
            }
            self.at += 1;
            self.blanks();
        }
        if self.byte(0) == b':' {
            self.at += 1;
            self.literal(quotes, true)?;
        }
        if self.byte(0) != b'}' {
            return Err(Refused);
        }
        self.at += 1;
        self.close(FIELD)
    }

    fn blanks(&mut self) {
        while self.byte(0).is_ascii_whitespace() {
            self.at += 1;
        }
    }
}
