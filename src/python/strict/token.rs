//! The words and signs of a file.

use super::Span;

/// A word or sign, and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a word or sign is, as far as the syntax cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    End,
    Newline,
    Indent,
    Dedent,
    Name,
    Number,
    String,
    /// The quotes that open a string with interpolations.
    FormatStart,
    /// `{` of an interpolation.
    FieldStart,
    /// Just behind the expression of an interpolation.
    FieldEnd,
    FormatEnd,

    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,

    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Colon,
    Comma,
    Semicolon,
    Dot,
    Ellipsis,
    Arrow,
    At,
    Equal,
    Walrus,
    /// `+=` and its like.
    Augmented,
    Star,
    DoubleStar,
    Plus,
    Minus,
    Tilde,
    Pipe,
    Caret,
    Ampersand,
    /// `<<`, `>>`
    Shift,
    /// `/`
    Slash,
    /// `//`, `%`
    Divide,
    /// `<`, `==` and their like.
    Compare,
}

/// The keyword that a word is; else it is a name. `match`, `case`, `type` and `_` are names.
pub(super) fn keyword(word: &[u8]) -> TokenKind {
    use TokenKind::*;
    if !(2..=8).contains(&word.len()) {
        return Name;
    }
    match word {
        b"False" => False,
        b"None" => None,
        b"True" => True,
        b"and" => And,
        b"as" => As,
        b"assert" => Assert,
        b"async" => Async,
        b"await" => Await,
        b"break" => Break,
        b"class" => Class,
        b"continue" => Continue,
        b"def" => Def,
        b"del" => Del,
        b"elif" => Elif,
        b"else" => Else,
        b"except" => Except,
        b"finally" => Finally,
        b"for" => For,
        b"from" => From,
        b"global" => Global,
        b"if" => If,
        b"import" => Import,
        b"in" => In,
        b"is" => Is,
        b"lambda" => Lambda,
        b"nonlocal" => Nonlocal,
        b"not" => Not,
        b"or" => Or,
        b"pass" => Pass,
        b"raise" => Raise,
        b"return" => Return,
        b"try" => Try,
        b"while" => While,
        b"with" => With,
        b"yield" => Yield,
        _ => Name,
    }
}

/// The sign at the beginning of the bytes, and its length.
pub(super) fn sign(bytes: &[u8]) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    let next = bytes.get(1).copied().unwrap_or(0);
    let third = bytes.get(2).copied().unwrap_or(0);
    let augmented = |kind, at: u8| if at == b'=' { (Augmented, 2) } else { (kind, 1) };
    let doubled = |kind| if third == b'=' { (Augmented, 3) } else { (kind, 2) };
    Some(match bytes.first()? {
        b'(' => (LeftParen, 1),
        b')' => (RightParen, 1),
        b'[' => (LeftBracket, 1),
        b']' => (RightBracket, 1),
        b'{' => (LeftBrace, 1),
        b'}' => (RightBrace, 1),
        b':' if next == b'=' => (Walrus, 2),
        b':' => (Colon, 1),
        b',' => (Comma, 1),
        b';' => (Semicolon, 1),
        b'.' if next == b'.' && third == b'.' => (Ellipsis, 3),
        b'.' => (Dot, 1),
        b'-' if next == b'>' => (Arrow, 2),
        b'=' if next == b'=' => (Compare, 2),
        b'!' if next == b'=' => (Compare, 2),
        b'=' => (Equal, 1),
        b'<' if next == b'<' => doubled(Shift),
        b'>' if next == b'>' => doubled(Shift),
        b'<' | b'>' if next == b'=' => (Compare, 2),
        b'<' | b'>' => (Compare, 1),
        b'*' if next == b'*' => doubled(DoubleStar),
        b'/' if next == b'/' => doubled(Divide),
        b'*' => augmented(Star, next),
        b'/' => augmented(Slash, next),
        b'%' => augmented(Divide, next),
        b'@' => augmented(At, next),
        b'+' => augmented(Plus, next),
        b'-' => augmented(Minus, next),
        b'|' => augmented(Pipe, next),
        b'^' => augmented(Caret, next),
        b'&' => augmented(Ampersand, next),
        b'~' => (Tilde, 1),
        _ => return Option::None,
    })
}
