//! Runs the rules over files, in parallel and within bounds.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::affected::{self, Sides};
use super::baseline::{self, Pair, caused, new_only};
use super::fixes::Tallies;
use super::focus::{Focus, Looks};
use super::observe::Sighting;
use super::placing::{self, Placing};
use super::rules::ABOUT_THE_REPOSITORY;
use super::side::{Files, Side};
use super::{
    Analysis, Finding, Fix, GoOn, RULES, Request, Rule, catalogue, fixes, selection, suppression,
    verdicts,
};
use crate::change::{FileChange, FileChangeKind, LineKind, NumberedLine, Tree};
use crate::policy::Policy;

/// Stack of the threads that analyse: reading nested code takes some.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Most findings of a change that are kept: far more than anybody reads, and few enough for a plan, a store and a page.
const MOST_OF_A_CHANGE: usize = 5000;

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
    in_pool(|| analyse_here(request, rules, Depth::Focused))
}

/// [`analyse`], with all functions of the changed files looked at, those too in which the change can make no difference. To
/// check that it makes none.
pub fn analyse_thoroughly(request: &Request<'_>) -> Analysis {
    in_pool(|| analyse_here(request, RULES, Depth::Thorough))
}

/// How much of the changed files is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What the change can make different.
    Focused,
    /// Everything.
    Thorough,
}

fn analyse_here(request: &Request<'_>, rules: &[&'static Rule], depth: Depth) -> Analysis {
    let Request { change, policy, .. } = *request;
    let head = match request.known {
        Some(known) => Files::knowing(request.head, Arc::clone(known), request.go_on),
        None => Files::of(request.head, request.go_on),
    };
    let base = Files::beside(request.base, &head);
    let mut changes: Vec<&FileChange> = change.files.iter().collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    let library = catalogue::library_with(&policy.known);
    let sides = Sides { base: &base, head: &head, library: &library, changes: &changes };
    let looks = Looks::of(&sides);
    let reach = affected::reach(&sides, &looks, policy, rules);
    let focuses = match depth {
        Depth::Focused => looks.settle(&reach.names),
        Depth::Thorough => changes.iter().map(|_| Focus::All).collect(),
    };
    let files: Vec<Changed<'_>> =
        changes.iter().zip(&focuses).map(|(change, focus)| Changed { change, focus }).collect();
    let news: Vec<Side> =
        files.par_iter().map(|file| new_side(&sides, *file, policy, rules)).collect();
    let olds = old_sides(&sides, &files, &news, policy, rules);

    let mut analysis = Analysis::default();
    let mut pairs = Vec::new();
    let mut satisfied = Vec::new();
    let mut suppressed = Vec::new();
    for ((change, old), new) in changes.iter().copied().zip(&olds).zip(news) {
        analysis.skipped.extend(new.skipped());
        let changed = |line: &NumberedLine| line.kind == LineKind::Added;
        let added: Vec<u32> = change.numbered().filter(changed).map(|line| line.new).collect();
        let touches = |first: u32, last: u32| {
            let next = added.partition_point(|line| *line < first);
            added.get(next).is_some_and(|line| *line <= last)
        };
        if let Some(observed) = &new.observed {
            analysis.files_analysed += 1;
            analysis.lines_analysed += added.len();
            let places = observed.satisfied.iter();
            let seen = places
                .filter(|(_, place)| touches(place.line, place.end_line.min(place.line + 50)));
            satisfied.extend(seen.cloned());
        }
        let mut observed = new.observed.unwrap_or_default();
        observed.number(known_as(change));
        suppressed.extend(observed.suppressed);
        if old.partial {
            // What was not found before may have been there.
            observed.findings.retain(|it| touches(it.place.line, it.place.end_line));
        }
        pairs.push(Pair {
            change: Some(change),
            base: &old.findings,
            head: observed.findings,
            names: BTreeSet::new(),
        });
    }

    analysis.notes = reach.notes;
    for (path, affected) in &reach.files {
        let mut head = affected.head.clone();
        head.number(path);
        suppressed.extend(new_only(&affected.base.suppressed, &head.suppressed));
        // Nobody repairs a file in a comment on another one.
        head.findings.iter_mut().for_each(|it| it.fix = None);
        let (base, names) = (affected.base.findings.as_slice(), affected.names.clone());
        pairs.push(Pair { change: None, base, head: head.findings, names });
    }

    let placing = Placing::new(&changes, head.tree);
    let fresh = caused(pairs);
    let sightings: Vec<&Sighting> = fresh.iter().map(|it| &it.sighting).collect();
    let fixes = fixes::sound(&sightings, &head, &Tallies::new(), policy, rules);
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for (fresh, fix) in fresh.into_iter().zip(fixes) {
        let untouched = fresh.change.is_none();
        let sighting = placing.place(fresh, &reach.causes);
        if untouched {
            elsewhere.push(sighting);
        } else {
            // A repair of one file is no repair of another one's lines.
            let own = |it: &Fix| it.edits.iter().all(|it| it.place.path == sighting.place.path);
            let fix = fix.filter(own);
            here.push((sighting, fix));
        }
    }
    here.extend(placing::gathered(elsewhere).into_iter().map(|it| (it, None)));
    keep_most_important(finish(analysis, here, suppressed, satisfied))
}

