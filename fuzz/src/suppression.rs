//! Comments in code that keep findings from being reported.

use std::collections::BTreeSet;

use asyncwarden::analysis::{Analysis, check_tree};
use asyncwarden::policy::Policy;

use super::analysis::{assert_sound, tree};

/// Says that a comment of ours suppresses nothing.
const UNUSED: &str = "AW001";
/// Longer inputs show nothing more here.
const LONGEST: usize = 4096;

/// Comments take findings from one list to the other: together they are those that there are without the comments.
pub(super) fn suppression(data: &[u8]) {
    let code = &data[..data.len().min(LONGEST)];
    let with = checked(code);
    // As long as before, so that all places stay.
    let without = checked(&without_comments(code));
    assert!(without.suppressed.is_empty(), "{:?}", places(&without.suppressed));
    let all: Vec<_> = with.findings.iter().chain(&with.suppressed).cloned().collect();
    assert_eq!(places(&all), places(&without.findings));
}

fn checked(code: &[u8]) -> Analysis {
    let files = [("a.py", code)];
    let analysis = check_tree(&tree(&files), &["a.py".to_owned()], &Policy::default());
    assert_sound(&analysis, &files);
    analysis
}

/// The code with other words where the comments' own stand.
fn without_comments(code: &[u8]) -> Vec<u8> {
    let mut code = code.to_vec();
    for (word, other) in [(&b"asyncwarden"[..], &b"nobodyknows"[..]), (b"noqa", b"nope")] {
        for at in 0..code.len().saturating_sub(word.len() - 1) {
            let here = &mut code[at..at + word.len()];
            if here.eq_ignore_ascii_case(word) {
                here.copy_from_slice(other);
            }
        }
    }
    code
}

fn places(findings: &[asyncwarden::analysis::Finding]) -> BTreeSet<(&'static str, u32, u32)> {
    let real = findings.iter().filter(|it| it.rule.code != UNUSED);
    real.map(|it| (it.rule.code, it.place.line, it.place.column)).collect()
}
