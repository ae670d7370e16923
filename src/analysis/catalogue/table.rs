//! The facts and aliases that are written in Rust, found by hash in tables that the compiler makes.

use super::{ALIASES, FACTS, Groups};
use crate::python::Fact;

/// Slots of a table: a power of two, at least twice the names.
const SLOTS: usize = 16384;
/// A slot that holds nothing.
const EMPTY: u32 = u32::MAX;

/// The fact of a name.
pub(super) fn fact(name: &str) -> Option<Fact<'static>> {
    let mut slot = hash(name) as usize % SLOTS;
    while OF_FACTS[slot] != EMPTY {
        let (names, fact) = &FACTS[file(OF_FACTS[slot])][group(OF_FACTS[slot])];
        if names[within(OF_FACTS[slot])] == name {
            return Some(*fact);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// The canonical name or prefix that another one stands for.
pub(super) fn alias(name: &str) -> Option<&'static str> {
    let mut slot = hash(name) as usize % SLOTS;
    while OF_ALIASES[slot] != EMPTY {
        let (other, canonical) = ALIASES[file(OF_ALIASES[slot])][group(OF_ALIASES[slot])];
        if other == name {
            return Some(canonical);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

static OF_FACTS: [u32; SLOTS] = {
    let mut slots = [EMPTY; SLOTS];
    let mut file = 0;
    while file < FACTS.len() {
        let groups: Groups = FACTS[file];
        let mut group = 0;
        while group < groups.len() {
            let mut name = 0;
            while name < groups[group].0.len() {
                put(&mut slots, groups[group].0[name], place(file, group, name));
                name += 1;
            }
            group += 1;
        }
        file += 1;
    }
    slots
};

static OF_ALIASES: [u32; SLOTS] = {
    let mut slots = [EMPTY; SLOTS];
    let mut file = 0;
    while file < ALIASES.len() {
        let mut alias = 0;
        while alias < ALIASES[file].len() {
            put(&mut slots, ALIASES[file][alias].0, place(file, alias, 0));
            alias += 1;
        }
        file += 1;
    }
    slots
};

const fn put(slots: &mut [u32; SLOTS], name: &str, place: u32) {
    let mut slot = hash(name) as usize % SLOTS;
    while slots[slot] != EMPTY {
        slot = (slot + 1) % SLOTS;
    }
    slots[slot] = place;
}

/// FNV-1a: short, and the compiler can work it out.
pub(super) const fn hash(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut hash, mut at) = (0x811c_9dc5_u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash ^ (hash >> 15)
}

/// Where a name stands: its file, its group there, its place in the group.
const fn place(file: usize, group: usize, name: usize) -> u32 {
    assert!(file < 1 << 8 && group < 1 << 14 && name < 1 << 10);
    (file as u32) << 24 | (group as u32) << 10 | name as u32
}
const fn file(place: u32) -> usize {
    (place >> 24) as usize
}
const fn group(place: u32) -> usize {
    (place >> 10) as usize % (1 << 14)
}
const fn within(place: u32) -> usize {
    place as usize % (1 << 10)
}
