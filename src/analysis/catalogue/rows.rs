//! The generated rows, found in their text by binary search: nothing is read before it is asked for.
//!
//! A file's head says what rows mean. Blocks begin with `[`, rows with a line; both are sorted by their names.

use std::cell::RefCell;

use memchr::{memchr, memrchr};

use super::generated::PACKAGES;
use super::table;
use crate::python::library::*;

/// The fact of a class, or of a function or member.
pub(super) fn fact(name: &str) -> Option<Fact<'static>> {
    if let Some(head) = block(name).and_then(head) {
        return Some(head);
    }
    let (owner, name) = name.rsplit_once('.')?;
    member(owner, name)
}

/// The fact of a module's function, or of a class's own member.
pub(super) fn member(owner: &str, name: &str) -> Option<Fact<'static>> {
    let row = row(owner, name)?;
    let (kind, class) = row.split_once(' ').map_or((row, None), |(kind, it)| (kind, Some(it)));
    let fact = match kind {
        "def" => function(),
        "async" => coroutine(),
        "await" => future(),
        "either" => awaitable_context(),
        "with" => async_context(),
        "for" => async_iterator(),
        "attr" => attribute(),
        _ => return None,
    };
    Some(match class {
        None => fact,
        Some(class) if kind == "for" => fact.items(class),
        Some(class) => match class.strip_prefix('*') {
            Some(items) => fact.items(items),
            None => fact.gives(class),
        },
    })
}

/// The canonical name of something that a module shows under this name.
pub(super) fn alias(name: &str) -> Option<&'static str> {
    let (owner, name) = name.rsplit_once('.')?;
    row(owner, name)?.strip_prefix("= ")
}

/// What a head says of a class; `None` for a module: `asyncpg.Pool](asyncpg.Base) with asyncpg.Connection for asyncpg.Record`.
fn head(block: &'static str) -> Option<Fact<'static>> {
    let head = block.lines().next()?;
    let (bases, rest) = head.split_once("](")?.1.split_once(')')?;
    let mut fact = class();
    fact.bases = Names::in_text(bases);
    let mut words = rest.split(' ').skip(1);
    while let (Some(word), Some(class)) = (words.next(), words.next()) {
        fact = if word == "with" { fact.enters(class) } else { fact.items(class) };
    }
    Some(fact)
}

fn row(owner: &str, name: &str) -> Option<&'static str> {
    let row = find(block(owner)?, b'\n', b' ', name)?;
    Some(&row[name.len() + 1..])
}

/// How many blocks a thread remembers.
const REMEMBERED: usize = 256;

/// What a thread found last for names with the same hash.
type Found = Option<(String, Option<&'static str>)>;

thread_local! {
    static BLOCKS: RefCell<Vec<Found>> = const { RefCell::new(Vec::new()) };
}

/// The block of a class or module. The same few are asked for again and again.
fn block(owner: &str) -> Option<&'static str> {
    BLOCKS.with_borrow_mut(|known| {
        if known.is_empty() {
            known.resize(REMEMBERED, None);
        }
        let slot = &mut known[table::hash(owner) as usize % REMEMBERED];
        match slot {
            Some((name, block)) if name == owner => *block,
            _ => {
                let block = find_block(owner);
                *slot = Some((owner.to_owned(), block));
                block
            }
        }
    })
}

fn find_block(owner: &str) -> Option<&'static str> {
    let package = owner.split('.').next()?;
    let at = PACKAGES.binary_search_by_key(&package, |(name, _)| name).ok()?;
    find(PACKAGES[at].1, b'[', b']', owner).map(str::trim_end)
}

/// The entry whose name is `key`, among entries sorted by name: each begins behind a `lead`, its name ends at `end`.
fn find<'t>(text: &'t str, lead: u8, end: u8, key: &str) -> Option<&'t str> {
    let bytes = text.as_bytes();
    let (mut from, mut to) = (memchr(lead, bytes)?, bytes.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = from + memrchr(lead, &bytes[from..=middle])?;
        let next = memchr(lead, &bytes[start + 1..to]).map_or(to, |it| start + 1 + it);
        let entry = &text[start + 1..next];
        let name = &entry.as_bytes()[..memchr(end, entry.as_bytes()).unwrap_or(entry.len())];
        match key.as_bytes().cmp(name) {
            std::cmp::Ordering::Less => to = start,
            std::cmp::Ordering::Greater => from = next,
            std::cmp::Ordering::Equal => return Some(entry),
        }
    }
    None
}
