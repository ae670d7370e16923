//! Statements: what they mention, and what they bind.

use super::build::{Builder, FROM_WORD, IMPORT, Read, is_in_words};
use super::tokens::Token;
use super::words::{Words, keyword};
use super::{ASYNC_INSIDE, AWAITS, ODD, YIELDS};

const AWAIT: u32 = keyword("await");
const ASYNC_WORD: u32 = keyword("async");
const YIELD: u32 = keyword("yield");
const LAMBDA: u32 = keyword("lambda");
const AS: u32 = keyword("as");
const FOR: u32 = keyword("for");
const IN: u32 = keyword("in");
const GLOBAL: u32 = keyword("global");
const SELF: u32 = keyword("self");
const CLS: u32 = keyword("cls");

/// Longest string that is looked at for names: annotations, names of attributes and modules.
const LONGEST: usize = 100;

/// What was seen of a logical line.
#[derive(Default)]
pub(super) struct Line {
    /// Names and attributes that an assignment would bind, with whether they are attributes.
    pub(super) targets: Vec<(u32, bool)>,
    pub(super) has_lambda: bool,
    pub(super) is_export: bool,
    /// Whether the statement begins with a keyword, so that a colon ends a header.
    pub(super) by_keyword: bool,
    pub(super) is_global: bool,
}

impl Builder<'_> {
    /// Reads a statement and those behind it, from its first token to the end of the line.
    pub(super) fn statement(&mut self, mut token: Token) -> Read {
        self.line = Line::default();
        let (mut begins, mut lazy) = (true, false);
        let mut before = Token::Line;
        let mut target = false;
        let mut last = u32::MAX;
        loop {
            match token {
                Token::Word => {
                    let word = self.word();
                    if self.begins_another(word) {
                        return Read::ToAnother;
                    }
                    if (begins || lazy) && matches!(word, IMPORT | FROM_WORD) {
                        token = self.import(word == FROM_WORD);
                        continue;
                    }
                    if begins {
                        self.line.by_keyword =
                            word < Words::KEYWORDS && !matches!(word, SELF | CLS);
                        self.line.is_global = word == GLOBAL;
                        self.line.is_export = self.tokens.text() == b"__all__";
                    }
                    target = self.word_of_statement(word, before == Token::Dot, target);
                    last = word;
                }
                Token::Text => self.text_of_statement(),
                Token::Assign if self.tokens.depth == 0 => self.bind(),
                Token::Walrus => self.bind_one(last, false),
                Token::Colon if self.tokens.depth == 0 && !self.line.by_keyword => self.bind(),
                Token::Line | Token::End => return Read::ToItsEnd,
                _ => {}
            }
            lazy = begins && token == Token::Word && self.tokens.text() == b"lazy";
            target &= matches!(token, Token::Word | Token::Dot | Token::Comma | Token::Open);
            begins = matches!(token, Token::Semicolon)
                || token == Token::Colon && self.tokens.depth == 0;
            if begins {
                self.line.targets.clear();
            }
            before = token;
            token = self.next();
        }
    }

    /// Notes a word; gives whether the next one is bound by this one.
    pub(super) fn word_of_statement(
        &mut self,
        word: u32,
        is_attribute: bool,
        target: bool,
    ) -> bool {
        let flag = match word {
            AWAIT => AWAITS,
            ASYNC_WORD => ASYNC_INSIDE,
            // A default value, a class' base or a decorator.
            YIELD if self.defines_inside || self.function.is_none() => ODD,
            YIELD if self.inner.is_empty() && self.line.has_lambda => YIELDS | ODD,
            YIELD if self.inner.is_empty() => YIELDS,
            _ => 0,
        };
        if let Some(member) = self.out.members.last_mut() {
            member.flags |= flag;
        }
        self.line.has_lambda |= word == LAMBDA;
        if word < Words::KEYWORDS {
            return matches!(word, AS | FOR) || target && word != IN;
        }
        self.mention(word);
        if self.line.is_global {
            self.assign(word);
        } else if target {
            self.bind_one(word, is_attribute);
        } else if is_attribute || self.binds_names() {
            self.line.targets.push((word, is_attribute));
        }
        target
    }

    /// Whether plain names are bound for others to see.
    pub(super) fn binds_names(&self) -> bool {
        self.function.is_none()
    }

    pub(super) fn bind(&mut self) {
        for (word, is_attribute) in std::mem::take(&mut self.line.targets) {
            self.bind_one(word, is_attribute);
        }
    }

    pub(super) fn bind_one(&mut self, word: u32, is_attribute: bool) {
        if word != u32::MAX && (is_attribute || self.binds_names()) {
            self.assign(word);
        }
    }

    pub(super) fn assign(&mut self, word: u32) {
        if word >= Words::KEYWORDS {
            self.out.assigns.push(word);
        }
    }

    pub(super) fn text_of_statement(&mut self) {
        if self.line.is_export {
            let text = self.tokens.text();
            let quotes = |byte: &u8| matches!(byte, b'"' | b'\'');
            let begins = text.iter().position(quotes).map_or(0, |at| at + 1);
            let inside = &text[begins..];
            let ends = inside.iter().position(quotes).unwrap_or(inside.len());
            let name = self.keep(&inside[..ends]);
            self.out.exports.push(name);
        }
        self.mention_text();
    }

    /// Notes the words of a string that may be an annotation or a name.
    pub(super) fn mention_text(&mut self) {
        let text = self.tokens.text();
        if text.len() > LONGEST || !may_be_code(text) {
            return;
        }
        for word in text.split(|byte| !is_in_words(*byte)).filter(|word| !word.is_empty()) {
            if !word[0].is_ascii_digit() {
                let word = self.words.number(word);
                self.mention(word);
            }
        }
    }

    pub(super) fn mention(&mut self, word: u32) {
        let member = self.out.members.len().saturating_sub(1) as u32;
        if word >= Words::KEYWORDS && self.words.is_new_for(word, member) {
            self.out.mentions.push(word);
        }
    }
}

/// Whether a string may be an annotation or a name: blanks stand only at commas and bars.
fn may_be_code(text: &[u8]) -> bool {
    let plain = |byte: &u8| is_in_words(*byte) || b"\"'.,[]| ".contains(byte);
    let loose = |pair: &[u8]| is_in_words(pair[0]) && pair[1] == b' ';
    text.iter().all(plain) && text.windows(3).all(|it| !(loose(it) && is_in_words(it[2])))
}
