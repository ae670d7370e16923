//! Packs: many objects in one file, most of them as differences from others.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use super::inflate::inflate;
use super::object::{Id, Kind, MAX_BYTES, Object};

/// What the index of a pack begins with: its sign and version 2.
const INDEX: [u8; 8] = [0xFF, b't', b'O', b'c', 0, 0, 0, 2];
/// Bytes in front of the sorted names: the sign, and how many names begin with at most each byte.
const NAMES: u64 = 8 + 256 * 4;
/// Longest chain of differences, as in git.
const MAX_CHAIN: usize = 4096;
/// Largest file of names that is read at once.
const MAX_HELD: u64 = 2 * 1024 * 1024;
/// Most bytes of objects that are kept because others differ from them.
const MAX_KEPT: usize = 8 * 1024 * 1024;

/// A pack; its files are opened at the first question.
pub(super) struct Pack {
    index: PathBuf,
    open: OnceLock<Option<Files>>,
}

struct Files {
    index: Index,
    pack: File,
    /// How many names begin with at most each byte.
    fanout: Vec<u32>,
    /// Objects that others differ from, by their place.
    kept: Mutex<Kept>,
}

/// The file of names: in memory if it is small, since each name takes a search.
enum Index {
    Held(Vec<u8>),
    File(File),
}

impl Index {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() > MAX_HELD {
            return Ok(Self::File(file));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Self::Held(bytes))
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> Option<()> {
        match self {
            Self::Held(bytes) => {
                let at = usize::try_from(at).ok()?;
                buffer.copy_from_slice(bytes.get(at..at.checked_add(buffer.len())?)?);
                Some(())
            }
            Self::File(file) => read_at(file, buffer, at).ok(),
        }
    }
}

#[derive(Default)]
struct Kept {
    objects: HashMap<u64, (Kind, Arc<[u8]>)>,
    bytes: usize,
}

/// What stands at a place of the pack.
enum Packed {
    Whole(Kind),
    /// A difference from what stands at another place.
    From(u64),
    /// A difference from the object of that name.
    FromNamed(Id),
}

/// The packs in a folder.
pub(super) fn below(folder: &Path) -> Vec<Pack> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let indices = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "idx"));
    let mut packs: Vec<Pack> = indices.map(|index| Pack { index, open: OnceLock::new() }).collect();
    packs.sort_by(|a, b| a.index.cmp(&b.index));
    packs
}

impl Pack {
    /// The object of this name, if it is here. `other` finds objects elsewhere.
    pub(super) fn object(&self, id: &Id, other: &dyn Fn(&Id) -> Option<Object>) -> Option<Object> {
        let files = self.open.get_or_init(|| Files::open(&self.index)).as_ref()?;
        files.object(files.place(id)?, other)
    }
}

impl Files {
    fn open(index: &Path) -> Option<Self> {
        let pack = File::open(index.with_extension("pack")).ok()?;
        let index = Index::open(index).ok()?;
        let mut head = vec![0; NAMES as usize];
        index.read_at(&mut head, 0)?;
        if !head.starts_with(&INDEX) {
            return None;
        }
        let fanout = head[8..]
            .chunks_exact(4)
            .map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
            .collect();
        Some(Self { index, pack, fanout, kept: Mutex::default() })
    }

    fn count(&self) -> u64 {
        u64::from(self.fanout[255])
    }

