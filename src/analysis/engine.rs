//! Runs the rules over files, in parallel and within bounds.

use std::collections::HashMap;
use std::sync::LazyLock;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::baseline::{Pair, caused};
use super::fingerprint::Key;
use super::observe::{Observed, Sighting, Version, observe};
use super::{
    Analysis, Finding, Fix, RULES, Request, Rule, SkippedFile, fixes, selection, verdicts,
};
use crate::change::{FileChangeKind, Tree, is_python};
use crate::policy::Policy;
use crate::python::Index;

/// Stack of the threads that analyse: reading nested code takes some.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Threads of our own, because the callers' may have small stacks. `None` when the system gives no threads.
static POOL: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let name = |index| format!("analysis-{index}");
    ThreadPoolBuilder::new().stack_size(STACK_BYTES).thread_name(name).build().ok()
});

fn in_pool<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    match &*POOL {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

/// Analyses what a change causes: findings of the head that the base does not have.
pub fn analyse(request: &Request<'_>) -> Analysis {
    analyse_with(request, RULES)
}

/// [`analyse`] with some of the rules only.
pub fn analyse_with(request: &Request<'_>, rules: &[&'static Rule]) -> Analysis {
    in_pool(|| analyse_here(request, rules))
}

fn analyse_here(request: &Request<'_>, rules: &[&'static Rule]) -> Analysis {
    let Request { change, policy, .. } = *request;
    let (base, head) = (Files::of(request.base), Files::of(request.head));
    let mut files: Vec<_> = change.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let sides: Vec<(Side, Side)> = files
        .par_iter()
        .map(|file| {
            if policy.choice.is_excluded(&file.path) {
                return (Side::default(), Side::default());
            }
            // What the repository wants for the new path counts for the old one, too: moving a file causes nothing.
            let rules = selection::rules_for(&file.path, policy, rules);
            let new = match file.kind {
                FileChangeKind::Deleted => Side::default(),
                _ => Side::read(&head, &file.path, policy, &rules),
            };
            let old = file.old_path.as_deref().filter(|_| file.kind != FileChangeKind::Added);
            let old =
                old.map_or_else(Side::default, |path| Side::read(&base, path, policy, &rules));
            (old, new)
        })
        .collect();

    let mut analysis = Analysis::default();
    let (olds, mut news): (Vec<Side>, Vec<Side>) = sides.into_iter().unzip();
    for side in &news {
        analysis.skipped.extend(side.skipped());
        analysis.files_analysed += usize::from(side.observed.is_some());
    }
    number(news.iter_mut().filter_map(|side| side.observed.as_mut()));
    let changed = |line: &crate::change::NumberedLine| line.kind == crate::change::LineKind::Added;
    let mut pairs = Vec::new();
    let mut satisfied = Vec::new();
    let mut suppressed = Vec::new();
    for ((change, old), new) in files.iter().zip(&olds).zip(news) {
        if let Some(observed) = &new.observed {
            analysis.lines_analysed += change.numbered().filter(changed).count();
            let places = observed.satisfied.iter();
            let seen = places.filter(|(_, place)| {
                (place.line..=place.end_line.min(place.line + 50)).any(|it| change.is_changed(it))
            });
            satisfied.extend(seen.cloned());
        }
        let observed = new.observed.unwrap_or_default();
        suppressed.extend(observed.suppressed);
        let base = old.observed.as_ref().map(|it| it.findings.as_slice()).unwrap_or_default();
        pairs.push(Pair { change, base, head: observed.findings });
    }
    let found = fixes::keep_sound(caused(pairs, head.tree), &head, policy, rules);
    finish(analysis, found, suppressed, satisfied, policy, rules)
}

/// Analyses whole files, as if everything in them were new.
pub fn check_tree(tree: &dyn Tree, paths: &[String], policy: &Policy) -> Analysis {
    check_tree_with(tree, paths, policy, RULES)
}

