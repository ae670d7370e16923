//! Headers of definitions.

use super::build::{ASYNC_WORD, BEGINNINGS, Builder, LAMBDA, Open, Read};
use super::statement::Line;
use super::tokens::Token;
use super::{ASYNC, MemberKind};

impl Builder<'_> {
    /// Reads a definition's line behind its first word.
    pub(super) fn definition(&mut self, member: usize, word: u32, indent: u32) -> Read {
        self.out.members[member].kind = MemberKind::Function;
        if word == ASYNC_WORD {
            self.out.members[member].flags |= ASYNC;
            self.next();
        }
        let read = self.header(member, false);
        self.function = Some(Open { member, indent, body: None });
        read.unwrap_or_else(|| self.one_line(member))
    }

    pub(super) fn class(&mut self, member: usize, indent: u32) -> Read {
        self.out.members[member].kind = MemberKind::Class;
        let read = self.header(member, true);
        self.classes.push(Open { member, indent, body: None });
        read.unwrap_or_else(|| self.one_line(member))
    }

    /// What stands behind a header's colon.
    pub(super) fn one_line(&mut self, member: usize) -> Read {
        let token = self.next();
        if token == Token::Line {
            return Read::ToItsEnd;
        }
        self.out.members[member].first = self.tokens.start as u32;
        self.statement(token)
    }

    /// Reads name, parameters or bases up to the colon. Gives how the line ended if there is none.
    pub(super) fn header(&mut self, member: usize, is_class: bool) -> Option<Read> {
        self.line = Line::default();
        let mut token = self.next();
        let mut base = String::new();
        let (mut wanted, mut in_bases) = (false, false);
        if token == Token::Word {
            self.word();
            let name = self.keep(self.tokens.text());
            self.out.members[member].name = name;
            token = self.next();
        }
        loop {
            let end = self.tokens.end as u32;
            match token {
                Token::Colon if self.tokens.depth == 0 => {
                    let member = &mut self.out.members[member];
                    (member.body, member.first) = (end, end);
                    return None;
                }
                Token::Line | Token::End => {
                    self.out.doubtful = true;
                    let member = &mut self.out.members[member];
                    (member.body, member.first) = (end, end);
                    return Some(Read::ToItsEnd);
                }
                Token::Word => {
                    let word = self.word();
                    if self.begins_another(word) {
                        let end = self.before;
                        let member = &mut self.out.members[member];
                        (member.body, member.first) = (end, end);
                        return Some(Read::ToAnother);
                    }
                    // A lambda's colon is not the header's.
                    self.out.doubtful |= word == LAMBDA && self.tokens.depth == 0;
                    self.mention(word);
                    if wanted {
                        base.push_str(&String::from_utf8_lossy(self.tokens.text()));
                        wanted = false;
                    }
                }
                Token::Text => self.mention_text(),
                Token::Dot if !base.is_empty() && self.tokens.depth == 1 => {
                    base.push('.');
                    wanted = true;
                }
                _ => {}
            }
            if is_class && token != Token::Word && token != Token::Dot {
                if token != Token::Assign && !base.is_empty() {
                    let name = self.keep(base.as_bytes());
                    self.out.bases.push(name);
                    self.out.members[member].bases.end += 1;
                }
                base.clear();
                let opens = token == Token::Open && self.tokens.depth == 1;
                if opens {
                    // Parameters of types stand in brackets before the bases.
                    in_bases = self.tokens.text() == b"(";
                }
                wanted = in_bases && self.tokens.depth == 1 && (opens || token == Token::Comma);
            }
            token = self.next();
        }
    }

    /// Whether a keyword shows that open brackets were forgotten.
    pub(super) fn begins_another(&self, word: u32) -> bool {
        self.tokens.first && self.tokens.depth > 0 && BEGINNINGS.contains(&word)
    }
}
