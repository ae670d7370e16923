//! Imports.

use super::build::{Builder, IMPORT};
use super::tokens::Token;
use super::words::keyword;
use super::{FROM, Import, Name, STAR};

const AS: u32 = keyword("as");

impl Builder<'_> {
    /// Reads an import behind its first word; gives the token behind it.
    pub(super) fn import(&mut self, is_from: bool) -> Token {
        let mut token = self.next();
        loop {
            let begin = self.out.imported.len() as u32;
            let mut level = 0;
            while is_from && token == Token::Dot {
                level += 1;
                token = self.next();
            }
            let mut import = Import {
                module: Name::default(),
                level,
                flags: if is_from { FROM } else { 0 },
                member: self.out.members.len().saturating_sub(1) as u32,
                alias: Name::default(),
                names: begin..begin,
            };
            (import.module, token) = self.dotted(token);
            if is_from {
                return self.imported(import, token);
            }
            (import.alias, token) = self.alias(token);
            self.out.imports.push(import);
            if token != Token::Comma {
                return token;
            }
            token = self.next();
        }
    }

    /// Reads `import a as b, c` of a `from`.
    pub(super) fn imported(&mut self, mut import: Import, mut token: Token) -> Token {
        if token != Token::Word || self.word() != IMPORT {
            self.out.doubtful = true;
            return token;
        }
        token = self.next();
        loop {
            match token {
                Token::Word => {
                    let word = self.word();
                    if self.begins_another(word) {
                        break;
                    }
                    self.mention(word);
                    let name = self.keep(self.tokens.text());
                    let (alias, behind) = {
                        let next = self.next();
                        self.alias(next)
                    };
                    self.out.imported.push((name, alias));
                    token = behind;
                }
                Token::Other if self.tokens.text() == b"*" => {
                    import.flags |= STAR;
                    token = self.next();
                }
                Token::Open | Token::Close | Token::Comma => token = self.next(),
                _ => break,
            }
        }
        import.names.end = self.out.imported.len() as u32;
        self.out.imports.push(import);
        token
    }

    /// Reads a dotted name from its first token on.
    pub(super) fn dotted(&mut self, mut token: Token) -> (Name, Token) {
        let start = self.out.names.len() as u32;
        loop {
            match token {
                Token::Word => {
                    let word = self.word();
                    if word == IMPORT {
                        break;
                    }
                    self.mention(word);
                    self.keep(self.tokens.text());
                }
                Token::Dot => {
                    self.keep(b".");
                }
                _ => break,
            }
            token = self.next();
            if token == Token::Word && self.word() == AS {
                break;
            }
        }
        (Name { start, end: self.out.names.len() as u32 }, token)
    }

    /// Reads `as name`, if it is one.
    pub(super) fn alias(&mut self, token: Token) -> (Name, Token) {
        if token != Token::Word || self.word() != AS {
            return (Name::default(), token);
        }
        if self.next() != Token::Word {
            self.out.doubtful = true;
            return (Name::default(), Token::Other);
        }
        let word = self.word();
        self.mention(word);
        let name = self.keep(self.tokens.text());
        (name, self.next())
    }

    pub(super) fn keep(&mut self, text: &[u8]) -> Name {
        let start = self.out.names.len() as u32;
        self.out.names.push_str(&String::from_utf8_lossy(text));
        Name { start, end: self.out.names.len() as u32 }
    }
}
