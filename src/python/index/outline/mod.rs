//! What a file is made of, without parsing it.
//!
//! An outline is a function of the file's bytes alone, found in one pass at a speed of hundreds of megabytes per second, so
//! that a repository can be asked what its files define, import and mention before any of them is parsed. It is small
//! enough to be kept by content hash. It may say too much (a word mentioned that is another one with the same hash, a name
//! bound that is only looked at), never too little, unless the file is [doubtful](Outline::is_doubtful).

mod build;
mod encode;
mod formats;
mod headers;
mod imports;
mod sketch;
mod statement;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::ops::Range;

use crate::python::Span;

pub use sketch::Sketch;
pub use words::hash;

/// The outline of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// All names that are kept as text, one behind the other.
    names: String,
    /// Hashes of the words, sorted.
    words: Vec<u32>,
    members: Vec<Member>,
    /// Positions in `words`, by member; sorted within each.
    mentions: Vec<u32>,
    /// Positions in `words` of what members assign; sorted within each.
    assigns: Vec<u32>,
    bases: Vec<Name>,
    imports: Vec<Import>,
    imported: Vec<(Name, Name)>,
    exports: Vec<Name>,
    doubtful: bool,
}

/// A part of the names' text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Name {
    start: u32,
    end: u32,
}

/// A definition or a statement at the top of a file or of a class. What lies within a function belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    kind: MemberKind,
    flags: u8,
    /// Position of the class that it is in, plus one.
    parent: u32,
    name: Name,
    span: Span,
    /// Where `def`, `async def` or `class` begins.
    header: u32,
    /// Just behind the colon of the header.
    body: u32,
    /// The first statement of the body.
    first: u32,
    mentions: Range<u32>,
    assigns: Range<u32>,
    bases: Range<u32>,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemberKind {
    /// A function or a method.
    Function,
    /// A class: its decorators and its header. What is in it are members of their own.
    Class,
    /// Imports that follow each other.
    Imports,
    /// Another statement.
    Statement,
}

/// `async def`.
const ASYNC: u8 = 1;
/// In an `if`, a `try` or another statement.
const CONDITIONAL: u8 = 2;
const AWAITS: u8 = 4;
/// The function itself yields, not just one in it.
const YIELDS: u8 = 8;
/// Has `async for`, `async with` or `async def` in it.
const ASYNC_INSIDE: u8 = 16;
/// Yields in a lambda, perhaps.
const ODD: u8 = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Import {
    module: Name,
    level: u32,
    flags: u8,
    member: u32,
    /// For `import a.b as c`.
    alias: Name,
    names: Range<u32>,
}

/// `from … import`.
const FROM: u8 = 1;
const STAR: u8 = 2;

impl Outline {
    /// Version of [`Outline::to_bytes`]; bytes of another one are not understood.
    pub const FORMAT: u8 = encode::VERSION;

    /// Finds the outline of a file. Whatever the bytes, it returns, in time that grows with their number.
    pub fn of(bytes: &[u8]) -> Self {
        build::outline(bytes)
    }

    /// The outline as bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode::to_bytes(self)
    }

    /// An outline that was kept; `None` for bytes of another version, and for damaged ones.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        encode::from_bytes(bytes)
    }

    /// Whether brackets, quotes or indentation don't fit, or not all was read: then the parser may see other members.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// All members in the order of the file, those of classes behind them.
    pub fn members(&self) -> impl ExactSizeIterator<Item = MemberOf<'_>> {
        (0..self.members.len()).map(|at| MemberOf { outline: self, at })
    }

    /// The member at a position of [`Outline::members`].
    pub fn member(&self, at: usize) -> Option<MemberOf<'_>> {
        (at < self.members.len()).then_some(MemberOf { outline: self, at })
    }

    /// Whether a word with this [`hash`] stands anywhere in the file's code.
    pub fn mentions(&self, hash: u32) -> bool {
        self.words.binary_search(&hash).is_ok()
    }

    /// All imports in the order of the file, those in functions as well.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportOf<'_>> {
        self.imports.iter().map(|import| ImportOf { outline: self, import })
    }

    /// The names in `__all__`.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = &str> {
        self.exports.iter().map(|name| self.text(*name))
    }

    fn text(&self, name: Name) -> &str {
        self.names.get(name.start as usize..name.end as usize).unwrap_or_default()
    }
}

/// A member of an outline.
#[derive(Debug, Clone, Copy)]
pub struct MemberOf<'o> {
    outline: &'o Outline,
    at: usize,
}

