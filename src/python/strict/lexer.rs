//! From text to words and signs, with the indentation made visible.

use super::super::Span;
use super::Refused;
use super::token::{Token, TokenKind, keyword, sign};

/// Deepest nesting of brackets, and of strings within interpolations.
const MAX_BRACKETS: usize = 200;

/// What a file is made of.
pub(super) struct Lexed {
    /// Ends with [`TokenKind::End`].
    pub(super) tokens: Vec<Token>,
    /// The comments in order, each with the sign that begins it.
    pub(super) comments: Vec<Span>,
}

pub(super) struct Lexer<'t> {
    pub(super) bytes: &'t [u8],
    text: &'t str,
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    comments: Vec<Span>,
    /// The brackets that are open. Within any, lines do not end statements.
    brackets: Vec<u8>,
    indents: Vec<u32>,
}

/// Cuts a text into words and signs.
pub(super) fn lex(text: &str) -> Result<Lexed, Refused> {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        tokens: Vec::with_capacity(text.len() / 5 + 16),
        comments: Vec::new(),
        brackets: Vec::new(),
        indents: vec![0],
    };
    lexer.indentation()?;
    while lexer.at < lexer.bytes.len() {
        lexer.next(0)?;
    }
    if !lexer.brackets.is_empty() {
        return Err(Refused);
    }
    if lexer
        .tokens
        .last()
        .is_some_and(|it| !matches!(it.kind, TokenKind::Newline | TokenKind::Dedent))
    {
        lexer.newline();
        lexer.dedent(0, &[])?;
    }
    lexer.push(TokenKind::End, lexer.at);
    Ok(Lexed { tokens: lexer.tokens, comments: lexer.comments })
}

