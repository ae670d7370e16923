//! A file as the focus sees it: functions, and classes around them, with their words.

use std::collections::{BTreeMap, HashSet};

use super::Focus;
use super::words::{Words, hashes};
use crate::python::index::hash;
use crate::python::{Expr, Function, Module, Span, used_as};

/// One version of a file.
pub(super) struct Page {
    /// Functions that are in no other function, those of one name together.
    functions: BTreeMap<String, Group>,
    /// Classes that are in no function.
    classes: Vec<Class>,
}

/// The functions of one name.
#[derive(Default)]
struct Group {
    /// From their first decorators to their ends.
    spans: Vec<Span>,
    /// The classes around them, by position.
    classes: Vec<usize>,
    words: Vec<u32>,
    /// The hashes of the attributes that they assign.
    assigned: Vec<u32>,
    /// Whether any of them can never run.
    is_dead: bool,
    /// Whether lines of them differ, or they run now and did not.
    is_touched: bool,
}

/// A class without its methods.
struct Class {
    name: String,
    span: Span,
    words: Vec<u32>,
    /// Whether what its methods mean may differ.
    is_touched: bool,
}

impl Page {
    pub(super) fn of(module: Module<'_>) -> Self {
        let mut classes: Vec<Class> = Vec::new();
        let mut functions: BTreeMap<String, Group> = BTreeMap::new();
        let outer = |it: &Function<'_>| it.node().stmt.is_some() && it.outermost() == *it;
        let spans: Vec<(Function<'_>, Span)> =
            module.functions().filter(outer).map(|it| (it, whole(it))).collect();
        for class in module.classes() {
            let span = class.span();
            let in_function = |(_, it): &(Function<'_>, Span)| it.contains(span);
            if spans.iter().any(in_function) {
                continue;
            }
            let words = outside(module, span, spans.iter().map(|(_, it)| *it));
            let name = class.qualified_name();
            classes.push(Class { name, span, words, is_touched: false });
        }
        for (function, span) in spans {
            let group = functions.entry(function.qualified_name()).or_default();
            group.is_dead |= is_dead(function);
            group.words.extend(words(module, span));
            let stored = function.expressions_with_inner().filter(|it| it.is_store());
            let attributes = stored.filter(|it| it.as_name().is_none()).map(Expr::last_name);
            group
                .assigned
                .extend(attributes.filter(|it| !it.is_empty()).map(|it| hash(it.as_bytes())));
            let around = classes.iter().enumerate().filter(|(_, it)| it.span.contains(span));
            group.classes.extend(around.map(|(at, _)| at));
            group.spans.push(span);
        }
        Self { functions, classes }
    }

    /// Marks what stands in a range that differs: functions, else the classes around it.
    pub(super) fn touch(&mut self, range: Span) {
        if !self.touch_functions(range) {
            for class in self.classes.iter_mut().filter(|it| meets(it.span, range)) {
                class.is_touched = true;
            }
        }
    }

    /// Marks the functions in a range that differs, and says whether there are any.
    pub(super) fn touch_functions(&mut self, range: Span) -> bool {
        let mut found = false;
        for group in self.functions.values_mut() {
            if group.spans.iter().any(|it| meets(*it, range)) {
                group.is_touched = true;
                found = true;
            }
        }
        found
    }

    /// Marks what the other version of the file has marked, and what it does not have or has otherwise. Gives the words of
    /// functions that only one of them has, or runs: all of such a function differs, and so does the class that has it.
    pub(super) fn compare(
        &mut self,
        module: Module<'_>,
        other: &Page,
        others: Module<'_>,
    ) -> Vec<u32> {
        let mut words = Vec::new();
        let mut classes: HashSet<String> = HashSet::new();
        let around = |name: &str| name.rsplit_once('.').map(|(class, _)| class.to_owned());
        for (name, group) in &mut self.functions {
            match other.functions.get(name).filter(|it| it.is_dead == group.is_dead) {
                Some(old) => {
                    group.is_touched |=
                        old.is_touched || !old.texts(others).eq(group.texts(module));
                }
                None => {
                    group.is_touched = true;
                    words.extend(&group.words);
                    classes.extend(around(name));
                }
            }
        }
        for (name, group) in other.functions.iter().filter(|it| !self.functions.contains_key(it.0))
        {
            words.extend(&group.words);
            classes.extend(around(name));
        }
        classes.extend(other.classes.iter().filter(|it| it.is_touched).map(|it| it.name.clone()));
        for class in self.classes.iter_mut().filter(|it| classes.contains(&it.name)) {
            class.is_touched = true;
        }
        words
    }

    /// The names by which the marked functions are used.
    pub(super) fn touched(&self) -> Vec<String> {
        let functions = self.functions.iter().filter(|(_, it)| it.is_touched);
        functions.map(|(name, _)| used_as(name).to_owned()).collect()
    }

    /// The last names of the marked classes.
    pub(super) fn touched_classes(&self) -> impl Iterator<Item = String> {
        self.classes.iter().filter(|it| it.is_touched).map(Class::last_name)
    }

    /// Marks the classes that mention one of the words outside of their methods, and gives the names of those that were not
    /// marked before.
    pub(super) fn spread(&mut self, words: &Words) -> Vec<String> {
        let mut new = Vec::new();
        for class in self.classes.iter_mut().filter(|it| !it.is_touched) {
            if meet(&class.words, &[words]) {
                class.is_touched = true;
                new.push(class.last_name());
            }
        }
        new
    }

    /// What is looked at when the words mean something else: what is marked, and what mentions one of them.
    pub(super) fn focus(&self, words: &[&Words]) -> Focus {
        let concerned = |group: &Group| {
            group.is_touched
                || group.classes.iter().any(|at| self.classes[*at].is_touched)
                || meet(&group.words, words)
        };
        // What is assigned there may be something else now.
        let assigned =
            self.functions.values().filter(|it| concerned(it)).flat_map(|it| &it.assigned);
        let assigned: HashSet<u32> = assigned.copied().collect();
        let concerned =
            |it: &Group| concerned(it) || it.words.iter().any(|it| assigned.contains(it));
        // What an object opens at the start is told by what its methods do with it.
        let started: HashSet<usize> = self
            .functions
            .values()
            .filter(|it| concerned(it))
            .flat_map(|it| &it.classes)
            .copied()
            .collect();
        let starts = |name: &str, group: &Group| {
            name.ends_with(".__init__") && group.classes.iter().any(|it| started.contains(it))
        };
        let rest = self.functions.iter().filter(|(name, it)| !concerned(it) && !starts(name, it));
        let rest: HashSet<String> = rest.map(|(name, _)| name.clone()).collect();
        if rest.is_empty() { Focus::All } else { Focus::But(rest) }
    }
}

fn meets(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

fn meet(own: &[u32], words: &[&Words]) -> bool {
    own.iter().any(|it| words.iter().any(|words| words.contains(*it)))
}

impl Group {
    fn texts<'m>(&self, module: Module<'m>) -> impl Iterator<Item = &'m str> {
        self.spans.iter().map(move |it| module.slice(*it))
    }
}

impl Class {
    fn last_name(&self) -> String {
        self.name.rsplit('.').next().unwrap_or_default().to_owned()
    }
}

/// Whether the definition can never run, and so neither can what it defines.
fn is_dead(function: Function<'_>) -> bool {
    function.node().stmt.is_some_and(|id| function.module().stmt(id).is_dead())
}

/// The function with its decorators.
fn whole(function: Function<'_>) -> Span {
    let first = function.decorators().map(|it| it.span().start).min();
    Span::new(first.unwrap_or(u32::MAX).min(function.span().start), function.span().end)
}

/// The words of a class that stand in none of the functions.
fn outside(module: Module<'_>, class: Span, functions: impl Iterator<Item = Span>) -> Vec<u32> {
    let mut words = Vec::new();
    let mut at = class.start;
    for function in functions.filter(|it| class.contains(*it)) {
        words.extend(self::words(module, Span::new(at, function.start.max(at))));
        at = at.max(function.end);
    }
    words.extend(self::words(module, Span::new(at, class.end.max(at))));
    words
}

/// The hashes of the names that a range mentions.
fn words(module: Module<'_>, range: Span) -> Vec<u32> {
    let mut all: Vec<u32> = module.pieces(range).into_iter().flat_map(hashes).collect();
    all.sort_unstable();
    all.dedup();
    all
}
