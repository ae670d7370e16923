//! Objects: their names, the loose ones, and what is written in trees and commits.

use std::path::Path;

use super::inflate::inflate;

/// An object's name.
pub(in crate::cli) type Id = [u8; 20];

/// Largest object that is read. Larger ones are left to git.
pub(super) const MAX_BYTES: usize = 256 * 1024 * 1024;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

/// A file or folder in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Entry {
    pub(super) mode: u32,
    pub(super) name: Box<[u8]>,
    pub(super) id: Id,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.mode == 0o40_000
    }

    /// Whether it is a file, and no link or submodule.
    pub(super) fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// The name that 40 hexadecimal digits write.
pub(in crate::cli) fn id(text: &str) -> Option<Id> {
    let mut id = [0; 20];
    hex::decode_to_slice(text, &mut id).ok()?;
    Some(id)
}

/// A name in hexadecimal digits.
pub(in crate::cli) fn hex(id: &Id) -> String {
    hex::encode(id)
}

/// An object in a file of its own.
pub(super) fn loose(folder: &Path, id: &Id) -> Option<Object> {
    let name = hex(id);
    let file = std::fs::read(folder.join(&name[..2]).join(&name[2..])).ok()?;
    let mut bytes = inflate(file.as_slice(), file.len() * 2, MAX_BYTES)?;
    let end = bytes.iter().take(40).position(|byte| *byte == 0)?;
    let (kind, size) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
    let kind = match kind {
        "commit" => Kind::Commit,
        "tree" => Kind::Tree,
        "blob" => Kind::Blob,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let size: usize = size.parse().ok()?;
    bytes.drain(..=end);
    (bytes.len() == size).then_some(Object { kind, bytes })
}

/// The entries of a tree; `None` when the bytes are none.
pub(super) fn entries(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::with_capacity(bytes.len() / 36);
    while !bytes.is_empty() {
        let space = memchr::memchr(b' ', bytes)?;
        let mode = std::str::from_utf8(&bytes[..space]).ok()?;
        let mode = u32::from_str_radix(mode, 8).ok()?;
        let end = space + memchr::memchr(0, &bytes[space..])?;
        let name = bytes[space + 1..end].into();
        let id = bytes.get(end + 1..end + 21)?.try_into().ok()?;
        entries.push(Entry { mode, name, id });
        bytes = &bytes[end + 21..];
    }
    Some(entries)
}

/// The value of the first line with this word in the head of a commit or tag.
pub(super) fn field<'b>(bytes: &'b [u8], word: &str) -> Option<&'b str> {
    fields(bytes, word).next()
}

/// The values of all lines with this word in the head of a commit or tag.
pub(super) fn fields<'b>(bytes: &'b [u8], word: &str) -> impl Iterator<Item = &'b str> {
    let lines = bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    lines.filter_map(move |line| {
        let value = line.strip_prefix(word.as_bytes())?.strip_prefix(b" ")?;
        std::str::from_utf8(value).ok()
    })
}