impl<'o> MemberOf<'o> {
    fn data(self) -> &'o Member {
        &self.outline.members[self.at]
    }

    fn has(self, flag: u8) -> bool {
        self.data().flags & flag != 0
    }

    /// Position among [`Outline::members`].
    pub fn position(self) -> usize {
        self.at
    }

    /// What it is.
    pub fn kind(self) -> MemberKind {
        self.data().kind
    }

    /// The class that it is in.
    pub fn parent(self) -> Option<MemberOf<'o>> {
        let at = (self.data().parent as usize).checked_sub(1)?;
        Some(MemberOf { at, ..self })
    }

    /// Name of a definition; empty for others.
    pub fn name(self) -> &'o str {
        self.outline.text(self.data().name)
    }

    /// From the first decorator to the end of the last statement.
    pub fn span(self) -> Span {
        self.data().span
    }

    /// From `def`, `async` or `class` to just behind the colon; empty for others.
    pub fn header(self) -> Span {
        Span::new(self.data().header, self.data().body)
    }

    /// From the first statement of a function's body to its end; on the header's line or below it.
    pub fn body(self) -> Span {
        Span::new(self.data().first, self.data().span.end)
    }

    /// The decorators; empty without any.
    pub fn decorators(self) -> Span {
        Span::new(self.data().span.start, self.data().header)
    }

    /// `async def`.
    pub fn is_async(self) -> bool {
        self.has(ASYNC)
    }

    /// Whether it stands in an `if`, a `try` or the like.
    pub fn is_conditional(self) -> bool {
        self.has(CONDITIONAL)
    }

    /// Whether `await` stands in it.
    pub fn awaits(self) -> bool {
        self.has(AWAITS)
    }

    /// Whether a function is a generator; one in it doesn't count.
    pub fn yields(self) -> bool {
        self.has(YIELDS)
    }

    /// Whether `async for`, `async with` or `async def` stands in it.
    pub fn has_async_inside(self) -> bool {
        self.has(ASYNC_INSIDE)
    }

    /// Whether it can't be said whether a function is a generator.
    pub fn is_odd(self) -> bool {
        self.has(ODD)
    }

    /// Hashes of the words in it, sorted: decorators, header and body, for a class without its members.
    pub fn words(self) -> impl ExactSizeIterator<Item = u32> + use<'o> {
        self.hashes(&self.outline.mentions, &self.data().mentions)
    }

    /// Hashes of the attributes that it assigns, whatever the object; those of names as well, if it is no function or
    /// declares them as `global`. Sorted.
    pub fn assigned(self) -> impl ExactSizeIterator<Item = u32> + use<'o> {
        self.hashes(&self.outline.assigns, &self.data().assigns)
    }

    /// Whether a word stands in it.
    pub fn mentions(self, hash: u32) -> bool {
        let Range { start, end } = self.data().mentions;
        let words = &self.outline.mentions[start as usize..end as usize];
        words.binary_search_by(|at| self.outline.words[*at as usize].cmp(&hash)).is_ok()
    }

    fn hashes(
        self,
        list: &'o [u32],
        range: &Range<u32>,
    ) -> impl ExactSizeIterator<Item = u32> + use<'o> {
        let words = &self.outline.words;
        list[range.start as usize..range.end as usize].iter().map(|at| words[*at as usize])
    }

    /// Dotted names of a class' bases, without their subscripts.
    pub fn bases(self) -> impl ExactSizeIterator<Item = &'o str> {
        let Range { start, end } = self.data().bases;
        self.outline.bases[start as usize..end as usize].iter().map(|name| self.outline.text(*name))
    }
}

/// An import statement, or one module of `import a, b`.
#[derive(Debug, Clone, Copy)]
pub struct ImportOf<'o> {
    outline: &'o Outline,
    import: &'o Import,
}

impl<'o> ImportOf<'o> {
    /// The dotted name; may be empty behind dots.
    pub fn module(self) -> &'o str {
        self.outline.text(self.import.module)
    }

    /// How many dots lead it.
    pub fn level(self) -> u32 {
        self.import.level
    }

    /// Whether it is `from … import …`.
    pub fn is_from(self) -> bool {
        self.import.flags & FROM != 0
    }

    /// Whether it is `from … import *`.
    pub fn is_star(self) -> bool {
        self.import.flags & STAR != 0
    }

    /// The name that `import a.b as c` gives.
    pub fn alias(self) -> Option<&'o str> {
        Some(self.outline.text(self.import.alias)).filter(|alias| !alias.is_empty())
    }

    /// The names that are taken from the module, each with the name it has here.
    pub fn names(self) -> impl ExactSizeIterator<Item = (&'o str, &'o str)> {
        let Range { start, end } = self.import.names;
        let names = &self.outline.imported[start as usize..end as usize];
        names.iter().map(|(name, alias)| {
            let name = self.outline.text(*name);
            let alias = Some(self.outline.text(*alias)).filter(|alias| !alias.is_empty());
            (name, alias.unwrap_or(name))
        })
    }

    /// The member that it stands in. In a function, or [conditional](MemberOf::is_conditional), it may be.
    pub fn member(self) -> Option<MemberOf<'o>> {
        self.outline.member(self.import.member as usize)
    }
}
