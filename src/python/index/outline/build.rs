//! From tokens to an outline.

use super::statement::Line;
use super::tokens::{Token, Tokens};
use super::words::{Words, keyword};
use super::*;
use crate::python::MAX_BYTES;

const DEF: u32 = keyword("def");
const CLASS: u32 = keyword("class");
pub(super) const ASYNC_WORD: u32 = keyword("async");
pub(super) const IMPORT: u32 = keyword("import");
pub(super) const FROM_WORD: u32 = keyword("from");
pub(super) const LAMBDA: u32 = keyword("lambda");
const GLOBAL: u32 = keyword("global");

/// Keywords that begin statements and stand in no expression.
pub(super) const BEGINNINGS: [u32; 11] = [
    DEF,
    CLASS,
    IMPORT,
    GLOBAL,
    keyword("return"),
    keyword("while"),
    keyword("try"),
    keyword("with"),
    keyword("raise"),
    keyword("pass"),
    keyword("del"),
];

/// Brackets in each other from which on the parser gives up.
const DEEP: u32 = 400;

/// Finds the outline of a file.
pub(super) fn outline(bytes: &[u8]) -> Outline {
    let other_encoding = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let plain = std::str::from_utf8(bytes).is_ok() && memchr::memchr(0, bytes).is_none();
    let read = if other_encoding { &[] } else { &bytes[..bytes.len().min(MAX_BYTES)] };
    let mut builder = Builder::new(read);
    builder.read();
    let deep = builder.tokens.deepest > DEEP;
    let mut outline = builder.finish();
    outline.doubtful |= !plain || deep || read.len() < bytes.len();
    outline
}

/// A definition whose body may go on.
pub(super) struct Open {
    pub(super) member: usize,
    pub(super) indent: u32,
    /// Columns in front of the first line of the body.
    pub(super) body: Option<u32>,
}

pub(super) struct Builder<'b> {
    pub(super) tokens: Tokens<'b>,
    pub(super) words: Words,
    pub(super) out: Outline,
    /// Classes around the line.
    pub(super) classes: Vec<Open>,
    /// The function that the line may be in, and the indentations of definitions within it.
    pub(super) function: Option<Open>,
    pub(super) inner: Vec<u32>,
    /// Whether the line holds the header of such a definition.
    pub(super) defines_inside: bool,
    /// The statement that the line may be in.
    pub(super) statement: Option<Open>,
    /// Decorators of a definition that did not come yet.
    pub(super) decorated: Option<Open>,
    /// Where the last token ended, and the one before it; ends of lines are none.
    pub(super) end: u32,
    pub(super) before: u32,
    pub(super) line: Line,
}

/// How a logical line was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    ToItsEnd,
    /// The token that was given last begins another statement, though brackets are open.
    ToAnother,
}

