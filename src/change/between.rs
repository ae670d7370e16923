//! Hunks computed from two texts, where no diff is at hand.

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{Hunk, LineKind};

/// Unchanged lines shown on either side of a change, as git and the platforms do.
const CONTEXT: u32 = 3;

/// The hunks that lead from one text to another, with three lines of context. Lines end at `\n` only.
pub fn hunks_between(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let old_total = u32::try_from(input.before.len()).unwrap_or(u32::MAX);

    let mut hunks = Vec::new();
    let mut group: Vec<imara_diff::Hunk> = Vec::new();
    for change in diff.hunks() {
        if let Some(last) = group.last()
            && change.before.start - last.before.end > 2 * CONTEXT
        {
            hunks.push(hunk(&group, old_total));
            group.clear();
        }
        group.push(change);
    }
    if !group.is_empty() {
        hunks.push(hunk(&group, old_total));
    }
    hunks
}

/// One hunk from changes that are close together; their ranges are 0-based.
fn hunk(changes: &[imara_diff::Hunk], old_total: u32) -> Hunk {
    let (first, last) = (&changes[0], &changes[changes.len() - 1]);
    let lead = first.before.start.min(CONTEXT);
    let tail = (old_total - last.before.end).min(CONTEXT);
    let mut lines = Vec::new();
    let mut repeat = |kind, count: u32| lines.extend(std::iter::repeat_n(kind, count as usize));

    repeat(LineKind::Context, lead);
    let mut reached = first.before.start;
    for change in changes {
        repeat(LineKind::Context, change.before.start - reached);
        repeat(LineKind::Removed, change.before.end - change.before.start);
        repeat(LineKind::Added, change.after.end - change.after.start);
        reached = change.before.end;
    }
    repeat(LineKind::Context, tail);

    let mut hunk = Hunk {
        old_start: first.before.start - lead + 1,
        new_start: first.after.start - lead + 1,
        lines,
    };
    // By convention a side without lines names the line before.
    hunk.old_start -= u32::from(hunk.old_len() == 0);
    hunk.new_start -= u32::from(hunk.new_len() == 0);
    hunk
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(hunk: &Hunk) -> String {
        format!("-{},{} +{},{}", hunk.old_start, hunk.old_len(), hunk.new_start, hunk.new_len())
    }

    fn headers(old: &str, new: &str) -> Vec<String> {
        hunks_between(old.as_bytes(), new.as_bytes()).iter().map(header).collect()
    }

    #[test]
    fn a_new_file_starts_before_its_first_old_line() {
        assert_eq!(headers("", "a\nb\n"), ["-0,0 +1,2"]);
        assert_eq!(headers("a\nb\n", ""), ["-1,2 +0,0"]);
        assert_eq!(headers("a\n", "a\n"), [""; 0]);
    }

    #[test]
    fn changes_six_lines_apart_share_a_hunk_and_seven_lines_apart_do_not() {
        let near = ("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n");
        assert_eq!(headers(near.0, near.1), ["-1,8 +1,8"]);
        let far = ("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n");
        assert_eq!(headers(far.0, far.1), ["-1,4 +1,4", "-6,4 +6,4"]);
    }

    #[test]
    fn a_missing_last_newline_is_a_change() {
        assert_eq!(headers("a\n", "a"), ["-1,1 +1,1"]);
    }
}