/// Leaves out what is too much, least important first.
fn keep_most_important(mut analysis: Analysis) -> Analysis {
    analysis.suppressed.truncate(MOST_OF_A_CHANGE);
    let count = analysis.findings.len();
    if count > MOST_OF_A_CHANGE {
        analysis.findings.truncate(MOST_OF_A_CHANGE);
        let note =
            format!("Of {count} findings the {MOST_OF_A_CHANGE} most important ones are kept.");
        analysis.notes.push(note);
    }
    analysis
}

/// A changed file, and what is looked at in it.
#[derive(Clone, Copy)]
struct Changed<'a> {
    change: &'a FileChange,
    focus: &'a Focus,
}

/// A changed file as it is in the head.
fn new_side(
    sides: &Sides<'_>,
    file: Changed<'_>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Side {
    let Changed { change, focus } = file;
    if policy.choice.is_excluded(&change.path) || change.kind == FileChangeKind::Deleted {
        return Side::default();
    }
    let rules = selection::rules_for(&change.path, policy, rules);
    let before = old_path(change).map(|path| (sides.base, path));
    Side::read_after(before, sides.head, &change.path, focus, policy, &rules)
}

/// What was found in a changed file as it was in the base.
#[derive(Default)]
struct Old {
    findings: Vec<Sighting>,
    /// Whether findings may be missing.
    partial: bool,
}