/// [`check_tree`] with some of the rules only.
pub fn check_tree_with(
    tree: &dyn Tree,
    paths: &[String],
    policy: &Policy,
    rules: &[&'static Rule],
) -> Analysis {
    in_pool(|| check_here(tree, paths, policy, rules))
}

fn check_here(
    tree: &dyn Tree,
    paths: &[String],
    policy: &Policy,
    rules: &[&'static Rule],
) -> Analysis {
    let files = Files::of(tree);
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort();
    paths.dedup();
    // The caller chose the files: a script that is named is Python, whatever its name ends in.
    let mut sides: Vec<Side> = paths
        .par_iter()
        .filter(|path| !policy.choice.is_excluded(path))
        .map(|path| {
            let rules = selection::rules_for(path, policy, rules);
            Side::of_source(&files, path, policy, &rules)
        })
        .collect();
    number(sides.iter_mut().filter_map(|side| side.observed.as_mut()));
    let mut analysis = Analysis::default();
    let (mut found, mut suppressed, mut satisfied) = (Vec::new(), Vec::new(), Vec::new());
    for side in sides {
        if side.excluded.is_none() {
            analysis.skipped.extend(side.skipped());
        }
        let Some(observed) = side.observed else { continue };
        analysis.files_analysed += 1;
        analysis.lines_analysed += observed.lines as usize;
        found.extend(observed.findings);
        suppressed.extend(observed.suppressed);
        satisfied.extend(observed.satisfied);
    }
    let found = fixes::keep_sound(found, &files, policy, rules);
    finish(analysis, found, suppressed, satisfied, policy, rules)
}

fn finish(
    mut analysis: Analysis,
    found: Vec<(Sighting, Option<Fix>)>,
    suppressed: Vec<Sighting>,
    satisfied: Vec<(&'static Rule, super::Place)>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Analysis {
    analysis.findings = found.into_iter().map(fixes::finding).collect();
    analysis.findings.sort_by(rank);
    analysis.suppressed = suppressed.into_iter().map(|it| fixes::finding((it, None))).collect();
    analysis.suppressed.sort_by(rank);
    analysis.skipped.sort_by(|a, b| (&a.path, &a.reason).cmp(&(&b.path, &b.reason)));
    let ran: Vec<&'static Rule> =
        rules.iter().copied().filter(|rule| policy.choice.runs_somewhere(rule)).collect();
    analysis.verdicts = verdicts::of(&analysis.findings, satisfied, &ran);
    analysis
}

/// Most important first: category, severity, path, line.
fn rank(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let worst = (b.category, b.severity).cmp(&(a.category, a.severity));
    let key = |it: &Finding| (it.place.clone(), it.rule.code, it.fingerprint.clone());
    worst.then_with(|| key(a).cmp(&key(b)))
}

/// Numbers the findings that are alike, in the order of paths and of places.
fn number<'a>(all: impl Iterator<Item = &'a mut Observed>) {
    let mut seen: HashMap<Key, usize> = HashMap::new();
    for observed in all {
        observed.findings.sort_by(|a, b| (&a.place, a.rule.code).cmp(&(&b.place, b.rule.code)));
        for sighting in observed.findings.iter_mut().chain(&mut observed.suppressed) {
            let next = seen.entry(sighting.key.clone()).or_default();
            sighting.occurrence = *next;
            *next += 1;
        }
    }
}

/// One side of a change, or a work tree: its files, and what leads from one to the others.
pub(super) struct Files<'t> {
    pub(super) tree: &'t dyn Tree,
    pub(super) index: Index<'t>,
}

impl<'t> Files<'t> {
    fn of(tree: &'t dyn Tree) -> Self {
        Self { tree, index: Index::new(tree) }
    }
}

/// One version of a file, as far as it was analysed.
#[derive(Default)]
struct Side {
    path: String,
    observed: Option<Observed>,
    /// Why it was not analysed.
    excluded: Option<&'static str>,
    unreadable: bool,
}

impl Side {
    fn read(files: &Files<'_>, path: &str, policy: &Policy, rules: &[&'static Rule]) -> Self {
        if is_python(path) {
            Self::of_source(files, path, policy, rules)
        } else {
            Self { path: path.to_owned(), ..Self::default() }
        }
    }

    fn of_source(files: &Files<'_>, path: &str, policy: &Policy, rules: &[&'static Rule]) -> Self {
        let side = Self { path: path.to_owned(), ..Self::default() };
        if let Some(reason) = selection::excluded(path) {
            return Self { excluded: Some(reason), ..side };
        }
        match files.tree.read(path) {
            None => Self { unreadable: true, ..side },
            Some(bytes) if selection::is_generated(&bytes) => {
                Self { excluded: Some("is generated, and was not analysed"), ..side }
            }
            Some(bytes) => {
                let version = Version { index: &files.index, path, bytes: &bytes, edited: false };
                Self { observed: Some(observe(&version, policy, rules)), ..side }
            }
        }
    }

    fn skipped(&self) -> Vec<SkippedFile> {
        let reasons = self.observed.iter().flat_map(|it| it.notes.iter().map(String::as_str));
        let unreadable = self.unreadable.then_some("could not be read");
        let reasons = reasons.chain(self.excluded).chain(unreadable);
        let skipped =
            |reason: &str| SkippedFile { path: self.path.clone(), reason: reason.to_owned() };
        reasons.map(skipped).collect()
    }
}
