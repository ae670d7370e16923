//! Files that a change does not touch, and whose findings it may change: they use what the change makes different.
//!
//! Looked for backwards, by names: what differs between the two versions of the changed files for those who use it
//! ([`shifts`]), then the files that use it ([`users`]), then what differs in those, and so on. Only files that really lead
//! to something that differs are analysed, on both sides; whether anything came of it is for the comparison of findings.
//!
//! Bounds: [`MOST_WAVES`] steps away from the change, [`MOST_NAMES`] names in each, [`MOST_FILES`] files and [`MOST_BYTES`]
//! bytes in all. They are counted, not timed, so that a change always has the same review; what was left out is noted.

mod causes;
mod shifts;
mod users;

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;

use rayon::prelude::*;

use super::focus::{self, Looks};
use super::observe::{Observed, Version, observe};
use super::side::Files;
use super::{Rule, selection, suppression};
use crate::change::{FileChange, FileChangeKind, is_python};
use crate::policy::Policy;
use crate::python::index::hash;
use crate::python::{FileId, Library, Project};

pub(super) use causes::Causes;
use shifts::Shift;
use users::User;

/// How many steps away from the changed files is looked.
const MOST_WAVES: usize = 5;
/// Most names that are looked for in one step.
const MOST_NAMES: usize = 100;
/// Most unchanged files that are read.
const MOST_FILES: usize = 400;
/// Most bytes of unchanged files that are read.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Both sides of a change.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) base: &'a Files<'a>,
    pub(super) head: &'a Files<'a>,
    /// What is known about libraries.
    pub(super) library: &'a Arc<dyn Library>,
    /// In the order of paths.
    pub(super) changes: &'a [&'a FileChange],
}

impl<'a> Sides<'a> {
    /// The path by which both sides know a file of the base: the one that it has in the head.
    fn base_path(&self, id: FileId) -> String {
        let path = self.base.index.path(id);
        let renamed = |it: &&&FileChange| {
            it.kind == FileChangeKind::Renamed && it.old_path.as_deref() == Some(path)
        };
        self.changes.iter().find(renamed).map_or(path, |it| &it.path).to_owned()
    }

    fn head_path(&self, id: FileId) -> String {
        self.head.index.path(id).to_owned()
    }

    /// A session for each version of a changed file that is there.
    pub(super) fn sessions(
        &self,
        change: &FileChange,
    ) -> (Option<Project<'a>>, Option<Project<'a>>) {
        let session = |files: &'a Files<'a>, path: &str| {
            Some(Project::new(&files.index, Arc::clone(self.library), files.parsed(path)?))
        };
        let old = change.old_path.as_deref().unwrap_or(&change.path);
        let base = Some(old).filter(|_| change.kind != FileChangeKind::Added);
        let head = Some(&*change.path).filter(|_| change.kind != FileChangeKind::Deleted);
        let base = base.and_then(|path| session(self.base, path));
        (base, head.and_then(|path| session(self.head, path)))
    }

    fn change(&self, path: &str) -> Option<&'a FileChange> {
        let at = self.changes.binary_search_by(|it| it.path.as_str().cmp(path)).ok()?;
        Some(self.changes[at])
    }

    /// Whether there are Python files that the change does not touch.
    fn have_others(&self) -> bool {
        let there = |it: &&&FileChange| it.kind != FileChangeKind::Deleted && is_python(&it.path);
        self.head.index.files().len() > self.changes.iter().filter(there).count()
    }
}

/// What a change reaches.
#[derive(Default)]
pub(super) struct Reach {
    /// Unchanged files that use what differs, by path.
    pub(super) files: BTreeMap<String, Affected>,
    /// Which changes are behind the names that mean something else now.
    pub(super) causes: Causes,
    /// Names of all that means something else to its users, here or elsewhere.
    pub(super) names: BTreeSet<String>,
    /// What was not looked at, each a sentence.
    pub(super) notes: Vec<String>,
}

/// An unchanged file, analysed on both sides.
#[derive(Default)]
pub(super) struct Affected {
    pub(super) base: Observed,
    pub(super) head: Observed,
    /// Names in it that mean something else now.
    pub(super) names: BTreeSet<String>,
}

