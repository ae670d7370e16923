//! One version of one file: what the rules find in it.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::fingerprint::{Key, normalise};
use super::focus::Focus;
use super::side::goes_on;
use super::suppression::{self, Suppressions, lines_of};
use super::{
    Category, Confidence, Draft, GoOn, Item, Place, Related, Report, Rule, Severity, catalogue,
    selection,
};
use crate::policy::Policy;
use crate::python::{
    Expr, ExprKind, Index, Module, Note, Project, Site, Source, Span, TextEdit, parse,
};

/// Items whose findings in test files are as sure as elsewhere.
const ALSO_IN_TESTS: [Item; 4] = [Item(10), Item(12), Item(18), Item(21)];

/// Rules that follow calls through many functions. They run last: who runs out of steps there has seen what is near.
const FAR: [&str; 6] = ["AW101", "AW102", "AW106", "AW108", "AW113", "AW204"];

/// Most bytes of a statement that name a finding. A longer one holds more than the finding is about.
const LONGEST_NAME: usize = 2000;

/// Most findings that are kept of one version of a file, and most places where a rule is followed. Nobody reads more, and
/// of all files of a change they have to fit into memory.
const MOST_FINDINGS: usize = 2000;

/// What one version of a file holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Observed {
    pub(super) findings: Vec<Sighting>,
    pub(super) suppressed: Vec<Sighting>,
    /// Where rules see their practice followed.
    pub(super) satisfied: Vec<(&'static Rule, Place)>,
    /// What was not analysed, as rests of sentences.
    pub(super) notes: Vec<String>,
    /// How many lines the file has.
    pub(super) lines: u32,
    /// How many places the parser could not make sense of.
    pub(super) errors: usize,
    /// Whether findings are missing: the session was exhausted before the rules were done, there was no time for all of
    /// them, or there are more findings than are kept.
    pub(super) partial: bool,
}

/// A finding in one version of a file.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    pub(super) rule: &'static Rule,
    pub(super) key: Key,
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) severity: Severity,
    pub(super) category: Category,
    pub(super) confidence: Confidence,
    /// Places that cause the finding.
    pub(super) because: Vec<Place>,
    pub(super) related: Vec<Related>,
    pub(super) fix: Option<(String, Vec<TextEdit>)>,
    /// 1-based first and last line of the enclosing definition.
    pub(super) around: (u32, u32),
    /// Path of its file on the side where the file is known from: a renamed file keeps it.
    pub(super) known_as: String,
    /// How many with the same key come before it in its file.
    pub(super) occurrence: usize,
}

/// One version of a file.
#[derive(Clone)]
pub(super) struct Version<'a> {
    /// The files beside it.
    pub(super) index: &'a Index<'a>,
    pub(super) path: &'a str,
    pub(super) bytes: &'a [u8],
    /// The bytes as they were parsed already, if they were.
    pub(super) source: &'a (dyn Fn() -> Option<Arc<Source>> + Sync),
    /// The file before the change, for the head of a changed one.
    pub(super) before: Option<(&'a Index<'a>, Arc<Source>)>,
    /// What is looked at in both.
    pub(super) focus: &'a Focus,
    /// Whether to go on with the next rule.
    pub(super) go_on: GoOn<'a>,
}

/// A file before the change, as rules see it that look at it after the change.
pub(super) type Before<'a> = dyn Fn() -> Module<'a> + 'a;

impl Observed {
    /// Numbers the findings that are alike, in the order of places, and says as what the file is known.
    pub(super) fn number(&mut self, known_as: &str) {
        let mut seen: HashMap<Key, usize> = HashMap::new();
        self.findings.sort_by(|a, b| (&a.place, a.rule.code).cmp(&(&b.place, b.rule.code)));
        for sighting in self.findings.iter_mut().chain(&mut self.suppressed) {
            let next = seen.entry(sighting.key.clone()).or_default();
            sighting.occurrence = *next;
            known_as.clone_into(&mut sighting.known_as);
            *next += 1;
        }
    }
}

