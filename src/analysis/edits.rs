//! Edits made in a file's bytes.

use std::ops::Range;

/// The bytes with ranges of them replaced, in whatever order they are given; `None` when two overlap, or one lies outside.
pub fn replaced<T: AsRef<str>>(
    bytes: &[u8],
    edits: impl IntoIterator<Item = (Range<usize>, T)>,
) -> Option<Vec<u8>> {
    let mut edits: Vec<_> = edits.into_iter().collect();
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for (range, text) in edits {
        out.extend_from_slice(bytes.get(at..range.start)?);
        out.extend_from_slice(text.as_ref().as_bytes());
        at = range.end;
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn edits_are_made_in_the_order_of_the_file() {
        let made = |edits: &[(usize, usize, &str)]| {
            let edits = edits.iter().map(|(from, to, text)| (*from..*to, *text));
            replaced(b"abcdef", edits).map(|it| String::from_utf8(it).expect("ASCII"))
        };
        for (edits, expected) in [
            (&[][..], Some("abcdef")),
            (&[(4, 5, "X"), (0, 1, "Y")], Some("YbcdXf")),
            (&[(6, 6, "!"), (2, 4, "")], Some("abef!")),
            (&[(0, 3, "x"), (2, 4, "y")], None),
            (&[(5, 7, "x")], None),
        ] {
            assert_eq!(made(edits).as_deref(), expected, "{edits:?}");
        }
    }
}
