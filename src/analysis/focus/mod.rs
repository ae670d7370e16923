//! Which functions of a file have to be looked at because of a change.
//!
//! A function whose text is the same on both sides, in a class that is the same, and that mentions nothing that the change
//! makes different has the same findings on both sides, so that nobody need look for them. What the change makes different
//! is told by names: those on its lines, and those of definitions that mean something else to their users
//! ([`super::affected`]). Names are compared by their spelling alone, so that too much is looked at rather than too little.

mod page;
mod said;
mod words;

use std::collections::{BTreeSet, HashSet};

use rayon::prelude::*;

use words::Words;
pub(super) use words::{hashes, identifiers};

use super::affected::Sides;
use super::selection;
use crate::change::{FileChange, LineKind, is_python};
use crate::python::{Module, Project, Span};
use page::Page;
use said::Said;

/// Most rounds in which classes that mention others are found.
const MOST_ROUNDS: usize = 8;

/// What is looked at in a file, on both sides of a change.
#[derive(Debug)]
pub(super) enum Focus {
    /// All of it.
    All,
    /// All but these functions, with what is in them; by their qualified names.
    But(HashSet<String>),
    /// Nothing: only comments were added, which cause no findings.
    Nothing,
}

impl Focus {
    /// Tells a session for the file what to pass over.
    pub(super) fn apply(&self, project: &Project<'_>) {
        if let Focus::But(names) = self {
            project
                .leave_out(|it| it.node().stmt.is_some() && names.contains(&it.qualified_name()));
        }
    }

    /// Whether a range of the file is passed over; the whole file (`None`) is, as soon as a part of it is.
    pub(super) fn leaves_out(&self, module: &Module<'_>, range: Option<Span>) -> bool {
        let Focus::But(names) = self else { return matches!(self, Focus::Nothing) };
        let Some(range) = range else { return true };
        let lines = module.lines();
        let line = lines.line(range.start);
        module.functions().any(|it| {
            let (first, last) = (lines.line(it.span().start), lines.line(it.span().end));
            first <= line && line <= last && names.contains(&it.outermost().qualified_name())
        })
    }
}

/// A changed file before it is known what else differs.
#[derive(Default)]
struct Look {
    /// Words of its changed lines.
    said: Vec<String>,
    /// Names of its functions that differ, and of variables on its changed lines: they may say something in the file itself.
    touched: Vec<String>,
    /// Words of functions that are there, or run, on one side only; by their hashes.
    moved: Vec<u32>,
    /// `None` when it is looked at as a whole.
    page: Option<Page>,
    /// Only comments were added.
    is_quiet: bool,
}

/// The changed files before it is known what else differs, in their order.
pub(super) struct Looks(Vec<Look>);

impl Looks {
    /// Reads what a change says.
    pub(super) fn of(sides: &Sides<'_>) -> Self {
        Self(sides.changes.par_iter().map(|it| look(sides, it)).collect())
    }

    /// Whether the change only adds comments to a file.
    pub(super) fn is_quiet(&self, position: usize) -> bool {
        self.0[position].is_quiet
    }

    /// What to look at in each file. `names` are those that mean something else now.
    pub(super) fn settle(self, names: &BTreeSet<String>) -> Vec<Focus> {
        settle(self.0, names)
    }
}

fn settle(mut looks: Vec<Look>, names: &BTreeSet<String>) -> Vec<Focus> {
    let mut words: Words = names.iter().collect();
    words.extend(looks.iter().flat_map(|it| &it.said));
    for _ in 0..MOST_ROUNDS {
        let spread =
            |look: &mut Look| look.page.as_mut().map(|it| it.spread(&words)).unwrap_or_default();
        let new: Vec<String> = looks.par_iter_mut().flat_map_iter(spread).collect();
        if new.is_empty() {
            break;
        }
        words.extend(&new);
    }
    let focus = |look: &Look| match &look.page {
        _ if look.is_quiet => Focus::Nothing,
        Some(page) => {
            let mut own: Words = look.touched.iter().collect();
            own.extend_by_hashes(&look.moved);
            page.focus(&[&words, &own])
        }
        None => Focus::All,
    };
    looks.par_iter().map(focus).collect()
}

/// What to look at in an unchanged file in which names mean something else.
pub(super) fn of_unchanged(module: Module<'_>, names: &BTreeSet<String>) -> Focus {
    let look = Look { page: Some(Page::of(module)), ..Look::default() };
    settle(vec![look], names).pop().unwrap_or(Focus::All)
}

/// Reads what a change says in a file.
fn look(sides: &Sides<'_>, change: &FileChange) -> Look {
    let analysed = is_python(&change.path)
        && selection::excluded(&change.path).is_none()
        && sides.head.goes_on();
    if !analysed {
        return Look::default();
    }
    let (base, head) = sides.sessions(change);
    let (was, is) = (
        base.as_ref().map(|it| Said::of(it.module(), change, LineKind::Removed)),
        head.as_ref().map(|it| Said::of(it.module(), change, LineKind::Added)),
    );
    let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
    let words = was.words.iter().chain(&is.words).map(|it| (*it).to_owned());
    let mut look = Look { said: words.collect(), ..Look::default() };
    let (Some(base), Some(head)) = (&base, &head) else { return look };
    // What stands behind an error may be read otherwise though its text is the same.
    let is_broken = |it: &Project<'_>| it.module().source().errors() > 0;
    if was.is_general || is.is_general || is_broken(base) || is_broken(head) {
        return look;
    }
    let other = [&was.spans, &was.comments, &was.empty, &is.spans, &is.empty];
    look.is_quiet = other.iter().all(|it| it.is_empty());
    let (mut old, mut new) = (Page::of(base.module()), Page::of(head.module()));
    was.spans.iter().chain(&was.comments).for_each(|it| old.touch(*it));
    is.spans.iter().chain(&is.comments).for_each(|it| new.touch(*it));
    was.empty.iter().for_each(|it| _ = old.touch_functions(*it));
    is.empty.iter().for_each(|it| _ = new.touch_functions(*it));
    look.moved = new.compare(head.module(), &old, base.module());
    look.touched = new.touched();
    look.touched.extend(was.locals.iter().chain(&is.locals).map(|it| (*it).to_owned()));
    look.said.extend(new.touched_classes());
    look.page = Some(new);
    look
}
