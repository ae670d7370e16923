//! Hunks computed from two texts, where no diff is at hand.

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{Hunk, LineKind};

/// Unchanged lines shown on either side of a change, as git and the platforms do.
const CONTEXT: u32 = 3;

/// Most pairs of an old and a new line that are compared for one file: 20 000 lines on either side, which take about a
/// second at worst. The time that comparing takes can grow with the square of the lines, and faster.
pub const MOST_PAIRS: u64 = 400_000_000;

/// The hunks that lead from one text to another, with three lines of context. Lines end at `\n` only.
pub fn hunks_between(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    hunks_within(&mut MOST_PAIRS.clone(), old, new)
}

/// [`hunks_between`] for one of several files, which share a number of pairs. Where they are not enough, everything from the
/// first to the last line that differs counts as replaced.
pub fn hunks_within(pairs: &mut u64, old: &[u8], new: &[u8]) -> Vec<Hunk> {
    let input = InternedInput::new(old, new);
    let old_total = u32::try_from(input.before.len()).unwrap_or(u32::MAX);
    let all = differing(&input.before, &input.after);
    let cost =
        u64::from(all.before.end - all.before.start) * u64::from(all.after.end - all.after.start);
    let changes: Vec<imara_diff::Hunk> =
        match pairs.checked_sub(cost).filter(|_| cost <= MOST_PAIRS) {
            Some(left) => {
                *pairs = left;
                let mut diff = Diff::compute(Algorithm::Histogram, &input);
                diff.postprocess_lines(&input);
                diff.hunks().collect()
            }
            None => vec![all],
        };

    let mut hunks = Vec::new();
    let mut group: Vec<imara_diff::Hunk> = Vec::new();
    for change in changes {
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

/// From the first to the last line that differs.
fn differing<T: PartialEq>(old: &[T], new: &[T]) -> imara_diff::Hunk {
    let same = |(old, new): &(&T, &T)| old == new;
    let lead = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (&old[lead..], &new[lead..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(same).count();
    let end = |all: usize| u32::try_from(all - tail).unwrap_or(u32::MAX);
    let start = u32::try_from(lead).unwrap_or(u32::MAX);
    imara_diff::Hunk { before: start..end(old.len()), after: start..end(new.len()) }
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
    fn where_comparing_would_take_too_long_all_between_counts_as_replaced() {
        let lines = |factor: u64| -> String {
            (0..30_000_u64).map(|n| format!("{}\n", n * factor % 5003)).collect()
        };
        let text = |factor| format!("first\nsecond\n{}last\n", lines(factor));
        let hunks = hunks_between(text(7919).as_bytes(), text(4799).as_bytes());
        assert_eq!(hunks.iter().map(header).collect::<Vec<_>>(), ["-1,30003 +1,30003"]);
        let count = |kind| hunks[0].lines.iter().filter(|it| **it == kind).count();
        let counts = [LineKind::Context, LineKind::Removed, LineKind::Added].map(count);
        // The first line between happens to be the same, too.
        assert_eq!(counts, [4, 29_999, 29_999]);
    }

    #[test]
    fn files_share_the_pairs_that_are_compared() {
        let (old, new) = ("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n");
        let mut pairs = 30;
        let removed = |hunks: &[Hunk]| {
            let lines = hunks.iter().flat_map(|it| &it.lines);
            lines.filter(|it| **it == LineKind::Removed).count()
        };
        assert_eq!(removed(&hunks_within(&mut pairs, old.as_bytes(), new.as_bytes())), 2);
        assert_eq!(pairs, 5);
        assert_eq!(removed(&hunks_within(&mut pairs, old.as_bytes(), new.as_bytes())), 5);
        assert_eq!(pairs, 5, "smaller ones are still compared");
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
