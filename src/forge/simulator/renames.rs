//! Which new files are old ones under another name, as git tells it: by how many bytes they have in common.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The longest piece of a line that counts as one, in bytes.
const PIECE: usize = 64;
/// With more pairs than this only files with the same content are recognised.
const MOST_PAIRS: usize = 1_000_000;

type Files = BTreeMap<String, Arc<[u8]>>;

/// The old path of each new file that is a rename.
pub(super) fn renames(before: &Files, after: &Files) -> BTreeMap<String, String> {
    let mut gone: Vec<&String> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    let mut new: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    gone.retain(|path| !before[*path].is_empty());
    let mut found = BTreeMap::new();
    let mut same: HashMap<&[u8], Vec<&String>> = HashMap::new();
    for path in gone.iter().rev() {
        same.entry(&before[*path]).or_default().push(path);
    }
    for path in &new {
        if let Some(old) = same.get_mut(&after[*path][..]).and_then(Vec::pop) {
            found.insert((*path).clone(), old.clone());
        }
    }
    new.retain(|path| !found.contains_key(*path));
    gone.retain(|path| !found.values().any(|old| old == *path));
    if gone.len() * new.len() <= MOST_PAIRS {
        best(&gone, &new, before, after, &mut found);
    }
    found
}

/// Pairs what is at least half the same, the most similar first.
fn best(
    gone: &[&String],
    new: &[&String],
    before: &Files,
    after: &Files,
    found: &mut BTreeMap<String, String>,
) {
    let mut holders: HashMap<&[u8], Vec<(usize, usize)>> = HashMap::new();
    for (at, path) in gone.iter().enumerate() {
        for (piece, bytes) in pieces(&before[*path]) {
            holders.entry(piece).or_default().push((at, bytes));
        }
    }
    let mut pairs = Vec::new();
    for (at, path) in new.iter().enumerate() {
        let mut common = vec![0; gone.len()];
        for (piece, bytes) in pieces(&after[*path]) {
            for (old, own) in holders.get(piece).into_iter().flatten() {
                common[*old] += bytes.min(*own);
            }
        }
        for (old, common) in common.into_iter().enumerate().filter(|(_, common)| *common > 0) {
            let longest = before[gone[old]].len().max(after[*path].len());
            let score = common * 100 / longest;
            if score >= 50 {
                pairs.push((score, name(gone[old]) == name(path), old, at));
            }
        }
    }
    pairs.sort_by_key(|(score, namesake, old, at)| {
        (std::cmp::Reverse((*score, *namesake)), *at, *old)
    });
    let mut taken = vec![false; gone.len()];
    for (_, _, old, at) in pairs {
        if !taken[old] && !found.contains_key(new[at]) {
            taken[old] = true;
            found.insert(new[at].clone(), gone[old].clone());
        }
    }
}

/// How many bytes a file has of each line, long lines in pieces.
fn pieces(bytes: &[u8]) -> HashMap<&[u8], usize> {
    let mut counts = HashMap::new();
    for piece in bytes.split_inclusive(|byte| *byte == b'\n').flat_map(|line| line.chunks(PIECE)) {
        *counts.entry(piece).or_default() += piece.len();
    }
    counts
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().into())).collect()
    }

    #[test]
    fn the_most_similar_files_are_paired() {
        let before = files(&[
            ("a.py", "1\n2\n3\n4\n5\n6\n"),
            ("b.py", "1\n2\n3\n4\nfive\nsix\n"),
            ("same.py", "same\n"),
            ("empty.py", ""),
            ("stays.py", "1\n2\n3\n4\n5\n6\n"),
        ]);
        let after = files(&[
            ("new/b.py", "1\n2\n3\n4\nfive\nsix\nseven\n"),
            ("new/other.py", "same\n"),
            ("new/empty.py", ""),
            ("new/fresh.py", "nothing\nof\nit\n"),
            ("stays.py", "1\n2\n3\n4\n5\n6\n"),
        ]);
        let found = renames(&before, &after);
        let found: Vec<_> = found.iter().map(|(new, old)| (new.as_str(), old.as_str())).collect();
        assert_eq!(found, [("new/b.py", "b.py"), ("new/other.py", "same.py")]);
    }
}
