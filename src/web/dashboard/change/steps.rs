//! How long the steps of reviews took: a table with a bar for each.

use chrono::TimeDelta;

use super::super::short;
use super::super::time::duration;
use crate::store::trends::Push;
use crate::web::svg::share_bar;

/// The steps in the order of a review, each with what it is and a class for its part of the bar. What is left is spent on
/// waiting for a free place, on the gate, and on the store.
const STEPS: [(&str, &str, &str); 3] = [
    ("fetch", "Fetch the code", "step-1"),
    ("analyse", "Analyse", "step-2"),
    ("post", "Comment", "step-3"),
];

/// The head of a column: what the step is, and the class of its colour.
pub(super) const HEADS: [(&str, &str); 4] = [
    (STEPS[0].1, STEPS[0].2),
    (STEPS[1].1, STEPS[1].2),
    (STEPS[2].1, STEPS[2].2),
    ("Wait and rest", "step-4"),
];

/// A review that ended.
pub(super) struct Row {
    pub(super) key: String,
    pub(super) head: String,
    pub(super) bar: String,
    /// For each of [`HEADS`].
    pub(super) took: [String; 4],
    pub(super) whole: String,
}

/// The reviews that ended and kept their steps' times; the longest fills its bar.
pub(super) fn rows(pushes: &[Push]) -> Vec<Row> {
    let ended = pushes.iter().filter(|push| !push.steps.is_empty());
    let times: Vec<_> = ended.filter_map(|push| Some((push, spent(push)?))).collect();
    let longest = times.iter().map(|(_, spent)| spent.iter().sum()).max().unwrap_or(0);
    let row = |(push, spent): (&Push, [i64; 4])| {
        let parts: Vec<_> = spent.iter().zip(HEADS).map(|(ms, (_, class))| (*ms, class)).collect();
        let said = |ms: i64| duration(TimeDelta::milliseconds(ms));
        Row {
            key: push.key.clone(),
            head: short(&push.head_sha),
            bar: share_bar(&parts, longest),
            took: spent.map(said),
            whole: said(spent.iter().sum()),
        }
    };
    times.into_iter().map(row).collect()
}

/// Milliseconds by column, of a review that ended.
fn spent(push: &Push) -> Option<[i64; 4]> {
    let whole = (push.completed_at? - push.started_at).num_milliseconds().max(0);
    let of = |name| {
        let steps = push.steps.iter().filter(|(step, _)| step == name);
        steps.map(|(_, ms)| *ms).sum::<i64>()
    };
    let [fetch, analyse, post] = STEPS.map(|(name, ..)| of(name));
    Some([fetch, analyse, post, (whole - fetch - analyse - post).max(0)])
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::store::trends::Counts;

    fn push(steps: &[(&str, i64)], ended_ms: Option<i64>) -> Push {
        let started_at = DateTime::UNIX_EPOCH;
        Push {
            review_id: 1,
            key: "key".to_owned(),
            head_sha: "0123456789".to_owned(),
            conclusion: Some("passed".to_owned()),
            stale: false,
            found: Counts::default(),
            started_at,
            completed_at: ended_ms.map(|ms| started_at + TimeDelta::milliseconds(ms)),
            steps: steps.iter().map(|(name, ms)| ((*name).to_owned(), *ms)).collect(),
        }
    }

    #[test]
    fn what_no_step_took_is_the_rest() {
        let steps = [("post", 700), ("analyse", 90), ("fetch", 400)];
        let rows = rows(&[
            push(&steps, Some(2_000)),
            push(&steps, Some(1_000)),
            push(&steps, None),
            push(&[], Some(9_000)),
        ]);
        let told: Vec<_> =
            rows.iter().map(|row| (row.took.join(" + "), row.whole.as_str())).collect();
        assert_eq!(
            told,
            [
                ("400 ms + 90 ms + 700 ms + 810 ms".to_owned(), "2.0 s"),
                ("400 ms + 90 ms + 700 ms + 0 ms".to_owned(), "1.1 s"),
            ]
        );
        assert!(rows[0].bar.contains(r#"class="step-1" x="0.00" y="0" width="20.00""#));
        assert!(rows[0].bar.contains(r#"class="step-4" x="59.50""#), "{}", rows[0].bar);
    }
}
