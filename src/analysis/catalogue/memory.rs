//! What was asked of the catalogue lately. The same few names are asked for again and again, and finding one in the
//! generated rows takes a search through their text.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::python::Fact;

/// Most names that a thread remembers; then it begins anew.
const MOST: usize = 4096;

type Facts = HashMap<Box<str>, Option<Fact<'static>>, RandomState>;

thread_local! {
    static FACTS: RefCell<Facts> = RefCell::default();
}

/// The fact of a name, looked up only if this thread does not remember it.
pub(super) fn fact(
    name: &str,
    look_up: impl FnOnce() -> Option<Fact<'static>>,
) -> Option<Fact<'static>> {
    FACTS.with_borrow_mut(|facts| {
        if let Some(known) = facts.get(name) {
            return *known;
        }
        if facts.len() >= MOST {
            facts.clear();
        }
        let fact = look_up();
        facts.insert(name.into(), fact);
        fact
    })
}
