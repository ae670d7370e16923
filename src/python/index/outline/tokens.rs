//! Cuts Python's bytes into the few kinds of tokens that an outline is made from.
//!
//! One pass, no look-back, no allocation but for f-strings in each other. Words in plain strings are not told apart; code in
//! the braces of an f-string is code.

use memchr::{memchr2, memchr3};

use super::formats::Format;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a keyword.
    Word,
    /// A whole string, or the literal parts of an f-string up to a brace and from one on.
    Text,
    Open,
    Close,
    Colon,
    Semicolon,
    Comma,
    Dot,
    At,
    /// `=`, or an operator that assigns as well.
    Assign,
    /// `:=`
    Walrus,
    /// Numbers and all other operators.
    Other,
    /// The end of a logical line.
    Line,
    /// The end of the file.
    End,
}

/// Where the next token is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Code,
    /// In the text of the innermost f-string.
    Literal,
    /// In a format specification of the innermost f-string.
    Specification,
}

/// The tokens of a file, one after the other.
pub(super) struct Tokens<'b> {
    pub(super) bytes: &'b [u8],
    /// Where the token begins and ends that was given last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Columns in front of the first token of the physical line, a tab counting for eight as it does in the parser.
    pub(super) indent: u32,
    /// Whether the token is the first one of a physical line.
    pub(super) first: bool,
    /// Brackets that are open behind the token.
    pub(super) depth: u32,
    pub(super) deepest: u32,
    /// Whether brackets or quotes don't match.
    pub(super) broken: bool,
    pub(super) mode: Mode,
    pub(super) formats: Vec<Format>,
    /// Whether a token was given since the last end of a logical line.
    in_line: bool,
    /// Whether no token was looked for yet.
    fresh: bool,
}

