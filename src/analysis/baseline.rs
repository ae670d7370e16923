//! Which findings a change causes: those of the head that the base does not have.

use std::collections::{BTreeSet, HashMap};

use super::observe::Sighting;
use crate::change::{FileChange, LineMap};

/// One file in both versions.
pub(super) struct Pair<'a> {
    /// `None` for a file that the change does not touch.
    pub(super) change: Option<&'a FileChange>,
    /// Findings before the change. Suppressed ones are not among them: a finding whose comment was taken away is new.
    pub(super) base: &'a [Sighting],
    /// Findings after the change.
    pub(super) head: Vec<Sighting>,
    /// In a file that the change does not touch: names that mean something else now.
    pub(super) names: BTreeSet<String>,
}

/// A finding that the change causes, and where it was found.
pub(super) struct Fresh<'a> {
    pub(super) change: Option<&'a FileChange>,
    pub(super) sighting: Sighting,
    /// See [`Pair::names`].
    pub(super) names: BTreeSet<String>,
}

/// The findings of all files that the change causes.
pub(super) fn caused(pairs: Vec<Pair<'_>>) -> Vec<Fresh<'_>> {
    let mut vanished: HashMap<(&str, String), usize> = HashMap::new();
    let mut fresh: Vec<Fresh<'_>> = Vec::new();
    for Pair { change, base, head, names } in pairs {
        let (new, gone) = unpaired(change, base, &head);
        // Code moves only where it is changed.
        for sighting in gone.into_iter().filter(|_| change.is_some()) {
            *vanished.entry((sighting.key.rule, sighting.key.code.clone())).or_default() += 1;
        }
        let names = |sighting| Fresh { change, sighting, names: names.clone() };
        fresh.extend(new.into_iter().map(names));
    }
    fresh.retain(|fresh| {
        let key = (fresh.sighting.key.rule, fresh.sighting.key.code.clone());
        match vanished.get_mut(&key) {
            // It has moved here.
            Some(left) if *left > 0 && fresh.change.is_some() => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    fresh
}

/// The findings of an unchanged file that it did not have before.
pub(super) fn new_only(base: &[Sighting], head: &[Sighting]) -> Vec<Sighting> {
    unpaired(None, base, head).0
}

/// Codes of the rules that find something in a changed file that they did not find there before.
pub(super) fn new_in(
    change: &FileChange,
    base: &[Sighting],
    head: &[Sighting],
) -> BTreeSet<&'static str> {
    unpaired(Some(change), base, head).0.iter().map(|it| it.key.rule).collect()
}

/// Findings of the head that no finding of the file's base answers to, and the other way round.
fn unpaired<'a>(
    change: Option<&FileChange>,
    base: &'a [Sighting],
    head: &[Sighting],
) -> (Vec<Sighting>, Vec<&'a Sighting>) {
    let map = change.map_or_else(|| LineMap::new(&[]), FileChange::line_map);
    let mut old: Vec<Option<&Sighting>> = base.iter().map(Some).collect();
    let mut new: Vec<Option<&Sighting>> = head.iter().map(Some).collect();
    let same_line = |a: &Sighting, b: &Sighting| same_line(&map, a, b);
    let passes: [Same<'_>; 3] = [
        &|base, head| base.key == head.key && same_line(base, head),
        // The definition around it has another name now, or the rest of the statement differs.
        &|base, head| base.key.rule == head.key.rule && same_line(base, head),
        &|base, head| base.key == head.key,
    ];
    for same in passes {
        for head in &mut new {
            let Some(sighting) = *head else { continue };
            let answer = old.iter_mut().find(|base| base.is_some_and(|base| same(base, sighting)));
            if let Some(answer) = answer {
                *answer = None;
                *head = None;
            }
        }
    }
    (new.into_iter().flatten().cloned().collect(), old.into_iter().flatten().collect())
}

/// Whether a finding of the base is the one of the head.
type Same<'s> = &'s dyn Fn(&Sighting, &Sighting) -> bool;

fn same_line(map: &LineMap, base: &Sighting, head: &Sighting) -> bool {
    map.new_line(base.place.line) == Some(head.place.line) && base.place.column == head.place.column
}
