//! What differs between two versions of a file for those who use it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Sides;
use crate::analysis::focus::{Looks, hashes};
use crate::analysis::selection;
use crate::change::{FileChange, FileChangeKind, is_python};
use crate::python::index::hash;
use crate::python::{Definition, FileId, Module, Named, Project, Span};

/// A definition that means something else to its users than before.
pub(super) struct Shift {
    /// Path of its file in the head.
    pub(super) path: String,
    /// Its name with the classes it is in.
    pub(super) name: String,
    /// The name by which code uses it.
    pub(super) used_as: String,
    /// 1-based first and last line: in the head, or where it stood in the base when it is gone.
    pub(super) lines: (u32, u32),
    /// Names that its code has in common with other definitions that differ, when its own text does not.
    pub(super) because: BTreeSet<String>,
    /// What it is in the base.
    pub(super) base: Vec<Named>,
    /// What it is in the head.
    pub(super) head: Vec<Named>,
}

impl Shift {
    /// Whether it belongs to a class, and is used through it.
    pub(super) fn is_member(&self) -> bool {
        self.name.rsplit_once('.').is_some_and(|(_, last)| last == self.used_as)
    }
}

/// A definition as it is written on either side.
struct Written {
    used_as: String,
    /// The texts differ, or one side has none.
    differs: bool,
    /// It is there on one side alone.
    is_alone: bool,
    /// The hashes of the words of both texts.
    words: Vec<u32>,
    /// Whether its facets were compared already.
    is_compared: bool,
}

/// The definitions of one changed file, by name.
type Page = BTreeMap<String, Written>;

/// Most rounds in which definitions that mention others that mean something else are found.
const MOST_ROUNDS: usize = 8;

/// What differs in the changed files: first what is written otherwise, then what mentions that, and so on. Most changes of a
/// definition make no difference to its users, and there it ends.
pub(super) fn of_changes(sides: &Sides<'_>, looks: &Looks) -> Vec<Shift> {
    let loud = sides.changes.iter().enumerate().filter(|(at, _)| !looks.is_quiet(*at));
    let files: Vec<&FileChange> =
        loud.map(|(_, change)| *change).filter(|it| is_followed(it)).collect();
    let (mut pages, found): (Vec<Page>, Vec<Vec<Shift>>) = files
        .par_iter()
        .map(|change| {
            if !sides.head.goes_on() {
                return Default::default();
            }
            in_both(sides, change, |pair| {
                let mut page = pair.page();
                let found = pair.shifts(sides, &mut page, &Names::default());
                (page, found)
            })
        })
        .unzip();
    let mut shifts: Vec<Shift> = found.into_iter().flatten().collect();
    let alone = pages.iter().flat_map(BTreeMap::values).filter(|it| it.is_alone);
    let mut names: Names = alone.map(|it| it.used_as.clone()).collect();
    names.extend(&shifts);
    for _ in 0..MOST_ROUNDS {
        let found: Vec<Vec<Shift>> = files
            .par_iter()
            .zip(&mut pages)
            .filter(|(_, page)| page.values().any(|it| !it.is_compared && names.meet(it)))
            .filter(|_| sides.head.goes_on())
            .map(|(change, page)| in_both(sides, change, |pair| pair.shifts(sides, page, &names)))
            .collect();
        let found: Vec<Shift> = found.into_iter().flatten().collect();
        if found.is_empty() {
            break;
        }
        names.extend(&found);
        shifts.extend(found);
    }
    shifts
}

/// What differs in an unchanged file in which names mean something else.
pub(super) fn of_user(
    sides: &Sides<'_>,
    base: Module<'_>,
    head: Module<'_>,
    names: &BTreeSet<String>,
) -> Vec<Shift> {
    let pair = Pair { base: Some(base), head: Some(head), path: head.path() };
    let mut page = pair.page();
    let mut names: Names = names.iter().cloned().collect();
    let mut shifts = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let found = pair.shifts(sides, &mut page, &names);
        if found.is_empty() {
            break;
        }
        names.extend(&found);
        shifts.extend(found);
    }
    shifts
}

/// Names, with their hashes.
#[derive(Default)]
struct Names(BTreeMap<u32, String>);

impl Names {
    /// Whether a definition mentions one of them.
    fn meet(&self, written: &Written) -> bool {
        written.words.iter().any(|it| self.0.contains_key(it))
    }

    fn mentioned_by(&self, written: &Written) -> BTreeSet<String> {
        written.words.iter().filter_map(|it| self.0.get(it)).cloned().collect()
    }

    fn extend(&mut self, shifts: &[Shift]) {
        self.0.extend(shifts.iter().map(|it| (hash(it.used_as.as_bytes()), it.used_as.clone())));
    }
}

impl FromIterator<String> for Names {
    fn from_iter<T: IntoIterator<Item = String>>(names: T) -> Self {
        Self(names.into_iter().map(|it| (hash(it.as_bytes()), it)).collect())
    }
}