impl<'b> Tokens<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        let end = if bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
        let mut tokens = Self {
            bytes,
            start: end,
            end,
            indent: 0,
            first: true,
            depth: 0,
            deepest: 0,
            broken: false,
            mode: Mode::Code,
            formats: Vec::new(),
            in_line: false,
            fresh: true,
        };
        tokens.line_begins();
        tokens
    }

    /// The bytes of the token that was given last.
    pub(super) fn text(&self) -> &'b [u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes brackets and strings that are open for forgotten ones. The token that was given last begins a line then.
    pub(super) fn forget_brackets(&mut self) {
        self.broken = true;
        self.depth = 0;
        self.mode = Mode::Code;
        self.formats.clear();
    }

    pub(super) fn next(&mut self) -> Token {
        match self.mode {
            Mode::Code => self.code(),
            Mode::Literal => self.literal(),
            Mode::Specification => self.specification(),
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.end + ahead).copied().unwrap_or(0)
    }

    pub(super) fn code(&mut self) -> Token {
        self.first = std::mem::take(&mut self.fresh);
        loop {
            let Some(&byte) = self.bytes.get(self.end) else { return self.at_end() };
            self.start = self.end;
            self.end += 1;
            match CLASSES[byte as usize] {
                Class::Blank => {}
                Class::Word => return self.word(),
                Class::Newline => {
                    if self.depth == 0 && self.in_line {
                        self.end -= 1;
                        self.in_line = false;
                        return Token::Line;
                    }
                    self.line_begins();
                    self.first = true;
                }
                Class::Comment => {
                    let rest = &self.bytes[self.end..];
                    self.end += memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                Class::Backslash => match (self.peek(0), self.peek(1)) {
                    (b'\r', b'\n') => self.end += 2,
                    (b'\n' | b'\r', _) => self.end += 1,
                    _ => self.broken = true,
                },
                Class::Digit => {
                    while CLASSES[self.peek(0) as usize].is_in_words() {
                        self.end += 1;
                    }
                    return self.given(Token::Other);
                }
                Class::Quote => return self.string(byte, false, false),
                Class::Open => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                    return self.given(Token::Open);
                }
                Class::Close => return self.close(byte),
                Class::Colon => return self.colon(),
                Class::Operator => return self.operator(byte),
            }
        }
    }

    fn given(&mut self, token: Token) -> Token {
        self.in_line = true;
        token
    }

    fn at_end(&mut self) -> Token {
        self.start = self.end;
        if !self.in_line {
            return Token::End;
        }
        self.in_line = false;
        self.broken |= self.depth > 0;
        self.depth = 0;
        Token::Line
    }

    /// Behind the end of a physical line: counts the columns in front of the next one.
    fn line_begins(&mut self) {
        self.indent = 0;
        loop {
            match self.peek(0) {
                b' ' => self.indent += 1,
                b'\t' => self.indent += 8,
                b'\x0c' => self.indent = 0,
                _ => return,
            }
            self.end += 1;
        }
    }

    fn word(&mut self) -> Token {
        while CLASSES[self.peek(0) as usize].is_in_words() {
            self.end += 1;
        }
        let quote = self.peek(0);
        if matches!(quote, b'"' | b'\'') && self.end - self.start <= 2 {
            let has = |letter: u8| self.text().iter().any(|it| it.to_ascii_lowercase() == letter);
            if self.text().iter().all(|it| b"rRbBuUfFtT".contains(it)) {
                let (format, raw) = (has(b'f') || has(b't'), has(b'r'));
                self.end += 1;
                return self.string(quote, format, raw);
            }
        }
        self.given(Token::Word)
    }

    fn close(&mut self, byte: u8) -> Token {
        if let Some(format) = self.formats.last()
            && byte == b'}'
            && self.depth == format.depth
        {
            self.mode = if format.in_specification { Mode::Specification } else { Mode::Literal };
            self.depth -= 1;
            if format.in_specification {
                self.formats.pop();
            }
            return Token::Other;
        }
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => self.broken = true,
        }
        self.given(Token::Close)
    }

    fn colon(&mut self) -> Token {
        if self.formats.last().is_some_and(|format| format.depth == self.depth) {
            self.mode = Mode::Specification;
            return Token::Other;
        }
        if self.peek(0) == b'=' {
            self.end += 1;
            return self.given(Token::Walrus);
        }
        self.given(Token::Colon)
    }

    fn operator(&mut self, byte: u8) -> Token {
        let equals = self.peek(0) == b'=';
        let token = match byte {
            b'.' => Token::Dot,
            b',' => Token::Comma,
            b';' => Token::Semicolon,
            b'=' if !equals => Token::Assign,
            b'=' | b'!' | b'<' | b'>' if equals => {
                self.end += 1;
                Token::Other
            }
            // `**=`, `//=`, `>>=`: the second sign of them comes here again.
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@' if equals => {
                self.end += 1;
                Token::Assign
            }
            b'<' | b'>' if self.peek(0) == byte && self.peek(1) == b'=' => {
                self.end += 2;
                Token::Assign
            }
            b'@' => Token::At,
            _ => Token::Other,
        };
        self.given(token)
    }

    /// Behind the first quote of a string.
    fn string(&mut self, quote: u8, format: bool, raw: bool) -> Token {
        self.in_line = true;
        let triple = self.peek(0) == quote && self.peek(1) == quote;
        if triple {
            self.end += 2;
        }
        if format {
            // The brace's depth is set where it opens.
            let depth = u32::MAX;
            self.formats.push(Format { quote, triple, raw, depth, in_specification: false });
            self.mode = Mode::Literal;
            return self.literal();
        }
        loop {
            let rest = &self.bytes[self.end..];
            let found = if triple {
                memchr2(quote, b'\\', rest)
            } else {
                memchr3(quote, b'\\', b'\n', rest)
            };
            let Some(at) = found else {
                // A short one that isn't closed ends with its line, which is the file's last.
                self.broken = true;
                self.end = self.bytes.len();
                return Token::Text;
            };
            self.end += at + 1;
            match rest[at] {
                b'\\' => self.escape(),
                b'\n' => {
                    self.broken = true;
                    self.end -= 1;
                    return Token::Text;
                }
                _ if !triple => return Token::Text,
                _ if self.peek(0) == quote && self.peek(1) == quote => {
                    self.end += 2;
                    return Token::Text;
                }
                _ => {}
            }
        }
    }

    /// Behind a backslash in a string: the next character is none of the string's own.
    pub(super) fn escape(&mut self) {
        self.end += match (self.peek(0), self.peek(1)) {
            (b'\r', b'\n') => 2,
            _ => 1,
        };
        self.end = self.end.min(self.bytes.len());
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Newline,
    Word,
    Digit,
    Comment,
    Backslash,
    Quote,
    Open,
    Close,
    Colon,
    Operator,
}

impl Class {
    fn is_in_words(self) -> bool {
        matches!(self, Self::Word | Self::Digit)
    }
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Operator; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            0 | b' ' | b'\t' | b'\x0c' => Class::Blank,
            b'\n' | b'\r' => Class::Newline,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'#' => Class::Comment,
            b'\\' => Class::Backslash,
            b'"' | b'\'' => Class::Quote,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b':' => Class::Colon,
            _ => Class::Operator,
        };
        byte += 1;
    }
    classes
};