impl Lexer<'_> {
    /// A word or sign from there to here.
    pub(super) fn push(&mut self, kind: TokenKind, from: usize) {
        self.tokens.push(Token { kind, span: Span::new(from as u32, self.at as u32) });
    }

    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Reads the next word or sign, or passes over what is none. `field` is the number of brackets around the expression
    /// of an interpolation; the sign that ends it is left, and `false` given back.
    pub(super) fn next(&mut self, field: usize) -> Result<bool, Refused> {
        let byte = self.byte(0);
        match byte {
            b' ' | b'\t' | 0x0C => self.at += 1,
            b'\n' | b'\r' => self.line_end()?,
            b'#' => self.comment(),
            b'\\' => self.continuation()?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word()?,
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.string(self.at)?,
            b'}' | b':' | b'=' | b'!' if field > 0 && self.ends_field(byte, field) => {
                return Ok(false);
            }
            _ => self.sign()?,
        }
        Ok(true)
    }

    fn ends_field(&self, byte: u8, field: usize) -> bool {
        self.brackets.len() == field
            && match byte {
                b'=' | b'!' => self.byte(1) != b'=',
                _ => true,
            }
    }

    fn sign(&mut self) -> Result<(), Refused> {
        let (kind, len) = sign(&self.bytes[self.at..]).ok_or(Refused)?;
        match kind {
            TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::LeftBrace => {
                self.open(self.byte(0))?;
            }
            TokenKind::RightParen => self.close(b'(')?,
            TokenKind::RightBracket => self.close(b'[')?,
            TokenKind::RightBrace => self.close(b'{')?,
            _ => {}
        }
        let from = self.at;
        self.at += len;
        self.push(kind, from);
        Ok(())
    }

    /// Notes that a bracket was opened, and gives how many are open.
    pub(super) fn open(&mut self, bracket: u8) -> Result<usize, Refused> {
        if self.brackets.len() >= MAX_BRACKETS {
            return Err(Refused);
        }
        self.brackets.push(bracket);
        Ok(self.brackets.len())
    }

    pub(super) fn close(&mut self, bracket: u8) -> Result<(), Refused> {
        if self.brackets.pop() == Some(bracket) { Ok(()) } else { Err(Refused) }
    }

    fn word(&mut self) -> Result<(), Refused> {
        let from = self.at;
        while self.byte(0).is_ascii_alphanumeric() || self.byte(0) == b'_' {
            self.at += 1;
        }
        if self.byte(0) >= 0x80 {
            return self.foreign_word(from);
        }
        let word = &self.bytes[from..self.at];
        if matches!(self.byte(0), b'"' | b'\'') && is_prefix(word) {
            return self.string(from);
        }
        self.push(keyword(word), from);
        Ok(())
    }

    /// A name with letters beyond ASCII.
    fn foreign_word(&mut self, from: usize) -> Result<(), Refused> {
        let rest = &self.text[from..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at = from + end;
        // A sign that is no letter, or one that this test does not know for a part of names.
        if self.byte(0) >= 0x80 || rest.starts_with(char::is_numeric) {
            return Err(Refused);
        }
        self.push(TokenKind::Name, from);
        Ok(())
    }

    fn number(&mut self) {
        let from = self.at;
        let based = self.byte(0) == b'0' && matches!(self.byte(1) | 0x20, b'x' | b'o' | b'b');
        if based {
            self.at += 2;
            while self.byte(0).is_ascii_hexdigit() || self.byte(0) == b'_' {
                self.at += 1;
            }
        } else {
            self.digits();
            if self.byte(0) == b'.' {
                self.at += 1;
                self.digits();
            }
            let signed = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(0) | 0x20 == b'e' && self.byte(1 + signed).is_ascii_digit() {
                self.at += 1 + signed;
                self.digits();
            }
            if self.byte(0) | 0x20 == b'j' {
                self.at += 1;
            }
        }
        self.push(TokenKind::Number, from);
    }

    fn digits(&mut self) {
        while self.byte(0).is_ascii_digit() || self.byte(0) == b'_' {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        self.comments.push(Span::new(self.at as u32, (self.at + end) as u32));
        self.at += end;
    }

    fn continuation(&mut self) -> Result<(), Refused> {
        self.at += match (self.byte(1), self.byte(2)) {
            (b'\n', _) => 2,
            (b'\r', b'\n') => 3,
            _ => return Err(Refused),
        };
        // What stands on a continued line of its own has an indentation that nobody agrees about.
        let begins = self.tokens.last().is_none_or(|it| {
            matches!(it.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
        });
        if begins { Err(Refused) } else { Ok(()) }
    }

    /// The end of a line. A lone carriage return is an end to Python and none to diffs: such a file is refused.
    fn line_end(&mut self) -> Result<(), Refused> {
        if self.byte(0) == b'\r' && self.byte(1) != b'\n' {
            return Err(Refused);
        }
        self.at += if self.byte(0) == b'\r' { 2 } else { 1 };
        if !self.brackets.is_empty() {
            return Ok(());
        }
        self.newline();
        self.indentation()
    }

    /// Ends a statement. A comment behind it counts with the end.
    fn newline(&mut self) {
        let code = self.tokens.last().map_or(0, |token| token.span.end);
        let comment = self.comments.last().filter(|comment| comment.start >= code);
        let span = Span::new(code, comment.map_or(code, |comment| comment.end));
        self.tokens.push(Token { kind: TokenKind::Newline, span });
    }

    /// Passes over empty lines and comments, and tells how the next line is indented.
    fn indentation(&mut self) -> Result<(), Refused> {
        // Columns and ends of the comments on lines of their own.
        let mut comments: Vec<(u32, u32)> = Vec::new();
        let width = loop {
            let (width, odd) = self.blank();
            match self.byte(0) {
                b'#' => {
                    self.comment();
                    comments.push((width, self.at as u32));
                }
                b'\n' => self.at += 1,
                b'\r' if self.byte(1) == b'\n' => self.at += 2,
                0 if self.at >= self.bytes.len() => break 0,
                _ if odd => return Err(Refused),
                _ => break width,
            }
        };
        if self.indents.last().is_some_and(|top| width > *top) {
            self.indents.push(width);
            self.push(TokenKind::Indent, self.at);
            return Ok(());
        }
        self.dedent(width, &comments)
    }

    /// The width of the space here, which is passed over, and whether nobody agrees about it.
    fn blank(&mut self) -> (u32, bool) {
        let (mut width, mut odd) = (0, false);
        loop {
            match self.byte(0) {
                b' ' => width += 1,
                b'\t' => {
                    odd |= width % 8 != 0;
                    width += 8;
                }
                0x0C => width = 0,
                _ => return (width, odd),
            }
            self.at += 1;
        }
    }

    /// Ends the blocks that are indented deeper. Comments that are indented like a block, or deeper, are its last part.
    fn dedent(&mut self, width: u32, comments: &[(u32, u32)]) -> Result<(), Refused> {
        let mut comments = comments.iter().peekable();
        while let Some(top) = self.indents.last().copied().filter(|top| *top > width) {
            let mut end = 0;
            while let Some((_, comment)) = comments.next_if(|(column, _)| *column >= top) {
                end = *comment;
            }
            self.indents.pop();
            self.tokens.push(Token { kind: TokenKind::Dedent, span: Span::at(end) });
        }
        if self.indents.last() == Some(&width) { Ok(()) } else { Err(Refused) }
    }
}

/// Whether a word before quotes belongs to the string.
fn is_prefix(word: &[u8]) -> bool {
    let lower = |at: usize| word.get(at).map_or(0, u8::to_ascii_lowercase);
    matches!(
        (word.len(), lower(0), lower(1)),
        (1, b'r' | b'b' | b'u' | b'f' | b't', _)
            | (2, b'r', b'b' | b'f' | b't')
            | (2, b'b' | b'f' | b't', b'r')
    )
}