/// What was found in the changed files as they were in the base, as far as it matters: a rule is asked about a file if it
/// found something in the head's version, or if it found something new anywhere, which may have moved from there.
fn old_sides(
    sides: &Sides<'_>,
    files: &[Changed<'_>],
    news: &[Side],
    policy: &Policy,
    rules: &[&'static Rule],
) -> Vec<Old> {
    let files: Vec<(Changed<'_>, &Side)> = files.iter().copied().zip(news).collect();
    let own = |side: &Side| {
        let found = side.observed.iter().flat_map(|it| &it.findings);
        found.map(|it| it.rule.code).collect::<BTreeSet<_>>()
    };
    let of = |(file, side): &(Changed<'_>, &Side)| {
        old_findings(sides, *file, policy, &asked(rules, &own(side)))
    };
    let mut olds: Vec<Old> = files.par_iter().map(of).collect();

    let new = |((file, side), old): (&(Changed<'_>, &Side), &Old)| {
        let head = side.observed.as_ref().map(|it| it.findings.as_slice()).unwrap_or_default();
        baseline::new_in(file.change, &old.findings, head)
    };
    let moved: BTreeSet<&str> = files.iter().zip(&olds).flat_map(new).collect();
    if !moved.is_empty() {
        let asked = asked(rules, &moved);
        olds.par_iter_mut().zip(&files).for_each(|(old, (file, side))| {
            let known = own(side);
            if known.contains(suppression::RULE.code) {
                return;
            }
            let others: Vec<&'static Rule> =
                asked.iter().copied().filter(|rule| !known.contains(rule.code)).collect();
            let found = old_findings(sides, *file, policy, &others);
            old.partial |= found.partial;
            let others = found.findings.into_iter();
            old.findings.extend(others.filter(|it| !known.contains(it.rule.code)));
        });
    }
    olds
}

/// Where a changed file stands in the base.
fn old_path(change: &FileChange) -> Option<&str> {
    change.old_path.as_deref().filter(|_| change.kind != FileChangeKind::Added)
}

/// Those of the rules with these codes. What comments suppress in vain, only all rules together can tell.
fn asked(rules: &[&'static Rule], codes: &BTreeSet<&str>) -> Vec<&'static Rule> {
    let all = codes.contains(suppression::RULE.code);
    rules.iter().copied().filter(|rule| all || codes.contains(rule.code)).collect()
}

/// What rules find in a changed file as it was in the base.
fn old_findings(
    sides: &Sides<'_>,
    file: Changed<'_>,
    policy: &Policy,
    rules: &[&'static Rule],
) -> Old {
    let Changed { change, focus } = file;
    // What the repository wants for the new path counts for the old one, too: moving a file causes nothing.
    let rules = selection::rules_for(&change.path, policy, rules);
    match old_path(change).filter(|_| !rules.is_empty() && !policy.choice.is_excluded(&change.path))
    {
        Some(path) => {
            let side = Side::read(sides.base, path, focus, policy, &rules);
            let observed = side.observed.unwrap_or_default();
            Old { findings: observed.findings, partial: observed.partial || side.late.is_some() }
        }
        None => Old::default(),
    }
}

/// The path by which findings of a file are called in all pushes.
fn known_as(change: &FileChange) -> &str {
    match (&change.kind, &change.old_path) {
        (FileChangeKind::Renamed, Some(old)) => old,
        _ => &change.path,
    }
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
    in_pool(|| check_here(tree, paths, policy, rules, None))
}

/// [`check_tree`] for as long as it is told to go on.
pub fn check_tree_while(
    tree: &dyn Tree,
    paths: &[String],
    policy: &Policy,
    go_on: GoOn<'_>,
) -> Analysis {
    in_pool(|| check_here(tree, paths, policy, RULES, go_on))
}

/// [`check_tree`] on one thread with a stack of so many bytes. To check that code of others never needs more than there is:
/// nothing catches the end of a stack.
pub fn check_tree_on_stack(
    bytes: usize,
    tree: &dyn Tree,
    paths: &[String],
    policy: &Policy,
) -> Analysis {
    let pool = ThreadPoolBuilder::new().num_threads(1).stack_size(bytes).build();
    let check = || check_here(tree, paths, policy, RULES, None);
    pool.map_or_else(|_| Analysis::default(), |pool| pool.install(check))
}

fn check_here(
    tree: &dyn Tree,
    paths: &[String],
    policy: &Policy,
    rules: &[&'static Rule],
    go_on: GoOn<'_>,
) -> Analysis {
    let files = Files::of(tree, go_on);
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort();
    paths.dedup();
    // The caller chose the files: a script that is named is Python, whatever its name ends in.
    let sides: Vec<Side> = paths
        .par_iter()
        .filter(|path| !policy.choice.is_excluded(path))
        .map(|path| {
            let rules = selection::rules_for(path, policy, rules);
            Side::of_source(&files, path, policy, &rules)
        })
        .collect();
    let tallied = |it: &Side| Some((it.path.clone(), fixes::tally(it.observed.as_ref()?)));
    let tallies: Tallies = sides.iter().filter_map(tallied).collect();
    let mut analysis = Analysis::default();
    let (mut found, mut suppressed, mut satisfied) = (Vec::new(), Vec::new(), Vec::new());
    for side in sides {
        if side.excluded.is_none() {
            analysis.skipped.extend(side.skipped());
        }
        let Some(mut observed) = side.observed else { continue };
        observed.number(&side.path);
        analysis.files_analysed += 1;
        analysis.lines_analysed += observed.lines as usize;
        found.extend(observed.findings);
        suppressed.extend(observed.suppressed);
        satisfied.extend(observed.satisfied);
    }
    let fixes = fixes::sound(&found.iter().collect::<Vec<_>>(), &files, &tallies, policy, rules);
    let found = found.into_iter().zip(fixes).collect();
    finish(analysis, found, suppressed, satisfied)
}

fn finish(
    mut analysis: Analysis,
    found: Vec<(Sighting, Option<Fix>)>,
    suppressed: Vec<Sighting>,
    satisfied: Vec<(&'static Rule, super::Place)>,
) -> Analysis {
    analysis.findings = found.into_iter().map(fixes::finding).collect();
    analysis.findings.sort_by(rank);
    keep_first(&mut analysis.findings);
    analysis.suppressed = suppressed.into_iter().map(|it| fixes::finding((it, None))).collect();
    analysis.suppressed.sort_by(rank);
    analysis.skipped.sort_by(|a, b| (&a.path, &a.reason).cmp(&(&b.path, &b.reason)));
    analysis.verdicts = verdicts::of(&analysis.findings, satisfied);
    analysis
}

/// Of what is said about the repository as a whole, only the first finding of each rule stays.
fn keep_first(findings: &mut Vec<Finding>) {
    let mut said = BTreeSet::new();
    findings.retain(|finding| {
        let general = ABOUT_THE_REPOSITORY.iter().any(|rule| rule.code == finding.rule.code);
        !general || said.insert(finding.rule.code)
    });
}

/// Most important first: category, severity, path, line.
fn rank(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let worst = (b.category, b.severity).cmp(&(a.category, a.severity));
    let key = |it: &Finding| (it.place.clone(), it.rule.code, it.fingerprint.clone());
    worst.then_with(|| key(a).cmp(&key(b)))
}