/// Finds the unchanged files that a change reaches, and analyses them.
pub(super) fn reach(
    sides: &Sides<'_>,
    looks: &Looks,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Reach {
    let mut reach = Reach::default();
    let mut wave = shifts::of_changes(sides, looks);
    reach.causes = Causes::of(sides, &wave);
    reach.names.extend(wave.iter().map(|it| it.used_as.clone()));
    if !sides.have_others() {
        return reach;
    }
    let rules: Vec<&'static Rule> =
        rules.iter().copied().filter(|rule| rule.code != suppression::RULE.code).collect();
    let mut search = Search::default();
    let mut users: BTreeMap<String, User> = BTreeMap::new();
    for _ in 0..MOST_WAVES {
        wave.retain(|shift| search.shifted.insert((shift.path.clone(), shift.name.clone())));
        if wave.is_empty() || !sides.head.goes_on() {
            break;
        }
        let candidates = search.candidates(sides, &wave);
        let found: Vec<User> = candidates
            .into_par_iter()
            .filter(|_| sides.head.goes_on())
            .filter_map(|id| users::look(sides, id, &wave))
            .collect();
        wave = Vec::new();
        for mut user in found {
            for (alias, name) in &user.aliases {
                reach.causes.inherit(alias, &BTreeSet::from([name.clone()]));
            }
            for shift in &user.shifts {
                reach.causes.inherit(&shift.used_as, &user.names);
            }
            wave.append(&mut user.shifts);
            reach.names.extend(user.names.iter().cloned());
            match users.entry(user.path.clone()) {
                Entry::Occupied(mut known) => known.get_mut().names.extend(user.names),
                Entry::Vacant(place) => {
                    place.insert(user);
                }
            }
        }
        reach.names.extend(wave.iter().map(|it| it.used_as.clone()));
    }
    let analysed = users
        .into_par_iter()
        .filter(|_| sides.head.goes_on())
        .map(|(path, user)| (path, analysed(sides, user, policy, &rules)));
    reach.files = analysed.collect();
    if sides.head.goes_on() {
        reach.notes.extend(search.note(!wave.is_empty()));
    } else {
        let note = "The context was limited: the time for this change was over before all code that uses what it changes \
            was looked at.";
        reach.notes.push(note.to_owned());
    }
    reach
}

/// The unchanged file on both sides.
fn analysed(sides: &Sides<'_>, user: User, policy: &Policy, rules: &[&'static Rule]) -> Affected {
    if policy.choice.is_excluded(&user.path) || selection::is_generated(&user.bytes) {
        return Affected { names: user.names, ..Affected::default() };
    }
    let project =
        Project::new(&sides.head.index, Arc::clone(sides.library), Arc::clone(&user.source));
    let focus = focus::of_unchanged(project.module(), &user.names);
    let rules = selection::rules_for(&user.path, policy, rules);
    let source = || Some(Arc::clone(&user.source));
    let observed = |files: &Files<'_>, rules: &[&'static Rule]| {
        let version = Version {
            index: &files.index,
            path: &user.path,
            bytes: &user.bytes,
            source: &source,
            before: None,
            focus: &focus,
            go_on: sides.head.go_on,
        };
        observe(&version, policy, rules)
    };
    let mut head = observed(sides.head, &rules);
    // Without a finding there is none to compare.
    let found: BTreeSet<&str> =
        head.findings.iter().chain(&head.suppressed).map(|it| it.rule.code).collect();
    let rules: Vec<&'static Rule> =
        rules.iter().copied().filter(|rule| found.contains(rule.code)).collect();
    let base = if rules.is_empty() { Observed::default() } else { observed(sides.base, &rules) };
    if base.partial {
        // What was not found before may have been there.
        (head.findings, head.suppressed) = Default::default();
    }
    Affected { base, head, names: user.names }
}

/// Whether a file may be affected without being changed. Findings in tests are not worth the time: who changes something
/// runs them.
fn is_candidate(sides: &Sides<'_>, id: FileId) -> bool {
    let path = sides.head.index.path(id);
    is_python(path)
        && sides.change(path).is_none()
        && selection::excluded(path).is_none()
        && !selection::is_test(path)
}

/// Whether a name stands in a text as a word; that of a member, behind a dot.
fn mentions(bytes: &[u8], name: &str, member: bool) -> bool {
    let inside =
        |byte: Option<&u8>| byte.is_some_and(|it| *it == b'_' || it.is_ascii_alphanumeric());
    memchr::memmem::find_iter(bytes, name.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|it| bytes.get(it));
        let apart = if member { before == Some(&b'.') } else { !inside(before) };
        apart && !inside(bytes.get(at + name.len()))
    })
}

/// Where was looked so far.
#[derive(Default)]
struct Search {
    /// Path and name of each definition that was followed.
    shifted: BTreeSet<(String, String)>,
    files: BTreeSet<FileId>,
    bytes: usize,
    /// Names that were not looked for, or not everywhere.
    left_out: BTreeSet<String>,
}

impl Search {
    /// The unchanged files in which what differs may be used.
    fn candidates(&mut self, sides: &Sides<'_>, wave: &[Shift]) -> Vec<FileId> {
        let index = &sides.head.index;
        let mut names: BTreeMap<&str, bool> = BTreeMap::new();
        for shift in wave {
            // What belongs to a class is used behind a dot.
            *names.entry(&shift.used_as).or_insert(true) &= shift.is_member();
        }
        for name in names.keys().skip(MOST_NAMES) {
            self.left_out.insert((*name).to_owned());
        }
        let wanted: Vec<(&str, bool)> = names.into_iter().take(MOST_NAMES).collect();
        let hashes: Vec<u32> = wanted.iter().map(|(name, _)| hash(name.as_bytes())).collect();
        let files: Vec<FileId> = index.files().filter(|id| is_candidate(sides, *id)).collect();
        let named: Vec<(FileId, usize, &str)> = files
            .into_par_iter()
            .filter_map(|id| {
                if sides.head.outlined {
                    let sketch = index.sketch(id)?;
                    let named = hashes.iter().any(|hash| sketch.mentions(*hash));
                    (named || sketch.is_doubtful()).then_some(())?;
                }
                let bytes = index.bytes(id)?;
                let name = wanted.iter().find(|(name, member)| mentions(&bytes, name, *member))?.0;
                Some((id, bytes.len(), name))
            })
            .collect();
        let mut found = Vec::new();
        for (id, bytes, name) in named {
            if !self.files.contains(&id) {
                if self.files.len() >= MOST_FILES || self.bytes + bytes > MOST_BYTES {
                    self.left_out.insert(name.to_owned());
                    continue;
                }
                self.files.insert(id);
                self.bytes += bytes;
            }
            found.push(id);
        }
        found
    }

    /// What to say of files that were not looked at.
    fn note(&self, unfinished: bool) -> Option<String> {
        match self.left_out.iter().next() {
            Some(name) => Some(format!(
                "The context was limited: the change affects more than is followed ({MOST_NAMES} names at a time, \
                 {MOST_FILES} files, {} MiB); not all code that uses `{name}` was looked at.",
                MOST_BYTES / 1024 / 1024
            )),
            None if unfinished => Some(format!(
                "The context was limited: what the change affects was followed over {MOST_WAVES} files in a row, not further."
            )),
            None => None,
        }
    }
}
