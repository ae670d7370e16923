//! Outlines as bytes: a version, marks, the words' hashes as they are (so that they can be searched, see [`Sketch`]), then
//! numbers in groups of seven bits, sorted ones as differences.

use super::*;

/// First byte. Another one for each change of what an outline is, or of how it is found.
pub(super) const VERSION: u8 = 3;

/// The only mark.
const DOUBTFUL: u8 = 1;

pub(super) fn to_bytes(outline: &Outline) -> Vec<u8> {
    let marks = if outline.doubtful { DOUBTFUL } else { 0 };
    let mut out = vec![VERSION, marks];
    out.extend_from_slice(&(outline.words.len() as u32).to_le_bytes());
    out.extend(outline.words.iter().flat_map(|word| word.to_le_bytes()));
    put(&mut out, outline.names.len() as u32);
    out.extend_from_slice(outline.names.as_bytes());
    put(&mut out, outline.members.len() as u32);
    let mut before = 0;
    for member in &outline.members {
        let kind = match member.kind {
            MemberKind::Function => 0,
            MemberKind::Class => 1,
            MemberKind::Imports => 2,
            MemberKind::Statement => 3,
        };
        out.extend([kind, member.flags]);
        put(&mut out, member.parent);
        put_name(&mut out, member.name);
        // Members begin in order, and their parts follow each other.
        put(&mut out, member.span.start - before);
        before = member.span.start;
        put(&mut out, member.header - member.span.start);
        put(&mut out, member.body - member.header);
        put(&mut out, member.first - member.body);
        put(&mut out, member.span.end - member.first);
        put_sorted(&mut out, part(&outline.mentions, &member.mentions));
        put_sorted(&mut out, part(&outline.assigns, &member.assigns));
        put_names(&mut out, part(&outline.bases, &member.bases));
    }
    put(&mut out, outline.imports.len() as u32);
    for import in &outline.imports {
        out.push(import.flags);
        put_name(&mut out, import.module);
        put(&mut out, import.level);
        put(&mut out, import.member);
        put_name(&mut out, import.alias);
        let names = part(&outline.imported, &import.names);
        put(&mut out, names.len() as u32);
        for (name, alias) in names {
            put_name(&mut out, *name);
            put_name(&mut out, *alias);
        }
    }
    put_names(&mut out, &outline.exports);
    out
}

fn part<'a, T>(list: &'a [T], range: &Range<u32>) -> &'a [T] {
    &list[range.start as usize..range.end as usize]
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_sorted(out: &mut Vec<u8>, numbers: &[u32]) {
    put(out, numbers.len() as u32);
    let mut before = 0;
    for number in numbers {
        put(out, number - before);
        before = *number;
    }
}

fn put_name(out: &mut Vec<u8>, name: Name) {
    put(out, name.start);
    put(out, name.end - name.start);
}

fn put_names(out: &mut Vec<u8>, names: &[Name]) {
    put(out, names.len() as u32);
    names.iter().for_each(|name| put_name(out, *name));
}

pub(super) fn from_bytes(bytes: &[u8]) -> Option<Outline> {
    let Head { doubtful, words, rest } = head(bytes)?;
    let mut input = Input { rest, names: 0 };
    let mut outline = Outline { doubtful, ..Outline::default() };
    outline.words = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    if !outline.words.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let length = input.number()? as usize;
    let (names, rest) = input.rest.split_at_checked(length)?;
    outline.names = std::str::from_utf8(names).ok()?.to_owned();
    (input.rest, input.names) = (rest, length as u32);
    let words = outline.words.len() as u32;
    let mut before = 0_u32;
    for at in 0..input.number()? {
        let kind = match input.byte()? {
            0 => MemberKind::Function,
            1 => MemberKind::Class,
            2 => MemberKind::Imports,
            3 => MemberKind::Statement,
            _ => return None,
        };
        let flags = input.byte()?;
        let parent = input.number().filter(|parent| *parent <= at)?;
        let name = input.name()?;
        let start = before.checked_add(input.number()?)?;
        let header = start.checked_add(input.number()?)?;
        let body = header.checked_add(input.number()?)?;
        let first = body.checked_add(input.number()?)?;
        let end = first.checked_add(input.number()?)?;
        before = start;
        outline.members.push(Member {
            kind,
            flags,
            parent,
            name,
            span: Span::new(start, end),
            header,
            body,
            first,
            mentions: input.sorted(&mut outline.mentions, words)?,
            assigns: input.sorted(&mut outline.assigns, words)?,
            bases: input.names(&mut outline.bases)?,
        });
    }
    let members = outline.members.len() as u32;
    for _ in 0..input.number()? {
        let (flags, module, level) = (input.byte()?, input.name()?, input.number()?);
        let member = input.number().filter(|member| *member < members)?;
        let alias = input.name()?;
        let begin = outline.imported.len() as u32;
        for _ in 0..input.number()? {
            outline.imported.push((input.name()?, input.name()?));
        }
        let names = begin..outline.imported.len() as u32;
        outline.imports.push(Import { module, level, flags, member, alias, names });
    }
    input.names(&mut outline.exports)?;
    input.rest.is_empty().then_some(outline)
}

/// What can be told of an outline without reading all of it.
pub(super) struct Head<'b> {
    pub(super) doubtful: bool,
    /// Hashes of the words, sorted, the lowest byte first.
    pub(super) words: &'b [[u8; 4]],
    rest: &'b [u8],
}

pub(super) fn head(bytes: &[u8]) -> Option<Head<'_>> {
    let ([version, marks, count @ ..], rest) = bytes.split_first_chunk::<6>()?;
    let bytes = (u32::from_le_bytes(*count) as usize).checked_mul(4)?;
    let (words, rest) = rest.split_at_checked(bytes)?;
    let head = Head { doubtful: marks & DOUBTFUL != 0, words: words.as_chunks().0, rest };
    (*version == VERSION).then_some(head)
}

struct Input<'b> {
    rest: &'b [u8],
    /// Bytes of the names' text.
    names: u32,
}

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    /// Reads numbers that grow and are below a bound; gives where they are in the list.
    fn sorted(&mut self, list: &mut Vec<u32>, below: u32) -> Option<Range<u32>> {
        let begin = list.len() as u32;
        let mut before = 0_u32;
        for at in 0..self.number()? {
            let step = self.number()?;
            before = before.checked_add(step).filter(|it| *it < below)?;
            if at > 0 && step == 0 {
                return None;
            }
            list.push(before);
        }
        Some(begin..list.len() as u32)
    }

    fn name(&mut self) -> Option<Name> {
        let start = self.number()?;
        let end = start.checked_add(self.number()?).filter(|end| *end <= self.names)?;
        Some(Name { start, end })
    }

    fn names(&mut self, list: &mut Vec<Name>) -> Option<Range<u32>> {
        let begin = list.len() as u32;
        for _ in 0..self.number()? {
            let name = self.name()?;
            list.push(name);
        }
        Some(begin..list.len() as u32)
    }
}
