//! From an analysis and what stands already to what to do.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::Group;
use super::place::{comment_place, new_lines};
use super::standing::Standing;
use super::suggestion::Suggestion;
use super::verdict::{gate, ranked};
use super::{CommentPlace, Input, Plan, summary};
use crate::analysis::{Finding, Fingerprint};
use crate::policy::Audience;

/// What to post, keep, resolve and say. Safe to repeat: a plan that was carried out, wholly or in part, leads to a plan
/// that does only the rest.
pub fn plan(input: &Input<'_>) -> Plan {
    let standing = Standing::of(input);
    let findings = ranked(&input.analysis.findings);
    let mut said = Said::default();
    let mut candidates = Vec::new();
    for finding in &findings {
        let name = &finding.fingerprint;
        if standing.accepted(name) {
            said.accepted.push(finding);
        } else if standing.stands(name) {
            said.commented.insert(name);
        } else if input.policy.admits(Audience::Inline, finding) {
            candidates.push(*finding);
        } else {
            said.quiet.push(finding);
        }
    }
    let (groups, nowhere) = group(&candidates, input);
    said.left_out = nowhere;
    let post = choose(groups, &standing, input, &mut said);
    let keep = findings.iter().map(|finding| &finding.fingerprint);
    let text = summary::text(input, &said);
    Plan {
        keep: keep.filter(|name| standing.stands(name)).cloned().collect(),
        resolve: standing.gone(input),
        summary: summary::body(input, &said, &text),
        gate: gate(input, &said, text),
        post,
    }
}

/// Which finding is said where.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    /// Those with an inline comment, standing or new.
    pub(super) commented: BTreeSet<&'a Fingerprint>,
    /// Those that a person settled.
    pub(super) accepted: Vec<&'a Finding>,
    /// Those that deserve a comment but get none: no place, refused, or too many.
    pub(super) left_out: Vec<&'a Finding>,
    /// Those below the threshold for comments.
    pub(super) quiet: Vec<&'a Finding>,
}

/// Findings by the line that they hang on, most important place first; and those that have no place.
fn group<'a>(findings: &[&'a Finding], input: &Input<'_>) -> (Vec<Group<'a>>, Vec<&'a Finding>) {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut at: BTreeMap<(String, u32), usize> = BTreeMap::new();
    let mut alike: BTreeMap<Alike<'a>, usize> = BTreeMap::new();
    let mut nowhere = Vec::new();
    for finding in findings {
        let Some(place) = comment_place(&finding.place, input.change, &input.dialect) else {
            nowhere.push(*finding);
            continue;
        };
        let line = line_of(&place);
        let kind = alike_as(finding, &place, input);
        let earlier = kind.as_ref().and_then(|kind| alike.get(kind)).copied();
        let index = at.get(&line).copied().or(earlier).unwrap_or_else(|| {
            groups.push(Group { place, findings: Vec::new(), suggestion: None });
            groups.len() - 1
        });
        at.entry(line).or_insert(index);
        if let Some(kind) = kind {
            alike.entry(kind).or_insert(index);
        }
        groups[index].findings.push(finding);
    }
    for group in &mut groups {
        suggest(group, input);
    }
    (groups, nowhere)
}

/// What findings have in common that one comment tells of: the rule, the definition, the hunk.
type Alike<'a> = (&'static str, &'a str, String, usize);

/// With which others a finding may share a comment. One that can be repaired with a click has a comment of its own.
fn alike_as<'a>(
    finding: &'a Finding,
    place: &CommentPlace,
    input: &Input<'_>,
) -> Option<Alike<'a>> {
    let (path, line) = line_of(place);
    let hunks = &input.change.file(&path)?.hunks;
    let shows = |(from, to): (u32, u32)| (from..=to).contains(&line);
    let hunk = hunks.iter().position(|hunk| new_lines(hunk).is_some_and(shows))?;
    finding.fix.is_none().then_some((finding.rule.code, finding.scope.as_str(), path, hunk))
}

fn line_of(place: &CommentPlace) -> (String, u32) {
    match place {
        CommentPlace::Lines { path, start_line, .. } => (path.clone(), *start_line),
        CommentPlace::File { path } => (path.clone(), 0),
    }
}

/// Adds the first exact fix to the group and moves the comment to the lines that it replaces.
fn suggest(group: &mut Group<'_>, input: &Input<'_>) {
    let CommentPlace::Lines { path, start_line, line } = &mut group.place else {
        return;
    };
    let Some(file) = input.change.file(path) else {
        return;
    };
    let mut fixes = group.findings.iter().filter_map(|f| Suggestion::new(f, file, input.head));
    if let Some(suggestion) = fixes.next() {
        (*start_line, *line) = (suggestion.start_line, suggestion.line);
        group.suggestion = Some(suggestion);
    }
}

/// The comments that go out now; what is refused or too much goes to the summary.
fn choose<'a>(
    groups: Vec<Group<'a>>,
    standing: &Standing<'_>,
    input: &Input<'_>,
    said: &mut Said<'a>,
) -> Vec<super::Comment> {
    let most = input.policy.max_comments.min(input.dialect.max_comments);
    let mut post = Vec::new();
    for group in groups {
        let refused = group.findings.iter().any(|f| input.refused.contains(&f.fingerprint));
        // What an earlier review had no room for gets a comment only when others were settled: the author does not
        // see the limit's number of comments again with every push.
        let known = group.findings.iter().all(|f| input.history.previous.contains(&f.fingerprint));
        let before = if known { standing.open } else { standing.posted_at_head };
        let comment = (!refused && before + post.len() < most).then(|| group.comment(input));
        match comment.flatten() {
            Some(comment) => {
                said.commented.extend(group.findings.iter().map(|f| &f.fingerprint));
                post.push(comment);
            }
            None => said.left_out.extend(group.findings),
        }
    }
    post
}