impl<'b> Builder<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self {
            tokens: Tokens::of(bytes),
            words: Words::new(bytes.len()),
            out: Outline::default(),
            classes: Vec::new(),
            function: None,
            inner: Vec::new(),
            defines_inside: false,
            statement: None,
            decorated: None,
            end: 0,
            before: 0,
            line: Line::default(),
        }
    }

    fn read(&mut self) {
        let mut token = self.next();
        while token != Token::End {
            token = match self.logical_line(token) {
                Read::ToItsEnd => self.next(),
                Read::ToAnother => {
                    self.tokens.forget_brackets();
                    Token::Word
                }
            };
        }
        self.before = self.end;
        self.leave(0);
        self.seal();
    }

    pub(super) fn next(&mut self) -> Token {
        self.before = self.end;
        let token = self.tokens.next();
        if !matches!(token, Token::Line | Token::End) {
            self.end = self.tokens.end as u32;
        }
        token
    }

    pub(super) fn word(&mut self) -> u32 {
        self.words.number(self.tokens.text())
    }

    /// Reads the logical line that begins with a token.
    fn logical_line(&mut self, token: Token) -> Read {
        let indent = self.tokens.indent;
        let start = self.tokens.start as u32;
        let word = if token == Token::Word { self.word() } else { u32::MAX };
        let rest = &self.tokens.bytes[self.tokens.end..];
        let is_def = word == DEF || word == ASYNC_WORD && begins_with_def(rest);
        let defines = is_def || word == CLASS;
        self.defines_inside = self.goes_on_in_function(indent, start, defines) && defines;
        if self.function.as_ref().is_some_and(|function| indent > function.indent) {
            return self.statement(token);
        }
        self.leave(indent);
        if token == Token::At {
            if self.decorated.is_none() {
                let member = self.open(MemberKind::Statement, start, indent);
                self.decorated = Some(Open { member, indent, body: None });
            }
            return self.statement(token);
        }
        let decorated = self.decorated.take();
        if defines {
            // Decorators further in or out are nothing that Python accepts.
            self.out.doubtful |= decorated.as_ref().is_some_and(|it| it.indent != indent);
            let member = match decorated {
                Some(decorated) => decorated.member,
                None => self.open(MemberKind::Statement, start, indent),
            };
            self.statement = None;
            self.out.members[member].header = start;
            return if is_def {
                self.definition(member, word, indent)
            } else {
                self.class(member, indent)
            };
        }
        let imports = matches!(word, IMPORT | FROM_WORD);
        let goes_on = self.statement.as_ref().is_some_and(|statement| {
            let both = imports && self.out.members[statement.member].kind == MemberKind::Imports;
            indent > statement.indent || both && indent == statement.indent
        });
        if !goes_on {
            let kind = if imports { MemberKind::Imports } else { MemberKind::Statement };
            let member = self.open(kind, start, indent);
            self.statement = Some(Open { member, indent, body: None });
        }
        self.statement(token)
    }

    /// Whether the line lies in the function that is open; notes the first statement of its body, and definitions in it.
    fn goes_on_in_function(&mut self, indent: u32, start: u32, defines: bool) -> bool {
        let Some(function) = self.function.as_mut().filter(|it| indent > it.indent) else {
            return false;
        };
        if function.body.is_none() {
            function.body = Some(indent);
            let member = &mut self.out.members[function.member];
            if member.first == member.body {
                member.first = start;
            }
        } else if function.body.is_some_and(|body| indent < body) {
            // Less than the body, more than its header: nothing that Python accepts.
            self.out.doubtful = true;
        }
        while self.inner.last().is_some_and(|inner| *inner >= indent) {
            self.inner.pop();
        }
        if defines {
            self.inner.push(indent);
        }
        true
    }

    /// Ends what a line with an indentation is not in any more.
    fn leave(&mut self, indent: u32) {
        if let Some(function) = self.function.take() {
            // Nothing stands in it: the parser takes for its body what comes next.
            self.out.doubtful |= self.before <= self.out.members[function.member].first;
        }
        self.inner.clear();
        if self.statement.as_ref().is_some_and(|it| indent < it.indent) {
            self.statement = None;
        }
        while let Some(class) = self.classes.pop_if(|class| class.indent >= indent) {
            self.seal();
            self.out.members[class.member].span.end = self.before;
            self.statement = None;
        }
    }

    /// Begins a member.
    fn open(&mut self, kind: MemberKind, start: u32, indent: u32) -> usize {
        self.seal();
        let mentions = self.out.mentions.len() as u32;
        let assigns = self.out.assigns.len() as u32;
        let bases = self.out.bases.len() as u32;
        let mut flags = 0;
        let mut parent = 0;
        let mut margin = 0;
        if let Some(class) = self.classes.last_mut() {
            parent = class.member as u32 + 1;
            margin = *class.body.get_or_insert(indent);
        }
        if indent > margin {
            flags |= CONDITIONAL;
        }
        // Less than the class' body, more than its header: nothing that Python accepts.
        self.out.doubtful |= indent < margin;
        let outer = self.statement.as_ref().is_some_and(|statement| indent > statement.indent);
        if !outer {
            self.statement = None;
        }
        self.out.members.push(Member {
            kind,
            flags,
            parent,
            name: Name::default(),
            span: Span::new(start, start),
            header: start,
            body: start,
            first: start,
            mentions: mentions..mentions,
            assigns: assigns..assigns,
            bases: bases..bases,
        });
        self.out.members.len() - 1
    }

    /// Ends the words of the last member.
    fn seal(&mut self) {
        let Some(member) = self.out.members.last_mut() else { return };
        member.span.end = self.before;
        member.mentions.end = self.out.mentions.len() as u32;
        member.assigns.end = self.out.assigns.len() as u32;
    }

    /// Sorts the words, and what mentions them.
    fn finish(self) -> Outline {
        let mut out = self.out;
        out.doubtful |= self.tokens.broken;
        let keywords = Words::KEYWORDS as usize;
        let hashes = &self.words.hashes;
        let mut order: Vec<u32> = (keywords as u32..hashes.len() as u32).collect();
        order.sort_unstable_by_key(|word| hashes[*word as usize]);
        let mut places = vec![0; hashes.len()];
        for (at, word) in order.iter().enumerate() {
            places[*word as usize] = at as u32;
        }
        out.words = order.iter().map(|word| hashes[*word as usize]).collect();
        out.mentions.iter_mut().chain(&mut out.assigns).for_each(|it| *it = places[*it as usize]);
        let mut assigns = Vec::with_capacity(out.assigns.len());
        for member in &mut out.members {
            member.span.end = member.span.end.max(member.first);
            let Range { start, end } = member.mentions;
            out.mentions[start as usize..end as usize].sort_unstable();
            let Range { start, end } = member.assigns;
            let assigned = &mut out.assigns[start as usize..end as usize];
            assigned.sort_unstable();
            let begin = assigns.len();
            for at in assigned {
                if assigns[begin..].last() != Some(at) {
                    assigns.push(*at);
                }
            }
            member.assigns = begin as u32..assigns.len() as u32;
        }
        out.assigns = assigns;
        out
    }
}

/// Whether what follows `async` is a definition.
fn begins_with_def(rest: &[u8]) -> bool {
    rest.trim_ascii_start()
        .strip_prefix(b"def")
        .is_some_and(|behind| behind.first().is_some_and(|byte| !is_in_words(*byte)))
}

pub(super) fn is_in_words(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}
