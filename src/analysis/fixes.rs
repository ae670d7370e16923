//! Repairs: only those are kept that are shown to repair.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::edits::replaced;
use super::focus::Focus;
use super::observe::{Observed, Sighting, Version, observe};
use super::side::Files;
use super::{Edit, Finding, Fix, Place, Rule, Severity, selection};
use crate::policy::Policy;
use crate::python::{Lines, TextEdit};

/// Most repairs that are tried in one file; the rest are not offered.
const MOST_REPAIRS: usize = 40;

/// How often a repaired file is looked at; what has not been shown to be sound by then is not offered.
const MOST_LOOKS: usize = 24;

/// Largest file in which repairs are tried, in bytes.
const LARGEST: usize = 512 * 1024;

/// What is known of files as they are, by path.
pub(super) type Tallies = HashMap<String, Tally>;

/// For each finding its repair if that is sound: the repaired file has no new syntax errors, one finding of the rule fewer,
/// and no more of any other. Repairs of one file that are sound together are taken to be sound.
pub(super) fn sound(
    found: &[&Sighting],
    files: &Files<'_>,
    known: &Tallies,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Vec<Option<Fix>> {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, sighting) in found.iter().enumerate().filter(|(_, it)| it.fix.is_some()) {
        by_file.entry(&sighting.place.path).or_default().push(index);
    }
    let by_file: Vec<_> = by_file.into_iter().collect();
    let tried: Vec<(usize, Fix)> = by_file
        .into_par_iter()
        .flat_map_iter(|(path, indices)| {
            let known = known.get(path);
            in_file(path, &indices, found, files, known, policy, rules)
        })
        .collect();
    let mut fixes = vec![None; found.len()];
    for (index, fix) in tried {
        fixes[index] = Some(fix);
    }
    fixes
}

fn in_file(
    path: &str,
    indices: &[usize],
    found: &[&Sighting],
    files: &Files<'_>,
    known: Option<&Tally>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Vec<(usize, Fix)> {
    let Some(bytes) = files.tree.read(path).filter(|it| it.len() <= LARGEST) else {
        return Vec::new();
    };
    let rules = &selection::rules_for(path, policy, rules);
    let observe = |bytes: &[u8], edited: bool| {
        let source = || if edited { None } else { files.parsed(path) };
        let version = Version {
            index: &files.index,
            path,
            bytes,
            source: &source,
            before: None,
            focus: &Focus::All,
            go_on: files.go_on,
        };
        tally(&observe(&version, policy, rules))
    };
    let own;
    let before = match known {
        Some(known) => known,
        None => {
            own = observe(&bytes, false);
            &own
        }
    };
    // All together first: as a rule they are sound, and one look tells so.
    let mut groups: Vec<&[usize]> = vec![&indices[..indices.len().min(MOST_REPAIRS)]];
    let mut fixes = Vec::new();
    let mut looks = 0;
    while let Some(group) = groups.pop().filter(|_| looks < MOST_LOOKS && files.goes_on()) {
        looks += 1;
        let edits = group.iter().filter_map(|index| found[*index].fix.as_ref());
        let mut edits: Vec<TextEdit> = edits.flat_map(|(_, edits)| edits).cloned().collect();
        edits.sort_by(|a, b| (a.span, &a.text).cmp(&(b.span, &b.text)));
        // Several may need the same import.
        edits.dedup();
        let after = repaired(&bytes, &edits).map(|bytes| observe(&bytes, true));
        let repaired: Vec<&Sighting> = group.iter().map(|index| found[*index]).collect();
        if after.is_some_and(|after| is_better(before, &after, &repaired)) {
            let fix = |index: &usize| {
                let (title, edits) = found[*index].fix.as_ref()?;
                Some((*index, fix_of(path, &bytes, title, edits)?))
            };
            fixes.extend(group.iter().filter_map(fix));
        } else if group.len() > 1 {
            let (first, rest) = group.split_at(group.len() / 2);
            groups.extend([rest, first]);
        }
    }
    fixes
}

/// How many findings of each rule a file has, how bad the worst of each is, and how many syntax errors there are.
pub(super) struct Tally {
    errors: usize,
    rules: HashMap<&'static str, (usize, Severity)>,
}

pub(super) fn tally(observed: &Observed) -> Tally {
    let mut rules: HashMap<_, (usize, Severity)> = HashMap::new();
    for sighting in observed.findings.iter().chain(&observed.suppressed) {
        let (count, worst) = rules.entry(sighting.rule.code).or_insert((0, sighting.severity));
        *count += 1;
        *worst = sighting.severity.max(*worst);
    }
    Tally { errors: observed.errors, rules }
}

/// Whether these findings are gone, and nothing new has come that is not far less bad than they were: `await asyncio.sleep` in
/// a loop that waits for a flag is no good style yet, but it no longer stops everybody.
fn is_better(before: &Tally, after: &Tally, repaired: &[&Sighting]) -> bool {
    let count = |tally: &Tally, code: &str| tally.rules.get(code).map_or(0, |it| it.0);
    let gone = |code: &str| repaired.iter().filter(|it| it.rule.code == code).count();
    let least = repaired.iter().map(|it| it.severity).min();
    let far_less_bad = |new: Severity| match least {
        Some(Severity::Critical) => new <= Severity::Medium,
        Some(Severity::High) => new == Severity::Low,
        _ => false,
    };
    let new = |code: &str, worst: Severity| {
        count(after, code) > count(before, code) && !far_less_bad(worst)
    };
    after.errors <= before.errors
        && repaired.iter().all(|it| {
            let code = it.rule.code;
            count(after, code) + gone(code) <= count(before, code)
        })
        && !after.rules.iter().any(|(code, (_, worst))| new(code, *worst))
}

/// The file with the edits made; `None` when they overlap or lie outside it.
pub(super) fn repaired(bytes: &[u8], edits: &[TextEdit]) -> Option<Vec<u8>> {
    replaced(bytes, edits.iter().map(|it| (it.span.range(), line_ends(bytes, &it.text))))
}

fn in_order(edits: &[TextEdit]) -> Vec<&TextEdit> {
    let mut edits: Vec<&TextEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    edits
}

/// The text with the file's kind of line ends.
fn line_ends(bytes: &[u8], text: &str) -> String {
    let crlf = memchr::memmem::find(bytes, b"\r\n").is_some();
    if crlf { text.replace('\n', "\r\n") } else { text.to_owned() }
}

fn fix_of(path: &str, bytes: &Arc<[u8]>, title: &str, edits: &[TextEdit]) -> Option<Fix> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = Lines::of(text);
    let edit = |edit: &TextEdit| {
        let (line, column) = lines.position(text, edit.span.start);
        let (end_line, end_column) = lines.position(text, edit.span.end);
        Edit {
            place: Place { path: path.to_owned(), line, end_line, column, end_column },
            start_byte: edit.span.start as usize,
            end_byte: edit.span.end as usize,
            replacement: line_ends(bytes, &edit.text),
        }
    };
    let edits = in_order(edits).into_iter().map(edit).collect();
    Some(Fix { title: title.to_owned(), edits })
}

/// What is reported of a sighting.
pub(super) fn finding((sighting, fix): (Sighting, Option<Fix>)) -> Finding {
    Finding {
        rule: sighting.rule,
        severity: sighting.severity,
        category: sighting.category,
        confidence: sighting.confidence,
        message: sighting.message,
        place: sighting.place,
        related: sighting.related,
        fix,
        fingerprint: sighting.key.fingerprint(&sighting.known_as, sighting.occurrence),
        scope: sighting.key.scope,
    }
}
