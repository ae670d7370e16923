//! Where in a change the reason lies that a name means something else.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use super::shifts::Shift;
use crate::analysis::Place;
use crate::analysis::focus::identifiers;
use crate::analysis::place::{Shown, whole_line};
use crate::change::FileChangeKind;

/// Most places that are kept for one name.
const MOST_PLACES: usize = 4;

/// For each name, the changed lines behind what it means now.
#[derive(Debug, Default)]
pub(in super::super) struct Causes {
    by_name: BTreeMap<String, Vec<Place>>,
}

impl Causes {
    /// The causes of what differs in the changed files.
    pub(super) fn of(sides: &Sides<'_>, shifts: &[Shift]) -> Self {
        let mut causes = Self::default();
        let (own, others): (Vec<&Shift>, Vec<&Shift>) =
            shifts.iter().partition(|it| it.because.is_empty());
        for shift in own {
            causes.add(&shift.used_as, line_of(sides, shift));
        }
        for shift in &others {
            causes.inherit(&shift.used_as, &shift.because);
        }
        for shift in others {
            if !causes.by_name.contains_key(&shift.used_as) {
                causes.add(&shift.used_as, line_of(sides, shift));
            }
        }
        causes
    }

    fn add(&mut self, name: &str, places: impl IntoIterator<Item = Place>) {
        for place in places {
            let known = self.by_name.entry(name.to_owned()).or_default();
            if known.len() < MOST_PLACES && !known.contains(&place) {
                known.push(place);
            }
        }
    }

    /// What is behind some names is behind this one, too.
    pub(super) fn inherit(&mut self, name: &str, from: &BTreeSet<String>) {
        let places: Vec<Place> =
            from.iter().flat_map(|it| self.by_name.get(it)).flatten().cloned().collect();
        self.add(name, places);
    }

    /// The changed line behind what a piece of code means.
    pub(in super::super) fn behind(&self, code: &str) -> Option<&Place> {
        identifiers(code).find_map(|word| self.by_name.get(word)?.first())
    }

    /// The changed line behind one of some names.
    pub(in super::super) fn behind_any(&self, names: &BTreeSet<String>) -> Option<&Place> {
        names.iter().find_map(|name| self.by_name.get(name)?.first())
    }
}

/// The changed line that makes a definition differ: one of its own, else the nearest one.
fn line_of(sides: &Sides<'_>, shift: &Shift) -> Option<Place> {
    let change = sides.change(&shift.path)?;
    if change.kind == FileChangeKind::Deleted {
        return None;
    }
    let shown = Shown::new(change);
    let (line, end_line) = shift.lines;
    let own = Place { path: shift.path.clone(), line, end_line, column: 1, end_column: 1 };
    let line = shown.first_within(&own).or_else(|| shown.nearest(line, shift.lines))?;
    Some(whole_line(&shift.path, line, sides.head.tree))
}
