//! Paths in the headers of a diff: quoting, prefixes, and the two names on a `diff --git` line.

use super::DiffError;
use super::reader::Reader;

/// Longest `diff --git` line that is taken apart at its blanks, in bytes: twice what file systems take, and quoted.
/// The search is quadratic.
const LONGEST: usize = 20_000;

/// The path of a `---` or `+++` line, still with its prefix; `None` for `/dev/null`.
pub(super) fn marked(text: &[u8], reader: &Reader<'_>) -> Result<Option<String>, DiffError> {
    // Behind a tab stands a time stamp, or nothing (git puts a tab behind a path with a blank).
    let path = if text.starts_with(b"\"") {
        quoted(text, reader)?.0
    } else {
        let end = text.iter().position(|byte| *byte == b'\t').unwrap_or(text.len());
        plain(&text[..end])
    };
    Ok((path != "/dev/null").then_some(path))
}

/// The path of a `rename from` line and its like, which has no prefix.
pub(super) fn exact(text: &[u8], reader: &Reader<'_>) -> Result<String, DiffError> {
    if text.starts_with(b"\"") { Ok(quoted(text, reader)?.0) } else { Ok(plain(text)) }
}

/// Both paths of a `diff --git` line with their prefixes. `None` when they can't be told apart, which other header
/// lines make up for.
pub(super) fn pair(
    text: &[u8],
    reader: &Reader<'_>,
) -> Result<Option<(String, String)>, DiffError> {
    if text.starts_with(b"\"") {
        let (old, rest) = quoted(text, reader)?;
        let Some(rest) = rest.strip_prefix(b" ") else { return Ok(None) };
        return Ok(Some((old, exact(rest, reader)?)));
    }
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.ends_with(b"\"")
        && let Some(at) = memchr::memmem::find(text, b" \"")
    {
        return Ok(Some((plain(&text[..at]), quoted(&text[at + 1..], reader)?.0)));
    }
    // Blanks are not quoted. Both names are the same but for a prefix, so that the line's middle lies between them.
    if text.len() > LONGEST {
        return Ok(None);
    }
    let same = memchr::memchr_iter(b' ', text)
        .map(|at| (&text[..at], &text[at + 1..]))
        .find(|(old, new)| old == new || below(old) == below(new) && below(old).is_some());
    Ok(same.map(|(old, new)| (plain(old), plain(new))))
}

/// Takes the prefixes off a pair of names, if they have any: `a/` and `b/`, `i/` and `w/`, or whatever was asked
/// for. Without prefixes (`--no-prefix`) an unchanged name reads the same on both sides.
pub(super) fn without_prefixes(old: &str, new: &str) -> (String, String) {
    let strip = |path: &str| path.split_once('/').map(|(_, rest)| rest.to_owned());
    match (strip(old), strip(new)) {
        (Some(below_old), Some(below_new))
            if old != new && (below_old == below_new || known(old, new)) =>
        {
            (below_old, below_new)
        }
        _ => (old.to_owned(), new.to_owned()),
    }
}

/// Takes git's own prefix off one name.
pub(super) fn without_prefix(path: &str, prefix: &str) -> String {
    path.strip_prefix(prefix).unwrap_or(path).to_owned()
}

fn known(old: &str, new: &str) -> bool {
    let first = |path: &str| path.bytes().next();
    let is_prefix = |path: &str| matches!(path.as_bytes(), [b'a'..=b'z', b'/', ..]);
    is_prefix(old) && is_prefix(new) && first(old) != first(new)
}

fn below(path: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'/', path).map(|at| &path[at + 1..])
}

/// An unquoted path. Git quotes control characters, so that a carriage return here is the diff file's line end.
fn plain(text: &[u8]) -> String {
    String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text)).into_owned()
}

/// Reads `"…"` with C's escapes, as git writes bytes outside of printable ASCII; gives what follows as well.
fn quoted<'a>(text: &'a [u8], reader: &Reader<'_>) -> Result<(String, &'a [u8]), DiffError> {
    let mut bytes = Vec::new();
    let mut rest = &text[1..];
    loop {
        match *rest {
            [b'"', ref after @ ..] => {
                return Ok((String::from_utf8_lossy(&bytes).into_owned(), after));
            }
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ref after @ ..] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            [b'\\', letter, ref after @ ..] => {
                bytes.push(escaped(letter).ok_or_else(|| {
                    reader.error("a quoted path has an escape that git does not write")
                })?);
                rest = after;
            }
            [byte, ref after @ ..] => {
                bytes.push(byte);
                rest = after;
            }
            [] => return Err(reader.error("a quoted path does not end")),
        }
    }
}

fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'"' | b'\\' => letter,
        _ => return None,
    })
}
