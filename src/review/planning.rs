//! From an analysis and what stands already to what to do.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::Group;
use super::place::{comment_place, new_lines};
use super::standing::Standing;
use super::suggestion::Suggestion;
use super::verdict::{gate, ranked};
use super::{CommentPlace, Input, Plan, rewriting, summary};
use crate::analysis::{Finding, Fingerprint};
use crate::policy::Audience;

/// Most findings that one comment tells of as being alike: the hidden marker names them all, and has to fit.
const MOST_ALIKE: usize = 100;

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
    let resolve = [standing.gone(input), standing.accepted_by_command(input)].concat();
    Plan {
        update: rewriting::updates(&standing, &findings, input),
        keep: keep.filter(|name| standing.stands(name)).cloned().collect(),
        resolve,
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
        let Some(place) = place_of(finding, input) else {
            nowhere.push(*finding);
            continue;
        };
        let line = line_of(&place);
        let kind = alike_as(finding, &place, input);
        let earlier = kind.as_ref().and_then(|kind| alike.get(kind)).copied();
        let earlier = earlier.filter(|index| {
            groups[*index].findings.len() < MOST_ALIKE && may_join(finding, &groups[*index], input)
        });
        let index = at.get(&line).copied().or(earlier).unwrap_or_else(|| {
            groups.push(Group { place, findings: Vec::new(), suggestion: None });
            groups.len() - 1
        });
        at.entry(line).or_insert(index);
        if let Some(kind) = kind {
            // The next one is nearer to this.
            alike.insert(kind, index);
        }
        groups[index].findings.push(finding);
    }
    let mut suggested: Vec<CommentPlace> = Vec::new();
    for group in &mut groups {
        suggest(group, &mut suggested, input);
    }
    (groups, nowhere)
}

/// Where a comment about the finding can hang, as far as the platform has not refused it.
fn place_of(finding: &Finding, input: &Input<'_>) -> Option<CommentPlace> {
    let (name, dialect) = (&finding.fingerprint, &input.dialect);
    let place = comment_place(&finding.place, input.change, dialect)?;
    if input.refusals.at_files.contains(name) {
        return None;
    }
    if !input.refusals.at_lines.contains(name) {
        return Some(place);
    }
    dialect.file_comments.then(|| CommentPlace::File { path: place.path().to_owned() })
}

/// What findings have in common that one comment tells of: the rule, the definition, the hunk, and whether a click repairs them.
type Alike<'a> = (&'static str, &'a str, String, usize, bool);

/// With which others a finding may share a comment.
fn alike_as<'a>(
    finding: &'a Finding,
    place: &CommentPlace,
    input: &Input<'_>,
) -> Option<Alike<'a>> {
    let (path, line) = line_of(place);
    let hunks = &input.change.file(&path)?.hunks;
    let shows = |(from, to): (u32, u32)| (from..=to).contains(&line);
    let hunk = hunks.iter().position(|hunk| new_lines(hunk).is_some_and(shows))?;
    Some((finding.rule.code, finding.scope.as_str(), path, hunk, finding.fix.is_some()))
}

/// Whether a finding may share the comment of others like it: what can be repaired with a click still can, all at once.
fn may_join(finding: &Finding, group: &Group<'_>, input: &Input<'_>) -> bool {
    if finding.fix.is_none() {
        return true;
    }
    let Some(file) = input.change.file(&finding.place.path) else { return false };
    let alike = group.findings.iter().filter(|it| it.rule.code == finding.rule.code);
    let all: Vec<&Finding> = alike.copied().chain([finding]).collect();
    let alone = |it: &&Finding| Suggestion::of(&[it], file, input.head).is_some();
    Suggestion::of(&all, file, input.head).is_some() || !all.iter().any(alone)
}

fn line_of(place: &CommentPlace) -> (String, u32) {
    match place {
        CommentPlace::Lines { path, start_line, .. } => (path.clone(), *start_line),
        CommentPlace::File { path } => (path.clone(), 0),
    }
}

/// Adds the exact fixes of a rule to the group, all at once where that is possible, and moves the comment to the lines that
/// they replace. Lines that an earlier comment replaces are left alone: only one of the two could be applied.
pub(super) fn suggest(group: &mut Group<'_>, suggested: &mut Vec<CommentPlace>, input: &Input<'_>) {
    let CommentPlace::Lines { path, .. } = &group.place else { return };
    let Some(file) = input.change.file(path) else { return };
    let of = |findings: &[&Finding]| Suggestion::of(findings, file, input.head);
    let with_its_kind = |first: &&Finding| {
        let fixable = group.findings.iter().filter(|it| it.fix.is_some());
        let alike = fixable.filter(|it| it.rule.code == first.rule.code);
        of(&alike.copied().collect::<Vec<_>>()).or_else(|| of(&[*first]))
    };
    let Some(suggestion) = group.findings.iter().find_map(with_its_kind) else { return };
    let place = CommentPlace::Lines {
        path: path.clone(),
        start_line: suggestion.start_line,
        line: suggestion.line,
    };
    if suggested.iter().any(|earlier| overlap(earlier, &place)) {
        return;
    }
    suggested.push(place.clone());
    group.place = place;
    group.suggestion = Some(suggestion);
}

fn overlap(one: &CommentPlace, other: &CommentPlace) -> bool {
    match (one, other) {
        (
            CommentPlace::Lines { path, start_line, line },
            CommentPlace::Lines { path: other, start_line: from, line: to },
        ) => path == other && start_line <= to && from <= line,
        _ => false,
    }
}

/// The comments that go out now; what is too much goes to the summary.
fn choose<'a>(
    groups: Vec<Group<'a>>,
    standing: &Standing<'_>,
    input: &Input<'_>,
    said: &mut Said<'a>,
) -> Vec<super::Comment> {
    let most = input.policy.max_comments.min(input.dialect.max_comments);
    let mut post = Vec::new();
    for group in groups {
        // What an earlier review had no room for gets a comment only when others were settled: the author does not
        // see the limit's number of comments again with every push.
        let known = group.findings.iter().all(|f| input.history.previous.contains(&f.fingerprint));
        let before = if known { standing.open } else { standing.posted_at_head };
        let comment = (before + post.len() < most).then(|| group.comment(input));
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
