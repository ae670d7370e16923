//! Where a finding is shown: where a reader of the change sees it.

use std::collections::HashMap;

use super::Place;
use super::Related;
use super::affected::Causes;
use super::baseline::Fresh;
use super::observe::Sighting;
use super::place::{Shown, whole_line};
use crate::change::{FileChange, FileChangeKind, Tree};

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
