//! Which findings a change causes: those of the head that the base does not have.

use std::collections::HashMap;

use super::Related;
use super::observe::Sighting;
use super::place::{Shown, whole_line};
use crate::change::{FileChange, LineMap, Tree};

/// One changed file in both versions.
pub(super) struct Pair<'a> {
    pub(super) change: &'a FileChange,
    /// Findings before the change. Suppressed ones are not among them: a finding whose comment was taken away is new.
    pub(super) base: &'a [Sighting],
    /// Findings after the change.
    pub(super) head: Vec<Sighting>,
}

/// The findings of all files that the change causes, each at the place where it is shown.
pub(super) fn caused(pairs: Vec<Pair<'_>>, head: &dyn Tree) -> Vec<Sighting> {
    let mut vanished: HashMap<(&str, String), usize> = HashMap::new();
    let mut fresh: Vec<(&FileChange, Sighting)> = Vec::new();
    for pair in pairs {
        let (new, gone) = unpaired(&pair);
        for sighting in gone {
            *vanished.entry((sighting.key.rule, sighting.key.code.clone())).or_default() += 1;
        }
        fresh.extend(new.into_iter().map(|sighting| (pair.change, sighting)));
    }
    let mut caused = Vec::new();
    for (change, sighting) in fresh {
        let key = (sighting.key.rule, sighting.key.code.clone());
        match vanished.get_mut(&key) {
            // It has moved here.
            Some(left) if *left > 0 => *left -= 1,
            _ => caused.push(shown(change, sighting, head)),
        }
    }
    caused
}

/// Findings of the head that no finding of the file's base answers to, and the other way round.
fn unpaired<'a>(pair: &Pair<'a>) -> (Vec<Sighting>, Vec<&'a Sighting>) {
    let map = pair.change.line_map();
    let mut old: Vec<Option<&Sighting>> = pair.base.iter().map(Some).collect();
    let mut new: Vec<Option<&Sighting>> = pair.head.iter().map(Some).collect();
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

/// The finding where a reader of the change sees it: at its own place when that changed, else at the change that causes it.
fn shown(change: &FileChange, mut sighting: Sighting, head: &dyn Tree) -> Sighting {
    let lines = Shown::new(change);
    if lines.is_empty() || lines.touches(&sighting.place) {
        return sighting;
    }
    let cause = sighting
        .because
        .iter()
        .find(|place| place.path == sighting.place.path && lines.touches(place));
    let line = match cause {
        Some(place) => lines.first_within(place),
        None => lines.nearest(sighting.place.line, sighting.around),
    };
    if let Some(line) = line {
        let place = whole_line(&sighting.place.path, line, head);
        let original = std::mem::replace(&mut sighting.place, place);
        sighting.related.retain(|related| related.place != sighting.place);
        let message = "what the change affects".to_owned();
        sighting.related.insert(0, Related { place: original, message });
    }
    sighting
}
