//! Comments that speak of several findings, of which a part was fixed: what is left is said anew.

use super::comment::Group;
use super::planning::suggest;
use super::standing::{LookedAt, Standing};
use super::{CommentPlace, Input, Update};
use crate::analysis::Finding;

/// The comments to rewrite. Nobody is notified of that, and what is fixed no longer asks for attention.
pub(super) fn updates(
    standing: &Standing<'_>,
    findings: &[&Finding],
    input: &Input<'_>,
) -> Vec<Update> {
    let partly = standing.looked_at(input).into_iter().filter(|it| !it.gone.is_empty());
    partly.filter_map(|it| update(&it, findings, input)).collect()
}

fn update(it: &LookedAt<'_, '_>, findings: &[&Finding], input: &Input<'_>) -> Option<Update> {
    let is_left = |finding: &&Finding| it.left.contains(&&finding.fingerprint);
    let left: Vec<&Finding> = findings.iter().copied().filter(is_left).collect();
    let first = left.first()?;
    let place = it.thread.place.clone().unwrap_or_else(|| CommentPlace::Lines {
        path: first.place.path.clone(),
        start_line: first.place.line,
        line: first.place.line,
    });
    let mut group = Group { place, findings: left, suggestion: None };
    suggest(&mut group, &mut Vec::new(), input);
    if it.thread.place.as_ref() != Some(&group.place) {
        // The comment stays where it hangs, and a suggestion replaces the lines that its comment hangs on.
        group.suggestion = None;
    }
    // It still is what was posted for that commit.
    let head_sha = &input.marker.read(&it.thread.body)?.head_sha;
    let body = group.comment(&Input { head_sha, ..*input })?.body;
    let gone = it.gone.iter().map(|name| (*name).clone()).collect();
    Some(Update { thread: it.thread.clone(), body, gone })
}