    /// Where the object of this name is in the pack.
    fn place(&self, id: &Id) -> Option<u64> {
        let first = usize::from(id[0]);
        let mut low = if first == 0 { 0 } else { u64::from(self.fanout[first - 1]) };
        let mut high = u64::from(self.fanout[first]);
        while low < high {
            let middle = u64::midpoint(low, high);
            let mut name = [0; 20];
            self.index.read_at(&mut name, NAMES + middle * 20)?;
            match name.cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.place_of(middle),
            }
        }
        None
    }

    /// Where the object is whose name is the n-th.
    fn place_of(&self, number: u64) -> Option<u64> {
        // Behind the names stand checksums of 4 bytes, then the places.
        let places = NAMES + self.count() * 24;
        let mut place = [0; 4];
        self.index.read_at(&mut place, places + number * 4)?;
        let place = u32::from_be_bytes(place);
        if place & 0x8000_0000 == 0 {
            return Some(u64::from(place));
        }
        let mut far = [0; 8];
        let number = u64::from(place & 0x7FFF_FFFF);
        self.index.read_at(&mut far, places + self.count() * 4 + number * 8)?;
        Some(u64::from_be_bytes(far))
    }

    fn object(&self, place: u64, other: &dyn Fn(&Id) -> Option<Object>) -> Option<Object> {
        let mut differences = Vec::new();
        let mut at = place;
        let (kind, mut bytes): (Kind, Arc<[u8]>) = loop {
            if let Some(kept) = self.kept.lock().ok()?.objects.get(&at) {
                break kept.clone();
            }
            let (packed, bytes) = self.read(at)?;
            match packed {
                Packed::Whole(kind) => {
                    if differences.is_empty() {
                        return Some(Object { kind, bytes });
                    }
                    let bytes: Arc<[u8]> = bytes.into();
                    self.keep(at, kind, &bytes);
                    break (kind, bytes);
                }
                Packed::From(base) => {
                    differences.push((at, bytes));
                    at = base;
                }
                Packed::FromNamed(base) => {
                    differences.push((at, bytes));
                    let base = other(&base)?;
                    break (base.kind, base.bytes.into());
                }
            }
            if differences.len() > MAX_CHAIN {
                return None;
            }
        };
        while let Some((at, difference)) = differences.pop() {
            let whole = applied(&bytes, &difference)?;
            if differences.is_empty() {
                return Some(Object { kind, bytes: whole });
            }
            bytes = whole.into();
            self.keep(at, kind, &bytes);
        }
        Some(Object { kind, bytes: bytes.to_vec() })
    }

    /// Keeps an object that another one differs from: its neighbours will, too.
    fn keep(&self, at: u64, kind: Kind, bytes: &Arc<[u8]>) {
        if bytes.len() > MAX_KEPT / 8 {
            return;
        }
        if let Ok(mut kept) = self.kept.lock() {
            if kept.bytes + bytes.len() > MAX_KEPT {
                *kept = Kept::default();
            }
            kept.bytes += bytes.len();
            kept.objects.insert(at, (kind, bytes.clone()));
        }
    }

    /// What stands at a place, and its bytes.
    fn read(&self, place: u64) -> Option<(Packed, Vec<u8>)> {
        let mut input = BufReader::with_capacity(4096, At { file: &self.pack, at: place });
        let mut byte = next(&mut input)?;
        let kind = (byte >> 4) & 7;
        let (mut size, mut shift) = (usize::from(byte & 15), 4);
        while byte & 0x80 != 0 {
            byte = next(&mut input)?;
            size |= usize::from(byte & 0x7F).checked_shl(shift)?;
            shift += 7;
        }
        let packed = match kind {
            1 => Packed::Whole(Kind::Commit),
            2 => Packed::Whole(Kind::Tree),
            3 => Packed::Whole(Kind::Blob),
            4 => Packed::Whole(Kind::Tag),
            6 => Packed::From(place.checked_sub(distance(&mut input)?)?),
            7 => {
                let mut id = [0; 20];
                input.read_exact(&mut id).ok()?;
                Packed::FromNamed(id)
            }
            _ => return None,
        };
        if size > MAX_BYTES {
            return None;
        }
        let bytes = inflate(input, size.min(1024 * 1024), size)?;
        (bytes.len() == size).then_some((packed, bytes))
    }
}

/// How far in front the base of a difference is.
fn distance(input: &mut impl Read) -> Option<u64> {
    let mut byte = next(input)?;
    let mut distance = u64::from(byte & 0x7F);
    while byte & 0x80 != 0 {
        byte = next(input)?;
        distance = (distance.checked_add(1)?.checked_mul(128)?) | u64::from(byte & 0x7F);
    }
    Some(distance)
}

fn next(input: &mut impl Read) -> Option<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte).ok()?;
    Some(byte[0])
}

/// The object that differs so from a base; `None` when the difference does not fit.
fn applied(base: &[u8], difference: &[u8]) -> Option<Vec<u8>> {
    let mut rest = difference;
    let expected = length(&mut rest)?;
    let size = length(&mut rest)?;
    if expected != base.len() || size > MAX_BYTES {
        return None;
    }
    let mut out = Vec::with_capacity(size);
    while let Some((&op, behind)) = rest.split_first() {
        rest = behind;
        if op & 0x80 == 0 {
            let (new, behind) = rest.split_at_checked(usize::from(op)).filter(|_| op != 0)?;
            out.extend_from_slice(new);
            rest = behind;
            continue;
        }
        let mut part = |bits: std::ops::Range<u32>| {
            let mut number = 0;
            for (shift, bit) in bits.enumerate() {
                if op & (1 << bit) != 0 {
                    let (&byte, behind) = rest.split_first()?;
                    number |= usize::from(byte) << (8 * shift);
                    rest = behind;
                }
            }
            Some(number)
        };
        let from = part(0..4)?;
        let len = match part(4..7)? {
            0 => 0x10000,
            len => len,
        };
        out.extend_from_slice(base.get(from..from.checked_add(len)?)?);
    }
    (out.len() == size).then_some(out)
}

/// A length at the beginning of a difference.
fn length(rest: &mut &[u8]) -> Option<usize> {
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        length |= usize::from(byte & 0x7F).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
}

/// Reads a file from a place on, without moving anything that others share.
struct At<'f> {
    file: &'f File,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = some_at(self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    At { file, at }.read_exact(buffer)
}

#[cfg(unix)]
fn some_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn some_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_copies_and_inserts() {
        // Base of 5 bytes, result of 7: copy 3 from 2, insert two, copy 2 from 0.
        let difference = [5, 7, 0x91, 2, 3, 2, b'x', b'y', 0x90, 2];
        assert_eq!(applied(b"abcde", &difference), Some(b"cdexyab".to_vec()));
        assert_eq!(applied(b"abcd", &difference), None, "another base");
        assert_eq!(applied(b"abcde", &difference[..9]), None, "cut");
        assert_eq!(applied(b"abcde", &[5, 7, 0x91, 4, 3]), None, "beyond the base");
        assert_eq!(applied(b"abcde", &[5, 1, 0]), None, "an instruction that means nothing");
    }
}