/// Whether the change of a file can make a difference elsewhere. Nothing used what a new file defines, and nothing uses what
/// tests define.
fn is_followed(change: &FileChange) -> bool {
    change.kind != FileChangeKind::Added
        && is_python(&change.path)
        && !selection::is_test(&change.path)
        && selection::excluded(&change.path).is_none()
}

/// Both versions of a file, each in an inference of its own.
struct Pair<'a, 'm> {
    base: Option<Module<'m>>,
    head: Option<Module<'m>>,
    path: &'a str,
}

fn in_both<T>(sides: &Sides<'_>, change: &FileChange, ask: impl FnOnce(&Pair<'_, '_>) -> T) -> T {
    let (base, head) = sides.sessions(change);
    let modules = (base.as_ref().map(Project::module), head.as_ref().map(Project::module));
    ask(&Pair { base: modules.0, head: modules.1, path: &change.path })
}

/// A definition on either side.
type Both<'m> = (Option<Definition<'m>>, Option<Definition<'m>>);

impl<'m> Pair<'_, 'm> {
    /// Each definition, as it is on either side.
    fn definitions(&self) -> BTreeMap<String, Both<'m>> {
        let mut found: BTreeMap<String, Both<'m>> = BTreeMap::new();
        for definition in self.base.into_iter().flat_map(Module::definitions) {
            let name = definition.name.clone();
            found.entry(name).or_default().0 = Some(definition);
        }
        for definition in self.head.into_iter().flat_map(Module::definitions) {
            let name = definition.name.clone();
            found.entry(name).or_default().1 = Some(definition);
        }
        found
    }

    fn page(&self) -> Page {
        let mut around: BTreeMap<Span, Vec<u32>> = BTreeMap::new();
        let mut written = |(base, head): Both<'m>| {
            let used_as = base.as_ref().or(head.as_ref())?.used_as().to_owned();
            let is_alone = base.is_none() || head.is_none();
            let bound_in = |it: &Option<Definition<'m>>| {
                it.as_ref().map(Definition::bound_in).unwrap_or_default()
            };
            let (was, is) = (bound_in(&base), bound_in(&head));
            let moved = !was.iter().map(|it| it.text()).eq(is.iter().map(|it| it.text()));
            let mut inner = Vec::new();
            for function in is {
                let known = around.entry(function.span());
                inner.extend_from_slice(known.or_insert_with(|| hashes(function.text())));
            }
            let (base, head) = (base.map(|it| it.text()), head.map(|it| it.text()));
            let differs = moved || base != head;
            let mut words = head.map(|it| hashes(&it)).unwrap_or_default();
            words.append(&mut inner);
            if differs {
                words.extend(base.iter().flat_map(|it| hashes(it)));
            }
            // A definition does not mention itself by having a name.
            words.retain(|it| *it != hash(used_as.as_bytes()));
            Some(Written { used_as, differs, is_alone, words, is_compared: false })
        };
        let all = self.definitions().into_iter();
        all.filter_map(|(name, both)| Some((name, written(both)?))).collect()
    }

    /// The definitions that mean something else, among those that differ or mention one of the names and were not compared
    /// before.
    fn shifts(&self, sides: &Sides<'_>, page: &mut Page, names: &Names) -> Vec<Shift> {
        let base_path = |id: FileId| sides.base_path(id);
        let head_path = |id: FileId| sides.head_path(id);
        let mut shifts = Vec::new();
        for (name, (base, head)) in self.definitions() {
            let Some(written) = page.get_mut(&name) else { continue };
            if written.is_compared || !(written.differs || names.meet(written)) {
                continue;
            }
            written.is_compared = true;
            let inherited = |module: Option<Module<'_>>| {
                module.is_some_and(|it| Definition::is_inherited(it, &name))
            };
            // What is new was used by nobody, and what is gone is used by nobody any more: else the code is broken anyway.
            if (base.is_none() && !inherited(self.base))
                || (head.is_none() && !inherited(self.head))
            {
                continue;
            }
            let facets =
                |it: &Option<Definition<'_>>, path_of| it.as_ref().map(|it| it.facets(path_of));
            if facets(&base, &base_path) == facets(&head, &head_path) {
                continue;
            }
            let lines = |module: Option<Module<'_>>, it: &Option<Definition<'_>>| {
                let (module, it) = module.zip(it.as_ref())?;
                Some((module.lines().line(it.span.start), module.lines().line(it.span.end)))
            };
            let lines = lines(self.head, &head).or_else(|| lines(self.base, &base));
            shifts.push(Shift {
                path: self.path.to_owned(),
                name,
                used_as: written.used_as.clone(),
                lines: lines.unwrap_or((1, 1)),
                because: if written.differs {
                    BTreeSet::new()
                } else {
                    names.mentioned_by(written)
                },
                base: base.iter().flat_map(Definition::named).collect(),
                head: head.iter().flat_map(Definition::named).collect(),
            });
        }
        shifts
    }
}
