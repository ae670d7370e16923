//! Where a finding is shown: where a reader of the change sees it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::Place;
use super::Related;
use super::affected::Causes;
use super::baseline::Fresh;
use super::observe::Sighting;
use super::place::{Shown, whole_line};
use crate::change::{FileChange, FileChangeKind, Tree};

/// Most findings in unchanged files that one changed line is blamed for by one rule.
const MOST_AT_ONE_LINE: usize = 3;

/// Most places that are named beside those findings.
const MOST_NAMED: usize = 10;

/// What is needed to place findings.
pub(super) struct Placing<'a> {
    shown: HashMap<&'a str, Shown>,
    head: &'a dyn Tree,
}

impl<'a> Placing<'a> {
    pub(super) fn new(changes: &[&'a FileChange], head: &'a dyn Tree) -> Self {
        let there = changes.iter().filter(|it| it.kind != FileChangeKind::Deleted);
        let shown = there.map(|it| (it.path.as_str(), Shown::new(it))).collect();
        Self { shown, head }
    }

    /// Whether a finding is shown where it was found: its lines are changed, or all lines of its file are.
    pub(super) fn is_at_its_place(&self, fresh: &Fresh<'_>) -> bool {
        let lines = fresh.change.and_then(|change| self.shown.get(change.path.as_str()));
        lines.is_some_and(|lines| lines.touches(&fresh.sighting.place))
    }

    /// The finding at its own place when that changed, else at the change that causes it: a changed place of its chain; what
    /// changed about a name in its statement; the nearest change in its file; whatever led to its file.
    pub(super) fn place(&self, fresh: Fresh<'_>, causes: &Causes) -> Sighting {
        if self.is_at_its_place(&fresh) {
            return fresh.sighting;
        }
        let Fresh { change, mut sighting, names } = fresh;
        let near = || {
            let lines = self.shown.get(change?.path.as_str())?;
            let line = lines.nearest(sighting.place.line, sighting.around)?;
            Some(whole_line(&sighting.place.path, line, self.head))
        };
        let place = self
            .of_chain(&sighting)
            .or_else(|| causes.behind(&sighting.key.code).cloned())
            .or_else(near)
            .or_else(|| causes.behind_any(&names).cloned());
        if let Some(place) = place.filter(|place| *place != sighting.place) {
            let original = std::mem::replace(&mut sighting.place, place);
            sighting.related.retain(|related| related.place != sighting.place);
            let message = "what the change affects".to_owned();
            sighting.related.insert(0, Related { place: original, message });
        }
        sighting
    }

    /// The first changed line among the places that cause a finding.
    fn of_chain(&self, sighting: &Sighting) -> Option<Place> {
        sighting.because.iter().find_map(|place| {
            let line = self.shown.get(place.path.as_str())?.first_within(place)?;
            Some(whole_line(&place.path, line, self.head))
        })
    }
}

/// Findings in unchanged files, those of one rule at one line together: a few stand for all, and the last of them names
/// places of the others. Nobody reads the same sentence a hundred times because a hundred callers are affected.
pub(super) fn gathered(found: Vec<Sighting>) -> Vec<Sighting> {
    let mut groups: BTreeMap<(&'static str, Place), Vec<Sighting>> = BTreeMap::new();
    for sighting in found {
        groups.entry((sighting.rule.code, sighting.place.clone())).or_default().push(sighting);
    }
    let mut kept = Vec::new();
    for mut group in groups.into_values() {
        let own = |it: &Sighting| it.related.first().map(|it| it.place.clone());
        group.sort_by_cached_key(|it| (Reverse(it.confidence), own(it)));
        let rest = group.split_off(group.len().min(MOST_AT_ONE_LINE));
        if let Some(last) = group.last_mut() {
            let more = rest.len().saturating_sub(MOST_NAMED);
            let places: Vec<Place> = rest.iter().filter_map(own).take(MOST_NAMED).collect();
            let count = places.len();
            last.related.extend(places.into_iter().enumerate().map(|(at, place)| {
                let message = match more {
                    1.. if at + 1 == count => format!("likewise, as in {more} other places"),
                    _ => "likewise".to_owned(),
                };
                Related { place, message }
            }));
        }
        kept.extend(group);
    }
    kept
}
