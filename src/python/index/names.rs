//! Words of a text.

use memchr::memmem;

/// Whether a name stands in the bytes as a word of its own.
pub(super) fn mentions(bytes: &[u8], name: &str) -> bool {
    let is_word = |at: Option<&u8>| at.is_some_and(|byte| part_of_word(*byte));
    !name.is_empty()
        && memmem::find_iter(bytes, name).any(|at| {
            !is_word(at.checked_sub(1).and_then(|before| bytes.get(before)))
                && !is_word(bytes.get(at + name.len()))
        })
}

/// Whether a byte can be part of an identifier; all of those outside ASCII are taken for letters.
fn part_of_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}
