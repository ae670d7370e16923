//! Repairs: only those are kept that are shown to repair.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::engine::Files;
use super::observe::{Observed, Sighting, Version, observe};
use super::{Edit, Finding, Fix, Place, Rule, selection};
use crate::policy::Policy;
use crate::python::{Lines, TextEdit};

/// Most repairs that are tried in one file; the rest are not offered.
const MOST_TRIED: usize = 40;

/// Largest file in which repairs are tried, in bytes.
const LARGEST: usize = 512 * 1024;

/// The findings, each with its repair if that is sound: the repaired file has no new syntax errors, one finding of the
/// rule fewer, and no more of any other.
pub(super) fn keep_sound(
    found: Vec<Sighting>,
    files: &Files<'_>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Vec<(Sighting, Option<Fix>)> {
    let mut by_file: BTreeMap<String, Vec<(usize, Sighting)>> = BTreeMap::new();
    for (index, sighting) in found.into_iter().enumerate() {
        let path = sighting.place.path.clone();
        by_file.entry(path).or_default().push((index, sighting));
    }
    let by_file: Vec<_> = by_file.into_iter().collect();
    let mut all: Vec<(usize, Sighting, Option<Fix>)> = by_file
        .into_par_iter()
        .flat_map_iter(|(path, sightings)| in_file(&path, sightings, files, policy, rules))
        .collect();
    all.sort_by_key(|(index, _, _)| *index);
    all.into_iter().map(|(_, sighting, fix)| (sighting, fix)).collect()
}

fn in_file(
    path: &str,
    sightings: Vec<(usize, Sighting)>,
    files: &Files<'_>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Vec<(usize, Sighting, Option<Fix>)> {
    let wanted = sightings.iter().any(|(_, it)| it.fix.is_some());
    let rules = &selection::rules_for(path, policy, rules);
    let bytes = if wanted { files.tree.read(path).filter(|it| it.len() <= LARGEST) } else { None };
    let observe = |bytes: &[u8], edited| {
        let version = Version { index: &files.index, path, bytes, edited };
        tally(&observe(&version, policy, rules))
    };
    let before = bytes.as_ref().map(|bytes| observe(bytes, false));
    let mut tried = 0;
    let mut checked = Vec::with_capacity(sightings.len());
    for (index, sighting) in sightings {
        let mut fix = None;
        if let (Some((title, edits)), Some(bytes), Some(before)) = (&sighting.fix, &bytes, &before)
            && tried < MOST_TRIED
        {
            tried += 1;
            fix = repaired(bytes, edits)
                .filter(|repaired| {
                    let after = observe(repaired, true);
                    is_better(before, &after, sighting.rule)
                })
                .and_then(|_| fix_of(path, bytes, title, edits));
        }
        checked.push((index, sighting, fix));
    }
    checked
}

/// How many findings of each rule a file has, and how many syntax errors.
struct Tally {
    errors: usize,
    rules: HashMap<&'static str, usize>,
}

fn tally(observed: &Observed) -> Tally {
    let mut rules = HashMap::new();
    for sighting in observed.findings.iter().chain(&observed.suppressed) {
        *rules.entry(sighting.rule.code).or_default() += 1;
    }
    Tally { errors: observed.errors, rules }
}

fn is_better(before: &Tally, after: &Tally, rule: &Rule) -> bool {
    let count = |tally: &Tally, code: &str| tally.rules.get(code).copied().unwrap_or_default();
    after.errors <= before.errors
        && count(after, rule.code) < count(before, rule.code)
        && after.rules.iter().all(|(code, found)| *found <= count(before, code))
}

/// The file with the edits made; `None` when they overlap or lie outside it.
pub(super) fn repaired(bytes: &[u8], edits: &[TextEdit]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for edit in in_order(edits) {
        let range = edit.span.range();
        out.extend_from_slice(bytes.get(at..range.start)?);
        out.extend_from_slice(line_ends(bytes, &edit.text).as_bytes());
        at = range.end;
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
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
        fingerprint: sighting.key.fingerprint(sighting.occurrence),
        scope: sighting.key.scope,
    }
}