/// Runs rules over one version of a file. Never panics; what goes wrong becomes a note.
pub(super) fn observe(file: &Version<'_>, policy: &Policy, rules: &[&'static Rule]) -> Observed {
    let done = catch_unwind(AssertUnwindSafe(|| observe_unguarded(file, policy, rules)));
    done.unwrap_or_else(|_| Observed {
        notes: vec!["could not be analysed: the analysis failed on it".to_owned()],
        ..Observed::default()
    })
}

fn observe_unguarded(file: &Version<'_>, policy: &Policy, rules: &[&'static Rule]) -> Observed {
    let lines = memchr::memchr_iter(b'\n', file.bytes).count() as u32 + 1;
    let mut observed = Observed { lines, ..Observed::default() };
    if !selection::may_be_asynchronous(file.bytes) {
        return observed;
    }
    let source = (file.source)().unwrap_or_else(|| Arc::new(parse(file.path, file.bytes)));
    observed.notes = source.notes().iter().map(Note::to_string).collect();
    observed.errors = source.errors();
    let project = Project::new(file.index, catalogue::library_with(&policy.known), source);
    file.focus.apply(&project);
    // Worked out when the first rule asks.
    let session = OnceCell::new();
    let before = file.before.as_ref().map(|(index, source)| {
        let made = || {
            let library = catalogue::library_with(&policy.known);
            let project = Project::new(index, library, Arc::clone(source));
            file.focus.apply(&project);
            project
        };
        let session: &OnceCell<Project<'_>> = &session;
        move || session.get_or_init(made).module()
    });
    let before = before.as_ref().map(|it| it as &Before<'_>);
    run(&project.module(), before, file, policy, rules, &mut observed);
    if project.is_exhausted() {
        observed.partial = true;
        observed.notes.push("leads to too much code, and was only partly analysed".to_owned());
    }
    observed
}

fn run<'m>(
    module: &Module,
    before: Option<&'m Before<'m>>,
    file: &Version<'_>,
    policy: &'m Policy,
    rules: &[&'static Rule],
    observed: &mut Observed,
) {
    let mut drafts: Vec<Draft> = Vec::new();
    // Near ones first, and of those the more important ones: what is missing when the session is exhausted matters least.
    let mut in_turn: Vec<(usize, &'static Rule)> = rules.iter().copied().enumerate().collect();
    in_turn.sort_by_key(|(_, rule)| (FAR.contains(&rule.code), Reverse(rule.category)));
    let mut satisfied_by: Vec<Vec<Span>> = vec![Vec::new(); rules.len()];
    for (position, rule) in in_turn {
        if module.project().is_exhausted() {
            break;
        }
        if !goes_on(file.go_on) {
            observed.partial = true;
            let note = "was only partly analysed: the time for this change was over";
            observed.notes.push(note.to_owned());
            break;
        }
        let mut report = Report::of(rule, policy, module).after(before);
        let check = AssertUnwindSafe(|| (rule.check)(module, &mut report));
        if catch_unwind(check).is_err() {
            observed
                .notes
                .push(format!("was not analysed for {}: the rule failed on it", rule.code));
            continue;
        }
        let (found, satisfied) = report.into_parts();
        drafts.extend(found);
        satisfied_by[position] = satisfied;
        satisfied_by[position].truncate(MOST_FINDINGS);
    }
    for (rule, spans) in rules.iter().zip(satisfied_by) {
        observed.satisfied.extend(spans.into_iter().map(|span| (*rule, place(module, span))));
    }
    drafts.sort_by(|a, b| (a.span, a.rule.code).cmp(&(b.span, b.rule.code)));
    drafts.dedup_by(|later, first| later.rule.code == first.rule.code && later.span == first.span);
    if drafts.len() > MOST_FINDINGS {
        observed.partial = true;
        observed.notes.push(format!(
            "has {} findings; the {MOST_FINDINGS} most important ones are kept",
            drafts.len()
        ));
        drafts.sort_by_key(|it| (Reverse((it.category, it.severity)), it.span, it.rule.code));
        drafts.truncate(MOST_FINDINGS);
        drafts.sort_by(|a, b| (a.span, a.rule.code).cmp(&(b.span, b.rule.code)));
    }

    let suppressions = Suppressions::of(module);
    for draft in drafts {
        let suppressed = suppressions.suppress(draft.rule, lines_of(module, draft.span));
        let sighting = sighting(module, draft);
        if suppressed {
            observed.suppressed.push(sighting);
        } else {
            observed.findings.push(sighting);
        }
    }
    if let Some(rule) = rules.iter().find(|rule| rule.code == suppression::RULE.code) {
        let mut report = Report::of(rule, policy, module);
        suppressions.unused(rules, |it| file.focus.leaves_out(module, it), &mut report);
        let (mut found, _) = report.into_parts();
        observed.partial |= found.len() > MOST_FINDINGS;
        found.truncate(MOST_FINDINGS);
        observed.findings.extend(found.into_iter().map(|draft| sighting(module, draft)));
    }
    if selection::is_test(module.path()) {
        observed.findings.iter_mut().for_each(trust_less);
    }
    for sighting in observed.findings.iter_mut().chain(&mut observed.suppressed) {
        let stated = policy.choice.severity(sighting.rule, module.path());
        sighting.severity = stated.unwrap_or(sighting.severity);
    }
}

/// Tests may block and leak; what they do is rarely worth a comment.
fn trust_less(sighting: &mut Sighting) {
    if !sighting.rule.item.is_some_and(|item| ALSO_IN_TESTS.contains(&item)) {
        sighting.confidence = Confidence::Possible;
    }
}

fn sighting(module: &Module, draft: Draft) -> Sighting {
    let about_comment = draft.is_about_comments();
    let around = module.definition_at(draft.span);
    let code = if about_comment { draft.span } else { code_of(module, draft.span) };
    let lines = module.lines();
    let related = draft.related.iter().map(|(site, message)| Related {
        place: place_of(module, *site),
        message: message.clone(),
    });
    let because = draft.because.iter().chain(draft.related.iter().map(|(site, _)| site));
    Sighting {
        rule: draft.rule,
        key: Key {
            rule: draft.rule.code,
            scope: around.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
            code: normalise(&module.slice(code).chars().take(LONGEST_NAME).collect::<String>()),
        },
        place: place(module, draft.span),
        message: draft.message,
        severity: draft.severity,
        category: draft.category,
        confidence: draft.confidence,
        because: because.map(|site| place_of(module, *site)).collect(),
        related: related.collect(),
        fix: draft.fix,
        around: around
            .map_or((1, lines.count()), |(_, span)| (lines.line(span.start), lines.line(span.end))),
        known_as: module.path().to_owned(),
        occurrence: 0,
    }
}

/// The code that names a finding: the statement, if it is a simple one; of a compound one, the whole expression in its
/// head, or just what the finding is at.
fn code_of(module: &Module, span: Span) -> Span {
    let Some(stmt) = module.stmt_at(span) else { return span };
    if stmt.is_simple() && stmt.text().len() <= LONGEST_NAME {
        return stmt.span();
    }
    let at = |expr: &Expr<'_>| !matches!(expr.kind(), ExprKind::Opaque(_));
    let heads = stmt.head_expressions().into_iter().filter(at);
    heads.map(Expr::span).find(|head| head.contains(span)).unwrap_or(span)
}

/// A place that a rule names, in whatever file.
fn place_of(module: &Module, site: Site) -> Place {
    place(&module.project().file(site.file).unwrap_or(*module), site.span)
}

/// A span as a place.
pub(super) fn place(module: &Module, span: Span) -> Place {
    let lines = module.lines();
    let (line, column) = lines.position(module.text(), span.start);
    let (end_line, end_column) = lines.position(module.text(), span.end);
    Place { path: module.path().to_owned(), line, end_line, column, end_column }
}
